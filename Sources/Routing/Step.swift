import ChatModel
import SessionMachine

/// One step in the making: the conversations it has touched so far and the effects it has ordered.
///
/// What may happen is spread over extensions by occasion: `Step+Page`, `Step+Decision`,
/// `Step+Flow`, `Step+Handoff`, `Step+Survey`, `Step+Outcome`, `Step+Timer`, `Step+Roster`.
struct Step {
    let router: Router
    let now: Timestamp
    var effects = Effects()
    /// Msgids the inbox holds, those of this page included once they are decided.
    var seen: Set<MsgID>
    /// In a list, so that they are changed in place: a conversation is large.
    private var conversations: [Conversation] = []
    private var places: [ConversationID: Int] = [:]
    var rosters: Rosters
    /// Places of those that were changed, in the order they first were.
    private var touched: [Int] = []
    private var isTouched: [Bool] = []
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
        conversations.reserveCapacity(snapshot.conversations.count)
        for (id, conversation) in snapshot.conversations {
            places[id] = conversations.count
            conversations.append(conversation)
        }
        isTouched = Array(repeating: false, count: conversations.count)
        rosters = Rosters(snapshot.rosters)
    }

    /// The conversation as it is now, and the one to change: what is changed gets written.
    subscript(id: ConversationID) -> Conversation {
        get { places[id].map { conversations[$0] } ?? Conversation(id: id) }
        _modify {
            let place = touchedPlace(of: id)
            let before = conversations[place].occupiedServicer
            yield &conversations[place]
            rosters.moved(
                from: before, to: conversations[place].occupiedServicer, of: id.account)
        }
    }

    private mutating func touchedPlace(of id: ConversationID) -> Int {
        let place: Int
        if let known = places[id] {
            place = known
        } else {
            place = conversations.count
            places[id] = place
            conversations.append(Conversation(id: id))
            isTouched.append(false)
        }
        if !isTouched[place] {
            isTouched[place] = true
            touched.append(place)
        }
        return place
    }

    /// Everything ordered, with the touched conversations in the order they were first touched.
    consuming func finish() -> Effects {
        effects.conversations = touched.map { conversations[$0] }
        effects.roster = rosters.changes
        effects.rosterReplaced = rosters.replaced
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

    /// What a session leaves behind goes with it.
    mutating func forgetSession(of id: ConversationID) {
        if !self[id].memory.values.isEmpty { self[id].memory.values = [:] }
        if self[id].memory.numberedMenu != nil { self[id].memory.numberedMenu = nil }
    }

    mutating func setTimer(_ timer: Timer) { effects.timersSet.append(timer) }

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
        if case .human(let servicer?) = before, after != before {
            self[id].memory.lastServed = Conversation.Served(servicer: servicer, until: time)
        }
        if after == .ended { forgetSession(of: id) }
        if !after.isBotsTurn {
            leaveFlow(of: id, because: "flow_left")
            withdrawPending(of: id, because: "session:\(after.number)")
            // A transfer withdrawn before its call never has an outcome to wait for.
            decideDeferred(id, calledAt: now)
        }
        return true
    }
}
