import RuleEngine

/// A source text prepared for reading: no byte-order mark, lines end in `\n`, and columns can be
/// turned from the parser's Unicode scalars into the characters people count.
struct YAMLText {
    let path: String
    let text: String
    let bytes: [UInt8]
    /// Byte offset of each line's first byte.
    private let lineStarts: [Int]

    init(_ source: RuleSource) {
        path = source.path
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.text.utf8.count)
        var previous: UInt8 = 0
        for byte in source.text.utf8 {
            if byte == UInt8(ascii: "\n"), previous == UInt8(ascii: "\r") {
                // The carriage return before it already became the line's end.
            } else {
                bytes.append(byte == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : byte)
            }
            previous = byte
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        self.bytes = bytes
        text = String(decoding: bytes, as: UTF8.self)
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    /// At least 1.
    var lineCount: Int { lineStarts.count }

    /// The bytes of a line, from 1, without its end.
    func line(_ number: Int) -> ArraySlice<UInt8> {
        guard number >= 1, number <= lineStarts.count else { return [] }
        let start = lineStarts[number - 1]
        let end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        return bytes[start..<end]
    }

    /// The place of a mark, whose column counts Unicode scalars from 1.
    func place(line number: Int, scalarColumn: Int) -> SourcePlace {
        let place = cursor.locate(max(0, scalarColumn - 1), inLine: number, self)
        return SourcePlace(file: path, line: max(1, number), column: place.characters + 1)
    }

    /// How many characters `scalars` Unicode scalars make from a place on; counts 200 at most,
    /// which is more than a message underlines.
    func characters(line number: Int, scalarColumn: Int, scalars: Int) -> Int {
        let place = cursor.locate(scalarColumn - 1, inLine: number, self)
        var end = place.offset
        Self.skip(min(scalars, 200), from: &end, in: line(number))
        return Self.count(line(number)[place.offset..<end])
    }

    /// Where each `$(` of a scalar that begins at `mark` stands; empty where they can't be told.
    ///
    /// The n-th `$(` of the text is the n-th of what is written, unless it was written by escapes.
    func openings(of scalar: String, from mark: YAMLScanner.Mark) -> [SourcePlace] {
        guard scalar.utf8.contains(UInt8(ascii: "$")) else { return [] }
        let count = scalar.ranges(of: "$(").count
        guard count > 0 else { return [] }
        var places: [SourcePlace] = []
        // Escapes write a character in ten bytes at most.
        var budget = scalar.utf8.count * 10 + 1000
        var number = mark.line
        var column = mark.column
        var offset = cursor.locate(mark.column - 1, inLine: number, self).offset
        while places.count < count, number <= lineStarts.count {
            let line = line(number)
            while offset < line.endIndex, places.count < count, budget > 0 {
                if line[offset] == UInt8(ascii: "$"), offset + 1 < line.endIndex,
                    line[offset + 1] == UInt8(ascii: "(")
                {
                    places.append(place(line: number, scalarColumn: column))
                }
                offset += 1
                budget -= 1
                if offset >= line.endIndex || line[offset] & 0xC0 != 0x80 { column += 1 }
            }
            guard budget > 0 else { return [] }
            budget -= 1
            number += 1
            column = 1
            offset = self.line(number).startIndex
        }
        return places.count == count ? places : []
    }

    private let cursor = Cursor()

    /// Remembers where it last was: tokens come in order, and a line may have four million bytes.
    private final class Cursor {
        private var number = 0
        private var scalars = 0
        private var offset = 0
        private var characters = 0

        func locate(
            _ target: Int, inLine number: Int, _ text: YAMLText
        ) -> (offset: Int, characters: Int) {
            let line = text.line(number)
            if number != self.number || target < scalars {
                (self.number, scalars, offset, characters) = (number, 0, line.startIndex, 0)
            }
            let start = offset
            YAMLText.skip(target - scalars, from: &offset, in: line)
            characters += YAMLText.count(line[start..<offset])
            scalars = target
            return (offset, characters)
        }
    }

    /// Moves past so many scalars, or to the line's end.
    private static func skip(
        _ scalars: Int, from offset: inout Int, in line: ArraySlice<UInt8>
    ) {
        for _ in 0..<max(0, scalars) where offset < line.endIndex {
            let byte = line[offset]
            offset += byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        }
        offset = min(offset, line.endIndex)
    }

    /// The characters of a piece of a line that begins and ends between characters.
    private static func count(_ bytes: ArraySlice<UInt8>) -> Int {
        var scalars = 0
        for byte in bytes where byte & 0xC0 != 0x80 {
            // ASCII and the common CJK blocks don't join their neighbours; the rest might.
            guard byte < 0x80 || (0xE3...0xE9).contains(byte) else {
                return String(decoding: bytes, as: UTF8.self).count
            }
            scalars += 1
        }
        return scalars
    }
}
