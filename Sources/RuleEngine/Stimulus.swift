package import ChatModel

/// What a rule set is asked about: what the customer did.
package enum Stimulus: Hashable, Sendable {
    /// The customer wrote words; `menuItem` when they tapped an item (the words are its label).
    case text(String, menuItem: WireID?)
    /// The customer sent something that isn't words.
    case message(MessageKind)
    /// An event that rules can answer.
    case event(AnswerableEvent)
}

/// What conditions look at.
package struct Facts: Hashable, Sendable, Codable {
    /// The scene of the last entrance.
    package var scene: String?
    /// The session state's number, after the stimulus: 0…4.
    package var state: Int
    /// Consecutive misses before this stimulus.
    package var misses: Int
    /// When; `nil` where time is left open (checks): then every schedule is open and everything is
    /// in force.
    package var now: Timestamp?
    /// The account the customer writes to; `nil` where it is left open.
    package var account: AccountAlias?
    /// Slots and what calls answered.
    package var values: [ValueName: String]
    /// The flow the customer is in.
    package var flow: FlowName?
    /// Whether the customer had a session before this one.
    package var isReturning: Bool
    /// The customer's tags.
    package var tags: Set<TagName>
    /// The customer's language.
    package var language: Language?
    /// When rules with `once_per` last answered this customer.
    package var answered: [RuleName: Timestamp]

    /// The facts of a conversation.
    package init(
        scene: String? = nil, state: Int = 0, misses: Int = 0, now: Timestamp? = nil,
        account: AccountAlias? = nil, values: [ValueName: String] = [:], flow: FlowName? = nil,
        isReturning: Bool = false, tags: Set<TagName> = [], language: Language? = nil,
        answered: [RuleName: Timestamp] = [:]
    ) {
        self.scene = scene
        self.state = state
        self.misses = misses
        self.now = now
        self.account = account
        self.values = values
        self.flow = flow
        self.isReturning = isReturning
        self.tags = tags
        self.language = language
        self.answered = answered
    }
}

/// What the rules say to a stimulus.
package enum Decision: Hashable, Sendable {
    /// A rule answers.
    case rule(Verdict)
    /// The question resembles those of several rules: the customer is asked which one is meant.
    case askBack(Candidates)
    /// No rule applies.
    case none
}

/// The rules a question resembles.
package struct Candidates: Hashable, Sendable {
    /// Best first; 1…3.
    package var rules: [Candidate]
    /// The `no_match` rule that would answer otherwise.
    package var miss: Verdict?

    /// A rule a question resembles.
    package struct Candidate: Hashable, Sendable {
        /// Index into the bundle's rules.
        package var rule: Int
        /// 0…1: how likely this is what the customer means.
        package var similarity: Double

        /// A candidate.
        package init(rule: Int, similarity: Double) {
            self.rule = rule
            self.similarity = similarity
        }
    }

    /// Candidates.
    package init(rules: [Candidate], miss: Verdict?) {
        self.rules = rules
        self.miss = miss
    }
}

/// The rule that won, and by what.
package struct Verdict: Hashable, Sendable {
    /// Index into the bundle's rules.
    package var rule: Int
    /// The printed score: 0…100 and one for each satisfied condition.
    package var score: Double
    /// Index into the rule's triggers: its best.
    package var trigger: Int
    /// Whether it won as `no_match`: the stimulus counts as a miss.
    package var isMiss: Bool

    /// A win.
    package init(rule: Int, score: Double, trigger: Int, isMiss: Bool) {
        self.rule = rule
        self.score = score
        self.trigger = trigger
        self.isMiss = isMiss
    }
}
