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
        case .gaveUp(let failure):
            settle(entry, .failed, noted(failure, nil))
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
            arrived(at: target, code: nil, calledAt: now, entry)
        case .refused(let failure, let actual):
            settle(entry, .failed, noted(failure, actual))
            read(actual, for: id)
            if failure.handling == .otherServicer, case .human = target,
                self[id].session.answer(to: .pool) == .call
            {
                // Nobody is dropped because one servicer is away: the pool takes the customer.
                note("servicer_unavailable: to the pool instead", for: id)
                let ordered = order(
                    .transfer(.pool), for: id, from: .outcome(of: entry.id), reason: entry.reason)
                self[id].memory.handover?.transfer = ordered
                return
            }
            stayed(id)
        case .gaveUp(let failure):
            settle(entry, .failed, noted(failure, nil))
            stayed(id)
        case .expired:
            settle(entry, .failed, Refusal.codeExpired.rawValue)
            stayed(id)
        }
        decideDeferred(id, calledAt: now)
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
        if target == .ended { self[id].memory.handover = nil }
        if let code {
            say(
                words, with: code, in: id, from: .outcome(of: entry.id), reason: entry.reason,
                scene: scene)
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
        for message in waiting {
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
            let (reason, _) = decide(about: message, in: id)
            note("decided:\(message.msgID) \(reason.text)", for: id)
        }
    }
}
