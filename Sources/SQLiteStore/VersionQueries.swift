import Boundary
import ChatModel
import GRDB

extension Database {
    /// The row number of a stored version; `nil` when there is none with this id.
    func versionNumber(of id: RuleSetVersion) throws -> Int64? {
        try Int64.fetchOne(
            cachedStatement(sql: "SELECT number FROM rule_set_versions WHERE id = ?"),
            arguments: [id.rawValue.storable])
    }

    /// The active version: the last one activated.
    func activeVersionID() throws -> RuleSetVersion? {
        try String.fetchOne(
            cachedStatement(
                sql: """
                    SELECT rule_set_versions.id FROM activations
                    JOIN rule_set_versions ON rule_set_versions.number = activations.version
                    ORDER BY activations.id DESC LIMIT 1
                    """)
        ).map { RuleSetVersion($0) }
    }

    /// Stores a version that is not stored yet.
    func insert(_ version: PublishedVersion) throws {
        try execute(
            sql: """
                INSERT INTO rule_set_versions (id, author, note, published_at) VALUES (?, ?, ?, ?)
                """,
            arguments: [
                version.id.rawValue.storable, version.author.storable, version.note.storable,
                version.publishedAt.milliseconds,
            ])
        let number = lastInsertedRowID
        for (path, text) in version.sources {
            try execute(
                sql: "INSERT INTO version_sources (version, path, text) VALUES (?, ?, ?)",
                arguments: [number, path.storable, text.storable])
        }
        try RuleSetWriter(db: self, version: number).write(version.definition)
    }

    /// A stored version with everything in it.
    func version(_ id: RuleSetVersion) throws -> PublishedVersion? {
        guard
            let row = try Row.fetchOne(
                self,
                sql: """
                    SELECT number, author, note, published_at FROM rule_set_versions WHERE id = ?
                    """,
                arguments: [id.rawValue.storable])
        else { return nil }
        let number: Int64 = row[0]
        let sources = try Row.fetchAll(
            self, sql: "SELECT path, text FROM version_sources WHERE version = ?",
            arguments: [number]
        ).map { (path: $0[0] as String, text: $0[1] as String) }
        return PublishedVersion(
            id: id, definition: try RuleSetReader(db: self, version: number).definition(),
            sources: Dictionary(sources, uniquingKeysWith: { $1 }), author: row[1], note: row[2],
            publishedAt: Timestamp(milliseconds: row[3]))
    }

    /// All versions, newest first.
    func versionSummaries() throws -> [VersionSummary] {
        let active = try activeVersionID()
        return try Row.fetchAll(
            self,
            sql: """
                SELECT id, author, note, published_at,
                    (SELECT max(at) FROM activations WHERE version = number),
                    (SELECT count(*) FROM rules WHERE version = number)
                FROM rule_set_versions ORDER BY number DESC
                """
        ).map { row in
            let id = RuleSetVersion(row[0])
            return VersionSummary(
                id: id, author: row[1], note: row[2],
                publishedAt: Timestamp(milliseconds: row[3]),
                activatedAt: (row[4] as Int64?).map { Timestamp(milliseconds: $0) },
                isActive: id == active, rules: row[5])
        }
    }
}
