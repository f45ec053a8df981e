import Actions
import Boundary
import ChatModel
import Engine
import Logging
import RuleEngine
import Routing
import SQLiteStore
import ServiceLifecycle
import Synchronization

/// Runs an engine around `body`, then stops it gracefully and waits for its end.
func withEngine(
    api: PlatformAPI, company: CompanyAPI = .none, store: any ConversationStore,
    environment: Environment = .test,
    alias: AccountAlias = "shop", quotas: QuotaLimits = .off, others: [Engine.App] = [],
    log: LogLines? = nil, body: @escaping @Sendable (Engine) async throws -> Void
) async throws {
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let logger = log.map { log in Logger(label: "test") { _ in LogCollector(lines: log) } } ?? quiet
    let engine = Engine(
        apps: [
            Engine.App(
                alias: SimulatedPlatform.app, corp: "ww1", api: api,
                accounts: [alias: SimulatedPlatform.account])
        ] + others, company: company, store: store, environment: environment, firstStart: .skip,
        gate: QuotaGate(quotas, environment: environment), logger: logger)
    let group = ServiceGroup(
        configuration: .init(services: [.init(service: engine)], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            try await body(engine)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// What was logged, each line as its level, words and metadata.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    func contains(_ line: String) -> Bool { lines.withLock { $0.contains(line) } }

    func contains(where matches: (String) -> Bool) -> Bool {
        lines.withLock { $0.contains(where: matches) }
    }
}

private struct LogCollector: LogHandler {
    let lines: LogLines
    var logLevel = Logger.Level.notice
    var metadata = Logger.Metadata()

    init(lines: LogLines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }
        lines.add("\(event.level): \(event.message)\(metadata.joined())")
    }
}

/// A store in a folder that goes with it, with the greeting rules published.
func greetingStore(in folder: TemporaryFolder) async throws -> SQLiteStore {
    let store = try SQLiteStore(path: folder.path + "/switchboard.db")
    if try await store.activeVersionID() == nil {
        try await store.publish(.greeting("您好", id: "v1"), activate: true)
    }
    return store
}
