import RuleEngine

/// One cell of a sheet, and where it stands.
struct SheetCell {
    /// What is in it, without spaces around it and without the quotes.
    let text: String
    /// Where it begins, an opening quote included.
    let place: SourcePlace
    let isQuoted: Bool

    /// How many characters of its first line it covers.
    var length: Int {
        let line = text.prefix { !$0.isNewline }
        return max(1, line.count + (isQuoted ? 1 + (line.count == text.count ? 1 : 0) : 0))
    }

    /// The parts between line ends, each with its place.
    var lines: [(text: Substring, place: SourcePlace)] {
        var place = place
        if isQuoted { place.column += 1 }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
            defer {
                place.line += 1
                place.column = 1
            }
            return ($0, place)
        }
    }
}

/// Reads comma-separated text by RFC 4180, with the place of every cell.
///
/// Besides commas it takes semicolons and tabs, whichever the caller says, line ends of any kind,
/// and a stray quote within a cell that doesn't begin with one, as spreadsheets do. Rows of
/// nothing but empty cells are left out.
struct SheetReader {
    /// The most columns of a row; a wrong separator makes more.
    static let mostColumns = 64

    private let text: YAMLText
    private let separator: Unicode.Scalar
    private let log: DiagnosticLog
    private var scalars: String.UnicodeScalarView { text.text.unicodeScalars }
    private var index: String.Index
    private var line = 1
    /// A place on the current line whose column is known; columns are counted on from there.
    private var mark: (index: String.Index, column: Int)

    init(_ text: YAMLText, separator: Unicode.Scalar, log: DiagnosticLog) {
        self.text = text
        self.separator = separator
        self.log = log
        index = text.text.startIndex
        mark = (index, 1)
    }

    /// The next row that has something in it; `nil` behind the last, or behind a mistake after
    /// which no cell can be trusted, which is then in the log.
    mutating func nextRow() -> [SheetCell]? {
        while index < scalars.endIndex {
            var cells: [SheetCell] = []
            repeat {
                guard cells.count < Self.mostColumns else {
                    report(
                        at: place(),
                        Bilingual(
                            en: "more than \(Self.mostColumns) columns",
                            zh: "超过 \(Self.mostColumns) 列"),
                        help: Bilingual(en: "delete the columns you don't need", zh: "删掉用不到的列"))
                    return nil
                }
                guard let cell = nextCell() else { return nil }
                cells.append(cell)
            } while take(separator)
            _ = take("\n")
            if cells.contains(where: { !$0.text.isEmpty }) { return cells }
        }
        return nil
    }

    // MARK: Cells

    private mutating func nextCell() -> SheetCell? {
        while let next = scalars[index...].first, next == " ", next != separator { advance() }
        guard scalars[index...].first == "\"" else {
            let start = index
            let place = place()
            while let next = scalars[index...].first, next != separator, next != "\n" { advance() }
            return cell(String(scalars[start..<index]), place, isQuoted: false)
        }
        return quotedCell()
    }

    private mutating func quotedCell() -> SheetCell? {
        let place = place()
        var content = String.UnicodeScalarView()
        advance()
        while let next = scalars[index...].first {
            advance()
            guard next == "\"" else {
                content.append(next)
                continue
            }
            if take("\"") {
                content.append("\"")
                continue
            }
            while scalars[index...].first == " " { advance() }
            if let next = scalars[index...].first, next != separator, next != "\n" {
                report(
                    at: self.place(),
                    Bilingual(
                        en: "text behind the quote that ends the cell", zh: "单元格的引号结束后还有文字"),
                    help: Bilingual(
                        en: "a quote within a cell is written twice: \"\"",
                        zh: "单元格里的英文引号要写两次：\"\""))
                return nil
            }
            return cell(String(content), place, isQuoted: true)
        }
        report(
            at: place,
            Bilingual(en: "the quote that opens this cell is never closed", zh: "单元格开头的引号没有结束"),
            help: Bilingual(
                en: "close it; a quote within a cell is written twice: \"\"",
                zh: "补上结尾的引号；单元格里的英文引号要写两次：\"\""))
        return nil
    }

    private func cell(_ raw: String, _ place: SourcePlace, isQuoted: Bool) -> SheetCell {
        // Spaces and lines taken from the front would move every place behind them.
        var place = place
        let leading = raw.prefix(while: \.isWhitespace)
        if !leading.isEmpty {
            let lines = leading.count(where: \.isNewline)
            if lines > 0 {
                place.line += lines
                place.column = 0
            }
            place.column += leading.reversed().prefix { !$0.isNewline }.count
        }
        let text = raw.trimmed
        return SheetCell(text: text, place: place, isQuoted: isQuoted)
    }

    // MARK: Moving

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard scalars[index...].first == wanted else { return false }
        advance()
        return true
    }

    private mutating func advance() {
        let isLineEnd = scalars[index] == "\n"
        scalars.formIndex(after: &index)
        if isLineEnd {
            line += 1
            mark = (index, 1)
        }
    }

    private mutating func place() -> SourcePlace {
        mark = (index, mark.column + text.text[mark.index..<index].count)
        return SourcePlace(file: text.path, line: line, column: mark.column)
    }

    private func report(at place: SourcePlace, _ message: Bilingual, help: Bilingual) {
        log.report(Diagnostic(.badValue, at: place, message, help: help))
    }
}
