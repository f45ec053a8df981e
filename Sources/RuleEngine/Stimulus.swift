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
package struct Facts: Hashable, Sendable {
    /// The scene of the last entrance.
    package var scene: String?
    /// The session state's number, after the stimulus: 0…4.
    package var state: Int
    /// Consecutive misses before this stimulus.
    package var misses: Int

    /// The facts of a conversation.
    package init(scene: String? = nil, state: Int = 0, misses: Int = 0) {
        self.scene = scene
        self.state = state
        self.misses = misses
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
