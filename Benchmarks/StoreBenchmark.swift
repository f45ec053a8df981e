import Boundary
import ChatModel
import Foundation
import GRDBSQLite
import Glibc
import Routing
import SQLiteStore
import SessionMachine

/// How many messages a second the store commits durably, and how close that is to what SQLite
/// itself needs for the same rows.
///
/// Pages of 1000 messages: an inbox row, a changed conversation and an outbox entry each, one
/// transaction a page, on the disk before the next begins. Half of the customers are known.
func measurePageCommit() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let pages = (0..<40).map(StorePage.init)
    let messages = pages.count * StorePage.size

    let store = try SQLiteStore(path: directory.appending(path: "store.db").path)
    let ours = try await costs(of: messages) {
        for page in pages {
            _ = try await store.commit(
                .page(page.page), version: StorePage.version, now: page.time
            ) { page.effects(after: $0) }
        }
    }
    let entries = try await store.pendingOutbox()
    guard entries.count == messages else { throw StoreBenchmarkFailure.rowsAreMissing }
    let settling = try await costs(of: messages) {
        for start in stride(from: 0, to: entries.count, by: 200) {
            try await store.settle(
                entries[start..<min(start + 200, entries.count)].map { entry in
                    Effects.Settlement(
                        id: entry.id, conversation: entry.conversation, status: .done, note: "",
                        at: entry.deadline)
                })
        }
    }
    try store.close()

    let barePath = directory.appending(path: "bare.db").path
    try SQLiteStore(path: barePath).close()
    let bare = try await costs(of: messages) { try insertBare(pages, into: barePath) }

    print("page commit     \(ours)")
    print("bare SQLite     \(bare)")
    print("done marks      \(settling)")
    print(
        String(
            format: "page commit / bare SQLite: %.2f wall, %.2f CPU", ours.wall / bare.wall,
            ours.cpu / bare.cpu))
}

private enum StoreBenchmarkFailure: Error {
    case rowsAreMissing
    case sqlite(Int32)
}

/// What one message cost, in microseconds of the wall clock and of the processor.
private struct StoreCosts: CustomStringConvertible {
    var wall: Double
    var cpu: Double

    var description: String {
        String(
            format: "%7.0f messages/s  %5.1f µs wall  %5.1f µs CPU", 1_000_000 / wall, wall, cpu)
    }
}

private func costs(of messages: Int, _ body: () async throws -> Void) async throws -> StoreCosts {
    let cpu = Glibc.clock()
    let wall = ContinuousClock.now
    try await body()
    let elapsed = (ContinuousClock.now - wall) / .microseconds(1)
    let used = Double(Glibc.clock() - cpu) * 1_000_000 / Double(CLOCKS_PER_SEC)
    return StoreCosts(wall: elapsed / Double(messages), cpu: used / Double(messages))
}

/// One page and what is decided about it.
private struct StorePage: Sendable {
    static let size = 1000
    static let version = RuleSetVersion("3f1c9a07b2d84e65a1c0f9e2d7b6a534")
    private static let account = OpenKfID("wkDEMO0000000000000001")
    private static let answer = "您好，退款会在三个工作日内原路退回，请留意短信通知。"

    let page: Work.Page
    let time: Timestamp

    init(number: Int) {
        time = Timestamp(seconds: 1_763_700_000 + Int64(number))
        let time = time
        let rows = (0..<Self.size).map { index in
            // Pages alternate between 20 000 customers known soon and ever new ones.
            let message = number * Self.size + index
            let customer =
                number.isMultiple(of: 2) ? message * 7919 % 20_011 : 1_000_000 + message
            let msgID = MsgID(Self.scattered(message))
            let user = ExternalUserID("wm" + Self.scattered(customer))
            let text = "你好，我昨天买的东西想退款，订单号是\(message)，多久能到账？"
            return Inbound(
                msgID: msgID, account: Self.account, sentAt: time,
                content: .fromCustomer(user, .text(text, menuItem: nil)),
                raw: """
                    {"msgid":"\(msgID)","open_kfid":"\(Self.account)","external_userid":"\(user)",\
                    "send_time":\(time.seconds),"origin":3,"msgtype":"text","text":{"content":"\(text)"}}
                    """)
        }
        page = Work.Page(
            account: Self.account, rows: rows, next: SyncCursor("cursor\(number)"),
            token: SyncToken("token"))
    }

    /// Ids that come in no order, as the platform's do.
    private static func scattered(_ number: Int) -> String {
        let mixed = (UInt64(number) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        return String(mixed, radix: 36) + String(mixed &* mixed, radix: 36)
    }

    func effects(after snapshot: Snapshot) -> Effects {
        var effects = Effects()
        for row in page.rows where !snapshot.seen.contains(row.msgID) {
            guard let id = row.conversation else { continue }
            effects.inbox.append(
                Effects.InboxRecord(row: row, reason: .rule(RuleName("退款政策")), score: 81))
            var conversation = snapshot.conversations[id] ?? Conversation(id: id)
            conversation.session.observed(
                .customerWrote(pendingSends: conversation.pendingSends), at: row.sentAt)
            conversation.session.orderedSend(at: time)
            conversation.memory.lastRule = RuleName("退款政策")
            effects.conversations.append(conversation)
            effects.outbox.append(
                OutboxEntry(
                    id: ActionID(cause: .inbound(row.msgID), ordinal: 0), conversation: id,
                    action: .send(.text(Self.answer)), decidedAt: time,
                    deadline: time + OutboxEntry.softTarget, expires: false,
                    reason: "rule:退款政策"))
        }
        effects.position = Effects.Position(
            account: page.account, cursor: page.next, token: page.token)
        return effects
    }
}

// MARK: The yardstick

/// The same rows through SQLite's C API: nothing looked up, every statement prepared once.
private func insertBare(_ pages: [StorePage], into path: String) throws {
    var handle: OpaquePointer?
    try check(unsafe sqlite3_open(path, &handle))
    guard let connection = unsafe handle else { throw StoreBenchmarkFailure.sqlite(SQLITE_NOMEM) }
    defer { unsafe sqlite3_close(connection) }
    for pragma in ["synchronous = FULL", "wal_autocheckpoint = 4000", "cache_size = -8000"] {
        try unsafe check(sqlite3_exec(connection, "PRAGMA " + pragma, nil, nil, nil))
    }
    try unsafe check(
        sqlite3_exec(connection, "INSERT INTO accounts (account) VALUES ('wk')", nil, nil, nil))
    let customers = try unsafe BareStatement(
        "INSERT INTO customers (id, account, customer) VALUES (?, 1, ?)", on: connection)
    let inbox = try unsafe BareStatement(
        """
        INSERT INTO inbox (account, msgid, customer, who, kind, text, sent_at, reason, score,
            version, decided_at, raw) VALUES (1, ?, ?, 'customer', 'text', ?, ?, ?, 81, ?, ?, ?)
        """, on: connection)
    let conversations = try unsafe BareStatement(
        """
        INSERT INTO conversations (customer, state, window_ordered, rejects, misses, last_rule,
            updated_at, started_at, changed_at, window_opened_at)
        VALUES (?, 0, 1, 0, 0, ?, ?, ?, ?, ?)
        ON CONFLICT (customer) DO UPDATE SET updated_at = excluded.updated_at,
            window_opened_at = excluded.window_opened_at
        """, on: connection)
    let outbox = try unsafe BareStatement(
        """
        INSERT INTO outbox (customer, cause, ordinal, kind, text, decided_at, deadline, expires,
            reason, uncertain, version) VALUES (?, ?, 0, 'send', ?, ?, ?, 0, ?, 0, ?)
        """, on: connection)
    var numbers: [ConversationID: Int64] = [:]
    for page in pages {
        try unsafe check(sqlite3_exec(connection, "BEGIN IMMEDIATE", nil, nil, nil))
        let effects = page.effects(after: Snapshot())
        let time = page.time.milliseconds
        for (record, entry) in zip(effects.inbox, effects.outbox) {
            let row = record.row
            guard case .fromCustomer(let user, .text(let text, _)) = row.content,
                case .send(.text(let answer)) = entry.action
            else { continue }
            let version = StorePage.version.rawValue
            let number = numbers[entry.conversation] ?? Int64(numbers.count + 1)
            if numbers.updateValue(number, forKey: entry.conversation) == nil {
                try customers.run([.integer(number), .text(user.rawValue)])
            }
            try inbox.run([
                .text(row.msgID.rawValue), .integer(number), .text(text), .integer(time),
                .text(entry.reason), .text(version), .integer(time), .text(row.raw),
            ])
            try conversations.run([
                .integer(number), .text("退款政策"), .integer(time), .integer(time),
                .integer(time), .integer(time),
            ])
            try outbox.run([
                .integer(number), .text(row.msgID.rawValue), .text(answer), .integer(time),
                .integer(time + 2000), .text(entry.reason), .text(version),
            ])
        }
        try unsafe check(sqlite3_exec(connection, "COMMIT", nil, nil, nil))
    }
}

private func check(_ result: Int32) throws {
    guard result == SQLITE_OK else { throw StoreBenchmarkFailure.sqlite(result) }
}

/// A prepared statement of the yardstick; finalized once, before its connection closes.
@safe private struct BareStatement: ~Copyable {
    enum Value {
        case text(String)
        case integer(Int64)
    }

    private let handle: OpaquePointer

    init(_ sql: String, on connection: OpaquePointer) throws {
        var handle: OpaquePointer?
        try unsafe check(sqlite3_prepare_v2(connection, sql, -1, &handle, nil))
        guard let handle = unsafe handle else { throw StoreBenchmarkFailure.sqlite(SQLITE_NOMEM) }
        unsafe self.handle = handle
    }

    deinit { unsafe sqlite3_finalize(handle) }

    func run(_ values: [Value]) throws {
        // SQLite copies a text bound as transient before the call returns.
        let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            switch value {
            case .text(let text):
                try unsafe check(sqlite3_bind_text(handle, place, text, -1, transient))
            case .integer(let number): try unsafe check(sqlite3_bind_int64(handle, place, number))
            }
        }
        let result = unsafe sqlite3_step(handle)
        guard result == SQLITE_DONE else { throw StoreBenchmarkFailure.sqlite(result) }
        try unsafe check(sqlite3_reset(handle))
    }
}
