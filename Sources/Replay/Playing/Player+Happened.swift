import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// Checks of what happened since the last act.
extension Player {
    private var ruleNames: [String] { bundles.flatMap { $0.rules.map(\.name.rawValue) } }

    /// One rule must have decided the last message; several, the messages in order.
    func mismatch(rules: [String], in id: ConversationID) -> Mismatch? {
        let decisions = decisions(in: id).map(\.reason)
        let wanted = rules.map { "rule:\($0)" }
        let actual = rules.count == 1 ? Array(decisions.suffix(1)) : decisions
        if actual == wanted { return nil }
        let words = Mismatch.listed(rules)
        let expected =
            rules.count == 1
            ? Bilingual(en: "the rule \(words)", zh: "规则\(words)")
            : Bilingual(en: "the rules \(words)", zh: "规则依次是 \(words)")
        for rule in rules {
            if let unknown = unknown(.rule, rule, among: ruleNames, expected) { return unknown }
        }
        return Mismatch(
            expected,
            actual.isEmpty
                ? Bilingual(en: "no decision", zh: "没有作出决定")
                : Bilingual(actual.joined(separator: ", ")))
    }

    func mismatch(notRules rules: [String], in id: ConversationID) -> Mismatch? {
        let answered = answeringRules(in: id)
        for rule in rules {
            let expected = Bilingual(en: "not the rule 「\(rule)」", zh: "不是规则「\(rule)」")
            if answered.contains(rule) {
                return Mismatch(
                    expected, Bilingual(en: "「\(rule)」 answered", zh: "「\(rule)」回答了"))
            }
            if let unknown = unknown(.rule, rule, among: ruleNames, expected) { return unknown }
        }
        return nil
    }

    /// Scores print to one decimal, so that is what is compared.
    func mismatch(score: Double, in id: ConversationID) -> Mismatch? {
        let actual = decisions(in: id).last?.score
        if let actual, abs(actual - score) < 0.05 + 1e-9 { return nil }
        return Mismatch(
            Bilingual(
                en: "the score \(Chronicle.printed(score))", zh: "分数 \(Chronicle.printed(score))"),
            actual.map { Bilingual(Chronicle.printed($0)) }
                ?? Bilingual(en: "no score", zh: "没有分数"))
    }

    // MARK: Messages

    func mismatch(reply texts: [String], in id: ConversationID) -> Mismatch? {
        let said = messages(in: id).compactMap { body in
            if case .text(let text) = body { text } else { nil }
        }
        if said == texts { return nil }
        let words = Mismatch.listed(texts)
        return Mismatch(
            Bilingual(en: "the reply \(words)", zh: "回复\(words)"),
            Mismatch.listed(said, orNone: Bilingual(en: "no text", zh: "没有文字")),
            replies: TestReport.Replies(expected: texts, actual: said))
    }

    func mismatch(replyContains parts: [String], in id: ConversationID) -> Mismatch? {
        let said = messages(in: id).map(\.words)
        guard let missing = parts.first(where: { part in !said.contains { $0.contains(part) } })
        else { return nil }
        return Mismatch(
            Bilingual(en: "a message with 「\(missing)」", zh: "有一条消息包含「\(missing)」"),
            Mismatch.listed(said, orNone: Mismatch.noMessage),
            replies: TestReport.Replies(expected: [missing], actual: said))
    }

    func mismatch(menus names: [String], in id: ConversationID) -> Mismatch? {
        let sent = messages(in: id)
        for name in names {
            let expected = Bilingual(en: "the menu 「\(name)」", zh: "菜单「\(name)」")
            let menus = bundles.compactMap { $0.menu(MenuName(name)) }
            if sent.contains(where: { body in menus.contains { $0.isShown(as: body) } }) {
                continue
            }
            let known = bundles.flatMap { $0.menus.map(\.name.rawValue) }
            return unknown(.menu, name, among: known, expected)
                ?? Mismatch(
                    expected, Mismatch.listed(sent.map(\.words), orNone: Mismatch.noMessage))
        }
        return nil
    }

    func mismatch(survey name: String, in id: ConversationID) -> Mismatch? {
        let sent = messages(in: id)
        let expected = Bilingual(en: "the survey 「\(name)」", zh: "评价「\(name)」")
        let surveys = bundles.compactMap { $0.survey(SurveyName(name)) }
        if sent.contains(where: { body in surveys.contains { $0.menu.isShown(as: body) } }) {
            return nil
        }
        let known = bundles.flatMap { $0.surveys.map(\.name.rawValue) }
        return unknown(.survey, name, among: known, expected)
            ?? Mismatch(expected, Mismatch.listed(sent.map(\.words), orNone: Mismatch.noMessage))
    }

    func mismatch(notices names: [String], in id: ConversationID) -> Mismatch? {
        let sent = tokens(in: id).filter { $0.hasPrefix("notice:") }.map { String($0.dropFirst(7)) }
        for name in names where !sent.contains(name) {
            let expected = Bilingual(en: "the notice 「\(name)」", zh: "公告「\(name)」")
            let known = bundles.flatMap { $0.notices.map(\.name.rawValue) }
            return unknown(.notice, name, among: known, expected)
                ?? Mismatch(
                    expected,
                    Mismatch.listed(sent, orNone: Bilingual(en: "no notice", zh: "没有发公告")))
        }
        return nil
    }

    func mismatch(sent count: Int, in id: ConversationID) -> Mismatch? {
        let sent = messages(in: id).count
        return sent == count
            ? nil : Mismatch(Mismatch.messages(count), Mismatch.messages(sent))
    }

    func mismatch(nothingIn id: ConversationID) -> Mismatch? {
        let sent = messages(in: id)
        return sent.isEmpty
            ? nil
            : Mismatch(
                Bilingual(en: "nothing sent", zh: "什么也不发"),
                Bilingual(Mismatch.listed(sent.map(\.words))))
    }

    func mismatch(within limit: Duration, in id: ConversationID) -> Mismatch? {
        let wanted = Bilingual(
            en: "a message within \(limit.words)", zh: "\(limit.words) 内发出消息")
        guard let start = mark.at else {
            return Mismatch(
                Bilingual(en: "a step before", zh: "前面有一步"),
                Bilingual(en: "nothing has happened yet", zh: "还什么都没发生"))
        }
        let first = accepted(in: id).first { entry in
            switch entry.call {
            case .send, .sendOnEvent: true
            default: false
            }
        }
        guard let first else { return Mismatch(wanted, Mismatch.noMessage) }
        let taken = first.at - start
        if taken <= limit { return nil }
        let due = ShanghaiTime.text(start + limit, since: test.startsAt)
        let at = ShanghaiTime.text(first.at, since: test.startsAt)
        return Mismatch(
            Bilingual(
                en: "a message within \(limit.words), by \(due)",
                zh: "\(limit.words) 内，也就是 \(due) 前发出消息"),
            Bilingual(
                en: "it came at \(at), after \(taken.words)", zh: "\(at) 才发出，用了 \(taken.words)"))
    }

    // MARK: Decisions

    func mismatch(askedBack rules: [String], in id: ConversationID) -> Mismatch? {
        let prefix = "asked_back:"
        let last = decisions(in: id).last?.reason
        let offered = last.flatMap { $0.hasPrefix(prefix) ? $0.dropFirst(prefix.count) : nil }?
            .split(separator: ",").map(String.init)
        if let offered, Set(offered) == Set(rules), offered.count == rules.count { return nil }
        let words = Mismatch.listed(rules)
        let expected = Bilingual(en: "asked back with \(words)", zh: "反问 \(words)")
        for rule in rules {
            if let unknown = unknown(.rule, rule, among: ruleNames, expected) { return unknown }
        }
        return Mismatch(
            expected,
            offered.map { Bilingual(Mismatch.listed($0)) } ?? last.map { Bilingual($0) }
                ?? Bilingual(en: "no decision", zh: "没有作出决定"))
    }

    func mismatch(reasons: [String], in id: ConversationID) -> Mismatch? {
        let tokens = tokens(in: id)
        guard let missing = reasons.first(where: { !tokens.contains($0) }) else { return nil }
        return Mismatch(
            Bilingual(en: "the reason \(missing)", zh: "原因 \(missing)"),
            tokens.isEmpty
                ? Bilingual(en: "none", zh: "没有") : Bilingual(tokens.joined(separator: ", ")))
    }

    func mismatch(version: String, in id: ConversationID) -> Mismatch? {
        let actual = decisions(in: id).last.map { $0.version ?? active }
        if let actual, actual?.rawValue == version { return nil }
        let expected = Bilingual(en: "decided by \(version)", zh: "由 \(version) 决定")
        if !versions.keys.contains(RuleSetVersion(version)) {
            let known = versions.keys.map(\.rawValue).sorted()
            return Mismatch(
                expected,
                Bilingual(
                    en: "the test knows no such version, only \(known.joined(separator: " and "))",
                    zh: "这项测试里没有这个版本，只有 \(known.joined(separator: "、"))"))
        }
        return Mismatch(
            expected,
            actual.map { Bilingual($0?.rawValue ?? "") }
                ?? Bilingual(en: "no decision", zh: "没有作出决定"))
    }

    // MARK: Calls and hand-overs

    func mismatch(
        calls names: [String], with parameters: [Expectation.CallParameter]?,
        in id: ConversationID
    ) -> Mismatch? {
        let made = calls(in: id)
        let madeNames = made.map { "\($0.service).\($0.operation)" }
        let none = Bilingual(en: "no call", zh: "没有外部查询")
        if names == [Expectation.none] {
            return made.isEmpty ? nil : Mismatch(none, Bilingual(madeNames.joined(separator: ", ")))
        }
        for name in names {
            let expected = Bilingual(en: "the call \(name)", zh: "外部查询 \(name)")
            guard let index = madeNames.lastIndex(of: name) else {
                return Mismatch(
                    expected,
                    madeNames.isEmpty ? none : Bilingual(madeNames.joined(separator: ", ")))
            }
            for wanted in parameters ?? [] {
                let sent = made[index].parameters.first { $0.name == wanted.name }?.value
                if sent == wanted.value { continue }
                return Mismatch(
                    expected
                        + Bilingual(
                            en: " with \(wanted.name) 「\(wanted.value)」",
                            zh: "，\(wanted.name) 是「\(wanted.value)」"),
                    sent.map { Bilingual("「\($0)」") }
                        ?? Bilingual(en: "without \(wanted.name)", zh: "没有 \(wanted.name)"))
            }
        }
        return nil
    }

    func mismatch(handoff wanted: String, in id: ConversationID) -> Mismatch? {
        var target: SessionTarget?
        for entry in accepted(in: id) {
            switch entry.call {
            case .transfer(2, _): target = .pool
            case .transfer(3, let servicer?): target = .human(servicer)
            default: break
            }
        }
        let isPolicy = bundles.contains { $0.policy(PolicyName(wanted)) != nil }
        let branches = branches(of: PolicyName(wanted), in: id)
        let holds =
            isPolicy
            ? target != nil && !branches.isEmpty
            : target == (wanted == "pool" ? .pool : .human(ServicerID(wanted)))
        if holds { return nil }
        let actual: Bilingual =
            switch target {
            case nil where !branches.isEmpty:
                Bilingual(
                    en: "no hand-over, it is \(branches.joined(separator: ", "))",
                    zh: "没有转接，走的是 \(branches.joined(separator: "、"))")
            case nil: Bilingual(en: "no hand-over", zh: "没有转接")
            case .human(let servicer): Bilingual(en: "to \(servicer)", zh: "转给了 \(servicer)")
            case .pool: Bilingual(en: "to the pool", zh: "进了待接入池")
            case .assistant, .ended: Bilingual(en: "another transfer", zh: "转到了别处")
            }
        return Mismatch(
            Bilingual(en: "a hand-over to \(wanted)", zh: "按「\(wanted)」转接"), actual)
    }
}

extension MenuDefinition {
    /// Whether a message is this menu: the same items in the same order, whatever words stand
    /// around them.
    func isShown(as body: OutgoingBody) -> Bool {
        guard case .menu(let menu) = body, menu.items.count == items.count else { return false }
        var isTold = false
        for (item, shown) in zip(items, menu.items) {
            switch (item.item, shown) {
            case (.click(let id, _), .click(let shown, _)) where id == shown: isTold = true
            case (.view(let url, _), .view(let shown, _)) where url == shown: isTold = true
            case (.miniprogram(let app, let path, _), .miniprogram(let shown, let page, _))
            where app == shown && path == page:
                isTold = true
            case (.text(let words, _), .text(let text, _)):
                if let literal = words.literal, literal != text { return false }
            default: return false
            }
        }
        if isTold { return true }
        // Nothing but words: its head must tell it from others.
        return head?.literal.map { $0 == menu.head } ?? true
    }
}
