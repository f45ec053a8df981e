import ChatModel
import RuleEngine

/// The messages of a reply, and what goes with a code.
extension BundleReader {
    private static let media = [
        "image", "voice", "video", "file", "link", "miniprogram", "location",
    ]
    private static let kinds = ["text", "template", "menu", "survey"] + media

    /// A text, or a map with the one key that says what kind of message it is.
    func readReply(_ node: YAMLNode) -> ReplySyntax? {
        let what = Bilingual(en: "a reply", zh: "回复")
        if node.map == nil || Self.isLocalized(node) {
            return customerText(node, as: what).map(ReplySyntax.text)
        }
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        // Unknown keys first: a misspelt kind then gets its suggestion, not "needs one of".
        let known = Self.kinds.filter { map.entry($0) != nil }
        map.finish()
        if known.isEmpty, node.map?.isEmpty == false { return nil }
        guard let kind = onlyKey(map, of: Self.kinds, isListable: true), let value = map.value(kind)
        else {
            return nil
        }
        switch kind {
        case "text": return customerText(value, as: .quoted("text")).map(ReplySyntax.text)
        case "template": return map.text("template").map { .template(Words($0)) }
        case "menu": return map.text("menu").map { .menu(Words($0)) }
        case "survey": return map.text("survey").map { .survey(Words($0)) }
        case "image": return map.text(kind).map { .media(.image, Words($0)) }
        case "voice": return map.text(kind).map { .media(.voice, Words($0)) }
        case "video": return map.text(kind).map { .media(.video, Words($0)) }
        case "file": return map.text(kind).map { .media(.file, Words($0)) }
        case "link": return map.map("link").flatMap(readLink)
        case "miniprogram": return map.map("miniprogram").flatMap(readMiniprogram)
        default: return map.map("location").flatMap(readLocation)
        }
    }

    private func readLink(_ map: MapCursor) -> ReplySyntax? {
        let title = map.requiredValue("title").flatMap { customerText($0, as: .quoted("title")) }
        let description = text(map, "desc")
        let url = map.requiredText("url")
        let thumbnail = map.requiredText("thumb")
        map.finish()
        guard let title, let url, let thumbnail else { return nil }
        return .link(
            title: title, description: description, url: Words(url), thumbnail: Words(thumbnail))
    }

    private func readMiniprogram(_ map: MapCursor) -> ReplySyntax? {
        let appID = map.requiredText("appid")
        let title = text(map, "title")
        let path = map.requiredText("path")
        let thumbnail = map.requiredText("thumb")
        map.finish()
        guard let appID, let path, let thumbnail else { return nil }
        return .miniprogram(
            appID: Words(appID), title: title, pagePath: Words(path),
            thumbnail: Words(thumbnail))
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

    // MARK: Messages with a code

    /// A text, or one of `{ text }`, `{ template }`, `{ menu }`, `{ survey }`: all a code can carry.
    func readClosing(_ node: YAMLNode, as what: Bilingual) -> ClosingSyntax? {
        if node.text != nil || Self.isLocalized(node) {
            return customerText(node, as: what).map(ClosingSyntax.text)
        }
        let carries = Bilingual(
            en: "the code of an ending carries a single message: a text, { menu: … } or "
                + "{ survey: … }",
            zh: "结束时的凭据只能带一条消息：一段文字、{ menu: … } 或 { survey: … }")
        guard node.map != nil, node.map?.contains(where: { $0.name == "reply" }) == false else {
            log.report(
                .closingMessage, at: node,
                Bilingual(
                    en: "\(what.en) is \(node.kindName.en), not one text or one menu",
                    zh: "\(what.zh)是\(node.kindName.zh)，不是一段文字或一个菜单"), help: carries)
            return nil
        }
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        if let other = node.map?.first(where: { Self.media.contains($0.name) }) {
            log.report(
                .closingMessage, at: other.key,
                Bilingual(
                    en: "\(what.en) can't be '\(other.name)'", zh: "\(what.zh)不能是「\(other.name)」"),
                help: carries)
            return nil
        }
        let keys = ["text", "template", "menu", "survey"]
        let present = keys.filter { map.entry($0) != nil }
        if present.count > 1 {
            log.report(
                .closingMessage, at: node,
                Bilingual(
                    en: "\(what.en) is \(present.map { "a \($0)" }.joined(separator: " and "))",
                    zh: "\(what.zh)同时写了 \(present.joined(separator: "、"))"),
                help: carries
                    + Bilingual(
                        en: "; put the text into the menu's head", zh: "；可以把文字写到菜单的开头"))
            return nil
        }
        map.finish()
        guard !(present.isEmpty && node.map?.isEmpty == false) else { return nil }
        switch onlyKey(map, of: keys) {
        case "text": return text(map, "text").map { .text($0) }
        case "template": return map.text("template").map { .template(Words($0)) }
        case "menu": return map.text("menu").map { .menu(Words($0)) }
        case "survey": return map.text("survey").map { .survey(Words($0)) }
        default: return nil
        }
    }

    /// `true`, or `{ goodbye: … }`.
    func readEnd(_ node: YAMLNode) -> RuleSyntax.End? {
        if let text = node.text {
            if text == "true" { return RuleSyntax.End(place: Words(node)) }
            refuse(
                node, en: "'end' takes true or { goodbye: … }, not '\(text)'",
                zh: "「end」要写 true 或 { goodbye: … }，不是「\(text)」",
                help: text == "false"
                    ? Bilingual(en: "delete the line", zh: "删掉这一行")
                    : Bilingual(en: "write { goodbye: … }", zh: "写成 { goodbye: … }"))
            return nil
        }
        guard let map = MapCursor(node, as: .quoted("end"), log: log) else { return nil }
        let goodbye = map.value("goodbye").flatMap { readClosing($0, as: .quoted("goodbye")) }
        map.finish()
        return RuleSyntax.End(place: Words(node), goodbye: goodbye)
    }
}
