import RuleFiles

/// Where in a file a cursor stands, read from the lines above it: the keys that lead there, and
/// whether a key or a value is being written.
///
/// It looks at indentation and brackets only, from the cursor's top-level section on, so it also
/// answers while the file is no YAML because somebody is typing in it. A bracket that nobody closed
/// ends where a line with no more indentation has a key.
struct CursorContext {
    /// What is being written.
    enum Role {
        case key, value
        /// A line without a colon: a key, or a value of its own.
        case either
        /// A comment, or something nobody can help with.
        case nothing
    }

    /// One step down from the file's map.
    enum Step: Hashable {
        case key(String)
        case element
    }

    private(set) var role = Role.nothing
    /// The way to the map whose key, or to the place whose value, is written.
    private(set) var path: [Step] = []
    /// What is written of it, up to the cursor.
    private(set) var partial = ""
    /// The character column, from 0, with which it begins.
    private(set) var start = 0
    /// Keys that the map has above the cursor.
    private(set) var siblings: [String] = []
    /// Whether it stands in brackets.
    private(set) var isInBrackets = false

    /// The context of a character column, from 0, of a line, from 0.
    init(_ document: TextDocument, line: Int, column: Int) {
        var first = min(line, document.lineCount - 1)
        while first > 0, !Self.beginsSection(document.line(first)) { first -= 1 }
        var reader = LineReader()
        for number in first..<max(first, line) { reader.read(document.characters(ofLine: number)) }
        let characters = document.characters(ofLine: line)
        reader.read(Array(characters.prefix(column)), isLast: true)
        role = reader.role
        path = reader.path
        partial = reader.partial
        start = reader.partialStart
        siblings = reader.siblings
        isInBrackets = reader.isInBrackets
    }

    private static func beginsSection(_ line: Substring) -> Bool {
        guard let first = line.first else { return false }
        return ![" ", "\t", "#", "-", "]", "}"].contains(first)
    }

    /// The place the path leads to.
    func place(from root: FormatPlace) -> FormatPlace {
        path.reduce(root) { place, step in
            switch step {
            case .key(let key): place.value(of: key)
            case .element: place.element
            }
        }
    }

    /// Whether the file's own sections are named in Chinese, as far as the cursor sees.
    var usesChineseKeys: Bool {
        let words = path.lazy.compactMap { step in
            if case .key(let key) = step { key } else { nil }
        }
        let word = words.first ?? siblings.first ?? ""
        return word.unicodeScalars.contains { $0.value >= 0x2E80 }
    }
}
