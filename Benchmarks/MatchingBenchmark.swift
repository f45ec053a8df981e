import ChatModel
import RuleEngine

/// Prints what a decision costs for 100, 10 000 and 100 000 rules, folding included, and how that
/// grows: with keywords alone, with conditions on hours, values and tags, and with similar
/// questions in a tenth of the rules.
///
/// Texts and keywords are drawn from 3000 hanzi by Zipf's law, always the same ones: 2000 texts
/// of 20 to 200 characters, keywords of 2 to 6, one a rule, questions of 6 to 16. The best of
/// seven passes counts.
func measureMatching() {
    for variant in MatchingVariant.allCases {
        var first: Double?
        for count in [100, 10_000, 100_000] {
            let nanoseconds = measureDecisions(variant, rules: count, first: first)
            first = first ?? nanoseconds
        }
    }
}

private enum MatchingVariant: String, CaseIterable {
    case keywords = "matching: keywords alone"
    case conditions = "matching: full decision, with conditions"
    case questions = "matching: the same, a tenth with similar questions"
}

/// Prints one line and gives the nanoseconds a message.
private func measureDecisions(
    _ variant: MatchingVariant, rules count: Int, first: Double?
) -> Double? {
    var random = SplitMix(state: 41)
    let hanzi = ZipfHanzi(count: 3000)
    let stimuli = (0..<2000).map { _ in
        Stimulus.text(hanzi.text(20...200, &random), menuItem: nil)
    }
    var words: Set<String> = []
    while words.count < count { words.insert(hanzi.text(2...6, &random)) }
    let rules = words.sorted().enumerated().map { index, word in
        var rule = RuleDefinition(
            name: RuleName("rule \(index)"),
            place: SourcePlace(file: "benchmark", line: index + 1, column: 1),
            triggers: [.says(word)])
        if variant != .keywords { restrict(&rule, index) }
        if variant == .questions, index % 10 == 0 {
            rule.triggers.append(.asksLike(hanzi.text(6...16, &random)))
        }
        return rule
    }
    let workday = [ScheduleDefinition.Hours(from: 540, until: 1080)]
    let definition = RuleSetDefinition(bundles: [
        BundleDefinition(
            name: "benchmark", accounts: ["benchmark"],
            schedules: [
                ScheduleDefinition(
                    name: "hours", zone: "Asia/Shanghai",
                    weekly: Array(repeating: workday, count: 5), calendar: "cn")
            ], menus: [], rules: rules)
    ])
    let clock = ContinuousClock()
    var ruleSet: RuleSet?
    let compiling = clock.measure { ruleSet = try? RuleSet(definition) }
    guard let bundle = ruleSet?.bundles.first else { return nil }
    // A Monday at noon.
    let facts =
        variant == .keywords
        ? Facts()
        : Facts(
            now: Timestamp(seconds: 1_772_424_000), account: "benchmark",
            values: ["status": "已发货", "amount": "120"], tags: ["VIP"], language: "zh")
    var best = Duration.seconds(1000)
    var answered = 0
    for _ in 0..<7 {
        answered = 0
        let pass = clock.measure {
            for stimulus in stimuli where bundle.decision(for: stimulus, facts: facts) != .none {
                answered += 1
            }
        }
        best = min(best, pass)
    }
    let nanoseconds = best / .nanoseconds(1) / Double(stimuli.count)
    let growth = Double(Int(nanoseconds / (first ?? nanoseconds) * 100)) / 100
    print(
        "\(variant.rawValue): \(count) rules, \(Int(nanoseconds)) ns/message, \(growth)x of 100,",
        "\(answered) of \(stimuli.count) answered,",
        "compiled in \(Int(compiling / .milliseconds(1))) ms")
    return nanoseconds
}

/// Conditions, spans and accounts, in turn, so that every rule that fires has something to weigh.
private func restrict(_ rule: inout RuleDefinition, _ index: Int) {
    switch index % 6 {
    case 0: rule.conditions = [.hours("hours", isOpen: true)]
    case 1: rule.conditions = [.value("status", .isAny(["待发货", "已发货"]))]
    case 2: rule.conditions = [.tagged("VIP"), .value("amount", .atLeast(100))]
    case 3: rule.exceptions = [.inFlow(nil)]
    case 4:
        rule.valid = ActiveSpan(
            from: Timestamp(seconds: 1_700_000_000), until: Timestamp(seconds: 1_800_000_000))
    default: rule.accounts = ["benchmark"]
    }
}

/// Random numbers that are the same on every run: Vigna's splitmix64.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// Hanzi by Zipf's law: the n-th is drawn in proportion to 1/n.
private struct ZipfHanzi {
    private let scalars: [Unicode.Scalar]
    private let cumulated: [Double]

    init(count: Int) {
        // A stride through the block, so that frequent ones aren't neighbours.
        scalars = (0..<count).compactMap { Unicode.Scalar(0x4E00 + UInt32($0 * 6367 % 20_000)) }
        var sum = 0.0
        cumulated = (1...count).map {
            sum += 1 / Double($0)
            return sum
        }
    }

    func text(_ lengths: ClosedRange<Int>, _ random: inout SplitMix) -> String {
        var text = ""
        for _ in 0..<Int.random(in: lengths, using: &random) {
            let drawn = Double.random(in: 0..<(cumulated.last ?? 1), using: &random)
            var low = 0
            var high = cumulated.count - 1
            while low < high {
                let middle = (low + high) / 2
                if cumulated[middle] <= drawn { low = middle + 1 } else { high = middle }
            }
            text.unicodeScalars.append(scalars[low])
        }
        return text
    }
}
