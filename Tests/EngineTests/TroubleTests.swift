import Boundary
import ChatModel
import Engine
import PlatformSimulator
import Routing
import SQLiteStore
import ServiceLifecycle
import Synchronization
import Testing

/// What must not be lost, repeated or hammered when something around the engine fails.
@Suite struct TroubleTests {
    private let account = SimulatedPlatform.account
    private let customer: ExternalUserID = "wm1"

    @Test func aGracefulStopLetsTheCallUnderWayComeBack() async throws {
        let platform = SimulatedPlatform()
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let (started, isUnderWay) = AsyncStream<Void>.makeStream()
        var api = platform.api
        let transfer = api.transfer
        api.transfer = { id, target async throws(PlatformFailure) in
            isUnderWay.finish()
            try? await gracefulShutdown()
            // The answer takes a moment, in which a cancelled call would be broken off.
            do { try await Task.sleep(for: .milliseconds(100)) } catch {
                throw PlatformFailure(code: nil, handling: .retry, meaning: "broken off")
            }
            return try await transfer(id, target)
        }
        try await withEngine(api: api, store: store) { engine in
            try platform.now { try $0.writes(customer, account, .text("人工", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            for await _ in started {}
        }
        // The transfer is recorded with its code, and the queue text waits for the next start.
        let pending = try await store.pendingOutbox().map(\.action)
        #expect(pending.count == 1)
        guard case .sendOnEvent(_, .text("请稍候"))? = pending.first else {
            Issue.record("pending: \(pending)")
            return
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aMarkThatFailedIsMadeWithTheNextNews() async throws {
        let platform = SimulatedPlatform()
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let faulty = FaultyStore(store, failingSettles: 1)
        try await withEngine(api: platform.api, store: faulty) { engine in
            for round in 1...2 {
                try platform.now {
                    try $0.writes(customer, account, .text("你好", menuItem: nil))
                }
                engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
                try await platform.shows(
                    Array(repeating: "您好", count: round), to: customer)
                try await eventually { faulty.failuresLeft == 0 }
            }
            // Otherwise both would count against the customer's budget until a restart.
            try await eventually { try await store.pendingOutbox().isEmpty }
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aTokenThatCameDuringARefusedPullIsUsed() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let pulled = Mutex<[SyncToken?]>([])
        let (opened, open) = AsyncStream<Void>.makeStream()
        var api = SimulatedPlatform().api
        api.pull = { request async throws(PlatformFailure) in
            pulled.withLock { $0.append(request.token) }
            if request.token == "old" {
                for await _ in opened {}
                throw PlatformFailure(code: 95007, handling: .withoutToken, meaning: "old")
            }
            return PulledPage(next: "next", hasMore: false, rows: [])
        }
        try await withEngine(api: api, store: store) { [account] engine in
            func wake(with token: SyncToken) {
                engine.wake(
                    SimulatedPlatform.app,
                    by: WakeUp(account: account, token: token, createdAt: nil))
            }
            func wokenAt() async -> Timestamp? { await engine.pullStatuses()[account]?.wokenAt }
            wake(with: "old")
            try await eventually { pulled.withLock { $0.contains("old") } }
            let before = await wokenAt()
            try await eventually { Environment.test.now() > before ?? Environment.test.now() }
            wake(with: "new")
            try await eventually { await wokenAt() != before }
            open.finish()
            try await eventually { pulled.withLock { $0.contains("new") } }
        }
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: [
        PlatformFailure(code: 50100, handling: .resetCursor, meaning: "cursor"),
        PlatformFailure(code: -1, handling: .retry, meaning: "busy"),
        PlatformFailure(code: 45009, handling: .wait, meaning: "often"),
        PlatformFailure(code: 60020, handling: .stop, meaning: "IP"),
        PlatformFailure(code: 40058, handling: .drop, meaning: "parameter"),
    ])
    func aPullRefusedAgainAndAgainIsPaced(refusal: PlatformFailure) async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let pulls = Mutex(0)
        let waited = Mutex(Duration.zero)
        let atThird = Mutex<Duration?>(nil)
        var api = SimulatedPlatform().api
        api.pull = { request async throws(PlatformFailure) in
            if request.token == nil { return PulledPage(next: "n", hasMore: false, rows: []) }
            let count = pulls.withLock { count in
                count += 1
                return count
            }
            if count == 3 { atThird.withLock { $0 = waited.withLock { $0 } } }
            throw refusal
        }
        // The puller waits in slices of 200 ms, the once-a-second look at the timers in one piece.
        // So does the gate, whose block ends when the clock says so.
        var environment = Environment.test
        environment.now = { Environment.test.now() + waited.withLock { $0 } }
        environment.sleep = { duration in
            if duration <= .milliseconds(200) { waited.withLock { $0 += duration } }
            try? await Task.sleep(for: .milliseconds(1))
        }
        try await withEngine(api: api, store: store, environment: environment) {
            [account] engine in
            engine.wake(
                SimulatedPlatform.app,
                by: WakeUp(account: account, token: "token", createdAt: nil))
            try await eventually { atThird.withLock { $0 != nil } }
        }
        #expect(atThird.withLock { $0 ?? .zero } >= .milliseconds(500))
        withExtendedLifetime(folder) {}
    }

    /// A welcome code lives 20 seconds: it must not wait for the end of a minute's pause.
    @Test func aCallbackEndsTheRestAfterAFailedPull() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let platform = SimulatedPlatform()
        let isRefusing = Mutex(true)
        let refused = Mutex(0)
        var api = platform.api
        let pull = api.pull
        api.pull = { request async throws(PlatformFailure) in
            if isRefusing.withLock({ $0 }) {
                refused.withLock { $0 += 1 }
                throw PlatformFailure(code: 60020, handling: .stop, meaning: "IP")
            }
            return try await pull(request)
        }
        try await withEngine(api: api, store: store) { [account, customer] engine in
            try await eventually { refused.withLock { $0 } == 1 }
            isRefusing.withLock { $0 = false }
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await platform.shows(["您好"], to: customer)
        }
        withExtendedLifetime(folder) {}
    }

    /// Sending was refused and rests for a minute; the platform then says that it is granted.
    @Test func anAccountGrantedAgainIsAnsweredAtOnce() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let platform = SimulatedPlatform()
        let isWithdrawn = Mutex(true)
        let refused = Mutex(0)
        var api = platform.api
        let send = api.send
        api.send = { id, msgID, body async throws(PlatformFailure) in
            if isWithdrawn.withLock({ $0 }) {
                refused.withLock { $0 += 1 }
                throw PlatformFailure(code: 48007, handling: .stop, meaning: "not granted")
            }
            return try await send(id, msgID, body)
        }
        try await withEngine(api: api, store: store) { [account, customer] engine in
            try platform.now { try $0.writes(customer, account, .text("你好", menuItem: nil)) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await eventually { refused.withLock { $0 } == 1 }
            engine.accountsChanged(
                of: SimulatedPlatform.app, granted: [], withdrawn: [account])
            try await eventually { await engine.pullStatuses()[account]?.code == 48007 }
            isWithdrawn.withLock { $0 = false }
            engine.accountsChanged(
                of: SimulatedPlatform.app, granted: [account], withdrawn: [])
            try await eventually { await engine.pullStatuses()[account]?.problem == nil }
            try await platform.shows(["您好"], to: customer)
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aMisspeltAliasIsSaidAloud() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let log = LogLines()
        try await withEngine(
            api: SimulatedPlatform().api, store: store, alias: "shopp", log: log
        ) { engine in
            try await eventually { engine.version != nil }
            try await eventually {
                log.contains(
                    "warning: no rules serve these accounts: nobody who writes to them is "
                        + "answered accounts=shopp")
            }
            try await eventually {
                log.contains(
                    "notice: rules name accounts that the configuration does not have "
                        + "accounts=shop")
            }
        }
        withExtendedLifetime(folder) {}
    }

    @Test func aMessageThePlatformDidNotDeliverIsSaidAloud() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let log = LogLines()
        let row = Inbound(
            msgID: "e", account: account, sentAt: Environment.test.now(),
            content: .event(.sendFailed(customer, message: "out", .nobodyLoggedIn)))
        var api = SimulatedPlatform().api
        api.pull = { _ async throws(PlatformFailure) in
            PulledPage(next: "n", hasMore: false, rows: [row])
        }
        try await withEngine(api: api, store: store, log: log) { _ in
            try await eventually {
                log.contains(
                    "warning: the platform did not deliver a message it had accepted account=wk1 "
                        + "reason=delivery_failed:11 out: no corp member has logged in to the "
                        + "WeCom app")
            }
        }
        withExtendedLifetime(folder) {}
    }

    /// A restart in a storm: the first pull finds the endpoint blocked, which is no fault of ours.
    @Test(arguments: [(45009, PlatformFailure.Handling.wait, true), (60020, .stop, false)])
    func aBlockIsToldFromAFault(
        code: Int, handling: PlatformFailure.Handling, isBlocked: Bool
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        var api = SimulatedPlatform().api
        api.pull = { _ async throws(PlatformFailure) in
            throw PlatformFailure(code: code, handling: handling, meaning: "refused")
        }
        try await withEngine(api: api, store: store) { [account] engine in
            try await eventually { await engine.pullStatuses()[account]?.problem == "refused" }
            let status = await engine.pullStatuses()[account]
            #expect(status?.code == code)
            #expect(status?.isBlocked == isBlocked)
        }
        withExtendedLifetime(folder) {}
    }

    @Test func moreThatNeverMovesOnIsGivenUpForAWhile() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let row = Inbound(
            msgID: "m", account: account, sentAt: Environment.test.now(),
            content: .fromCustomer(customer, .text("你好", menuItem: nil)))
        var api = SimulatedPlatform().api
        api.pull = { _ async throws(PlatformFailure) in
            PulledPage(next: "same", hasMore: true, rows: [row])
        }
        try await withEngine(api: api, store: store) { [account] engine in
            try await eventually {
                await engine.pullStatuses()[account]?.problem?.contains("stands still") == true
            }
        }
        withExtendedLifetime(folder) {}
    }
}
