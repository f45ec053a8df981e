import ChatModel
import RuleEngine

/// Rules: their triggers, conditions and promises.
extension BundleReader {
    func readRule(_ node: YAMLNode) -> RuleSyntax? {
        guard let map = MapCursor(node, as: "a rule", log: log) else { return nil }
        let name = map.requiredText("rule").flatMap { self.name($0, of: "a rule") }
        var rule = RuleSyntax(name: name ?? Words(node))
        if let when = map.requiredValue("when"),
            let when = MapCursor(when, as: "'when'", log: log)
        {
            rule.triggers = readTriggers(when)
        }
        rule.conditions = map.map("if").map { readConditions($0) } ?? []
        rule.exceptions = map.map("unless").map { readConditions($0) } ?? []
        rule.priority = map.choice("priority", of: RuleDefinition.Priority.self) ?? .normal
        rule.replyNode = map.value("reply")
        rule.reply = map.elements("reply").compactMap(readReply)
        rule.handoff = map.value("handoff").flatMap(readHandoff)
        rule.end = map.value("end").flatMap(readEnd)
        rule.examples = map.texts("examples").map(Words.init)
        rule.notExamples = map.texts("not_examples").map(Words.init)
        map.refuseUnsupported([
            "id", "renamed_from", "accounts", "override", "valid", "tag", "start", "set", "call",
        ])
        map.finish()
        if let end = rule.end, let handoff = rule.handoff {
            log.report(
                handoff.place.diagnostic(
                    .handoffAndEnd,
                    "'\(rule.name.text)' hands the customer over and ends the session",
                    help: "keep one of them; the 'end' is in line \(end.place.place.line)"))
        }
        return name == nil ? nil : rule
    }

    // MARK: When

    private func readTriggers(_ map: MapCursor) -> [TriggerSyntax] {
        var triggers: [TriggerSyntax] = []
        func add(_ key: String, _ pattern: TriggerSyntax.Pattern) {
            for node in map.texts(key) {
                guard let words = word(node, of: key) else { continue }
                triggers.append(TriggerSyntax(pattern: pattern, words: words))
            }
        }
        add("clicks", .clicks)
        add("says", .says)
        add("says_exactly", .saysExactly)
        add("starts_with", .startsWith)
        // A regular expression may contain anything.
        for node in map.texts("matches") {
            triggers.append(TriggerSyntax(pattern: .matches, words: Words(node)))
        }
        for (kind, node) in map.choices("sends", of: MessageKind.self) {
            guard kind != .text else {
                log.report(
                    .badValue, at: node, "'sends' is for messages that are not words",
                    help: "words are heard by 'says', and by 'no_match' when nothing else fits")
                continue
            }
            triggers.append(TriggerSyntax(pattern: .sends(kind), words: Words(node)))
        }
        for (event, node) in map.choices("event", of: AnswerableEvent.self) {
            triggers.append(TriggerSyntax(pattern: .event(event), words: Words(node)))
        }
        if let node = map.value("no_match"), let flag = map.flag("no_match") {
            if flag {
                triggers.append(TriggerSyntax(pattern: .noMatch, words: Words(node)))
            } else {
                log.report(
                    .badValue, at: node, "'no_match' takes only true", help: "delete the line")
            }
        }
        map.refuseUnsupported(["asks_like", "any", "all", "not"])
        map.finish()
        if map.node.map?.isEmpty == true {
            log.report(.emptyText, at: map.node, "'when' names nothing to listen for")
        }
        return triggers
    }

    // MARK: If and unless

    /// Every key of a condition map, as one condition each.
    private func readConditions(_ map: MapCursor) -> [Condition] {
        var conditions: [Condition] = []
        let scenes = map.texts("scene").map { Condition.scene($0.text ?? "") }
        if let first = scenes.first {
            conditions.append(scenes.count == 1 ? first : .any(scenes))
        }
        let states = map.choices("state", of: StateName.self).map(\.0)
        if !states.isEmpty { conditions.append(.state(Set(states))) }
        if let misses = map.integer("misses", in: 1...99) { conditions.append(.misses(misses)) }
        if let any = map.list("any") { conditions.append(.any(any.compactMap(readAlternative))) }
        if let all = map.list("all") { conditions.append(.all(all.compactMap(readAlternative))) }
        if let not = map.map("not") {
            let inner = readConditions(not)
            conditions.append(.not(inner.count == 1 ? inner[0] : .all(inner)))
        }
        map.refuseUnsupported([
            "in_flow", "slot", "schedule", "open", "tag", "language", "customer", "account",
        ])
        map.finish()
        if map.node.map?.isEmpty == true {
            log.report(.emptyText, at: map.node, "\(map.what) names no condition")
        }
        return conditions
    }

    /// One element of `any` or `all`: a map whose keys add up.
    private func readAlternative(_ node: YAMLNode) -> Condition? {
        guard let map = MapCursor(node, as: "a condition", log: log) else { return nil }
        let inner = readConditions(map)
        return inner.count == 1 ? inner[0] : .all(inner)
    }

    // MARK: Then

    private func readHandoff(_ node: YAMLNode) -> RuleSyntax.Handoff? {
        if node.text != nil {
            return name(node, of: "a hand-off policy").map(RuleSyntax.Handoff.named)
        }
        return MapCursor(node, as: "'handoff'", log: log)
            .flatMap { readPolicy($0, name: nil) }.map(RuleSyntax.Handoff.inline)
    }

    private func readEnd(_ node: YAMLNode) -> RuleSyntax.End? {
        if let text = node.text {
            if text == "true" { return RuleSyntax.End(place: Words(node)) }
            log.report(
                .badValue, at: node, "'end' takes true or { goodbye: … }, not '\(text)'",
                help: text == "false" ? "delete the line" : "write { goodbye: … }")
            return nil
        }
        guard let map = MapCursor(node, as: "'end'", log: log) else { return nil }
        let goodbye = map.value("goodbye").flatMap { readClosing($0, as: "'goodbye'") }
        map.finish()
        return RuleSyntax.End(place: Words(node), goodbye: goodbye)
    }
}
