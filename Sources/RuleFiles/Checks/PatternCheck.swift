import ChatModel
import RuleEngine

/// Regular expressions that fit everything, nothing, or the empty text.
struct PatternCheck {
    let bundle: LoadedBundle
    let log: DiagnosticLog

    /// Sentences with nothing in common.
    private static let unlike = ["我想退款", "hello there", "7", "？！", "12 个 ok 吗", "z"]

    private struct Pattern {
        let words: Words
        let text: String
    }

    func check() {
        let patterns = bundle.syntax.rules.flatMap(\.triggers).compactMap { trigger -> Pattern? in
            guard case .matches = trigger.pattern else { return nil }
            return Pattern(words: trigger.words, text: trigger.words.text)
        }
        guard !patterns.isEmpty else { return }
        let fits = self.fits(patterns)
        for (index, pattern) in patterns.enumerated() {
            if let why = pattern.text.impossibility {
                log.report(
                    pattern.words.diagnostic(
                        .deadPattern,
                        Bilingual(
                            en: "'\(pattern.text)' fits nothing: \(why.en)",
                            zh: "“\(pattern.text)”什么也匹配不到：\(why.zh)"),
                        help: Bilingual(
                            en:
                                "'^' stands for the beginning, '$' for the end; write '\\$' for the "
                                + "character", zh: "^ 是开头，$ 是结尾；要匹配字符本身写成 \\$")))
            } else if Self.unlike.indices.allSatisfy({ fits[$0].contains(index) }) {
                log.report(
                    pattern.words.diagnostic(
                        .widePattern,
                        Bilingual(
                            en: "'\(pattern.text)' fits every message",
                            zh: "“\(pattern.text)”什么话都能匹配"),
                        help: Bilingual(
                            en: "use 'no_match: true' for what no other rule hears",
                            zh: "兜底请用 no_match: true")))
            } else if fits[Self.unlike.count].contains(index) {
                log.report(
                    pattern.words.diagnostic(
                        .widePattern,
                        Bilingual(
                            en: "'\(pattern.text)' also fits the empty text, so it stops at the "
                                + "beginning of most messages",
                            zh: "“\(pattern.text)”连空文字也能匹配，多数消息里会停在开头，找不到后面的内容"),
                        help: Bilingual(
                            en: "write '+' instead of '*', or say how many", zh: "把 * 改成 +，或写明几个")))
            }
        }
    }

    /// For each sentence, and then for the empty text, the patterns that fit it.
    private func fits(_ patterns: [Pattern]) -> [Set<Int>] {
        let rules = patterns.enumerated().map { index, pattern in
            RuleDefinition(
                name: RuleName("\(index)"), place: pattern.words.place,
                triggers: [.matches(pattern.text)])
        }
        let probe = BundleDefinition(name: "probe", accounts: [], menus: [], rules: rules)
        guard let finder = try? RuleSet(RuleSetDefinition(bundles: [probe])).bundles.first else {
            return Array(repeating: [], count: Self.unlike.count + 1)
        }
        return (Self.unlike + [""]).map { sentence in
            let found = finder.explanation(
                of: .text(sentence, menuItem: nil), facts: Facts())
            return Set(found.contenders.map(\.rule))
        }
    }
}

extension String {
    /// Why a regular expression can fit nothing, where that is plain to see: something before a
    /// `^`, or behind a `$`, that is not an alternative of its own.
    fileprivate var impossibility: Bilingual? {
        // Flags, groups and what may be left out: no quick word about those.
        guard !contains(where: { "(?*".contains($0) }), !contains("{0") else { return nil }
        var isEscaped = false
        var isClass = false
        var isCount = false
        var isBeginning = true
        var isEnded = false
        for character in self {
            if isCount {
                isCount = character != "}"
                continue
            }
            if isEscaped {
                isEscaped = false
                // `\b` and the like take no room.
                guard "dDwWsS".contains(character) || !character.isLetter else { return nil }
            } else if isClass {
                isClass = character != "]"
                isEscaped = character == "\\"
                continue
            } else {
                switch character {
                case "\\":
                    isEscaped = true
                    continue
                case "{":
                    isCount = true
                    continue
                case "[": isClass = true
                case "|":
                    (isBeginning, isEnded) = (true, false)
                    continue
                case "^":
                    guard isBeginning else { return Self.beforeBeginning }
                    continue
                case "$":
                    isEnded = true
                    continue
                default: break
                }
            }
            if isEnded { return Self.afterEnd }
            isBeginning = false
        }
        return nil
    }

    private static let afterEnd = Bilingual(
        en: "something stands behind '$'", zh: "$ 后面还有内容")
    private static let beforeBeginning = Bilingual(
        en: "something stands before '^'", zh: "^ 前面还有内容")
}
