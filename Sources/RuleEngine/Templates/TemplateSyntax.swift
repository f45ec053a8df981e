import ChatModel

/// Why a text with placeholders can't be read, and where.
package struct TemplateSyntaxError: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Cause: Hashable, Sendable {
        /// `$(` without its `)`.
        case unclosed
        /// `$()`: no name.
        case empty
        /// `$(a | )`: a bar without a filter behind it.
        case missingFilter
        case unknownFilter(String)
        /// `默认` needs a text, `前` and `后` a number from 1.
        case badArgument(Template.Filter.Kind, String?)
        /// A filter that takes no argument has one.
        case needlessArgument(Template.Filter.Kind, String)
    }

    /// What is wrong.
    package let cause: Cause
    /// Characters of the text, from 0, that are to blame.
    package let range: Range<Int>
}

extension Template.Filter.Kind {
    /// The filter a rule file calls `name`, in Chinese or in English.
    package init?(name: String) {
        if let kind = Self(rawValue: name) {
            self = kind
            return
        }
        guard let kind = Self.allCases.first(where: { $0.englishName == name.lowercased() }) else {
            return nil
        }
        self = kind
    }

    /// The name for those who write English: `default`, `date`, `time`, `mask`, `money`, `first`,
    /// `last`, `upper`, `lower`.
    package var englishName: String {
        switch self {
        case .orElse: "default"
        case .date: "date"
        case .time: "time"
        case .mask: "mask"
        case .money: "money"
        case .first: "first"
        case .last: "last"
        case .uppercase: "upper"
        case .lowercase: "lower"
        }
    }
}

extension Template.Part {
    /// Reads a text with placeholders: `$(name)`, `$(name | filter argument | …)`; `$$(` stands
    /// for `$(` itself.
    ///
    /// A name may be anything without a bar or a parenthesis; an argument may have parentheses
    /// that are closed. Throws the first mistake.
    package static func parts(of text: String) throws(TemplateSyntaxError) -> [Self] {
        var reader = TemplateReader(text)
        return try reader.read()
    }
}

/// Goes through a template's text once.
private struct TemplateReader {
    private let text: [Character]
    private var parts: [Template.Part] = []
    private var literal = ""

    init(_ text: String) { self.text = Array(text) }

    mutating func read() throws(TemplateSyntaxError) -> [Template.Part] {
        var index = 0
        while index < text.count {
            if text[index...].starts(with: "$$(") {
                literal += "$("
                index += 3
            } else if text[index...].starts(with: "$(") {
                guard let end = closing(from: index + 2) else {
                    throw TemplateSyntaxError(cause: .unclosed, range: index..<index + 2)
                }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(try placeholder(index + 2..<end))
                index = end + 1
            } else {
                literal.append(text[index])
                index += 1
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    /// The parenthesis that closes the one before `start`.
    private func closing(from start: Int) -> Int? {
        var depth = 1
        for index in start..<text.count {
            // The next placeholder can't begin inside this one: this one was left open.
            if text[index...].starts(with: "$(") { return nil }
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    private func placeholder(_ range: Range<Int>) throws(TemplateSyntaxError) -> Template.Part {
        let fields = text[range].split(separator: "|", omittingEmptySubsequences: false)
            .map(Self.trimmed)
        guard let name = fields.first, !name.isEmpty else {
            throw TemplateSyntaxError(
                cause: .empty, range: range.lowerBound - 2..<range.upperBound + 1)
        }
        var filters: [Template.Filter] = []
        for field in fields.dropFirst() { filters.append(try filter(field)) }
        return .value(ValueName(String(name)), filters)
    }

    private func filter(
        _ field: ArraySlice<Character>
    ) throws(TemplateSyntaxError) -> Template.Filter {
        let word = field.prefix { !$0.isWhitespace }
        guard !word.isEmpty else {
            throw TemplateSyntaxError(
                cause: .missingFilter,
                range: max(0, field.startIndex - 1)..<max(field.startIndex, field.endIndex))
        }
        guard let kind = Template.Filter.Kind(name: String(word)) else {
            throw TemplateSyntaxError(
                cause: .unknownFilter(String(word)), range: word.startIndex..<word.endIndex)
        }
        let rest = Self.trimmed(field[word.endIndex...])
        let argument = rest.isEmpty ? nil : String(rest)
        let isRight =
            switch kind {
            case .orElse: argument != nil
            case .first, .last: argument.flatMap { Int($0) }.map { $0 > 0 } ?? false
            case .date, .time: true
            case .mask, .money, .uppercase, .lowercase: argument == nil
            }
        guard isRight else {
            let takesNone = kind.takesNoArgument
            throw TemplateSyntaxError(
                cause: takesNone
                    ? .needlessArgument(kind, argument ?? "") : .badArgument(kind, argument),
                range: field.startIndex..<field.endIndex)
        }
        return Template.Filter(kind, argument)
    }

    private static func trimmed(_ field: ArraySlice<Character>) -> ArraySlice<Character> {
        let rest = field.drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else {
            return rest.prefix(0)
        }
        return rest[rest.startIndex...last]
    }
}

extension Template.Filter.Kind {
    fileprivate var takesNoArgument: Bool {
        switch self {
        case .mask, .money, .uppercase, .lowercase: true
        case .orElse, .date, .time, .first, .last: false
        }
    }
}
