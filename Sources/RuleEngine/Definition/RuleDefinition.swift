package import ChatModel

/// A rule: when it applies, what it does, and the sentences it promises to hear.
package struct RuleDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: RuleName
    /// Where the rule begins.
    package var place: SourcePlace
    /// A coarse override of the score.
    package var priority: Priority
    /// Alternatives: any one is enough.
    package var triggers: [Trigger]
    /// All must hold; each adds a point.
    package var conditions: [Condition]
    /// None may hold; each adds a point.
    package var exceptions: [Condition]
    /// Messages, in order.
    package var reply: [ReplyPart]
    /// A person takes over after the reply.
    package var handoff: HandoffDefinition?
    /// The session ends after the reply.
    package var end: EndDefinition?
    /// Whom the servicer is asked to recommend.
    package var upgrade: ServiceUpgrade?
    /// Tags it puts on the customer.
    package var tags: [TagName]
    /// Values it sets.
    package var sets: [Assignment]
    /// The flow it starts after the reply.
    package var start: FlowName?
    /// When it is in force.
    package var valid: ActiveSpan?
    /// It doesn't answer the same customer again before this has passed.
    package var oncePer: Duration?
    /// The accounts it is for; `nil` for all of the bundle's.
    package var accounts: [AccountAlias]?
    /// An ASCII name for metrics.
    package var id: String?
    /// What it was called before, so that reports go on.
    package var renamedFrom: [RuleName]
    /// Who looks after it; `nil` for the bundle's owner.
    package var owner: String?
    /// With similar questions: the id a tap comes back with when it was offered.
    package var candidateID: WireID?
    /// Sentences this rule must win.
    package var examples: [String]
    /// Sentences this rule must not win.
    package var notExamples: [String]

    /// A rule; everything but name, place and triggers may be empty.
    package init(
        name: RuleName, place: SourcePlace, priority: Priority = .normal, triggers: [Trigger],
        conditions: [Condition] = [], exceptions: [Condition] = [], reply: [ReplyPart] = [],
        handoff: HandoffDefinition? = nil, end: EndDefinition? = nil,
        upgrade: ServiceUpgrade? = nil, tags: [TagName] = [],
        sets: [Assignment] = [], start: FlowName? = nil, valid: ActiveSpan? = nil,
        oncePer: Duration? = nil, accounts: [AccountAlias]? = nil, id: String? = nil,
        renamedFrom: [RuleName] = [], owner: String? = nil, candidateID: WireID? = nil,
        examples: [String] = [], notExamples: [String] = []
    ) {
        self.name = name
        self.place = place
        self.priority = priority
        self.triggers = triggers
        self.conditions = conditions
        self.exceptions = exceptions
        self.reply = reply
        self.handoff = handoff
        self.end = end
        self.upgrade = upgrade
        self.tags = tags
        self.sets = sets
        self.start = start
        self.valid = valid
        self.oncePer = oncePer
        self.accounts = accounts
        self.id = id
        self.renamedFrom = renamedFrom
        self.owner = owner
        self.candidateID = candidateID
        self.examples = examples
        self.notExamples = notExamples
    }

    /// Four steps instead of a race of numbers.
    package enum Priority: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
        case low, normal, high, urgent

        private var rank: Int {
            switch self {
            case .low: 0
            case .normal: 1
            case .high: 2
            case .urgent: 3
            }
        }

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
    }
}

/// A value and what it is set to.
package struct Assignment: Hashable, Sendable, Codable {
    /// What is set.
    package var name: ValueName
    /// What it is set to.
    package var value: Template

    /// Sets `name` to `value`.
    package init(_ name: ValueName, _ value: Template) {
        self.name = name
        self.value = value
    }
}
