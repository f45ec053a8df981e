import RuleEngine

/// Cells as readers of rule files want them.
extension SheetCell {
    /// The text that is meant.
    var content: String { FAQEntry.unguarded(text) }

    /// The cell as a text of a rule file.
    ///
    /// In quotes: full-width punctuation is no slip here.
    var node: YAMLNode {
        YAMLNode(
            content: .scalar(content, .quoted), place: place, length: length, openings: openings)
    }

    /// What stands between separators, without empty parts.
    func parts(separator isSeparator: (Character) -> Bool) -> [YAMLNode] {
        var parts: [YAMLNode] = []
        for (index, line) in SheetCell(text: content, place: place, isQuoted: isQuoted).lines
            .enumerated()
        {
            // The apostrophe that was taken away still stands before the first line.
            let shift = index == 0 ? text.count - content.count : 0
            for part in line.text.split(whereSeparator: isSeparator) {
                let content = String(part).trimmed
                guard !content.isEmpty else { continue }
                let before = line.text[..<part.startIndex]
                var place = line.place
                place.column +=
                    shift + before.count + part.prefix(while: \.isWhitespace).count
                    + (isQuoted ? before.count { $0 == "\"" } : 0)
                parts.append(
                    YAMLNode(
                        content: .scalar(content, .quoted), place: place, length: content.count))
            }
        }
        return parts
    }

    /// Where each `$(` stands.
    private var openings: [SourcePlace] {
        guard text.contains("$(") else { return [] }
        return lines.flatMap { line in
            line.text.ranges(of: "$(").map { range in
                let before = line.text[..<range.lowerBound]
                var place = line.place
                place.column += before.count + (isQuoted ? before.count { $0 == "\"" } : 0)
                return place
            }
        }
    }

    /// A finding about the whole cell.
    func diagnostic(
        _ id: DiagnosticID, _ message: Bilingual, help: Bilingual? = nil
    ) -> Diagnostic {
        Diagnostic(id, at: place, length: length, message, help: help)
    }
}

/// What spreadsheets make of cells, and programs of texts.
extension FAQSheet {
    /// Whether the cell still holds what its author wrote; reports what it doesn't.
    func isSound(_ cell: SheetCell) -> Bool {
        guard let (message, help) = Self.damage(of: cell.text) else { return isReadable(cell) }
        log.report(cell.diagnostic(.badValue, message, help: help))
        return false
    }

    private static func damage(of text: String) -> (Bilingual, Bilingual)? {
        let asText = Bilingual(
            en: "format the column as text, then write it again", zh: "先把这一列设为“文本”格式，再重新填写")
        if text.unicodeScalars.first == "=" {
            return (
                Bilingual(en: "a formula; only its result can be read", zh: "这里是公式，只能读它的结果"),
                Bilingual(
                    en: "paste it as a value; for a text that begins with '=', write '= with an "
                        + "apostrophe before",
                    zh: "用“选择性粘贴 → 数值”换成结果；文字要以 = 开头，就在前面加一个英文单引号")
            )
        }
        if ["#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"].contains(text)
            || text.count > 2 && text.allSatisfy({ $0 == "#" })
        {
            return (
                Bilingual(
                    en: "'\(text)' is what the spreadsheet shows for a mistake",
                    zh: "「\(text)」是表格软件显示的错误"), asText
            )
        }
        guard text.utf8.count < 32, text.wholeMatch(of: /[0-9](\.[0-9]+)?[Ee]\+[0-9]+/) != nil
        else { return nil }
        return (
            Bilingual(
                en:
                    "'\(text)' is a long number that the spreadsheet shortened; its digits are lost",
                zh: "「\(text)」是被表格软件缩写的长数字，原来的数字已经丢了"), asText
        )
    }

    /// No invisible characters, as in any rule file; a tab is none within a text.
    private func isReadable(_ cell: SheetCell) -> Bool {
        let bad = cell.text.unicodeScalars.first {
            switch $0.value {
            case 0x09, 0x0A: false
            case 0...0x1F, 0x7F...0x9F, 0xAD, 0x200B, 0x200E, 0x200F, 0x2028...0x202E,
                0x2060...0x2069, 0xFEFF, 0xFFFD...0xFFFF:
                true
            default: false
            }
        }
        guard let bad else { return true }
        let digits = String(bad.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        log.report(
            bad == "\u{FFFD}"
                ? cell.diagnostic(
                    .badCharacter,
                    Bilingual(en: "broken characters", zh: "这里有乱码"),
                    help: Bilingual(
                        en: "save the sheet as 'CSV UTF-8'", zh: "把表格另存为“CSV UTF-8”格式"))
                : cell.diagnostic(
                    .badCharacter,
                    Bilingual(
                        en: "an invisible character, \(code)", zh: "一个看不见的字符 \(code)"),
                    help: Bilingual(en: "delete it", zh: "删掉它")))
        return false
    }
}
