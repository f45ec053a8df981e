import ChatModel
import RuleEngine
import SessionMachine

/// Asking the rules, and ordering what the winner says.
extension Step {
    /// Decides about a customer's message that was observed already.
    mutating func decide(
        about message: Conversation.Deferred, in id: ConversationID
    ) -> (Reason, Double?) {
        let session = self[id].session
        guard session.state.isBotsTurn else {
            return (.refused(session.refusalOfSending(at: now) ?? .sessionEnded), nil)
        }
        guard let bundle = router.bundle(for: id.account) else { return (.noRulesForAccount, nil) }
        let stimulus: Stimulus =
            message.kind == .text
            ? .text(message.text, menuItem: message.menuItem) : .message(message.kind)
        guard let verdict = bundle.verdict(for: stimulus, facts: facts(of: id)) else {
            self[id].memory.misses += 1
            return (.noRule, nil)
        }
        self[id].memory.misses = verdict.isMiss ? self[id].memory.misses + 1 : 0
        let rule = bundle.definition.rules[verdict.rule]
        let refusal = perform(
            rule, of: bundle.definition, in: id, cause: .inbound(message.msgID))
        return (refusal.map(Reason.refused) ?? .rule(rule.name), verdict.score)
    }

    /// Answers an entrance with its welcome code.
    mutating func welcome(
        with code: EventCode, in id: ConversationID, cause: Cause
    ) -> (Reason, Double?) {
        guard let bundle = router.bundle(for: id.account) else { return (.noRulesForAccount, nil) }
        guard let verdict = bundle.verdict(for: .event(.enterSession), facts: facts(of: id)) else {
            note("code_unused:welcome: no rule", for: id)
            return (.noRule, nil)
        }
        let rule = bundle.definition.rules[verdict.rule]
        let body = rule.reply.first.flatMap { bundle.definition.body(of: $0) }
        let refusal = say(
            body, with: code, in: id, from: .cause(cause), reason: "rule:\(rule.name)",
            scene: .welcome)
        self[id].memory.lastRule = rule.name
        return (refusal.map(Reason.refused) ?? .rule(rule.name), verdict.score)
    }

    private func facts(of id: ConversationID) -> Facts {
        let conversation = self[id]
        return Facts(
            scene: conversation.memory.scene, state: conversation.session.state.number,
            misses: conversation.memory.misses)
    }

    /// Orders what `rule` says and does.
    ///
    /// - Returns: Why not a single message of its reply could be ordered; `nil` when one could, or
    ///   when it has none.
    private mutating func perform(
        _ rule: RuleDefinition, of bundle: BundleDefinition, in id: ConversationID, cause: Cause
    ) -> Refusal? {
        self[id].memory.lastRule = rule.name
        var (ordered, refused) = (0, Refusal?.none)
        for part in rule.reply {
            guard let body = bundle.body(of: part) else { continue }
            if let refusal = self[id].session.refusalOfSending(at: now) {
                refused = refusal
                note("unsent:\(refusal.rawValue) rule:\(rule.name)", for: id)
                continue
            }
            self[id].session.orderedSend(at: now)
            // The platform moves an untreated session to the assistant when the call arrives.
            self[id].session.observed(.sendAccepted, at: now)
            order(.send(body), for: id, from: .cause(cause), reason: "rule:\(rule.name)")
            ordered += 1
        }
        if let handoff = rule.handoff {
            let target: SessionTarget =
                switch handoff.to {
                case .pool: .pool
                case .servicer(let servicer): .human(servicer)
                }
            transfer(
                to: target, in: id, cause: cause,
                Conversation.Handover(
                    rule: rule.name, waitingText: handoff.waitingText,
                    closing: handoff.ended.flatMap { bundle.body(of: $0) }, isUnderWay: true))
        } else if let end = rule.end {
            transfer(
                to: .ended, in: id, cause: cause,
                Conversation.Handover(
                    rule: rule.name, waitingText: nil,
                    closing: end.goodbye.flatMap { bundle.body(of: $0) }, isUnderWay: true))
        }
        return ordered == 0 && rule.handoff == nil && rule.end == nil ? refused : nil
    }

    private mutating func transfer(
        to target: SessionTarget, in id: ConversationID, cause: Cause,
        _ handover: Conversation.Handover
    ) {
        switch self[id].session.answer(to: target) {
        case .call:
            self[id].memory.handover = handover
            let ordered = order(
                .transfer(target), for: id, from: .cause(cause), reason: "rule:\(handover.rule)")
            self[id].memory.handover?.transfer = ordered
        case .alreadyThere:
            note("already_there:\(target.number) rule:\(handover.rule)", for: id)
        case .refused(let refusal):
            note("untransferred:\(refusal.rawValue) rule:\(handover.rule)", for: id)
        }
    }

    /// Orders `body` with `code`, or notes why the code stays unused.
    ///
    /// - Returns: Why it was not ordered.
    @discardableResult
    mutating func say(
        _ body: OutgoingBody?, with code: EventCode, in id: ConversationID, from parent: Parent,
        reason: String, scene: CodeScene
    ) -> Refusal? {
        guard let body else {
            self[id].session.orderedSend(with: code)
            note("code_unused:\(scene.rawValue): nothing to say", for: id)
            return nil
        }
        if let refusal = self[id].session.refusal(ofSending: body, with: code, at: now) {
            self[id].session.orderedSend(with: code)
            note("code_unused:\(scene.rawValue): \(refusal.rawValue)", for: id)
            return refusal
        }
        let deadline = self[id].session.codes.entry(of: code)?.usableUntil
        self[id].session.orderedSend(with: code)
        let ordered = order(
            .sendOnEvent(code, body), for: id, from: parent, deadline: deadline, reason: reason)
        if scene == .ended { self[id].memory.closing = ordered }
        return nil
    }
}

extension BundleDefinition {
    /// The message a part of a reply stands for; `nil` for a menu the bundle doesn't have, which
    /// loading refuses.
    func body(of part: ReplyPart) -> OutgoingBody? {
        switch part {
        case .text(let text): .text(text)
        case .menu(let name): menu(name)?.body
        case .body(let body): body
        }
    }

    /// The message a code's words stand for.
    func body(of closing: ClosingMessage) -> OutgoingBody? {
        switch closing {
        case .text(let text): .text(text)
        case .menu(let name): menu(name)?.body
        }
    }
}
