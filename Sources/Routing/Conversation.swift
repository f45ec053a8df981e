package import ChatModel
package import SessionMachine

/// Everything a decision about one customer needs to remember between messages.
package struct Conversation: Hashable, Sendable {
    /// Whose it is.
    package let id: ConversationID
    /// The session: state, window, codes.
    package var session: SessionMachine
    /// What is remembered beside the session; small, and mostly empty.
    package var memory: Memory
    /// How many `send` actions in the outbox are not settled yet.
    ///
    /// The store counts them when it loads the conversation; they are not part of its row.
    package var pendingSends: Int

    /// What is remembered beside the session.
    package struct Memory: Hashable, Sendable, Codable {
        /// Consecutive messages no rule but `no_match` answered.
        package var misses = 0
        /// The scene of the last entrance.
        package var scene: String?
        /// The rule that answered last.
        package var lastRule: RuleName?
        /// A hand-over or an ending under way or standing: what its codes are for.
        package var handover: Handover?
        /// The message ordered with the last end code: useless once a new session has begun.
        package var closing: ActionID?
        /// Messages waiting for a transfer's outcome, oldest first; at most ``mostDeferred``.
        package var deferred: [Deferred] = []

        /// More messages than this while one call is under way are left to the servicer.
        package static let mostDeferred = 8

        /// Nothing remembered.
        package init() {}
    }

    /// What to say with the codes of a hand-over; resolved when it was decided, so that a new
    /// version of the rules changes nothing for a customer who is already waiting.
    package struct Handover: Hashable, Sendable, Codable {
        /// The rule that decided it.
        package var rule: RuleName
        /// The transfer that carries it out: an outcome of another one belongs to a session that
        /// is over.
        package var transfer: ActionID?
        /// Said with the transfer's code; `nil` once said.
        package var waitingText: String?
        /// Said with the end code: a text or a menu.
        package var closing: OutgoingBody?
        /// Whether the transfer is ordered and its outcome not known yet.
        ///
        /// Meanwhile the bot says nothing new: a message could overtake nothing, but would arrive
        /// in the wrong state.
        package var isUnderWay: Bool
    }

    /// A message that came while a transfer was under way, kept until its outcome is known.
    package struct Deferred: Hashable, Sendable, Codable {
        /// The message.
        package var msgID: MsgID
        /// When the customer sent it.
        package var sentAt: Timestamp
        /// When we heard of it: what was heard before a call was made came before the call.
        package var heardAt: Timestamp
        /// Its kind.
        package var kind: MessageKind
        /// Its words; empty for other kinds.
        package var text: String
        /// The menu item tapped.
        package var menuItem: WireID?
    }

    /// A conversation nothing is known of.
    package init(id: ConversationID) {
        self.init(id: id, session: SessionMachine(), memory: Memory(), pendingSends: 0)
    }

    /// A conversation as a store kept it.
    package init(
        id: ConversationID, session: SessionMachine, memory: Memory, pendingSends: Int
    ) {
        self.id = id
        self.session = session
        self.memory = memory
        self.pendingSends = pendingSends
    }
}
