import ChatModel

extension MessageKind {
    /// What a test may say of such a message, the part one text stands for first.
    var parts: [String] {
        switch self {
        case .text: ["text"]
        case .image, .voice, .video, .file: ["media"]
        case .location: ["name", "address", "latitude", "longitude"]
        case .link: ["url", "title"]
        case .businessCard: ["userid"]
        case .miniprogram: ["title", "appid", "path"]
        case .menu: ["head"]
        case .shopProduct, .shopOrder: ["id", "title"]
        case .mergedMessages: ["title"]
        case .channels: ["title", "nickname"]
        case .other: ["type"]
        }
    }

    /// The part that one text stands for.
    var mainPart: String { parts[0] }
}

extension MessageBody {
    /// A message of this kind, for tests that care for nothing but the kind.
    init(sampleOf kind: MessageKind) { self = MessageBody(kind, [:]) }

    /// A message of this kind with these parts; those left out are made up.
    init(_ kind: MessageKind, _ parts: [String: String]) {
        func part(_ name: String, or sample: String) -> String { parts[name] ?? sample }
        switch kind {
        case .text: self = .text(part("text", or: ""), menuItem: nil)
        case .image: self = .image(MediaID(part("media", or: "MEDIA-1")))
        case .voice: self = .voice(MediaID(part("media", or: "MEDIA-2")))
        case .video: self = .video(MediaID(part("media", or: "MEDIA-3")))
        case .file: self = .file(MediaID(part("media", or: "MEDIA-4")))
        case .location:
            self = .location(
                Location(
                    latitude: parts["latitude"].flatMap(Double.init) ?? 31.23,
                    longitude: parts["longitude"].flatMap(Double.init) ?? 121.47,
                    name: part("name", or: "码头"), address: part("address", or: "")))
        case .link:
            self = .link(
                Link(title: part("title", or: "网页"), url: part("url", or: "https://example.com/")))
        case .businessCard: self = .businessCard(ServicerID(part("userid", or: "zhangsan")))
        case .miniprogram:
            self = .miniprogram(
                Miniprogram(
                    appID: part("appid", or: "wx00demo"), title: part("title", or: "小程序"),
                    pagePath: part("path", or: "pages/i.html")))
        case .menu: self = .menu(OutgoingBody.Menu(head: parts["head"], items: [], tail: nil))
        case .shopProduct:
            self = .shopProduct(
                ShopProduct(id: part("id", or: "10001"), title: part("title", or: "商品")))
        case .shopOrder:
            self = .shopOrder(
                ShopOrder(id: part("id", or: "20002"), title: part("title", or: "订单")))
        case .mergedMessages:
            self = .mergedMessages(MergedMessages(title: part("title", or: "聊天记录")))
        case .channels:
            self = .channels(
                Channels(nickname: part("nickname", or: "视频号"), title: part("title", or: "视频")))
        case .other: self = .other(type: part("type", or: "meeting"))
        }
    }

    /// The words of a message, or its kind and what it holds.
    var words: String {
        switch self {
        case .text(let text, let item): item == nil ? text : "[\(text)]"
        case .shopOrder(let order): "(shop_order \(order.id))"
        case .location(let location): "(location \(location.name))"
        case .link(let link): "(link \(link.url))"
        case .other(let type): "(\(type))"
        default: "(\(kind.rawValue))"
        }
    }
}
