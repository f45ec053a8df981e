import RuleEngine

/// The placeholders of a text and their places, in one walk: `Template.Part.parts(of:)` says what
/// they are.
struct PlaceholderScan: Sequence {
    /// One `$(name | filters)`.
    struct Placeholder {
        /// From `$` to `)`.
        let whole: Words
        /// The name alone.
        let name: Words
    }

    private let words: Words

    init(_ words: Words) { self.words = words }

    func makeIterator() -> AnyIterator<Placeholder> {
        let text = words.text
        var index = text.startIndex
        var offset = 0
        var opening = -1
        var previous: Character = " "
        return AnyIterator {
            while index < text.endIndex {
                let start = index
                let startOffset = offset
                let character = text[index]
                let isEscaped = previous == "$"
                previous = character
                index = text.index(after: index)
                offset += 1
                guard character == "$", index < text.endIndex, text[index] == "(" else { continue }
                opening += 1
                guard !isEscaped, let close = Self.closing(text, from: text.index(after: index))
                else { continue }
                let end = text.index(after: close)
                let whole = words.part(
                    start..<end, at: startOffset, opening: opening, behind: 0)
                let (name, spaces) = Self.name(text, in: text.index(after: index)..<close)
                let part = words.part(
                    name, at: startOffset + 2 + spaces, opening: opening, behind: 2 + spaces)
                offset += text.distance(from: index, to: end)
                index = end
                previous = ")"
                return Placeholder(whole: whole, name: part)
            }
            return nil
        }
    }

    private static func closing(_ text: String, from start: String.Index) -> String.Index? {
        var depth = 1
        for index in text[start...].indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    /// Up to the first bar, without the spaces around it; and how many are before it.
    private static func name(
        _ text: String, in range: Range<String.Index>
    ) -> (Range<String.Index>, spaces: Int) {
        let field = text[range].prefix { $0 != "|" }
        let name = field.drop(while: \.isWhitespace)
        let end = name.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) }
        return (
            name.startIndex..<(end ?? name.startIndex),
            text.distance(from: field.startIndex, to: name.startIndex)
        )
    }
}

extension TextResolver {
    /// What is wrong with a placeholder, in a support lead's words.
    func report(_ error: TemplateSyntaxError, in words: Words) {
        let text = words.text
        let start = text.index(
            text.startIndex, offsetBy: error.range.lowerBound, limitedBy: text.endIndex)
        let end = text.index(
            text.startIndex, offsetBy: error.range.upperBound, limitedBy: text.endIndex)
        let range = (start ?? text.startIndex)..<(end ?? text.endIndex)
        let (message, help) = Self.words(for: error.cause)
        log.report(words.diagnostic(.placeholder, in: range, message, help: help))
    }

    private static let filterNames = Template.Filter.Kind.allCases.map(\.rawValue)

    private static func words(
        for cause: TemplateSyntaxError.Cause
    ) -> (message: Bilingual, help: Bilingual?) {
        let write = Bilingual(
            en: "write $(名字); for the characters themselves write $$(",
            zh: "写成 $(名字)；要写这两个字符本身就写 $$(")
        switch cause {
        case .unclosed:
            return (Bilingual(en: "a placeholder without its ')'", zh: "占位符少了右括号“)”"), write)
        case .empty:
            return (Bilingual(en: "a placeholder without a name", zh: "占位符里没有名字"), write)
        case .missingFilter:
            return (
                Bilingual(en: "a bar without a filter behind it", zh: "“|”后面没有过滤器"),
                Bilingual(
                    en: "for example: $(客户.昵称 | 默认 亲)", zh: "例如：$(客户.昵称 | 默认 亲)")
            )
        case .unknownFilter(let name):
            return (
                Bilingual(en: "there is no filter '\(name)'", zh: "没有叫「\(name)」的过滤器"),
                Suggestion.help(
                    for: name,
                    among: filterNames + Template.Filter.Kind.allCases.map(\.englishName))
                    ?? Bilingual(
                        en: "one of: \(filterNames.joined(separator: ", "))",
                        zh: "可以写：\(filterNames.joined(separator: "、"))")
            )
        case .badArgument(let kind, _):
            let needs =
                kind == .orElse
                ? Bilingual(en: "a text behind it", zh: "后面要写文字")
                : Bilingual(en: "a number from 1 behind it", zh: "后面要写从 1 起的数字")
            return (
                Bilingual(
                    en: "the filter '\(kind.rawValue)' needs \(needs.en)",
                    zh: "过滤器「\(kind.rawValue)」\(needs.zh)"), nil
            )
        case .needlessArgument(let kind, let argument):
            return (
                Bilingual(
                    en: "the filter '\(kind.rawValue)' takes nothing, not '\(argument)'",
                    zh: "过滤器「\(kind.rawValue)」后面不写东西，这里有「\(argument)」"), nil
            )
        }
    }
}
