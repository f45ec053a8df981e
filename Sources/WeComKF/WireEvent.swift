import ChatModel

/// The `event` object of a row (wecom-kf reference §8.5), all fields of all types.
struct WireEvent {
    /// `external_userid`: events name it here and not beside `msgid`.
    var customer: String?
    /// `open_kfid`, likewise.
    var account: String?
    private var type = ""
    private var entrance = Entrance()
    private var failedMessage: String?
    private var failure = 0
    private var servicer: String?
    private var status: Int?
    private var stopType: Int?
    private var change = 0
    private var oldServicer: ServicerID?
    private var newServicer: ServicerID?
    private var code: EventCode?
    private var recalled: String?
    private var rejects: Int?

    /// An event without its object.
    init() {}

    /// Reads the object.
    init(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        var event = WireEvent()
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            try event.read(key, from: &json)
        }
        self = event
    }

    private mutating func read(
        _ key: JSONScanner.Key, from json: inout JSONScanner
    ) throws(JSONScanner.SyntaxError) {
        if json.matches(key, "event_type") {
            type = try json.string() ?? ""
        } else if json.matches(key, "open_kfid") {
            account = try json.text()
        } else if json.matches(key, "external_userid") {
            customer = try json.text()
        } else if json.matches(key, "scene") {
            entrance.scene = try json.text()
        } else if json.matches(key, "scene_param") {
            entrance.sceneParameter = try json.text()
        } else if json.matches(key, "welcome_code") {
            entrance.welcomeCode = try json.text().map { EventCode($0) }
        } else if json.matches(key, "wechat_channels") {
            var scene: Int?
            var name: String?
            var shop: String?
            try json.members { (json, key) throws(JSONScanner.SyntaxError) in
                if json.matches(key, "scene") {
                    scene = try json.integer()
                } else if json.matches(key, "nickname") {
                    name = try json.text()
                } else if json.matches(key, "shop_nickname") {
                    shop = try json.text()
                }
            }
            entrance.channelsScene = scene
            entrance.channelsName = [name, shop].compactMap(\.self).first { !$0.isEmpty }
        } else if json.matches(key, "fail_msgid") {
            failedMessage = try json.text()
        } else if json.matches(key, "fail_type") {
            failure = try json.integer() ?? 0
        } else if json.matches(key, "servicer_userid") {
            servicer = try json.text()
        } else if json.matches(key, "status") {
            status = try json.integer()
        } else if json.matches(key, "stop_type") {
            stopType = try json.integer()
        } else if json.matches(key, "change_type") {
            change = try json.integer() ?? 0
        } else if json.matches(key, "old_servicer_userid") {
            oldServicer = try json.text().map { ServicerID($0) }
        } else if json.matches(key, "new_servicer_userid") {
            newServicer = try json.text().map { ServicerID($0) }
        } else if json.matches(key, "msg_code") {
            code = try json.text().map { EventCode($0) }
        } else if json.matches(key, "recall_msgid") {
            recalled = try json.text()
        } else if json.matches(key, "reject_switch") {
            rejects = try json.integer()
        }
    }

    /// The event; unknown when its type is, or when it lacks what its type needs.
    var event: Event {
        let servicer = servicer.map { ServicerID($0) }
        if type == "servicer_status_change", let servicer, let receiving {
            return .servicerStatusChanged(servicer, receiving)
        }
        guard let customer = customer.map({ ExternalUserID($0) }) else {
            return .unknown(type: type, customer: nil)
        }
        switch type {
        case "enter_session":
            return .entered(customer, entrance)
        case "msg_send_fail":
            if let failedMessage {
                return .sendFailed(
                    customer, message: MsgID(failedMessage), DeliveryFailure(number: failure))
            }
        case "session_status_change":
            return .sessionChanged(customer, sessionChange)
        case "user_recall_msg":
            if let recalled { return .customerRecalled(customer, message: MsgID(recalled)) }
        case "servicer_recall_msg":
            if let recalled {
                return .servicerRecalled(customer, servicer, message: MsgID(recalled))
            }
        case "reject_customer_msg_switch_change":
            if let rejects { return .rejectSwitched(customer, servicer, rejects: rejects == 1) }
        default: break
        }
        return .unknown(type: type, customer: customer)
    }

    /// Here 1 is receiving and 2 stopped; `servicer/list` counts from 0.
    private var receiving: ServicerStatus? {
        switch status {
        case 1: .receiving
        case 2: stopType == 1 ? .paused : .stopped
        default: nil
        }
    }

    private var sessionChange: SessionChange {
        switch (change, newServicer) {
        case (1, let new?): .pickedUp(by: new, code: code)
        case (2, let new?): .transferred(from: oldServicer, to: new)
        case (3, _): .ended(by: oldServicer, code: code)
        case (4, let new?): .reopened(from: oldServicer, by: new)
        default: .unknown(type: change)
        }
    }
}
