import RuleEngine
import RuleFiles

/// A text with its lines, and the way between the three columns: the protocol's units, the
/// characters of ``SourcePlace``, and bytes.
///
/// Lines end in `\n`, `\r\n` or `\r`. A byte-order mark is part of the first line for the editor,
/// but no column of a place.
struct TextDocument {
    /// A text that grows beyond this isn't kept: no rule file is a quarter as long.
    static let mostBytes = 16 << 20

    /// No person wrote a longer line: findings in one stand at its beginning, because a thousand of
    /// them would cost a thousand walks along it.
    private static let longestLine = 64 << 10

    private(set) var text: String
    /// Byte offset of each line's first byte.
    private var lineStarts: [Int] = [0]
    private let encoding: PositionEncoding

    init(_ text: String, encoding: PositionEncoding) {
        var text = text
        text.makeContiguousUTF8()
        self.text = text
        self.encoding = encoding
        findLines()
    }

    private mutating func findLines() {
        var starts = [0]
        var offset = 0
        var previous: UInt8 = 0
        for byte in text.utf8 {
            offset += 1
            if byte == UInt8(ascii: "\n") {
                if previous == UInt8(ascii: "\r") { starts.removeLast() }
                starts.append(offset)
            } else if byte == UInt8(ascii: "\r") {
                starts.append(offset)
            }
            previous = byte
        }
        lineStarts = starts
    }

    // MARK: Lines

    /// At least 1.
    var lineCount: Int { lineStarts.count }

    /// A line, from 0, with its end; empty behind the last.
    private func wholeLine(_ number: Int) -> Substring {
        guard lineStarts.indices.contains(number) else { return "" }
        let utf8 = text.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: lineStarts[number])
        let end =
            number + 1 < lineStarts.count
            ? utf8.index(utf8.startIndex, offsetBy: lineStarts[number + 1]) : utf8.endIndex
        return text[start..<end]
    }

    /// A line, from 0, without its end.
    func line(_ number: Int) -> Substring {
        var line = wholeLine(number)
        while let last = line.unicodeScalars.last, last == "\n" || last == "\r" {
            line.unicodeScalars.removeLast()
        }
        return line
    }

    /// A line as places count it: without its end, the first without a byte-order mark.
    func characters(ofLine number: Int) -> [Character] { Array(withoutMark(number)) }

    private func withoutMark(_ number: Int) -> Substring {
        var line = line(number)
        if number == 0, line.unicodeScalars.first == Self.mark { line.unicodeScalars.removeFirst() }
        return line
    }

    private static let mark: Unicode.Scalar = "\u{FEFF}"

    private var unitsOfMark: Int {
        text.unicodeScalars.first == Self.mark ? encoding.count(Self.mark) : 0
    }

    /// How the first line ends; `\n` if there is only one.
    var lineEnd: String {
        let first = wholeLine(0)
        let end = first.unicodeScalars.reversed().prefix { $0 == "\n" || $0 == "\r" }
        return end.isEmpty ? "\n" : String(String.UnicodeScalarView(end.reversed()))
    }

    // MARK: Columns

    /// The character column, from 0, of a position; inside a character it is that character's.
    func column(of position: TextPosition) -> Int {
        var units = position.line == 0 ? unitsOfMark : 0
        var column = 0
        for character in withoutMark(position.line) {
            let width = encoding.count(Substring(String(character)))
            guard units + width <= position.unit else { break }
            units += width
            column += 1
        }
        return column
    }

    /// The position of a character column, from 0, of a line, from 0; the line's end for more.
    func position(line number: Int, column: Int) -> TextPosition {
        guard number < lineCount else { return end }
        let line = withoutMark(number)
        guard line.utf8.count <= Self.longestLine else {
            return TextPosition(line: number, unit: 0)
        }
        let before = line.prefix(max(0, column))
        return TextPosition(
            line: number, unit: encoding.count(before) + (number == 0 ? unitsOfMark : 0))
    }

    /// What a place covers.
    func range(_ place: SourcePlace, length: Int) -> TextRange {
        TextRange(
            position(line: place.line - 1, column: place.column - 1),
            position(line: place.line - 1, column: place.column - 1 + length))
    }

    /// A line's position behind its last character.
    func endOfLine(_ number: Int) -> TextPosition {
        guard number < lineCount else { return end }
        return TextPosition(line: number, unit: encoding.count(line(number)))
    }

    /// Behind the last character.
    var end: TextPosition {
        TextPosition(line: lineCount - 1, unit: encoding.count(line(lineCount - 1)))
    }

    // MARK: Changes

    private func offset(of position: TextPosition) -> Int {
        guard position.line < lineCount else { return text.utf8.count }
        var units = 0
        var offset = lineStarts[position.line]
        for scalar in line(position.line).unicodeScalars {
            units += encoding.count(scalar)
            // Half a surrogate pair is the place before it.
            guard units <= position.unit else { break }
            offset += UTF8.width(scalar)
        }
        return offset
    }

    /// Replaces a range; its ends are brought into the text.
    mutating func replace(_ range: TextRange, with replacement: String) {
        let lower = offset(of: range.start)
        let upper = max(lower, offset(of: range.end))
        let utf8 = text.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: lower)
        let end = utf8.index(utf8.startIndex, offsetBy: upper)
        text.unicodeScalars.replaceSubrange(start..<end, with: replacement.unicodeScalars)
        text.makeContiguousUTF8()
        findLines()
    }
}
