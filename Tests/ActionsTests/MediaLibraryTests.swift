import Actions
import Boundary
import ChatModel
import Routing
import Synchronization
import Testing

/// Files of rules: uploaded when needed, known for their 3 days, renewed in time.
@Suite struct MediaLibraryTests {
    /// A store with one file, in memory.
    private final class Shelf: MediaStore {
        private let uploads = Mutex<[String: UploadedMedia]>([:])
        let hasFile: Bool

        init(hasFile: Bool = true) { self.hasFile = hasFile }

        func stored(_ hash: String) async throws(StoreError) -> StoredFile? {
            hasFile ? StoredFile(path: "/files/\(hash)", count: 100, head: [0xFF]) : nil
        }
        func keep(_ bytes: [UInt8], as hash: String) async throws(StoreError) {}
        func upload(
            of hash: String, as kind: MediaKind, for corp: CorpID
        ) async throws(StoreError) -> UploadedMedia? { uploads.withLock { $0["\(hash) \(kind)"] } }
        func note(
            _ media: UploadedMedia?, of hash: String, as kind: MediaKind, for corp: CorpID
        ) async throws(StoreError) { uploads.withLock { $0["\(hash) \(kind)"] = media } }
        func mediaToFetch(
            of accounts: [OpenKfID], after row: Int?, since: Timestamp, now: Timestamp, limit: Int
        ) async throws(StoreError) -> (media: [InboundMedia], next: Int?) { ([], nil) }
        func note(
            _ outcome: InboundMedia.Outcome, of media: InboundMedia
        ) async throws(StoreError) {}
        func fetchedMedia(of msgID: MsgID) async throws(StoreError) -> FetchedMedia? { nil }
        func pruneMedia(fetchedBefore time: Timestamp) async throws(StoreError) -> Int { 0 }
    }

    /// A platform that forgets a media id when told to.
    private final class Platform: Sendable {
        private struct State {
            var uploads: [MediaUpload] = []
            var sent: [OutgoingBody] = []
            var forgotten: Set<MediaID> = []
        }
        private let state = Mutex(State())
        let clock = Mutex(Timestamp(seconds: 1_000_000))

        var uploads: [MediaUpload] { state.withLock(\.uploads) }
        var sent: [OutgoingBody] { state.withLock(\.sent) }
        var now: Timestamp { clock.withLock { $0 } }
        func wait(_ time: Duration) { clock.withLock { $0 = $0 + time } }
        func forget(_ id: MediaID) { state.withLock { _ = $0.forgotten.insert(id) } }

        var api: PlatformAPI {
            var api = ScriptedPlatform().api
            api.upload = { (file) async throws(PlatformFailure) in
                let number = self.state.withLock { state in
                    state.uploads.append(file)
                    return state.uploads.count
                }
                // Long enough for others to come meanwhile.
                await Task.yield()
                return UploadedMedia(id: MediaID("M\(number)"), createdAt: self.now)
            }
            api.send = { (_, id, body) async throws(PlatformFailure) in
                let isKnown = self.state.withLock { state in
                    state.sent.append(body)
                    return !body.media.contains { state.forgotten.contains($0.id) }
                }
                if !isKnown {
                    throw PlatformFailure(code: 40007, handling: .uploadAgain, meaning: "")
                }
                return id
            }
            return api
        }
    }

    private static let picture = OutgoingBody.image(
        MediaID(LibraryFile(hash: "abcdefghijklmnopqrstuv", name: "尺码.png")))
    private static let customer = ConversationID(account: "wk1", customer: "wm1")

    private func sender(_ platform: Platform, _ shelf: Shelf) -> PlatformAPI {
        let library = MediaLibrary(corp: "ww1", store: shelf, now: { platform.now })
        return platform.api.sending(filesOf: library, through: platform.api)
    }

    /// One try; `nil` when the platform took the message.
    private func attempt(
        _ body: OutgoingBody, _ id: MsgID, by api: PlatformAPI
    ) async -> PlatformFailure? {
        do throws(PlatformFailure) {
            _ = try await api.send(Self.customer, id, body)
            return nil
        } catch {
            return error
        }
    }

    /// Sends as the outbox does: what was held back for its file comes again.
    private func deliver(_ body: OutgoingBody, _ id: MsgID, by api: PlatformAPI) async throws {
        while let failure = await attempt(body, id, by: api) {
            guard failure.handling == .retry, !failure.wasSent else { throw failure }
            await Task.yield()
        }
    }

    @Test func oneUploadServesEverybodyAndOutlivesARestart() async throws {
        let (platform, shelf) = (Platform(), Shelf())
        let api = sender(platform, shelf)
        try await withThrowingTaskGroup { group in
            for number in 0..<10 {
                group.addTask {
                    try await deliver(Self.picture, MsgID("m\(number)"), by: api)
                }
            }
            try await group.waitForAll()
        }
        #expect(platform.uploads.map(\.filename) == ["尺码.png"])
        #expect(platform.uploads.first?.content == .path("/files/abcdefghijklmnopqrstuv"))
        #expect(Set(platform.sent) == [.image("M1")])
        try await deliver(Self.picture, "n", by: sender(platform, shelf))
        #expect(platform.uploads.count == 1)
    }

    @Test func anIDIsRenewedAheadOfItsEnd() async throws {
        let (platform, shelf) = (Platform(), Shelf())
        let api = sender(platform, shelf)
        try await deliver(Self.picture, "a", by: api)
        platform.wait(.seconds(61 * 3600))
        // Eleven hours are left: the old one is good for this message, a new one for the next.
        try await deliver(Self.picture, "b", by: api)
        while platform.uploads.count < 2 { await Task.yield() }
        while try await shelf.upload(of: "abcdefghijklmnopqrstuv", as: .image, for: "ww1")?.id
            != "M2"
        { await Task.yield() }
        platform.wait(.seconds(10 * 3600 + 3000))
        while true {
            try await deliver(Self.picture, "c", by: api)
            if platform.sent.last == .image("M2") { break }
            await Task.yield()
        }
        #expect(platform.sent.prefix(2) == [.image("M1"), .image("M1")])
        #expect(platform.uploads.count == 2)
    }

    @Test func oneThatIsOverIsUploadedBeforeTheMessage() async throws {
        let (platform, shelf) = (Platform(), Shelf())
        let api = sender(platform, shelf)
        try await deliver(Self.picture, "a", by: api)
        platform.wait(.seconds(72 * 3600 - 300))
        try await deliver(Self.picture, "b", by: api)
        #expect(platform.sent == [.image("M1"), .image("M2")])
    }

    @Test func aForgottenIDIsUploadedOnceMore() async throws {
        let (platform, shelf) = (Platform(), Shelf())
        let api = sender(platform, shelf)
        try await deliver(Self.picture, "a", by: api)
        platform.forget("M1")
        try await deliver(Self.picture, "b", by: api)
        #expect(platform.sent == [.image("M1"), .image("M1"), .image("M2")])
        // One upload for each try, not one after another.
        for id in ["M2", "M3", "M4", "M5"] { platform.forget(MediaID(id)) }
        #expect(await attempt(Self.picture, "c", by: api) != nil)
        #expect(platform.uploads.count <= 3)
    }

    @Test func aRefusedIDOfTheRulesIsNotUploaded() async throws {
        let (platform, shelf) = (Platform(), Shelf())
        platform.forget("FIXED")
        let api = sender(platform, shelf)
        await #expect(throws: PlatformFailure.self) {
            _ = try await api.send(Self.customer, "a", .image("FIXED"))
        }
        #expect(platform.uploads.isEmpty && platform.sent.count == 1)
    }

    @Test func aFileThatIsGoneIsToldAndNotSent() async throws {
        let platform = Platform()
        let api = sender(platform, Shelf(hasFile: false))
        let error = await #expect(throws: PlatformFailure.self) {
            try await deliver(Self.picture, "a", by: api)
        }
        #expect(error?.code == 40007 && error?.handling == .drop)
        #expect(error?.meaning.contains("尺码.png") == true)
        #expect(platform.sent.isEmpty && platform.uploads.isEmpty)
    }

    @Test func whatTheUploadIsRefusedWithHoldsUpThisMessageAlone() async throws {
        for (refusal, handling) in [
            (PlatformFailure.Handling.stop, PlatformFailure.Handling.retry), (.wait, .retry),
            (.retry, .retry), (.drop, .drop),
        ] {
            let platform = Platform()
            var metered = platform.api
            metered.upload = { _ async throws(PlatformFailure) in
                throw PlatformFailure(code: 1, handling: refusal, meaning: "no")
            }
            let library = MediaLibrary(corp: "ww1", store: Shelf(), now: { platform.now })
            let api = platform.api.sending(filesOf: library, through: metered)
            let error = try #require(await attempt(Self.picture, "a", by: api))
            // Nothing left: the message is not uncertain, nor the account at fault.
            #expect(error.handling == handling || error.meaning.contains("being uploaded"))
            #expect(!error.wasSent && !error.isOutcomeUnknown)
            #expect(platform.sent.isEmpty)
        }
    }

    /// Fifty customers who ask for a picture make no fifty uploads of what the platform refuses.
    @Test func aRefusedUploadIsTriedAgainAfterAPauseHoweverManyWait() async throws {
        let platform = Platform()
        let uploads = Mutex(0)
        var metered = platform.api
        metered.upload = { _ async throws(PlatformFailure) in
            uploads.withLock { $0 += 1 }
            throw PlatformFailure(code: -1, handling: .retry, meaning: "busy")
        }
        let library = MediaLibrary(corp: "ww1", store: Shelf(), now: { platform.now })
        let api = platform.api.sending(filesOf: library, through: metered)
        for round in 1...3 {
            // The first of them may have given up waiting before the upload came back.
            while uploads.withLock({ $0 }) < round {
                _ = await attempt(Self.picture, "a", by: api)
                try await Task.sleep(for: .milliseconds(5))
            }
            for number in 0..<20 {
                let error = try #require(
                    await attempt(Self.picture, MsgID("m\(number)"), by: api))
                #expect(error.handling == .retry && !error.wasSent)
                await Task.yield()
            }
            #expect(uploads.withLock { $0 } == round)
            platform.wait(RetryPolicy.pause(afterFailed: round, jitter: 0))
        }
    }

    @Test func aNewerIDOutlivesTheRefusalOfAnOlderOne() async throws {
        let (platform, shelf) = (Platform(), Shelf())
        let library = MediaLibrary(corp: "ww1", store: shelf, now: { platform.now })
        let api = platform.api.sending(filesOf: library, through: platform.api)
        try await deliver(Self.picture, "a", by: api)
        platform.forget("M1")
        try await deliver(Self.picture, "b", by: api)
        // Another message went out with the old id, and its refusal comes late.
        await library.forget(.image("M1"), of: Self.picture)
        try await deliver(Self.picture, "c", by: api)
        #expect(platform.sent.last == .image("M2") && platform.uploads.count == 2)
    }

    @Test func cardsCarryTheirPictures() async throws {
        let (platform, shelf) = (Platform(), Shelf())
        let file = MediaID(LibraryFile(hash: "abcdefghijklmnopqrstuv", name: "c.jpg"))
        #expect(file.libraryFile == LibraryFile(hash: "abcdefghijklmnopqrstuv", name: "c.jpg"))
        #expect(MediaID("3a8asd892asd8asd").libraryFile == nil)
        let link = OutgoingBody.link(
            .init(title: "T", description: nil, url: "https://e.example", thumbnail: file))
        try await deliver(link, "a", by: sender(platform, shelf))
        #expect(platform.sent.first?.media.map(\.id) == ["M1"])
        #expect(platform.uploads.map(\.kind) == [.image])
    }
}
