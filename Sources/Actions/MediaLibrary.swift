package import Boundary
package import ChatModel

/// Gives the platform the files that rules send: uploads one when it is first needed, knows its
/// `media_id` for the 3 days it lives, and uploads it again in time.
///
/// One serves one corp: all its apps share media ids (wecom-kf reference §14).
package actor MediaLibrary {
    /// A `media_id` with less than this left is replaced while it still works.
    static let renewal: Duration = .seconds(12 * 3600)
    /// One with less than this left may be forgotten before the message arrives.
    static let margin: Duration = .seconds(600)

    private let corp: CorpID
    private let api: PlatformAPI
    private let store: any MediaStore
    private let now: @Sendable () -> Timestamp
    private var known: [Key: UploadedMedia] = [:]
    private var uploading: [Key: Task<Result<UploadedMedia, PlatformFailure>, Never>] = [:]

    private struct Key: Hashable {
        var hash: String
        var kind: MediaKind
    }

    /// A library of the files that `store` keeps, which uploads through `api`.
    package init(
        corp: CorpID, api: PlatformAPI, store: any MediaStore,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.corp = corp
        self.api = api
        self.store = store
        self.now = now
    }

    /// `body` with the platform's ids for the files of ours that it carries.
    ///
    /// - Throws: Why a file can't be had or uploaded: 40007 where it is not kept any more.
    package func resolved(_ body: OutgoingBody) async throws(PlatformFailure) -> OutgoingBody {
        var ids: [MediaID: MediaID] = [:]
        for (id, kind) in body.media {
            guard let file = id.libraryFile else { continue }
            ids[id] = try await self.id(of: file, as: kind)
        }
        return ids.isEmpty ? body : body.replacingMedia { ids[$0] ?? $0 }
    }

    /// The platform has forgotten an id it was given for a file of `body`: none is used again.
    package func forget(_ body: OutgoingBody) async {
        for (id, kind) in body.media {
            guard let file = id.libraryFile else { continue }
            known[Key(hash: file.hash, kind: kind)] = nil
            // A store that can't forget it costs another refusal, nothing else.
            try? await store.note(nil, of: file.hash, as: kind, for: corp)
        }
    }

    private func id(
        of file: LibraryFile, as kind: MediaKind
    ) async throws(PlatformFailure) -> MediaID {
        let key = Key(hash: file.hash, kind: kind)
        if known[key] == nil {
            do throws(StoreError) {
                known[key] = try await store.upload(of: file.hash, as: kind, for: corp)
            } catch {
                // Uploading again is slower, and right.
            }
        }
        if let media = known[key] {
            let left = media.createdAt + UploadedMedia.lifetime - now()
            if left > Self.margin {
                // What is uploaded meanwhile serves the next message.
                if left < Self.renewal { _ = upload(file, as: kind) }
                return media.id
            }
        }
        return try await upload(file, as: kind).value.get().id
    }

    /// The upload under way, or a new one: however many messages wait for a file, it goes up once.
    private func upload(
        _ file: LibraryFile, as kind: MediaKind
    ) -> Task<Result<UploadedMedia, PlatformFailure>, Never> {
        let key = Key(hash: file.hash, kind: kind)
        if let task = uploading[key] { return task }
        // Unstructured, so that a sender who gives up doesn't take it from the others.
        let task = Task {
            let result = await perform(file, as: kind)
            if case .success(let media) = result { known[key] = media }
            uploading[key] = nil
            return result
        }
        uploading[key] = task
        return task
    }

    private func perform(
        _ file: LibraryFile, as kind: MediaKind
    ) async -> Result<UploadedMedia, PlatformFailure> {
        do throws(PlatformFailure) {
            guard let stored = try? await store.stored(file.hash) else {
                throw PlatformFailure(
                    code: 40007, handling: .drop,
                    meaning: "not sent, the file \(file.name) is no longer kept beside the "
                        + "database; publish the rules again")
            }
            let media = try await api.upload(
                MediaUpload(
                    kind: kind, filename: file.name, count: stored.count, head: stored.head,
                    content: .path(stored.path)))
            // Without the note the file is uploaded again after a restart.
            try? await store.note(media, of: file.hash, as: kind, for: corp)
            return .success(media)
        } catch {
            return .failure(error)
        }
    }
}
