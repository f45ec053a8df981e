import Boundary
import ChatModel
import GRDB
import RuleEngine

// Who runs which version: activations, the canary, and what conversations still refer to.
extension AuditTrail {
    /// Makes a stored version the active one, for everybody.
    func activate(
        _ id: RuleSetVersion, by author: String, note: String, at time: Timestamp
    ) throws {
        let number = try db.storedVersion(id)
        let before = try Int64.fetchOne(
            db, sql: "SELECT version FROM activations ORDER BY id DESC LIMIT 1")
        try db.execute(
            sql: "INSERT INTO activations (version, author, note, at) VALUES (?, ?, ?, ?)",
            arguments: [number, author.storable, note.storable, time.milliseconds])
        try db.execute(sql: "DELETE FROM canary")
        // Numbers are in the order of publication.
        let isOlder = before.map { number < $0 } ?? false
        try self.note(
            isOlder ? .rollback : .activate, id.rawValue, by: author, note: note, at: time)
    }

    /// Stores a version unless it is stored already, and the ids its menus answer to.
    func publish(_ version: PublishedVersion) throws {
        if try db.versionNumber(of: version.id) != nil { return }
        try db.insert(version)
        try db.insertWireIDs(of: version.definition)
        try note(
            .publish, version.id.rawValue, by: version.author, note: version.note,
            at: version.publishedAt)
    }

    func set(_ canary: Canary) throws {
        let number = try db.storedVersion(canary.version)
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO canary (id, version, share, author, note, at)
                VALUES (1, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, canary.share, canary.author.storable, canary.note.storable,
                canary.at.milliseconds,
            ])
        try note(
            .canary, "\(canary.version) \(Self.percent(canary.share))", by: canary.author,
            note: canary.note, at: canary.at)
    }

    func clearCanary(by author: String, note: String, at time: Timestamp) throws {
        guard let canary = try db.activation().canary else { return }
        try db.execute(sql: "DELETE FROM canary")
        try self.note(
            .canaryCleared, canary.version.rawValue, by: author, note: note, at: time)
    }

    /// To two decimals, without trailing zeros.
    private static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        var text = "\(hundredths / 100)"
        if hundredths % 100 != 0 {
            text += hundredths % 100 < 10 ? ".0\(hundredths % 100)" : ".\(hundredths % 100)"
            if text.hasSuffix("0") { text.removeLast() }
        }
        return text + "%"
    }
}

extension Database {
    /// The row number of a stored version; throws when there is none with this id.
    fileprivate func storedVersion(_ id: RuleSetVersion) throws -> Int64 {
        if let number = try versionNumber(of: id) { return number }
        throw StoreError(
            .notFound, reason: "the store holds no version \(id); see `switchboard versions`")
    }

    /// Which version serves whom.
    func activation() throws -> Activation {
        let row = try Row.fetchOne(
            cachedStatement(
                sql: """
                    SELECT canary.share, canary.author, canary.note, canary.at,
                        rule_set_versions.id
                    FROM canary
                    JOIN rule_set_versions ON rule_set_versions.number = canary.version
                    """))
        return Activation(
            active: try activeVersionID(),
            canary: row.map { row in
                Canary(
                    version: RuleSetVersion(row[4]), share: row[0], author: row[1], note: row[2],
                    at: Timestamp(milliseconds: row[3]))
            })
    }

    /// The versions conversations refer to by name.
    ///
    /// The index is leapt along: one probe for each different value, however many conversations
    /// have it.
    func pinnedVersions() throws -> Set<RuleSetVersion> {
        let texts = try String.fetchCursor(
            self,
            sql: """
                WITH RECURSIVE different (pins) AS (
                    SELECT min(pins) FROM conversations WHERE pins IS NOT NULL
                    UNION ALL
                    SELECT (SELECT min(pins) FROM conversations
                        WHERE pins IS NOT NULL AND pins > different.pins)
                    FROM different WHERE different.pins IS NOT NULL)
                SELECT pins FROM different WHERE pins IS NOT NULL
                """)
        var versions: Set<RuleSetVersion> = []
        while let text = try texts.next() { versions.formUnion(Pins.versions(in: text)) }
        return versions
    }

    fileprivate func insertWireIDs(of definition: RuleSetDefinition) throws {
        let statement = try cachedStatement(
            sql: "INSERT OR IGNORE INTO wire_ids (bundle, menu, item, id) VALUES (?, ?, ?, ?)")
        for bundle in definition.bundles {
            for menu in bundle.menus + bundle.surveys.map(\.menu) {
                for item in menu.items {
                    guard case .click(let id, _) = item.item else { continue }
                    for id in [id] + item.formerIDs {
                        var row = RowBinder(statement)
                        row.add(bundle.name.rawValue)
                        row.add(menu.name.rawValue)
                        row.add(item.key)
                        row.add(id.rawValue)
                        try row.execute()
                    }
                }
            }
        }
    }

    /// Every id an item ever had in a published version.
    func wireIDs() throws -> [PublishedWireID] {
        try Row.fetchAll(
            self, sql: "SELECT bundle, menu, item, id FROM wire_ids ORDER BY bundle, menu, item, id"
        ).map { row in
            PublishedWireID(
                bundle: BundleName(row[0]), menu: MenuName(row[1]), key: row[2], id: WireID(row[3]))
        }
    }
}
