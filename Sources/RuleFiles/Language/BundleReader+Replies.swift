import ChatModel
import RuleEngine

/// The messages of a reply.
extension BundleReader {
    private static let kinds = [
        "text", "menu", "image", "voice", "video", "file", "link", "miniprogram", "location",
    ]

    /// A text, or a map with the one key that says what kind of message it is.
    func readReply(_ node: YAMLNode) -> ReplySyntax? {
        if node.map == nil || node[key: "zh"] != nil {
            return customerText(node, as: "a reply").map(ReplySyntax.text)
        }
        guard let map = MapCursor(node, as: "a reply", log: log) else { return nil }
        map.refuseUnsupported(["template", "survey"])
        if map.node[key: "template"] != nil || map.node[key: "survey"] != nil { return nil }
        // Unknown keys first: a misspelt kind then gets its suggestion, not "needs one of".
        let known = Self.kinds.filter { map.entry($0) != nil }
        map.finish()
        if known.isEmpty, node.map?.isEmpty == false { return nil }
        guard let kind = onlyKey(map, of: Self.kinds), let value = map.value(kind) else {
            return nil
        }
        switch kind {
        case "text": return customerText(value, as: "'text'").map(ReplySyntax.text)
        case "menu": return map.text("menu").map { .menu(Words($0)) }
        case "image": return media(map, kind).map { .body(.image($0)) }
        case "voice": return media(map, kind).map { .body(.voice($0)) }
        case "video": return media(map, kind).map { .body(.video($0)) }
        case "file": return media(map, kind).map { .body(.file($0)) }
        case "link": return map.map("link").flatMap(readLink)
        case "miniprogram": return map.map("miniprogram").flatMap(readMiniprogram)
        default: return map.map("location").flatMap(readLocation)
        }
    }

    private func media(_ map: MapCursor, _ key: String) -> MediaID? {
        map.text(key).map { MediaID($0.text ?? "") }
    }

    private func readLink(_ map: MapCursor) -> ReplySyntax? {
        let title = map.requiredText("title")
        let description = map.text("desc")
        let url = map.requiredText("url")
        let thumbnail = map.requiredText("thumb")
        map.finish()
        guard let title, let url, let thumbnail else { return nil }
        return .link(
            title: Words(title), description: description.map(Words.init), url: Words(url),
            thumbnail: MediaID(thumbnail.text ?? ""))
    }

    private func readMiniprogram(_ map: MapCursor) -> ReplySyntax? {
        let appID = map.requiredText("appid")
        let title = map.text("title")
        let path = map.requiredText("path")
        let thumbnail = map.requiredText("thumb")
        map.finish()
        guard let appID, let path, let thumbnail else { return nil }
        return .miniprogram(
            appID: Words(appID), title: title.map(Words.init), pagePath: Words(path),
            thumbnail: MediaID(thumbnail.text ?? ""))
    }

    private func readLocation(_ map: MapCursor) -> ReplySyntax? {
        let name = map.text("name")
        let address = map.text("address")
        _ = map.requiredValue("latitude")
        _ = map.requiredValue("longitude")
        let latitude = map.decimal("latitude", in: -90...90)
        let longitude = map.decimal("longitude", in: -180...180)
        map.finish()
        guard let latitude, let longitude else { return nil }
        return .body(
            .location(
                MessageBody.Location(
                    latitude: latitude, longitude: longitude, name: name?.text ?? "",
                    address: address?.text ?? "")))
    }
}
