/// One call we want made on the platform, decided by the pure core and performed by `Actions`.
package enum Action: Hashable, Sendable, Codable {
    /// `send_msg`: states 0 and 1, inside the 48-hour / 5-message window.
    case send(OutgoingBody)
    /// `send_msg_on_event`: text or menu, once, before the code expires.
    case sendOnEvent(EventCode, OutgoingBody)
    /// `service_state/trans`.
    case transfer(SessionTarget)
    /// `customer/upgrade_service`: only the servicer sees it.
    case upgrade(ServiceUpgrade)
    /// A request to the company's own systems: not in order with the others, since it may be slow.
    case call(CompanyCall)
}

/// A request to the company's own systems, as rules name it.
package struct CompanyCall: Hashable, Sendable, Codable {
    /// As in `订单系统` of `订单系统.查询`.
    package var service: String
    /// As in `查询`.
    package var operation: String
    /// What is sent, in order.
    package var parameters: [Parameter]
    /// How long it may take at most, tries included.
    package var timeout: Duration

    /// One thing that is sent.
    package struct Parameter: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// What it is; a customer's words, perhaps.
        package var value: String

        /// A parameter.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A request.
    package init(
        service: String, operation: String, parameters: [Parameter], timeout: Duration
    ) {
        self.service = service
        self.operation = operation
        self.parameters = parameters
        self.timeout = timeout
    }
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
