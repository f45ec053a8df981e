import Boundary
import ChatModel
import Engine
import Foundation
import PlatformSimulator
import Routing
import RuleEngine
import SQLiteStore
import Testing

@Suite struct EngineTests {
    private let account = SimulatedPlatform.account
    private let customer: ExternalUserID = "wm1"

    @Test func aWakeUpIsAnswered() async throws {
        let platform = SimulatedPlatform()
        try await running(on: platform) { engine, _ in
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["您好"], to: customer)
        }
    }

    @Test func everyPageIsPulledThoughSomeAreEmpty() async throws {
        let platform = SimulatedPlatform {
            $0.pageSize = 2
            $0.emptyPageEvery = 2
        }
        try await running(on: platform) { engine, _ in
            for index in 0..<9 {
                try platform.now {
                    try $0.writes(
                        ExternalUserID("wm\(index)"), account, .text("你好", menuItem: nil))
                }
            }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            for index in 0..<9 {
                try await platform.shows(["您好"], to: ExternalUserID("wm\(index)"))
            }
        }
    }

    @Test func aLostReplyIsRepeatedAndAnsweredOnce() async throws {
        let platform = SimulatedPlatform()
        try await running(on: platform) { engine, store in
            platform.loseReplies(1)
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["您好"], to: customer)
            try await eventually { try await store.pendingOutbox().isEmpty }
            let refused = platform.now { $0.book.compactMap(\.verdict) }
            #expect(refused == [.repeat])
            #expect(platform.shown(to: customer) == ["您好"])
        }
    }

    @Test func anExpiredTokenLeadsToAPullWithoutOne() async throws {
        let platform = SimulatedPlatform()
        try await running(on: platform) { engine, _ in
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(
                SimulatedPlatform.app,
                by: WakeUp(account: account, token: "forged", createdAt: nil))
            try await eventually {
                platform.now { $0.book.contains { $0.errcode == 95007 } }
            }
            // The tokenless pull of the start was just made: the next callback opens the door.
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["您好"], to: customer)
        }
    }

    @Test func aHandOverSaysItsQueueTextAndThenKeepsSilent() async throws {
        let platform = SimulatedPlatform()
        try await running(on: platform) { engine, store in
            try platform.now { try $0.writes(customer, account, .text("人工", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["请稍候"], to: customer)
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            let id = ConversationID(account: account, customer: customer)
            try await eventually {
                try await store.transcript(of: id).contains { $0.reason == "waiting_in_pool" }
            }
            #expect(platform.shown(to: customer) == ["请稍候"])
        }
    }

    @Test func aNewVersionDecidesWithoutARestart() async throws {
        let platform = SimulatedPlatform()
        try await running(on: platform) { engine, store in
            try await store.publish(.greeting("新的您好", id: "v2"), activate: true)
            try await eventually { engine.version == "v2" }
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["新的您好"], to: customer)
        }
    }

    @Test func whatAStopLeftOverIsDoneAfterTheStart() async throws {
        let platform = SimulatedPlatform()
        let folder = try TemporaryFolder()
        try await running(on: platform, in: folder) { engine, store in
            // The platform is busy until the engine is stopped: the answer stays in the outbox.
            platform.now { $0.inject(.sendMessage, count: 1, errcode: -1) }
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await eventually { try await !store.pendingOutbox().isEmpty }
        }
        try await running(on: platform, in: folder) { _, store in
            try await platform.shows(["您好"], to: customer)
            try await eventually { try await store.pendingOutbox().isEmpty }
        }
        #expect(platform.shown(to: customer) == ["您好"])
    }

    @Test func historyIsLeftAloneAtTheFirstStart() async throws {
        let platform = SimulatedPlatform()
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        let old = Inbound(
            msgID: "old", account: account, sentAt: Environment.test.now() - .seconds(3600),
            content: .fromCustomer(customer, .text("你好", menuItem: nil)))
        var api = platform.api
        let pull = api.pull
        api.pull = { request async throws(PlatformFailure) in
            guard request.cursor == nil else { return try await pull(request) }
            return PulledPage(next: "after-history", hasMore: false, rows: [old])
        }
        try await running(on: platform, api: api, store: store) { _, store in
            let id = ConversationID(account: account, customer: customer)
            try await eventually {
                try await store.transcript(of: id).map(\.reason) == ["before_first_start"]
            }
            #expect(try await store.pendingOutbox().isEmpty)
        }
        withExtendedLifetime(folder) {}
    }

    // MARK: Running

    private func store(in folder: TemporaryFolder) async throws -> SQLiteStore {
        let store = try SQLiteStore(path: folder.path + "/switchboard.db")
        if try await store.activeVersionID() == nil {
            try await store.publish(.greeting("您好", id: "v1"), activate: true)
        }
        return store
    }

    private func running(
        on platform: SimulatedPlatform, in folder: TemporaryFolder? = nil,
        body: @escaping @Sendable (Engine, SQLiteStore) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        try await running(
            on: platform, api: platform.api, store: try await store(in: folder), body: body)
        withExtendedLifetime(folder) {}
    }

    private func running(
        on platform: SimulatedPlatform, api: PlatformAPI, store: SQLiteStore,
        body: @escaping @Sendable (Engine, SQLiteStore) async throws -> Void
    ) async throws {
        try await withEngine(api: api, store: store, body: { try await body($0, store) })
    }
}

/// A folder of its own for each test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "switchboard-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct NeverCame: Error {}

/// Waits until `condition` holds; 20 s is far more than any of these needs, on any machine.
func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<2000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw NeverCame()
}

extension SimulatedPlatform {
    /// The texts shown to a customer, in order.
    func shown(to customer: ExternalUserID) -> [String] {
        now { simulator in
            simulator.messagesShown(
                in: ConversationID(account: Self.account, customer: customer)
            ).map { message in
                if case .text(let text) = message.body { text } else { message.body.type }
            }
        }
    }

    func shows(_ texts: [String], to customer: ExternalUserID) async throws {
        try await eventually { self.shown(to: customer).count >= texts.count }
        #expect(shown(to: customer) == texts)
    }

    /// What the newest callback says.
    func wakeUp() -> WakeUp {
        let push = now { $0.takeDueCallbacks() }.last
        return WakeUp(
            account: push?.account, token: push?.token, createdAt: push?.createdAt)
    }
}

extension PublishedVersion {
    /// Rules that greet with `words` and hand over to the pool.
    static func greeting(_ words: String, id: RuleSetVersion) -> PublishedVersion {
        let place = SourcePlace(file: "test.kf.yml", line: 1, column: 1)
        return PublishedVersion(
            id: id,
            definition: RuleSetDefinition(bundles: [
                BundleDefinition(
                    name: "小店", accounts: ["shop"], menus: [],
                    rules: [
                        RuleDefinition(
                            name: "你好", place: place, triggers: [.saysExactly("你好")],
                            reply: [.text(Template(words))]),
                        RuleDefinition(
                            name: "人工", place: place, triggers: [.saysExactly("人工")],
                            handoff: HandoffDefinition(
                                to: .pool, waitingText: "请稍候", ended: nil)),
                    ])
            ]), sources: [:], author: "test", note: "",
            publishedAt: Timestamp(seconds: 1_700_000_000))
    }
}
