package import ChatModel
package import RuleEngine

/// One piece of news for the core; one transaction in the store.
package enum Work: Sendable {
    /// A pulled page.
    case page(Page)
    /// Actions that came back from the platform.
    case outcomes([CompletedAction])
    /// Timers that fell due.
    case timers([Timer])
    /// Who may serve an account, as `servicer/list` told it.
    case roster(OpenKfID, [ServicerListing])

    /// A page of `sync_msg`.
    package struct Page: Sendable {
        /// The account that was pulled.
        package var account: OpenKfID
        /// Its rows, in the platform's order.
        package var rows: [Inbound]
        /// Where the next pull begins; stored with the rows.
        package var next: SyncCursor
        /// The token it was pulled with, kept for a pull after a restart.
        package var token: SyncToken?
        /// Rows of customers older than this are recorded but not answered; `nil` in the ordinary
        /// run, set by the first-start policy.
        package var answersSince: Timestamp?
        /// When set, only these rows of those older ones are answered (`unanswered-only`).
        package var answersAlso: Set<MsgID>

        /// A page.
        package init(
            account: OpenKfID, rows: [Inbound], next: SyncCursor, token: SyncToken?,
            answersSince: Timestamp? = nil, answersAlso: Set<MsgID> = []
        ) {
            self.account = account
            self.rows = rows
            self.next = next
            self.token = token
            self.answersSince = answersSince
            self.answersAlso = answersAlso
        }
    }

    /// The conversations this news may touch.
    package var conversations: Set<ConversationID> {
        switch self {
        case .page(let page): Set(page.rows.lazy.compactMap(\.conversation))
        case .outcomes(let outcomes): Set(outcomes.lazy.map(\.entry.conversation))
        case .timers(let timers): Set(timers.lazy.map(\.conversation))
        case .roster: []
        }
    }

    /// The accounts it is about: their rosters are loaded.
    package var accounts: Set<OpenKfID> {
        switch self {
        case .page(let page): [page.account]
        case .outcomes(let outcomes): Set(outcomes.lazy.map(\.entry.conversation.account))
        case .timers(let timers): Set(timers.lazy.map(\.conversation.account))
        case .roster(let account, _): [account]
        }
    }

    /// The inbound rows that came with it.
    package var rows: [Inbound] {
        if case .page(let page) = self { page.rows } else { [] }
    }
}

extension [Inbound] {
    /// The rows by the platform's time, those of one second as they came: the platform promises
    /// no order across servicers, customers and events (wecom-kf reference §18).
    var inOrderOfSending: [Inbound] {
        // Nearly every page is in order already.
        let isInOrder = zip(self, dropFirst()).allSatisfy { $0.sentAt <= $1.sentAt }
        return isInOrder ? self : sorted { $0.sentAt < $1.sentAt }
    }
}

/// What a store knows about the things a piece of ``Work`` touches.
package struct Snapshot: Sendable {
    /// Those msgids of the page's rows that the inbox already holds for this account.
    package var seen: Set<MsgID>
    /// The touched conversations that exist, with their pending sends counted.
    package var conversations: [ConversationID: Conversation]
    /// Everybody known to serve the work's accounts.
    package var rosters: [OpenKfID: [RosterRow]]

    /// What is known of some rows and conversations.
    package init(
        seen: Set<MsgID> = [], conversations: [ConversationID: Conversation] = [:],
        rosters: [OpenKfID: [RosterRow]] = [:]
    ) {
        self.seen = seen
        self.conversations = conversations
        self.rosters = rosters
    }
}

/// One servicer of an account, as `servicer/list` tells it (wecom-kf reference §6).
package struct ServicerListing: Hashable, Sendable {
    /// Who.
    package var servicer: ServicerID
    /// Whether they receive.
    package var isReceiving: Bool

    /// A servicer.
    package init(servicer: ServicerID, isReceiving: Bool) {
        self.servicer = servicer
        self.isReceiving = isReceiving
    }
}

/// What we know of one servicer of one account.
package struct RosterRow: Hashable, Sendable {
    /// The account they serve.
    package var account: OpenKfID
    /// Who.
    package var servicer: ServicerID
    /// Whether they receive; `nil` until the platform has told.
    package var isReceiving: Bool?
    /// How many sessions we believe they have open.
    package var load: Int
    /// When they were last given one by us.
    package var assignedAt: Timestamp?

    /// A servicer of an account.
    package init(
        account: OpenKfID, servicer: ServicerID, isReceiving: Bool? = nil, load: Int = 0,
        assignedAt: Timestamp? = nil
    ) {
        self.account = account
        self.servicer = servicer
        self.isReceiving = isReceiving
        self.load = load
        self.assignedAt = assignedAt
    }
}

/// A row with a due time: "it is now T" reaches the core through it.
package struct Timer: Hashable, Sendable {
    /// Kinds of timer; each is handled in `Routing`.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// 48 hours after a session began: the platform ends it without an event.
        case sessionExpires = "session_expires"
        /// The customer has been silent for a flow's `expire`.
        case flowExpires = "flow_expires"
        /// The customer has been silent for the bundle's `idle`: values of the session go.
        case idle
        /// Nobody has picked a session up within the policy's time.
        case pickUpOverdue = "pick_up_overdue"
    }

    /// What it is for.
    package var kind: Kind
    /// Whose it is.
    package var conversation: ConversationID
    /// When it falls due.
    package var due: Timestamp

    /// A timer; a conversation has at most one of each kind.
    package init(kind: Kind, conversation: ConversationID, due: Timestamp) {
        self.kind = kind
        self.conversation = conversation
        self.due = due
    }

    /// The timer as a cause.
    package var id: TimerID {
        TimerID("\(kind.rawValue)/\(conversation.account)/\(conversation.customer)/\(due.seconds)")
    }
}

/// What a step decided: everything a store must write, in one transaction, or not at all.
package struct Effects: Sendable {
    /// The page's new rows with their decisions; duplicates are not among them.
    package var inbox: [InboxRecord] = []
    /// Conversations as they are now.
    package var conversations: [Conversation] = []
    /// New actions, in order; ``cancelled`` takes effect before them.
    package var outbox: [OutboxEntry] = []
    /// Conversations whose entries that were pending before this step are withdrawn.
    package var cancelled: [Cancellation] = []
    /// Entries that ended.
    package var settled: [Settlement] = []
    /// Timers to set; setting replaces the conversation's timer of the same kind.
    package var timersSet: [Timer] = []
    /// Timers to remove: those that fired, or are for nothing any more.
    package var timersFired: [Timer] = []
    /// Servicers as they are now; each replaces the row of the same account and servicer.
    package var roster: [RosterRow] = []
    /// Accounts whose servicers are those in ``roster`` and nobody else.
    package var rosterReplaced: Set<OpenKfID> = []
    /// Answers to surveys.
    package var surveys: [SurveyAnswer] = []
    /// What of the rules was walked through, for whoever counts coverage; not stored.
    package var trace: [Trace] = []
    /// Notes that belong to no inbox row and no outbox entry.
    package var journal: [JournalEntry] = []
    /// Where the next pull of the page's account begins.
    package var position: Position?

    /// No effects.
    package init() {}

    /// A new inbox row and what was decided about it.
    package struct InboxRecord: Sendable {
        /// The row.
        package var row: Inbound
        /// Why it was answered, or not.
        package var reason: Reason
        /// The winner's score; `nil` when no rule won.
        package var score: Double?
        /// What the decision looked at, to explain it later; `nil` where no rule was asked.
        package var facts: Facts?
        /// The version that decided, where it is not the active one.
        package var version: RuleSetVersion?

        /// A decided row.
        package init(
            row: Inbound, reason: Reason, score: Double?, facts: Facts? = nil,
            version: RuleSetVersion? = nil
        ) {
            self.row = row
            self.reason = reason
            self.score = score
            self.facts = facts
            self.version = version
        }
    }

    /// A place of the rules that a decision went through, beside the rule that won.
    package enum Trace: Hashable, Sendable {
        /// A step of a flow, by the place where it is written, and what came of it where that can
        /// differ: `answered`, `retried`, `else`, `failed`, `then`.
        case step(SourcePlace, String)
        /// A branch of a hand-off policy: `to`, `closed`, `nobody`, `prefer`, `overdue`, `ended`.
        case policy(PolicyName, String)
        case notice(NoticeName)
    }

    /// A customer's mark for a session.
    package struct SurveyAnswer: Hashable, Sendable {
        /// Whose.
        package var conversation: ConversationID
        /// Which survey.
        package var survey: SurveyName
        /// The key of the item tapped.
        package var mark: String
        /// Who served the session it is about.
        package var servicer: ServicerID?
        /// The rule that handed it over.
        package var rule: RuleName?
        /// When that session ended.
        package var endedAt: Timestamp
        /// When the customer answered.
        package var at: Timestamp

        /// A mark.
        package init(
            conversation: ConversationID, survey: SurveyName, mark: String,
            servicer: ServicerID?, rule: RuleName?, endedAt: Timestamp, at: Timestamp
        ) {
            self.conversation = conversation
            self.survey = survey
            self.mark = mark
            self.servicer = servicer
            self.rule = rule
            self.endedAt = endedAt
            self.at = at
        }
    }

    /// Pending entries of a conversation are withdrawn.
    package struct Cancellation: Hashable, Sendable {
        /// Whose entries.
        package var conversation: ConversationID
        /// Why.
        package var reason: String

        /// A withdrawal.
        package init(conversation: ConversationID, reason: String) {
            self.conversation = conversation
            self.reason = reason
        }
    }

    /// An entry that ended.
    package struct Settlement: Hashable, Sendable {
        /// Which.
        package var id: ActionID
        /// Whose.
        package var conversation: ConversationID
        /// How it ended: anything but `pending`.
        package var status: OutboxStatus
        /// Why, as a stable token; empty for plain success.
        package var note: String
        /// When.
        package var at: Timestamp

        /// An ended entry.
        package init(
            id: ActionID, conversation: ConversationID, status: OutboxStatus, note: String,
            at: Timestamp
        ) {
            self.id = id
            self.conversation = conversation
            self.status = status
            self.note = note
            self.at = at
        }
    }

    /// A note for the transcript.
    package struct JournalEntry: Hashable, Sendable {
        /// Whose; `nil` for the account's.
        package var conversation: ConversationID?
        /// The account.
        package var account: OpenKfID
        /// When.
        package var at: Timestamp
        /// A stable token, such as `session:0→2` or `delivery_failed:6`.
        package var what: String

        /// A note.
        package init(
            conversation: ConversationID?, account: OpenKfID, at: Timestamp, what: String
        ) {
            self.conversation = conversation
            self.account = account
            self.at = at
            self.what = what
        }
    }

    /// The account's position after the page.
    package struct Position: Hashable, Sendable {
        /// The account.
        package var account: OpenKfID
        /// Where the next pull begins.
        package var cursor: SyncCursor
        /// The token the page was pulled with.
        package var token: SyncToken?

        /// A position.
        package init(account: OpenKfID, cursor: SyncCursor, token: SyncToken?) {
            self.account = account
            self.cursor = cursor
            self.token = token
        }
    }
}
