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
    static let versions = ["v1", "v2", "v3", "v4"]

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
        let store = try SQLiteStore(path: path, hash: Sample.hash)
        let row = Sample.text("m1", from: "u1")
        let conversation = try Sample.richConversation("u1")
        var effects = Effects()
        effects.inbox = [
            Effects.InboxRecord(
                row: row, reason: .rule("退款"), score: 81, facts: Sample.richFacts)
        ]
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
        effects.outbox += [Sample.call, Sample.upgrade].enumerated().map {
            Sample.entry("m1", "u1", ordinal: Sample.actions.count + $0, action: $1)
        }
        effects.roster = Sample.roster
        effects.surveys = [Sample.surveyAnswer("u1")]
        try await store.commit(effects)
        try await store.publish(Sample.published("v1", Sample.richDefinition), activate: true)
        try await store.setCanary(Sample.canary("v1"))
        try await store.addNotice(Sample.notice("暴雨"))
        try await store.note(
            UploadedMedia(id: "M1", createdAt: Sample.now), of: "abcdefghijklmnopqrstuv",
            as: .image, for: "ww1")
        try await store.keep(
            [conversation.id: CustomerProfile(nickname: "林", gender: .female)], at: Sample.now)
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
        let isFirst = version == "v1"
        let hasMedia = version == "v3" || version == "v4"
        let directory = try Self.file(of: version)
        let store = try directory.open()
        var conversation = try Sample.richConversation(
            "u1", memory: isFirst ? Sample.richMemoryV1 : Sample.richMemory)
        conversation.pendingSends = Sample.bodies.count
        if hasMedia {
            conversation.profile = CustomerProfile(nickname: "林", gender: .female)
        }
        #expect(try await store.conversation(conversation.id) == conversation)
        let actions =
            Sample.actions + (isFirst ? [] : [Sample.call])
            + (hasMedia ? [Sample.upgrade] : [])
        #expect(try await store.pendingOutbox().map(\.action) == actions)
        #expect(try await store.position(of: Sample.account)?.cursor == "c1")
        #expect(try await store.nextTimer() == Sample.now)
        let definition = isFirst ? Sample.definitionV1 : Sample.richDefinition
        #expect(try await store.activeVersion() == Sample.published("v1", definition))
        #expect(
            try await store.transcript(of: Sample.id("u1")).map(\.who)
                == ["customer", "note"] + actions.map { _ in "bot" })
        let decision = RecordedDecision(
            row: Sample.text("m1", from: "u1"), facts: isFirst ? nil : Sample.richFacts,
            version: Sample.version, reason: "rule:退款", score: 81, at: Sample.now)
        #expect(try await store.decision(of: "m1") == decision)
        #expect(try await store.conversationLog(conversation.id).count == 2 + actions.count)
        #expect(try await store.wireIDs() == PublishedWireID.all(in: definition))
        #expect(
            try await store.audit(limit: 9).map(\.act)
                == (isFirst ? [.activate, .publish] : [.notice, .canary, .activate, .publish]))
        try store.close()
        let fresh = try StoreDirectory()
        try fresh.open().close()
        #expect(try Self.schema(of: directory) == Self.schema(of: fresh))
    }

    @Test func theSecondVersionsOwnTablesAreRead() async throws {
        let directory = try Self.file(of: "v2")
        let store = try directory.open()
        let work = Work.roster(Sample.account, [])
        #expect(
            try await store.snapshot(for: work).rosters == [Sample.account: Sample.roster])
        #expect(try await store.surveyAnswers(since: Sample.now) == [Sample.surveyAnswer("u1")])
        #expect(try await store.activation().canary == Sample.canary("v1"))
        #expect(try await store.notices(inForceAt: nil) == [Sample.notice("暴雨")])
        #expect(
            try await store.pinnedVersions() == ["v-overdue", "v-flow", "v-survey", "v-canary"])
        let audit = try await store.audit(limit: 9)
        #expect(AuditEntry.firstBroken(in: audit, hash: Sample.hash) == nil)
    }

    /// Texts of the first version stood bare where templates are now.
    @Test func handOffsOfTheFirstVersionReadOn() async throws {
        let directory = try Self.file(of: "v1")
        let queue = try DatabaseQueue(path: directory.path)
        try await queue.write { db in
            try db.execute(
                sql: """
                    UPDATE rules SET handoff = '{"ended":{"text":{"_0":"再\\"见\\" $(x)"}},"to":{"pool":{}}}',
                        ending = '{"goodbye":{"menu":{"_0":"主菜单"}}}'
                    WHERE name = '空'
                    """)
        }
        try queue.close()
        let version = try await directory.open().activeVersion()
        let rule = try #require(version?.definition.bundles[0].rules[1])
        #expect(rule.handoff == HandoffDefinition(to: .pool, ended: .text("再\"见\" $(x)")))
        #expect(rule.end == EndDefinition(goodbye: .menu("主菜单")))
    }

    /// A file with much in it goes through the steps as an empty one does, and in good time.
    @Test func aLargeFileOfTheFirstVersionOpens() async throws {
        let directory = try Self.file(of: "v1")
        let queue = try DatabaseQueue(path: directory.path)
        try await queue.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                    INSERT INTO outbox (customer, cause, ordinal, kind, text, decided_at, deadline,
                        expires, reason, uncertain, status)
                    SELECT 1, 'old' || i, 0, 'send', '您好', i, i, 0, 'x', 0, 'done' FROM n
                    """)
        }
        try queue.close()
        let store = try directory.open()
        #expect(try await store.pendingOutbox().map(\.action) == Sample.actions)
        #expect(
            try await store.transcript(of: Sample.id("u1")).count == 19_999 + 2
                + Sample.actions.count)
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
        "SELECT * FROM roster WHERE account = 1 ORDER BY servicer",
        "SELECT min(pins) FROM conversations WHERE pins IS NOT NULL AND pins > 'v'",
        "SELECT * FROM survey_answers WHERE at >= 1 ORDER BY at",
        "SELECT * FROM notices WHERE until > 1 ORDER BY +id",
        "SELECT * FROM accounts CROSS JOIN inbox ON inbox.account = accounts.id AND msgid = 'm'",
    ])
    func nothingIsScanned(_ sql: String) throws {
        let directory = try StoreDirectory()
        try directory.open().close()
        let queue = try DatabaseQueue(path: directory.path)
        let plan = try queue.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
        }
        // The view's own lines, found by then, are read one by one; accounts are few.
        let small = ["SCAN transcript", "SCAN accounts"]
        let scans = plan.filter {
            $0.hasPrefix("SCAN") && !$0.contains("INDEX") && !small.contains($0)
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
                == ["id", "session", "memory", "pendingSends", "profile"])
        #expect(
            properties(Sample.entry("m", "a")) == [
                "id", "conversation", "action", "decidedAt", "deadline", "expires", "reason",
                "isUncertain",
            ])
        let bundle = try #require(Sample.richDefinition.bundles.first)
        #expect(properties(Sample.richDefinition) == ["bundles"])
        #expect(
            properties(bundle) == [
                "name", "accounts", "owner", "valid", "defaults", "schedules", "menus", "slots",
                "notices", "rules", "flows", "policies", "surveys",
            ])
        #expect(
            properties(bundle.defaults) == [
                "hearsPinyin", "idle", "budgetKeep", "askBack", "noneOfThese", "noneOfTheseID",
                "similar",
            ])
        let menu = try #require(bundle.menus.first)
        #expect(properties(menu) == ["name", "head", "items", "tail", "hasNumbers"])
        #expect(properties(try #require(menu.items.first)) == ["key", "item", "formerIDs"])
        let rule = try #require(bundle.rules.first)
        #expect(
            properties(rule) == [
                "name", "place", "priority", "triggers", "conditions", "exceptions", "reply",
                "handoff", "end", "upgrade", "tags", "sets", "start", "valid", "oncePer",
                "accounts", "id",
                "renamedFrom", "owner", "candidateID", "examples", "notExamples",
            ])
        #expect(properties(rule.place) == ["file", "line", "column"])
        #expect(
            properties(Sample.richFacts) == [
                "scene", "state", "misses", "now", "account", "values", "flow", "isReturning",
                "tags", "language", "answered",
            ])
        #expect(
            properties(Sample.roster[0]) == [
                "account", "servicer", "isReceiving", "load", "assignedAt",
            ])
        #expect(
            properties(Sample.surveyAnswer("a")) == [
                "conversation", "survey", "mark", "servicer", "rule", "endedAt", "at",
            ])
        #expect(
            properties(Effects()) == [
                "inbox", "conversations", "outbox", "cancelled", "settled", "timersSet",
                "timersFired", "roster", "rosterReplaced", "surveys", "trace", "journal",
                "position",
            ])
    }
}

extension PublishedWireID {
    /// The ids a definition publishes, as a store tells them.
    static func all(in definition: RuleSetDefinition) -> [Self] {
        var found: Set<Self> = []
        for bundle in definition.bundles {
            for menu in bundle.menus + bundle.surveys.map(\.menu) {
                for item in menu.items {
                    guard case .click(let id, _) = item.item else { continue }
                    for id in [id] + item.formerIDs {
                        found.insert(
                            Self(bundle: bundle.name, menu: menu.name, key: item.key, id: id))
                    }
                }
            }
        }
        func order(_ id: Self) -> [[UInt8]] {
            [id.bundle.rawValue, id.menu.rawValue, id.key, id.id.rawValue].map { Array($0.utf8) }
        }
        return found.sorted { one, other in
            let (one, other) = (order(one), order(other))
            guard let (a, b) = zip(one, other).first(where: { $0 != $1 }) else { return false }
            return a.lexicographicallyPrecedes(b)
        }
    }
}
