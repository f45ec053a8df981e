/// One call we want made on the platform, decided by the pure core and performed by `Actions`.
package enum Action: Hashable, Sendable, Codable {
    /// `send_msg`: states 0 and 1, inside the 48-hour / 5-message window.
    case send(OutgoingBody)
    /// `send_msg_on_event`: text or menu, once, before the code expires.
    case sendOnEvent(EventCode, OutgoingBody)
    /// `service_state/trans`.
    case transfer(SessionTarget)
}

/// Where `service_state/trans` may be asked to move a session.
package enum SessionTarget: Hashable, Sendable, Codable {
    /// 1: answered through the API.
    case assistant
    /// 2: waiting for a servicer.
    case pool
    /// 3: this servicer.
    case human(ServicerID)
    /// 4: ended.
    case ended

    /// The platform's number (`service_state`).
    package var number: Int {
        switch self {
        case .assistant: 1
        case .pool: 2
        case .human: 3
        case .ended: 4
        }
    }
}

/// What made us act.
///
/// With the account and an ordinal it makes an outgoing `msgid`, so that the same cause can never
/// be answered twice, even from a store that lost its memory.
package enum Cause: Hashable, Sendable, Codable {
    /// An inbound message or event.
    case inbound(MsgID)
    /// A timer that fell due.
    case timer(TimerID)

    /// The cause as one string, different for every cause: the input of the hash.
    ///
    /// No `msgid` of the platform begins with `timer:`.
    package var key: String {
        switch self {
        case .inbound(let id): id.rawValue
        case .timer(let id): "timer:" + id.rawValue
        }
    }
}

/// Names one action: the cause and the action's place among what that cause set off.
package struct ActionID: Hashable, Sendable, Codable {
    /// What set it off.
    package let cause: Cause
    /// 0, 1, 2 … for what a decision orders directly; see ``followUp(_:)`` for what comes of it.
    package let ordinal: Int

    /// The `ordinal`th action that `cause` set off.
    package init(cause: Cause, ordinal: Int) {
        self.cause = cause
        self.ordinal = ordinal
    }

    /// The most actions one decision, or one outcome, may order.
    package static let mostSiblings = 32

    /// The id of the `index`th action ordered when this one's outcome is known.
    ///
    /// Ordinals of follow-ups never meet those of siblings, so a replay names them alike.
    package func followUp(_ index: Int) -> ActionID {
        precondition((0..<Self.mostSiblings).contains(index), "an outcome orders few actions")
        return ActionID(cause: cause, ordinal: (ordinal + 1) * Self.mostSiblings + index)
    }
}
