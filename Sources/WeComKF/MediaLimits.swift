import Boundary
import ChatModel

/// The platform's limits on an upload (wecom-kf reference §14), checked before it is made.
enum MediaLimits {
    /// The platform takes nothing of 5 bytes or fewer.
    static let smallest = 6

    static func check(_ file: MediaUpload) throws(PlatformFailure) {
        let kind = file.kind
        if file.filename.isEmpty { throw .notSent(40058, "filename is empty") }
        if file.count == 0 { throw .notSent(44001, "the file is empty") }
        if file.count < smallest {
            throw .notSent(
                40006, "the file is \(file.count) bytes; the platform takes \(smallest) and more")
        }
        if file.count > kind.largest {
            throw .notSent(
                code(forSizeOf: kind),
                "the \(kind.rawValue) is \(file.count) bytes; the platform takes \(kind.largest)")
        }
        if let formats = kind.formats {
            guard let format = MediaFormat(of: file.head), formats.contains(format) else {
                throw .notSent(
                    code(forFormatOf: kind, head: file.head),
                    "the file is not \(kind.formatsInWords), which type \(kind.rawValue) takes")
            }
        }
        if kind == .voice, case .bytes(let bytes) = file.content,
            let duration = VoiceDuration.ofAMR(bytes), duration > VoiceDuration.longest
        {
            throw .notSent(
                45007,
                "the voice message is \(duration.components.seconds) seconds; the platform takes "
                    + "\(VoiceDuration.longest.components.seconds)")
        }
    }

    /// A picture of another format is of a type the platform doesn't take; what begins as no
    /// picture does is a broken one.
    private static func code(forFormatOf kind: MediaKind, head: [UInt8]) -> Int {
        switch kind {
        case .voice: 301017
        case .image: otherPictures.contains { head.starts(with: $0.utf8) } ? 40004 : 40123
        case .video, .file: 40004
        }
    }

    /// GIF, BMP and WebP.
    private static let otherPictures = ["GIF8", "BM", "RIFF"]

    private static func code(forSizeOf kind: MediaKind) -> Int {
        switch kind {
        case .image: 40009
        case .video: 40011
        case .voice, .file: 45001
        }
    }
}
