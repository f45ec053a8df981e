import ChatModel
import RuleEngine
import RuleFiles

/// Steps of servicers: `servicer`, `ends`, `transfers`, `reopens`.
extension ConversationReader {
    private enum Status: String, CaseIterable {
        case start, stop, pause

        var value: ServicerStatus {
            switch self {
            case .start: .receiving
            case .stop: .stopped
            case .pause: .paused
            }
        }
    }

    /// Keys of `servicer` that are no userids.
    private static let keys: Set = [
        "customer", "who", "picks_up", "reopens", "says", "transfer", "rejects",
    ]

    func servicer(_ node: YAMLNode) -> Step.Kind? {
        guard let map = MapCursor(node, as: .quoted("servicer"), log: log) else { return nil }
        let customer = self.customer(map)
        let who = servicer(map, "who")
        var acts: [Step.ServicerAct] = []
        if let servicer = servicer(map, "picks_up") { acts.append(.picksUp(servicer)) }
        if let servicer = servicer(map, "reopens") { acts.append(.reopens(servicer)) }
        if let words = map.text("says") { acts.append(.says(words.text ?? "", by: who)) }
        if let transfer = map.map("transfer") {
            _ = transfer.requiredValue("from")
            _ = transfer.requiredValue("to")
            let (from, to) = (servicer(transfer, "from"), servicer(transfer, "to"))
            transfer.finish()
            if let from, let to { acts.append(.transfers(from: from, to: to)) }
        }
        if let rejects = map.flag("rejects") {
            if let who {
                acts.append(.rejects(rejects, by: who))
            } else {
                log.report(
                    .missingKey, at: node,
                    Bilingual(
                        en: "'rejects' needs 'who:', the person's userid",
                        zh: "「rejects」缺少「who:」（同事的 userid）"))
            }
        }
        // Whatever else is set to a servicer's word is somebody's userid.
        for entry in node.map ?? [] where !Self.keys.contains(entry.name) {
            guard let act = act(entry) else { continue }
            _ = map.entry(entry.name)
            acts.append(act)
        }
        map.finish()
        return kind(acts, of: customer, at: node)
    }

    private func kind(
        _ acts: [Step.ServicerAct], of customer: ExternalUserID, at node: YAMLNode
    ) -> Step.Kind? {
        let areStatuses = acts.allSatisfy { if case .status = $0 { true } else { false } }
        if acts.isEmpty, node.map?.isEmpty != false {
            log.report(
                .missingKey, at: node,
                Bilingual(
                    en: "'servicer' needs one of: picks_up, says, transfer, reopens, rejects, all, "
                        + "or a userid with start, stop, pause, 'picks up', 'writes …', ends or "
                        + "'transfers to …'",
                    zh: "「servicer」要写 picks_up、says、transfer、reopens、rejects、all 之一，"
                        + "或者 userid 加 start、stop、pause、picks up、writes …、ends、"
                        + "transfers to …"))
        } else if acts.count > 1, !areStatuses {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "a step is one act of one servicer", zh: "一步只写一位同事做的一件事"),
                help: Bilingual(en: "make a step of each", zh: "每件事写一步"))
            return nil
        }
        return acts.isEmpty ? nil : .servicer(customer, acts)
    }

    /// What `zhangsan: stop`, `zhangsan: picks up` or `zhangsan: writes 您好` says.
    private func act(_ entry: YAMLNode.Entry) -> Step.ServicerAct? {
        guard let words = entry.value.text?.trimmed else { return nil }
        let everybody = entry.name == "all"
        let who = ServicerID(entry.name)
        if let status = Status(rawValue: words) {
            return .status(status.value, of: everybody ? nil : who)
        }
        guard !everybody else { return nil }
        for verb in ["writes ", "says "] where words.hasPrefix(verb) {
            return .says(words.dropFirst(verb.count).trimmed, by: who)
        }
        let transfers = "transfers to "
        if words.hasPrefix(transfers) {
            return .transfers(
                from: who, to: ServicerID(words.dropFirst(transfers.count).trimmed))
        }
        return switch words {
        case "picks up", "picks_up": .picksUp(who)
        case "ends": .ends(who)
        case "reopens": .reopens(who)
        case "rejects": .rejects(true, by: who)
        case "accepts": .rejects(false, by: who)
        default: nil
        }
    }

    func ending(_ node: YAMLNode) -> Step.Kind? {
        guard node.map != nil else {
            return MapCursor.text(node, as: .quoted("ends"), log: log).map {
                .servicer(ConversationTest.defaultCustomer, [.ends(ServicerID($0.text ?? ""))])
            }
        }
        guard let map = MapCursor(node, as: .quoted("ends"), log: log) else { return nil }
        let customer = self.customer(map)
        let who = servicer(map, "who")
        map.finish()
        return .servicer(customer, [.ends(who)])
    }

    func transferring(_ node: YAMLNode) -> Step.Kind? {
        guard node.map != nil else {
            return MapCursor.text(node, as: .quoted("transfers"), log: log).map {
                .servicer(
                    ConversationTest.defaultCustomer,
                    [.transfers(from: nil, to: ServicerID($0.text ?? ""))])
            }
        }
        guard let map = MapCursor(node, as: .quoted("transfers"), log: log) else { return nil }
        let customer = self.customer(map)
        let from = servicer(map, "from")
        _ = map.requiredValue("to")
        let to = servicer(map, "to")
        map.finish()
        return to.map { .servicer(customer, [.transfers(from: from, to: $0)]) }
    }

    func reopening(_ node: YAMLNode) -> Step.Kind? {
        guard node.map != nil else {
            return MapCursor.text(node, as: .quoted("reopens"), log: log).map {
                .servicer(ConversationTest.defaultCustomer, [.reopens(ServicerID($0.text ?? ""))])
            }
        }
        guard let map = MapCursor(node, as: .quoted("reopens"), log: log) else { return nil }
        let customer = self.customer(map)
        _ = map.requiredValue("who")
        let who = servicer(map, "who")
        map.finish()
        return who.map { .servicer(customer, [.reopens($0)]) }
    }

    private func servicer(_ map: MapCursor, _ key: String) -> ServicerID? {
        map.text(key).map { ServicerID($0.text ?? "") }
    }
}
