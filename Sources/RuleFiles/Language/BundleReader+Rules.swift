import ChatModel
import RuleEngine

/// Rules: what they hear, what they do, what they promise.
extension BundleReader {
    func readRule(_ node: YAMLNode) -> RuleSyntax? {
        guard let map = MapCursor(node, as: SymbolKind.rule.noun, log: log) else { return nil }
        let name = map.requiredText("rule").flatMap { self.name($0, of: SymbolKind.rule.noun) }
        var rule = RuleSyntax(name: name ?? Words(node))
        if let when = map.requiredValue("when"),
            let when = MapCursor(when, as: .quoted("when"), log: log)
        {
            rule.triggers = readTriggers(when)
        }
        rule.replyNode = map.value("reply")
        rule.reply = map.elements("reply").compactMap(readReply)
        readCommon(map, into: &rule)
        finish(map)
        return name == nil ? nil : rule
    }

    /// Reports what a rule doesn't have; `call` is worth a sentence of its own.
    private func finish(_ map: MapCursor) {
        if map.node[key: "call"] != nil, let call = map.entry("call") {
            log.report(
                .unsupported, at: call.key,
                Bilingual(
                    en: "a rule has no 'call'; a flow has", zh: "规则里不能写「call」，流程里可以"),
                help: Bilingual(
                    en: "write a flow with the call and 'start' it",
                    zh: "写一个带 call 的流程，再用 start 启动它"))
        }
        map.finish()
    }

    /// What rules and questions of an FAQ share.
    private func readCommon(_ map: MapCursor, into rule: inout RuleSyntax) {
        rule.conditions = map.map("if").map { readConditions($0) } ?? []
        rule.exceptions = map.map("unless").map { readConditions($0) } ?? []
        rule.priority = map.choice("priority", of: RuleDefinition.Priority.self) ?? .normal
        rule.tags = words(map, "tag")
        rule.sets = map.map("set").map { readAssignments($0) } ?? []
        rule.start = map.text("start").map(Words.init)
        rule.handoff = map.value("handoff").flatMap(readHandoff)
        rule.end = map.value("end").flatMap(readEnd)
        rule.upgradeNode = map.value("upgrade")
        rule.upgrade = map.map("upgrade").flatMap(readUpgrade)
        rule.valid = map.text("valid").flatMap { span(Words($0), of: "valid") }
        rule.oncePer = positive(map, "once_per")
        rule.accounts = wordsIfPresent(map, "accounts")
        rule.id = map.text("id").flatMap(readID)
        rule.renamedFrom = map.texts("renamed_from").map(Words.init)
        rule.owner = map.text("owner").map(Words.init)
        rule.overrides = map.flag("override") ?? false
        rule.examples = map.texts("examples").map(Words.init)
        rule.notExamples = map.texts("not_examples").map(Words.init)
        checkMoves(rule)
    }

    /// `{ member: anna, wording: … }` or `{ group: wr…, wording: … }`.
    private func readUpgrade(_ map: MapCursor) -> ServiceUpgrade? {
        let wording = map.text("wording")?.text
        let kind = onlyKey(map, of: ["member", "group"])
        let value = kind.flatMap { map.text($0)?.text }
        map.finish()
        guard let kind, let value, !value.isEmpty else { return nil }
        return kind == "member"
            ? .member(ServicerID(value), wording: wording)
            : .group(GroupChatID(value), wording: wording)
    }

    /// A rule hands over, ends or starts a flow: one of them.
    private func checkMoves(_ rule: RuleSyntax) {
        let name = rule.name.text
        let keepOne = { (end: Words) in
            Bilingual(
                en: "keep one of them; the 'end' is in line \(end.place.line)",
                zh: "只留一个；「end」在第 \(end.place.line) 行")
        }
        if let end = rule.end, let handoff = rule.handoff {
            log.report(
                handoff.place.diagnostic(
                    .handoffAndEnd,
                    Bilingual(
                        en: "'\(name)' hands the customer over and ends the session",
                        zh: "「\(name)」既转人工又结束会话"), help: keepOne(end.place)))
        }
        if let start = rule.start, rule.handoff != nil || rule.end != nil {
            log.report(
                start.diagnostic(
                    .startAndMove,
                    Bilingual(
                        en: "'\(name)' starts a flow and moves the session",
                        zh: "「\(name)」既启动流程又转人工或结束会话"),
                    help: Bilingual(
                        en: "let the flow hand over or end with its last step",
                        zh: "把转人工或结束写成流程的最后一步")))
        }
    }

    /// ASCII, for metrics.
    private func readID(_ node: YAMLNode) -> Words? {
        let text = node.text ?? ""
        let isRight =
            text.count <= Self.maximumNameLength
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        if isRight { return Words(node) }
        refuse(
            node, en: "an 'id' has at most 64 letters, digits, '-', '_' and '.', not '\(text)'",
            zh: "「id」最多 64 个英文字母、数字和 - _ .，不能是「\(text)」",
            help: Bilingual(
                en: "the rule's name may be Chinese; 'id' is for metrics", zh: "规则名可以用中文，id 是给统计用的")
        )
        return nil
    }

    /// `{ name: value, … }`.
    func readAssignments(_ map: MapCursor) -> [AssignmentSyntax] {
        map.namedEntries.compactMap { entry in
            guard let name = name(entry.key, of: SymbolKind.value.noun),
                let value = MapCursor.text(entry.value, as: .quoted(entry.name), log: log)
            else { return nil }
            return AssignmentSyntax(name: name, value: Words(value))
        }
    }

    // MARK: When

    /// Every alternative of `when`; `any` only groups them.
    func readTriggers(_ map: MapCursor) -> [TriggerSyntax] {
        var triggers: [TriggerSyntax] = []
        func add(_ key: String, _ pattern: TriggerSyntax.Pattern) {
            triggers += words(map, key).map { TriggerSyntax(pattern: pattern, words: $0) }
        }
        add("clicks", .clicks)
        add("says", .says)
        add("says_exactly", .saysExactly)
        add("starts_with", .startsWith)
        add("ends_with", .endsWith)
        triggers += readSaysAll(map)
        // Questions are sentences: any mark may stand in them; so may it in a regular expression.
        for (key, pattern) in [
            ("asks_like", TriggerSyntax.Pattern.asksLike), ("matches", .matches),
        ] {
            triggers += map.texts(key).map { TriggerSyntax(pattern: pattern, words: Words($0)) }
        }
        for (kind, node) in map.choices("sends", of: MessageKind.self) {
            guard kind != .text else {
                refuse(
                    node, en: "'sends' is for messages that are not words",
                    zh: "「sends」是给文字以外的消息用的",
                    help: Bilingual(
                        en: "words are heard by 'says', and by 'no_match' when nothing else fits",
                        zh: "文字用 says 来听；都不匹配时用 no_match"))
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
                refuse(
                    node, en: "'no_match' takes only true", zh: "「no_match」只能写 true",
                    help: Bilingual(en: "delete the line", zh: "删掉这一行"))
            }
        }
        for element in map.elements("any") {
            if let group = MapCursor(element, as: .quoted("any"), log: log) {
                triggers += readTriggers(group)
            }
        }
        refuseNesting(map)
        map.finish(elsewhere: ["if": Self.conditionKeys])
        if map.node.map?.isEmpty == true {
            refuse(
                map.node, .emptyText, en: "\(map.what.en) names nothing to listen for",
                zh: "\(map.what.zh)里什么也没写")
        }
        return triggers
    }

    /// `[a, b]`: all of them; a list of lists is several such alternatives.
    private func readSaysAll(_ map: MapCursor) -> [TriggerSyntax] {
        guard let node = map.value("says_all") else { return [] }
        let isNested = node.list?.first?.list != nil
        let groups = isNested ? node.list ?? [] : [node]
        return groups.compactMap { group in
            let elements = group.list ?? [group]
            let words = elements.compactMap { element in
                MapCursor.text(
                    element, as: .quoted("says_all"), orList: group.list == nil, log: log
                ).flatMap { word($0, of: "says_all") }
            }
            guard let first = words.first else { return nil }
            return TriggerSyntax(pattern: .saysAll(words), words: first)
        }
    }

    private func refuseNesting(_ map: MapCursor) {
        for key in ["all", "not"] {
            guard map.node[key: key] != nil, let entry = map.entry(key) else { continue }
            log.report(
                .unsupported, at: entry.key,
                Bilingual(
                    en: "'when' has no '\(key)': its lines are alternatives",
                    zh: "「when」里没有「\(key)」：它的每一行都是“或”"),
                help: key == "all"
                    ? Bilingual(
                        en: "write 'says_all: [ … ]' for words, and 'if' for conditions",
                        zh: "几个词都要说到用 says_all: [ … ]，条件写在 if 里")
                    : Bilingual(
                        en: "write what must not hold under 'unless'", zh: "不该成立的写在 unless 里"))
        }
    }

    // MARK: FAQ

    /// `- ask: 问题`, with `like`, `reply` or `answer` and what any rule may have.
    func readQuestion(_ node: YAMLNode) -> RuleSyntax? {
        let what = Bilingual(en: "a question of 'faq'", zh: "「faq」的问题")
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        let ask = map.requiredText("ask")
        let named = map.text("rule")
        let name =
            if let named {
                self.name(named, of: SymbolKind.rule.noun)
            } else {
                ask.flatMap {
                    self.name($0, of: SymbolKind.rule.noun, longest: Self.maximumQuestionLength)
                }
            }
        var rule = RuleSyntax(name: name ?? Words(node))
        let wordings = ([ask].compactMap(\.self) + map.texts("like")).map(Words.init)
        rule.triggers = wordings.map { TriggerSyntax(pattern: .asksLike, words: $0) }
        if let when = map.value("when"), let when = MapCursor(when, as: .quoted("when"), log: log) {
            rule.triggers += readTriggers(when)
        }
        let key = map.node[key: "answer"] != nil ? "answer" : "reply"
        rule.replyNode = map.value(key)
        rule.reply = map.elements(key).compactMap(readReply)
        if key == "answer", let reply = map.entry("reply") {
            log.report(
                .badValue, at: reply.key,
                Bilingual(
                    en: "'reply' and 'answer' are the same here", zh: "这里的「reply」和「answer」是一回事"),
                help: Bilingual(en: "keep one of them", zh: "只留一个"))
        }
        readCommon(map, into: &rule)
        finish(map)
        return name == nil || ask == nil ? nil : rule
    }
}
