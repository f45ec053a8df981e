/// Whether a picture is there to its end, told by walking its parts (40123).
///
/// Real files often have something behind their end, so that is not looked at; nor is what the
/// parts hold, among which may be whole small pictures.
extension MediaFile {
    /// The beginning of a PNG file.
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The beginning of a JPG file.
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF]

    /// Whether every chunk of a PNG file is there, up to `IEND`.
    static func isWholePNG(_ bytes: [UInt8]) -> Bool {
        let end = Array("IEND".utf8)
        var place = png.count
        // Length, kind and check sum.
        while place + 12 <= bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - place - 12 else { return false }
            if bytes[place + 4..<place + 8].elementsEqual(end) { return true }
            place += 12 + length
        }
        return false
    }

    /// Whether a JPG file goes on to its end marker.
    static func isWholeJPEG(_ bytes: [UInt8]) -> Bool {
        var place = 2
        while let found = bytes[place...].firstIndex(of: 0xFF), found + 1 < bytes.count {
            switch bytes[found + 1] {
            case 0xD9: return true
            // Fill bytes before a marker.
            case 0xFF: place = found + 1
            // A byte 0xFF of the picture, and markers that stand alone.
            case 0x00, 0x01, 0xD0...0xD8: place = found + 2
            default:
                guard found + 3 < bytes.count else { return false }
                place = found + 2 + Int(bytes[found + 2]) << 8 + Int(bytes[found + 3])
                guard place <= bytes.count else { return false }
            }
        }
        return false
    }
}
