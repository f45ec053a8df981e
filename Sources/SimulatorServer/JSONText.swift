/// Writes JSON straight into bytes, members in the order they are given.
///
/// The platform's answers are a handful of numbers and texts each and come by the ten thousand a
/// second; an encoder would spend most of the simulator's time.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// One object.
    static func object(_ write: (inout JSONText) -> Void) -> [UInt8] {
        var text = JSONText()
        text.bytes.reserveCapacity(256)
        text.braces("{", "}", write)
        return text.bytes
    }

    mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func member(_ name: StaticString, _ value: Double) {
        key(name)
        bytes.append(contentsOf: String(value.isFinite ? value : 0).utf8)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// A member of any name whose value is JSON already.
    mutating func json(_ name: String, _ value: String) {
        comma()
        string(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: value.utf8)
        needsComma = true
    }

    /// Leaves the member out when there is no value.
    mutating func optional(_ name: StaticString, _ value: Double?) {
        if let value { member(name, value) }
    }

    /// Leaves the member out when there is no value.
    mutating func optional(_ name: StaticString, _ value: String?) {
        if let value { member(name, value) }
    }

    mutating func object(_ name: StaticString, _ write: (inout JSONText) -> Void) {
        key(name)
        braces("{", "}", write)
    }

    /// An array of objects.
    mutating func array<Elements: Sequence>(
        _ name: StaticString, _ elements: Elements,
        _ write: (inout JSONText, Elements.Element) -> Void
    ) {
        key(name)
        braces("[", "]") { text in
            for element in elements {
                text.comma()
                text.braces("{", "}") { write(&$0, element) }
                text.needsComma = true
            }
        }
    }

    mutating func array(_ name: StaticString, _ values: [String]) {
        key(name)
        braces("[", "]") { text in
            for value in values {
                text.comma()
                text.string(value)
                text.needsComma = true
            }
        }
    }

    mutating func array(_ name: StaticString, _ values: [Int]) {
        key(name)
        braces("[", "]") { text in
            for value in values {
                text.comma()
                text.bytes.append(contentsOf: String(value).utf8)
                text.needsComma = true
            }
        }
    }

    private mutating func braces(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ write: (inout JSONText) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        needsComma = false
        write(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func key(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        // Safe: the buffer of a static string outlives the call, and is only read inside it.
        name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = true
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
                bytes.append(contentsOf: ("\\u" + zeros + digits).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
