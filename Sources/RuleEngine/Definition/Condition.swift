package import ChatModel

/// One line of `if` or `unless`.
package indirect enum Condition: Hashable, Sendable, Codable {
    /// The scene of the last entrance matches a pattern: `*` stands for any run of characters.
    case scene(String)
    /// The session is in one of these states.
    case state(Set<StateName>)
    /// At least this many consecutive misses, this one included.
    case misses(Int)
    /// The time of the decision lies in (`true`) or outside (`false`) a schedule's hours.
    case hours(ScheduleName, isOpen: Bool)
    /// What is known of a value.
    case value(ValueName, ValueTest)
    /// The customer is in this flow; in any with `nil`.
    case inFlow(FlowName?)
    /// Whether the customer had a session before this one.
    case returning(Bool)
    /// The customer bears this tag.
    case tagged(TagName)
    /// The customer's language: of the profile, or of the script they last wrote in.
    case speaks(Language)
    case any([Condition])
    case all([Condition])
    case not(Condition)
}

/// What a condition asks of a value.
package enum ValueTest: Hashable, Sendable, Codable {
    /// Whether there is one.
    case known(Bool)
    /// It is one of these, compared as folded texts.
    case isAny([String])
    /// It is a number, and at least this.
    case atLeast(Double)
    /// It is a number, and at most this.
    case atMost(Double)
}

/// The names rule files and tests give session states.
package enum StateName: String, Hashable, Sendable, Codable, CaseIterable {
    /// 0 or 1: the bot's turn.
    case bot
    case untreated, assistant, pool, human, ended

    /// Whether the name stands for the platform's state `number`.
    package func covers(_ number: Int) -> Bool {
        switch self {
        case .bot: number == 0 || number == 1
        case .untreated: number == 0
        case .assistant: number == 1
        case .pool: number == 2
        case .human: number == 3
        case .ended: number == 4
        }
    }
}
