package import Boundary
package import ChatModel
import GRDB
import Routing

/// Looks into a store without changing anything in it: no migration, no lock that a running server
/// would wait for.
///
/// What is counted over the last days is looked for among the latest rows only
/// (``latestRows``), so that a large store costs no more than a small one.
package struct StoreInspection: Sendable {
    /// The rows of a table that are looked at, from the newest back.
    package static let latestRows = 200_000

    /// An account as the store has it.
    package struct Account: Hashable, Sendable {
        /// The account.
        package var id: OpenKfID
        /// Where its next pull begins; `nil` before the first.
        package var cursor: SyncCursor?
        /// When the last page with anything new was committed.
        package var committedAt: Timestamp?
    }

    /// What is still to do.
    package struct Backlog: Hashable, Sendable {
        /// How many actions.
        package var count: Int
        /// When the oldest was decided; `nil` where there is none.
        package var oldest: Timestamp?
    }

    /// Calls of one endpoint that came through the outbox.
    package struct Calls: Hashable, Sendable {
        /// Below `/cgi-bin/`.
        package var endpoint: String
        /// Settled within a minute of the moment asked about.
        package var lastMinute: Int
        /// Settled within an hour of it.
        package var lastHour: Int
    }

    /// Customers of one account who met a person where the bot should have been.
    package struct Taken: Hashable, Sendable {
        /// The account.
        package var account: OpenKfID
        /// Customers whose answer was refused, because a servicer or the pool had the session, with
        /// neither a transfer of ours nor an event of a servicer's in the 48 hours before.
        package var taken: Int
        /// Customers who wrote.
        package var wrote: Int
    }

    private let queue: DatabaseQueue

    /// Opens the file at `path` for reading.
    ///
    /// - Throws: ``StoreError/Code/cannotOpen`` when it isn't there or is something else.
    package init(path: String) throws(StoreError) {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "StoreInspection"
        configuration.busyMode = .timeout(SQLiteStore.busyTimeout)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let id = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
            guard id == Schema.applicationID else {
                throw StoreError(
                    .cannotOpen, reason: "\(path) is a file of another kind, not a store")
            }
        } catch {
            throw StoreError(error, during: "inspecting \(path)")
        }
    }

    /// The names of the migrations this program knows, oldest first.
    package static var knownMigrations: [String] { Schema.migrator.migrations }

    /// The names of the migrations the file has, oldest first.
    package func migrations() async throws(StoreError) -> [String] {
        try await read("reading migrations") { db in
            guard try db.tableExists("grdb_migrations") else { return [] }
            return try String.fetchAll(
                db, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid")
        }
    }

    /// What `PRAGMA quick_check` finds, at most ten lines; empty for a whole file.
    ///
    /// Damage that the check itself stumbles over is told in SQLite's words.
    package func faults() async throws(StoreError) -> [String] {
        do throws(StoreError) {
            return try await read("checking the file") { db in
                try String.fetchAll(db, sql: "PRAGMA quick_check(10)").filter { $0 != "ok" }
            }
        } catch  where error.code == Self.damaged {
            return [error.reason]
        }
    }

    private static let damaged = StoreError.Code.other(
        resultCode: ResultCode.SQLITE_CORRUPT.rawValue)

    /// The accounts that have been pulled, or that something came from.
    package func accounts() async throws(StoreError) -> [Account] {
        try await read("reading positions") { db in
            try Row.fetchAll(db, sql: "SELECT account, cursor, committed_at FROM accounts").map {
                Account(
                    id: OpenKfID($0[0]), cursor: ($0[1] as String?).map { SyncCursor($0) },
                    committedAt: ($0[2] as Int64?).map { Timestamp(milliseconds: $0) })
            }
        }
    }

    /// What is still to do.
    package func backlog() async throws(StoreError) -> Backlog {
        try await read("reading the outbox") { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT count(*), min(decided_at) FROM outbox WHERE status = 'pending'")
            return Backlog(
                count: row?[0] ?? 0,
                oldest: (row?[1] as Int64?).map { Timestamp(milliseconds: $0) })
        }
    }

    /// Actions given up since `time`, by the stable words of their note, the commonest first.
    package func failures(
        since time: Timestamp
    ) async throws(StoreError) -> [(why: String, count: Int)] {
        try await read("reading failed actions") { db in
            // What follows the colon after a code is prose; `raced:` is a name's part.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT iif(instr(note, ': ') > 0, substr(note, 1, instr(note, ': ') - 1), note)
                        AS why, count(*) AS number
                    FROM outbox WHERE id > (SELECT max(id) FROM outbox) - ?
                        AND status = 'failed' AND settled_at >= ?
                    GROUP BY why ORDER BY number DESC, why
                    """,
                arguments: [Self.latestRows, time.milliseconds])
            var found: [(why: String, count: Int)] = []
            while let row = try rows.next() { found.append((why: row[0], count: row[1])) }
            return found
        }
    }

    /// Calls that came through the outbox in the minute and the hour before `now`.
    package func calls(before now: Timestamp) async throws(StoreError) -> [Calls] {
        try await read("counting calls") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT kind, count(*) FILTER (WHERE settled_at >= ?1 - 60000), count(*)
                    FROM outbox WHERE id > (SELECT max(id) FROM outbox) - ?2
                        AND status = 'done' AND settled_at BETWEEN ?1 - 3600000 AND ?1
                        AND kind <> 'call'
                    GROUP BY kind ORDER BY kind
                    """,
                arguments: [now.milliseconds, Self.latestRows]
            ).map { row in
                let endpoint =
                    switch row[0] as String {
                    case "send": "kf/send_msg"
                    case "send_on_event": "kf/send_msg_on_event"
                    case "upgrade": "kf/customer/upgrade_service"
                    default: "kf/service_state/trans"
                    }
                return Calls(endpoint: endpoint, lastMinute: row[1], lastHour: row[2])
            }
        }
    }

    /// The shortest time, since `time`, between what the platform says a message was written at,
    /// to the second, and our decision about it; below zero our clock is behind the platform's.
    package func shortestDelay(since time: Timestamp) async throws(StoreError) -> Duration? {
        try await read("comparing clocks") { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT min(decided_at - sent_at) FROM inbox
                    WHERE id > (SELECT max(id) FROM inbox) - ? AND decided_at >= ?
                    """,
                arguments: [Self.latestRows, time.milliseconds]
            ).map { .milliseconds($0) }
        }
    }

    /// Whose sessions a person had before the bot could answer, since `time`, by account.
    ///
    /// A servicer who picks a session up, passes it on or opens it again is told of by an event;
    /// the platform's own routing isn't (wecom-kf reference §7.5).
    package func taken(since time: Timestamp) async throws(StoreError) -> [Taken] {
        try await read("looking for sessions that began with a person") { db in
            let wrote = try counts(
                db,
                """
                SELECT account, count(DISTINCT customer) FROM inbox
                WHERE id > (SELECT max(id) FROM inbox) - ?1 AND decided_at >= ?2
                    AND who = 'customer'
                GROUP BY account
                """, since: time)
            let taken = try counts(
                db,
                """
                SELECT customers.account, count(DISTINCT late.customer) FROM outbox AS late
                    JOIN customers ON customers.id = late.customer
                WHERE late.id > (SELECT max(id) FROM outbox) - ?1 AND late.settled_at >= ?2
                    AND late.kind = 'send' AND late.status = 'failed'
                    AND (late.note GLOB 'raced:human_serving*'
                        OR late.note GLOB 'raced:waiting_in_pool*')
                    AND NOT EXISTS (
                        SELECT 1 FROM outbox AS moved WHERE moved.customer = late.customer
                            AND moved.kind = 'transfer' AND moved.status <> 'failed'
                            AND moved.decided_at BETWEEN late.decided_at - 172800000
                                AND late.settled_at)
                    AND NOT EXISTS (
                        SELECT 1 FROM inbox WHERE inbox.customer = late.customer
                            AND inbox.kind = 'session_status_change'
                            AND inbox.decided_at BETWEEN late.decided_at - 172800000
                                AND late.settled_at + 60000)
                GROUP BY customers.account
                """, since: time)
            return try Row.fetchAll(db, sql: "SELECT id, account FROM accounts").map { row in
                let number: Int64 = row[0]
                return Taken(
                    account: OpenKfID(row[1]), taken: taken[number] ?? 0,
                    wrote: wrote[number] ?? 0)
            }
        }
    }

    private func counts(
        _ db: Database, _ sql: String, since time: Timestamp
    ) throws -> [Int64: Int] {
        let rows = try Row.fetchAll(db, sql: sql, arguments: [Self.latestRows, time.milliseconds])
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
    }

    private func read<Value: Sendable>(
        _ operation: String, _ body: @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await queue.read(body)
        } catch {
            throw StoreError(error, during: operation)
        }
    }
}
