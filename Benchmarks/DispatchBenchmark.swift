import ChatModel
import Foundation
import Routing

/// What choosing the next call costs: an entry goes into the outbox, is chosen, and its answer is
/// booked.
///
/// A backlog of 30 000 texts in as many conversations, in pages of 1000, over ten accounts; quotas
/// are metered, but high enough that nobody waits.
func measureDispatch() {
    let pages = (0..<30).map(DispatchBench.page)
    for (name, lateness) in [("in time", Duration.zero), ("late", .seconds(10))] {
        var costs: [Double] = []
        for _ in 0..<5 { costs.append(DispatchBench.cost(of: pages, lateness: lateness)) }
        let median = costs.sorted()[costs.count / 2]
        print(String(format: "dispatch        %7.2f µs an entry  (%@)", median, name))
    }
}

private enum DispatchBench {
    static let start = Timestamp(seconds: 1_763_700_000)

    static func page(_ number: Int) -> [OutboxEntry] {
        (0..<1000).map { index in
            let entry = number * 1000 + index
            return OutboxEntry(
                id: ActionID(cause: .inbound(MsgID("from_msgid_\(entry)")), ordinal: 0),
                conversation: ConversationID(
                    account: OpenKfID("wkBENCH00000000000000\(entry % 10)"),
                    customer: ExternalUserID("wmBENCH\(entry * 7919 % 1_000_003)")),
                action: .send(.text("您好")), decidedAt: start,
                deadline: start + .seconds(2) + .milliseconds(Int64(number)), expires: false,
                reason: "rule:答")
        }
    }

    /// Microseconds an entry when all calls are made `lateness` after they were due.
    static func cost(of pages: [[OutboxEntry]], lateness: Duration) -> Double {
        var limits = QuotaLimits.platform
        limits.corp = .init(perMinute: 1_000_000, perHour: 10_000_000)
        limits.address = limits.corp
        var ledger = QuotaLedger(limits)
        var machine = DispatchMachine()
        let now = start + lateness
        let began = ContinuousClock.now
        for page in pages { machine.enqueue(page) }
        var underWay: [OutboxEntry] = []
        while machine.count > 0 {
            while case .perform(let entry)? = machine.next(at: now, within: &ledger) {
                underWay.append(entry)
            }
            for entry in underWay {
                _ = machine.returned(
                    entry, .success(nil), calledAt: now, at: now, jitter: 0, within: &ledger)
            }
            underWay.removeAll(keepingCapacity: true)
        }
        let entries = pages.reduce(0) { $0 + $1.count }
        return (ContinuousClock.now - began) / .microseconds(1) / Double(entries)
    }
}
