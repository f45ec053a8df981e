import Actions
import Boundary
import ChatModel
import Routing
import Synchronization
import Testing

@Suite struct QuotaGateTests {
    private let platform = ScriptedPlatform()
    private let soon = ScriptedPlatform.start + .seconds(2)

    private func gate(perMinute: Int? = nil, mostInFlight: Int = 256) -> QuotaGate {
        var limits = QuotaLimits.off
        limits.corp.perMinute = perMinute
        limits.flight.most = mostInFlight
        return QuotaGate(limits, environment: platform.environment)
    }

    /// Runs the gate around `body`, then closes it.
    private func running(_ gate: QuotaGate, _ body: @escaping @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await gate.run() }
            await body()
            gate.close()
        }
    }

    @Test func aCallWaitsUntilTheQuotaHasRoom() async throws {
        let gate = gate(perMinute: 2)
        let times = Notes<Timestamp>()
        await running(gate) { [platform, soon] in
            await withTaskGroup { calls in
                for _ in 0..<5 {
                    calls.addTask {
                        try? await gate.call(.customers, of: "ww1", by: soon) {
                            times.add(platform.environment.now())
                        }
                    }
                }
            }
        }
        let waits = times.all.map { $0 - ScriptedPlatform.start }.sorted()
        #expect(waits.count == 5)
        #expect(waits.prefix(2).allSatisfy { $0 < .seconds(1) })
        #expect(waits.dropFirst(2).prefix(2).allSatisfy { $0 >= .seconds(60) && $0 < .seconds(63) })
        #expect(waits.last ?? .zero >= .seconds(120))
    }

    @Test func theMostUrgentOfThoseThatWaitGoesFirst() async {
        let gate = gate(mostInFlight: 1)
        let (blocked, goesOn) = AsyncStream<Void>.makeStream()
        let order = Notes<Int>()
        await running(gate) { [soon] in
            await withTaskGroup { calls in
                calls.addTask {
                    try? await gate.call(.customers, of: "ww1", by: soon) {
                        for await _ in blocked {}
                    }
                }
                while gate.report().first?.inFlight != 1 { await Task.yield() }
                for (count, deadline) in [3, 1, 2].enumerated() {
                    calls.addTask {
                        try? await gate.call(.customers, of: "ww1", by: soon + .seconds(deadline)) {
                            order.add(deadline)
                        }
                    }
                    while gate.report().first?.waiting != count + 1 { await Task.yield() }
                }
                goesOn.finish()
            }
        }
        #expect(order.all == [1, 2, 3])
    }

    @Test func whoWaitsIsSentAwayWhenTheGateCloses() async {
        let gate = gate(perMinute: 1)
        let calls = Notes<Bool>()
        @Sendable func isCalled() async -> Bool {
            do throws(PlatformFailure) {
                try await gate.call(.customers, of: "ww1", by: soon) {
                    calls.add(true)
                }
                return true
            } catch {
                return false
            }
        }
        #expect(await isCalled())
        await withTaskGroup { group in
            group.addTask { #expect(await !isCalled()) }
            while gate.report().first?.waiting != 1 { await Task.yield() }
            gate.close()
        }
        #expect(await !isCalled(), "the gate is closed")
        #expect(calls.all.count == 1)
    }

    @Test func aRefusalForTheQuotaIsAPauseForEverybody() async {
        let gate = gate(perMinute: 1000)
        let often = PlatformFailure(code: 45009, handling: .wait, meaning: "often")
        let times = Notes<Timestamp>()
        await running(gate) { [platform, soon] in
            try? await gate.call(.customers, of: "ww1", by: soon) {
                () async throws(PlatformFailure) in throw often
            }
            try? await gate.call(.customers, of: "ww1", by: soon) {
                times.add(platform.environment.now())
            }
        }
        #expect(times.all.first ?? soon >= ScriptedPlatform.start + .seconds(60))
    }

    // MARK: The platform's calls

    @Test func pullsOfACorpsAppsAreCountedTogether() async throws {
        let gate = gate(perMinute: 1000)
        let now = platform.environment.now
        let apps = [0, 1].map { _ in platform.api.metered(by: gate, as: "ww1", now: now) }
        for app in apps {
            _ = try await app.pull(PullRequest(account: "wk1", cursor: nil, token: "t"))
            _ = try await app.session(ConversationID(account: "wk1", customer: "a"))
            _ = try await app.servicers("wk1")
            _ = try await app.accounts()
            _ = try await app.customers(["a"], false)
        }
        let counts = gate.report().map { ($0.endpoint, $0.inMinute.calls) }
        let expected: [PlatformEndpoint] = [
            .listAccounts, .listServicers, .readSession, .pull, .customers,
        ]
        #expect(counts.map(\.0) == expected)
        #expect(counts.allSatisfy { $0.1 == 2 })
    }

    @Test func everyPageOfAccountsCounts() async throws {
        let gate = gate(perMinute: 1000)
        var api = platform.api
        api.accounts = { () async throws(PlatformFailure) in
            (0..<250).map { ListedAccount(id: OpenKfID("wk\($0)"), name: "", isManaged: true) }
        }
        _ = try await api.metered(by: gate, as: "ww1", now: platform.environment.now).accounts()
        #expect(gate.report().first?.inMinute.calls == 3)
    }

    /// The repetition after a token error is known to the client alone.
    @Test func requestsThatAreNotedAreCountedFromTheLastOne() async throws {
        let gate = gate(perMinute: 1000)
        let environment = platform.environment
        for fails in [false, true] {
            try? await gate.call(.customers, of: "ww1", by: soon) {
                () async throws(PlatformFailure) in
                CallRecord.current?.note(at: environment.now())
                await environment.sleep(.seconds(1))
                CallRecord.current?.note(at: environment.now())
                await environment.sleep(.milliseconds(70))
                if fails { throw PlatformFailure(code: 40058, handling: .drop, meaning: "no") }
            }
        }
        #expect(gate.report().first?.inMinute.calls == 4)
        #expect(gate.report().first?.latency == .milliseconds(70))
    }

    /// The stricter quota of pulls without a token says nothing about the others.
    @Test func aPullWithoutATokenThatIsRefusedHoldsUpNobody() async throws {
        let gate = gate(perMinute: 1000)
        var api = platform.api
        api.pull = { request async throws(PlatformFailure) in
            if request.token == nil {
                throw PlatformFailure(code: 45009, handling: .wait, meaning: "often")
            }
            return PulledPage(next: "n", hasMore: false, rows: [])
        }
        let metered = api.metered(by: gate, as: "ww1", now: platform.environment.now)
        do throws(PlatformFailure) {
            _ = try await metered.pull(PullRequest(account: "wk1", cursor: nil, token: nil))
            Issue.record("the refusal is handed on")
        } catch {
            #expect(error.code == 45009)
        }
        #expect(gate.report().first?.blockedUntil == nil)
        _ = try await metered.pull(PullRequest(account: "wk1", cursor: nil, token: "t"))
    }

    // MARK: Beside the outbox

    @Test func theOutboxSaysWhatWaits() async {
        platform.answer { _ in
            .failure(PlatformFailure(code: 45009, handling: .wait, meaning: "often"))
        }
        let gate = gate()
        let performer = OutboxPerformer(
            accounts: ["wk1": .init(api: platform.api, corp: "ww1")], gate: gate,
            environment: platform.environment,
            sink: OutcomeSink(completed: { _ in }, failed: { _, _ in }))
        platform.stopTime()
        await withTaskGroup { group in
            group.addTask { await performer.run() }
            await performer.enqueue([.test("a", 0, .send(.text("1")))])
            while await performer.quotas().first?.blockedUntil == nil { await Task.yield() }
            await performer.enqueue([.test("b", 0, .send(.text("1")))])
            while await performer.quotas().first?.waiting != 2 { await Task.yield() }
            let status = await performer.quotas().first
            #expect(status?.corp == "ww1")
            #expect(status?.endpoint == .send)
            #expect(status?.inFlight == 0)
            await performer.stop()
        }
        #expect(await performer.counts == ["wk1": 2])
    }

    @Test func entriesOfAccountsThatNobodyServesAreLeftAlone() async {
        let performer = OutboxPerformer(
            accounts: [:], gate: gate(), environment: platform.environment,
            sink: OutcomeSink(completed: { _ in }, failed: { _, _ in }))
        await performer.enqueue([.test("a", 0, .send(.text("1")))])
        #expect(await performer.count == 0)
    }
}

/// What calls noted, in their order.
private final class Notes<Value: Sendable>: Sendable {
    private let notes = Mutex<[Value]>([])

    var all: [Value] { notes.withLock { $0 } }

    func add(_ note: Value) { notes.withLock { $0.append(note) } }
}
