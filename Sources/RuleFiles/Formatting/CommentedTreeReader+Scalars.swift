/// The written form of texts.
extension CommentedTreeReader {
    /// The scalar at the position; its meaning is `text`.
    mutating func scalar(
        _ text: String, _ style: YAMLNode.Style, parentColumn: Int
    ) throws(Mismatch) -> SourceScalar {
        switch style {
        case .plain: return try plain(text)
        case .quoted: return try quoted(text)
        case .block: return try block(text, parentColumn: parentColumn)
        }
    }

    /// Folding changes white space and nothing else, so the other characters lead the way.
    private mutating func plain(_ text: String) throws(Mismatch) -> SourceScalar {
        let start = position
        var end = position
        for byte in text.utf8 where byte != .space && byte != .lineFeed {
            while end < bytes.count, bytes[end] == .space || bytes[end] == .lineFeed { end += 1 }
            guard end < bytes.count, bytes[end] == byte else { throw mismatch }
            end += 1
        }
        consume(to: end)
        return SourceScalar(text: text, style: .plain, lines: trimmedLines(start, end))
    }

    private mutating func quoted(_ text: String) throws(Mismatch) -> SourceScalar {
        let start = position
        guard let quote = byte, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw mismatch
        }
        var end = position + 1
        while true {
            guard end < bytes.count else { throw mismatch }
            if bytes[end] == quote {
                guard quote == UInt8(ascii: "'"), end + 1 < bytes.count, bytes[end + 1] == quote
                else { break }
                end += 1
            } else if bytes[end] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                end += 1
            }
            end += 1
        }
        consume(to: end + 1)
        return SourceScalar(text: text, style: .quoted, lines: trimmedLines(start, end + 1))
    }

    /// The lines of a scalar without the spaces around each, which folding drops.
    private func trimmedLines(_ start: Int, _ end: Int) -> [String] {
        bytes[start..<end].split(separator: .lineFeed, omittingEmptySubsequences: false).map {
            var line = $0
            while line.first == .space { line.removeFirst() }
            while line.last == .space { line.removeLast() }
            return String(decoding: line, as: UTF8.self)
        }
    }

    /// `|` or `>`: a header, then every line indented further than what holds the block.
    private mutating func block(_ text: String, parentColumn: Int) throws(Mismatch) -> SourceScalar
    {
        guard let indicator = byte, indicator == UInt8(ascii: "|") || indicator == UInt8(ascii: ">")
        else { throw mismatch }
        var chomping: Character?
        var digit: Int?
        var end = position + 1
        while end < bytes.count, bytes[end] > .space, bytes[end] != UInt8(ascii: "#") {
            switch bytes[end] {
            case UInt8(ascii: "+"): chomping = "+"
            case UInt8(ascii: "-"): chomping = "-"
            case UInt8(ascii: "1")...UInt8(ascii: "9"):
                digit = Int(bytes[end] - UInt8(ascii: "0"))
            default: throw mismatch
            }
            end += 1
        }
        consume(to: end)
        noteHeaderComment()
        // Nobody's own lines come before a block's first line.
        let content = contentLines(
            indentation: digit.map { max(parentColumn - 1, 0) + $0 }, parentColumn: parentColumn,
            keepsEnd: chomping == "+")
        return SourceScalar(
            text: text, style: .block, lines: content,
            indicator: Character(Unicode.Scalar(indicator)), chomping: chomping)
    }

    /// The comment behind a block's header, if there is one; stays before the line's end.
    private mutating func noteHeaderComment() {
        var ahead = position
        while ahead < bytes.count, bytes[ahead] == .space { ahead += 1 }
        guard ahead < bytes.count, bytes[ahead] == UInt8(ascii: "#") else {
            position = ahead
            return
        }
        position = ahead
        skipComment()
    }

    /// Lines without the block's indentation; blank ones at the end are left out, and left to be
    /// read as space unless they are part of the text.
    private mutating func contentLines(
        indentation: Int?, parentColumn: Int, keepsEnd: Bool
    ) -> [String] {
        var indentation = indentation
        var lines: [String] = []
        var deepestBlank = 0
        var solid = 0
        var solidEnd = position
        var next = position
        while next < bytes.count {
            // `next` is at a line's end.
            let start = next + 1
            var first = start
            while first < bytes.count, bytes[first] == .space { first += 1 }
            var end = first
            while end < bytes.count, bytes[end] != .lineFeed { end += 1 }
            if first == end {
                if indentation == nil { deepestBlank = max(deepestBlank, end - start) }
                let kept = indentation.map { max(0, end - start - $0) } ?? 0
                lines.append(String(repeating: " ", count: kept))
                if start >= bytes.count { lines.removeLast() }
                // Spaces beyond the indentation are text.
                if kept > 0 {
                    solid = lines.count
                    solidEnd = end
                }
            } else {
                if indentation == nil, first - start >= max(1, parentColumn) {
                    // Spaces on empty lines before it count, too.
                    indentation = max(first - start, deepestBlank)
                }
                guard let indentation, first - start >= indentation else { break }
                lines.append(String(decoding: bytes[start + indentation..<end], as: UTF8.self))
                solid = lines.count
                solidEnd = end
            }
            next = end
        }
        consume(to: keepsEnd ? max(solidEnd, min(next, bytes.count)) : solidEnd)
        return Array(lines.prefix(solid))
    }
}
