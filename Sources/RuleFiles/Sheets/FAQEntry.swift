import RuleEngine

/// A question with its answer, as a row of a sheet has it.
package struct FAQEntry: Hashable, Sendable {
    /// The rule's `id`, for metrics.
    package var id: String?
    /// One line; the rule's name.
    package var question: String
    /// Other wordings, one line each.
    package var similar: [String]
    /// What the customer is sent; may have several lines and `$(names)`.
    package var answer: String
    /// What the customer is tagged with.
    package var tags: [String]
    /// The days it counts on, as `valid:` takes them.
    package var valid: String?
    /// For people only.
    package var comment: String?

    /// A row.
    package init(
        id: String? = nil, question: String, similar: [String] = [], answer: String,
        tags: [String] = [], valid: String? = nil, comment: String? = nil
    ) {
        self.id = id
        self.question = question
        self.similar = similar
        self.answer = answer
        self.tags = tags
        self.valid = valid
        self.comment = comment
    }
}

/// A sheet as text.
extension FAQEntry {
    /// A sheet that spreadsheets open correctly: a byte-order mark says UTF-8, lines end in CRLF,
    /// the lines within a cell in LF.
    package static func csv(_ entries: [FAQEntry]) -> String {
        let rows = [FAQColumn.allCases.map(\.header)] + entries.map(\.cells)
        return "\u{FEFF}"
            + rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private var cells: [String] {
        FAQColumn.allCases.map { column in
            switch column {
            case .id: Self.guarded(id ?? "")
            case .question: Self.guarded(question)
            case .similar: Self.guarded(similar.joined(separator: "\n"))
            case .answer: Self.guarded(answer)
            case .tag: Self.guarded(tags.joined(separator: "、"))
            case .valid: Self.guarded(valid ?? "")
            case .comment: Self.guarded(comment ?? "")
            }
        }
    }

    // By scalars, as spreadsheets read: a quote may carry a combining mark.
    private static func quoted(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { ",;\t\"\r\n".unicodeScalars.contains($0) })
        else { return cell }
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }

    // A spreadsheet computes what begins with one of these, and a text from a customer or a
    // colleague must not become a formula on somebody's desk.
    private static let formulaSigns = "=+-@".unicodeScalars

    /// With an apostrophe before what a spreadsheet would compute.
    private static func guarded(_ cell: String) -> String {
        isGuardable(cell) ? "'" + cell : cell
    }

    /// Without the apostrophe that ``csv(_:)`` puts there.
    static func unguarded(_ cell: String) -> String {
        cell.unicodeScalars.first == "'" && isGuardable(cell)
            ? String(cell.unicodeScalars.dropFirst()) : cell
    }

    private static func isGuardable(_ cell: String) -> Bool {
        cell.unicodeScalars.first { $0 != "'" }.map(formulaSigns.contains) ?? false
    }
}

/// A part of a rule file.
extension FAQEntry {
    /// The lines of an `faq:` list, each behind `indent` spaces.
    static func yaml(_ entries: [FAQEntry], indent: Int = 2) -> String {
        let margin = String(repeating: " ", count: indent)
        return entries.map { entry in
            entry.yamlLines.map { $0.isEmpty ? "\n" : margin + $0 + "\n" }.joined()
        }.joined()
    }

    private var yamlLines: [String] {
        var lines = (comment.map(Self.lines) ?? [])
            .map { "# " + $0.replacing("\t", with: " ") }
        lines.append("- ask: \(Self.scalar(question))")
        if !similar.isEmpty {
            lines.append("  like:")
            lines += similar.map { "    - \(Self.scalar($0))" }
        }
        let answerLines = Self.lines(answer)
        // A block says its lines and nothing else: other line ends, a line end behind the last
        // line, and spaces its indentation would be told by, are escaped in quotes.
        let isBlock =
            answerLines.count > 1 && answerLines.last?.isEmpty == false
            && answerLines.first { !$0.isEmpty }?.first != " "
            && answerLines.allSatisfy(Self.isVisible)
            && !answer.contains { $0.isNewline && $0 != "\n" }
        if isBlock {
            lines.append("  reply: |-")
            lines += answerLines.map { $0.isEmpty ? "" : "    \($0)" }
        } else {
            lines.append("  reply: \(Self.scalar(answer))")
        }
        if !tags.isEmpty {
            let tags = tags.map { Self.scalar($0, inFlow: true) }
            lines.append("  tag: [\(tags.joined(separator: ", "))]")
        }
        if let valid { lines.append("  valid: \(Self.scalar(valid))") }
        if let id { lines.append("  id: \(Self.scalar(id))") }
        return lines
    }

    private static func lines(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    }

    /// Whether a block may hold the line as it is; what it may not is escaped in quotes.
    private static func isVisible(_ line: String) -> Bool {
        line.last != " "
            && line.unicodeScalars.allSatisfy {
                switch $0.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }

    private static func scalar(_ text: String, inFlow: Bool = false) -> String {
        // In quotes, readers don't wonder whether full-width punctuation is a slip.
        let isOdd = text.first.map("“”‘’".contains) ?? false || inFlow && text.contains("，")
        return ScalarForm.oneLine(
            SourceScalar(text: text, style: isOdd ? .quoted : .plain, lines: []), inFlow: inFlow,
            isSentence: false)
    }
}
