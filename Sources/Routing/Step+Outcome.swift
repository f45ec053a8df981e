import ChatModel
import SessionMachine

/// Outcomes of actions: what the platform answered is news like any other.
extension Step {
    mutating func actionCompleted(_ completed: CompletedAction) {
        let entry = completed.entry
        switch entry.action {
        case .send: messageCompleted(entry, completed.outcome)
        case .sendOnEvent: messageCompleted(entry, completed.outcome)
        case .transfer(let target): transferCompleted(to: target, entry, completed.outcome)
        case .upgrade: messageCompleted(entry, completed.outcome)
        case .call: callCompleted(entry, completed.outcome)
        }
    }

    private mutating func messageCompleted(_ entry: OutboxEntry, _ outcome: Outcome) {
        if case .send = entry.action {
            // A withdrawn one isn't counted any more.
            self[entry.conversation].pendingSends = max(
                0, self[entry.conversation].pendingSends - 1)
        } else if self[entry.conversation].memory.closing == entry.id {
            self[entry.conversation].memory.closing = nil
        }
        switch outcome {
        case .accepted: settle(entry, .done)
        case .alreadyDone: settle(entry, .done, "repeat")
        case .expired: settle(entry, .failed, Refusal.codeExpired.rawValue)
        case .refused(let failure, let actual):
            settle(entry, .failed, noted(failure, actual))
            read(actual, for: entry.conversation)
            guard case .send(let body) = entry.action else { break }
            let substitutes = body.substitutes(for: failure.code)
            if !substitutes.isEmpty {
                _ = send(
                    substitutes, in: entry.conversation, from: .outcome(of: entry.id),
                    reason: entry.reason)
            }
        case .foundElsewhere(let actual):
            // Only transfers are read before they are made again.
            settle(entry, .failed, Refusal.platformDropped.rawValue)
            read(actual, for: entry.conversation)
        case .gaveUp(let failure):
            settle(entry, .failed, noted(failure, nil))
        case .answered:
            // Only calls are answered.
            settle(entry, .failed, Refusal.platformDropped.rawValue)
        }
    }

    /// How an unsuccessful outcome is written beside the entry: the reason's name and the code.
    private func noted(_ failure: PlatformFailure, _ actual: Outcome.ActualSession?) -> String {
        let code = failure.code.map { " \($0)" } ?? ""
        if let actual, let refusal = refusal(inState: actual.number) {
            return "raced:\(refusal.rawValue)\(code)"
        }
        let refusal: Refusal =
            switch failure.handling {
            case .stop, .refresh: .platformStopped
            case .retry, .wait: .platformUnreachable
            case .otherServicer: .servicerUnavailable
            case .drop, .reconcile, .withoutToken, .resetCursor, .uploadAgain: .platformDropped
            }
        return "\(refusal.rawValue)\(code): \(failure.meaning)"
    }

    private func refusal(inState number: Int) -> Refusal? {
        switch number {
        case 2: .waitingInPool
        case 3: .humanServing
        case 4: .sessionEnded
        default: nil
        }
    }

    private mutating func read(_ actual: Outcome.ActualSession?, for id: ConversationID) {
        guard let actual,
            let state = SessionState(number: actual.number, servicer: actual.servicer)
        else { return }
        observe(.read(state), for: id, at: now)
    }

    private mutating func transferCompleted(
        to target: SessionTarget, _ entry: OutboxEntry, _ outcome: Outcome
    ) {
        let id = entry.conversation
        switch outcome {
        case .accepted(let code, let at):
            settle(entry, .done)
            arrived(at: target, code: code, calledAt: at, entry)
            decideDeferred(id, calledAt: at)
            return
        case .alreadyDone:
            settle(entry, .done, Refusal.codeLost.rawValue)
            // It was carried out some time after it was decided. A later time could make what the
            // customer wrote since look older than the change.
            arrived(at: target, code: nil, calledAt: entry.decidedAt, entry)
        case .foundElsewhere(let actual):
            if isUnderWay(entry) {
                if actual.number == 0, makesAgain(target, entry) { return }
                settle(entry, .done, Refusal.codeLost.rawValue)
                noteLostCode(of: entry)
                leftBehind(target, at: actual, id)
            } else {
                settle(entry, .cancelled, "overtaken")
                noteLostCode(of: entry)
                if isOvertaken(entry) { return }
            }
        case .refused(let failure, let actual):
            settle(entry, .failed, noted(failure, actual))
            noteLostCode(of: entry)
            let isOvertaken = isOvertaken(entry)
            // Known now: what the session's state withdraws is nothing of this transfer's.
            if !isOvertaken { self[id].memory.handover?.isUnderWay = false }
            read(actual, for: id)
            if isOvertaken { return }
            if failure.handling == .otherServicer, case .human = target,
                self[id].session.answer(to: .pool) == .call
            {
                // Nobody is dropped because one servicer is away: the pool takes the customer.
                note("servicer_unavailable: to the pool instead", for: id)
                let ordered = order(
                    .transfer(.pool), for: id, from: .outcome(of: entry.id), reason: entry.reason)
                self[id].memory.handover?.transfer = ordered
                self[id].memory.handover?.isUnderWay = true
                return
            }
            stayed(id)
        case .gaveUp(let failure):
            settle(entry, .failed, noted(failure, nil))
            noteLostCode(of: entry)
            if isOvertaken(entry) { return }
            stayed(id)
        case .expired, .answered:
            settle(entry, .failed, Refusal.codeExpired.rawValue)
            if isOvertaken(entry) { return }
            stayed(id)
        }
        decideDeferred(id, calledAt: now)
    }

    /// Whether the conversation waits for this transfer.
    private func isUnderWay(_ entry: OutboxEntry) -> Bool {
        guard let handover = self[entry.conversation].memory.handover else { return false }
        return handover.isUnderWay && handover.transfer == entry.id
    }

    /// Whether the conversation has gone on to another transfer since `entry` was ordered: then
    /// its outcome decides nothing any more.
    private func isOvertaken(_ entry: OutboxEntry) -> Bool {
        guard let handover = self[entry.conversation].memory.handover else { return false }
        return handover.isUnderWay && handover.transfer != entry.id
    }

    /// A transfer that may have been carried out unheard may have handed out a code.
    private mutating func noteLostCode(of entry: OutboxEntry) {
        guard entry.isUncertain, case .transfer(let target) = entry.action else { return }
        let scene: CodeScene =
            switch target {
            case .ended: .ended
            case .human: .assigned
            case .pool, .assistant: .queued
            }
        note(
            "code_unused:\(scene.rawValue): \(Refusal.codeLost.rawValue)", for: entry.conversation)
    }

    /// Orders an uncertain transfer anew whose session was found untreated, if it can be the
    /// session it was meant for.
    ///
    /// A session the assistant had is never untreated again, so an untreated one is the next: the
    /// transfer was carried out, the session ended, and the customer has written since. And who
    /// wrote on after a goodbye isn't done, whichever session it is.
    private mutating func makesAgain(_ target: SessionTarget, _ entry: OutboxEntry) -> Bool {
        let id = entry.conversation
        guard self[id].session.state == .untreated,
            target != .ended || self[id].memory.deferred.isEmpty,
            entry.id.ordinal < Self.highestOrdinalMadeAgain
        else { return false }
        settle(entry, .cancelled, "made again")
        let ordered = order(
            .transfer(target), for: id, from: .outcome(of: entry.id), reason: entry.reason)
        self[id].memory.handover?.transfer = ordered
        return true
    }

    /// Follow-ups of follow-ups grow by a factor of 32; four times in a row are enough.
    private static let highestOrdinalMadeAgain = 1 << 20

    /// A transfer that was carried out unheard: the session has moved on since, or is over and
    /// another one has begun.
    private mutating func leftBehind(
        _ target: SessionTarget, at actual: Outcome.ActualSession, _ id: ConversationID
    ) {
        self[id].memory.handover?.isUnderWay = false
        self[id].memory.handover?.waitingText = nil
        self[id].memory.misses = 0
        if target == .ended { self[id].memory.handover = nil }
        if actual.number == 0 {
            // What waited is decided about in the new session, not silenced with the old one.
            let waiting = self[id].memory.deferred
            self[id].memory.deferred = []
            observe(.read(.ended), for: id, at: now)
            observe(.read(.untreated), for: id, at: now)
            sessionBegan(id, at: now)
            self[id].memory.deferred = waiting
        } else {
            read(actual, for: id)
        }
    }

    /// The session is where the transfer should put it.
    private mutating func arrived(
        at target: SessionTarget, code: EventCode?, calledAt: Timestamp, _ entry: OutboxEntry
    ) {
        let id = entry.conversation
        guard self[id].memory.handover?.transfer == entry.id else {
            // The session it was ordered for is over; the platform has gone on without us.
            if code != nil {
                note("code_unused:transfer: \(Refusal.codeStateMoved.rawValue)", for: id)
            } else {
                noteLostCode(of: entry)
            }
            return
        }
        let before = self[id].session.state.number
        self[id].session.commanded(target, code: code, at: calledAt)
        let after = self[id].session.state.number
        if before != after { note("session:\(before)→\(after)", for: id) }
        let handover = self[id].memory.handover
        self[id].memory.handover?.isUnderWay = false
        self[id].memory.handover?.waitingText = nil
        self[id].memory.misses = 0
        let (words, scene): (OutgoingBody?, CodeScene) =
            switch target {
            case .ended: (handover?.closing, .ended)
            case .human: (handover?.waitingText.map(OutgoingBody.text), .assigned)
            case .pool, .assistant: (handover?.waitingText.map(OutgoingBody.text), .queued)
            }
        if target == .ended {
            self[id].memory.handover = nil
        } else {
            startWaiting(for: id, calledAt: calledAt)
        }
        if let code {
            let refusal = say(
                words, with: code, in: id, from: .outcome(of: entry.id), reason: entry.reason,
                scene: scene)
            if refusal == nil, target == .ended, let handover, let survey = handover.survey {
                self[id].memory.survey = Conversation.SurveyAsked(
                    survey: survey, servicer: nil, rule: handover.rule, endedAt: calledAt,
                    version: rules(for: id)?.playbook.version)
            }
        } else if words != nil {
            note("code_unused:\(scene.rawValue): \(Refusal.codeLost.rawValue)", for: id)
        }
    }

    /// The transfer did not happen: the bot goes on, unless someone else has the session.
    private mutating func stayed(_ id: ConversationID) {
        if self[id].session.state.isBotsTurn || self[id].session.state == .ended {
            self[id].memory.handover = nil
        } else {
            self[id].memory.handover?.isUnderWay = false
        }
    }

    /// Decides about the messages that came while the transfer was under way.
    mutating func decideDeferred(_ id: ConversationID, calledAt: Timestamp) {
        let waiting = self[id].memory.deferred
        guard !waiting.isEmpty else { return }
        self[id].memory.deferred = []
        for (index, message) in waiting.enumerated() {
            if self[id].memory.handover?.isUnderWay == true { withdrawEnding(of: id) }
            if self[id].memory.handover?.isUnderWay == true {
                // The message before it has ordered a transfer: its outcome comes first again.
                self[id].memory.deferred = Array(waiting[index...])
                return
            }
            // A message written after an ending of ours has opened a session of its own; one heard
            // before the call was made belongs to the session that is over.
            if self[id].session.state == .ended, message.heardAt > calledAt {
                let pending = self[id].pendingSends
                if self[id].session.observed(
                    .customerWrote(pendingSends: pending), at: message.sentAt)
                {
                    sessionBegan(id, at: message.sentAt)
                }
            }
            let decided = decide(about: message, in: id)
            note("decided:\(message.msgID) \(decided.reason.text)", for: id)
        }
    }
}
