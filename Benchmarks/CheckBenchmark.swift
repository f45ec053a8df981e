import RuleEngine
import RuleFiles

/// Prints what loading and checking a very large bundle costs.
///
/// 10 000 rules with five examples each, a tenth of them with similar questions instead of
/// keywords, a tenth with a hand-off, and a flow of 200 branches; always the same ones.
func measureCheck() {
    let source = RuleSource(path: "benchmark.kf.yml", text: CheckBundle.text(rules: 10_000))
    let clock = ContinuousClock()
    var loaded: LoadedRules?
    let loading = clock.measure { loaded = RuleFiles.load([source]) }
    guard let loaded else { return }
    var compiled: RuleSet?
    let compiling = clock.measure { compiled = loaded.definition.flatMap { try? RuleSet($0) } }
    var checked: LoadedRules?
    let checking = clock.measure { checked = RuleFiles.check(loaded) }
    let summary = checked.map { CheckSummary($0) }
    print(
        "check: \(summary?.rules ?? 0) rules, \(summary?.examples ?? 0) examples,",
        "\(source.text.utf8.count >> 10) KiB: loaded in \(Int(loading / .milliseconds(1))) ms,",
        "checked in \(Int(checking / .milliseconds(1))) ms (of it compiling",
        "\(Int(compiling / .milliseconds(1))) ms); \(summary?.errors ?? 0) errors,",
        "\(summary?.warnings ?? 0) warnings", compiled == nil ? "; did not compile" : "")
}

/// A bundle made of numbers: no two rules share a keyword, or nearly none.
private enum CheckBundle {
    static func text(rules count: Int) -> String {
        var text = "kf: 1\nbundle: 大包\naccounts: [shop]\nslots:\n  订单号: { ask: 订单号？ }\n"
        text += "handoff:\n  售后: { to: pool, waiting_text: 请稍候。, ended: { text: 再见 } }\n"
        text += "rules:\n"
        text += "  - rule: 欢迎\n    when: { event: enter_session }\n    reply: 您好\n"
        text += "  - rule: 没听懂\n    when: { no_match: true }\n    reply: 请再说一次。\n"
        text += "  - rule: 长\n    when: { says: 长流程 }\n    start: 长\n    examples: [长流程]\n"
        for number in 0..<count {
            let words = (0..<3).map { word(number * 3 + $0) }
            let isQuestion = number % 10 == 0
            text += "  - rule: 规则\(number)\n"
            text +=
                isQuestion
                ? "    when: { asks_like: [\(questions(words).joined(separator: ", "))] }\n"
                : "    when: { says: [\(words.joined(separator: ", "))] }\n"
            text += "    reply: 关于\(words[0])，请看说明。\n"
            if number % 10 == 1 { text += "    handoff: 售后\n" }
            let examples =
                isQuestion
                ? questions(words) + questions(words).prefix(2).map { $0 + "呢" }
                : [
                    "怎么办理\(words[0])", "我要\(words[1])", "\(words[2])多少钱", "请问\(words[0])在哪里",
                    "\(words[1])什么时候好",
                ]
            text += "    examples: [\(examples.joined(separator: ", "))]\n"
        }
        text += "flows:\n  长:\n    - ask: 订单号\n"
        for number in 0..<200 {
            text += "    - if: { slot: { 订单号: \"\(number)\" } }\n      set: { 结果: \"\(number)\" }\n"
        }
        return text
    }

    private static func questions(_ words: [String]) -> [String] {
        [
            "\(words[0])\(words[1])怎么办", "要\(words[1])\(words[0])",
            "\(words[2])\(words[0])的\(words[1])",
        ]
    }

    /// Three hanzi that stand for a number, with nothing in common with those of its neighbours.
    private static func word(_ number: Int) -> String {
        // Vigna's splitmix64: 20 000 hanzi to the third leave twins to chance, one in millions.
        var mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        var word = ""
        for shift in [0, 20, 40] {
            let scalar = Unicode.Scalar(0x4E00 + UInt32(mixed >> shift & 0xFFFFF) % 20_000)
            if let scalar { word.unicodeScalars.append(scalar) }
        }
        return word
    }
}
