import ChatModel
import RuleEngine
import SessionMachine

/// Giving a session to a person, or ending it.
extension Step {
    /// Carries out a hand-off policy.
    mutating func handOver(
        _ policy: HandoffDefinition, for rule: RuleName, in id: ConversationID,
        from parent: Parent, _ rules: Rules
    ) {
        switch plan(policy, in: id, rules) {
        case .reply(let parts):
            note("not_handed_over:\(policy.name?.rawValue ?? "") rule:\(rule)", for: id)
            reply(parts, in: id, from: parent, "rule:\(rule)", rules)
        case .end(let ending):
            endSession(ending, for: rule, in: id, from: parent, rules)
        case .transfer(let target, let policy):
            var wording = wording(for: id, rules.bundle)
            var handover = Conversation.Handover(
                rule: rule, waitingText: policy.waitingText.map { wording.words(of: $0) },
                closing: policy.ended.flatMap { wording.body(of: $0) }, isUnderWay: true)
            if case .survey(let survey) = policy.ended { handover.survey = survey }
            handover.policy = policy.name
            if let within = policy.pickUpWithin {
                handover.overdue = Conversation.Overdue(
                    within: within, fallback: policy.overdue, version: rules.playbook.version)
            }
            transfer(to: target, in: id, from: parent, handover)
        }
    }

    /// What a policy comes to now.
    private mutating func plan(
        _ policy: HandoffDefinition, in id: ConversationID, _ rules: Rules
    ) -> HandoffPlan {
        let (rosters, now) = (rosters, now)
        var planner = HandoffPlanner(
            bundle: rules.bundle, isOpen: { rules.compiled.isOpen($0, at: now) },
            servicer: { rosters[id.account, $0] }, isRosterKnown: rosters.isKnown(id.account),
            lastServed: self[id].memory.lastServed, now: now)
        let plan = planner.plan(policy)
        effects.trace += planner.trace
        return plan
    }

    /// Ends the session, saying goodbye with the code of the ending.
    mutating func endSession(
        _ ending: EndDefinition, for rule: RuleName, in id: ConversationID, from parent: Parent,
        _ rules: Rules
    ) {
        var wording = wording(for: id, rules.bundle)
        var handover = Conversation.Handover(
            rule: rule, waitingText: nil, closing: ending.goodbye.flatMap { wording.body(of: $0) },
            isUnderWay: true)
        if case .survey(let survey) = ending.goodbye { handover.survey = survey }
        transfer(to: .ended, in: id, from: parent, handover)
    }

    private mutating func transfer(
        to target: SessionTarget, in id: ConversationID, from parent: Parent,
        _ handover: Conversation.Handover
    ) {
        switch self[id].session.answer(to: target) {
        case .call:
            var handover = handover
            if case .human(let servicer) = target {
                handover.servicer = servicer
                rosters.update(servicer, of: id.account) { $0.assignedAt = now }
            }
            leaveFlow(of: id, because: nil)
            self[id].memory.handover = handover
            let ordered = order(
                .transfer(target), for: id, from: parent, reason: "rule:\(handover.rule)")
            self[id].memory.handover?.transfer = ordered
        case .alreadyThere:
            note("already_there:\(target.number) rule:\(handover.rule)", for: id)
        case .refused(let refusal):
            note("untransferred:\(refusal.rawValue) rule:\(handover.rule)", for: id)
        }
    }

    // MARK: Picked up, or not

    /// The transfer is carried out: from now on somebody should look after it.
    mutating func startWaiting(for id: ConversationID, calledAt: Timestamp) {
        guard let overdue = self[id].memory.handover?.overdue else { return }
        setTimer(
            Timer(kind: .pickUpOverdue, conversation: id, due: calledAt + overdue.within))
    }

    /// Somebody took the session from the pool, or wrote in it.
    mutating func pickedUp(_ id: ConversationID) {
        guard self[id].memory.handover != nil, self[id].memory.handover?.isPickedUp != true
        else { return }
        self[id].memory.handover?.isPickedUp = true
    }

    /// The time to pick the session up is over.
    mutating func pickUpFellDue(_ id: ConversationID, timer: Timer) {
        guard let handover = self[id].memory.handover, !handover.isUnderWay,
            handover.isPickedUp != true, let overdue = handover.overdue
        else { return }
        switch self[id].session.state {
        case .pool, .human: break
        case .untreated, .assistant, .ended: return
        }
        if let policy = handover.policy { effects.trace.append(.policy(policy, "overdue")) }
        note("overdue:\(handover.policy?.rawValue ?? "") rule:\(handover.rule)", for: id)
        guard let rules = rules(for: id, version: overdue.version) else { return }
        switch overdue.fallback {
        case .transfer(let destination):
            rescue(
                HandoffDefinition(to: destination, nobody: .reply([])), of: handover, in: id,
                timer, rules)
        case .policy(let name):
            guard let policy = rules.bundle.policy(name) else { return }
            rescue(policy, of: handover, in: id, timer, rules)
        case .end(let ending):
            endSession(
                ending, for: handover.rule, in: id, from: .cause(.timer(timer.id)), rules)
        // Nothing can be sent while people have the session.
        case .reply, nil: break
        }
    }

    /// Gives an overdue session to somebody else, keeping what was promised for its end.
    private mutating func rescue(
        _ policy: HandoffDefinition, of handover: Conversation.Handover, in id: ConversationID,
        _ timer: Timer, _ rules: Rules
    ) {
        guard case .transfer(let target, let chosen) = plan(policy, in: id, rules) else {
            note("overdue_stays: nobody is available rule:\(handover.rule)", for: id)
            return
        }
        var next = handover
        next.waitingText = nil
        next.isPickedUp = nil
        next.isUnderWay = true
        next.transfer = nil
        next.servicer = nil
        next.overdue = chosen.pickUpWithin.map {
            Conversation.Overdue(
                within: $0, fallback: chosen.overdue, version: rules.playbook.version)
        }
        transfer(to: target, in: id, from: .cause(.timer(timer.id)), next)
    }
}
