package import ChatModel
package import RuleEngine
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
    /// What the platform tells of the customer; `nil` while it has not been asked.
    ///
    /// Kept on its own: whoever asks the platform writes it, and no step changes it.
    package var profile: CustomerProfile?

    /// What is remembered beside the session.
    package struct Memory: Hashable, Sendable, Codable {
        /// Consecutive messages no rule but `no_match` answered.
        package var misses = 0
        /// The scene of the last entrance.
        package var scene: String?
        /// Whether an entrance was seen: then the profile's is an older one.
        package var hasEntered = false
        /// The rule that answered last.
        package var lastRule: RuleName?
        /// A hand-over or an ending under way or standing: what its codes are for.
        package var handover: Handover?
        /// The message ordered with the last end code: useless once a new session has begun.
        package var closing: ActionID?
        /// Messages waiting for a transfer's or a call's outcome, oldest first; at most
        /// ``mostDeferred``.
        package var deferred: [Deferred] = []
        /// The flow the customer is in.
        package var flow: FlowPosition?
        /// Slots kept for the session, and what calls answered.
        package var values: [ValueName: String] = [:]
        /// Slots kept for the customer.
        package var lasting: [ValueName: String] = [:]
        /// Until when, for those of them that are kept for a time.
        package var expiries: [ValueName: Timestamp] = [:]
        /// The customer's tags, in the order given.
        package var tags: [TagName] = []
        /// A survey that was sent and not answered yet.
        package var survey: SurveyAsked?
        /// How many sessions have begun, this one included.
        package var sessions = 0
        /// Who last served the customer, and when that session ended.
        package var lastServed: Served?
        /// The language the customer last wrote in.
        package var language: Language?
        /// The menu with numbers that was sent last: `1` is then its first item.
        package var numberedMenu: MenuName?
        /// When rules with `once_per` last answered.
        package var answered: [RuleName: Timestamp] = [:]
        /// The version this customer's sessions run on; `nil` for the active one.
        package var version: RuleSetVersion?

        /// More messages than this while one call is under way are left to the servicer.
        package static let mostDeferred = 8

        /// Nothing remembered.
        package init() {}
    }

    /// Where a customer stands in a flow.
    package struct FlowPosition: Hashable, Sendable, Codable {
        /// The flows entered, the innermost last; never empty.
        package var frames: [Frame]
        /// The rule that started it.
        package var rule: RuleName
        /// The version it runs on to its end.
        package var version: RuleSetVersion?
        /// How often the slot being asked for was asked for.
        package var asked: Int
        /// The call whose answer it waits for; `nil` when it waits for the customer.
        package var call: ActionID?

        /// One flow and the step it stands at.
        package struct Frame: Hashable, Sendable, Codable {
            /// The flow.
            package var flow: FlowName
            /// Index into the flow's instructions.
            package var at: Int

            /// A flow at an instruction.
            package init(flow: FlowName, at: Int) {
                self.flow = flow
                self.at = at
            }
        }

        /// A position.
        package init(
            frames: [Frame], rule: RuleName, version: RuleSetVersion?, asked: Int = 0,
            call: ActionID? = nil
        ) {
            self.frames = frames
            self.rule = rule
            self.version = version
            self.asked = asked
            self.call = call
        }
    }

    /// A survey that was sent: whom the click is credited to, whenever it comes.
    package struct SurveyAsked: Hashable, Sendable, Codable {
        /// Which.
        package var survey: SurveyName
        /// Who served the session it asks about.
        package var servicer: ServicerID?
        /// The rule that handed it over.
        package var rule: RuleName?
        /// When that session ended.
        package var endedAt: Timestamp
        /// The version that knows the survey.
        package var version: RuleSetVersion?

        /// A survey that was sent.
        package init(
            survey: SurveyName, servicer: ServicerID?, rule: RuleName?, endedAt: Timestamp,
            version: RuleSetVersion?
        ) {
            self.survey = survey
            self.servicer = servicer
            self.rule = rule
            self.endedAt = endedAt
            self.version = version
        }
    }

    /// Who served a customer, and until when.
    package struct Served: Hashable, Sendable, Codable {
        /// Who.
        package var servicer: ServicerID
        /// When the session ended, or went to someone else.
        package var until: Timestamp

        /// Who served until when.
        package init(servicer: ServicerID, until: Timestamp) {
            self.servicer = servicer
            self.until = until
        }
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
        /// The survey that ``closing`` is, if it is one.
        package var survey: SurveyName?
        /// The policy that decided it, when it has a name.
        package var policy: PolicyName?
        /// How soon somebody must pick the session up, and what happens when nobody does.
        package var overdue: Overdue?
        /// Whom ``transfer`` gives the session to, if it names someone.
        package var servicer: ServicerID?
        /// Whether somebody has picked the session up: taken it from the pool, or written in it.
        package var isPickedUp: Bool?
        /// Whether the transfer is ordered and its outcome not known yet.
        ///
        /// Meanwhile the bot says nothing new: a message could overtake nothing, but would arrive
        /// in the wrong state.
        package var isUnderWay: Bool
    }

    /// A deadline for picking a session up.
    package struct Overdue: Hashable, Sendable, Codable {
        /// Counted from the transfer.
        package var within: Duration
        /// What happens then.
        package var fallback: HandoffDefinition.Fallback?
        /// The version whose policies and menus ``fallback`` names.
        package var version: RuleSetVersion?

        /// A deadline.
        package init(
            within: Duration, fallback: HandoffDefinition.Fallback?, version: RuleSetVersion?
        ) {
            self.within = within
            self.fallback = fallback
            self.version = version
        }
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
        /// Its words; of an order card the order's number; empty for other kinds.
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
        id: ConversationID, session: SessionMachine, memory: Memory, pendingSends: Int,
        profile: CustomerProfile? = nil
    ) {
        self.id = id
        self.session = session
        self.memory = memory
        self.pendingSends = pendingSends
        self.profile = profile
    }
}

extension Conversation.Memory {
    /// Reads what any version wrote: what is missing is empty.
    package init(from decoder: any Decoder) throws {
        let stored = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or empty: Value) throws -> Value {
            try stored.decodeIfPresent(Value.self, forKey: key) ?? empty
        }
        misses = try value(.misses, or: 0)
        scene = try stored.decodeIfPresent(String.self, forKey: .scene)
        hasEntered = try value(.hasEntered, or: false)
        lastRule = try stored.decodeIfPresent(RuleName.self, forKey: .lastRule)
        handover = try stored.decodeIfPresent(Conversation.Handover.self, forKey: .handover)
        closing = try stored.decodeIfPresent(ActionID.self, forKey: .closing)
        deferred = try value(.deferred, or: [])
        flow = try stored.decodeIfPresent(Conversation.FlowPosition.self, forKey: .flow)
        values = try value(.values, or: [:])
        lasting = try value(.lasting, or: [:])
        expiries = try value(.expiries, or: [:])
        tags = try value(.tags, or: [])
        survey = try stored.decodeIfPresent(Conversation.SurveyAsked.self, forKey: .survey)
        sessions = try value(.sessions, or: 0)
        lastServed = try stored.decodeIfPresent(Conversation.Served.self, forKey: .lastServed)
        language = try stored.decodeIfPresent(Language.self, forKey: .language)
        numberedMenu = try stored.decodeIfPresent(MenuName.self, forKey: .numberedMenu)
        answered = try value(.answered, or: [:])
        version = try stored.decodeIfPresent(RuleSetVersion.self, forKey: .version)
    }
}
