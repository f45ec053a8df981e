/// Writes one JSON object, its members in the order they are given.
///
/// A request is a handful of strings; writing them takes a tenth of what `JSONEncoder` does, and
/// the fixed order makes a request comparable as text. Only what JSON requires is escaped: the
/// platform reads UTF-8, and slashes stay as they are.
struct JSONWriter {
    private var bytes: [UInt8] = []

    /// The bytes of an object whose members `write` gives.
    static func object(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(512)
        writer.container("{", "}", write)
        return writer.bytes
    }

    /// A member with a string.
    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    /// A member that is left out when it has no text: the platform rejects `""` (§1).
    mutating func optional(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { member(name, value) }
    }

    /// A member with a whole number.
    mutating func member(_ name: String, _ value: Int) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    /// A member with a finite number.
    mutating func member(_ name: String, _ value: Double) {
        precondition(value.isFinite, "JSON has no infinities")
        key(name)
        bytes.append(contentsOf: "\(value)".utf8)
    }

    /// A member with an object.
    mutating func member(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        container("{", "}", write)
    }

    /// A member with an array of objects.
    mutating func member<Element>(
        _ name: String, each elements: [Element], _ write: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        container("[", "]") { json in
            for element in elements {
                json.separate()
                json.container("{", "}") { write(&$0, element) }
            }
        }
    }

    /// A member with an array of strings.
    mutating func member(_ name: String, _ values: [String]) {
        key(name)
        container("[", "]") { json in
            for value in values {
                json.separate()
                json.string(value)
            }
        }
    }

    /// A member with an array of whole numbers.
    mutating func member(_ name: String, _ values: [Int]) {
        key(name)
        container("[", "]") { json in
            for value in values {
                json.separate()
                json.bytes.append(contentsOf: String(value).utf8)
            }
        }
    }

    private mutating func container(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ write: (inout JSONWriter) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        write(&self)
        bytes.append(UInt8(ascii: close))
    }

    private mutating func key(_ name: String) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        switch bytes.last {
        case UInt8(ascii: "{"), UInt8(ascii: "["): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        // The buffer is only read inside the closure; without one, the slow way is taken.
        let isPlain = unsafe text.utf8.withContiguousStorageIfAvailable { buffer in
            unsafe buffer.allSatisfy {
                $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
        }
        if isPlain == true { return bytes.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
    }
}
