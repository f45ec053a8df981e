extension JSONScanner {
    /// Walks over the string that begins here and checks its escapes.
    mutating func literal() throws(SyntaxError) -> Literal {
        let start = position + 1
        var index = start
        var hasEscapes = false
        while index < count {
            switch self[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return Literal(start: start, end: index, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index += try escapeLength(at: index)
            default: index += 1
            }
        }
        position = count
        throw problem("unterminated string")
    }

    /// The length of the escape that begins at `index`: 2, or 6 for `\u`.
    private mutating func escapeLength(at index: Int) throws(SyntaxError) -> Int {
        if index + 1 < count {
            switch self[index + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
                UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                return 2
            case UInt8(ascii: "u") where codeUnit(at: index + 2) != nil: return 6
            default: break
            }
        }
        position = index
        throw problem("unknown escape")
    }

    /// The text of a literal that ``literal()`` has checked.
    func text(of literal: Literal) -> String {
        guard literal.hasEscapes else { return decoded(literal.start, literal.end) }
        let capacity = literal.end - literal.start
        // No escape is shorter than what it stands for, so `capacity` bytes are enough, and
        // exactly the first `written` of them are initialised.
        return unsafe String(unsafeUninitializedCapacity: capacity) { out in
            var written = 0
            func put(_ byte: UInt8) {
                precondition(written < capacity, "an escape is never shorter than its text")
                unsafe out.initializeElement(at: written, to: byte)
                written += 1
            }
            var index = literal.start
            while index < literal.end {
                guard self[index] == UInt8(ascii: "\\") else {
                    put(self[index])
                    index += 1
                    continue
                }
                let escape = self[index + 1]
                index += 2
                switch escape {
                case UInt8(ascii: "b"): put(0x08)
                case UInt8(ascii: "f"): put(0x0C)
                case UInt8(ascii: "n"): put(0x0A)
                case UInt8(ascii: "r"): put(0x0D)
                case UInt8(ascii: "t"): put(0x09)
                case UInt8(ascii: "u"): Self.putUTF8(scalar(at: &index), put)
                default: put(escape)
                }
            }
            return written
        }
    }

    @inline(__always)
    private static func putUTF8(_ scalar: UInt32, _ put: (UInt8) -> Void) {
        if scalar < 0x80 { return put(UInt8(scalar)) }
        if scalar < 0x800 {
            put(0xC0 | UInt8(scalar >> 6))
        } else {
            if scalar < 0x10000 {
                put(0xE0 | UInt8(scalar >> 12))
            } else {
                put(0xF0 | UInt8(scalar >> 18))
                put(0x80 | UInt8(scalar >> 12 & 0x3F))
            }
            put(0x80 | UInt8(scalar >> 6 & 0x3F))
        }
        put(0x80 | UInt8(scalar & 0x3F))
    }

    /// The scalar whose `\u` ends before `index`, with the second half of a surrogate pair;
    /// U+FFFD for a half alone.
    private func scalar(at index: inout Int) -> UInt32 {
        guard let first = codeUnit(at: index) else { return 0xFFFD }
        index += 4
        guard first & 0xF800 == 0xD800 else { return first }
        guard first < 0xDC00, index + 1 < count, self[index] == UInt8(ascii: "\\"),
            self[index + 1] == UInt8(ascii: "u"), let second = codeUnit(at: index + 2),
            second & 0xFC00 == 0xDC00
        else { return 0xFFFD }
        index += 6
        return 0x10000 + ((first & 0x3FF) << 10 | second & 0x3FF)
    }

    /// The UTF-16 code unit that four hexadecimal digits at `start` write.
    private func codeUnit(at start: Int) -> UInt32? {
        guard start + 4 <= count else { return nil }
        var unit: UInt32 = 0
        for index in start..<start + 4 {
            let byte = self[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - 0x57)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - 0x37)
            default: return nil
            }
        }
        return unit
    }
}
