import Boundary
import ChatModel
import Foundation
import GRDB
import Routing
import RuleEngine
import SQLiteStore
import SessionMachine
import Testing

@Suite struct SchemaTests {
    /// The released schema versions, oldest first; each has a dump with one row of every kind.
    static let versions = ["v1"]

    /// A file made from the dump of a schema version, as that version of the program left it.
    private static func file(of version: String) throws -> StoreDirectory {
        let dump = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "fixtures/schema/\(version).sql")
        let directory = try StoreDirectory()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: directory.path, configuration: configuration)
        let sql = try String(contentsOf: dump, encoding: .utf8)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
        return directory
    }

    /// Writes a file for the next dump: `SAMPLE_STORE=FILE swift test --filter SchemaTests`, then
    /// `sqlite3 FILE .dump` under the head of the last dump.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMPLE_STORE"] != nil))
    func writeASample() async throws {
        let path = try #require(ProcessInfo.processInfo.environment["SAMPLE_STORE"])
        let store = try SQLiteStore(path: path)
        let row = Sample.text("m1", from: "u1")
        let conversation = try Sample.richConversation("u1")
        var effects = Effects()
        effects.inbox = [Effects.InboxRecord(row: row, reason: .rule("退款"), score: 81)]
        effects.conversations = [conversation]
        effects.outbox = Sample.actions.enumerated().map {
            Sample.entry("m1", "u1", ordinal: $0, action: $1)
        }
        effects.timersSet = [
            Routing.Timer(kind: .sessionExpires, conversation: conversation.id, due: Sample.now)
        ]
        effects.journal = [
            Effects.JournalEntry(
                conversation: conversation.id, account: Sample.account, at: Sample.now,
                what: "session:4→0")
        ]
        effects.position = Effects.Position(
            account: Sample.account, cursor: "c1", token: "token")
        try await store.commit(effects)
        try await store.publish(Sample.published("v1", Sample.richDefinition), activate: true)
        try store.close()
    }

    /// The statements that made the tables, indices and views, by name, without comments.
    private static func schema(of directory: StoreDirectory) throws -> [String: String] {
        let queue = try DatabaseQueue(path: directory.path)
        defer { try? queue.close() }
        return try queue.read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    @Test(arguments: versions) func aFileOfEveryVersionOpens(_ version: String) async throws {
        let directory = try Self.file(of: version)
        let store = try directory.open()
        var conversation = try Sample.richConversation("u1")
        conversation.pendingSends = Sample.bodies.count
        #expect(try await store.conversation(conversation.id) == conversation)
        #expect(try await store.pendingOutbox().map(\.action) == Sample.actions)
        #expect(try await store.position(of: Sample.account)?.cursor == "c1")
        #expect(try await store.nextTimer() == Sample.now)
        #expect(try await store.activeVersion() == Sample.published("v1", Sample.richDefinition))
        #expect(
            try await store.transcript(of: Sample.id("u1")).map(\.who)
                == ["customer", "note"] + Sample.actions.map { _ in "bot" })
        try store.close()
        let fresh = try StoreDirectory()
        try fresh.open().close()
        #expect(try Self.schema(of: directory) == Self.schema(of: fresh))
    }

    @Test func theLastDumpIsTodaysSchema() throws {
        let fresh = try StoreDirectory()
        try fresh.open().close()
        let dumped = try Self.file(of: try #require(Self.versions.last))
        #expect(try Self.schema(of: dumped) == Self.schema(of: fresh))
    }

    /// What a server asks often must find its rows by an index, however many there are.
    @Test(arguments: [
        "SELECT * FROM transcript WHERE account = 'a' AND customer = 'b' ORDER BY decided_at, rank",
        "SELECT * FROM outbox WHERE status = 'pending' AND customer = 1",
        "UPDATE outbox SET status = 'done' WHERE customer = 1 AND cause = 'm' AND ordinal = 0 AND "
            + "status IN ('pending', 'cancelled')",
        "SELECT * FROM timers WHERE due <= 1 ORDER BY due LIMIT 1", "SELECT min(due) FROM timers",
    ])
    func nothingIsScanned(_ sql: String) throws {
        let directory = try StoreDirectory()
        try directory.open().close()
        let queue = try DatabaseQueue(path: directory.path)
        let plan = try queue.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
        }
        // The view's own lines, found by then, are read one by one.
        let scans = plan.filter {
            $0.hasPrefix("SCAN") && !$0.contains("INDEX") && $0 != "SCAN transcript"
        }
        #expect(scans.isEmpty, "\(plan)")
    }

    /// Rows have a column for each of these; a new property needs one, or it is forgotten.
    @Test func everyStoredPropertyIsKnown() throws {
        func properties(_ value: Any) -> [String] {
            Mirror(reflecting: value).children.compactMap(\.label)
        }
        let session = SessionMachine()
        #expect(
            properties(session) == [
                "state", "startedAt", "changedAt", "window", "codes", "customerRejects",
            ])
        #expect(properties(session.window) == ["openedAt", "ordered", "orderedAt"])
        #expect(
            properties(Conversation(id: Sample.id("a")))
                == ["id", "session", "memory", "pendingSends"])
        #expect(
            properties(Sample.entry("m", "a")) == [
                "id", "conversation", "action", "decidedAt", "deadline", "expires", "reason",
                "isUncertain",
            ])
        let bundle = try #require(Sample.richDefinition.bundles.first)
        #expect(properties(Sample.richDefinition) == ["bundles"])
        #expect(properties(bundle) == ["name", "accounts", "menus", "rules"])
        let menu = try #require(bundle.menus.first)
        #expect(properties(menu) == ["name", "head", "items", "tail"])
        #expect(properties(try #require(menu.items.first)) == ["key", "item"])
        let rule = try #require(bundle.rules.first)
        #expect(
            properties(rule) == [
                "name", "place", "priority", "triggers", "conditions", "exceptions", "reply",
                "handoff", "end", "examples", "notExamples",
            ])
        #expect(properties(rule.place) == ["file", "line", "column"])
    }
}
