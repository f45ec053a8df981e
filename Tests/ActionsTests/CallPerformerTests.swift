import Actions
import Boundary
import ChatModel
import Routing
import Synchronization
import Testing

@Suite struct CallPerformerTests {
    private let systems = ScriptedSystems()

    @Test func anAnswerIsHandedOnWithTheCallsKey() async {
        systems.answer { _ in .success(["状态": "已发货"]) }
        await performing { performer, reports in
            await performer.enqueue([.call("a"), .test("b", 0, .send(.text("not a call")))])
            let completed = await reports.next(1)
            #expect(completed.map(\.outcome) == [.answered(.fields(["状态": "已发货"]))])
            #expect(completed.map(\.entry) == [.call("a")])
            #expect(systems.requests.map(\.idempotencyKey) == ["m-a/0"])
            #expect(systems.requests.map(\.operation.description) == ["ERP.ask"])
            #expect(systems.requests.map(\.timeout) == [.seconds(3)])
            #expect(await performer.count == 0)
        }
    }

    @Test func troubleIsTriedAgainUnderTheSameKeyInTheTimeLeft() async {
        systems.answer { [systems] _ in
            systems.requests.count < 3 ? .failure(.broken) : .success([:])
        }
        await performing { performer, reports in
            await performer.enqueue([.call("a", "ask3")])
            await systems.clock.letPass(whenAskedFor: .milliseconds(200))
            await systems.clock.letPass(whenAskedFor: .milliseconds(400))
            #expect(await reports.next(1).map(\.outcome) == [.answered(.fields([:]))])
            #expect(systems.requests.map(\.idempotencyKey) == ["m-a/0", "m-a/0", "m-a/0"])
            #expect(
                systems.requests.map(\.timeout) == [
                    .seconds(3), .milliseconds(2800), .milliseconds(2400),
                ])
            #expect(systems.failures == ["http_500", "http_500"])
        }
    }

    @Test func aSystemThatNeverAnswersDelaysNobodyElse() async {
        systems.answer { request in
            if request.operation.service == "CRM" { return .success([:]) }
            await untilCancelled()
            return .failure(.broken)
        }
        await performing { performer, reports in
            await performer.enqueue((0..<12).map { .call("\($0)") } + [.call("crm", to: "CRM")])
            #expect(await reports.next(1).map(\.entry.name) == ["crm"])

            // Those under way and those that wait are over when their time is.
            systems.clock.advance(by: .seconds(3))
            let late = await reports.next(12)
            #expect(late.allSatisfy { $0.outcome == .answered(.failed("timeout")) })
            #expect(Set(late.map(\.entry.name)) == Set((0..<12).map { "\($0)" }))
            #expect(systems.requests.filter { $0.operation.service == "ERP" }.count == 8)
            #expect(systems.rests == ["ERP"])
        }
    }

    @Test func whatIsWithdrawnIsBrokenOffWithoutAnOutcome() async {
        let (cancelled, isCancelled) = AsyncStream<String>.makeStream()
        systems.answer { request in
            let name = request.parameters.first?.value ?? ""
            if name == "last" { return .success([:]) }
            await untilCancelled()
            isCancelled.yield(name)
            return .success(["too": "late"])
        }
        await performing { performer, reports in
            await performer.enqueue([.call("a"), .call("b")])
            while systems.requests.count < 2 { await Task.yield() }
            await performer.cancel([ConversationID(account: "wk1", customer: "a")])
            await performer.withdraw([
                (
                    ActionID(cause: .inbound("m-b"), ordinal: 0),
                    ConversationID(account: "wk1", customer: "b")
                )
            ])
            var broken: Set<String> = []
            for await name in cancelled {
                broken.insert(name)
                if broken.count == 2 { break }
            }
            #expect(await performer.count == 0)
            await performer.enqueue([.call("last")])
            #expect(await reports.next(1).map(\.entry.name) == ["last"])
        }
    }

    @Test func whatTheConfigurationHasNotFailsAtOnce() async {
        await performing { performer, reports in
            await performer.enqueue([.call("a", "nothing")])
            #expect(
                await reports.next(1).map(\.outcome) == [.answered(.failed("not_configured"))])
            #expect(systems.requests.isEmpty)
            #expect(systems.failures == ["not_configured"])
        }
    }

    @Test func stoppingLetsTheCallUnderWayComeBack() async {
        let (stopped, comesBack) = AsyncStream<Void>.makeStream()
        systems.answer { _ in
            for await _ in stopped {}
            return .success([:])
        }
        let reports = Reports()
        let performer = performer(reporting: reports)
        await withTaskGroup { group in
            group.addTask { await performer.run() }
            await performer.enqueue([.call("a")])
            while systems.requests.isEmpty { await Task.yield() }
            await performer.stop()
            await performer.enqueue([.call("b")])
            comesBack.finish()
            #expect(await reports.next(1).map(\.entry.name) == ["a"])
            await systems.clock.letPass(whenAskedFor: .milliseconds(100))
        }
        #expect(systems.requests.count == 1, "nothing new is started")
    }

    @Test func stoppingWaitsForNoSystemForLong() async {
        systems.answer { _ in
            await untilCancelled()
            return .failure(.broken)
        }
        let reports = Reports()
        let performer = performer(reporting: reports)
        await withTaskGroup { group in
            group.addTask { await performer.run() }
            await performer.enqueue([.call("a", timeout: .seconds(60))])
            while systems.requests.isEmpty { await Task.yield() }
            await performer.stop()
            await systems.clock.letPass(whenAskedFor: .milliseconds(100))
            await systems.clock.letPass(.seconds(3), whenAskedFor: .milliseconds(20))
        }
        #expect(await performer.count == 1, "it is made again after the next start")
    }

    // MARK: Running

    private func performer(reporting reports: Reports) -> CallPerformer {
        CallPerformer(
            api: systems.api, environment: systems.clock.environment,
            sink: CallSink(
                completed: { reports.add($0) },
                failed: { [systems] in systems.failed($1) },
                rests: { [systems] in systems.rested($0) }))
    }

    private func performing(
        _ body: @escaping @Sendable (CallPerformer, Reports) async -> Void
    ) async {
        let reports = Reports()
        let performer = performer(reporting: reports)
        await withTaskGroup { group in
            group.addTask { await performer.run() }
            await body(performer, reports)
            await performer.stop()
            systems.clock.stop()
        }
    }
}

/// Returns when the task is cancelled.
func untilCancelled() async {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    await withTaskCancellationHandler {
        for await _ in stream {}
    } onCancel: {
        continuation.finish()
    }
}

extension CompanyFailure {
    fileprivate static let broken = CompanyFailure("http_500", isTrouble: true, detail: "test")
}

/// The company's own systems, answering as the test says.
final class ScriptedSystems: Sendable {
    typealias Answer = Result<[String: String], CompanyFailure>

    private struct State {
        var requests: [CompanyRequest] = []
        var failures: [String] = []
        var rests: [String] = []
        var answer: @Sendable (CompanyRequest) async -> Answer = { _ in .success([:]) }
    }

    private let state = Mutex(State())
    let clock = ManualClock()

    var requests: [CompanyRequest] { state.withLock { $0.requests } }
    var failures: [String] { state.withLock { $0.failures } }
    var rests: [String] { state.withLock { $0.rests } }

    func answer(_ answer: @escaping @Sendable (CompanyRequest) async -> Answer) {
        state.withLock { $0.answer = answer }
    }

    func failed(_ failure: CompanyFailure) { state.withLock { $0.failures.append(failure.why) } }

    func rested(_ service: String) { state.withLock { $0.rests.append(service) } }

    var api: CompanyAPI {
        CompanyAPI(
            tries: [
                CompanyOperation(service: "ERP", name: "ask"): 1,
                CompanyOperation(service: "ERP", name: "ask3"): 3,
                CompanyOperation(service: "CRM", name: "ask"): 1,
            ]
        ) { request throws(CompanyFailure) in
            let answer = self.state.withLock { state in
                state.requests.append(request)
                return state.answer
            }
            return try await answer(request).get()
        }
    }
}

/// A clock that stands still until the test moves it.
final class ManualClock: Sendable {
    private struct State {
        var now = ScriptedPlatform.start
        var isStopped = false
        var sleepers:
            [(until: Timestamp, length: Duration, wake: CheckedContinuation<Void, Never>)] =
                []
    }

    private let state = Mutex(State())

    var environment: Environment {
        Environment(
            now: { self.state.withLock { $0.now } }, random: { 0 },
            sleep: { length in
                await withCheckedContinuation { wake in
                    let isOver = self.state.withLock { state in
                        if state.isStopped { return true }
                        state.sleepers.append((state.now + length, length, wake))
                        return false
                    }
                    if isOver { wake.resume() }
                }
            },
            shortHash: ScriptedPlatform().environment.shortHash)
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now + duration
            let due = state.sleepers.filter { $0.until <= state.now }
            state.sleepers.removeAll { $0.until <= state.now }
            return due
        }
        for sleeper in due { sleeper.wake.resume() }
    }

    /// Waits until somebody sleeps for `length`, then lets so much time pass, or as much as said.
    func letPass(_ duration: Duration? = nil, whenAskedFor length: Duration) async {
        while !state.withLock({ $0.sleepers.contains { $0.length == length } }) {
            await Task.yield()
        }
        advance(by: duration ?? length)
    }

    /// From now on nobody sleeps.
    func stop() {
        let all = state.withLock { state in
            state.isStopped = true
            defer { state.sleepers = [] }
            return state.sleepers
        }
        for sleeper in all { sleeper.wake.resume() }
    }
}
