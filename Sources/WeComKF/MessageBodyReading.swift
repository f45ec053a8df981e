import ChatModel

extension MessageBody {
    /// Reads the object that `msgtype` selects (wecom-kf reference §8.4).
    ///
    /// A type this version doesn't know, and one whose object lacks what makes it usable, is
    /// ``ChatModel/MessageBody/other(type:)``.
    init(reading json: inout JSONScanner, type: String) throws(JSONScanner.SyntaxError) {
        if type == "text" {
            self = try Self.text(reading: &json)
            return
        }
        if type == "msgmenu" {
            self = .menu(try OutgoingBody.Menu(reading: &json))
            return
        }
        var fields = Fields()
        switch type {
        case "image", "voice", "video", "file", "location", "link", "business_card", "miniprogram",
            "channels_shop_product", "channels_shop_order", "merged_msg", "channels":
            fields = try Fields(reading: &json)
        default: break
        }
        self = fields.body(type) ?? .other(type: type)
    }

    /// Most messages are texts, and they have but two fields.
    private static func text(
        reading json: inout JSONScanner
    ) throws(JSONScanner.SyntaxError) -> MessageBody {
        var content: String?
        var menuItem: String?
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "content") {
                content = try json.string()
            } else if json.matches(key, "menu_id") {
                menuItem = try json.text()
            }
        }
        guard let content else { return .other(type: "text") }
        return .text(content, menuItem: menuItem.map { WireID($0) })
    }

    /// The fields of all other types that are not lists; no name means two things.
    private struct Fields {
        var texts: [Name: String] = [:]
        var latitude: Double?
        var longitude: Double?
        var price: Int?
        var kind: Int?
        var items: [MergedMessages.Item] = []

        enum Name: String {
            case media = "media_id"
            case title, desc, url
            case picture = "pic_url"
            case user = "userid"
            case app = "appid"
            case path = "pagepath"
            case thumbnail = "thumb_media_id"
            case product = "product_id"
            case headImage = "head_img"
            case shop = "shop_nickname"
            case shopHeadImage = "shop_head_img"
            case order = "order_id"
            case products = "product_titles"
            case priceWording = "price_wording"
            case state
            case image = "image_url"
            case nickname, name, address
        }

        init() {}

        init(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
            var fields = Fields()
            try json.members { (json, key) throws(JSONScanner.SyntaxError) in
                if json.matches(key, "latitude") {
                    fields.latitude = try json.number()
                } else if json.matches(key, "longitude") {
                    fields.longitude = try json.number()
                } else if json.matches(key, "sales_price") {
                    fields.price = try json.integer()
                } else if json.matches(key, "sub_type") {
                    fields.kind = try json.integer()
                } else if json.matches(key, "item") {
                    try json.elements { (json) throws(JSONScanner.SyntaxError) in
                        if let item = try MergedMessages.Item(reading: &json) {
                            fields.items.append(item)
                        }
                    }
                } else if let name = Name(rawValue: json.text(of: key.name)) {
                    fields.texts[name] = try json.text()
                }
            }
            self = fields
        }

        private subscript(name: Name) -> String { texts[name] ?? "" }

        func body(_ type: String) -> MessageBody? {
            switch type {
            case "image": texts[.media].map { .image(MediaID($0)) }
            case "voice": texts[.media].map { .voice(MediaID($0)) }
            case "video": texts[.media].map { .video(MediaID($0)) }
            case "file": texts[.media].map { .file(MediaID($0)) }
            case "location": location
            case "link":
                .link(
                    Link(
                        title: self[.title], description: texts[.desc], url: self[.url],
                        pictureURL: texts[.picture]))
            case "business_card": texts[.user].map { .businessCard(ServicerID($0)) }
            case "miniprogram":
                texts[.app].map {
                    .miniprogram(
                        Miniprogram(
                            appID: $0, title: self[.title], pagePath: self[.path],
                            thumbnail: texts[.thumbnail].map { MediaID($0) }))
                }
            case "channels_shop_product":
                texts[.product].map {
                    .shopProduct(
                        ShopProduct(
                            id: $0, title: self[.title], pictureURL: texts[.headImage],
                            priceFen: price, shop: texts[.shop],
                            shopPictureURL: texts[.shopHeadImage]))
                }
            case "channels_shop_order":
                texts[.order].map {
                    .shopOrder(
                        ShopOrder(
                            id: $0, title: self[.products], price: texts[.priceWording],
                            state: texts[.state], pictureURL: texts[.image], shop: texts[.shop]))
                }
            case "merged_msg": .mergedMessages(MergedMessages(title: self[.title], items: items))
            case "channels":
                .channels(
                    Channels(
                        kind: kind.flatMap(Channels.Kind.init), nickname: self[.nickname],
                        title: self[.title]))
            default: nil
            }
        }

        private var location: MessageBody? {
            guard let latitude, let longitude else { return nil }
            return .location(
                Location(
                    latitude: latitude, longitude: longitude, name: self[.name],
                    address: self[.address]))
        }
    }
}

extension MessageBody.MergedMessages.Item {
    /// Reads one message of a history; `nil` for what is no message.
    ///
    /// What it says is JSON within a string (`msg_content`); of one that isn't, the type is kept.
    fileprivate init?(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        var seconds: Int?
        var sender: String?
        var type: String?
        var content: String?
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "send_time") {
                seconds = try json.integer()
            } else if json.matches(key, "sender_name") {
                sender = try json.text()
            } else if json.matches(key, "msgtype") {
                type = try json.text()
            } else if json.matches(key, "msg_content") {
                content = try json.text()
            }
        }
        let body = content.flatMap { Self.body(in: $0, type: type) }
        guard let body = body ?? type.map({ .other(type: $0) }) else { return nil }
        self.init(
            sentAt: seconds.map { Timestamp(seconds: Int64($0)) }, sender: sender, body: body)
    }

    /// Every level of a history within a history has its quotes escaped once more, so that text
    /// doubles: the depth is bounded by the answer's length.
    private static func body(in content: String, type: String?) -> MessageBody? {
        do throws(JSONScanner.SyntaxError) {
            return try JSONScanner.reading(Array(content.utf8)) {
                (json) throws(JSONScanner.SyntaxError) in
                var json = json
                var type = type ?? ""
                var body: MessageBody?
                let start = try json.start()
                try json.members { (json, key) throws(JSONScanner.SyntaxError) in
                    if json.matches(key, "msgtype") { type = try json.text() ?? type }
                }
                try json.end()
                try json.revisit(start) { (json) throws(JSONScanner.SyntaxError) in
                    try json.members { (json, key) throws(JSONScanner.SyntaxError) in
                        if json.matches(key, type) {
                            body = try MessageBody(reading: &json, type: type)
                        }
                    }
                }
                return body
            }
        } catch {
            return nil
        }
    }
}

extension OutgoingBody.Menu {
    /// Reads a menu that a servicer sent: the items are those of ours (§9.4).
    init(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
        var menu = Self(head: nil, items: [], tail: nil)
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "head_content") {
                menu.head = try json.text()
            } else if json.matches(key, "tail_content") {
                menu.tail = try json.text()
            } else if json.matches(key, "list") {
                try json.elements { (json) throws(JSONScanner.SyntaxError) in
                    if let item = Item(try WireValue(reading: &json)) { menu.items.append(item) }
                }
            }
        }
        self = menu
    }
}

extension OutgoingBody.Menu.Item {
    /// An item of a menu; `nil` for a type this version doesn't know.
    fileprivate init?(_ row: WireValue) {
        let type = row["type"].text ?? ""
        let item = row[type]
        let label = item["content"].text ?? ""
        switch type {
        case "click": self = .click(id: WireID(item["id"].text ?? ""), label: label)
        case "view": self = .view(url: item["url"].text ?? "", label: label)
        case "miniprogram":
            self = .miniprogram(
                appID: item["appid"].text ?? "", pagePath: item["pagepath"].text ?? "",
                label: label)
        case "text": self = .text(label, noNewline: item["no_newline"].flag ?? false)
        default: return nil
        }
    }
}
