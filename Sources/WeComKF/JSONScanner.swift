/// Reads JSON from bytes, forward, without building a tree.
///
/// Made for the platform's answers, and so tolerant where a strict reader would hold up a whole
/// account for one odd field: numbers may be written as strings and strings as numbers, a value
/// of the wrong kind reads as `nil`, a lone surrogate as U+FFFD, control characters and broken
/// UTF-8 pass. The structure itself must be right: every value is walked to its end, and nesting
/// deeper than ``deepest`` is an error. Why there is a scanner at all:
/// `docs/decisions/0003-own-json-scanner.md`.
///
/// A scanner lives only inside ``reading(_:_:)`` and can't be copied out of it, so its pointer is
/// never used after the bytes are gone; every access goes through `subscript`, which checks.
@safe struct JSONScanner: ~Copyable {
    /// The deepest nesting accepted; the platform's own answers need 6.
    static let deepest = 128

    /// Bytes that aren't JSON.
    struct SyntaxError: Error {
        /// The byte at which reading stopped, from 0.
        var offset: Int
        /// What is wrong there; never the bytes themselves.
        var problem: String

        /// Both, for the operator.
        var reason: String { "\(problem) at byte \(offset)" }
    }

    /// The name of an object's member, as a place in the bytes.
    struct Key {
        let name: Literal
    }

    /// A string's bytes between the quotes.
    struct Literal {
        var start, end: Int
        var hasEscapes: Bool
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    private var depth = 0

    /// Hands a scanner at the first of `bytes` to `read`.
    static func reading<Value, Failure>(
        _ bytes: [UInt8], _ read: (consuming JSONScanner) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The scanner can't outlive the closure: see the type's comment.
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try read(unsafe JSONScanner(bytes: buffer))
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        unsafe self.bytes = bytes
    }

    var count: Int { unsafe bytes.count }

    subscript(index: Int) -> UInt8 {
        @inline(__always) get {
            precondition(index >= 0 && index < count, "read beyond the bytes")
            // In bounds: checked on the line above.
            return unsafe bytes[index]
        }
    }

    func decoded(_ start: Int, _ end: Int) -> String {
        precondition(start >= 0 && start <= end && end <= count, "read beyond the bytes")
        // In bounds: checked on the line above.
        return unsafe String(
            decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    }

    // MARK: - Containers

    /// Visits the members of the object that comes next.
    ///
    /// A value that `visit` leaves unread is skipped. Anything but an object is skipped too,
    /// without a visit.
    mutating func members(
        _ visit: (inout JSONScanner, Key) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        guard try next() == UInt8(ascii: "{") else { return try skip() }
        try enter()
        if try next() == UInt8(ascii: "}") { return leave() }
        while true {
            guard try next() == UInt8(ascii: "\"") else { throw problem("expected a name") }
            let key = Key(name: try literal())
            guard try next() == UInt8(ascii: ":") else { throw problem("expected a colon") }
            position += 1
            try visitOne { (json) throws(SyntaxError) in try visit(&json, key) }
            if try isLast(closing: UInt8(ascii: "}")) { return }
        }
    }

    /// Visits the elements of the array that comes next, as ``members(_:)`` does an object.
    mutating func elements(
        _ visit: (inout JSONScanner) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        guard try next() == UInt8(ascii: "[") else { return try skip() }
        try enter()
        if try next() == UInt8(ascii: "]") { return leave() }
        while true {
            try visitOne(visit)
            if try isLast(closing: UInt8(ascii: "]")) { return }
        }
    }

    @inline(__always)
    private mutating func visitOne(
        _ visit: (inout JSONScanner) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        _ = try next()
        let start = position
        try visit(&self)
        if position == start { try skip() }
    }

    private mutating func isLast(closing: UInt8) throws(SyntaxError) -> Bool {
        let byte = try next()
        if byte == closing {
            leave()
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw problem("expected a comma or a bracket") }
        position += 1
        return false
    }

    private mutating func enter() throws(SyntaxError) {
        position += 1
        depth += 1
        if depth > Self.deepest { throw problem("nested deeper than \(Self.deepest)") }
    }

    private mutating func leave() {
        position += 1
        depth -= 1
    }

    /// Checks that nothing but white space follows.
    mutating func end() throws(SyntaxError) {
        skipSpace()
        if position < count { throw problem("unexpected bytes after the value") }
    }

    // MARK: - Places

    /// Where the next value begins.
    mutating func start() throws(SyntaxError) -> Int {
        _ = try next()
        return position
    }

    /// The text from `start`, as it was received, to the end of the value just read.
    func text(from start: Int) -> String {
        decoded(start, position)
    }

    /// Reads the value at `start` once more, then returns to the present place.
    mutating func revisit<Value>(
        _ start: Int, _ read: (inout JSONScanner) throws(SyntaxError) -> Value
    ) throws(SyntaxError) -> Value {
        let present = position
        position = start
        let value = try read(&self)
        position = present
        return value
    }

    // MARK: - Names

    /// Whether a member's name is `name`, which is ASCII.
    func matches(_ key: Key, _ name: StaticString) -> Bool {
        if key.name.hasEscapes { return text(of: key.name) == "\(name)" }
        let length = name.utf8CodeUnitCount
        guard key.name.end - key.name.start == length else { return false }
        for index in 0..<length {
            // The literal has a pointer representation, and `index` stays below its length.
            if unsafe name.utf8Start[index] != self[key.name.start + index] { return false }
        }
        return true
    }

    /// Whether a member's name is `name`.
    func matches(_ key: Key, _ name: String) -> Bool {
        key.name.hasEscapes ? text(of: key.name) == name : isEqual(key.name, name)
    }

    /// Walks over the string that comes next, if it is `text` and written without escapes.
    ///
    /// Otherwise stays before it. Saves making the same string a thousand times a page.
    mutating func skipString(_ text: String) throws(SyntaxError) -> Bool {
        guard try next() == UInt8(ascii: "\"") else { return false }
        let start = position
        let literal = try literal()
        if !literal.hasEscapes, isEqual(literal, text) { return true }
        position = start
        return false
    }

    private func isEqual(_ literal: Literal, _ text: String) -> Bool {
        // The buffer is only read inside the closure; native strings always have one.
        unsafe text.utf8.withContiguousStorageIfAvailable { other in
            guard other.count == literal.end - literal.start else { return false }
            for index in 0..<other.count where unsafe other[index] != self[literal.start + index] {
                return false
            }
            return true
        } ?? (self.text(of: literal) == text)
    }

    // MARK: - Scalars

    /// The string that comes next; a number or Boolean as it is written; `nil` for the rest.
    mutating func string() throws(SyntaxError) -> String? {
        switch try next() {
        case UInt8(ascii: "\""): return text(of: try literal())
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "n"):
            try skip()
            return nil
        default:
            let start = position
            try skip()
            return text(from: start)
        }
    }

    /// The whole number that comes next, also from a string, a fraction of zero or a Boolean;
    /// `nil` for the rest and for numbers beyond 64 bits.
    mutating func integer() throws(SyntaxError) -> Int? {
        let byte = try next()
        if byte == UInt8(ascii: "\"") {
            let text = text(of: try literal())
            return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
        }
        let start = position
        try skip()
        switch byte {
        case UInt8(ascii: "t"): return 1
        case UInt8(ascii: "f"): return 0
        case UInt8(ascii: "n"), UInt8(ascii: "{"), UInt8(ascii: "["): return nil
        default: break
        }
        var value = 0
        let isNegative = byte == UInt8(ascii: "-")
        for index in (isNegative ? start + 1 : start)..<position {
            let digit = self[index] &- UInt8(ascii: "0")
            let (shifted, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = shifted.addingReportingOverflow(Int(digit))
            guard digit < 10, !overflows, !carries else {
                let text = text(from: start)
                return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
            }
            value = sum
        }
        return isNegative ? -value : value
    }

    /// The number that comes next, also from a string; `nil` for the rest and for infinities.
    mutating func number() throws(SyntaxError) -> Double? {
        guard let text = try string(), let value = Double(text), value.isFinite else { return nil }
        return value
    }

    // MARK: - Skipping

    /// Walks over the value that comes next, whatever it is.
    mutating func skip() throws(SyntaxError) {
        switch try next() {
        case UInt8(ascii: "\""): _ = try literal()
        case UInt8(ascii: "{"): try members { (_, _) in }
        case UInt8(ascii: "["): try elements { _ in }
        case UInt8(ascii: "t"): try skipWord("true")
        case UInt8(ascii: "f"): try skipWord("false")
        case UInt8(ascii: "n"): try skipWord("null")
        default: try skipNumber()
        }
    }

    private mutating func skipWord(_ word: StaticString) throws(SyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            // The literal has a pointer representation, and `index` stays below its length.
            guard position < count, unsafe word.utf8Start[index] == self[position] else {
                throw problem("expected a value")
            }
            position += 1
        }
    }

    // -? (0 | 1-9 digits) (. digits)? ([eE] [+-]? digits)?
    private mutating func skipNumber() throws(SyntaxError) {
        _ = skipByte("-")
        if !skipByte("0") { try skipDigits() }
        if skipByte(".") { try skipDigits() }
        if skipByte("e") || skipByte("E") {
            if !skipByte("+") { _ = skipByte("-") }
            try skipDigits()
        }
    }

    private mutating func skipByte(_ scalar: Unicode.Scalar) -> Bool {
        guard position < count, self[position] == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func skipDigits() throws(SyntaxError) {
        let start = position
        while position < count, self[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        if position == start { throw problem("expected a value") }
    }

    private mutating func skipSpace() {
        while position < count {
            switch self[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// The first byte of the next token, which stays unread.
    @inline(__always)
    private mutating func next() throws(SyntaxError) -> UInt8 {
        skipSpace()
        guard position < count else { throw problem("unexpected end") }
        return self[position]
    }

    func problem(_ what: String) -> SyntaxError {
        SyntaxError(offset: position, problem: what)
    }
}
