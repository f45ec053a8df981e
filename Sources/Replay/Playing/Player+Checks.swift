import ChatModel
import PlatformSimulator
import RuleEngine

/// Checking expectations against what the platform saw and what the bot decided.
extension Player {
    mutating func check(_ expectation: Expectation) {
        let id = world.id(of: expectation.customer ?? mark.customer)
        for check in expectation.checks {
            guard let (expected, actual) = mismatch(check.kind, in: id) else { continue }
            fail(
                TestReport.Failure(
                    place: check.place, step: check.words, expected: expected, actual: actual))
        }
    }

    /// What was expected and what came instead; `nil` when it holds.
    private func mismatch(
        _ check: Expectation.Kind, in id: ConversationID
    ) -> (expected: String, actual: String)? {
        switch check {
        case .rules(let rules): return mismatch(rules: rules, in: id)
        case .notRules(let rules):
            let answered = answeringRules(in: id)
            guard let wrong = rules.first(where: answered.contains) else { return nil }
            return ("not the rule \(quoted(wrong))", "\(quoted(wrong)) answered")
        case .reply(let texts):
            let said = messages(in: id).compactMap { body in
                if case .text(let text) = body { text } else { nil }
            }
            return said == texts
                ? nil : ("the reply \(listed(texts))", said.isEmpty ? "no text" : listed(said))
        case .replyContains(let parts):
            let said = messages(in: id).map(\.words)
            guard let missing = parts.first(where: { part in !said.contains { $0.contains(part) } })
            else { return nil }
            return (
                "a message with \(quoted(missing))", said.isEmpty ? "no message" : listed(said)
            )
        case .menus(let names): return mismatch(menus: names, in: id)
        case .sent(let count):
            let sent = messages(in: id).count
            return sent == count ? nil : (messageCount(count), messageCount(sent))
        case .nothing:
            let sent = messages(in: id)
            return sent.isEmpty ? nil : ("nothing sent", listed(sent.map(\.words)))
        case .state(let name):
            let state = world.platform.conversation(id)?.state ?? .ended
            return name.covers(state.rawValue)
                ? nil : ("the session \(name.rawValue)", "it is \(state)")
        case .servicer(let servicer):
            let present = world.platform.conversation(id)?.servicer
            return present == servicer
                ? nil
                : ("the session with \(servicer)", present.map { "with \($0)" } ?? "with nobody")
        case .handoff(let wanted): return mismatch(handoff: wanted, in: id)
        case .reasons(let reasons):
            let tokens = self.tokens(in: id)
            guard let missing = reasons.first(where: { !tokens.contains($0) }) else { return nil }
            return (
                "the reason \(missing)", tokens.isEmpty ? "none" : tokens.joined(separator: ", ")
            )
        case .budgetLeft(let left):
            let actual = world.platform.conversation(id)?.budgetLeft ?? 0
            return actual == left ? nil : ("\(left) of 5 messages left", "\(actual)")
        case .within(let limit): return mismatch(within: limit, in: id)
        case .code(let code): return mismatch(code: code, in: id)
        case .refused(let verdict, let count):
            let actual = world.platform.verdicts[verdict, default: 0]
            return actual == count
                ? nil : ("\(count) refused as \(verdict.rawValue)", "\(actual)")
        }
    }

    // MARK: Facts since the last act

    private func accepted(in id: ConversationID) -> some Sequence<BookEntry> {
        world.platform.book.dropFirst(mark.bookEntries).lazy.filter {
            $0.errcode == 0 && $0.customer == id.customer && $0.account == id.account
        }
    }

    private func messages(in id: ConversationID) -> [OutgoingBody] {
        accepted(in: id).compactMap { entry in
            switch entry.call {
            case .send(let body), .sendOnEvent(_, let body): body
            default: nil
            }
        }
    }

    private func decisions(in id: ConversationID) -> [String] {
        world.chronicle.decisions.dropFirst(mark.decisions).filter { $0.conversation == id }
            .map(\.reason)
    }

    private func answeringRules(in id: ConversationID) -> [String] {
        decisions(in: id).filter { $0.hasPrefix("rule:") }.map { String($0.dropFirst(5)) }
    }

    private func tokens(in id: ConversationID) -> [String] {
        var tokens: [String] = []
        for token in world.chronicle.tokens.dropFirst(mark.tokens)
        where token.conversation == id || token.conversation == nil {
            if !tokens.contains(token.text) { tokens.append(token.text) }
        }
        return tokens
    }

    // MARK: Checks

    /// One rule must have decided the last message; several, the messages in order.
    private func mismatch(rules: [String], in id: ConversationID) -> (String, String)? {
        let decisions = decisions(in: id)
        let wanted = rules.map { "rule:\($0)" }
        let actual = rules.count == 1 ? Array(decisions.suffix(1)) : decisions
        if actual == wanted { return nil }
        let expected =
            rules.count == 1 ? "the rule \(quoted(rules[0]))" : "the rules \(listed(rules))"
        return (expected, actual.isEmpty ? "no decision" : actual.joined(separator: ", "))
    }

    private func mismatch(menus names: [String], in id: ConversationID) -> (String, String)? {
        let sent = messages(in: id)
        for name in names {
            guard let menu = bundle.menu(MenuName(name)) else {
                return ("the menu \(quoted(name))", "the rules have no such menu")
            }
            if sent.contains(menu.body) { continue }
            return (
                "the menu \(quoted(name))", sent.isEmpty ? "no message" : listed(sent.map(\.words))
            )
        }
        return nil
    }

    private func mismatch(handoff wanted: String, in id: ConversationID) -> (String, String)? {
        var target: SessionTarget?
        for entry in accepted(in: id) {
            switch entry.call {
            case .transfer(2, _): target = .pool
            case .transfer(3, let servicer?): target = .human(servicer)
            default: break
            }
        }
        let policy: HandoffDefinition.Destination =
            wanted == "pool"
            ? .pool : rules.policies[bundle.name]?[wanted] ?? .servicer(ServicerID(wanted))
        let expected: SessionTarget =
            switch policy {
            case .pool: .pool
            case .servicer(let servicer): .human(servicer)
            }
        if target == expected { return nil }
        let actual: String =
            switch target {
            case nil: "no hand-over"
            case .human(let servicer): "to \(servicer)"
            case .pool: "to the pool"
            case .assistant, .ended: "another transfer"
            }
        return ("a hand-over to \(wanted)", actual)
    }

    private func mismatch(within limit: Duration, in id: ConversationID) -> (String, String)? {
        guard let start = mark.at else { return ("a step before", "nothing has happened yet") }
        let first = accepted(in: id).first { entry in
            switch entry.call {
            case .send, .sendOnEvent: true
            default: false
            }
        }
        guard let first else { return ("a message within \(limit)", "no message") }
        return first.at - start <= limit
            ? nil : ("a message within \(limit)", "it came after \(first.at - start)")
    }

    private func mismatch(
        code check: Expectation.CodeCheck, in id: ConversationID
    ) -> (String, String)? {
        let issued = world.platform.codes.last {
            $0.purpose == check.purpose && $0.conversation == id
        }
        let name = "a code of '\(check.scene)'"
        guard let issued else { return (name, "none was issued") }
        if let isUsed = check.isUsed, isUsed != (issued.usedAt != nil) {
            return isUsed
                ? ("\(name), used", "it was not used") : ("\(name), unused", "it was used")
        }
        guard let limit = check.within else { return nil }
        guard let usedAt = issued.usedAt else { return ("\(name), used", "it was not used") }
        let taken = usedAt - issued.issuedAt
        return taken <= limit ? nil : ("\(name), used within \(limit)", "after \(taken)")
    }

    // MARK: Words

    private func quoted(_ text: String) -> String { "「\(text)」" }

    private func listed(_ texts: [String]) -> String {
        texts.map(quoted).joined(separator: " ")
    }

    private func messageCount(_ count: Int) -> String {
        count == 1 ? "1 message" : "\(count) messages"
    }
}
