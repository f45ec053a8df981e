import ChatModel
import Hummingbird
import PlatformSimulator

/// What customers and servicers do.
extension ControlRoutes {
    /// The most customers one request may bring along.
    private static let largestCrowd = 100_000

    func addActs(to group: RouterGroup<SimulatorContext>) {
        addCustomers(to: group)
        addServicers(to: group)
        on(.post, "crowd", in: group) { order, contents in
            let account = try order.account(in: contents.simulator)
            let count = try order.count(order.details.count, "count", most: Self.largestCrowd)
            let prefix = order.details.prefix ?? "wmCROWD"
            for number in 0..<count {
                let customer = ExternalUserID("\(prefix)\(number)")
                if order.details.enter ?? false {
                    try contents.simulator.enters(customer, account)
                }
                if let text = order.details.text {
                    try contents.simulator.writes(customer, account, .text(text, menuItem: nil))
                }
            }
            return JSONText.object { $0.member("customers", count) }
        }
    }

    private func addCustomers(to group: RouterGroup<SimulatorContext>) {
        on(.post, "customers/:id/enter", in: group) { order, contents in
            let account = try order.account(in: contents.simulator)
            let customer = ExternalUserID(try order.name())
            if let nickname = order.details.nickname {
                contents.simulator.setNickname(nickname, of: customer)
            }
            return Self.done(
                try contents.simulator.enters(
                    customer, account, scene: order.details.scene,
                    sceneParameter: order.details.scene_param,
                    channelsScene: order.details.channels_scene))
        }
        on(.post, "customers/:id/messages", in: group) { order, contents in
            let account = try order.account(in: contents.simulator)
            let customer = ExternalUserID(try order.name())
            let msgID = order.details.msgid.map { MsgID($0) }
            if let item = order.details.click {
                return Self.done(
                    try contents.simulator.clicks(
                        customer, account, item: WireID(item), msgID: msgID))
            }
            if order.details.type == "msgmenu" {
                throw ControlError(what: "customers send no menus", hint: "servicers do")
            }
            return Self.done(
                try contents.simulator.writes(
                    customer, account, try Self.body(order.details), msgID: msgID,
                    raw: try Self.raw(order.details)))
        }
        on(.post, "customers/:id/recall", in: group) { order, contents in
            let message = MsgID(try order.required(order.details.msgid, "msgid"))
            return Self.done(
                try contents.simulator.recalls(
                    ExternalUserID(try order.name()), try order.account(in: contents.simulator),
                    message: message))
        }
    }

    private func addServicers(to group: RouterGroup<SimulatorContext>) {
        let acts: [(RouterPath, @Sendable (Order, inout PlatformSimulator) throws -> MsgID)] = [
            (
                "servicers/:id/pick-up",
                { order, simulator in
                    try simulator.picksUp(
                        ServicerID(try order.name()), try order.conversation(in: simulator))
                }
            ),
            (
                "servicers/:id/messages",
                { order, simulator in
                    try simulator.servicerWrites(
                        ServicerID(try order.name()), try order.conversation(in: simulator),
                        try Self.body(order.details), msgID: order.details.msgid.map { MsgID($0) },
                        raw: try Self.raw(order.details))
                }
            ),
            (
                "servicers/:id/transfer",
                { order, simulator in
                    try simulator.transfers(
                        ServicerID(try order.name()), try order.conversation(in: simulator),
                        to: ServicerID(try order.required(order.details.to, "to")))
                }
            ),
            (
                "servicers/:id/end",
                { order, simulator in
                    try simulator.ends(
                        ServicerID(try order.name()), try order.conversation(in: simulator))
                }
            ),
            (
                "servicers/:id/reopen",
                { order, simulator in
                    try simulator.reopens(
                        ServicerID(try order.name()), try order.conversation(in: simulator))
                }
            ),
            (
                "servicers/:id/recall",
                { order, simulator in
                    try simulator.servicerRecalls(
                        ServicerID(try order.name()), try order.conversation(in: simulator),
                        message: MsgID(try order.required(order.details.msgid, "msgid")))
                }
            ),
            (
                "servicers/:id/reject",
                { order, simulator in
                    try simulator.switchesRejection(
                        ServicerID(try order.name()), try order.conversation(in: simulator),
                        rejects: try order.required(order.details.rejects, "rejects"))
                }
            ),
            (
                "servicers/:id/status",
                { order, simulator in
                    try simulator.changesStatus(
                        ServicerID(try order.name()), on: try order.account(in: simulator),
                        to: try Self.status(order.details.status))
                }
            ),
        ]
        for (path, act) in acts {
            on(.post, path, in: group) { order, contents in
                Self.done(try act(order, &contents.simulator))
            }
        }
    }

    /// The console grants an account to its app, or withdraws it.
    func addGrants(to group: RouterGroup<SimulatorContext>) {
        on(.post, "accounts/:id/grant", in: group) { order, contents in
            try contents.simulator.grant(
                OpenKfID(try order.name()), try order.required(order.details.granted, "granted"))
            return Self.ok
        }
    }

    private static func done(_ msgID: MsgID) -> [UInt8] {
        JSONText.object { $0.member("msgid", msgID.rawValue) }
    }

    private static func status(_ name: String?) throws(ControlError) -> ServicerStatus {
        switch name {
        case "receiving": return .receiving
        case "stopped": return .stopped
        case "paused": return .paused
        default: throw ControlError(what: "status is not receiving, stopped or paused")
        }
    }

    /// A message of any content, where one is given.
    private static func raw(_ details: Details) throws -> RawMessage? {
        guard let raw = details.raw else { return nil }
        guard let type = raw["msgtype"]?.text, !type.isEmpty else {
            throw ControlError(what: "raw: msgtype is missing, or no text")
        }
        if raw["msgid"] != nil {
            throw ControlError(
                what: "raw: msgid can't be replaced", hint: "write msgid beside raw")
        }
        return RawMessage(type: type, members: try raw.mapValues { try $0.written() })
    }

    /// What is written: `text`, or an example of `type`; of a raw message nothing is looked at.
    private static func body(_ details: Details) throws(ControlError) -> MessageBody {
        let given = [
            details.text.map { _ in "text" }, details.type.map { _ in "type" },
            details.raw.map { _ in "raw" },
        ].compactMap { $0 }
        if given.count > 1 {
            throw ControlError(
                what: "\(given.joined(separator: " and ")) together", hint: "name one of them")
        }
        if details.raw != nil { return .other(type: "raw") }
        if let text = details.text { return .text(text, menuItem: nil) }
        guard let type = details.type else {
            throw ControlError(what: "text, click, type or raw is missing")
        }
        // Without an id the platform makes one, with a sample behind it.
        let media = MediaID(details.media_id ?? "")
        switch type {
        case "image": return .image(media)
        case "voice": return .voice(media)
        case "video": return .video(media)
        case "file": return .file(media)
        case "location":
            return .location(
                .init(latitude: 31.23, longitude: 121.47, name: "外滩", address: "中山东一路"))
        case "link": return .link(.init(title: "链接", url: "https://shop.example.com/"))
        case "msgmenu":
            let items: [OutgoingBody.Menu.Item] = [
                .click(id: "A", label: "A"), .click(id: "B", label: "B"),
            ]
            return .menu(.init(head: "请选择", items: items, tail: "谢谢"))
        case "business_card": return .businessCard("anna")
        case "miniprogram":
            return .miniprogram(
                .init(appID: "wx00demo", title: "小程序", pagePath: "pages/i.html"))
        case "channels_shop_product": return .shopProduct(.init(id: "10001", title: "杯子"))
        case "channels_shop_order": return .shopOrder(.init(id: "20002", title: "杯子"))
        case "merged_msg": return .mergedMessages(.init(title: "聊天记录"))
        case "channels": return .channels(.init(nickname: "视频号", title: "动态"))
        case "meeting", "schedule", "note": return .other(type: type)
        default: throw ControlError(what: "type is none the platform documents")
        }
    }
}
