package import ChatModel

/// A file to upload as temporary media.
package struct MediaUpload: Hashable, Sendable {
    /// What it is sent as.
    package var kind: MediaKind
    /// Shown to who receives it; its extension says the format.
    package var filename: String
    /// How many bytes it has.
    package var count: Int
    /// Its first bytes, 16 at most, by which formats are told.
    package var head: [UInt8]
    /// The bytes, or where they are.
    package var content: FormFile.Content

    /// A file of which everything is at hand.
    package init(kind: MediaKind, filename: String, bytes: [UInt8]) {
        self.init(
            kind: kind, filename: filename, count: bytes.count, head: Array(bytes.prefix(16)),
            content: .bytes(bytes))
    }

    /// A file that may lie elsewhere.
    package init(
        kind: MediaKind, filename: String, count: Int, head: [UInt8], content: FormFile.Content
    ) {
        self.kind = kind
        self.filename = filename
        self.count = count
        self.head = head
        self.content = content
    }
}

/// What `media/upload` answers.
package struct UploadedMedia: Hashable, Sendable {
    /// Shared by all apps of the corp.
    package var id: MediaID
    /// From when its 3 days count.
    package var createdAt: Timestamp

    /// An uploaded file.
    package init(id: MediaID, createdAt: Timestamp) {
        self.id = id
        self.createdAt = createdAt
    }

    /// How long the platform keeps it (wecom-kf reference §14).
    package static let lifetime: Duration = .seconds(3 * 24 * 3600)
}

/// What `media/get` answers.
package struct DownloadedMedia: Hashable, Sendable {
    /// The name in its header; `nil` where it has none.
    package var filename: String?
    /// The media type in its header.
    package var contentType: String
    /// The file.
    package var bytes: [UInt8]

    /// A file.
    package init(filename: String?, contentType: String, bytes: [UInt8]) {
        self.filename = filename
        self.contentType = contentType
        self.bytes = bytes
    }
}
