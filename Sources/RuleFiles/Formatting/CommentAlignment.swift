/// Puts the comments at the ends of lines in their columns.
///
/// One rule: a comment stays in the column where its author put it. Where the line has become too
/// long for that, it moves right, two spaces behind the line's end, and takes along its neighbours
/// above and below that stood in the same column. Only a comment that stood one space behind its
/// line, in nobody's column, stays one space behind it.
enum CommentAlignment {
    /// The lines with their comments, without spaces at their ends.
    static func texts(_ lines: [TreePrinter.Line]) -> [String] {
        var texts: [String] = []
        texts.reserveCapacity(lines.count)
        var index = 0
        while index < lines.count {
            guard let comment = lines[index].comment else {
                texts.append(lines[index].text)
                index += 1
                continue
            }
            var end = index
            while end < lines.count, lines[end].comment?.column == comment.column { end += 1 }
            let widths = lines[index..<end].map { DisplayWidth.columns(of: $0.text) }
            var column =
                widths.map { $0 + 1 <= comment.column ? comment.column : $0 + 2 }.max()
                ?? comment.column
            if comment.gap == 1, widths.count == 1 { column = widths[0] + 1 }
            for (line, width) in zip(lines[index..<end], widths) {
                let gap = String(repeating: " ", count: column - width)
                texts.append(line.text + gap + (line.comment?.text ?? ""))
            }
            index = end
        }
        return texts
    }
}
