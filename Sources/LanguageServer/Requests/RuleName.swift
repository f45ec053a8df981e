import RuleFiles

/// What a name may be, so that every place that has it can be written without quotes.
enum RuleName {
    private static let longest = 64

    /// Why `name` can't be the name of such a thing; `nil` if it can.
    static func problem(with name: String, for kind: SymbolKind) -> Bilingual? {
        guard !name.isEmpty, !name.allSatisfy(\.isWhitespace) else {
            return Bilingual(en: "a name must not be empty", zh: "名字不能是空的")
        }
        guard name.count <= longest, !name.contains(where: \.isNewline) else {
            return Bilingual(
                en: "a name is one line of at most \(longest) characters",
                zh: "名字只能是一行，最多 \(longest) 个字")
        }
        guard name.first?.isWhitespace == false, name.last?.isWhitespace == false else {
            return Bilingual(
                en: "a name has no spaces around it", zh: "名字前后不能有空格")
        }
        let forbidden = kind == .menuItem ? "" : "."
        if let mark = name.first(where: { marks.contains($0) || forbidden.contains($0) }) {
            return Bilingual(en: "a name has no '\(mark)'", zh: "名字里不能有“\(mark)”")
        }
        if let mark = name.first, "-?@`%!&*".contains(mark) {
            return Bilingual(
                en: "a name doesn't begin with '\(mark)'", zh: "名字不能以“\(mark)”开头")
        }
        let isInvisible = name.unicodeScalars.contains {
            $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
        }
        if isInvisible, name.unicodeScalars.allSatisfy({ !$0.properties.isEmoji }) {
            return Bilingual(
                en: "a name has no invisible characters", zh: "名字里不能有看不见的字符")
        }
        return nil
    }

    /// What YAML, lists of keywords and placeholders give a meaning to, in both widths.
    private static let marks: Set<Character> = [
        ",", "[", "]", "{", "}", "#", ":", "\"", "'", "\\", "|", ">", "(", ")", "$", "\t", "，", "、",
        "：",
        "“", "”", "‘", "’",
    ]
}
