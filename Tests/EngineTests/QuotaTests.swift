import Boundary
import ChatModel
import Engine
import PlatformSimulator
import Routing
import SQLiteStore
import Synchronization
import Testing

/// Pulls, and the quota they are counted for.
@Suite struct QuotaTests {
    private let account = SimulatedPlatform.account

    /// One pull a callback would spend the quota in a storm.
    @Test func aStormOfCallbacksDuringAPullIsOneMorePull() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let pulls = Mutex(0)
        let (opened, open) = AsyncStream<Void>.makeStream()
        var api = SimulatedPlatform().api
        api.pull = { request async throws(PlatformFailure) in
            if request.token != nil {
                let count = pulls.withLock { count in
                    count += 1
                    return count
                }
                if count == 1 { for await _ in opened {} }
            }
            return PulledPage(next: "next", hasMore: false, rows: [])
        }
        try await withEngine(api: api, store: store) { [account] engine in
            func wake(_ number: Int64) {
                engine.wake(
                    SimulatedPlatform.app,
                    by: WakeUp(
                        account: account, token: SyncToken("t\(number)"),
                        createdAt: Timestamp(seconds: number)))
            }
            wake(0)
            try await eventually { pulls.withLock { $0 } == 1 }
            func wakeUps() async -> Int { await engine.pullStatuses()[account]?.wakeUps ?? 0 }
            for number in 1...1000 { wake(Int64(number)) }
            try await eventually { await wakeUps() == 1001 }
            open.finish()
            try await eventually { pulls.withLock { $0 } == 2 }
            // A lone callback afterwards is pulled for at once.
            wake(1001)
            try await eventually { pulls.withLock { $0 } == 3 }
        }
        #expect(pulls.withLock { $0 } == 3)
        withExtendedLifetime(folder) {}
    }

    /// In a storm a page is worth the other's time, and the answers behind it.
    @Test func aPageComesWhileTheOneBeforeItIsCommitted() async throws {
        let folder = try TemporaryFolder()
        let asked = Mutex<[SyncCursor?]>([])
        let wasAsked = Mutex(false)
        var api = SimulatedPlatform().api
        api.pull = { request async throws(PlatformFailure) in
            asked.withLock { $0.append(request.cursor) }
            return switch request.cursor {
            case nil: PulledPage(next: "c1", hasMore: false, rows: [])
            case "c1": PulledPage(next: "c2", hasMore: true, rows: [])
            default: PulledPage(next: "c3", hasMore: false, rows: [])
            }
        }
        let store = FaultyStore(try await greetingStore(in: folder)) { work in
            guard case .page(let page) = work, page.next == "c2" else { return }
            try? await eventually { asked.withLock { $0.contains("c2") } }
            wasAsked.withLock { $0 = asked.withLock { $0.contains("c2") } }
        }
        try await withEngine(api: api, store: store) { [account] engine in
            try await eventually { try await store.position(of: account)?.cursor == "c1" }
            engine.wake(
                SimulatedPlatform.app,
                by: WakeUp(account: account, token: "t", createdAt: nil))
            try await eventually { try await store.position(of: account)?.cursor == "c3" }
        }
        #expect(wasAsked.withLock { $0 })
        withExtendedLifetime(folder) {}
    }

    /// A restart in a storm must not make the platform block.
    @Test func aRestartForgetsNoCalls() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let platform = SimulatedPlatform()
        var limits = QuotaLimits.off
        limits.corp.perHour = 1000
        @Sendable func sent(_ engine: Engine) async -> Int? {
            await engine.quotas().first { $0.endpoint == .send }?.inHour.calls
        }
        for round in 1...2 {
            try await withEngine(api: platform.api, store: store, quotas: limits) {
                [account] engine in
                let customer: ExternalUserID = "wm1"
                try platform.now {
                    try $0.writes(customer, account, .text("你好", menuItem: nil))
                }
                engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
                try await platform.shows(Array(repeating: "您好", count: round), to: customer)
                try await eventually { await sent(engine) == round }
                try await eventually { try await store.pendingOutbox().isEmpty }
            }
        }
        withExtendedLifetime(folder) {}
    }

    @Test func appsOfOneCorpShareTheQuotaOfPulls() async throws {
        let folder = try TemporaryFolder()
        let store = try await greetingStore(in: folder)
        let pulls = Mutex<[OpenKfID]>([])
        var api = SimulatedPlatform().api
        api.pull = { request async throws(PlatformFailure) in
            pulls.withLock { $0.append(request.account) }
            return PulledPage(next: "next", hasMore: false, rows: [])
        }
        var quotas = QuotaLimits.off
        quotas.exceptions[.pull] = QuotaLimits.Exception(
            corp: .init(perMinute: 2, perHour: nil))
        let other = Engine.App(
            alias: "kf2", corp: "ww1", api: api, accounts: ["shop2": "wk2"])
        try await withEngine(
            api: api, store: store, quotas: quotas, others: [other]
        ) { [account] engine in
            // Either account's first pull, or one of them waits behind the other's.
            try await eventually {
                await engine.quotas().contains { $0.endpoint == .pull && $0.inMinute.calls > 0 }
            }
            engine.wake(
                SimulatedPlatform.app, by: WakeUp(account: account, token: "t", createdAt: nil))
            engine.wake("kf2", by: WakeUp(account: "wk2", token: "t", createdAt: nil))
            try await eventually {
                await engine.quotas().contains { $0.endpoint == .pull && $0.waiting > 0 }
            }
        }
        #expect(pulls.withLock { $0.count } <= 2)
        withExtendedLifetime(folder) {}
    }
}
