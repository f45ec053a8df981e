import ChatModel
import RuleEngine

/// Hand-off policies, named and inline.
extension BundleReader {
    /// More servicers than an account may have.
    private static let mostServicers = 2000

    func readPolicies(_ map: MapCursor) -> [PolicySyntax] {
        map.namedEntries.compactMap { entry in
            let noun = SymbolKind.policy.noun
            guard let name = name(entry.key, of: noun),
                let policy = MapCursor(entry.value, as: noun.named(entry.name), log: log)
            else { return nil }
            return readPolicy(policy, name: name)
        }
    }

    /// The name of a policy, or a policy of its own.
    func readHandoff(_ node: YAMLNode) -> RuleSyntax.Handoff? {
        if node.text != nil {
            return name(node, of: SymbolKind.policy.noun).map(RuleSyntax.Handoff.named)
        }
        return MapCursor(node, as: .quoted("handoff"), log: log)
            .flatMap { readPolicy($0, name: nil) }.map(RuleSyntax.Handoff.inline)
    }

    private func readPolicy(_ map: MapCursor, name: Words?) -> PolicySyntax? {
        defer { map.finish() }
        let destination = readDestination(map, isRequired: true)
        var policy = PolicySyntax(
            name: name, place: name ?? Words(map.node), to: destination ?? .pool)
        policy.overrides = name == nil ? false : map.flag("override") ?? false
        policy.waitingText = readWaitingText(map)
        policy.ended = map.value("ended").flatMap { readClosing($0, as: .quoted("ended")) }
        policy.open = map.text("open").map(Words.init)
        policy.closed = readFallback(map, "closed")
        policy.nobody = readFallback(map, "nobody")
        policy.overdue = readFallback(map, "overdue")
        policy.pickUpWithin = positive(map, "pick_up_within")
        policy.pick = map.choice("pick", of: HandoffDefinition.Pick.self) ?? .leastBusy
        if let prefer = map.map("prefer") {
            policy.preferLastServed =
                prefer.requiredValue("last_served") == nil ? nil : positive(prefer, "last_served")
            prefer.finish()
        }
        checkKeys(map, destination)
        return destination == nil ? nil : policy
    }

    /// Keys that need others.
    private func checkKeys(_ map: MapCursor, _ destination: HandoffDefinition.Destination?) {
        let isTeam = if case .team? = destination { true } else { false }
        if destination != nil, !isTeam {
            for key in ["pick", "prefer"] {
                guard let entry = map.entry(key) else { continue }
                refuse(
                    entry.key, en: "'\(key)' chooses among a 'team'; there is none",
                    zh: "「\(key)」是在「team」里挑人，这里没有 team",
                    help: Bilingual(
                        en: "write team: [ … ], or delete the line", zh: "写上 team: [ … ]，或删掉这一行"))
            }
        }
        for (key, needed) in [("closed", "open"), ("overdue", "pick_up_within")]
        where map.node[key: needed] == nil {
            guard let entry = map.entry(key) else { continue }
            refuse(
                entry.key, .missingKey, en: "'\(key)' never happens without '\(needed)'",
                zh: "没有「\(needed)」，「\(key)」就永远不会发生",
                help: Bilingual(
                    en: "add '\(needed):', or delete '\(key)'", zh: "加上 \(needed):，或删掉 \(key)"))
        }
    }

    // MARK: Who

    /// `to: pool`, `to: servicer` with `who:`, or `team: […]`.
    private func readDestination(
        _ map: MapCursor, isRequired: Bool
    ) -> HandoffDefinition.Destination? {
        enum Target: String, CaseIterable { case pool, servicer, team }
        let who = map.text("who")
        let team = wordsIfPresent(map, "team")
        let to: YAMLNode? =
            isRequired && team == nil ? map.requiredText("to") : map.text("to")
        let target = to.flatMap { MapCursor.choice($0, as: "to", of: Target.self, log: log) }
        if to != nil, target == nil { return nil }
        switch (target ?? (team == nil ? nil : .team), who?.text) {
        case (.pool, nil) where team == nil: return .pool
        case (.servicer, let who?) where team == nil: return .servicer(ServicerID(who))
        case (.servicer, nil) where team == nil:
            refuse(
                map.node, .missingKey, en: "'to: servicer' needs 'who:', the person's userid",
                zh: "写了 to: servicer，还要写 who:（这个人的账号）")
        case (.team, nil):
            guard let team else {
                refuse(
                    map.node, .missingKey, en: "'to: team' needs 'team:', a list of userids",
                    zh: "写了 to: team，还要写 team:（几个人的账号）")
                return nil
            }
            return readTeam(team, map)
        case (.pool, _?), (.team, _?):
            refuse(
                who ?? map.node, en: "'who' goes with 'to: servicer'", zh: "「who」要配合 to: servicer 用"
            )
        case (nil, nil): break
        default:
            refuse(
                map.node, en: "'to', 'who' and 'team' don't go together",
                zh: "「to」「who」「team」不能这样一起写",
                help: Bilingual(
                    en: "write to: pool, or to: servicer with who:, or team: [ … ]",
                    zh: "写 to: pool，或 to: servicer 加 who:，或 team: [ … ]"))
        }
        return nil
    }

    private func readTeam(_ team: [Words], _ map: MapCursor) -> HandoffDefinition.Destination? {
        var seen: Set<String> = []
        for member in team where !seen.insert(member.text).inserted {
            log.report(
                member.diagnostic(
                    .duplicateName,
                    Bilingual(
                        en: "'\(member.text)' is in the team twice", zh: "「\(member.text)」在团队里写了两次"),
                    help: Bilingual(en: "delete one", zh: "删掉一个")))
        }
        guard !team.isEmpty else { return nil }
        guard team.count <= Self.mostServicers else {
            refuse(
                map.node, en: "a team has at most \(Self.mostServicers) servicers",
                zh: "一个团队最多 \(Self.mostServicers) 人")
            return nil
        }
        return .team(team.map { ServicerID($0.text) })
    }

    // MARK: What else

    private func readWaitingText(_ map: MapCursor) -> LocalText? {
        guard let node = map.value("waiting_text") else { return nil }
        guard node.text != nil || Self.isLocalized(node) else {
            refuse(
                node, .waitingText, en: "'waiting_text' is \(node.kindName.en), not one text",
                zh: "「waiting_text」是\(node.kindName.zh)，不是一段文字",
                help: Bilingual(
                    en: "while a customer waits the platform takes exactly one text, with the code "
                        + "of the transfer; write one sentence",
                    zh: "客户排队时平台只让发 1 条文本（用转接得到的凭据）：写成一句话"))
            return nil
        }
        return customerText(node, as: .quoted("waiting_text"))
    }

    /// What is done instead: a reply, another policy, another destination, or the end.
    private func readFallback(_ map: MapCursor, _ key: String) -> PolicySyntax.Branch? {
        guard let node = map.value(key) else { return nil }
        if node.text != nil || node.list != nil || Self.isLocalized(node) {
            let reply = map.elements(key).compactMap(readReply)
            return reply.isEmpty
                ? nil : PolicySyntax.Branch(place: Words(node), fallback: .reply(reply, node))
        }
        guard let map = MapCursor(node, as: .quoted(key), log: log) else { return nil }
        defer { map.finish() }
        let keys = ["reply", "handoff", "end", "to", "team"]
        let present = keys.filter { map.entry($0) != nil }
        let isDestination = present.allSatisfy { ["to", "team"].contains($0) } && !present.isEmpty
        let fallback: PolicySyntax.Fallback?
        if isDestination {
            fallback = readDestination(map, isRequired: false).map { .transfer($0) }
        } else if present.isEmpty, node.map?.isEmpty == false {
            return nil
        } else {
            switch onlyKey(map, of: keys) {
            case "reply":
                let reply = map.elements("reply").compactMap(readReply)
                fallback = reply.isEmpty ? nil : .reply(reply, map.node[key: "reply"] ?? node)
            case "handoff":
                fallback = map.text("handoff").flatMap {
                    name($0, of: SymbolKind.policy.noun).map { .policy($0) }
                }
            case "end": fallback = map.value("end").flatMap(readEnd).map { .end($0) }
            default: fallback = nil
            }
        }
        return fallback.map { PolicySyntax.Branch(place: Words(node), fallback: $0) }
    }
}
