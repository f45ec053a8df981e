/// How a text is written: plain where that is safe, else in single quotes, in double quotes only
/// where something must be escaped.
///
/// Texts are texts, whatever they look like (`12315`, `no`, `09:00`), so quotes only protect from
/// YAML's own signs. Quotes an author put around full-width punctuation say "I mean it" and stay,
/// except where any sentence may stand.
enum ScalarForm {
    /// The text on one line.
    ///
    /// - Parameters:
    ///   - inFlow: Whether brackets are open, where commas and brackets end a text.
    ///   - isSentence: Whether full-width punctuation is innocent here.
    static func oneLine(_ scalar: SourceScalar, inFlow: Bool, isSentence: Bool) -> String {
        let text = scalar.text
        if scalar.isNothing { return "" }
        if scalar.style == .plain || isSentence || !hasFullWidth(text),
            isPlain(text, inFlow: inFlow)
        {
            return text
        }
        if text.unicodeScalars.contains(where: needsEscape) { return doubleQuoted(text) }
        return "'" + text.replacing("'", with: "''") + "'"
    }

    /// Whether the text reads as itself without quotes.
    static func isPlain(_ text: String, inFlow: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first != .space, last != .space,
            last != UInt8(ascii: ":"), !",[]{}#&*!|>'\"%@`".utf8.contains(first)
        else { return false }
        if "-?:".utf8.contains(first) {
            guard bytes.count > 1, bytes[1] != .space else { return false }
            if inFlow, first != UInt8(ascii: "-") { return false }
        }
        if text.hasPrefix("---") || text.hasPrefix("...") || text == "<<" { return false }
        for (byte, next) in zip(bytes, bytes.dropFirst()) {
            if byte == UInt8(ascii: ":"), next == .space { return false }
            if byte == .space, next == UInt8(ascii: "#") { return false }
            if inFlow, byte == UInt8(ascii: ":"), ",?[]{}".utf8.contains(next) { return false }
        }
        if inFlow, bytes.contains(where: { ",[]{}".utf8.contains($0) }) { return false }
        return !text.unicodeScalars.contains(where: needsEscape)
    }

    /// Punctuation that readers take for a slip of the keyboard in an unquoted word.
    private static func hasFullWidth(_ text: String) -> Bool {
        text.unicodeScalars.contains { FullWidth.halfWidth[$0] != nil }
    }

    /// Line ends, and what a file may not hold as it is: the scanner refuses it.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069,
            0xFEFF, 0xFFFE, 0xFFFF:
            true
        default: false
        }
    }

    private static func doubleQuoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where needsEscape(scalar):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// The lines of a text that was written over several, to be kept that way; `nil` when it must
    /// be put on one line.
    static func severalLines(_ scalar: SourceScalar) -> [String]? {
        guard scalar.style != .block, scalar.lines.count > 1 else { return nil }
        // A backslash before a line's end, or a space it protects, would change with the spaces
        // around it.
        if scalar.lines.contains(where: { $0.hasSuffix("\\") }) { return nil }
        return scalar.lines
    }

    /// A block's header: its sign, an indentation where the first line begins with a space, and
    /// what becomes of its end.
    static func header(_ scalar: SourceScalar) -> String {
        var header = String(scalar.indicator)
        // Whoever reads it takes the indentation from the first lines, empty ones included.
        let solid = scalar.lines.firstIndex { !$0.allSatisfy { $0 == " " } }
        let first = solid.map { scalar.lines[...$0] } ?? scalar.lines[...]
        if first.contains(where: { $0.hasPrefix(" ") }) { header += "2" }
        let endsLine = scalar.text.hasSuffix("\n")
        switch scalar.chomping {
        case "-": header += "-"
        case "+": header += endsLine ? "+" : "-"
        default: if !scalar.text.isEmpty, !endsLine { header += "-" }
        }
        return header
    }

    /// Empty lines at the end of a block that are part of its text.
    static func keptLines(_ scalar: SourceScalar) -> Int {
        guard scalar.style == .block, scalar.chomping == "+" else { return 0 }
        let ends = scalar.text.utf8.reversed().prefix { $0 == .lineFeed }.count
        return scalar.lines.isEmpty ? ends : max(0, ends - 1)
    }
}
