import ChatModel
import PlatformSimulator

/// Rows of `sync_msg`, in the platform's shape (wecom-kf reference §8.4, §8.5).
///
/// Where the platform has fields that a message here knows nothing of, they hold examples: clients
/// that insist on them have to find them.
extension JSONText {
    mutating func logRow(_ row: Inbound) {
        member("msgid", row.msgID.rawValue)
        member("send_time", Int(row.sentAt.seconds))
        switch row.content {
        case .fromCustomer(let customer, let message):
            parties(row.account, customer)
            member("origin", 3)
            body(message)
        case .fromServicer(let servicer, let customer, let message):
            parties(row.account, customer)
            member("origin", 5)
            optional("servicer_userid", servicer?.rawValue)
            body(message)
        case .event(let event):
            member("origin", 4)
            member("msgtype", "event")
            object("event") { $0.event(event, account: row.account) }
        case .unknown(let origin, let customer):
            member("origin", origin)
            optional("external_userid", customer?.rawValue)
        }
    }

    /// A row whose content somebody wrote out as JSON.
    mutating func rawRow(_ row: Inbound, _ raw: RawMessage) {
        member("msgid", row.msgID.rawValue)
        if raw.members["send_time"] == nil { member("send_time", Int(row.sentAt.seconds)) }
        let customer: ExternalUserID?
        let origin: Int
        switch row.content {
        case .fromCustomer(let id, _): (customer, origin) = (id, 3)
        case .fromServicer(let servicer, let id, _):
            (customer, origin) = (id, 5)
            if raw.members["servicer_userid"] == nil, !raw.isEvent {
                optional("servicer_userid", servicer?.rawValue)
            }
        case .event, .unknown: (customer, origin) = (nil, 4)
        }
        if raw.members["origin"] == nil { member("origin", raw.isEvent ? 4 : origin) }
        if !raw.isEvent {
            if raw.members["open_kfid"] == nil { member("open_kfid", row.account.rawValue) }
            if raw.members["external_userid"] == nil {
                optional("external_userid", customer?.rawValue)
            }
        }
        for (name, value) in raw.members.sorted(by: { $0.key < $1.key }) where value != "null" {
            json(name, value)
        }
    }

    private mutating func parties(_ account: OpenKfID, _ customer: ExternalUserID) {
        member("open_kfid", account.rawValue)
        member("external_userid", customer.rawValue)
    }

    fileprivate mutating func menuItem(_ item: OutgoingBody.Menu.Item) {
        func put(_ type: StaticString, _ members: [(StaticString, String)]) {
            member("type", String(describing: type))
            object(type) { text in
                for (name, value) in members { text.member(name, value) }
            }
        }
        switch item {
        case .click(let id, let label): put("click", [("id", id.rawValue), ("content", label)])
        case .view(let url, let label): put("view", [("url", url), ("content", label)])
        case .miniprogram(let app, let path, let label):
            put("miniprogram", [("appid", app), ("pagepath", path), ("content", label)])
        case .text(let words, _): put("text", [("content", words)])
        }
    }

    private mutating func body(_ body: MessageBody) {
        switch body {
        case .text(let content, let item):
            member("msgtype", "text")
            object("text") { text in
                text.member("content", content)
                text.optional("menu_id", item?.rawValue)
            }
        case .image(let media): medium("image", media)
        case .voice(let media): medium("voice", media)
        case .video(let media): medium("video", media)
        case .file(let media): medium("file", media)
        case .location(let place):
            member("msgtype", "location")
            object("location") { text in
                text.member("latitude", place.latitude)
                text.member("longitude", place.longitude)
                text.member("name", place.name)
                text.member("address", place.address)
            }
        case .link(let link):
            texts(
                "link",
                [
                    ("title", link.title), ("desc", link.description ?? ""), ("url", link.url),
                    ("pic_url", link.pictureURL ?? Self.picture),
                ])
        case .businessCard(let servicer):
            member("msgtype", "business_card")
            object("business_card") { $0.member("userid", servicer.rawValue) }
        case .miniprogram(let card):
            member("msgtype", "miniprogram")
            object("miniprogram") { text in
                text.member("title", card.title)
                text.member("appid", card.appID)
                text.member("pagepath", card.pagePath)
                text.member("thumb_media_id", PlatformSimulator.thumbnail.rawValue)
            }
        case .menu(let menu):
            member("msgtype", "msgmenu")
            object("msgmenu") { text in
                text.optional("head_content", menu.head)
                text.array("list", menu.items) { $0.menuItem($1) }
                text.optional("tail_content", menu.tail)
            }
        case .shopProduct(let product):
            texts(
                "channels_shop_product",
                [
                    ("product_id", product.id), ("head_img", Self.picture),
                    ("title", product.title),
                    ("sales_price", "1990"), ("shop_nickname", "小店"),
                    ("shop_head_img", Self.picture),
                ])
        case .shopOrder(let order):
            texts(
                "channels_shop_order",
                [
                    ("order_id", order.id), ("product_titles", order.title),
                    ("price_wording", "¥19.90"),
                    ("state", "paid"), ("image_url", Self.picture), ("shop_nickname", "小店"),
                ])
        case .mergedMessages(let history):
            member("msgtype", "merged_msg")
            object("merged_msg") { text in
                text.member("title", history.title)
                text.array("item", ["你好"]) { text, words in
                    text.member("send_time", 1_700_000_000)
                    text.member("msgtype", "text")
                    text.member("sender_name", "Lee")
                    // JSON within a text, as the platform has it.
                    text.member(
                        "msg_content", #"{"msgtype":"text","text":{"content":"\#(words)"}}"#)
                }
            }
        case .channels(let card):
            member("msgtype", "channels")
            object("channels") { text in
                text.member("sub_type", 1)
                text.member("nickname", card.nickname)
                text.member("title", card.title)
            }
        case .other(let type):
            member("msgtype", type)
        }
    }

    private mutating func medium(_ type: StaticString, _ media: MediaID) {
        member("msgtype", "\(type)")
        object(type) { $0.member("media_id", media.rawValue) }
    }

    private static let picture = "https://wework.example/picture.png"

    private mutating func texts(_ type: StaticString, _ members: [(StaticString, String)]) {
        member("msgtype", "\(type)")
        object(type) { text in
            for (name, value) in members { text.member(name, value) }
        }
    }

    // MARK: Events

    private mutating func event(_ event: Event, account: OpenKfID) {
        member("event_type", event.type)
        member("open_kfid", account.rawValue)
        optional("external_userid", event.customer?.rawValue)
        switch event {
        case .entered(_, let entrance): self.entrance(entrance)
        case .sendFailed(_, let message, let failure):
            member("fail_msgid", message.rawValue)
            member("fail_type", failure.number)
        case .servicerStatusChanged(let servicer, let status):
            member("servicer_userid", servicer.rawValue)
            member("status", status == .receiving ? 1 : 2)
            if status != .receiving { member("stop_type", status == .paused ? 1 : 0) }
        case .sessionChanged(_, let change): self.change(change)
        case .customerRecalled(_, let message):
            member("recall_msgid", message.rawValue)
        case .servicerRecalled(_, let servicer, let message):
            optional("servicer_userid", servicer?.rawValue)
            member("recall_msgid", message.rawValue)
        case .rejectSwitched(_, let servicer, let rejects):
            optional("servicer_userid", servicer?.rawValue)
            member("reject_switch", rejects ? 1 : 0)
        case .unknown:
            break
        }
    }

    /// What of an entrance both the event and `customer/batchget` tell.
    mutating func entrance(_ entrance: Entrance, withCode: Bool = true) {
        optional("scene", entrance.scene)
        optional("scene_param", entrance.sceneParameter)
        if withCode { optional("welcome_code", entrance.welcomeCode?.rawValue) }
        if let scene = entrance.channelsScene {
            object("wechat_channels") { text in
                text.member(
                    scene <= 3 ? "nickname" : "shop_nickname",
                    entrance.channelsName ?? "Demo")
                text.member("scene", scene)
            }
        }
    }

    private mutating func change(_ change: SessionChange) {
        switch change {
        case .pickedUp(let servicer, let code):
            member("change_type", 1)
            member("new_servicer_userid", servicer.rawValue)
            optional("msg_code", code?.rawValue)
        case .transferred(let former, let servicer):
            member("change_type", 2)
            optional("old_servicer_userid", former?.rawValue)
            member("new_servicer_userid", servicer.rawValue)
        case .ended(let servicer, let code):
            member("change_type", 3)
            optional("old_servicer_userid", servicer?.rawValue)
            optional("msg_code", code?.rawValue)
        case .reopened(let former, let servicer):
            member("change_type", 4)
            optional("old_servicer_userid", former?.rawValue)
            member("new_servicer_userid", servicer.rawValue)
        case .unknown(let type):
            member("change_type", type)
        }
    }
}
