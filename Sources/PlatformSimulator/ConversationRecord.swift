package import ChatModel

/// One line of what happened between a customer and an account, as the platform saw it.
package struct TimelineEntry: Hashable, Sendable {
    /// What happened.
    package enum What: Hashable, Sendable {
        /// The customer wrote.
        case customer(MsgID, MessageBody)
        /// A servicer wrote.
        case servicer(ServicerID, MsgID, MessageBody)
        /// The API wrote; with the code when it spoke through one.
        case api(MsgID, OutgoingBody, code: EventCode?)
        /// An event entered the account's log.
        case event(MsgID, Event)
        /// The session moved; the servicer only where it moved to 3.
        case state(ServiceState, ServicerID?, by: Mover)
    }

    /// Who moves a session.
    package enum Mover: String, Hashable, Sendable, Codable {
        case customer, servicer, clock
        /// `service_state/trans`.
        case command
        /// `send_msg` in state 0.
        case send
    }

    /// When.
    package let at: Timestamp
    /// What.
    package let what: What
}

/// A message a customer wrote, and what has come back since.
package struct CustomerMessage: Hashable, Sendable {
    /// Whose conversation.
    package let conversation: ConversationID
    /// The message.
    package let msgID: MsgID
    /// When it was written.
    package let at: Timestamp
    /// The state the session was in once it was written.
    package let state: ServiceState
    /// Messages of the API accepted since, up to now.
    package let sends: Int
    /// Messages of the API accepted before the customer's next message, or up to now.
    package let sendsBeforeNext: Int
    /// From this message to the API's next one; `nil` while there is none.
    package let answeredAfter: Duration?
    /// Whether nothing was sent and nothing commanded since, though it was the API's turn.
    package let isUnanswered: Bool
}

/// A code the platform handed out, and what became of it.
package struct IssuedCode: Hashable, Sendable {
    /// The code itself.
    package let code: EventCode
    /// What it may be used for.
    package let purpose: CodePurpose
    /// Whose conversation.
    package let conversation: ConversationID
    /// When it was issued.
    package let issuedAt: Timestamp
    /// The session it is bound to, counted from 1 within the conversation.
    let session: Int
    /// When it was used; `nil` while it was not.
    package internal(set) var usedAt: Timestamp?
    /// The message it was used for.
    var usedFor: MsgID?

    /// The first moment at which it is refused.
    package var expiresAt: Timestamp { issuedAt + purpose.lifetime }
    /// What was left of its life when it was used.
    package var slack: Duration? { usedAt.map { expiresAt - $0 } }

    /// Whether its time passed without its being used.
    package func isWasted(at now: Timestamp) -> Bool { usedAt == nil && now >= expiresAt }
}

/// What a caller can know of something that changes: the version last shown to it, and when.
///
/// What was shown within the notice time does not count yet: the caller may have had a call under
/// way when it was shown.
struct Knowledge: Hashable, Sendable {
    private var settled = 0
    private var fresh: [(version: Int, at: Timestamp)] = []

    /// The caller changed it itself, so there is nothing to notice.
    mutating func caused(_ version: Int) { settled = max(settled, version) }

    mutating func shown(_ version: Int, at time: Timestamp, noticeTime: Duration) {
        guard version > settled, version > fresh.last?.version ?? 0 else { return }
        if noticeTime == .zero {
            settled = version
        } else {
            settle(at: time, noticeTime)
            fresh.append((version, time))
        }
    }

    /// The version a caller must be taken to know at `time`.
    mutating func known(at time: Timestamp, noticeTime: Duration) -> Int {
        settle(at: time, noticeTime)
        return settled
    }

    private mutating func settle(at time: Timestamp, _ noticeTime: Duration) {
        while let first = fresh.first, time - first.at >= noticeTime {
            settled = max(settled, first.version)
            fresh.removeFirst()
        }
    }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.settled == rhs.settled && lhs.fresh.elementsEqual(rhs.fresh, by: ==)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(settled) }
}

/// Everything the platform keeps of one customer's conversation with one account.
struct ConversationRecord: Sendable {
    /// A message of the customer and how far the counters stood when it came.
    struct Written: Sendable {
        let msgID: MsgID
        let at: Timestamp
        let state: ServiceState
        let sendsBefore: Int
        let actsBefore: Int
    }

    let id: ConversationID
    let account: Int
    var state = ServiceState.ended
    var servicer: ServicerID?
    /// Who served last, also after the end.
    var lastServicer: ServicerID?
    /// Counts sessions; 0 before the customer first wrote.
    var session = 0
    /// Grows with every change of ``state`` or ``servicer``.
    var version = 0
    var knowledge = Knowledge()
    /// The session's first change to 2 or 3 has handed out its code.
    var replyCodeIssued = false
    /// Commands carried out in this session, to recognise one made again.
    var commands: Set<String> = []
    /// Refusals that were not the caller's fault, to recognise a call made again after one.
    var excused: Set<String> = []

    var lastWroteAt: Timestamp?
    var lastEnteredAt: Timestamp?
    var lastWelcomedAt: Timestamp?
    var entrance: Entrance?
    var sendsSinceWritten = 0
    var rejectsCustomer = false
    /// What was recommended through `customer/upgrade_service`.
    var offers: [UpgradeOffer] = []

    /// API messages accepted, ever.
    var sends = 0
    /// API messages and commands accepted, ever.
    var acts = 0
    /// When each API message was accepted, for the time an answer took.
    var sendTimes: [Timestamp] = []
    var written: [Written] = []
    var timeline: [TimelineEntry] = []

    init(id: ConversationID, account: Int) {
        self.id = id
        self.account = account
    }

    /// The newest menu item shown under this id.
    func label(of item: WireID) -> String? {
        for entry in timeline.reversed() {
            switch entry.what {
            case .api(_, .menu(let menu), _), .servicer(_, _, .menu(let menu)):
                for case .click(item, let label) in menu.items { return label }
            default: continue
            }
        }
        return nil
    }
}
