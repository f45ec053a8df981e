package import ChatModel
package import Routing
package import RuleEngine

/// What a process keeps: positions, inbox, conversations, outbox, timers and rule-set versions.
///
/// One process writes at a time (SQLite); the shape allows several (leases on accounts, rows
/// skipped while locked), which is why nothing here hands out a long-lived transaction.
package protocol ConversationStore: Sendable {
    /// Carries one piece of news through the core in one transaction.
    ///
    /// Loads what `work` touches, calls `step` once with it, and writes the effects: inbox rows,
    /// conversations, cancellations (entries pending before this step), settlements, new outbox
    /// entries, timers, journal, position. Either all of it happened or none of it.
    ///
    /// - Parameters:
    ///   - work: The news.
    ///   - version: The rule-set version that decides; written beside each decision.
    ///   - now: The time of the step, for the rows' stamps.
    ///   - step: The pure core; called inside the transaction, once.
    /// - Returns: The effects that were written.
    func commit(
        _ work: Work, version: RuleSetVersion?, now: Timestamp,
        step: @escaping @Sendable (Snapshot) -> Effects
    ) async throws(StoreError) -> Effects

    /// Marks plain successes done, without a step; forgetting them in a crash is harmless.
    func settle(_ settlements: [Effects.Settlement]) async throws(StoreError)

    /// The position of an account; `nil` before its first committed page.
    func position(of account: OpenKfID) async throws(StoreError) -> AccountPosition?

    /// Everything still to do, in the order it was enqueued.
    func pendingOutbox() async throws(StoreError) -> [OutboxEntry]

    /// Timers due at or before `time`, earliest first, at most `limit`.
    func timers(dueBy time: Timestamp, limit: Int) async throws(StoreError) -> [Timer]

    /// The earliest timer's due time.
    func nextTimer() async throws(StoreError) -> Timestamp?

    /// Which of these customers we have ever answered, or recorded an answer to, on `account`.
    func answeredCustomers(
        of account: OpenKfID, among customers: Set<ExternalUserID>
    ) async throws(StoreError) -> Set<ExternalUserID>

    /// Whether the store has no conversation at all: an empty store can't know what was answered.
    func isEmpty() async throws(StoreError) -> Bool

    /// Stores a version and, with `activate`, makes it the active one, in one transaction.
    /// Publishing content that is stored already only activates it.
    func publish(_ version: PublishedVersion, activate: Bool) async throws(StoreError)

    /// The active version; `nil` before the first publication.
    func activeVersion() async throws(StoreError) -> PublishedVersion?

    /// The active version's id alone: cheap enough to ask often.
    func activeVersionID() async throws(StoreError) -> RuleSetVersion?

    /// A stored version.
    func version(_ id: RuleSetVersion) async throws(StoreError) -> PublishedVersion?

    /// All versions, newest first, without their contents.
    func versions() async throws(StoreError) -> [VersionSummary]

    /// Makes a stored version active.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is none with this id.
    func activate(
        _ id: RuleSetVersion, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError)

    /// The transcript of one conversation, oldest first: what came, what was decided and why,
    /// what was sent and how it ended.
    func transcript(of conversation: ConversationID) async throws(StoreError) -> [TranscriptLine]

    /// A conversation as it stands.
    func conversation(_ id: ConversationID) async throws(StoreError) -> Conversation?
}

/// Where an account's pulling stands.
package struct AccountPosition: Hashable, Sendable {
    /// Where the next pull begins.
    package var cursor: SyncCursor
    /// The token of the last committed page; may still be honoured after a restart.
    package var token: SyncToken?
    /// When the last page was committed.
    package var committedAt: Timestamp

    /// A position.
    package init(cursor: SyncCursor, token: SyncToken?, committedAt: Timestamp) {
        self.cursor = cursor
        self.token = token
        self.committedAt = committedAt
    }
}

/// A rule-set version with everything in it.
package struct PublishedVersion: Hashable, Sendable {
    /// The content hash.
    package var id: RuleSetVersion
    /// What it says, resolved.
    package var definition: RuleSetDefinition
    /// The files it came from, by path, as written.
    package var sources: [String: String]
    /// Who published it.
    package var author: String
    /// Why.
    package var note: String
    /// When.
    package var publishedAt: Timestamp

    /// A version.
    package init(
        id: RuleSetVersion, definition: RuleSetDefinition, sources: [String: String],
        author: String, note: String, publishedAt: Timestamp
    ) {
        self.id = id
        self.definition = definition
        self.sources = sources
        self.author = author
        self.note = note
        self.publishedAt = publishedAt
    }
}

/// A line of `switchboard versions`.
package struct VersionSummary: Hashable, Sendable, Codable {
    /// The content hash.
    package var id: RuleSetVersion
    /// Who published it.
    package var author: String
    /// Why.
    package var note: String
    /// When it was first published.
    package var publishedAt: Timestamp
    /// When it was last made active; `nil` when it never was.
    package var activatedAt: Timestamp?
    /// Whether it is the active one.
    package var isActive: Bool
    /// How many rules it holds.
    package var rules: Int

    /// A summary.
    package init(
        id: RuleSetVersion, author: String, note: String, publishedAt: Timestamp,
        activatedAt: Timestamp?, isActive: Bool, rules: Int
    ) {
        self.id = id
        self.author = author
        self.note = note
        self.publishedAt = publishedAt
        self.activatedAt = activatedAt
        self.isActive = isActive
        self.rules = rules
    }
}

/// One line of a conversation's transcript.
package struct TranscriptLine: Hashable, Sendable {
    /// When.
    package var at: Timestamp
    /// `customer`, `servicer`, `event`, `bot` or `note`.
    package var who: String
    /// The message's kind or the action's.
    package var kind: String
    /// The words, where there are any.
    package var text: String
    /// Why: the decision's reason, or how an action ended.
    package var reason: String
    /// The winner's score.
    package var score: Double?
    /// The version that decided.
    package var version: RuleSetVersion?

    /// A line.
    package init(
        at: Timestamp, who: String, kind: String, text: String, reason: String, score: Double?,
        version: RuleSetVersion?
    ) {
        self.at = at
        self.who = who
        self.kind = kind
        self.text = text
        self.reason = reason
        self.score = score
        self.version = version
    }
}

/// A store operation that failed.
package struct StoreError: Error, Hashable, Sendable {
    /// What a caller can act on; two errors with the same code are equal.
    package enum Code: Hashable, Sendable {
        /// Another connection holds the write lock: may succeed later.
        case busy
        /// The row breaks the schema: repeating cannot succeed.
        case constraint
        /// The file or its directory can't be opened or written.
        case cannotOpen
        /// The disk is full or failing.
        case inputOutput
        /// The file was written by a newer version.
        case tooNew
        /// Nothing has this id.
        case notFound
        /// Another of SQLite's result codes.
        case other(resultCode: Int32)
    }

    /// What a caller can act on.
    package let code: Code
    /// What happened, for the operator; never bound values, which are customers' words.
    package let reason: String

    /// A failed operation.
    package init(_ code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Whether the same operation may succeed later.
    package var isTransient: Bool { code == .busy }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }

    package func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
