import ChatModel
import RuleEngine
import RuleFiles

/// Steps of the customer.
extension ConversationReader {
    func writing(_ node: YAMLNode) -> Step.Writing? {
        if node.map == nil {
            return MapCursor.text(node, as: .quoted("customer"), log: log).map {
                Step.Writing(
                    customer: ConversationTest.defaultCustomer,
                    body: .text($0.text ?? "", menuItem: nil))
            }
        }
        guard let map = MapCursor(node, as: .quoted("customer"), log: log) else { return nil }
        let customer = self.customer(map, "id")
        let text = map.text("text")
        let sends = map.value("sends")
        let msgID = map.text("msgid").map { MsgID($0.text ?? "") }
        map.finish()
        switch (text, sends) {
        case (let text?, nil):
            return Step.Writing(
                customer: customer, body: .text(text.text ?? "", menuItem: nil), msgID: msgID)
        case (nil, let sends?):
            return body(sends).map { Step.Writing(customer: customer, body: $0, msgID: msgID) }
        case (nil, nil):
            if map.node[key: "text"] == nil, map.node[key: "sends"] == nil {
                log.report(
                    .missingKey, at: node,
                    Bilingual(
                        en: "'customer' needs one of: text, sends",
                        zh: "「customer」要写 text 或 sends"))
            }
            return nil
        case (_?, _?):
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'customer' takes 'text' or 'sends', not both",
                    zh: "「customer」里 text 和 sends 只能写一个"))
            return nil
        }
    }

    func sending(_ node: YAMLNode) -> Step.Writing? {
        guard node.map != nil else {
            return body(node).map {
                Step.Writing(customer: ConversationTest.defaultCustomer, body: $0)
            }
        }
        guard let map = MapCursor(node, as: .quoted("sends"), log: log) else { return nil }
        let customer = self.customer(map)
        let msgID = map.text("msgid").map { MsgID($0.text ?? "") }
        return body(map).map { Step.Writing(customer: customer, body: $0, msgID: msgID) }
    }

    /// A message that isn't words, by its kind alone or as `{ kind: what it holds }`.
    private func body(_ node: YAMLNode) -> MessageBody? {
        if node.map != nil { return MapCursor(node, as: .quoted("sends"), log: log).flatMap(body) }
        return MapCursor.text(node, as: .quoted("sends"), log: log).flatMap(kind)
            .map(MessageBody.init(sampleOf:))
    }

    private func body(_ map: MapCursor) -> MessageBody? {
        var bodies: [MessageBody] = []
        if let kind = map.text("kind").flatMap(kind) { bodies.append(MessageBody(sampleOf: kind)) }
        for kind in MessageKind.allCases where kind != .text {
            guard let value = map.value(kind.rawValue) else { continue }
            if let body = body(kind, holding: value) { bodies.append(body) }
        }
        map.finish()
        guard bodies.count != 1 else { return bodies[0] }
        if bodies.count > 1 {
            log.report(
                .badValue, at: map.node,
                Bilingual(en: "a message is of one kind", zh: "一条消息只能是一种类型"))
        } else if map.node.map?.allSatisfy({ ["customer", "msgid"].contains($0.name) }) != false {
            log.report(
                .missingKey, at: map.node,
                Bilingual(en: "'sends' needs 'kind:'", zh: "「sends」缺少「kind:」"))
        }
        return nil
    }

    private func kind(_ node: YAMLNode) -> MessageKind? {
        guard node.text != MessageKind.text.rawValue else {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'sends' is for messages that aren't words",
                    zh: "「sends」用来发文字以外的消息"),
                help: Bilingual(en: "write '- customer: the words'", zh: "写成「- customer: 要说的话」"))
            return nil
        }
        if let kind = MessageKind(rawValue: node.text ?? "") { return kind }
        let kinds = MessageKind.allCases.filter { $0 != .text }.map(\.rawValue)
        log.report(
            .badValue, at: node,
            Bilingual(
                en: "'sends' has no '\(node.text ?? "")'", zh: "「sends」没有「\(node.text ?? "")」"),
            help: Suggestion.help(for: node.text ?? "", among: kinds)
                ?? Bilingual(
                    en: "one of: \(kinds.joined(separator: ", "))",
                    zh: "可以写：\(kinds.joined(separator: "、"))"))
        return nil
    }

    /// A message of `kind` that holds `node`: one text, or its parts by name.
    private func body(_ kind: MessageKind, holding node: YAMLNode) -> MessageBody? {
        let main = kind.mainPart
        var parts: [String: String] = [:]
        if node.map != nil {
            guard let map = MapCursor(node, as: .quoted(kind.rawValue), log: log) else {
                return nil
            }
            for part in kind.parts {
                // Only places have numbers.
                if part.hasSuffix("itude"), map.decimal(part, in: -180...180) == nil { continue }
                parts[part] = map.text(part)?.text
            }
            map.finish()
        } else {
            guard let text = MapCursor.text(node, as: .quoted(kind.rawValue), log: log)?.text
            else { return nil }
            parts[main] = text
        }
        return MessageBody(kind, parts)
    }

    // MARK: Taps and entrances

    func click(_ node: YAMLNode) -> Step.Kind? {
        guard node.map != nil else {
            return MapCursor.text(node, as: .quoted("clicks"), log: log).map {
                .clicks(ConversationTest.defaultCustomer, .named($0.text ?? ""))
            }
        }
        guard let map = MapCursor(node, as: .quoted("clicks"), log: log) else { return nil }
        let customer = self.customer(map)
        let item = map.text("menu")
        let wireID = map.text("wire_id")
        let label = map.text("text")
        map.finish()
        if let wireID, let label {
            return .clicks(customer, .old(WireID(wireID.text ?? ""), label: label.text ?? ""))
        }
        if item == nil, map.node[key: "menu"] == nil {
            log.report(
                .missingKey, at: node,
                Bilingual(
                    en: "'clicks' needs 'menu: menu.item'", zh: "「clicks」缺少「menu: 菜单.项」"),
                help: Bilingual(
                    en: "for an item of a menu long gone write 'wire_id' and 'text', its label",
                    zh: "点的是早就没有的菜单时，写 wire_id 和 text（它的文字）"))
        }
        return item.map { .clicks(customer, .named($0.text ?? "")) }
    }

    func entering(_ node: YAMLNode) -> Step.Kind? {
        guard let map = MapCursor(node, as: .quoted("enters"), log: log) else { return nil }
        let customer = self.customer(map)
        var entering = Step.Entering()
        entering.scene = map.text("scene")?.text
        entering.sceneParameter = map.text("scene_param")?.text
        entering.channelsScene = map.integer("channels", in: 1...5)
        entering.hasCode = map.flag("code") ?? true
        map.finish()
        return .enters(customer, entering)
    }

    func recalling(_ node: YAMLNode) -> Step.Kind? {
        guard node.map != nil else {
            return MapCursor.text(node, as: .quoted("recall"), log: log).map {
                .recalls(ConversationTest.defaultCustomer, MsgID($0.text ?? ""))
            }
        }
        guard let map = MapCursor(node, as: .quoted("recall"), log: log) else { return nil }
        let customer = self.customer(map)
        let msgID = map.text("msgid").map { MsgID($0.text ?? "") }
        map.finish()
        return .recalls(customer, msgID)
    }
}
