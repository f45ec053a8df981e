import Boundary
import ChatModel
import Foundation
import Routing
import SQLiteStore
import Testing

/// Looking into a store that another process may be using.
@Suite struct StoreInspectionTests {
    private let directory: StoreDirectory
    private let now = Sample.now

    init() throws { directory = try StoreDirectory() }

    private func event(_ msgID: String, about customer: String) -> Inbound {
        Inbound(
            msgID: MsgID(msgID), account: Sample.account, sentAt: now,
            content: .event(
                .sessionChanged(ExternalUserID(customer), .reopened(from: nil, by: "lin"))))
    }

    /// Commits rows and actions, some of them settled at once.
    private func write(
        _ store: SQLiteStore, rows: [Inbound] = [],
        actions: [(entry: OutboxEntry, status: OutboxStatus?, note: String)] = []
    ) async throws {
        var effects = Effects()
        effects.inbox = rows.map { Effects.InboxRecord(row: $0, reason: .noRule, score: nil) }
        effects.outbox = actions.map(\.entry)
        effects.position = Effects.Position(
            account: Sample.account, cursor: "c1", token: nil)
        try await store.commit(effects, for: Sample.page(rows))
        try await store.settle(
            actions.compactMap { action in
                action.status.map { Sample.settlement(action.entry, $0, note: action.note) }
            })
    }

    @Test func aFileThatIsNoneIsRefusedAndNotMade() {
        let path = directory.path
        #expect(throws: StoreError.self) { try StoreInspection(path: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func anEmptyStoreIsWholeAndUpToDate() async throws {
        let store = try directory.open()
        let inspection = try StoreInspection(path: directory.path)
        #expect(try await inspection.migrations() == StoreInspection.knownMigrations)
        #expect(try await inspection.faults().isEmpty)
        #expect(try await inspection.accounts().isEmpty)
        #expect(try await inspection.backlog().count == 0)
        #expect(try await inspection.backlog().oldest == nil)
        #expect(try await inspection.failures(since: now).isEmpty)
        #expect(try await inspection.calls(before: now).isEmpty)
        #expect(try await inspection.shortestDelay(since: now) == nil)
        #expect(try await inspection.taken(since: now).isEmpty)
        try store.close()
    }

    @Test func damageIsFoundNotThrown() async throws {
        let store = try directory.open()
        try await write(store, rows: [Sample.text("m1", from: "a")])
        try store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: directory.path))
        try file.seek(toOffset: 5 * 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 3 * 4096))
        try file.close()
        let inspection = try StoreInspection(path: directory.path)
        #expect(try await inspection.migrations() == StoreInspection.knownMigrations)
        #expect(try await !inspection.faults().isEmpty)
    }

    @Test func countsWhatWaitsAndWhatWasGivenUp() async throws {
        let store = try directory.open()
        try await write(
            store, rows: [Sample.text("m1", from: "a")],
            actions: [
                (Sample.entry("m1", "a"), nil, ""), (Sample.entry("m2", "a"), .done, ""),
                (Sample.entry("m3", "a"), .failed, "platform_dropped 40096: bad: user"),
                (Sample.entry("m4", "a"), .failed, "platform_dropped 40096: bad"),
                (Sample.entry("m5", "a"), .failed, "code_expired"),
                (Sample.entry("m6", "a", action: .transfer(.pool)), .done, ""),
            ])
        let inspection = try StoreInspection(path: directory.path)
        #expect(try await inspection.backlog().count == 1)
        #expect(try await inspection.backlog().oldest == now)
        let failures = try await inspection.failures(since: now)
        #expect(failures.map(\.why) == ["platform_dropped 40096", "code_expired"])
        #expect(failures.map(\.count) == [2, 1])
        #expect(try await inspection.failures(since: now + .seconds(2)).isEmpty)
        let calls = try await inspection.calls(before: now + .seconds(62))
        #expect(calls.map(\.endpoint) == ["kf/send_msg", "kf/service_state/trans"])
        #expect(calls.map(\.lastMinute) == [0, 0])
        #expect(calls.map(\.lastHour) == [1, 1])
        #expect(try await inspection.calls(before: now + .seconds(60)).map(\.lastMinute) == [1, 1])
        #expect(try await inspection.calls(before: now + .seconds(3602)).isEmpty)
        let accounts = try await inspection.accounts()
        #expect(accounts.map(\.cursor) == ["c1"])
        #expect(accounts.map(\.committedAt) == [now])
        try store.close()
    }

    @Test func theShortestDelayMayBeNegative() async throws {
        let store = try directory.open()
        func message(_ id: MsgID, at time: Timestamp) -> Inbound {
            Inbound(
                msgID: id, account: Sample.account, sentAt: time,
                content: .fromCustomer("a", .text("在吗", menuItem: nil)))
        }
        let early = message("m2", at: now + .seconds(7))
        try await write(store, rows: [message("m1", at: now - .seconds(30))])
        let inspection = try StoreInspection(path: directory.path)
        #expect(try await inspection.shortestDelay(since: now) == .seconds(30))
        try await write(store, rows: [early])
        #expect(try await inspection.shortestDelay(since: now) == .seconds(-7))
        #expect(try await inspection.shortestDelay(since: now + .seconds(1)) == nil)
        try store.close()
    }

    /// Three customers were refused because a person had the session: one by the platform's own
    /// routing, one after our transfer, one after a servicer's act.
    @Test func tellsThePlatformsRoutingFromOursAndServicers() async throws {
        let store = try directory.open()
        let customers = ["routed", "moved", "reopened", "answered"]
        let raced = "raced:human_serving 95018"
        try await write(
            store,
            rows: customers.map { Sample.text("m-\($0)", from: $0) }
                + [event("e1", about: "reopened")],
            actions: [
                (Sample.entry("m-routed", "routed"), .failed, raced),
                (Sample.entry("m-moved", "moved", action: .transfer(.pool)), .done, ""),
                (Sample.entry("m-moved", "moved", ordinal: 1), .failed, raced),
                (Sample.entry("m-reopened", "reopened"), .failed, raced),
                (Sample.entry("m-answered", "answered"), .done, ""),
            ])
        let inspection = try StoreInspection(path: directory.path)
        let taken = try await inspection.taken(since: now)
        #expect(taken.map(\.account) == [Sample.account])
        #expect(taken.map(\.taken) == [1])
        #expect(taken.map(\.wrote) == [4])
        let later = try await inspection.taken(since: now + .seconds(5))
        #expect(later.map(\.taken) == [0])
        #expect(later.map(\.wrote) == [0])
        try store.close()
    }
}
