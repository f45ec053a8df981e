import ChatModel
import Routing

/// A dispatch machine with a ledger of its own, as most tests want it.
struct MeteredDispatch {
    var machine: DispatchMachine
    var ledger: QuotaLedger

    init(_ limits: QuotaLimits = .off, corps: [OpenKfID: CorpID] = [:]) {
        machine = DispatchMachine(corps: corps)
        ledger = QuotaLedger(limits)
    }

    var count: Int { machine.count }
    var isCalling: Bool { machine.isCalling }

    mutating func enqueue(_ entries: [OutboxEntry]) { machine.enqueue(entries) }
    mutating func cancel(_ id: ConversationID) { machine.cancel(id) }
    mutating func withdraw(_ action: ActionID, of id: ConversationID) {
        machine.withdraw(action, of: id)
    }
    mutating func endRest(of account: OpenKfID) { machine.endRest(of: account) }
    mutating func release(_ entry: OutboxEntry) { machine.release(entry) }

    mutating func next(at now: Timestamp) -> DispatchMachine.Job? {
        machine.next(at: now, within: &ledger)
    }

    mutating func wakeUp(after now: Timestamp) -> Timestamp? {
        machine.wakeUp(after: now, within: &ledger)
    }

    mutating func returned(
        _ entry: OutboxEntry, _ result: Result<EventCode?, PlatformFailure>, calledAt: Timestamp,
        at now: Timestamp, jitter: Double
    ) -> DispatchMachine.Disposition {
        machine.returned(
            entry, result, calledAt: calledAt, at: now, jitter: jitter, within: &ledger)
    }

    mutating func sessionRead(
        _ entry: OutboxEntry, _ actual: Result<Outcome.ActualSession, PlatformFailure>,
        after refusal: PlatformFailure?, at now: Timestamp, jitter: Double
    ) -> DispatchMachine.Disposition {
        machine.sessionRead(
            entry, actual, after: refusal, calledAt: now, at: now, jitter: jitter,
            within: &ledger)
    }
}

extension QuotaLimits {
    /// So many calls a minute for each corp, and under way.
    static func perMinute(_ calls: Int?, mostInFlight: Int = 256) -> QuotaLimits {
        var limits = QuotaLimits(
            corp: .init(perMinute: calls, perHour: nil),
            address: .init(perMinute: nil, perHour: nil))
        limits.flight.first = mostInFlight
        limits.flight.most = mostInFlight
        return limits
    }
}
