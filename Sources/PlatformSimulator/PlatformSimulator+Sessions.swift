package import ChatModel

/// What `service_state/get` answers.
package struct SessionView: Hashable, Sendable {
    /// The state.
    package let state: ServiceState
    /// Who serves; only in state 3.
    package let servicer: ServicerID?
}

extension PlatformSimulator {
    /// `service_state/get`.
    package mutating func sessionState(
        of id: ConversationID, by app: AppAlias
    ) -> Result<SessionView, SimulatedRefusal> {
        var entry = entry(.getState, .readState, by: app)
        entry.account = id.account
        entry.customer = id.customer
        if let refusal = admit(entry) { return .failure(refusal) }
        do throws(Errcode) {
            _ = try managed(id.account, by: app)
            try checkKnown(id.customer, to: app)
        } catch { return .failure(refuse(entry, error, .illegal)) }
        accept(entry)
        guard let index = conversationIndex[id] else {
            return .success(SessionView(state: .ended, servicer: nil))
        }
        showState(of: index)
        return .success(
            SessionView(
                state: conversations[index].state, servicer: conversations[index].servicer))
    }

    /// `service_state/trans`.
    ///
    /// - Parameters:
    ///   - number: `service_state` as sent; anything but 0…4 is refused.
    ///   - servicer: `servicer_userid`; needed for target 3, ignored for others.
    /// - Returns: The `msg_code`, where one is handed out: for the session's first change to 2
    ///   or 3, and for its end.
    package mutating func transfer(
        _ id: ConversationID, to number: Int, servicer: ServicerID?, by app: AppAlias
    ) -> Result<EventCode?, SimulatedRefusal> {
        var entry = entry(.transferState, .transfer(to: number, servicer), by: app)
        entry.account = id.account
        entry.customer = id.customer
        if let refusal = admit(entry) { return .failure(refusal) }
        let account: Int
        let index: Int
        let target: ServiceState
        do throws(Errcode) {
            account = try managed(id.account, by: app)
            try checkKnown(id.customer, to: app)
            guard let state = ServiceState(rawValue: number) else {
                throw Errcode(40058, "service_state: \(number), 0 to 4")
            }
            target = state
            try PlatformRules.require(
                target != .human || servicer != nil, orRefuse: 40058, "servicer_userid: missing")
            if corpFacts(of: account).isAPIOff { throw PlatformRules.switchedOff }
            guard let place = conversationIndex[id] else {
                throw Errcode(95016, "the customer never met the account")
            }
            index = place
        } catch { return .failure(refuse(entry, error, .illegal)) }

        let wanted = target == .human ? servicer : nil
        let key = "\(target.rawValue):\(wanted?.rawValue ?? "")"
        let state = conversations[index].state
        let isThere = state == target && conversations[index].servicer == wanted
        if isThere || !PlatformRules.commandable[state.rawValue][target.rawValue] {
            let isRepeat = isThere || conversations[index].commands.contains(key)
            let verdict =
                isRepeat ? Verdict.repeat : verdictOnState(index, call: "trans:\(key)")
            let words = "from \(state.rawValue) to \(target.rawValue)"
            return .failure(refuse(entry, Errcode(95016, words), verdict))
        }
        if let wanted, let (errcode, verdict) = refusalToAssign(wanted, account: account) {
            return .failure(refuse(entry, errcode, verdict))
        }

        move(index, to: target, servicer: wanted, by: .command)
        conversations[index].commands.insert(key)
        conversations[index].acts += 1
        accept(entry)
        return .success(codeForChange(index, to: target))
    }

    /// `service_state/trans` to one of the targets a client may name.
    package mutating func transfer(
        _ id: ConversationID, to target: SessionTarget, by app: AppAlias
    ) -> Result<EventCode?, SimulatedRefusal> {
        let servicer: ServicerID? = if case .human(let servicer) = target { servicer } else { nil }
        return transfer(id, to: target.number, servicer: servicer, by: app)
    }

    private mutating func codeForChange(_ index: Int, to target: ServiceState) -> EventCode? {
        switch target {
        case .untreated, .assistant:
            return nil
        case .pool, .human:
            if conversations[index].replyCodeIssued { return nil }
            conversations[index].replyCodeIssued = true
            return issueCode(target == .pool ? .queue : .assignment, to: index)
        case .ended:
            return issueCode(.ending, to: index)
        }
    }

    /// Why this servicer can't be given a session; `raced` when a change of the status has not
    /// been shown yet.
    private mutating func refusalToAssign(
        _ servicer: ServicerID, account: Int
    ) -> (Errcode, Verdict)? {
        guard
            let facts = accounts[account].facts.servicers.first(where: { $0.id == servicer })
        else { return (Errcode(95014, "servicer_userid: no servicer of the account"), .illegal) }
        if !facts.isActivated {
            return (Errcode(95014, "servicer_userid: has not activated WeCom"), .illegal)
        }
        if facts.status == .receiving { return nil }
        let known = accounts[account].servicersKnowledge.known(
            at: now, noticeTime: settings.noticeTime)
        return (
            Errcode(95019, "servicer_userid: \(facts.status)"),
            known < accounts[account].servicersVersion ? .raced : .illegal
        )
    }
}
