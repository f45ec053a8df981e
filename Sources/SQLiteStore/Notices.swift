import Boundary
import ChatModel
import GRDB

// Notices that were added while the engine ran.
extension AuditTrail {
    /// Adds a notice, or replaces the one of its name; a replaced one keeps its place.
    func add(_ notice: LiveNotice) throws {
        try db.execute(
            sql: """
                INSERT INTO notices (name, bundle, account, words, text, until, author, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET bundle = excluded.bundle,
                    account = excluded.account, words = excluded.words, text = excluded.text,
                    until = excluded.until, author = excluded.author, at = excluded.at
                """,
            arguments: [
                notice.name.rawValue.storable, notice.bundle?.rawValue.storable,
                notice.account?.rawValue.storable, try JSON.text(of: notice.words),
                notice.text.storable, notice.until.milliseconds, notice.author.storable,
                notice.at.milliseconds,
            ])
        try note(
            .notice, notice.name.rawValue, by: notice.author, note: notice.text, at: notice.at)
    }

    func remove(
        _ name: NoticeName, by author: String, note: String, at time: Timestamp
    ) throws {
        try db.execute(
            sql: "DELETE FROM notices WHERE name = ?", arguments: [name.rawValue.storable])
        guard db.changesCount > 0 else {
            throw StoreError(
                .notFound, reason: "the store holds no notice \(name); see `switchboard notice ls`")
        }
        try self.note(.noticeRemoved, name.rawValue, by: author, note: note, at: time)
    }
}

extension Database {
    /// The notices whose time isn't over, in the order they were added; all with `nil`.
    ///
    /// `+id` leaves SQLite the index of ends to find them by: those of years ago stay unread.
    func notices(inForceAt time: Timestamp?) throws -> [LiveNotice] {
        let rows = try Row.fetchCursor(
            cachedStatement(
                sql: """
                    SELECT name, bundle, account, words, text, until, author, at FROM notices
                    WHERE until > ? ORDER BY +id
                    """),
            arguments: [time?.milliseconds ?? .min])
        var notices: [LiveNotice] = []
        while let row = try rows.next() {
            notices.append(
                LiveNotice(
                    name: NoticeName(row[0]), bundle: (row[1] as String?).map { BundleName($0) },
                    account: (row[2] as String?).map { AccountAlias($0) },
                    words: try JSON.value([String].self, of: row[3]), text: row[4],
                    until: Timestamp(milliseconds: row[5]), author: row[6],
                    at: Timestamp(milliseconds: row[7])))
        }
        return notices
    }
}
