import RuleEngine
import RuleFiles

/// Writes completion items that replace what is written at the cursor so far.
struct ItemWriter {
    private let range: JSONValue
    private let language: MessageLanguage
    /// Whether something follows the cursor on its line.
    private let hasRest: Bool
    /// Keys that follow in the same map, by their indentation.
    let keysBelow: [String]
    private let isInBrackets: Bool

    init(_ context: CursorContext, _ spot: Spot, in language: MessageLanguage) {
        // After the quote of a quoted text, or at the word's beginning.
        self.init(start: context.start, spot, in: language, context: context)
    }

    init(
        start: Int, _ spot: Spot, in language: MessageLanguage, context: CursorContext? = nil
    ) {
        let line = spot.position.line
        let column = spot.place.column - 1
        let document = spot.document
        range =
            TextRange(
                document.position(line: line, column: min(start, column)),
                document.position(line: line, column: column)
            ).json
        self.language = language
        isInBrackets = context?.isInBrackets ?? false
        hasRest = document.characters(ofLine: line).dropFirst(column).contains { $0 != " " }
        keysBelow =
            context.map { isBlock($0) ? Self.keys(below: line, at: start, document) : [] } ?? []
        func isBlock(_ context: CursorContext) -> Bool { !context.isInBrackets }
    }

    /// How many lines are searched for keys that are there already.
    private static let reach = 2000

    private static func keys(below line: Int, at column: Int, _ document: TextDocument) -> [String]
    {
        var keys: [String] = []
        for number in (line + 1)..<max(line + 1, min(document.lineCount, line + reach)) {
            let text = document.characters(ofLine: number)
            let indent = text.prefix { $0 == " " }.count
            guard indent < text.count, text[indent] != "#" else { continue }
            if indent < column { break }
            if indent == column {
                // The next element of a list is another map.
                if text[indent] == "-" { break }
                if let colon = text.firstIndex(of: ":") {
                    keys.append(String(text[indent..<colon]))
                }
            }
        }
        return keys
    }

    /// Whether a key here begins an element of a list that has no dash yet.
    func needsDash(_ context: CursorContext, _ place: FormatPlace) -> Bool {
        guard !isInBrackets, case .key? = context.path.last, context.siblings.isEmpty else {
            return false
        }
        return ["rule", "question", "notice", "step", "test", "act"].contains(place.map ?? "")
    }

    func key(
        _ guide: FormatPlace.Guide, as word: String, after dash: String, rank: Int
    ) -> JSONValue {
        let chinese = KeyVocabulary.chinese(for: guide.key)
        let other = word == guide.key ? chinese : guide.key
        return .fields([
            "label": .string(word),
            "kind": 10,
            "detail": other.map(JSONValue.string),
            "documentation": guide.meaning.map { .string($0[language]) },
            // What the map needs comes first, then the canonical order.
            "sortText": .string((guide.isRequired ? "1" : "2") + Self.padded(rank) + word),
            "filterText": .string([word, other].compactMap(\.self).joined(separator: " ")),
            "textEdit": [
                "range": range, "newText": .string(dash + word + (hasRest ? "" : ": ")),
            ],
        ])
    }

    func value(_ word: String) -> JSONValue {
        [
            "label": .string(word), "kind": 20, "sortText": .string("0" + word),
            "textEdit": ["range": range, "newText": .string(word)],
        ]
    }

    func name(_ name: String, as text: String, _ noun: String? = nil) -> JSONValue {
        .fields([
            "label": .string(name), "kind": 18, "detail": noun.map(JSONValue.string),
            "sortText": .string("0" + name),
            "textEdit": ["range": range, "newText": .string(text)],
        ])
    }

    private static func padded(_ rank: Int) -> String { (rank < 10 ? "0" : "") + "\(rank)" }
}
