/// What the platform distinguishes files by: `type` of `media/upload`.
package enum MediaKind: String, Hashable, Sendable, Codable, CaseIterable {
    case image, voice, video, file

    /// The largest file the platform takes, in bytes (wecom-kf reference §14).
    package var largest: Int {
        switch self {
        case .image, .video: 10 << 20
        case .voice: 2 << 20
        case .file: 20 << 20
        }
    }

    /// The largest file a customer's client is sure to show, in bytes: larger images upload, but
    /// what receives them caps at 2 MB (§14).
    package var largestShown: Int {
        switch self {
        case .image, .voice: 2 << 20
        case .video, .file: largest
        }
    }
}
