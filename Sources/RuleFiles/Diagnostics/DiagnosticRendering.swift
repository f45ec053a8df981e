import RuleEngine

/// Turns findings into text for a terminal.
///
///     rules/shop.kf.yml:9:5: error KF120 a rule has no 'replay'
///         9 │     replay: 您好
///           │     ^^^^^^
///           help: did you mean 'reply'?
///
/// In Chinese the labels are 错误, 提醒 and 改法. The underline is as wide as the characters above
/// it: Chinese ones take two columns.
package struct DiagnosticRenderer {
    /// The language of labels, messages and helps.
    package let language: MessageLanguage
    /// Whether to colour with ANSI escapes.
    package let usesColor: Bool
    /// Whether to show the source line; leave it out where the text may hold secrets.
    package let showsExcerpt: Bool
    private let lines: [String: YAMLText]

    private static let errorLabel = Bilingual(en: "error", zh: "错误")
    private static let warningLabel = Bilingual(en: "warning", zh: "提醒")
    private static let helpLabel = Bilingual(en: "help:", zh: "改法")

    /// Terminal columns of an excerpt; longer lines are cut around the place.
    private static let excerptColumns = 120

    /// Longer lines are not shown at all: no person wrote them, and a thousand findings in one
    /// would cost a thousand walks along it.
    private static let excerptBytes = 16 << 10

    /// A renderer that quotes from `sources`.
    package init(
        sources: [RuleSource], language: MessageLanguage = .en, usesColor: Bool = false,
        showsExcerpt: Bool = true
    ) {
        self.language = language
        self.usesColor = usesColor
        self.showsExcerpt = showsExcerpt
        lines = Dictionary(
            sources.map { ($0.path, YAMLText($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// All findings, a blank line between them; empty for none.
    package func text(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map(text).joined(separator: "\n")
    }

    /// One finding, with its excerpt; ends with a line end.
    package func text(_ diagnostic: Diagnostic) -> String {
        let severity =
            switch diagnostic.severity {
            case .error: colored(Self.errorLabel[language], "1;31")
            case .warning: colored(Self.warningLabel[language], "1;33")
            }
        let colon = language == .en ? ":" : ""
        var text = "\(diagnostic.place)\(colon) \(severity) \(diagnostic.id.rawValue) "
        text += diagnostic.message[language] + "\n"
        if showsExcerpt, let source = lines[diagnostic.place.file],
            source.line(diagnostic.place.line).count <= Self.excerptBytes
        {
            let line = String(decoding: source.line(diagnostic.place.line), as: UTF8.self)
            text += excerpt(
                of: line, number: diagnostic.place.line, column: diagnostic.place.column,
                length: diagnostic.length)
        }
        for note in diagnostic.notes ?? [] { text += "      \(note[language])\n" }
        if let help = diagnostic.help {
            let fix = diagnostic.fix == nil ? "" : "  (--fix)"
            text += "      \(colored(Self.helpLabel[language], "1;36")) \(help[language])\(fix)\n"
        }
        return text
    }

    private func excerpt(of line: String, number: Int, column: Int, length: Int) -> String {
        guard !line.allSatisfy(\.isWhitespace) else { return "" }
        let characters = Array(line.prefix(column + 4000))
        let start = min(column - 1, characters.count)
        let end = max(start, min(start + length, characters.count))
        var first = 0
        if DisplayWidth.columns(characters[..<start]) > Self.excerptColumns / 2 {
            first = max(0, start - 20)
        }
        var last = first
        var width = 0
        while last < characters.count, width < Self.excerptColumns {
            width += DisplayWidth.columns(characters[last])
            last += 1
        }
        let shown =
            (first > 0 ? "…" : "") + String(characters[first..<last].map(Self.printable))
            + (last < characters.count ? "…" : "")
        let before = DisplayWidth.columns(characters[first..<start]) + (first > 0 ? 1 : 0)
        let marked = DisplayWidth.columns(characters[start..<max(start, min(end, last))])
        let gutter = String(repeating: " ", count: max(0, 5 - String(number).count)) + "\(number)"
        return gutter + " │ " + shown + "\n" + "      │ " + String(repeating: " ", count: before)
            + colored(String(repeating: "^", count: max(1, marked)), "1;32") + "\n"
    }

    /// Control characters would move the terminal's cursor.
    private static func printable(_ character: Character) -> Character {
        if character == "\t" { return "⇥" }
        return character.unicodeScalars.contains {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
        }
            ? "\u{FFFD}" : character
    }

    private func colored(_ text: String, _ code: String) -> String {
        usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// How many terminal columns characters take.
package enum DisplayWidth {
    /// 2 for East Asian wide and full-width characters and emoji, 0 for combining marks alone,
    /// 1 for the rest (Unicode Standard Annex 11, the ranges that occur in practice).
    static func columns(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }

    /// How many columns these characters take together.
    package static func columns(_ characters: some Sequence<Character>) -> Int {
        characters.reduce(0) { $0 + columns($1) }
    }
}
