import Boundary
import ChatModel
import Foundation
import GRDB
import Routing

// What the core is shown before a step: one query for each kind of thing, however many there are.
extension Database {
    /// What is known about the things `work` touches; `numbers` learns whose they are.
    func snapshot(for work: Work, _ numbers: inout CustomerNumbers) throws -> Snapshot {
        try numbers.find(work.conversations)
        return Snapshot(
            seen: try seen(of: work.rows, &numbers), conversations: try conversations(numbers),
            rosters: try rosters(of: work.accounts, &numbers))
    }

    /// Who serves each of `accounts`, by servicer; accounts of which nobody is known are left out.
    private func rosters(
        of accounts: Set<OpenKfID>, _ numbers: inout CustomerNumbers
    ) throws -> [OpenKfID: [RosterRow]] {
        let statement = try cachedStatement(
            sql: """
                SELECT servicer, receiving, load, assigned_at FROM roster WHERE account = ?
                ORDER BY servicer
                """)
        var rosters: [OpenKfID: [RosterRow]] = [:]
        for account in accounts {
            guard let number = try numbers.number(of: account) else { continue }
            let rows = try Row.fetchCursor(statement, arguments: [number])
            while let row = try rows.next() {
                rosters[account, default: []].append(
                    RosterRow(
                        account: account, servicer: ServicerID(row[0]), isReceiving: row[1],
                        load: row[2],
                        assignedAt: (row[3] as Int64?).map { Timestamp(milliseconds: $0) }))
            }
        }
        return rosters
    }

    /// Those msgids of `rows` that the inbox already holds.
    private func seen(
        of rows: [Inbound], _ numbers: inout CustomerNumbers
    ) throws -> Set<MsgID> {
        let statement = try cachedStatement(
            sql: """
                SELECT wanted.value FROM json_each(?2) AS wanted
                CROSS JOIN inbox ON inbox.account = ?1 AND inbox.msgid = wanted.value
                """)
        var seen: Set<MsgID> = []
        for (account, rows) in Dictionary(grouping: rows, by: \.account) {
            guard let account = try numbers.number(of: account) else { continue }
            // A msgid with a NUL is kept under another spelling.
            let ids = Dictionary(
                rows.map { ($0.msgID.rawValue.storable, $0.msgID) }, uniquingKeysWith: { $1 })
            let found = try String.fetchCursor(
                statement, arguments: [account, try JSON.text(of: Array(ids.keys))])
            while let id = try found.next() {
                if let id = ids[id] { seen.insert(id) }
            }
        }
        return seen
    }

    /// The conversations of the customers found, with their pending sends counted.
    func conversations(_ numbers: CustomerNumbers) throws -> [ConversationID: Conversation] {
        let ids = numbers.found
        let rows = try Row.fetchCursor(
            try cachedStatement(
                sql: """
                    SELECT \(ConversationRow.columns),
                        (SELECT count(*) FROM outbox
                         WHERE outbox.customer = conversations.customer
                            AND outbox.status = 'pending' AND outbox.kind = 'send'),
                        profiles.nickname, profiles.gender, profiles.scene,
                        profiles.scene_parameter, profiles.channels_scene, profiles.channels_name
                    FROM json_each(?) AS wanted
                    CROSS JOIN conversations ON conversations.customer = wanted.value
                    LEFT JOIN profiles ON profiles.customer = wanted.value
                    """),
            arguments: [try JSON.text(of: Array(ids.keys))])
        // A conversation is large to move about.
        var found = Dictionary<ConversationID, Conversation>(minimumCapacity: ids.count)
        while let row = try rows.next() {
            guard let id = ids[row[0]] else { continue }
            found[id] = try ConversationRow.conversation(id, row)
        }
        return found
    }

    /// The position of `account`; `nil` before its first committed page.
    func position(of account: OpenKfID) throws -> AccountPosition? {
        let row = try Row.fetchOne(
            self,
            sql: """
                SELECT cursor, token, committed_at FROM accounts
                WHERE account = ? AND cursor IS NOT NULL
                """,
            arguments: [account.rawValue.storable])
        return row.map { row in
            AccountPosition(
                cursor: SyncCursor(row[0]), token: (row[1] as String?).map { SyncToken($0) },
                committedAt: Timestamp(milliseconds: row[2]))
        }
    }

    /// Everything still to do, in the order it was enqueued.
    func pendingOutbox() throws -> [OutboxEntry] {
        let rows = try Row.fetchCursor(
            self,
            sql: """
                SELECT \(OutboxRow.columns) FROM outbox
                    JOIN customers ON customers.id = outbox.customer
                    JOIN accounts ON accounts.id = customers.account
                WHERE status = 'pending' ORDER BY outbox.id
                """)
        var entries: [OutboxEntry] = []
        while let row = try rows.next() { entries.append(try OutboxRow.entry(row)) }
        return entries
    }

    /// Timers due at or before `time`, earliest first.
    func timers(dueBy time: Timestamp, limit: Int) throws -> [Routing.Timer] {
        let rows = try Row.fetchCursor(
            try cachedStatement(
                sql: """
                    SELECT kind, accounts.account, customers.customer, due
                    FROM timers JOIN customers ON customers.id = timers.customer
                        JOIN accounts ON accounts.id = customers.account
                    WHERE due <= ? ORDER BY due, customers.id, kind LIMIT ?
                    """),
            arguments: [time.milliseconds, max(0, limit)])
        var timers: [Routing.Timer] = []
        while let row = try rows.next() {
            guard let kind = Routing.Timer.Kind(rawValue: row[0]) else {
                throw StoreError.damaged("a timer's kind")
            }
            timers.append(
                Routing.Timer(
                    kind: kind,
                    conversation: ConversationID(
                        account: OpenKfID(row[1]), customer: ExternalUserID(row[2])),
                    due: Timestamp(milliseconds: row[3])))
        }
        return timers
    }
}
