/// Whether a byte is one of `[0-9A-Za-z]`.
func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
    default: false
    }
}

/// The first `longest` bytes of a name from outside, made fit for a log: letters, digits, `_`
/// and `-` stay, every other byte becomes `?`.
func masked(_ name: String, longest: Int) -> String {
    let bytes = name.utf8.prefix(longest).map { byte in
        isLetterOrDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            ? byte : UInt8(ascii: "?")
    }
    return String(decoding: bytes, as: UTF8.self)
}
