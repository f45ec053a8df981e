package import ChatModel

/// An act that is impossible on the platform, so nothing happened.
package enum IllegalAct: Error, Hashable, Sendable {
    /// No account has this id.
    case unknownAccount(OpenKfID)
    /// This customer never met this account.
    case unknownConversation(ConversationID)
    /// The account has no such servicer.
    case unknownServicer(ServicerID)
    /// No message has this id.
    case unknownMessage(MsgID)
    /// Another row has this id already.
    case msgIDTaken(MsgID)
    /// A servicer has switched the customer's messages off.
    case customerIsRejected
    /// No menu shown to the customer has an item of this id.
    case menuItemNotShown(WireID)
    /// Picking up needs a session in the pool.
    case notInPool(ServiceState)
    /// Only the servicer who has the session can do this; holds who has it.
    case notServing(ServicerID?)
    /// Nothing to re-open: the session is not over, and not someone else's.
    case nothingToReopen
    /// The servicer has the session already.
    case alreadyServing(ServicerID)
}

extension IllegalAct: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownAccount(let id): "no account \(id)"
        case .unknownConversation(let id): "\(id.customer) never met \(id.account)"
        case .unknownServicer(let id): "the account has no servicer \(id)"
        case .unknownMessage(let id): "no message \(id)"
        case .msgIDTaken(let id): "the id \(id) is taken"
        case .customerIsRejected: "a servicer has switched the customer's messages off"
        case .menuItemNotShown(let id): "no menu shown to the customer has the item \(id)"
        case .notInPool(let state): "the session is in state \(state.rawValue), not in the pool"
        case .notServing(let servicer):
            "the session is " + (servicer.map { "\($0)'s" } ?? "with no servicer")
        case .nothingToReopen: "there is no ended session, or one of a colleague, to re-open"
        case .alreadyServing(let servicer): "\(servicer) has the session already"
        }
    }
}

extension PlatformSimulator {
    /// The customer opens the chat.
    ///
    /// The event carries a welcome code when the customer neither wrote nor was welcomed in the
    /// last 48 hours.
    /// - Returns: The event's id.
    @discardableResult
    package mutating func enters(
        _ customer: ExternalUserID, _ account: OpenKfID, scene: String? = nil,
        sceneParameter: String? = nil, channelsScene: Int? = nil, channelsName: String? = nil
    ) throws(IllegalAct) -> MsgID {
        guard let place = accountIndex[account] else { throw .unknownAccount(account) }
        let index = meet(ConversationID(account: account, customer: customer), account: place)
        let lastContact = [conversations[index].lastWroteAt, conversations[index].lastWelcomedAt]
            .compactMap { $0 }.max()
        let isWelcome = lastContact.map { now - $0 >= PlatformRules.welcomePause } ?? true
        let entrance = Entrance(
            scene: scene, sceneParameter: sceneParameter,
            welcomeCode: isWelcome ? issueCode(.welcome, to: index) : nil,
            channelsScene: channelsScene, channelsName: channelsName)
        conversations[index].lastEnteredAt = now
        conversations[index].entrance = entrance
        return report(
            .entered(customer, entrance), account: place, conversation: index, showsState: false)
    }

    /// The customer writes, which opens a session when none is open, the way the account routes.
    ///
    /// A file's media id may be one of ``uploads(_:for:)``, any other, or empty: there is always a
    /// file behind it.
    /// - Parameters:
    ///   - msgID: The message's id, for tests that must name it; drawn when `nil`.
    ///   - raw: What its row holds instead; the session takes it for any message.
    /// - Returns: The message's id.
    @discardableResult
    package mutating func writes(
        _ customer: ExternalUserID, _ account: OpenKfID, _ written: MessageBody,
        msgID: MsgID? = nil, raw: RawMessage? = nil
    ) throws(IllegalAct) -> MsgID {
        guard let place = accountIndex[account] else { throw .unknownAccount(account) }
        let index = meet(ConversationID(account: account, customer: customer), account: place)
        if conversations[index].rejectsCustomer { throw .customerIsRejected }
        if let msgID, accounts[place].log.contains(where: { $0.row.msgID == msgID }) {
            throw .msgIDTaken(msgID)
        }
        let id = msgID ?? MsgID("from_msgid_\(nextNumber())")
        let body = raw.map { .other(type: $0.type) } ?? arriving(written, account: place)
        rawMessages[id] = raw
        note(.customer(id, body), in: index)
        conversations[index].lastWroteAt = now
        conversations[index].sendsSinceWritten = 0
        var showsState = false
        if conversations[index].state == .ended {
            beginSession(index)
            let (state, servicer) = route(place)
            move(index, to: state, servicer: servicer, by: .customer)
            // Only where the API allocates does a message tell its reader where the session is.
            showsState = state == .untreated
        }
        conversations[index].written.append(
            ConversationRecord.Written(
                msgID: id, at: now, state: conversations[index].state,
                sendsBefore: conversations[index].sends, actsBefore: conversations[index].acts))
        return log(
            .fromCustomer(customer, body), msgID: id, account: place, conversation: index,
            showsState: showsState)
    }

    /// The customer taps an item of a menu shown earlier; arrives as a text, the item's label.
    @discardableResult
    package mutating func clicks(
        _ customer: ExternalUserID, _ account: OpenKfID, item: WireID, msgID: MsgID? = nil
    ) throws(IllegalAct) -> MsgID {
        let index = try known(ConversationID(account: account, customer: customer))
        guard let label = conversations[index].label(of: item) else {
            throw .menuItemNotShown(item)
        }
        return try writes(customer, account, .text(label, menuItem: item), msgID: msgID)
    }

    /// The customer takes a message back.
    @discardableResult
    package mutating func recalls(
        _ customer: ExternalUserID, _ account: OpenKfID, message: MsgID
    ) throws(IllegalAct) -> MsgID {
        let index = try known(ConversationID(account: account, customer: customer))
        guard conversations[index].written.contains(where: { $0.msgID == message }) else {
            throw .unknownMessage(message)
        }
        return report(
            .customerRecalled(customer, message: message), account: conversations[index].account,
            conversation: index, showsState: false)
    }

    /// Gives the customer the nickname `customer/batchget` shows.
    package mutating func setNickname(_ nickname: String, of customer: ExternalUserID) {
        let profile = CustomerProfile(nickname: nickname)
        customers[customer, default: CustomerRecord(profile: profile)].profile.nickname = nickname
    }

    /// Gives the customer the profile `customer/batchget` shows.
    package mutating func setProfile(_ profile: CustomerProfile, of customer: ExternalUserID) {
        customers[customer, default: CustomerRecord(profile: profile)].profile = profile
    }

    /// The conversation's place; an error when the two never met.
    func known(_ id: ConversationID) throws(IllegalAct) -> Int {
        guard accountIndex[id.account] != nil else { throw .unknownAccount(id.account) }
        guard let index = conversationIndex[id] else { throw .unknownConversation(id) }
        return index
    }

    /// Where a new session of the account begins, and with whom.
    private func route(_ account: Int) -> (ServiceState, ServicerID?) {
        switch accounts[account].facts.routing {
        case .api: return (.untreated, nil)
        case .assistant: return (.assistant, nil)
        case .humanFirst:
            let loads = accounts[account].load
            let free = accounts[account].facts.servicers.filter {
                $0.status == .receiving && $0.isActivated
                    && loads[$0.id, default: 0] < $0.capacity ?? .max
            }
            let least = free.min { loads[$0.id, default: 0] < loads[$1.id, default: 0] }
            return least.map { (.human, $0.id) } ?? (.pool, nil)
        }
    }
}
