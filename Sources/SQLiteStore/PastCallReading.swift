import Boundary
import ChatModel
import GRDB
import Routing

extension Database {
    /// The platform calls that ended at or after `time`, second by second.
    func calls(since time: Timestamp) throws -> [PastCalls] {
        // From the newest backwards, and no further than there is anything: an old store has
        // millions of entries.
        let rows = try Row.fetchCursor(
            self,
            sql: """
                SELECT accounts.account, kind, decided_at, settled_at
                FROM outbox CROSS JOIN customers ON customers.id = outbox.customer
                    CROSS JOIN accounts ON accounts.id = customers.account
                WHERE kind <> 'call' ORDER BY outbox.id DESC
                """)
        var counts: [PastCalls: Int] = [:]
        while let row = try rows.next() {
            guard row[2] as Int64 >= time.milliseconds else { break }
            guard let settledAt = row[3] as Int64?, settledAt >= time.milliseconds,
                let endpoint = PlatformEndpoint(outboxKind: row[1])
            else { continue }
            let calls = PastCalls(
                account: OpenKfID(row[0]), endpoint: endpoint,
                at: Timestamp(seconds: Timestamp(milliseconds: settledAt).seconds), count: 0)
            counts[calls, default: 0] += 1
        }
        return counts.map { calls, count in
            var calls = calls
            calls.count = count
            return calls
        }.sorted { $0.at < $1.at }
    }
}

extension PlatformEndpoint {
    /// Where an outbox entry of this kind goes.
    fileprivate init?(outboxKind kind: String) {
        switch kind {
        case "send": self = .send
        case "send_on_event": self = .sendOnEvent
        case "transfer": self = .transfer
        case "upgrade": self = .upgradeService
        default: return nil
        }
    }
}
