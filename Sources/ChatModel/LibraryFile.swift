/// A file of ours that a message carries, before the platform has given it a `media_id`: what a
/// rule says is `pictures/size-chart.png`.
package struct LibraryFile: Hashable, Sendable {
    /// The first 22 characters of base64url(SHA-256) of its content, under which it is kept.
    package let hash: String
    /// What who receives it sees.
    package let name: String

    /// A file by its content.
    package init(hash: String, name: String) {
        self.hash = hash
        self.name = name
    }
}

extension MediaID {
    /// No `media_id` of the platform's holds a colon.
    private static let scheme = "file:"

    /// Stands for `file` until the message is sent; ``libraryFile`` finds it again.
    package init(_ file: LibraryFile) {
        self.init("\(Self.scheme)\(file.hash)/\(file.name)")
    }

    /// The file this stands for; `nil` for a `media_id` of the platform's.
    package var libraryFile: LibraryFile? {
        guard rawValue.hasPrefix(Self.scheme) else { return nil }
        let rest = rawValue.dropFirst(Self.scheme.count)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return LibraryFile(
            hash: String(rest[..<slash]), name: String(rest[rest.index(after: slash)...]))
    }
}

extension MediaKind {
    /// The message that shows `media` as this kind.
    package func body(_ media: MediaID) -> OutgoingBody {
        switch self {
        case .image: .image(media)
        case .voice: .voice(media)
        case .video: .video(media)
        case .file: .file(media)
        }
    }
}

extension OutgoingBody {
    /// The media it carries, with what each is sent as.
    package var media: [(id: MediaID, kind: MediaKind)] {
        switch self {
        case .image(let id): [(id, .image)]
        case .voice(let id): [(id, .voice)]
        case .video(let id): [(id, .video)]
        case .file(let id): [(id, .file)]
        case .link(let link): [(link.thumbnail, .image)]
        case .miniprogram(let card): [(card.thumbnail, .image)]
        case .text, .menu, .location, .acquisitionLink: []
        }
    }

    /// The same message with its media under other ids.
    package func replacingMedia(_ id: (MediaID) -> MediaID) -> OutgoingBody {
        switch self {
        case .image(let media): return .image(id(media))
        case .voice(let media): return .voice(id(media))
        case .video(let media): return .video(id(media))
        case .file(let media): return .file(id(media))
        case .link(var link):
            link.thumbnail = id(link.thumbnail)
            return .link(link)
        case .miniprogram(var card):
            card.thumbnail = id(card.thumbnail)
            return .miniprogram(card)
        case .text, .menu, .location, .acquisitionLink: return self
        }
    }
}
