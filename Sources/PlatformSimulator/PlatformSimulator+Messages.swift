package import ChatModel

extension PlatformSimulator {
    /// `send_msg`.
    ///
    /// A msgid used before is refused ahead of everything about the session, so that a message sent
    /// twice is recognised as such whatever has happened since. A refused message leaves its msgid
    /// free.
    /// - Returns: The message's id, generated when none was given.
    package mutating func send(
        to id: ConversationID, msgID: MsgID?, _ body: OutgoingBody, by app: AppAlias
    ) -> Result<MsgID, SimulatedRefusal> {
        var entry = entry(.sendMessage, .send(body), by: app)
        entry.account = id.account
        entry.customer = id.customer
        entry.msgID = msgID
        if let refusal = admit(entry) { return .failure(refusal) }
        let account: Int
        let index: Int
        do throws(Errcode) {
            if let msgID { try PlatformRules.check(msgID) }
            account = try managed(id.account, by: app)
            if let msgID, accounts[account].sentMsgIDs.contains(msgID) {
                return .failure(refuse(entry, PlatformRules.repeated, .repeat))
            }
            try checkKnown(id.customer, to: app)
            try PlatformRules.check(body)
            try checkMedia(in: body, by: app)
            try checkCorp(account, id.customer)
            // Known to the corp, but never seen at this account: state 4, not started.
            guard let place = conversationIndex[id] else {
                throw Errcode(95018, "the customer never met the account")
            }
            index = place
        } catch { return .failure(refuse(entry, error, .illegal)) }
        if let (errcode, verdict) = refusalToSend(index, key: msgID.map { "send:\($0)" }) {
            return .failure(refuse(entry, errcode, verdict))
        }

        if conversations[index].state == .untreated {
            move(index, to: .assistant, servicer: nil, by: .send)
        }
        conversations[index].sendsSinceWritten += 1
        noteServed(id.customer, by: account)
        let accepted = deliver(body, to: index, msgID: msgID, code: nil)
        entry.msgID = accepted
        accept(entry)
        return .success(accepted)
    }

    /// Why the corp may not speak to the customer: its API is off, or it serves as many as it may.
    private func checkCorp(_ account: Int, _ customer: ExternalUserID) throws(Errcode) {
        guard let corp = corps[settings.apps[accounts[account].app].corp] else { return }
        if corp.facts.isAPIOff { throw PlatformRules.switchedOff }
        if corp.facts.isVerified || corp.served.contains(customer) { return }
        try PlatformRules.require(
            corp.served.count < PlatformRules.mostCustomersUnverified, orRefuse: 95003,
            "\(corp.served.count) customers, at most \(PlatformRules.mostCustomersUnverified)")
    }

    private mutating func noteServed(_ customer: ExternalUserID, by account: Int) {
        let corp = settings.apps[accounts[account].app].corp
        if corps[corp]?.facts.isVerified == false { corps[corp]?.served.insert(customer) }
    }

    /// Why the session does not let `send_msg` speak now (§7.7, §9.2).
    private mutating func refusalToSend(_ index: Int, key: String?) -> (Errcode, Verdict)? {
        if let wrote = conversations[index].lastWroteAt,
            now - wrote >= PlatformRules.answerWindow
        {
            let deadline = wrote + PlatformRules.answerWindow
            let errcode = Errcode(95002, "48 hours since the customer wrote are over")
            return (errcode, verdictOnClock(index, call: key, deadline: deadline))
        }
        let state = conversations[index].state
        if !PlatformRules.speaking.contains(state) {
            let isOver = state == .ended && conversations[index].session > 0
            let errcode = Errcode(isOver ? 95013 : 95018, "state \(state.rawValue), not 0 or 1")
            return (errcode, verdictOnState(index, call: key))
        }
        if conversations[index].sendsSinceWritten >= PlatformRules.messagesPerCustomerMessage {
            return (PlatformRules.budgetSpent, .illegal)
        }
        return nil
    }

    /// `send_msg_on_event`: one message for one code, in time, in the state it was issued for.
    ///
    /// - Returns: The message's id, generated when none was given.
    package mutating func sendOnEvent(
        _ code: EventCode, msgID: MsgID?, _ body: OutgoingBody, by app: AppAlias
    ) -> Result<MsgID, SimulatedRefusal> {
        var entry = entry(.sendOnEvent, .sendOnEvent(code, body), by: app)
        entry.msgID = msgID
        let place = codeIndex[code]
        if let place {
            entry.account = codes[place].conversation.account
            entry.customer = codes[place].conversation.customer
        }
        if let refusal = admit(entry) { return .failure(refusal) }
        let key = "code:\(code):\(msgID?.rawValue ?? "")"
        let issued: IssuedCode
        let index: Int
        do throws(Errcode) {
            if let msgID { try PlatformRules.check(msgID) }
            guard let place, let met = conversationIndex[codes[place].conversation] else {
                throw Errcode(PlatformRules.invalidCode, "code: never issued")
            }
            (issued, index) = (codes[place], met)
            let account = try managed(issued.conversation.account, by: app)
            if let msgID, accounts[account].sentMsgIDs.contains(msgID) {
                return .failure(refuse(entry, PlatformRules.repeated, .repeat))
            }
            if issued.usedAt != nil { throw Errcode(PlatformRules.invalidCode, "code: used") }
            if now >= issued.expiresAt {
                let seconds = issued.purpose.lifetime.wholeMilliseconds / 1000
                let late = Errcode(PlatformRules.invalidCode, "code: older than \(seconds) seconds")
                let verdict = verdictOnClock(index, call: key, deadline: issued.expiresAt)
                return .failure(refuse(entry, late, verdict))
            }
            try PlatformRules.require(
                issued.purpose.types.contains(body.type), orRefuse: 40008,
                "msgtype: \(body.type) with a code of \(issued.purpose.rawValue)")
            try PlatformRules.check(body)
        } catch { return .failure(refuse(entry, error, .illegal)) }
        if let bound = issued.purpose.boundState,
            conversations[index].state != bound || conversations[index].session != issued.session
        {
            let state = conversations[index].state.rawValue
            let moved = Errcode(
                95018, "state \(state), and the code is of another session or state")
            return .failure(refuse(entry, moved, verdictOnState(index, call: key)))
        }

        let accepted = deliver(body, to: index, msgID: msgID, code: code)
        if let place { codes[place].usedAt = now }
        if issued.purpose == .welcome { conversations[index].lastWelcomedAt = now }
        entry.msgID = accepted
        accept(entry)
        return .success(accepted)
    }

    /// Shows an accepted message to the customer and keeps count of it.
    private mutating func deliver(
        _ body: OutgoingBody, to index: Int, msgID: MsgID?, code: EventCode?
    ) -> MsgID {
        let msgID = msgID ?? MsgID("msg_\(nextNumber())")
        accounts[conversations[index].account].sentMsgIDs.insert(msgID)
        note(.api(msgID, body, code: code), in: index)
        conversations[index].sends += 1
        conversations[index].acts += 1
        conversations[index].sendTimes.append(now)
        if !deliveryFailures.isEmpty {
            let (type, delay) = deliveryFailures.removeFirst()
            agenda.add(
                .deliveryFailed(conversation: index, msgID, type),
                at: (now + delay).milliseconds)
        }
        return msgID
    }
}
