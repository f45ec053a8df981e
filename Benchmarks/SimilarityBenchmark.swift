import Foundation
import RuleEngine

/// Prints how well similar questions are told apart, and what that costs.
///
/// Quality: the question sets under `fixtures/faq`, with the shipped numbers and with numbers
/// fitted to each set, in percent. Cost: FAQs of one wording an entry, made of the neighbourhoods
/// of real questions with rarer characters between, always the same ones.
func measureSimilarity() throws {
    for name in ["five", "thirty"] {
        let set = try QuestionSet(name)
        let shipped = SimilarityIndex(entries: set.entries)
        var report: CalibrationReport?
        let calibrating = ContinuousClock().measure { report = shipped.calibrate() }
        guard let report else { continue }
        let fitted = shipped.calibrated(report.calibration)
        print(
            "similarity, \(name): calibrated in \(Int(calibrating / .milliseconds(1))) ms on",
            "\(report.answerable) wordings, which say: top-1 \(percent(report.firstIsRight)),",
            "right \(percent(report.outcome.right)), wrong \(percent(report.outcome.wrong)),",
            "asked \(percent(report.outcome.askedWithRight + report.outcome.askedWithoutRight)),",
            "none \(percent(report.outcome.missed)); \(report.entangled.count) pairs of entries",
            "answer for each other, \(report.strays.count) wordings land elsewhere")
        for (label, index) in [("shipped", shipped), ("calibrated", fitted)] {
            print("similarity, \(name), \(label):", try set.table(index))
            for variant in ["typo10", "typo20", "traditional", "wide", "punct", "filler"] {
                let tally = try set.tally(index, "queries-" + variant)
                print("similarity, \(name), \(label), \(variant): top-1 \(tally.known(\.first))")
            }
            let negated = try set.queries("queries-negated")
            let fooled = negated.count { query in
                let answer = index.answer(to: query.text)
                return answer.band == .answer
                    && set.ids[answer.candidates[0].entry] == query.near
            }
            print("similarity, \(name), \(label): \(fooled) of \(negated.count) negated answered")
        }
    }
    for count in [1000, 10_000, 100_000] { measureSimilarityCost(entries: count) }
}

/// A share in percent, to one decimal.
private func percent(_ share: Double) -> Double { (share * 1000).rounded() / 10 }

private func measureSimilarityCost(entries count: Int) {
    guard var chain = try? QuestionChain() else { return }
    let entries = (0..<count).map { _ in
        SimilarityIndex.Entry(wordings: [chain.question(5...15)])
    }
    // Half of the messages are wordings with a character changed and one added.
    let messages = (0..<4000).map { number in
        number % 2 == 0
            ? chain.question(4...20)
            : chain.disturbed(entries[chain.below(count)].wordings[0])
    }
    let clock = ContinuousClock()
    let before = residentBytes()
    var built: SimilarityIndex?
    let building = clock.measure { built = SimilarityIndex(entries: entries) }
    guard let index = built else { return }
    let after = residentBytes()
    // The best of three for each message: what other processes take isn't counted.
    var times = Array(repeating: Double.infinity, count: messages.count)
    var answered = 0
    for _ in 0..<3 {
        answered = 0
        for (number, message) in messages.enumerated() {
            let time = clock.measure {
                if index.answer(to: message).band == .answer { answered += 1 }
            }
            times[number] = min(times[number], time / .microseconds(1))
        }
    }
    times.sort()
    let calibrating = clock.measure { _ = index.calibrate() }
    print(
        "similarity: \(count) entries, p50 \(Int(times[times.count / 2])) µs,",
        "p99 \(Int(times[times.count * 99 / 100])) µs, worst \(Int(times[times.count - 1])) µs,",
        "\(answered) of \(messages.count) answered,",
        "built in \(Int(building / .milliseconds(1))) ms, \((after - before) >> 20) MiB,",
        "calibrated in \(Int(calibrating / .milliseconds(1))) ms")
}

/// The memory this process holds, by the kernel's count.
private func residentBytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return status.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
}

/// A set of real questions under `fixtures/faq`.
private struct QuestionSet {
    let name: String
    let ids: [String]
    let entries: [SimilarityIndex.Entry]

    struct Line: Decodable {
        let id: String
        let question: String
        let similar: [String]
    }

    struct Query: Decodable {
        let text: String
        let label: String?
        let near: String?
    }

    init(_ name: String) throws {
        self.name = name
        let lines = try Self.lines("\(name)/faq", of: Line.self)
        ids = lines.map(\.id)
        entries = lines.map { SimilarityIndex.Entry(wordings: [$0.question] + $0.similar) }
    }

    func queries(_ file: String) throws -> [Query] {
        try Self.lines("\(name)/\(file)", of: Query.self)
    }

    private static func lines<Line: Decodable>(_ path: String, of type: Line.Type) throws -> [Line]
    {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../fixtures/faq/\(path).jsonl")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(type, from: Data($0.utf8))
        }
    }

    /// What became of the queries.
    struct Tally {
        var asked = 0.0
        var first = 0.0
        var three = 0.0
        var right = 0.0
        var wrong = 0.0
        var askedWith = 0.0
        var askedWithout = 0.0
        var missed = 0.0
        var strangers = 0.0
        var answeredAnyway = 0.0
        var askedAnyway = 0.0

        /// Of the queries that can be answered.
        func known(_ count: KeyPath<Tally, Double>) -> Double {
            percent(self[keyPath: count] / asked)
        }

        /// Of those that can't.
        func strange(_ count: Double) -> Double { percent(count / strangers) }
    }

    func tally(_ index: SimilarityIndex, _ file: String) throws -> Tally {
        var tally = Tally()
        for query in try queries(file) {
            let answer = index.answer(to: query.text)
            let found = answer.candidates.map { ids[$0.entry] }
            guard let label = query.label else {
                tally.strangers += 1
                if answer.band == .answer { tally.answeredAnyway += 1 }
                if answer.band == .ask { tally.askedAnyway += 1 }
                continue
            }
            tally.asked += 1
            if found.first == label { tally.first += 1 }
            if found.contains(label) { tally.three += 1 }
            switch answer.band {
            case .answer where found.first == label: tally.right += 1
            case .answer: tally.wrong += 1
            case .ask where found.contains(label): tally.askedWith += 1
            case .ask: tally.askedWithout += 1
            case .none: tally.missed += 1
            }
        }
        return tally
    }

    func table(_ index: SimilarityIndex) throws -> String {
        let tally = try tally(index, "queries")
        let refused = tally.strangers - tally.answeredAnyway - tally.askedAnyway
        let gain = (tally.right + 0.6 * tally.askedWith - tally.wrong) / tally.asked
        let rest = (refused + 0.4 * tally.askedAnyway - tally.answeredAnyway) / tally.strangers
        let utility = percent(0.75 * gain + 0.25 * rest)
        return """
            top-1 \(tally.known(\.first)), top-3 \(tally.known(\.three)), \
            right \(tally.known(\.right)), wrong \(tally.known(\.wrong)), \
            ask+ \(tally.known(\.askedWith)), ask- \(tally.known(\.askedWithout)), \
            none \(tally.known(\.missed)), not answerable: \
            \(tally.strange(tally.answeredAnyway)) answered, \
            \(tally.strange(tally.askedAnyway)) asked, \(tally.strange(refused)) none; \
            utility \(utility)
            """
    }
}

/// Questions put together from the neighbourhoods of real ones.
private struct QuestionChain {
    private var state: UInt64 = 41
    private var following: [Character: [Character]] = [:]
    private let starts: [Character]

    init() throws {
        let wordings = try QuestionSet("thirty").entries.flatMap(\.wordings).map(Array.init)
        starts = wordings.compactMap(\.first)
        for wording in wordings {
            for (left, right) in zip(wording, wording.dropFirst()) {
                following[left, default: []].append(right)
            }
        }
    }

    mutating func below(_ bound: Int) -> Int {
        // Vigna's splitmix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }

    /// One of 3000 hanzi, the n-th in proportion to 1/n.
    private mutating func rare() -> Character {
        let drawn = pow(3000, Double(below(1_000_000)) / 1_000_000)
        let scalar = Unicode.Scalar(0x4E00 + UInt32(Int(drawn) * 6367 % 20_000))
        return scalar.map(Character.init) ?? "一"
    }

    mutating func question(_ lengths: ClosedRange<Int>) -> String {
        let length = lengths.lowerBound + below(lengths.count)
        var question = [starts[below(starts.count)]]
        while question.count < length {
            if below(10) < 3 { question.append(rare()) }
            let next = following[question[question.count - 1]] ?? starts
            question.append(next[below(next.count)])
        }
        return String(question)
    }

    mutating func disturbed(_ wording: String) -> String {
        var characters = Array(wording)
        characters[below(characters.count)] = rare()
        characters.insert(starts[below(starts.count)], at: below(characters.count + 1))
        return String(characters)
    }
}
