import ChatModel

/// Voices as `voice_format` 1 wants them (wecom-kf reference §8.1).
///
/// Nothing is transcoded: the SILK file is as long as the AMR one, and nobody speaks in it.
extension MediaFile {
    private static let suffix = "-silk"
    /// The head that WeChat's files have: SILK's own, behind a byte of WeChat's.
    private static let head: [UInt8] = [0x02] + Array("#!SILK_V3".utf8)

    /// The id under which a voice is had in SILK.
    static func idOfSILK(for id: MediaID) -> MediaID { MediaID(id.rawValue + suffix) }

    /// The voice whose SILK this is; `nil` where the id is none of ``idOfSILK(for:)``.
    static func originalOfSILK(_ id: MediaID) -> MediaID? {
        id.rawValue.hasSuffix(suffix) ? MediaID(String(id.rawValue.dropLast(suffix.count))) : nil
    }

    /// Whether these are a SILK file's bytes.
    static func isSILK(_ bytes: [UInt8]) -> Bool { bytes.starts(with: head) }

    /// This voice in SILK; as it is, where it is no AMR.
    var inSILK: MediaFile {
        guard let frames = Self.framesOfAMR(bytes) else { return self }
        // A packet of 20 ms without content: to a decoder, one that was lost on the way.
        let packets = Array(repeating: [0, 0] as [UInt8], count: frames).flatMap { $0 }
        let stem = name.hasSuffix(".amr") ? String(name.dropLast(4)) : name
        return MediaFile(type: .voice, name: stem + ".silk", bytes: Self.head + packets)
    }
}
