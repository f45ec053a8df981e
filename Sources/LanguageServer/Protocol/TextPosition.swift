/// A position as the protocol counts: lines from 0, and units of the agreed encoding from 0.
struct TextPosition: Hashable, Comparable {
    var line: Int
    var unit: Int

    init(line: Int, unit: Int) {
        self.line = line
        self.unit = unit
    }

    /// Reads `{ line, character }`.
    init(_ value: JSONValue?) throws(ResponseError) {
        guard let line = value?["line"]?.int, let unit = value?["character"]?.int, line >= 0,
            unit >= 0
        else { throw .invalidParams("a position needs 'line' and 'character', both from 0") }
        self.init(line: line, unit: unit)
    }

    var json: JSONValue { ["line": .int(line), "character": .int(unit)] }

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.line, lhs.unit) < (rhs.line, rhs.unit) }
}

/// From one position up to another.
struct TextRange: Hashable {
    var start: TextPosition
    var end: TextPosition

    init(_ start: TextPosition, _ end: TextPosition) {
        self.start = start
        self.end = end
    }

    /// Reads `{ start, end }`.
    init(_ value: JSONValue?) throws(ResponseError) {
        start = try TextPosition(value?["start"])
        end = try TextPosition(value?["end"])
    }

    var json: JSONValue { ["start": start.json, "end": end.json] }

    func touches(_ other: TextRange) -> Bool { start <= other.end && other.start <= end }
}

/// What a position's units are.
package enum PositionEncoding: String, Hashable, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case utf32 = "utf-32"

    /// How many units a text takes.
    func count(_ text: Substring) -> Int {
        switch self {
        case .utf8: text.utf8.count
        case .utf16: text.utf16.count
        case .utf32: text.unicodeScalars.count
        }
    }

    func count(_ scalar: Unicode.Scalar) -> Int {
        switch self {
        case .utf8: UTF8.width(scalar)
        case .utf16: UTF16.width(scalar)
        case .utf32: 1
        }
    }
}
