import ChatModel
import SessionMachine

/// A pulled page: each new row is observed, decided about and recorded, in the order of sending.
extension Step {
    mutating func pagePulled(_ page: Work.Page) {
        effects.inbox.reserveCapacity(page.rows.count)
        for row in page.rows.inOrderOfSending where seen.insert(row.msgID).inserted {
            let decided = decided(about: row.plausible(at: now), page: page)
            effects.inbox.append(
                Effects.InboxRecord(
                    row: row, reason: decided.reason, score: decided.score, facts: decided.facts,
                    version: decided.version == router.active?.version ? nil : decided.version))
        }
        effects.position = Effects.Position(
            account: page.account, cursor: page.next, token: page.token)
    }

    private mutating func decided(about row: Inbound, page: Work.Page) -> Decided {
        switch row.content {
        case .fromCustomer(let customer, let body):
            let id = ConversationID(account: row.account, customer: customer)
            let isOld = page.answersSince.map { row.sentAt < $0 } ?? false
            return customerWrote(
                body, row: row, in: id, isAnswered: !isOld || page.answersAlso.contains(row.msgID))
        case .fromServicer(let servicer, let customer, _):
            let id = ConversationID(account: row.account, customer: customer)
            observe(.servicerWrote(servicer), for: id, at: row.sentAt)
            pickedUp(id)
            return Decided(.servicerSpoke)
        case .event(let event):
            let isOld = page.answersSince.map { row.sentAt < $0 } ?? false
            return happened(event, row: row, isAnswered: !isOld)
        case .unknown:
            return Decided(.unknownOrigin)
        }
    }

    private mutating func customerWrote(
        _ body: MessageBody, row: Inbound, in id: ConversationID, isAnswered: Bool
    ) -> Decided {
        let pending = self[id].pendingSends
        if self[id].session.observed(.customerWrote(pendingSends: pending), at: row.sentAt) {
            sessionBegan(id, at: row.sentAt)
        }
        guard isAnswered else { return Decided(.beforeFirstStart) }
        let message = Conversation.Deferred(row, body, heardAt: now)
        if self[id].memory.handover?.isUnderWay == true { withdrawEnding(of: id) }
        if self[id].memory.handover?.isUnderWay == true {
            guard self[id].memory.deferred.count < Conversation.Memory.mostDeferred else {
                return Decided(.refused(.waitingInPool))
            }
            self[id].memory.deferred.append(message)
            return Decided(.deferred)
        }
        return decide(about: message, in: id)
    }

    /// A session began with the customer's message: it ends 48 hours later, without an event.
    mutating func sessionBegan(_ id: ConversationID, at time: Timestamp) {
        self[id].memory.handover = nil
        self[id].memory.sessions += 1
        let canary = router.canaryVersion(for: id)
        if self[id].memory.version != canary { self[id].memory.version = canary }
        withdrawClosing(of: id)
        setTimer(
            Timer(
                kind: .sessionExpires, conversation: id,
                due: time + SessionMachine.longestSession))
    }

    /// The customer wrote on before an ending that this step has ordered: who says goodbye and asks
    /// something isn't done, so nothing is ended.
    mutating func withdrawEnding(of id: ConversationID) {
        guard let ending = place(of: self[id].memory.handover?.transfer, in: id),
            effects.outbox[ending].action == .transfer(.ended)
        else { return }
        effects.outbox.remove(at: ending)
        self[id].memory.handover = nil
        note("unended: the customer wrote on", for: id)
    }

    /// A new session has begun: the closing message of the last one can't be sent any more, since
    /// its code is bound to the ended state.
    private mutating func withdrawClosing(of id: ConversationID) {
        guard let closing = self[id].memory.closing else { return }
        self[id].memory.closing = nil
        let note = "code_unused:ended: \(Refusal.codeStateMoved.rawValue)"
        if let index = place(of: closing, in: id) {
            effects.outbox.remove(at: index)
            self.note(note, for: id)
        } else {
            effects.settled.append(
                Effects.Settlement(
                    id: closing, conversation: id, status: .cancelled, note: note, at: now))
        }
    }

    private mutating func happened(
        _ event: Event, row: Inbound, isAnswered: Bool
    ) -> Decided {
        if case .servicerStatusChanged(let servicer, let status) = event {
            servicerChanged(servicer, status, of: row.account)
        }
        guard let customer = event.customer else { return Decided(.observed(event.type)) }
        let id = ConversationID(account: row.account, customer: customer)
        switch event {
        case .entered(_, let entrance):
            return entered(entrance, row: row, in: id, isAnswered: isAnswered)
        case .sessionChanged(_, let change):
            sessionChanged(change, row: row, in: id)
        case .sendFailed(_, let message, let failure):
            note("delivery_failed:\(failure.number) \(message): \(failure.meaning)", for: id)
        case .rejectSwitched(_, _, let rejects):
            observe(.rejectSwitched(rejects), for: id, at: row.sentAt)
        case .servicerStatusChanged, .customerRecalled, .servicerRecalled, .unknown:
            break
        }
        return Decided(.observed(event.type))
    }

    private mutating func entered(
        _ entrance: Entrance, row: Inbound, in id: ConversationID, isAnswered: Bool
    ) -> Decided {
        remember(entrance, in: id)
        observe(.entered(code: entrance.welcomeCode), for: id, at: row.sentAt)
        guard let code = entrance.welcomeCode else { return Decided(.refused(.noWelcomeCode)) }
        guard isAnswered else { return Decided(.beforeFirstStart) }
        return welcome(with: code, in: id, cause: .inbound(row.msgID))
    }

    /// What conditions and texts may ask of the way the customer came.
    private mutating func remember(_ entrance: Entrance, in id: ConversationID) {
        self[id].memory.scene = entrance.scene
        self[id].memory.hasEntered = true
        forgetExpired(of: id)
        guard let bundle = rules(for: id)?.bundle else { return }
        let values: [(ValueName, String?)] = [
            ("场景.参数", entrance.sceneParameter),
            ("视频号.场景", entrance.channelsScene.flatMap(Entrance.channelsSceneName)),
            ("视频号.名称", entrance.channelsName),
        ]
        for (name, value) in values {
            if let value, !value.isEmpty {
                keep(value, as: name, in: id, bundle)
            } else {
                self[id].memory.values[name] = nil
            }
        }
    }

    private mutating func sessionChanged(
        _ change: SessionChange, row: Inbound, in id: ConversationID
    ) {
        let before = self[id].occupiedServicer
        let handover = self[id].memory.handover
        observe(.sessionChanged(change), for: id, at: row.sentAt)
        switch change {
        case .pickedUp(_, let code?):
            pickedUp(id)
            // The queue text was said with the transfer's own code; nothing is left to say.
            self[id].session.orderedSend(with: code)
            note("code_unused:assigned: nothing to say", for: id)
        case .ended(let servicer, let code):
            self[id].memory.handover = nil
            guard let code else { break }
            let refusal = say(
                handover?.closing, with: code, in: id, from: .cause(.inbound(row.msgID)),
                reason: "ended:\(handover?.rule.rawValue ?? "")", scene: .ended)
            if refusal == nil, let handover, let survey = handover.survey {
                if let policy = handover.policy {
                    effects.trace.append(.policy(policy, "ended"))
                }
                self[id].memory.survey = Conversation.SurveyAsked(
                    survey: survey, servicer: servicer ?? before, rule: handover.rule,
                    endedAt: row.sentAt, version: rules(for: id)?.playbook.version)
            }
        case .pickedUp(_, nil): pickedUp(id)
        case .transferred, .reopened, .unknown: break
        }
    }
}

extension Inbound {
    /// More than this ahead of our clock is no clock's error: such a row counts as sent now, or
    /// one damaged number would make everything after it look old for good.
    private static let furthestAhead: Duration = .seconds(3600)

    fileprivate func plausible(at now: Timestamp) -> Inbound {
        sentAt <= now + Self.furthestAhead
            ? self : Inbound(msgID: msgID, account: account, sentAt: now, content: content)
    }
}

extension Entrance {
    /// The words rule files have for the platform's scenes of Channels (wecom-kf reference §8).
    static func channelsSceneName(_ number: Int) -> String? {
        switch number {
        case 1: "主页"
        case 2: "直播间"
        case 3: "橱窗"
        case 4: "商品"
        case 5: "订单"
        default: nil
        }
    }
}

extension Conversation.Deferred {
    /// What deciding needs of a customer's row.
    init(_ row: Inbound, _ body: MessageBody, heardAt: Timestamp) {
        self.init(
            msgID: row.msgID, sentAt: row.sentAt, heardAt: heardAt, kind: body.kind, text: "",
            menuItem: nil)
        switch body {
        case .text(let words, let item): (text, menuItem) = (words, item)
        case .shopOrder(let order): text = order.id
        default: break
        }
    }
}
