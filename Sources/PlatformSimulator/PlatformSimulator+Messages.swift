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
        if let msgID, !PlatformRules.isMsgID(msgID) {
            return .failure(refuse(entry, 40058, .illegal))
        }
        let (account, errcode) = account(id.account, for: app)
        guard let account else { return .failure(refuse(entry, errcode, .illegal)) }
        if let msgID, accounts[account].sentMsgIDs.contains(msgID) {
            return .failure(refuse(entry, PlatformRules.duplicateMsgID, .repeat))
        }
        guard isKnown(id.customer, to: app) else {
            return .failure(refuse(entry, 40096, .illegal))
        }
        if let errcode = PlatformRules.refusal(of: body) ?? refusalOfMedia(in: body, by: app) {
            return .failure(refuse(entry, errcode, .illegal))
        }
        if let errcode = refusalOfCorp(account, id.customer) {
            return .failure(refuse(entry, errcode, .illegal))
        }
        // Known to the corp, but never seen at this account: state 4, not started.
        guard let index = conversationIndex[id] else {
            return .failure(refuse(entry, 95018, .illegal))
        }
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
    private func refusalOfCorp(_ account: Int, _ customer: ExternalUserID) -> Int? {
        guard let corp = corps[settings.apps[accounts[account].app].corp] else { return nil }
        if corp.facts.isAPIOff { return 95017 }
        let isFull =
            !corp.facts.isVerified && !corp.served.contains(customer)
            && corp.served.count >= PlatformRules.mostCustomersUnverified
        return isFull ? 95003 : nil
    }

    private mutating func noteServed(_ customer: ExternalUserID, by account: Int) {
        let corp = settings.apps[accounts[account].app].corp
        if corps[corp]?.facts.isVerified == false { corps[corp]?.served.insert(customer) }
    }

    /// Why the session does not let `send_msg` speak now (§7.7, §9.2).
    private mutating func refusalToSend(_ index: Int, key: String?) -> (Int, Verdict)? {
        if let wrote = conversations[index].lastWroteAt,
            now - wrote >= PlatformRules.answerWindow
        {
            let deadline = wrote + PlatformRules.answerWindow
            return (95002, verdictOnClock(index, call: key, deadline: deadline))
        }
        let state = conversations[index].state
        if !PlatformRules.speaking.contains(state) {
            let isOver = state == .ended && conversations[index].session > 0
            return (isOver ? 95013 : 95018, verdictOnState(index, call: key))
        }
        if conversations[index].sendsSinceWritten >= PlatformRules.messagesPerCustomerMessage {
            return (95001, .illegal)
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
        if let msgID, !PlatformRules.isMsgID(msgID) {
            return .failure(refuse(entry, 40058, .illegal))
        }
        guard let place, let index = conversationIndex[codes[place].conversation] else {
            return .failure(refuse(entry, PlatformRules.invalidCode, .illegal))
        }
        let issued = codes[place]
        let (account, errcode) = account(issued.conversation.account, for: app)
        guard let account else { return .failure(refuse(entry, errcode, .illegal)) }
        if let msgID, accounts[account].sentMsgIDs.contains(msgID) {
            return .failure(refuse(entry, PlatformRules.duplicateMsgID, .repeat))
        }
        let key = "code:\(code):\(msgID?.rawValue ?? "")"
        if issued.usedAt != nil {
            return .failure(refuse(entry, PlatformRules.invalidCode, .illegal))
        }
        if now >= issued.expiresAt {
            let verdict = verdictOnClock(index, call: key, deadline: issued.expiresAt)
            return .failure(refuse(entry, PlatformRules.invalidCode, verdict))
        }
        guard issued.purpose.types.contains(body.type) else {
            return .failure(refuse(entry, 40008, .illegal))
        }
        if let errcode = PlatformRules.refusal(of: body) {
            return .failure(refuse(entry, errcode, .illegal))
        }
        if let bound = issued.purpose.boundState,
            conversations[index].state != bound || conversations[index].session != issued.session
        {
            return .failure(refuse(entry, 95018, verdictOnState(index, call: key)))
        }

        let accepted = deliver(body, to: index, msgID: msgID, code: code)
        codes[place].usedAt = now
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
