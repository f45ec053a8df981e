/// A format that the platform tells files by, from their first bytes.
package enum MediaFormat: String, Hashable, Sendable, CaseIterable {
    case jpeg, png, amr, mp4

    /// The format of a file that begins with `head`, of which 12 bytes suffice; `nil` for any other.
    package init?(of head: some Collection<UInt8>) {
        let head = Array(head.prefix(12))
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.starts(with: "#!AMR\n".utf8) {
            // Wide-band AMR (#!AMR-WB) is another format, which the platform doesn't take.
            self = .amr
        } else if head.dropFirst(4).starts(with: "ftyp".utf8) {
            self = .mp4
        } else {
            return nil
        }
    }

    /// Its media type (RFC 6838).
    package var contentType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .amr: "audio/amr"
        case .mp4: "video/mp4"
        }
    }
}

extension MediaKind {
    /// The formats the platform takes as this kind (wecom-kf reference §14); any with `nil`.
    package var formats: Set<MediaFormat>? {
        switch self {
        case .image: [.jpeg, .png]
        case .voice: [.amr]
        case .video: [.mp4]
        case .file: nil
        }
    }

    /// The formats in words, for a refusal.
    package var formatsInWords: String {
        switch self {
        case .image: "JPG or PNG"
        case .voice: "AMR"
        case .video: "MP4"
        case .file: "any file"
        }
    }
}

/// How long an AMR voice message is: each frame is 20 ms (RFC 4867, §5).
package enum VoiceDuration {
    /// The longest the platform takes (wecom-kf reference §14).
    package static let longest: Duration = .seconds(60)

    /// The duration of a narrow-band AMR file, its header included; `nil` for anything else.
    ///
    /// A frame that is cut off at the end counts.
    package static func ofAMR(_ bytes: [UInt8]) -> Duration? {
        let magic = Array("#!AMR\n".utf8)
        guard bytes.starts(with: magic) else { return nil }
        var frames = 0
        var index = magic.count
        while index < bytes.count {
            index += sizes[Int(bytes[index] >> 3) & 15]
            frames += 1
        }
        return .milliseconds(20 * frames)
    }

    /// Bytes of a frame by its type, the header byte included; reserved types are that byte alone.
    private static let sizes = [13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1]
}
