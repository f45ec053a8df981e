/// What the platform reports with `msgtype: event` (wecom-kf reference, events).
package enum Event: Hashable, Sendable {
    /// The customer opened the chat.
    case entered(ExternalUserID, Entrance)
    /// A message the platform had accepted was not delivered.
    case sendFailed(ExternalUserID, message: MsgID, DeliveryFailure)
    /// A servicer started or stopped receiving.
    case servicerStatusChanged(ServicerID, ServicerStatus)
    /// A servicer's client changed the session.
    case sessionChanged(ExternalUserID, SessionChange)
    /// The customer took back a message.
    case customerRecalled(ExternalUserID, message: MsgID)
    /// A servicer took back a message.
    case servicerRecalled(ExternalUserID, ServicerID?, message: MsgID)
    /// A servicer switched the customer's messages off (`true`) or on again.
    case rejectSwitched(ExternalUserID, ServicerID?, rejects: Bool)
    /// An event this version doesn't know; kept raw.
    case unknown(type: String, customer: ExternalUserID?)

    /// The customer the event concerns.
    package var customer: ExternalUserID? {
        switch self {
        case .entered(let customer, _), .sendFailed(let customer, _, _),
            .sessionChanged(let customer, _), .customerRecalled(let customer, _),
            .servicerRecalled(let customer, _, _), .rejectSwitched(let customer, _, _):
            customer
        case .servicerStatusChanged: nil
        case .unknown(_, let customer): customer
        }
    }

    /// The platform's name of the event (`event_type`).
    package var type: String {
        switch self {
        case .entered: "enter_session"
        case .sendFailed: "msg_send_fail"
        case .servicerStatusChanged: "servicer_status_change"
        case .sessionChanged: "session_status_change"
        case .customerRecalled: "user_recall_msg"
        case .servicerRecalled: "servicer_recall_msg"
        case .rejectSwitched: "reject_customer_msg_switch_change"
        case .unknown(let type, _): type
        }
    }
}

/// How a customer came in (`enter_session`).
package struct Entrance: Hashable, Sendable, Codable {
    /// The link's scene; `nil` when it has none.
    package var scene: String?
    /// The link's decoded parameter; `nil` when it has none.
    package var sceneParameter: String?
    /// Good for one welcome message within 20 s of the event; often absent.
    package var welcomeCode: EventCode?
    /// The Channels (视频号) scene 1…5, when the customer came from there.
    package var channelsScene: Int?
    /// The name of that Channels account, or of its shop.
    package var channelsName: String?

    /// An entrance; everything may be absent.
    package init(
        scene: String? = nil, sceneParameter: String? = nil, welcomeCode: EventCode? = nil,
        channelsScene: Int? = nil, channelsName: String? = nil
    ) {
        self.scene = scene
        self.sceneParameter = sceneParameter
        self.welcomeCode = welcomeCode
        self.channelsScene = channelsScene
        self.channelsName = channelsName
    }
}

/// What a servicer's client did to a session (`session_status_change.change_type`).
package enum SessionChange: Hashable, Sendable {
    /// 1: took it from the pool. The code is good for one text within 48 h.
    case pickedUp(by: ServicerID, code: EventCode?)
    /// 2: passed it to a colleague.
    case transferred(from: ServicerID?, to: ServicerID)
    /// 3: ended it. The code is good for one text or menu within 20 s.
    case ended(by: ServicerID?, code: EventCode?)
    /// 4: re-entered an ended or transferred session.
    case reopened(from: ServicerID?, by: ServicerID)
    /// A change type this version doesn't know.
    case unknown(type: Int)
}

/// Whether a servicer takes new sessions, by either of the platform's two numberings.
package enum ServicerStatus: Hashable, Sendable, Codable {
    /// 接待中.
    case receiving
    /// 停止接待.
    case stopped
    /// 暂时挂起: stopped with `stop_type` 1.
    case paused
}

/// Why an accepted message was not delivered (`msg_send_fail.fail_type`).
package enum DeliveryFailure: Hashable, Sendable {
    case unknownCause, accountDeleted, appDisabled, sessionExpired, sessionClosed
    case overMessageLimit, noChannelsAccount, corpNotVerified, neitherBoundNorVerified
    case customerRejects, nobodyLoggedIn, typeForbidden
    /// A number this version doesn't know.
    case other(Int)

    private static let table: [(Int, DeliveryFailure, String)] = [
        (0, .unknownCause, "unknown cause"),
        (1, .accountDeleted, "the KF account was deleted"),
        (2, .appDisabled, "the app is disabled"),
        (4, .sessionExpired, "the session expired (over 48 hours)"),
        (5, .sessionClosed, "the session is closed"),
        (6, .overMessageLimit, "over 5 messages since the customer last wrote"),
        (7, .noChannelsAccount, "no Channels account is bound"),
        (8, .corpNotVerified, "the corp is not verified"),
        (9, .neitherBoundNorVerified, "neither bound to Channels nor verified"),
        (10, .customerRejects, "the customer refuses messages"),
        (11, .nobodyLoggedIn, "no corp member has logged in to the WeCom app"),
        (12, .typeForbidden, "the message type is forbidden by the KF component's settings"),
    ]

    /// The failure the platform's number stands for.
    package init(number: Int) {
        self = Self.table.first { $0.0 == number }?.1 ?? .other(number)
    }

    /// The platform's number.
    package var number: Int {
        if case .other(let number) = self { return number }
        return Self.table.first { $0.1 == self }?.0 ?? 0
    }

    /// What it means, in a few words for the operator.
    package var meaning: String {
        Self.table.first { $0.1 == self }?.2 ?? "a cause this version does not know"
    }
}
