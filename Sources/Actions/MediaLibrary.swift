package import Boundary
package import ChatModel
import Routing

/// Gives the platform the files that rules send: uploads one when it is first needed, knows its
/// `media_id` for the 3 days it lives, and uploads it again in time.
///
/// One serves one corp: all its apps share media ids (wecom-kf reference §14).
package actor MediaLibrary {
    /// A `media_id` with less than this left is replaced while it still works.
    static let renewal: Duration = .seconds(12 * 3600)
    /// One with less than this left may be forgotten before the message arrives.
    static let margin: Duration = .seconds(600)

    /// How long the message that starts an upload waits for it, in a place others could have; it
    /// comes back. All others with the file come back at once.
    static let patience: Duration = .seconds(1)

    /// Uploads one file, as an app's `media/upload` does.
    package typealias Upload =
        @Sendable (MediaUpload) async throws(PlatformFailure) -> UploadedMedia

    private let corp: CorpID
    private let store: any MediaStore
    private let now: @Sendable () -> Timestamp
    private var known: [Key: UploadedMedia] = [:]
    private var uploading: Set<Key> = []
    /// What was refused, how often in a row, and until when it isn't tried again: the messages
    /// that wait for a file must not make a call each.
    private var failed: [Key: (failure: PlatformFailure, times: Int, until: Timestamp)] = [:]
    /// Ids the platform has forgotten, so that none comes back from the store.
    private var refused: Set<MediaID> = []

    private struct Key: Hashable {
        var hash: String
        var kind: MediaKind
    }

    /// A library of the files that `store` keeps.
    package init(
        corp: CorpID, store: any MediaStore, now: @escaping @Sendable () -> Timestamp
    ) {
        self.corp = corp
        self.store = store
        self.now = now
    }

    /// `body` with the platform's ids for the files of ours that it carries.
    ///
    /// - Throws: Why the message can't be sent now. Nothing of it has left; while a file is being
    ///   uploaded, and whatever the platform says to that, it is to be tried again. 40007 to be
    ///   given up, where the file is not kept any more.
    package func resolved(
        _ body: OutgoingBody, upload: @escaping Upload
    ) async throws(PlatformFailure) -> OutgoingBody {
        var ids: [MediaID: MediaID] = [:]
        for (id, kind) in body.media {
            guard let file = id.libraryFile else { continue }
            ids[id] = try await self.id(of: file, as: kind, upload: upload)
        }
        return ids.isEmpty ? body : body.replacingMedia { ids[$0] ?? $0 }
    }

    /// The platform has forgotten an id of `ready`, which was made of `body`: none of them is used
    /// again, and what was uploaded since stays.
    package func forget(_ ready: OutgoingBody, of body: OutgoingBody) async {
        if refused.count > 10_000 { refused = [] }
        for (old, (id, kind)) in zip(ready.media, body.media) {
            guard let file = id.libraryFile else { continue }
            refused.insert(old.id)
            let key = Key(hash: file.hash, kind: kind)
            guard known[key]?.id == old.id else { continue }
            known[key] = nil
            // A store that can't forget it costs another refusal, nothing else.
            try? await store.note(nil, of: file.hash, as: kind, for: corp)
        }
    }

    private func id(
        of file: LibraryFile, as kind: MediaKind, upload: @escaping Upload
    ) async throws(PlatformFailure) -> MediaID {
        let key = Key(hash: file.hash, kind: kind)
        if known[key] == nil {
            // Without the store it is uploaded again: slower, and right.
            let stored = try? await store.upload(of: file.hash, as: kind, for: corp)
            if let stored, known[key] == nil, !refused.contains(stored.id) { known[key] = stored }
        }
        if let media = usable(key) {
            // What is uploaded meanwhile serves the next message.
            if left(of: media) < Self.renewal { begin(file, key, upload) }
            return media.id
        }
        guard begin(file, key, upload) else {
            throw failed[key]?.failure ?? .unready("it is being uploaded", handling: .retry)
        }
        let giveUp = ContinuousClock.now + Self.patience
        while uploading.contains(key), ContinuousClock.now < giveUp {
            // Cancelled only when the process stops; the message is taken up after the next start.
            try? await Task.sleep(for: .milliseconds(20))
        }
        if let media = usable(key) { return media.id }
        if let failed = failed[key] { throw failed.failure }
        throw .unready("it is being uploaded", handling: .retry)
    }

    private func usable(_ key: Key) -> UploadedMedia? {
        known[key].flatMap { left(of: $0) > Self.margin ? $0 : nil }
    }

    private func left(of media: UploadedMedia) -> Duration {
        media.createdAt + UploadedMedia.lifetime - now()
    }

    /// Uploads, unless that is under way or was refused a moment ago: however many messages wait
    /// for a file, it goes up once.
    ///
    /// - Returns: Whether an upload has begun.
    @discardableResult
    private func begin(_ file: LibraryFile, _ key: Key, _ upload: @escaping Upload) -> Bool {
        let time = now()
        // A pause that ends far ahead was begun before the clock was set back.
        if let failed = failed[key], time < failed.until,
            failed.until - time <= RetryPolicy.longestPause
        {
            return false
        }
        guard uploading.insert(key).inserted else { return false }
        // Unstructured, so that a sender who gives up doesn't take it from the others.
        Task {
            switch await perform(file, as: key.kind, upload) {
            case .success(let media):
                known[key] = media
                failed[key] = nil
            case .failure(let failure):
                let times = (failed[key]?.times ?? 0) + 1
                failed[key] = (
                    failure, times, now() + RetryPolicy.pause(afterFailed: times, jitter: 0)
                )
            }
            uploading.remove(key)
        }
        return true
    }

    private func perform(
        _ file: LibraryFile, as kind: MediaKind, _ upload: Upload
    ) async -> Result<UploadedMedia, PlatformFailure> {
        guard let stored = try? await store.stored(file.hash) else {
            return .failure(
                .unready(
                    "\(file.name) is no longer kept beside the database; publish the rules again",
                    code: 40007, handling: .drop))
        }
        do throws(PlatformFailure) {
            let media = try await upload(
                MediaUpload(
                    kind: kind, filename: file.name, count: stored.count, head: stored.head,
                    content: .path(stored.path)))
            // Without the note the file is uploaded again after a restart.
            try? await store.note(media, of: file.hash, as: kind, for: corp)
            return .success(media)
        } catch {
            // Only the messages with this file wait for it: neither the account nor `send_msg`.
            let isFinal = error.handling == .drop
            return .failure(
                .unready(
                    "\(file.name) can't be uploaded: \(error.meaning)",
                    code: isFinal ? error.code : nil, handling: isFinal ? .drop : .retry))
        }
    }
}

extension PlatformFailure {
    /// A message that did not leave, because of a file it carries.
    fileprivate static func unready(
        _ what: String, code: Int? = nil, handling: Handling
    ) -> PlatformFailure {
        var failure = PlatformFailure(
            code: code, handling: handling, meaning: "not sent, of its file: \(what)")
        failure.wasSent = false
        return failure
    }
}
