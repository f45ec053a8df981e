import ChatModel

/// Temporary media: every file for three days, all files within a bound.
struct MediaShelf: Sendable {
    struct Key: Hashable, Sendable {
        let corp: CorpID
        let id: MediaID
    }
    private struct Kept: Sendable {
        let file: MediaFile
        let at: Timestamp
    }

    /// The most bytes kept; beyond it the oldest files expire early.
    private let mostBytes: Int
    private var kept: [Key: Kept] = [:]
    /// Oldest first; a key that was put here twice counts by its later place.
    private var order: [(key: Key, at: Timestamp)] = []
    private var forgotten = 0
    private var bytes = 0

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// A file that has not expired.
    func file(_ id: MediaID, of corp: CorpID, at now: Timestamp) -> MediaFile? {
        guard let kept = kept[Key(corp: corp, id: id)],
            now - kept.at < PlatformRules.mediaLifetime
        else { return nil }
        return kept.file
    }

    mutating func keep(_ file: MediaFile, as id: MediaID, of corp: CorpID, at now: Timestamp) {
        let key = Key(corp: corp, id: id)
        bytes += file.bytes.count - (kept[key]?.file.bytes.count ?? 0)
        kept[key] = Kept(file: file, at: now)
        order.append((key, now))
        forget(at: now)
    }

    private mutating func forget(at now: Timestamp) {
        // The file just kept stays, however large it is.
        while forgotten < order.count - 1 {
            let (key, at) = order[forgotten]
            guard bytes > mostBytes || now - at >= PlatformRules.mediaLifetime else { break }
            if let old = kept[key], old.at == at {
                bytes -= old.file.bytes.count
                kept[key] = nil
            }
            forgotten += 1
        }
        if forgotten > 1024, forgotten > order.count / 2 {
            order.removeFirst(forgotten)
            forgotten = 0
        }
    }
}
