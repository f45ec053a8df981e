/// The platform's kinds of temporary media (`type` of an upload).
package enum MediaType: String, Hashable, Sendable, CaseIterable {
    case image, voice, video, file

    /// The most bytes an upload may have (§14).
    package var mostBytes: Int {
        switch self {
        case .image, .video: 10 << 20
        case .voice: 2 << 20
        case .file: 20 << 20
        }
    }

    /// The most bytes `sync_msg` passes on; of more it tells in words (§8.3).
    package var mostBytesPulled: Int { self == .image ? 2 << 20 : mostBytes }
}

/// A file as the platform keeps it.
package struct MediaFile: Hashable, Sendable {
    /// What it was uploaded as.
    package let type: MediaType
    /// The name a recipient sees.
    package let name: String
    /// Its content.
    package let bytes: [UInt8]

    /// A file; whether it is one of its type is for ``refusal`` to say.
    package init(type: MediaType, name: String, bytes: [UInt8]) {
        self.type = type
        self.name = name
        self.bytes = bytes
    }

    /// What a download declares.
    ///
    /// Never JSON or plain text, whatever a file holds: by those two a client knows a refusal.
    package var contentType: String {
        switch type {
        case .image: Self.begins(bytes, Self.png) ? "image/png" : "image/jpeg"
        case .voice: Self.isSILK(bytes) ? "audio/silk" : "audio/amr"
        case .video: "video/mp4"
        case .file: "application/octet-stream"
        }
    }

    /// The number an upload is refused with; `nil` when it is fine (§14).
    ///
    /// Formats are told by content, not by name: JPG and PNG by their first bytes, and by walking
    /// their parts to the end; MP4 by its first box, AMR by walking its frames.
    package var refusal: Int? { flaw?.number }

    /// What an upload is refused with, and why; `nil` when it is fine.
    var flaw: Errcode? {
        if bytes.isEmpty { return Errcode(44001, "media: empty") }
        if bytes.count <= 5 { return Errcode(40006, "media: \(bytes.count) bytes, at least 6") }
        if bytes.count > type.mostBytes {
            let words = "media: \(bytes.count) bytes, at most \(type.mostBytes)"
            switch type {
            case .image: return Errcode(40009, words)
            case .video: return Errcode(40011, words)
            case .voice, .file: return Errcode(45001, words)
            }
        }
        switch type {
        case .image:
            if Self.begins(bytes, Self.png) {
                return Self.isWholePNG(bytes) ? nil : Errcode(40123, "media: a PNG that is cut off")
            }
            if Self.begins(bytes, Self.jpeg) {
                return Self.isWholeJPEG(bytes)
                    ? nil : Errcode(40123, "media: a JPG that is cut off")
            }
            return Self.otherPictures.contains { Self.begins(bytes, $0) }
                ? Errcode(40004, "media: neither JPG nor PNG") : Errcode(40123, "media: no picture")
        case .video:
            return Self.begins(bytes.dropFirst(4), Array("ftyp".utf8))
                ? nil : Errcode(40004, "media: no MP4")
        case .voice:
            guard let frames = Self.framesOfAMR(bytes) else {
                return Errcode(301_017, "media: no AMR, or cut off")
            }
            return frames > Self.mostFrames
                ? Errcode(45007, "media: \(frames / 50) seconds, at most 60") : nil
        case .file:
            return nil
        }
    }

    /// GIF, BMP and WebP: pictures, but not of a kind the platform takes.
    private static let otherPictures = [Array("GIF8".utf8), Array("BM".utf8), Array("RIFF".utf8)]
    private static let amr = Array("#!AMR\n".utf8)
    /// 60 s of 20 ms each.
    private static let mostFrames = 3000
    /// Bytes of a frame without its header byte, by frame type; `nil` for types that are reserved.
    private static let frameBytes: [Int?] = [
        12, 13, 15, 17, 19, 20, 26, 31, 5, nil, nil, nil, nil, nil, nil, 0,
    ]

    private static func begins(_ bytes: some Collection<UInt8>, _ start: [UInt8]) -> Bool {
        bytes.starts(with: start)
    }

    /// How many frames of 20 ms a narrow-band AMR file has; `nil` when it is none, or is cut off.
    static func framesOfAMR(_ bytes: [UInt8]) -> Int? {
        guard begins(bytes, amr) else { return nil }
        var (place, frames) = (amr.count, 0)
        while place < bytes.count {
            guard let size = frameBytes[Int(bytes[place] >> 3 & 0xF)],
                place + 1 + size <= bytes.count
            else { return nil }
            place += 1 + size
            frames += 1
        }
        return frames > 0 ? frames : nil
    }
}

// MARK: Samples

extension MediaFile {
    /// A small valid file, as a customer's phone might send it.
    package static func sample(_ type: MediaType) -> MediaFile {
        switch type {
        case .image: imageSample
        case .voice: MediaFile(type: .voice, name: "voice.amr", bytes: silence(frames: 50))
        case .video: videoSample
        case .file: MediaFile(type: .file, name: "sample.txt", bytes: Array("sample file\n".utf8))
        }
    }

    /// An AMR file of so many frames of 20 ms in which nobody speaks.
    package static func silence(frames: Int) -> [UInt8] {
        let frame: [UInt8] = [0x04] + Array(repeating: 0, count: 12)
        return amr + (0..<max(0, frames)).flatMap { _ in frame }
    }

    /// One white pixel.
    private static let imageSample = MediaFile(
        type: .image, name: "image.png",
        bytes: png + [
            0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
            0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xDE, 0x00, 0x00, 0x00,
            0x0C, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xF8, 0xFF, 0xFF, 0x3F, 0x00, 0x05,
            0xFE, 0x02, 0xFE, 0x33, 0x12, 0x95, 0x14, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E,
            0x44, 0xAE, 0x42, 0x60, 0x82,
        ])

    /// A film without pictures: what it is, and a head that says it has no tracks.
    private static let videoSample = MediaFile(
        type: .video, name: "video.mp4",
        bytes: box("ftyp", Array("isom".utf8) + [0, 0, 2, 0] + Array("isommp41".utf8))
            + box("moov", box("mvhd", movieHead)))

    /// Version 0: no times, a thousand ticks a second, plain volume, the identity matrix.
    private static let movieHead: [UInt8] =
        zeros(12) + [0, 0, 3, 0xE8] + zeros(4) + [0, 1, 0, 0, 1, 0] + zeros(10)
        + [0, 1, 0, 0] + zeros(12) + [0, 1, 0, 0] + zeros(12) + [0x40, 0, 0, 0] + zeros(24)
        + [0, 0, 0, 1]

    private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    private static func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let size = UInt32(content.count + 8)
        return [
            UInt8(size >> 24 & 0xFF), UInt8(size >> 16 & 0xFF), UInt8(size >> 8 & 0xFF),
            UInt8(size & 0xFF),
        ] + Array(kind.utf8) + content
    }
}
