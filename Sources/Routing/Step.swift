import ChatModel
import SessionMachine

/// One step in the making: the conversations it has touched so far and the effects it has ordered.
///
/// What may happen is spread over extensions by occasion: `Step+Page`, `Step+Decision`,
/// `Step+Outcome`, `Step+Timer`.
struct Step {
    let router: Router
    let now: Timestamp
    var effects = Effects()
    /// Msgids the inbox holds, those of this page included once they are decided.
    var seen: Set<MsgID>
    private var conversations: [ConversationID: Conversation]
    private var touched: [ConversationID: Int] = [:]
    /// Conversations with entries in ``Effects/outbox``: a page may be a whole history, and must
    /// not be searched for each of its rows.
    private var orderedFor: Set<ConversationID> = []
    private var cancelled: Set<ConversationID> = []
    /// Next free ordinal of each cause that has ordered something in this step.
    private var ordinals: [Cause: Int] = [:]

    init(router: Router, snapshot: Snapshot, now: Timestamp) {
        self.router = router
        self.now = now
        seen = snapshot.seen
        conversations = snapshot.conversations
    }

    /// The conversation as it is now, and the one to change: what is changed gets written.
    subscript(id: ConversationID) -> Conversation {
        get { conversations[id] ?? Conversation(id: id) }
        set {
            conversations[id] = newValue
            if touched[id] == nil { touched[id] = touched.count }
        }
    }

    /// Everything ordered, with the touched conversations in the order they were first touched.
    consuming func finish() -> Effects {
        effects.conversations =
            touched.sorted { $0.value < $1.value }.compactMap { conversations[$0.key] }
        return effects
    }

    // MARK: Ordering effects

    /// Orders `action` as the next thing `parent` sets off, and says its id.
    @discardableResult
    mutating func order(
        _ action: Action, for id: ConversationID, from parent: Parent, deadline: Timestamp? = nil,
        reason: String
    ) -> ActionID {
        let actionID = nextID(from: parent)
        effects.outbox.append(
            OutboxEntry(
                id: actionID, conversation: id, action: action, decidedAt: now,
                deadline: deadline ?? now + OutboxEntry.softTarget, expires: deadline != nil,
                reason: reason))
        orderedFor.insert(id)
        if case .send = action { self[id].pendingSends += 1 }
        return actionID
    }

    /// What orders an action: a fresh cause, or an earlier action whose outcome is now known.
    enum Parent {
        case cause(Cause)
        case outcome(of: ActionID)
    }

    private mutating func nextID(from parent: Parent) -> ActionID {
        switch parent {
        case .cause(let cause):
            let ordinal = ordinals[cause, default: 0]
            ordinals[cause] = ordinal + 1
            return ActionID(cause: cause, ordinal: ordinal)
        case .outcome(let id):
            // Follow-ups of different actions of one cause never meet, so counting by the cause
            // keeps them apart within the step as well.
            let index = ordinals[id.cause, default: 0]
            ordinals[id.cause] = index + 1
            return id.followUp(index)
        }
    }

    /// Withdraws everything the conversation has pending, ordered in this step or before.
    ///
    /// Called when a person or the platform has moved the session: what the bot still wanted to
    /// say is no longer its to say.
    mutating func withdrawPending(of id: ConversationID, because reason: String) {
        if let handover = self[id].memory.handover, handover.isUnderWay,
            place(of: handover.transfer, in: id) == nil
        {
            // It may have been carried out, by a call under way or one a crash has cut off; then
            // only that call's answer can tell its code.
            note("code_lost: a transfer was withdrawn before its outcome was known", for: id)
        }
        // What this step itself ordered never reaches the store, so only a note tells of it.
        if orderedFor.remove(id) != nil {
            for entry in effects.outbox where entry.conversation == id {
                note("withdrawn:\(reason) \(entry.reason)", for: id)
            }
            effects.outbox.removeAll { $0.conversation == id }
        }
        if cancelled.insert(id).inserted {
            effects.cancelled.append(Effects.Cancellation(conversation: id, reason: reason))
        }
        self[id].pendingSends = 0
        self[id].memory.handover?.isUnderWay = false
    }

    /// Where in the outbox of this step an action of the conversation stands, if it does.
    func place(of action: ActionID?, in id: ConversationID) -> Int? {
        guard let action, orderedFor.contains(id) else { return nil }
        return effects.outbox.firstIndex { $0.conversation == id && $0.id == action }
    }

    mutating func note(_ what: String, for id: ConversationID) {
        effects.journal.append(
            Effects.JournalEntry(conversation: id, account: id.account, at: now, what: what))
    }

    mutating func settle(_ entry: OutboxEntry, _ status: OutboxStatus, _ note: String = "") {
        effects.settled.append(
            Effects.Settlement(
                id: entry.id, conversation: entry.conversation, status: status, note: note, at: now)
        )
    }

    /// Lets the session machine observe something, and notes and acts on a change it brings.
    ///
    /// - Returns: Whether the believed state changed.
    @discardableResult
    mutating func observe(
        _ observation: SessionMachine.Observation, for id: ConversationID, at time: Timestamp
    ) -> Bool {
        let before = self[id].session.state
        guard self[id].session.observed(observation, at: time) else { return false }
        let after = self[id].session.state
        note("session:\(before.number)→\(after.number)", for: id)
        if !after.isBotsTurn {
            withdrawPending(of: id, because: "session:\(after.number)")
            // A transfer withdrawn before its call never has an outcome to wait for.
            decideDeferred(id, calledAt: now)
        }
        return true
    }
}
