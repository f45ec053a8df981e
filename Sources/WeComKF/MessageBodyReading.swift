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

    /// The fields of all other types that anything here looks at; no name means two things.
    private struct Fields {
        var mediaID: String?
        var title: String?
        var url: String?
        var userID: String?
        var appID: String?
        var pagePath: String?
        var productID: String?
        var orderID: String?
        var productTitles: String?
        var nickname: String?
        var name: String?
        var address: String?
        var latitude: Double?
        var longitude: Double?

        init() {}

        init(reading json: inout JSONScanner) throws(JSONScanner.SyntaxError) {
            var fields = Fields()
            try json.members { (json, key) throws(JSONScanner.SyntaxError) in
                if json.matches(key, "media_id") {
                    fields.mediaID = try json.text()
                } else if json.matches(key, "title") {
                    fields.title = try json.string()
                } else if json.matches(key, "url") {
                    fields.url = try json.string()
                } else if json.matches(key, "userid") {
                    fields.userID = try json.text()
                } else if json.matches(key, "appid") {
                    fields.appID = try json.text()
                } else if json.matches(key, "pagepath") {
                    fields.pagePath = try json.string()
                } else if json.matches(key, "product_id") {
                    fields.productID = try json.text()
                } else if json.matches(key, "order_id") {
                    fields.orderID = try json.text()
                } else if json.matches(key, "product_titles") {
                    fields.productTitles = try json.string()
                } else if json.matches(key, "nickname") {
                    fields.nickname = try json.string()
                } else if json.matches(key, "name") {
                    fields.name = try json.string()
                } else if json.matches(key, "address") {
                    fields.address = try json.string()
                } else if json.matches(key, "latitude") {
                    fields.latitude = try json.number()
                } else if json.matches(key, "longitude") {
                    fields.longitude = try json.number()
                }
            }
            self = fields
        }

        func body(_ type: String) -> MessageBody? {
            switch type {
            case "image": mediaID.map { .image(MediaID($0)) }
            case "voice": mediaID.map { .voice(MediaID($0)) }
            case "video": mediaID.map { .video(MediaID($0)) }
            case "file": mediaID.map { .file(MediaID($0)) }
            case "location": location
            case "link": .link(title: title ?? "", url: url ?? "")
            case "business_card": userID.map { .businessCard(ServicerID($0)) }
            case "miniprogram":
                appID.map { .miniprogram(appID: $0, title: title ?? "", pagePath: pagePath ?? "") }
            case "msgmenu": .menu
            case "channels_shop_product": productID.map { .shopProduct(id: $0, title: title ?? "") }
            case "channels_shop_order":
                orderID.map { .shopOrder(id: $0, title: productTitles ?? "") }
            case "merged_msg": .mergedMessages(title: title ?? "")
            case "channels": .channels(nickname: nickname ?? "", title: title ?? "")
            default: nil
            }
        }

        private var location: MessageBody? {
            guard let latitude, let longitude else { return nil }
            return .location(
                Location(
                    latitude: latitude, longitude: longitude, name: name ?? "",
                    address: address ?? ""))
        }
    }
}
