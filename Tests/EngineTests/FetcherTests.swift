import Boundary
import ChatModel
import Engine
import Foundation
import Logging
import Routing
import SQLiteStore
import Synchronization
import Testing

/// What customers sent is fetched while the platform has it, and who they are once they wrote.
@Suite struct FetcherTests {
    private static let account: OpenKfID = "wk1"
    private static let now = Timestamp(seconds: 1_763_700_000)
    private static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private func withStore(_ body: (SQLiteStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "fetcher-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteStore(path: folder.appending(path: "a.db").path)
        try await body(store)
        try store.close()
    }

    private func receive(_ rows: [Inbound], _ store: SQLiteStore) async throws {
        let page = Work.Page(account: Self.account, rows: rows, next: "c", token: nil)
        _ = try await store.commit(.page(page), version: nil, now: Self.now) { snapshot in
            Router(active: nil, aliases: [:]).step(.page(page), on: snapshot, now: Self.now)
        }
    }

    private func message(_ id: MsgID, from customer: ExternalUserID, _ body: MessageBody) -> Inbound
    {
        Inbound(
            msgID: id, account: Self.account, sentAt: Self.now,
            content: .fromCustomer(customer, body))
    }

    /// A clock that only a test moves.
    private final class Clock: Sendable {
        let time = Mutex(FetcherTests.now)
    }

    private func environment(_ clock: Clock = Clock()) -> Environment {
        var environment = Environment.test
        environment.now = { clock.time.withLock { $0 } }
        environment.shortHash = { bytes in
            String(repeating: "h", count: 20) + String(bytes.count)
        }
        return environment
    }

    @Test func aFileIsFetchedOnceAndKept() async throws {
        try await withStore { store in
            try await receive(
                [
                    message("m1", from: "wm1", .image("MEDIA-1")),
                    message("m2", from: "wm1", .text("你好", menuItem: nil)),
                    message("m3", from: "wm2", .image("MEDIA-GONE")),
                    message("m4", from: "wm2", .image("MEDIA-ODD")),
                ], store)
            let asked = Mutex<[MediaID]>([])
            var api = SimulatedPlatform().api
            api.download = { (id) async throws(PlatformFailure) in
                let count = asked.withLock { asked in
                    asked.append(id)
                    return asked.count { $0 == id }
                }
                if id == "MEDIA-GONE" {
                    throw PlatformFailure(code: 40007, handling: .uploadAgain, meaning: "")
                }
                // No word of the platform's says that this is final.
                if id == "MEDIA-ODD" {
                    throw PlatformFailure(
                        code: 95_777, handling: .drop, meaning: "", isDocumented: false)
                }
                if count == 1 { throw PlatformFailure(code: -1, handling: .retry, meaning: "") }
                return DownloadedMedia(
                    filename: "伞.png", contentType: "image/png", bytes: Array("picture".utf8))
            }
            let clock = Clock()
            let app = FetchedApp(api: api, accounts: [Self.account])
            let fetcher = MediaFetcher(
                apps: [app], store: store, retention: .seconds(86_400),
                environment: environment(clock), logger: Self.logger)
            var row = await fetcher.fetch(after: nil, for: app)
            #expect(Set(asked.withLock { $0 }) == ["MEDIA-1", "MEDIA-GONE", "MEDIA-ODD"])
            #expect(try await store.fetchedMedia(of: "m1") == nil)
            // Busy is tried again after a pause; forgotten is forgotten.
            row = await fetcher.fetch(after: row, for: app)
            #expect(asked.withLock { $0.count } == 3)
            clock.time.withLock { $0 = $0 + .seconds(2) }
            row = await fetcher.fetch(after: row, for: app)
            #expect(asked.withLock { $0.count { $0 == "MEDIA-GONE" } } == 1)
            let file = try #require(try await store.fetchedMedia(of: "m1"))
            #expect(file.filename == "伞.png" && file.contentType == "image/png")
            let stored = try #require(try await store.stored(file.hash))
            #expect(try Data(contentsOf: URL(fileURLWithPath: stored.path)) == Data("picture".utf8))
            clock.time.withLock { $0 = $0 + .seconds(60) }
            row = await fetcher.fetch(after: row, for: app)
            #expect(row == 4 && asked.withLock { $0.count { $0 == "MEDIA-1" } } == 2)
            #expect(asked.withLock { $0.count { $0 == "MEDIA-ODD" } } == 3)
        }
    }

    /// One corp waits for its quota, and the other's files come all the same.
    @Test func anAppThatIsHeldUpHoldsUpNoOther() async throws {
        try await withStore { store in
            try await receive([message("m1", from: "wm1", .image("MEDIA-1"))], store)
            var api = SimulatedPlatform().api
            api.download = { _ async throws(PlatformFailure) in
                DownloadedMedia(filename: nil, contentType: "image/png", bytes: [1])
            }
            var held = api
            held.download = { _ async throws(PlatformFailure) in
                try? await Task.sleep(for: .seconds(600))
                throw PlatformFailure(code: nil, handling: .retry, meaning: "cancelled")
            }
            let other: OpenKfID = "wk2"
            let page = Work.Page(
                account: other,
                rows: [
                    Inbound(
                        msgID: "o1", account: other, sentAt: Self.now,
                        content: .fromCustomer("wm9", .image("MEDIA-9")))
                ], next: "c", token: nil)
            _ = try await store.commit(.page(page), version: nil, now: Self.now) { snapshot in
                Router(active: nil, aliases: [:]).step(.page(page), on: snapshot, now: Self.now)
            }
            let fetcher = MediaFetcher(
                apps: [
                    FetchedApp(api: held, accounts: [other]),
                    FetchedApp(api: api, accounts: [Self.account]),
                ], store: store, retention: .seconds(86_400), environment: environment(),
                logger: Self.logger)
            let running = Task { try await fetcher.run() }
            try await eventually { try await store.fetchedMedia(of: "m1") != nil }
            running.cancel()
            try await running.value
        }
    }

    @Test func customersAreAskedAboutOnceTheyWrote() async throws {
        try await withStore { store in
            let rows = (0..<150).map {
                message(
                    MsgID("m\($0)"), from: ExternalUserID("wm\($0)"), .text("你好", menuItem: nil))
            }
            try await receive(rows, store)
            let asked = Mutex<[[ExternalUserID]]>([])
            var api = SimulatedPlatform().api
            api.customers = { (ids, withEntrance) async throws(PlatformFailure) in
                #expect(withEntrance)
                asked.withLock { $0.append(ids) }
                return CustomerBatch(
                    profiles: ids.dropLast().map {
                        CustomerBatch.Profile(
                            id: $0, nickname: "客户\($0)", gender: .male,
                            entrance: Entrance(scene: "site"))
                    }, unknown: ids.suffix(1))
            }
            let app = FetchedApp(api: api, accounts: [Self.account])
            let fetcher = ProfileFetcher(
                apps: [app], store: store, environment: environment(),
                logger: Self.logger)
            let (next, failure) = try await fetcher.look(after: 0, for: app)
            #expect(failure == nil && next == 150)
            #expect(asked.withLock { $0.map(\.count) } == [100, 50])
            let first = try await store.conversation(
                ConversationID(account: Self.account, customer: "wm0"))
            #expect(
                first?.profile
                    == CustomerProfile(nickname: "客户wm0", gender: .male, scene: "site"))
            let hidden = try await store.conversation(
                ConversationID(account: Self.account, customer: "wm149"))
            #expect(hidden?.profile == CustomerProfile(nickname: nil))
            // Known ones aren't asked about again, whatever they write.
            try await receive([message("n", from: "wm0", .text("在吗", menuItem: nil))], store)
            #expect(try await fetcher.look(after: next, for: app).next == 151)
            #expect(asked.withLock { $0.count } == 2)
        }
    }

    @Test(arguments: [
        (PlatformFailure.Handling.retry, 0), (.wait, 0), (.drop, 1), (.stop, 0),
    ])
    func aRefusalLeavesThemForLater(_ handling: PlatformFailure.Handling, next: Int) async throws {
        try await withStore { store in
            try await receive([message("m", from: "wm1", .text("你好", menuItem: nil))], store)
            var api = SimulatedPlatform().api
            api.customers = { (_, _) async throws(PlatformFailure) in
                throw PlatformFailure(code: 1, handling: handling, meaning: "")
            }
            let app = FetchedApp(api: api, accounts: [Self.account])
            let fetcher = ProfileFetcher(
                apps: [app], store: store, environment: environment(),
                logger: Self.logger)
            let result = try await fetcher.look(after: 0, for: app)
            #expect(result.next == next && (result.failure == nil) == (handling == .drop))
        }
    }
}
