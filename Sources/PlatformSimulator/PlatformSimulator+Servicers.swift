package import ChatModel

extension PlatformSimulator {
    /// A servicer takes a waiting customer from the pool: 2→3, with a code for one text.
    ///
    /// - Returns: The event's id, as with all acts of servicers.
    @discardableResult
    package mutating func picksUp(
        _ servicer: ServicerID, _ id: ConversationID
    ) throws(IllegalAct) -> MsgID {
        let index = try served(id, by: servicer)
        guard conversations[index].state == .pool else {
            throw .notInPool(conversations[index].state)
        }
        move(index, to: .human, servicer: servicer, by: .servicer)
        let code = issueCode(.assignment, to: index)
        return changed(index, .pickedUp(by: servicer, code: code))
    }

    /// The servicer who has the session writes to the customer; see ``writes(_:_:_:msgID:raw:)``.
    ///
    /// - Returns: The message's id.
    @discardableResult
    package mutating func servicerWrites(
        _ servicer: ServicerID, _ id: ConversationID, _ written: MessageBody,
        msgID: MsgID? = nil, raw: RawMessage? = nil
    ) throws(IllegalAct) -> MsgID {
        let index = try serving(id, servicer)
        let msgID = msgID ?? MsgID("servicer_msgid_\(nextNumber())")
        let body =
            raw.map { .other(type: $0.type) }
            ?? arriving(written, account: conversations[index].account)
        rawMessages[msgID] = raw
        note(.servicer(servicer, msgID, body), in: index)
        return log(
            .fromServicer(servicer, to: id.customer, body), msgID: msgID,
            account: conversations[index].account, conversation: index, showsState: true)
    }

    /// The servicer who has the session passes it to a colleague: 3→3′.
    @discardableResult
    package mutating func transfers(
        _ servicer: ServicerID, _ id: ConversationID, to colleague: ServicerID
    ) throws(IllegalAct) -> MsgID {
        let index = try serving(id, servicer)
        _ = try served(id, by: colleague)
        if colleague == servicer { throw .alreadyServing(servicer) }
        move(index, to: .human, servicer: colleague, by: .servicer)
        return changed(index, .transferred(from: servicer, to: colleague))
    }

    /// The servicer who has the session ends it: 3→4, with a code for 20 seconds.
    @discardableResult
    package mutating func ends(
        _ servicer: ServicerID, _ id: ConversationID
    ) throws(IllegalAct) -> MsgID {
        let index = try serving(id, servicer)
        move(index, to: .ended, servicer: nil, by: .servicer)
        let code = issueCode(.ending, to: index)
        return changed(index, .ended(by: servicer, code: code))
    }

    /// A servicer writes into an ended session (4→3, a new session) or takes one back from the
    /// colleague it went to (3→3′).
    @discardableResult
    package mutating func reopens(
        _ servicer: ServicerID, _ id: ConversationID
    ) throws(IllegalAct) -> MsgID {
        let index = try served(id, by: servicer)
        let former = conversations[index].lastServicer
        switch conversations[index].state {
        case .ended where conversations[index].session > 0:
            beginSession(index)
        case .human where conversations[index].servicer == servicer:
            throw .alreadyServing(servicer)
        case .human:
            break
        case .ended, .untreated, .assistant, .pool:
            throw .nothingToReopen
        }
        move(index, to: .human, servicer: servicer, by: .servicer)
        return changed(index, .reopened(from: former ?? servicer, by: servicer))
    }

    /// A servicer takes back a message written earlier in this conversation.
    @discardableResult
    package mutating func servicerRecalls(
        _ servicer: ServicerID, _ id: ConversationID, message: MsgID
    ) throws(IllegalAct) -> MsgID {
        let index = try served(id, by: servicer)
        let wroteIt = conversations[index].timeline.contains { entry in
            if case .servicer(servicer, message, _) = entry.what { true } else { false }
        }
        guard wroteIt else { throw .unknownMessage(message) }
        return report(
            .servicerRecalled(id.customer, servicer, message: message),
            account: conversations[index].account, conversation: index, showsState: false)
    }

    /// A servicer starts, stops or pauses receiving on one account.
    @discardableResult
    package mutating func changesStatus(
        _ servicer: ServicerID, on account: OpenKfID, to status: ServicerStatus
    ) throws(IllegalAct) -> MsgID {
        guard let place = accountIndex[account] else { throw .unknownAccount(account) }
        guard let row = accounts[place].facts.servicers.firstIndex(where: { $0.id == servicer })
        else { throw .unknownServicer(servicer) }
        accounts[place].facts.servicers[row].status = status
        accounts[place].servicersVersion += 1
        return report(
            .servicerStatusChanged(servicer, status), account: place, conversation: nil,
            showsState: false, showsServicers: true)
    }

    /// A servicer switches the customer's messages off, or on again.
    ///
    /// While they are off, the customer can't write.
    @discardableResult
    package mutating func switchesRejection(
        _ servicer: ServicerID, _ id: ConversationID, rejects: Bool
    ) throws(IllegalAct) -> MsgID {
        let index = try served(id, by: servicer)
        conversations[index].rejectsCustomer = rejects
        return report(
            .rejectSwitched(id.customer, servicer, rejects: rejects),
            account: conversations[index].account, conversation: index, showsState: false)
    }

    private mutating func changed(_ index: Int, _ change: SessionChange) -> MsgID {
        report(
            .sessionChanged(conversations[index].id.customer, change),
            account: conversations[index].account, conversation: index, showsState: true)
    }

    /// The conversation's place, if the account has this servicer.
    private func served(
        _ id: ConversationID, by servicer: ServicerID
    ) throws(IllegalAct) -> Int {
        let index = try known(id)
        let account = conversations[index].account
        guard accounts[account].facts.servicers.contains(where: { $0.id == servicer }) else {
            throw .unknownServicer(servicer)
        }
        return index
    }

    /// The conversation's place, if this servicer has the session.
    private func serving(
        _ id: ConversationID, _ servicer: ServicerID
    ) throws(IllegalAct) -> Int {
        let index = try served(id, by: servicer)
        guard conversations[index].state == .human, conversations[index].servicer == servicer
        else { throw .notServing(conversations[index].servicer) }
        return index
    }
}
