import Boundary
import ChatModel
import GRDB

/// Notes who did what, in the transaction that does it.
struct AuditTrail {
    let db: Database
    /// `nil` leaves entries unsealed.
    let hash: (@Sendable ([UInt8]) -> String)?

    func note(
        _ act: AuditEntry.Act, _ subject: String, by author: String, note: String,
        at time: Timestamp
    ) throws {
        let last = try Row.fetchOne(
            db, sql: "SELECT id, seal FROM audit ORDER BY id DESC LIMIT 1")
        // Sealed as it will be read back.
        var entry = AuditEntry(
            number: (last?[0] ?? 0) + 1, act: act, subject: subject.storable,
            author: author.storable, note: note.storable, at: time)
        if let hash { entry.seal = entry.sealed(after: last?[1] ?? "", hash: hash) }
        try db.execute(
            sql: """
                INSERT INTO audit (id, act, subject, author, note, at, seal)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                entry.number, entry.act.rawValue, entry.subject, entry.author, entry.note,
                entry.at.milliseconds, entry.seal,
            ])
    }
}

extension Database {
    /// What people did, newest first.
    func audit(limit: Int) throws -> [AuditEntry] {
        try Row.fetchAll(
            self,
            sql: """
                SELECT id, act, subject, author, note, at, seal FROM audit
                ORDER BY id DESC LIMIT ?
                """,
            arguments: [max(0, limit)]
        ).map { row in
            guard let act = AuditEntry.Act(rawValue: row[1]) else {
                throw StoreError.damaged("an entry of the audit")
            }
            return AuditEntry(
                number: row[0], act: act, subject: row[2], author: row[3], note: row[4],
                at: Timestamp(milliseconds: row[5]), seal: row[6])
        }
    }
}
