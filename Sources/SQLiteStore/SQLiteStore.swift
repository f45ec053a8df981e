package import Boundary
package import ChatModel
import GRDB
package import Routing

/// The store in one SQLite file.
///
/// WAL: readers never wait for the writer. A step is on the disk (`synchronous=FULL`) when
/// ``commit(_:version:now:step:)`` returns; settlements may be forgotten in a power cut. A server
/// and a command line may have the same file open: a writer waits up to ``busyTimeout`` for the
/// other, then fails with ``StoreError/Code/busy``.
///
/// Text ends at a NUL in SQLite's functions; it is kept as U+FFFD (the raw JSON has it escaped).
package final class SQLiteStore: ConversationStore {
    /// How long a writer waits for another process's transaction, in seconds; a page of 1000
    /// messages takes a fiftieth of a second.
    package static let busyTimeout: Double = 5

    /// The file, as it was given.
    package let path: String
    private let pool: DatabasePool
    private let hash: (@Sendable ([UInt8]) -> String)?

    /// Opens the store at `path`, or creates it, readable by the owner only, in a directory that
    /// exists; brings an older version's tables up to date.
    ///
    /// Blocks for some milliseconds: call it at start.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - hash: Seals what people do (``AuditEntry``), as in ``Environment/shortHash``; without
    ///     one, entries are written unsealed, which counts as damage behind sealed ones.
    /// - Throws: ``StoreError/Code/cannotOpen`` when the directory is missing or may not be
    ///   written, or the file is something else; ``StoreError/Code/tooNew`` when a newer version
    ///   wrote it; ``StoreError/Code/busy`` when another process won't let go of it.
    package init(
        path: String, hash: (@Sendable ([UInt8]) -> String)? = nil
    ) throws(StoreError) {
        self.path = path
        self.hash = hash
        pool = try StoreFile(path: path).open()
    }

    /// Finishes what runs, empties the WAL and closes the file; later calls fail.
    ///
    /// - Parameter emptiesLog: `false` beside a server that has the file open: it empties its WAL
    ///   itself.
    package func close(emptiesLog: Bool = true) throws(StoreError) {
        do {
            // GRDB keeps the WAL file; emptying it here makes the one file whole for a copy.
            if emptiesLog {
                try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            }
            try pool.close()
        } catch {
            throw StoreError(error, during: "closing the store")
        }
    }

    // MARK: Steps

    package func commit(
        _ work: Work, version: RuleSetVersion?, now: Timestamp,
        step: @escaping @Sendable (Snapshot) -> Effects
    ) async throws(StoreError) -> Effects {
        try await write("committing a step") { db in
            var numbers = CustomerNumbers(db: db)
            let effects = step(try db.snapshot(for: work, &numbers))
            var writer = StepWriter(db: db, version: version, now: now, numbers: numbers)
            try writer.write(effects)
            return effects
        }
    }

    package func settle(_ settlements: [Effects.Settlement]) async throws(StoreError) {
        if settlements.isEmpty { return }
        do {
            try await pool.writeWithoutTransaction { db in
                // What a crash forgets is performed again and refused by its msgid, so that this
                // needs no wait for the disk.
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                defer { try? db.execute(sql: "PRAGMA synchronous = FULL") }
                try db.inTransaction {
                    var numbers = CustomerNumbers(db: db)
                    try db.settle(settlements, &numbers)
                    return .commit
                }
            }
        } catch {
            throw StoreError(error, during: "settling actions")
        }
    }

    package func position(of account: OpenKfID) async throws(StoreError) -> AccountPosition? {
        try await read("reading a position") { try $0.position(of: account) }
    }

    package func pendingOutbox() async throws(StoreError) -> [OutboxEntry] {
        try await read("reading the outbox") { try $0.pendingOutbox() }
    }

    package func calls(since time: Timestamp) async throws(StoreError) -> [PastCalls] {
        try await read("reading past calls") { try $0.calls(since: time) }
    }

    package func timers(
        dueBy time: Timestamp, limit: Int
    ) async throws(StoreError) -> [Routing.Timer] {
        try await read("reading timers") { try $0.timers(dueBy: time, limit: limit) }
    }

    package func nextTimer() async throws(StoreError) -> Timestamp? {
        try await read("reading timers") { db in
            try Int64.fetchOne(db, sql: "SELECT min(due) FROM timers")
                .map { Timestamp(milliseconds: $0) }
        }
    }

    // MARK: Conversations

    package func answeredCustomers(
        of account: OpenKfID, among customers: Set<ExternalUserID>
    ) async throws(StoreError) -> Set<ExternalUserID> {
        try await read("reading answered customers") { db in
            try db.answeredCustomers(of: account, among: customers)
        }
    }

    package func isEmpty() async throws(StoreError) -> Bool {
        try await read("looking for conversations") { db in
            try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM conversations)") ?? true
        }
    }

    package func transcript(
        of conversation: ConversationID
    ) async throws(StoreError) -> [TranscriptLine] {
        try await read("reading a transcript") { try $0.transcript(of: conversation) }
    }

    package func conversation(_ id: ConversationID) async throws(StoreError) -> Conversation? {
        try await read("reading a conversation") { db in
            var numbers = CustomerNumbers(db: db)
            try numbers.find([id])
            return try db.conversations(numbers)[id]
        }
    }

    // MARK: Rule-set versions

    package func publish(
        _ version: PublishedVersion, activate: Bool
    ) async throws(StoreError) {
        try await change("publishing a version") { trail in
            try trail.publish(version)
            if activate {
                try trail.activate(
                    version.id, by: version.author, note: version.note, at: version.publishedAt)
            }
        }
    }

    package func activeVersion() async throws(StoreError) -> PublishedVersion? {
        try await read("reading the active version") { db in
            try db.activeVersionID().flatMap { try db.version($0) }
        }
    }

    package func activeVersionID() async throws(StoreError) -> RuleSetVersion? {
        try await read("reading the active version") { try $0.activeVersionID() }
    }

    package func version(_ id: RuleSetVersion) async throws(StoreError) -> PublishedVersion? {
        try await read("reading a version") { try $0.version(id) }
    }

    package func versions() async throws(StoreError) -> [VersionSummary] {
        try await read("listing versions") { try $0.versionSummaries() }
    }

    package func activate(
        _ id: RuleSetVersion, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError) {
        try await change("activating a version") { trail in
            try trail.activate(id, by: author, note: note, at: time)
        }
    }

    // MARK: Transactions

    func read<Value: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError(error, during: operation)
        }
    }

    /// A transaction of something people do, noted in the audit.
    func change(
        _ operation: String, _ body: @Sendable (AuditTrail) throws -> Void
    ) async throws(StoreError) {
        let hash = hash
        try await write(operation) { db in try body(AuditTrail(db: db, hash: hash)) }
    }

    /// One immediate transaction: it holds the write lock before it reads, so that what `body`
    /// read is still true when it writes.
    func write<Value: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.write(body)
        } catch {
            throw StoreError(error, during: operation)
        }
    }
}

/// What people do with a store, and ask of it, beside what the engine does.
extension SQLiteStore {
    // MARK: Versions

    package func activation() async throws(StoreError) -> Activation {
        try await read("reading the active version") { try $0.activation() }
    }

    package func setCanary(_ canary: Canary) async throws(StoreError) {
        try await change("setting a canary") { try $0.set(canary) }
    }

    package func clearCanary(
        by author: String, note: String, at time: Timestamp
    ) async throws(StoreError) {
        try await change("ending a canary") { try $0.clearCanary(by: author, note: note, at: time) }
    }

    package func pinnedVersions() async throws(StoreError) -> Set<RuleSetVersion> {
        try await read("reading pinned versions") { try $0.pinnedVersions() }
    }

    package func wireIDs() async throws(StoreError) -> [PublishedWireID] {
        try await read("reading published ids") { try $0.wireIDs() }
    }

    // MARK: Notices

    package func addNotice(_ notice: LiveNotice) async throws(StoreError) {
        try await change("adding a notice") { try $0.add(notice) }
    }

    package func removeNotice(
        _ name: NoticeName, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError) {
        try await change("removing a notice") {
            try $0.remove(name, by: author, note: note, at: time)
        }
    }

    package func notices(
        inForceAt time: Timestamp?
    ) async throws(StoreError) -> [LiveNotice] {
        try await read("reading notices") { try $0.notices(inForceAt: time) }
    }

    // MARK: Looking back

    package func audit(limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await read("reading the audit") { try $0.audit(limit: limit) }
    }

    package func decision(of msgID: MsgID) async throws(StoreError) -> RecordedDecision? {
        try await read("reading a decision") { try $0.decision(of: msgID) }
    }

    package func traffic(
        since time: Timestamp, limit: Int
    ) async throws(StoreError) -> [RecordedDecision] {
        try await read("reading past messages") { try $0.traffic(since: time, limit: limit) }
    }

    package func conversationLog(_ id: ConversationID) async throws(StoreError) -> [LogEntry] {
        try await read("reading a conversation") { try $0.conversationLog(id) }
    }

    package func conversations(
        of customer: ExternalUserID
    ) async throws(StoreError) -> [ConversationID] {
        try await read("looking for a customer") { try $0.conversations(of: customer) }
    }

    package func conversation(
        numbered number: Int
    ) async throws(StoreError) -> ConversationID? {
        try await read("looking for a conversation") { try $0.conversation(numbered: number) }
    }

    package func recentConversations(
        limit: Int
    ) async throws(StoreError) -> [ConversationSummary] {
        try await read("reading conversations") { try $0.recentConversations(limit: limit) }
    }

    package func number(of conversation: ConversationID) async throws(StoreError) -> Int? {
        try await read("looking for a conversation") { db in
            try db.number(of: conversation).map { Int($0) }
        }
    }

    package func surveyAnswers(
        since time: Timestamp
    ) async throws(StoreError) -> [Effects.SurveyAnswer] {
        try await read("reading surveys' answers") { try $0.surveyAnswers(since: time) }
    }
}
