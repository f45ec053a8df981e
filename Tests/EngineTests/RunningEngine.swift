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
    api: PlatformAPI, store: any ConversationStore, environment: Environment = .test,
    alias: AccountAlias = "shop", log: LogLines? = nil,
    body: @escaping @Sendable (Engine) async throws -> Void
) async throws {
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let logger = log.map { log in Logger(label: "test") { _ in LogCollector(lines: log) } } ?? quiet
    let engine = Engine(
        apps: [
            Engine.App(
                alias: SimulatedPlatform.app, api: api,
                accounts: [alias: SimulatedPlatform.account], callsPerMinute: nil)
        ], store: store, environment: environment, firstStart: .skip, logger: logger)
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

/// A store that fails some of its operations, as one does while another process holds the file.
final class FaultyStore: ConversationStore {
    private let store: SQLiteStore
    private let settlesToFail: Mutex<Int>

    /// A store whose next `settles` settlements fail.
    init(_ store: SQLiteStore, failingSettles settles: Int) {
        self.store = store
        settlesToFail = Mutex(settles)
    }

    /// Settlements that are still to fail.
    var failuresLeft: Int { settlesToFail.withLock { $0 } }

    func commit(
        _ work: Work, version: RuleSetVersion?, now: Timestamp,
        step: @escaping @Sendable (Snapshot) -> Effects
    ) async throws(StoreError) -> Effects {
        try await store.commit(work, version: version, now: now, step: step)
    }

    func settle(_ settlements: [Effects.Settlement]) async throws(StoreError) {
        let fails = settlesToFail.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw StoreError(.busy, reason: "test") }
        try await store.settle(settlements)
    }

    func position(of account: OpenKfID) async throws(StoreError) -> AccountPosition? {
        try await store.position(of: account)
    }

    func pendingOutbox() async throws(StoreError) -> [OutboxEntry] {
        try await store.pendingOutbox()
    }

    func timers(dueBy time: Timestamp, limit: Int) async throws(StoreError) -> [Timer] {
        try await store.timers(dueBy: time, limit: limit)
    }

    func nextTimer() async throws(StoreError) -> Timestamp? { try await store.nextTimer() }

    func answeredCustomers(
        of account: OpenKfID, among customers: Set<ExternalUserID>
    ) async throws(StoreError) -> Set<ExternalUserID> {
        try await store.answeredCustomers(of: account, among: customers)
    }

    func isEmpty() async throws(StoreError) -> Bool { try await store.isEmpty() }

    func publish(_ version: PublishedVersion, activate: Bool) async throws(StoreError) {
        try await store.publish(version, activate: activate)
    }

    func activeVersion() async throws(StoreError) -> PublishedVersion? {
        try await store.activeVersion()
    }

    func activeVersionID() async throws(StoreError) -> RuleSetVersion? {
        try await store.activeVersionID()
    }

    func version(_ id: RuleSetVersion) async throws(StoreError) -> PublishedVersion? {
        try await store.version(id)
    }

    func versions() async throws(StoreError) -> [VersionSummary] { try await store.versions() }

    func activate(
        _ id: RuleSetVersion, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError) {
        try await store.activate(id, by: author, note: note, at: time)
    }

    func transcript(of conversation: ConversationID) async throws(StoreError) -> [TranscriptLine] {
        try await store.transcript(of: conversation)
    }

    func conversation(_ id: ConversationID) async throws(StoreError) -> Conversation? {
        try await store.conversation(id)
    }
}
