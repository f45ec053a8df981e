/// What no line of a rule file may hold.
extension YAMLScanner {
    /// Reports tabs and invisible characters.
    ///
    /// Invisible are controls, zero-width spaces, marks of writing direction and what the library
    /// takes for line ends. Joiners stay: emoji are made with them.
    func checkCharacters() {
        var line = 1
        var column = 1
        var tabLine = 0
        for scalar in text.text.unicodeScalars {
            switch scalar.value {
            case 0x0A:
                line += 1
                column = 0
            case 0x09:
                if line != tabLine {
                    tabLine = line
                    report(
                        .tab, at: Mark(line: line, column: column),
                        Bilingual(en: "a tab", zh: "一个制表符（Tab）"),
                        help: Bilingual(en: "indent and separate with spaces", zh: "用空格缩进和分隔"))
                }
            case 0...0x1F, 0x7F...0x9F, 0xAD, 0x200B, 0x200E, 0x200F, 0x2028...0x202E,
                0x2060...0x2069, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
                report(
                    .badCharacter, at: Mark(line: line, column: column),
                    Bilingual(
                        en: "an invisible character, U+\(zeros)\(digits)",
                        zh: "一个看不见的字符 U+\(zeros)\(digits)"),
                    help: Bilingual(
                        en: "delete it; for a new line press Enter", zh: "删掉它；要换行就按回车"))
            default: break
            }
            column += 1
        }
    }
}
