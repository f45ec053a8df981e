import Boundary
import ChatModel
import Engine
import PlatformSimulator
import Routing
import SQLiteStore
import Synchronization
import Testing

/// Who may serve an account, as `servicer/list` tells it.
@Suite struct RosterTests {
    private let account = SimulatedPlatform.account
    private let customer: ExternalUserID = "wm1"
    private let platform = SimulatedPlatform {
        $0.accounts[0].servicers = [
            .init(id: "anna", status: .stopped, isActivated: true),
            .init(id: "bo", status: .receiving, isActivated: true),
        ]
    }

    @Test func whoReceivesIsGivenTheSession() async throws {
        let list = ServicerList([
            .member("anna", .stopped), .member("bo", .receiving), .department(7),
        ])
        let log = LogLines()
        try await running(list, log: log) { engine in
            try await eventually { list.count == 1 }
            try await eventually { log.contains { $0.contains("departments=7") } }
            // The list is committed before the page that comes next.
            try await asksForAPerson(engine)
            try await eventually { try session().servicer == "bo" }
        }
    }

    @Test func withoutAStatusAServicerCountsAsReceiving() async throws {
        let list = ServicerList([.member("bo", nil)])
        try await running(list) { engine in
            try await eventually { list.count == 1 }
            try await asksForAPerson(engine)
            try await eventually { try session().servicer == "bo" }
        }
    }

    @Test func aRefusalIsLoggedAndAskedAboutAgain() async throws {
        let list = ServicerList([])
        list.refuse(PlatformFailure(code: 48001, handling: .stop, meaning: "no right"))
        let log = LogLines()
        let clock = MovableClock()
        try await running(list, environment: clock.environment, log: log) { engine in
            try await eventually {
                log.contains {
                    $0.hasPrefix("warning: asking for the servicers failed") && $0.contains("48001")
                }
            }
            #expect(list.count == 1)
            clock.advance(by: .seconds(61))
            try await eventually { list.count == 2 }
        }
    }

    @Test func theListIsAskedForEveryTenMinutes() async throws {
        let list = ServicerList([.member("bo", .receiving)])
        let clock = MovableClock()
        try await running(list, environment: clock.environment) { engine in
            try await eventually { list.count == 1 }
            clock.advance(by: .seconds(601))
            try await eventually { list.count == 2 }
        }
    }

    @Test func aServicerNobodyKnowsHasItAskedForSooner() async throws {
        let list = ServicerList([.member("bo", .receiving)])
        let clock = MovableClock()
        try await running(list, environment: clock.environment) { engine in
            try await eventually { list.count == 1 }
            clock.advance(by: .seconds(11))
            try platform.now { try $0.changesStatus("anna", on: account, to: .receiving) }
            engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
            try await eventually { list.count == 2 }
        }
    }

    @Test func aServicerWhoWasRefusedHasItAskedForSooner() async throws {
        // The list says that anna receives; the platform knows better.
        let list = ServicerList([.member("anna", .receiving)])
        let clock = MovableClock()
        try await running(list, environment: clock.environment) { engine in
            try await eventually { list.count == 1 }
            clock.advance(by: .seconds(11))
            try await asksForAPerson(engine)
            try await eventually { list.count == 2 }
        }
    }

    // MARK: Running

    private func session() throws -> Outcome.ActualSession {
        let id = ConversationID(account: account, customer: customer)
        let view = try platform.now { $0.sessionState(of: id, by: SimulatedPlatform.app) }.get()
        return Outcome.ActualSession(number: view.state.rawValue, servicer: view.servicer)
    }

    private func asksForAPerson(_ engine: Engine) async throws {
        try platform.now { try $0.writes(customer, account, .text("人工", menuItem: nil)) }
        engine.wake(SimulatedPlatform.app, by: platform.wakeUp())
    }

    private func running(
        _ list: ServicerList, environment: Environment = .test, log: LogLines? = nil,
        body: @escaping @Sendable (Engine) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.path + "/switchboard.db")
        try await store.publish(.team(["anna", "bo"]), activate: true)
        var api = platform.api
        api.servicers = { _ async throws(PlatformFailure) in try list.ask() }
        try await withEngine(
            api: api, store: store, environment: environment, log: log, body: body)
        withExtendedLifetime(folder) {}
    }
}

/// What `servicer/list` answers, and how often it was asked.
private final class ServicerList: Sendable {
    private let state: Mutex<(rows: [ListedServicer], refusal: PlatformFailure?, count: Int)>

    init(_ rows: [ListedServicer]) { state = Mutex((rows, nil, 0)) }

    var count: Int { state.withLock { $0.count } }

    func refuse(_ refusal: PlatformFailure) { state.withLock { $0.refusal = refusal } }

    func ask() throws(PlatformFailure) -> [ListedServicer] {
        let answer: Result<[ListedServicer], PlatformFailure> = state.withLock { state in
            state.count += 1
            return state.refusal.map { .failure($0) } ?? .success(state.rows)
        }
        return try answer.get()
    }
}

/// This machine's clock, and as much ahead as the test says.
final class MovableClock: Sendable {
    private let ahead = Mutex(Duration.zero)

    func advance(by duration: Duration) { ahead.withLock { $0 += duration } }

    var environment: Environment {
        var environment = Environment.test
        environment.now = { Environment.test.now() + self.ahead.withLock { $0 } }
        return environment
    }
}
