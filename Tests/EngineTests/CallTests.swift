import Boundary
import ChatModel
import Engine
import PlatformSimulator
import Routing
import RuleEngine
import SQLiteStore
import Synchronization
import Testing

/// Calls to the company's own systems, beside everything else the engine does.
@Suite struct CallTests {
    private let platform = SimulatedPlatform()
    private let systems = CompanySystems()
    private let customer: ExternalUserID = "wm1"
    private let other: ExternalUserID = "wm2"

    @Test func anAnswerIsSaid() async throws {
        systems.answer { _ in .success(["状态": "已发货"]) }
        try await running { engine, store in
            try writes("查订单", customer, engine)
            try await platform.shows(["已发货"], to: customer)
            #expect(systems.requests.map(\.operation.description) == ["ERP.ask"])
            #expect(systems.requests.map { $0.parameters.map(\.value) } == [["42"]])
            try await eventually { try await store.pendingOutbox().isEmpty }
            #expect(await engine.callCount() == 0)
        }
    }

    @Test func aFailureTakesTheFlowsOtherWay() async throws {
        systems.answer { _ in
            .failure(CompanyFailure("http_404", isTrouble: false, detail: "test"))
        }
        let log = LogLines()
        try await running(log: log) { engine, _ in
            try writes("查订单", customer, engine)
            try await platform.shows(["系统忙"], to: customer)
        }
        #expect(log.contains { $0.hasPrefix("warning: a call to a company's system failed") })
        #expect(!log.contains { $0.contains("42") }, "what is sent may be a customer's words")
    }

    @Test func whatTheConfigurationHasNotIsSaidAtTheStartAndFails() async throws {
        let log = LogLines()
        try await running(company: CompanyAPI.none, log: log) { engine, _ in
            try writes("查订单", customer, engine)
            try await platform.shows(["系统忙"], to: customer)
        }
        #expect(
            log.contains {
                $0.hasPrefix("warning: the rules call what the configuration does not have")
                    && $0.contains("operation=ERP.ask") && $0.contains("test.kf.yml:7:3")
            })
    }

    /// A system that never answers holds up neither other customers nor the platform's calls, and
    /// not the customer who waits for it either: they can still be handed over, and hear of it.
    @Test func aSystemThatNeverAnswersHoldsNothingUp() async throws {
        let brokenOff = Mutex(0)
        systems.answer { _ in
            await untilCancelled()
            brokenOff.withLock { $0 += 1 }
            return .success(["状态": "太晚"])
        }
        try await running(timeout: .seconds(3600)) { engine, store in
            // More than one system, and all of them together, may have under way.
            for index in 0..<40 { try writes("查订单", ExternalUserID("w\(index)"), engine) }
            try writes("查订单", customer, engine)
            try await eventually { await engine.callCount() == 41 }
            try await eventually { systems.requests.count == 8 }

            try writes("你好", other, engine)
            try await platform.shows(["您好"], to: other)
            // The queue text goes with the code that the transfer hands out.
            try writes("人工", customer, engine)
            try await platform.shows(["请稍候"], to: customer)
            try await eventually { await engine.callCount() == 40 }
            try writes("人工", "w0", engine)
            try await platform.shows(["请稍候"], to: "w0")
            try await eventually { brokenOff.withLock { $0 } >= 1 }
            #expect(platform.shown(to: customer) == ["请稍候"])
        }
    }

    @Test func noAnswerInTimeTakesTheFlowsOtherWay() async throws {
        systems.answer { _ in
            await untilCancelled()
            return .success([:])
        }
        try await running(timeout: .milliseconds(200)) { engine, _ in
            try writes("查订单", customer, engine)
            try await platform.shows(["系统忙"], to: customer)
        }
    }

    @Test func whatAStopBrokeOffIsMadeAgainUnderTheSameKey() async throws {
        let folder = try TemporaryFolder()
        systems.answer { _ in
            await untilCancelled()
            return .success([:])
        }
        try await running(in: folder, timeout: .seconds(3600), environment: .impatient) {
            engine, _ in
            try writes("查订单", customer, engine)
            try await eventually { systems.requests.count == 1 }
        }
        systems.answer { _ in .success(["状态": "已发货"]) }
        try await running(in: folder, timeout: .seconds(3600)) { _, store in
            try await platform.shows(["已发货"], to: customer)
            try await eventually { try await store.pendingOutbox().isEmpty }
        }
        #expect(systems.requests.count == 2)
        #expect(Set(systems.requests.map(\.idempotencyKey)).count == 1)
    }

    @Test func aCallWhoseTimeIsOverIsNotMadeAgain() async throws {
        let folder = try TemporaryFolder()
        systems.answer { _ in
            await untilCancelled()
            return .success([:])
        }
        try await running(in: folder, timeout: .seconds(3600), environment: .impatient) {
            engine, _ in
            try writes("查订单", customer, engine)
            try await eventually { systems.requests.count == 1 }
        }
        var later = Environment.test
        later.now = { Environment.test.now() + .seconds(3601) }
        try await running(in: folder, timeout: .seconds(3600), environment: later) { _, _ in
            try await platform.shows(["系统忙"], to: customer)
        }
        #expect(systems.requests.count == 1)
    }

    @Test func everyCallOfAFlowIsFoundOnce() {
        func step(_ line: Int, _ action: FlowStep.Action) -> FlowStep {
            FlowStep(
                place: SourcePlace(file: "a.kf.yml", line: line, column: 1), action: action)
        }
        func call(_ line: Int, _ name: String, failed: [FlowStep] = []) -> FlowStep {
            step(
                line,
                .call(
                    FlowStep.Request(
                        service: "ERP", operation: name, parameters: [], save: "s",
                        timeout: .seconds(1), failed: failed)))
        }
        let version = PublishedVersion.rules(
            id: "v", [],
            flows: [
                FlowDefinition(
                    name: "f", place: SourcePlace(file: "a.kf.yml", line: 1, column: 1),
                    cancel: [], cancelled: "", expire: .seconds(1),
                    steps: [
                        call(2, "a", failed: [call(3, "b")]), call(4, "a"), call(5, "known"),
                        step(
                            6,
                            .branch([], then: [call(7, "c")], otherwise: [call(8, "d")])),
                        step(
                            9,
                            .ask(FlowStep.Question(slot: "s", otherwise: [call(10, "e")]))),
                    ])
            ])
        let missing = version.definition.companyCalls(
            notAmong: [CompanyOperation(service: "ERP", name: "known")])
        #expect(
            missing.map { "\($0.operation) \($0.place.line)" } == [
                "ERP.a 2", "ERP.b 3", "ERP.c 7", "ERP.d 8", "ERP.e 10",
            ])
    }

    // MARK: Running

    private func writes(_ text: String, _ customer: ExternalUserID, _ engine: Engine) throws {
        try platform.now {
            try $0.writes(customer, SimulatedPlatform.account, .text(text, menuItem: nil))
        }
        engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
    }

    private func running(
        in folder: TemporaryFolder? = nil, company: CompanyAPI? = nil,
        timeout: Duration = .seconds(60), environment: Environment = .test,
        log: LogLines? = nil,
        body: @escaping @Sendable (Engine, SQLiteStore) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let store = try SQLiteStore(path: folder.path + "/switchboard.db")
        try await store.publish(.calling(timeout: timeout), activate: true)
        try await withEngine(
            api: platform.api, company: company ?? systems.api, store: store,
            environment: environment, log: log
        ) { try await body($0, store) }
        withExtendedLifetime(folder) {}
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

extension Environment {
    /// This machine's clock, on which whoever waits for something to come back in small steps
    /// finds that much time has passed.
    static var impatient: Environment {
        let ahead = Mutex(Duration.zero)
        var environment = Environment.test
        environment.now = { Environment.test.now() + ahead.withLock { $0 } }
        environment.sleep = { duration in
            if duration == .milliseconds(20) { ahead.withLock { $0 += .seconds(1) } }
            await Environment.test.sleep(duration)
        }
        return environment
    }
}

/// The company's own system `ERP`, answering as the test says.
final class CompanySystems: Sendable {
    typealias Answer = Result<[String: String], CompanyFailure>

    private let state = Mutex(
        (
            requests: [CompanyRequest](),
            answer: { _ in .success([:]) } as @Sendable (CompanyRequest) async -> Answer
        ))

    var requests: [CompanyRequest] { state.withLock { $0.requests } }

    func answer(_ answer: @escaping @Sendable (CompanyRequest) async -> Answer) {
        state.withLock { $0.answer = answer }
    }

    var api: CompanyAPI {
        CompanyAPI(tries: [CompanyOperation(service: "ERP", name: "ask"): 1]) {
            request throws(CompanyFailure) in
            let answer = self.state.withLock { state in
                state.requests.append(request)
                return state.answer
            }
            return try await answer(request).get()
        }
    }
}
