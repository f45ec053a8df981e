extension String {
    /// The text as a value of a URL's query (RFC 3986: all but unreserved characters escaped).
    var percentEncoded: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default:
                bytes.append(0x25)
                for nibble in [byte >> 4, byte & 15] {
                    bytes.append(nibble < 10 ? 0x30 + nibble : 0x37 + nibble)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
