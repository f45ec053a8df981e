import ChatModel

/// The platform's limits on a message (wecom-kf reference §9), checked before a call is made.
///
/// A refusal carries the code the platform would have answered: 45002 for a text or the words
/// around a menu, 95008 for too many menu items, 40007 for a file that isn't named, 40058 for what
/// else is missing and for the other lengths. Lengths are bytes of UTF-8.
enum MessageLimits {
    /// `body` as it may be sent.
    ///
    /// The titles and descriptions that the platform cuts off by itself are cut here, between
    /// characters; for anything else over its limit the call is refused.
    static func checked(_ body: OutgoingBody, id: MsgID) throws(PlatformFailure) -> OutgoingBody {
        try check(id)
        switch body {
        case .text(let content):
            guard !content.isEmpty else { throw .notSent(44004, "text.content is empty") }
            try FieldLimits.bytes(of: content, "text.content", 1...2048, code: 45002)
        case .image(let id), .voice(let id), .video(let id), .file(let id):
            try FieldLimits.media(id, "\(body.type).media_id")
        case .link(var link):
            try present(link.title, "link.title")
            try FieldLimits.bytes(of: link.url, "link.url", 1...2048)
            guard hasScheme(link.url) else {
                throw .notSent(45034, "link.url has no scheme such as https://")
            }
            try FieldLimits.media(link.thumbnail, "link.thumb_media_id")
            link.title = cut(link.title, to: 128)
            link.description = link.description.map { cut($0, to: 512) }
            return .link(link)
        case .miniprogram(var card):
            try present(card.appID, "miniprogram.appid")
            try FieldLimits.media(card.thumbnail, "miniprogram.thumb_media_id")
            guard card.pagePath.prefix(while: { $0 != "?" }).hasSuffix(".html") else {
                throw .notSent(40058, "miniprogram.pagepath does not end in .html")
            }
            card.title = card.title.map { cut($0, to: 64) }
            return .miniprogram(card)
        case .menu(let menu):
            try check(menu)
        case .location(let place):
            try within(place.latitude, "location.latitude", -90...90)
            try within(place.longitude, "location.longitude", -180...180)
        case .acquisitionLink(let url):
            try present(url, "ca_link.link_url")
        }
        return body
    }

    private static func check(_ id: MsgID) throws(PlatformFailure) {
        try FieldLimits.bytes(of: id.rawValue, "msgid", 0...32)
        try FieldLimits.plain(id.rawValue, "msgid")
    }

    private static func check(_ menu: OutgoingBody.Menu) throws(PlatformFailure) {
        for (text, field) in [(menu.head, "head_content"), (menu.tail, "tail_content")] {
            // Words the customer reads, as those of a text (§9.3).
            try FieldLimits.bytes(of: text ?? "", "msgmenu.\(field)", 0...1024, code: 45002)
        }
        if menu.items.isEmpty { throw .notSent(40058, "msgmenu.list is empty") }
        try FieldLimits.count(menu.items.count, of: "items", "msgmenu.list", 1...10, code: 95008)
        for (index, item) in menu.items.enumerated() {
            let place = "msgmenu.list[\(index)]"
            switch item {
            case .click(let id, let label):
                try FieldLimits.bytes(of: id.rawValue, "\(place).click.id", 1...128)
                try FieldLimits.bytes(of: label, "\(place).click.content", 1...128)
            case .view(let url, let label):
                try FieldLimits.bytes(of: url, "\(place).view.url", 1...2048)
                try FieldLimits.bytes(of: label, "\(place).view.content", 1...1024)
            case .miniprogram(let appID, let pagePath, let label):
                try FieldLimits.bytes(of: appID, "\(place).miniprogram.appid", 1...32)
                try FieldLimits.bytes(of: pagePath, "\(place).miniprogram.pagepath", 1...1024)
                try FieldLimits.bytes(of: label, "\(place).miniprogram.content", 1...1024)
            case .text(let content, _):
                try FieldLimits.bytes(of: content, "\(place).text.content", 1...256)
            }
        }
    }

    private static func present(_ text: String, _ field: String) throws(PlatformFailure) {
        if text.isEmpty { throw .notSent(40058, "\(field) is empty") }
    }

    private static func within(
        _ value: Double, _ field: String, _ bounds: ClosedRange<Double>
    ) throws(PlatformFailure) {
        if !bounds.contains(value) {
            throw .notSent(
                40058,
                "\(field) is \(value) degrees; the platform takes "
                    + "\(Int(bounds.lowerBound)) to \(Int(bounds.upperBound))")
        }
    }

    /// RFC 3986: a letter, then letters, digits, `+`, `-`, `.`, then a colon.
    static func hasScheme(_ url: String) -> Bool {
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = url.unicodeScalars[..<colon]
        return scheme.first?.properties.isAlphabetic == true
            && scheme.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "+-.".unicodeScalars.contains($0))
            }
    }

    /// The longest beginning of `text`, in whole characters, of at most `limit` bytes.
    private static func cut(_ text: String, to limit: Int) -> String {
        if text.utf8.count <= limit { return text }
        var end = text.startIndex
        var count = 0
        for index in text.indices {
            count += text[index].utf8.count
            if count > limit { break }
            end = text.index(after: index)
        }
        return String(text[..<end])
    }
}
