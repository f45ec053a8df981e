import Boundary
import ChatModel
import Routing
import SQLiteStore
import Synchronization

/// A store that fails some of its operations, as one does while another process holds the file,
/// and has lost some of its versions.
final class FaultyStore: ConversationStore {
    private let store: SQLiteStore
    private let settlesToFail: Mutex<Int>
    private let lost: Set<RuleSetVersion>
    private let beforeCommit: @Sendable (Work) async -> Void

    /// A store whose next `settles` settlements fail, which doesn't find the versions `lost`, and
    /// which commits nothing before `beforeCommit` has returned.
    init(
        _ store: SQLiteStore, failingSettles settles: Int = 0, lost: Set<RuleSetVersion> = [],
        beforeCommit: @escaping @Sendable (Work) async -> Void = { _ in }
    ) {
        self.store = store
        self.lost = lost
        self.beforeCommit = beforeCommit
        settlesToFail = Mutex(settles)
    }

    /// Settlements that are still to fail.
    var failuresLeft: Int { settlesToFail.withLock { $0 } }

    func settle(_ settlements: [Effects.Settlement]) async throws(StoreError) {
        let fails = settlesToFail.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw StoreError(.busy, reason: "test") }
        try await store.settle(settlements)
    }

    func version(_ id: RuleSetVersion) async throws(StoreError) -> PublishedVersion? {
        lost.contains(id) ? nil : try await store.version(id)
    }

    // MARK: Passed on

    func commit(
        _ work: Work, version: RuleSetVersion?, now: Timestamp,
        step: @escaping @Sendable (Snapshot) -> Effects
    ) async throws(StoreError) -> Effects {
        await beforeCommit(work)
        return try await store.commit(work, version: version, now: now, step: step)
    }

    func position(of account: OpenKfID) async throws(StoreError) -> AccountPosition? {
        try await store.position(of: account)
    }

    func pendingOutbox() async throws(StoreError) -> [OutboxEntry] {
        try await store.pendingOutbox()
    }

    func calls(since time: Timestamp) async throws(StoreError) -> [PastCalls] {
        try await store.calls(since: time)
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

    func versions() async throws(StoreError) -> [VersionSummary] { try await store.versions() }

    func activate(
        _ id: RuleSetVersion, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError) {
        try await store.activate(id, by: author, note: note, at: time)
    }

    func activation() async throws(StoreError) -> Activation { try await store.activation() }

    func setCanary(_ canary: Canary) async throws(StoreError) { try await store.setCanary(canary) }

    func clearCanary(
        by author: String, note: String, at time: Timestamp
    ) async throws(StoreError) {
        try await store.clearCanary(by: author, note: note, at: time)
    }

    func pinnedVersions() async throws(StoreError) -> Set<RuleSetVersion> {
        try await store.pinnedVersions()
    }

    func wireIDs() async throws(StoreError) -> [PublishedWireID] { try await store.wireIDs() }

    func addNotice(_ notice: LiveNotice) async throws(StoreError) {
        try await store.addNotice(notice)
    }

    func removeNotice(
        _ name: NoticeName, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError) {
        try await store.removeNotice(name, by: author, note: note, at: time)
    }

    func notices(inForceAt time: Timestamp?) async throws(StoreError) -> [LiveNotice] {
        try await store.notices(inForceAt: time)
    }

    func audit(limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await store.audit(limit: limit)
    }

    func decision(of msgID: MsgID) async throws(StoreError) -> RecordedDecision? {
        try await store.decision(of: msgID)
    }

    func traffic(
        since time: Timestamp, limit: Int
    ) async throws(StoreError) -> [RecordedDecision] {
        try await store.traffic(since: time, limit: limit)
    }

    func conversationLog(_ id: ConversationID) async throws(StoreError) -> [LogEntry] {
        try await store.conversationLog(id)
    }

    func conversations(of customer: ExternalUserID) async throws(StoreError) -> [ConversationID] {
        try await store.conversations(of: customer)
    }

    func conversation(numbered number: Int) async throws(StoreError) -> ConversationID? {
        try await store.conversation(numbered: number)
    }

    func recentConversations(limit: Int) async throws(StoreError) -> [ConversationSummary] {
        try await store.recentConversations(limit: limit)
    }

    func number(of conversation: ConversationID) async throws(StoreError) -> Int? {
        try await store.number(of: conversation)
    }

    func surveyAnswers(
        since time: Timestamp
    ) async throws(StoreError) -> [Effects.SurveyAnswer] {
        try await store.surveyAnswers(since: time)
    }

    func transcript(of conversation: ConversationID) async throws(StoreError) -> [TranscriptLine] {
        try await store.transcript(of: conversation)
    }

    func conversation(_ id: ConversationID) async throws(StoreError) -> Conversation? {
        try await store.conversation(id)
    }
}
