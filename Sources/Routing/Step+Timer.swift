import ChatModel
import RuleEngine
import SessionMachine

/// Timers that fell due.
extension Step {
    mutating func timerFired(_ timer: Timer) {
        effects.timersFired.append(timer)
        let id = timer.conversation
        switch timer.kind {
        case .sessionExpires:
            // A later session set a later timer, which replaced this one; but a stray one must
            // not end a session younger than 48 hours.
            guard let startedAt = self[id].session.startedAt,
                now - startedAt >= SessionMachine.longestSession
            else { return }
            observe(.sessionExpired, for: id, at: now)
            self[id].memory.handover = nil
        case .flowExpires: flowExpired(id)
        case .idle:
            guard !self[id].memory.values.isEmpty, let bundle = rules(for: id)?.bundle else {
                return
            }
            if let wrote = self[id].session.window.openedAt, now - wrote < bundle.defaults.idle {
                return
            }
            self[id].memory.values = [:]
        case .pickUpOverdue: pickUpFellDue(id, timer: timer)
        }
    }
}
