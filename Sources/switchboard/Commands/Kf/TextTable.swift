import RuleFiles

/// Rows in columns, as wide as a terminal shows them: Chinese characters take two.
struct TextTable {
    /// A column's head, and whether what stands below are numbers.
    struct Column {
        let head: Bilingual
        let isNumber: Bool

        init(_ head: Bilingual, isNumber: Bool = false) {
            self.head = head
            self.isNumber = isNumber
        }

        init(en: String, zh: String, isNumber: Bool = false) {
            self.init(Bilingual(en: en, zh: zh), isNumber: isNumber)
        }
    }

    let columns: [Column]
    var rows: [[String]] = []

    init(_ columns: [Column], rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The beginning of a long text: a line of a table should stay one on a terminal.
    static func cut(_ text: String, to columns: Int = 40) -> String {
        guard DisplayWidth.columns(text) > columns else { return text }
        var width = 0
        let kept = text.prefix { character in
            width += DisplayWidth.columns(CollectionOfOne(character))
            return width < columns
        }
        return kept + "…"
    }

    /// The table with its head; what would move the cursor is shown as a sign.
    func text(in language: MessageLanguage) -> String {
        let lines = [columns.map(\.head[language])] + rows.map { $0.map(Terminal.printable) }
        let widths = columns.indices.map { index in
            lines.map { DisplayWidth.columns($0[index]) }.max() ?? 0
        }
        return lines.map { line in
            let cells = columns.indices.map { index in
                let space = String(
                    repeating: " ", count: widths[index] - DisplayWidth.columns(line[index]))
                return columns[index].isNumber ? space + line[index] : line[index] + space
            }
            let text = cells.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }
}
