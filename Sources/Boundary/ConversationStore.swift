package import ChatModel
package import Routing
package import RuleEngine

/// What a process keeps: positions, inbox, conversations, outbox, timers, servicers, and
/// rule-set versions with who made which of them serve whom.
///
/// One process writes at a time (SQLite); the shape allows several (leases on accounts, rows
/// skipped while locked), which is why nothing here hands out a long-lived transaction.
package protocol ConversationStore: Sendable {
    /// Carries one piece of news through the core in one transaction.
    ///
    /// Loads what `work` touches, calls `step` once with it, and writes the effects: inbox rows,
    /// conversations, cancellations (entries pending before this step), settlements, new outbox
    /// entries, timers, servicers, surveys' answers, journal, position. Either all of it happened
    /// or none of it.
    ///
    /// - Parameters:
    ///   - work: The news.
    ///   - version: The active version; written beside each decision whose
    ///     ``Effects/InboxRecord/version`` names no other, and beside the actions it set off.
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

    /// The platform calls that ended at or after `time`, as far as their entries were decided
    /// then; second by second, the earliest first.
    func calls(since time: Timestamp) async throws(StoreError) -> [PastCalls]

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

    // MARK: Versions

    /// Stores a version and, with `activate`, makes it the active one, in one transaction.
    /// Publishing content that is stored already only activates it.
    ///
    /// The ids of its menus' items are added to ``wireIDs()``.
    func publish(_ version: PublishedVersion, activate: Bool) async throws(StoreError)

    /// The active version; `nil` before the first publication.
    func activeVersion() async throws(StoreError) -> PublishedVersion?

    /// The active version's id alone: cheap enough to ask often.
    func activeVersionID() async throws(StoreError) -> RuleSetVersion?

    /// A stored version.
    func version(_ id: RuleSetVersion) async throws(StoreError) -> PublishedVersion?

    /// All versions, newest first, without their contents.
    func versions() async throws(StoreError) -> [VersionSummary]

    /// Makes a stored version active: for everybody, so that a canary there was is over.
    ///
    /// Told in the audit as a rollback when the version is older than the one it replaces.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is none with this id.
    func activate(
        _ id: RuleSetVersion, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError)

    /// Which version serves whom: as cheap as ``activeVersionID()``.
    func activation() async throws(StoreError) -> Activation

    /// Lets a stored version serve a share of the customers; replaces the canary there is.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when its version isn't stored;
    ///   ``StoreError/Code/constraint`` when its share isn't in 0…1.
    func setCanary(_ canary: Canary) async throws(StoreError)

    /// Ends the canary; nothing happens when there is none.
    func clearCanary(
        by author: String, note: String, at time: Timestamp
    ) async throws(StoreError)

    /// The versions that conversations refer to by name: that of a flow they are in, of a survey
    /// they were asked, of a promise to pick them up, of the canary their sessions run on.
    func pinnedVersions() async throws(StoreError) -> Set<RuleSetVersion>

    /// Every id a menu item ever had in a published version, in the order of bundle, menu, key,
    /// id: taps on menus that stand on customers' screens.
    func wireIDs() async throws(StoreError) -> [PublishedWireID]

    // MARK: Notices

    /// Adds a notice, or replaces the one of the same name.
    func addNotice(_ notice: LiveNotice) async throws(StoreError)

    /// Removes a notice before its time is over.
    ///
    /// - Throws: ``StoreError/Code/notFound`` when there is none of this name.
    func removeNotice(
        _ name: NoticeName, by author: String, note: String, at time: Timestamp
    ) async throws(StoreError)

    /// The notices whose time isn't over at `time`, in the order they were added; all there are
    /// with `nil`. Cheap enough to ask often, however many there were.
    func notices(inForceAt time: Timestamp?) async throws(StoreError) -> [LiveNotice]

    // MARK: Looking back

    /// What people did to this store, newest first, at most `limit`.
    func audit(limit: Int) async throws(StoreError) -> [AuditEntry]

    /// What was decided about the row with this id; `nil` when no account has one.
    func decision(of msgID: MsgID) async throws(StoreError) -> RecordedDecision?

    /// Customers' messages decided about at or after `time`, oldest first: the latest `limit` of
    /// them. Their JSON as received is left out.
    func traffic(
        since time: Timestamp, limit: Int
    ) async throws(StoreError) -> [RecordedDecision]

    /// Everything that is known of a conversation, oldest first.
    func conversationLog(_ id: ConversationID) async throws(StoreError) -> [LogEntry]

    /// The conversations of a customer, in the order of their accounts.
    func conversations(of customer: ExternalUserID) async throws(StoreError) -> [ConversationID]

    /// The conversation with this number, which the store gave it for good: a short name that
    /// people can type and that tells nothing of the customer.
    func conversation(numbered number: Int) async throws(StoreError) -> ConversationID?

    /// The conversations something came from lately, the latest first, at most `limit`.
    ///
    /// Looks at the last 20 000 rows of all accounts: cheap, however many there were.
    func recentConversations(limit: Int) async throws(StoreError) -> [ConversationSummary]

    /// The number of a conversation; `nil` when nothing is known of it.
    func number(of conversation: ConversationID) async throws(StoreError) -> Int?

    /// Answers to surveys given at or after `time`, oldest first.
    func surveyAnswers(
        since time: Timestamp
    ) async throws(StoreError) -> [Effects.SurveyAnswer]

    /// The transcript of one conversation, oldest first: what came, what was decided and why,
    /// what was sent and how it ended.
    func transcript(of conversation: ConversationID) async throws(StoreError) -> [TranscriptLine]

    /// A conversation as it stands.
    func conversation(_ id: ConversationID) async throws(StoreError) -> Conversation?
}

/// Calls of one endpoint for one account that ended within the same second.
package struct PastCalls: Hashable, Sendable {
    /// For whom.
    package var account: OpenKfID
    /// Which.
    package var endpoint: PlatformEndpoint
    /// The second.
    package var at: Timestamp
    /// How many.
    package var count: Int

    /// Past calls.
    package init(account: OpenKfID, endpoint: PlatformEndpoint, at: Timestamp, count: Int) {
        self.account = account
        self.endpoint = endpoint
        self.at = at
        self.count = count
    }
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

/// A conversation without what was said in it.
package struct ConversationSummary: Hashable, Sendable {
    /// Its short name; see ``ConversationStore/conversation(numbered:)``.
    package var number: Int
    /// Whose it is.
    package var id: ConversationID
    /// The session state's number, 0…4.
    package var state: Int
    /// When something last came from the customer, a servicer or the platform.
    package var at: Timestamp
    /// Why the latest row was answered as it was, as ``Reason/text``.
    package var reason: String

    /// A summary.
    package init(number: Int, id: ConversationID, state: Int, at: Timestamp, reason: String) {
        self.number = number
        self.id = id
        self.state = state
        self.at = at
        self.reason = reason
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
    /// The message's id, or the event's; `nil` for what didn't come in.
    package var msgID: MsgID?

    /// A line.
    package init(
        at: Timestamp, who: String, kind: String, text: String, reason: String, score: Double?,
        version: RuleSetVersion?, msgID: MsgID?
    ) {
        self.at = at
        self.who = who
        self.kind = kind
        self.text = text
        self.reason = reason
        self.score = score
        self.version = version
        self.msgID = msgID
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
