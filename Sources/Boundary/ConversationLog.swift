package import ChatModel
package import Routing
package import RuleEngine

/// A row of a page and what was decided about it, as it was at the time.
package struct RecordedDecision: Hashable, Sendable {
    /// The row; for rows of stores older than their second version, what is still known of it.
    package var row: Inbound
    /// What the decision looked at; `nil` where no rule was asked, or it is not known any more.
    package var facts: Facts?
    /// The version that decided, or was active; `nil` before the first.
    package var version: RuleSetVersion?
    /// Why it came out as it did, as ``Reason/text``.
    package var reason: String
    /// The winner's score; `nil` when no rule won.
    package var score: Double?
    /// When it was decided.
    package var at: Timestamp

    /// A decided row.
    package init(
        row: Inbound, facts: Facts?, version: RuleSetVersion?, reason: String, score: Double?,
        at: Timestamp
    ) {
        self.row = row
        self.facts = facts
        self.version = version
        self.reason = reason
        self.score = score
        self.at = at
    }

    /// What the rules were asked, or could be asked now; `nil` where they have no say.
    package var stimulus: Stimulus? {
        switch row.content {
        case .fromCustomer(_, .text(let words, let item)): .text(words, menuItem: item)
        case .fromCustomer(_, let body): .message(body.kind)
        case .event(.entered): .event(.enterSession)
        case .fromServicer, .event, .unknown: nil
        }
    }
}

/// An action we ordered, and how it ended.
package struct RecordedAction: Hashable, Sendable {
    /// The action.
    package var entry: OutboxEntry
    /// The version that decided it.
    package var version: RuleSetVersion?
    /// How it ended, if it has.
    package var status: OutboxStatus
    /// Why, as a stable token; empty for plain success.
    package var note: String
    /// When it ended.
    package var settledAt: Timestamp?

    /// An action.
    package init(
        entry: OutboxEntry, version: RuleSetVersion?, status: OutboxStatus, note: String,
        settledAt: Timestamp?
    ) {
        self.entry = entry
        self.version = version
        self.status = status
        self.note = note
        self.settledAt = settledAt
    }
}

/// One thing that happened in a conversation.
package enum LogEntry: Hashable, Sendable {
    /// Something came in.
    case row(RecordedDecision)
    /// We did something, or meant to.
    case action(RecordedAction)
    /// Something that is neither: a move of the session, a message that did not arrive.
    case note(Effects.JournalEntry)
}
