import Boundary
import ChatModel
import Engine
import PlatformSimulator
import Routing
import SQLiteStore
import Synchronization
import Testing

/// Which version decides for whom, while versions come and go.
@Suite struct VersionTests {
    private let platform = SimulatedPlatform()
    private let customer: ExternalUserID = "wm1"
    private let other: ExternalUserID = "wm2"

    @Test func aFlowEndsOnTheVersionItBeganOn() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        try await withEngine(api: platform.api, store: store) { engine in
            try writes("查订单", customer, engine)
            try await platform.shows(["订单号？"], to: customer)
            try await store.publish(.asking("新", id: "v2"), activate: true)
            try await eventually { engine.version == "v2" }
            try writes("你好", other, engine)
            try await platform.shows(["新"], to: other)
            try writes("42", customer, engine)
            try await platform.shows(["订单号？", "旧"], to: customer)
            try writes("你好", customer, engine)
            try await platform.shows(["订单号？", "旧", "新"], to: customer)
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aRestartKnowsTheVersionsConversationsAreOn() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        try await withEngine(api: platform.api, store: store) { engine in
            try writes("查订单", customer, engine)
            try await platform.shows(["订单号？"], to: customer)
        }
        try await store.publish(.asking("新", id: "v2"), activate: true)
        try platform.now {
            try $0.writes(customer, SimulatedPlatform.account, .text("42", menuItem: nil))
        }
        try await withEngine(api: platform.api, store: store) { engine in
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["订单号？", "旧"], to: customer)
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aVersionThatIsLostIsReplacedByTheActiveOne() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        try await withEngine(api: platform.api, store: store) { engine in
            try writes("查订单", customer, engine)
            try await platform.shows(["订单号？"], to: customer)
        }
        try await store.publish(.asking("新", id: "v2"), activate: true)
        try platform.now {
            try $0.writes(customer, SimulatedPlatform.account, .text("42", menuItem: nil))
        }
        let log = LogLines()
        try await withEngine(
            api: platform.api, store: FaultyStore(store, lost: ["v1"]), log: log
        ) { engine in
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["订单号？", "新"], to: customer)
        }
        #expect(
            log.contains(
                "error: a version that conversations are on is not in the store; the active one "
                    + "decides version=v1"))
        withExtendedLifetime(folder) {}
    }

    @Test func aCanaryServesItsShareUntilItIsOver() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        try await store.publish(.asking("新", id: "v2"), activate: false)
        try await store.setCanary(
            Canary(version: "v2", share: 1, author: "test", note: "", at: Environment.test.now()))
        let log = LogLines()
        try await withEngine(api: platform.api, store: store, log: log) { engine in
            try await eventually {
                log.contains(
                    "notice: a version is tried on a share of the customers share=1.0 version=v2")
            }
            try writes("你好", customer, engine)
            try await platform.shows(["新"], to: customer)
            #expect(engine.version == "v1")

            try await store.clearCanary(by: "test", note: "", at: Environment.test.now())
            try await eventually {
                log.contains(
                    "notice: no version is tried on a share of the customers any more")
            }
            try writes("你好", other, engine)
            try await platform.shows(["旧"], to: other)
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aRollbackIsTakenOver() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        try await withEngine(api: platform.api, store: store) { engine in
            try await eventually { engine.version == "v1" }
            try await store.publish(.asking("新", id: "v2"), activate: true)
            try await eventually { engine.version == "v2" }
            try await store.activate("v1", by: "test", note: "", at: Environment.test.now())
            try await eventually { engine.version == "v1" }
            try writes("你好", customer, engine)
            try await platform.shows(["旧"], to: customer)
        }
        withExtendedLifetime(folder) {}
    }

    /// Said before the next answer, without a publication; and no longer, once it is removed.
    @Test func aNoticeIsTakenOver() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        try await withEngine(api: platform.api, store: store) { engine in
            try await eventually { engine.version == "v1" }
            let now = Environment.test.now()
            // One that nobody can say takes no other with it.
            try await store.addNotice(
                LiveNotice(
                    name: "坏的", words: ["！！"], text: "不说。", until: now + .seconds(3600),
                    author: "test", at: now))
            try await store.addNotice(
                LiveNotice(
                    name: "快递", words: ["你好"], text: "快递会晚到。", until: now + .seconds(3600),
                    author: "test", at: now))
            await engine.reloadRules()
            try writes("你好", customer, engine)
            try await platform.shows(["快递会晚到。", "旧"], to: customer)

            try await store.removeNotice("快递", by: "test", note: "", at: now)
            await engine.reloadRules()
            try writes("你好", other, engine)
            try await platform.shows(["旧"], to: other)
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aReloadDoesNotWaitForTheNextLook() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        var environment = Environment.test
        environment.sleep = { duration in
            // The look that comes once a second never comes.
            if duration == .seconds(1) { await untilCancelled() }
            await Environment.test.sleep(duration)
        }
        try await withEngine(api: platform.api, store: store, environment: environment) { engine in
            try await eventually { engine.version == "v1" }
            try await store.publish(.asking("新", id: "v2"), activate: true)
            await engine.reloadRules()
            #expect(engine.version == "v2")
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aVersionThatCannotBeLoadedChangesNothing() async throws {
        let folder = try TemporaryFolder()
        let store = try await store(in: folder)
        let faulty = FaultyStore(store, lost: ["v2"])
        try await withEngine(api: platform.api, store: faulty) { engine in
            try await eventually { engine.version == "v1" }
            try await store.publish(.asking("新", id: "v2"), activate: true)
            await engine.reloadRules()
            try writes("你好", customer, engine)
            try await platform.shows(["旧"], to: customer)
            #expect(engine.version == "v1")
        }
        withExtendedLifetime(folder) {}
    }

    // MARK: Running

    private func store(in folder: TemporaryFolder) async throws -> SQLiteStore {
        let store = try SQLiteStore(path: folder.path + "/switchboard.db")
        try await store.publish(.asking("旧", id: "v1"), activate: true)
        return store
    }

    private func writes(_ text: String, _ customer: ExternalUserID, _ engine: Engine) throws {
        try platform.now {
            try $0.writes(customer, SimulatedPlatform.account, .text(text, menuItem: nil))
        }
        engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
    }
}
