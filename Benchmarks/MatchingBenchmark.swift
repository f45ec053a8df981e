import ChatModel
import RuleEngine

/// Prints what a verdict costs for 100, 10 000 and 100 000 keywords, folding included, and how
/// that grows.
///
/// Texts and keywords are drawn from 3000 hanzi by Zipf's law, always the same ones: 2000 texts
/// of 20 to 200 characters, keywords of 2 to 6, one a rule. The best of seven passes counts.
func measureMatching() {
    var random = SplitMix(state: 41)
    let hanzi = ZipfHanzi(count: 3000)
    let texts = (0..<2000).map { _ in hanzi.text(20...200, &random) }
    var first = 0.0
    for count in [100, 10_000, 100_000] {
        var words: Set<String> = []
        while words.count < count { words.insert(hanzi.text(2...6, &random)) }
        let rules = words.sorted().enumerated().map { index, word in
            RuleDefinition(
                name: RuleName("rule \(index)"),
                place: SourcePlace(file: "benchmark", line: index + 1, column: 1),
                triggers: [.says(word)])
        }
        let definition = RuleSetDefinition(bundles: [
            BundleDefinition(name: "benchmark", accounts: ["benchmark"], menus: [], rules: rules)
        ])
        let clock = ContinuousClock()
        var ruleSet: RuleSet?
        let compiling = clock.measure { ruleSet = try? RuleSet(definition) }
        guard let bundle = ruleSet?.bundles.first else { continue }
        var best = Duration.seconds(1000)
        var answered = 0
        for _ in 0..<7 {
            answered = 0
            let pass = clock.measure {
                for text in texts
                where bundle.verdict(for: .text(text, menuItem: nil), facts: Facts()) != nil {
                    answered += 1
                }
            }
            best = min(best, pass)
        }
        let nanoseconds = best / .nanoseconds(1) / Double(texts.count)
        if first == 0 { first = nanoseconds }
        let growth = Double(Int(nanoseconds / first * 100)) / 100
        print(
            "matching: \(count) keywords, \(Int(nanoseconds)) ns/message, \(growth)x of 100,",
            "\(answered) of \(texts.count) answered,",
            "compiled in \(Int(compiling / .milliseconds(1))) ms")
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
