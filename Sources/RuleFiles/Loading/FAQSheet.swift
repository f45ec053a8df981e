import RuleEngine

/// Questions of a sheet (`.csv`), which a bundle includes.
///
/// The first row names the columns, each further row is a question. Bounded: 4 MiB, 10 000 rows,
/// and as many texts as a YAML file may have nodes.
struct FAQSheet {
    /// A row that says what a question needs.
    struct Row {
        let entry: FAQEntry
        let rule: RuleSyntax
    }

    /// More questions than this belong into several sheets.
    static let mostRows = 10_000

    /// The rules that the rows of `source` stand for, each as ``BundleReader/readQuestion(_:)``
    /// makes one: a name that is the question, a trigger `asksLike` for each wording, a reply.
    static func read(_ source: RuleSource, log: DiagnosticLog) -> [RuleSyntax] {
        rows(of: source, log: log).map(\.rule)
    }

    /// The rows that could be read, in the sheet's order.
    static func rows(of source: RuleSource, log: DiagnosticLog) -> [Row] {
        let start = SourcePlace(file: source.path, line: 1, column: 1)
        guard source.text.utf8.count <= YAMLDocument.maximumBytes else {
            let (size, most) = (source.text.utf8.count, YAMLDocument.maximumBytes)
            log.report(
                Diagnostic(
                    .fileTooLarge, at: start,
                    Bilingual(
                        en: "the sheet has \(size) bytes; at most \(most) are read",
                        zh: "表格有 \(size) 字节，最多只读 \(most) 字节"),
                    help: Self.split))
            return []
        }
        let text = YAMLText(source)
        var reader = SheetReader(text, separator: Self.separator(of: text), log: log)
        let found = log.diagnostics.count
        guard let header = reader.nextRow() else {
            if log.diagnostics.count == found { reportEmpty(at: start, log) }
            return []
        }
        guard var sheet = FAQSheet(header: header, log: log) else { return [] }
        var rows: [Row] = []
        var count = 0
        while let cells = reader.nextRow(), !log.isFull {
            count += 1
            guard count <= mostRows, sheet.texts <= YAMLDocument.maximumNodes else {
                log.report(
                    Diagnostic(
                        .tooManyNodes, at: cells[0].place,
                        Bilingual(
                            en: "the sheet has more than \(mostRows) questions, or more wordings "
                                + "than one file may have",
                            zh: "表格超过 \(mostRows) 个问题，或者问法太多"), help: Self.split))
                break
            }
            if let row = sheet.row(cells) { rows.append(row) }
        }
        if count == 0, log.diagnostics.count == found { reportEmpty(at: start, log) }
        return rows
    }

    private static let split = Bilingual(
        en: "split it into several sheets and include each", zh: "拆成几个表格，分别引入")

    private static func reportEmpty(at start: SourcePlace, _ log: DiagnosticLog) {
        log.report(
            Diagnostic(
                .emptyFile, at: start,
                Bilingual(en: "the sheet has no questions", zh: "表格里没有问题"),
                help: Bilingual(
                    en: "a first row with 问题 and 回答, then one row for each question",
                    zh: "第一行写列名（问题、回答），下面每行一个问题")))
    }

    /// Whichever of comma, semicolon and tab makes most columns of the first row; spreadsheets
    /// take the one of the machine's region.
    private static func separator(of text: YAMLText) -> Unicode.Scalar {
        let separators: [Unicode.Scalar] = [",", ";", "\t"]
        let known = separators.map { separator in
            var reader = SheetReader(text, separator: separator, log: DiagnosticLog())
            return reader.nextRow()?.count { FAQColumn(header: $0.text) != nil } ?? 0
        }
        let best = known.indices.max { (known[$0], -$0) < (known[$1], -$1) }
        return separators[best ?? 0]
    }

    // MARK: The header

    let log: DiagnosticLog
    /// For each column of the sheet what it is, `nil` for one of the author's own.
    private let columns: [FAQColumn?]
    private let headers: [SheetCell]
    private var questions: [String: SourcePlace] = [:]
    private var ids: [String: SourcePlace] = [:]
    /// How many cells and wordings were read.
    private var texts = 0

    private init?(header: [SheetCell], log: DiagnosticLog) {
        self.log = log
        headers = header
        columns = header.map { FAQColumn(header: $0.text) }
        if Self.refuseFullWidth(header, log) { return nil }
        var isWrong = false
        for (index, column) in columns.enumerated() {
            let cell = header[index]
            if let column, column != .similar, let first = columns.firstIndex(of: column),
                first < index
            {
                isWrong = true
                log.report(
                    cell.diagnostic(
                        .duplicateKey,
                        Bilingual(
                            en: "a second column '\(column.header)'; the first is "
                                + "'\(header[first].text)'",
                            zh: "「\(column.header)」有两列，第一列是「\(header[first].text)」"),
                        help: Bilingual(en: "keep one of them", zh: "只留一列")))
            } else if column == nil, let help = FAQColumn.suggestion(for: cell.text) {
                isWrong = true
                log.report(
                    cell.diagnostic(
                        .unknownKey,
                        Bilingual(
                            en: "a sheet has no column '\(cell.text)'",
                            zh: "表格里没有「\(cell.text)」这一列"), help: help))
            }
        }
        for column in [FAQColumn.question, .answer] where !columns.contains(column) && !isWrong {
            log.report(
                header[0].diagnostic(
                    .missingKey,
                    Bilingual(
                        en: "no column is called '\(column.header)'",
                        zh: "没有叫「\(column.header)」的列"),
                    help: Bilingual(
                        en: "name the columns in the first row; 问题 and 回答 must be there",
                        zh: "在第一行写列名，必须有「问题」和「回答」")))
            isWrong = true
        }
        if isWrong { return nil }
    }

    /// A header typed with an input method: nobody can tell where cells end.
    private static func refuseFullWidth(_ header: [SheetCell], _ log: DiagnosticLog) -> Bool {
        guard let cell = header.first, header.count == 1,
            let mark = cell.text.first(where: { "，；、".contains($0) }),
            cell.text.split(separator: mark).count(where: { FAQColumn(header: String($0)) != nil })
                > 1, let offset = cell.text.firstIndex(of: mark)
        else { return false }
        var place = cell.place
        place.column +=
            cell.text.distance(from: cell.text.startIndex, to: offset) + (cell.isQuoted ? 1 : 0)
        log.report(
            Diagnostic(
                .fullWidth, at: place,
                Bilingual(
                    en: "full-width '\(mark)' does not separate columns", zh: "全角“\(mark)”不能用来分列"),
                help: Bilingual(
                    en: "write ',' in every row; texts with a ',' in quotes",
                    zh: "每一行都用半角“,”分列；文字里有半角逗号就加英文引号")))
        return true
    }

    // MARK: Rows

    private mutating func row(_ cells: [SheetCell]) -> Row? {
        texts += cells.count
        if let extra = cells.dropFirst(columns.count).first(where: { !$0.text.isEmpty }) {
            log.report(
                extra.diagnostic(
                    .badValue,
                    Bilingual(
                        en: "the row has more cells than the first row has columns",
                        zh: "这一行比第一行多出了单元格"),
                    help: Bilingual(
                        en: "put a text that has a ',' in quotes: \"…, …\"",
                        zh: "文字里有半角逗号，就给整格加英文引号：\"…, …\"")))
            return nil
        }
        let isSound = cells.map(isSound)
        guard isSound.allSatisfy(\.self) else { return nil }
        let question = first(.question, cells)
        let answer = first(.answer, cells)
        for (column, cell) in [(FAQColumn.question, question), (.answer, answer)]
        where cell == nil {
            log.report(
                Diagnostic(
                    .missingKey, at: question?.place ?? cells[0].place,
                    length: question?.length ?? cells[0].length,
                    Bilingual(
                        en: "the row has nothing in '\(column.header)'",
                        zh: "这一行的「\(column.header)」是空的"),
                    help: Bilingual(
                        en: "write it, or delete the row", zh: "补上，或者删掉这一行")))
        }
        guard let question, let answer, isFirst(question) else { return nil }
        let id = first(.id, cells)
        if let id { noteID(id) }
        let wordings = similar(cells, besides: question.text)
        let tags = first(.tag, cells).map { Self.tags(of: $0) } ?? []
        let valid = first(.valid, cells)
        texts += wordings.count + tags.count
        var entries = [
            Self.entry("ask", question.node, at: question),
            Self.entry("reply", answer.node, at: answer),
        ]
        if !wordings.isEmpty { entries.append(Self.entry("like", wordings, at: question)) }
        if !tags.isEmpty { entries.append(Self.entry("tag", tags, at: question)) }
        if let id { entries.append(Self.entry("id", id.node, at: id)) }
        if let valid { entries.append(Self.entry("valid", valid.node, at: valid)) }
        let node = YAMLNode(
            content: .map(entries), place: question.place, length: question.length)
        guard let rule = BundleReader(log: log).readQuestion(node) else { return nil }
        let entry = FAQEntry(
            id: id.map(\.content), question: question.content,
            similar: wordings.compactMap(\.text), answer: answer.content,
            tags: tags.compactMap(\.text), valid: valid.map(\.content), comment: comment(cells))
        return Row(entry: entry, rule: rule)
    }

    private static func entry(
        _ name: String, _ value: YAMLNode, at cell: SheetCell
    ) -> YAMLNode.Entry {
        let key = YAMLNode(
            content: .scalar(name, .plain), place: cell.place, length: cell.length)
        return YAMLNode.Entry(key: key, name: name, value: value)
    }

    private static func entry(
        _ name: String, _ values: [YAMLNode], at cell: SheetCell
    ) -> YAMLNode.Entry {
        let list = YAMLNode(
            content: .list(values), place: values.first?.place ?? cell.place, length: 1)
        return entry(name, list, at: cell)
    }

    /// The cell of a column that stands once, unless it is empty.
    private func first(_ column: FAQColumn, _ cells: [SheetCell]) -> SheetCell? {
        columns.firstIndex(of: column).flatMap { $0 < cells.count ? cells[$0] : nil }
            .flatMap { $0.text.isEmpty ? nil : $0 }
    }

    /// The other wordings, of one cell or several; what stands twice, once.
    private func similar(_ cells: [SheetCell], besides question: String) -> [YAMLNode] {
        var seen: Set<String> = [question]
        return zip(columns, cells).filter { $0.0 == .similar }
            .flatMap { $0.1.parts { $0.isNewline } }
            .filter { seen.insert($0.text ?? "").inserted }
    }

    private static func tags(of cell: SheetCell) -> [YAMLNode] {
        cell.parts { $0.isNewline || "、，,；;".contains($0) }
    }

    /// The comment, and what the author's own columns hold, which nothing else would keep.
    private func comment(_ cells: [SheetCell]) -> String? {
        var lines = first(.comment, cells).map { [$0.content] } ?? []
        for (index, cell) in cells.prefix(columns.count).enumerated()
        where columns[index] == nil && !cell.text.isEmpty {
            let header = headers[index].text
            lines.append(header.isEmpty ? cell.content : "\(header)：\(cell.content)")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    // MARK: Uniqueness

    private mutating func isFirst(_ question: SheetCell) -> Bool {
        guard let other = questions[question.content] else {
            questions[question.content] = question.place
            return true
        }
        log.report(
            question.diagnostic(
                .duplicateName,
                Bilingual(
                    en: "the question stands here twice; the other is in line \(other.line)",
                    zh: "这个问题写了两次，另一处在第 \(other.line) 行"),
                help: Bilingual(en: "make one row of the two", zh: "把两行合成一行")))
        return false
    }

    private mutating func noteID(_ id: SheetCell) {
        guard let other = ids[id.content] else {
            ids[id.content] = id.place
            return
        }
        log.report(
            id.diagnostic(
                .duplicateName,
                Bilingual(
                    en: "the id '\(id.text)' stands here twice; the other is in line "
                        + "\(other.line)",
                    zh: "编号「\(id.text)」用了两次，另一处在第 \(other.line) 行"),
                help: Bilingual(
                    en: "give each question an id of its own, or none", zh: "每个问题用不同的编号，或者不写")))
    }
}
