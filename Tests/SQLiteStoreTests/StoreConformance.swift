import Boundary
import ChatModel
import Foundation
import Routing
import RuleEngine
import SessionMachine
import Synchronization
import Testing

/// What every ``ConversationStore`` must do; each check gets an empty store of its own.
struct StoreConformance: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let check: @Sendable (any ConversationStore) async throws -> Void

    static let all: [Self] =
        steps + outbox + timers + conversations + versions + rollouts + servicers + lookingBack

    init(
        _ name: String, _ check: @escaping @Sendable (any ConversationStore) async throws -> Void
    ) {
        testDescription = name
        self.check = check
    }

    // MARK: Steps

    static let steps: [Self] = [
        Self("an empty store knows nothing") { store async throws in
            #expect(try await store.isEmpty())
            #expect(try await store.position(of: Sample.account) == nil)
            #expect(try await store.pendingOutbox() == [])
            #expect(try await store.nextTimer() == nil)
            #expect(try await store.activeVersion() == nil)
            #expect(try await store.activeVersionID() == nil)
            #expect(try await store.versions() == [])
            #expect(try await store.conversation(Sample.id("nobody")) == nil)
            #expect(try await store.transcript(of: Sample.id("nobody")) == [])
        },
        Self("a step is called once and its effects are returned as written") {
            store async throws in
            let calls = Mutex(0)
            let row = Sample.text("m1", from: "a")
            let effects = try await store.commit(
                Sample.page([row]), version: nil, now: Sample.now
            ) { snapshot in
                calls.withLock { $0 += 1 }
                #expect(snapshot.seen.isEmpty && snapshot.conversations.isEmpty)
                var effects = Effects()
                effects.inbox = [Effects.InboxRecord(row: row, reason: .noRule, score: nil)]
                effects.outbox = [Sample.entry("m1", "a")]
                return effects
            }
            #expect(calls.withLock { $0 } == 1)
            #expect(effects.inbox.map(\.row) == [row])
            #expect(effects.outbox == [Sample.entry("m1", "a")])
        },
        Self("the position is the last page's") { store async throws in
            for number in 1...2 {
                var effects = Effects()
                effects.position = Effects.Position(
                    account: Sample.account, cursor: SyncCursor("c\(number)"),
                    token: number == 1 ? "t" : nil)
                try await store.commit(effects, now: Sample.now + .seconds(number))
            }
            let position = try await store.position(of: Sample.account)
            #expect(
                position
                    == AccountPosition(
                        cursor: "c2", token: nil, committedAt: Sample.now + .seconds(2)))
            #expect(try await store.position(of: "wkOTHER") == nil)
        },
        Self("rows seen before are named, for their account only") { store async throws in
            let rows = (0..<5).map { Sample.text("m\($0)", from: "a") }
            var effects = Effects()
            effects.inbox = rows.prefix(3).map {
                Effects.InboxRecord(row: $0, reason: .rule("退款"), score: 81)
            }
            try await store.commit(effects, for: Sample.page(rows))
            #expect(
                try await store.snapshot(for: Sample.page(rows)).seen == ["m0", "m1", "m2"])
            let elsewhere = Inbound(
                msgID: "m0", account: "wkOTHER", sentAt: Sample.now,
                content: .unknown(origin: 9, customer: nil))
            let page = Work.Page(account: "wkOTHER", rows: [elsewhere], next: "c", token: nil)
            #expect(try await store.snapshot(for: .page(page)).seen.isEmpty)
        },
        Self("nothing is kept of a step that breaks the schema") { store async throws in
            let row = Sample.text("m1", from: "a")
            var first = Effects()
            first.inbox = [Effects.InboxRecord(row: row, reason: .noRule, score: nil)]
            try await store.commit(first)

            var second = Effects()
            let fresh = Sample.text("m2", from: "b")
            second.inbox = [fresh, row].map {
                Effects.InboxRecord(row: $0, reason: .noRule, score: nil)
            }
            second.conversations = [Conversation(id: Sample.id("b"))]
            second.outbox = [Sample.entry("m2", "b")]
            second.position = Effects.Position(account: Sample.account, cursor: "c", token: nil)
            await #expect(throws: StoreError(.constraint, reason: "")) {
                try await store.commit(second)
            }
            #expect(try await store.snapshot(for: Sample.page([fresh, row])).seen == ["m1"])
            #expect(try await store.isEmpty())
            #expect(try await store.pendingOutbox() == [])
            #expect(try await store.position(of: Sample.account) == nil)
        },
        Self("nothing is kept of a step whose last row breaks the schema") { store async throws in
            let entry = Sample.entry("m1", "a")
            var first = Effects()
            first.outbox = [entry]
            try await store.commit(first)

            var second = Effects()
            second.conversations = [Conversation(id: Sample.id("b"))]
            second.cancelled = [Effects.Cancellation(conversation: Sample.id("a"), reason: "x")]
            second.outbox = [entry]
            await #expect(throws: StoreError(.constraint, reason: "")) {
                try await store.commit(second)
            }
            #expect(try await store.isEmpty())
            #expect(try await store.pendingOutbox() == [entry])
        },
        Self("a page of 1000 rows is all there") { store async throws in
            let rows = (0..<1000).map { Sample.text("m\($0)", from: "u\($0 % 250)", "第\($0)条") }
            let effects = try await store.commit(
                Sample.page(rows), version: Sample.version, now: Sample.now
            ) { snapshot in
                var effects = Effects()
                effects.inbox = rows.map {
                    Effects.InboxRecord(row: $0, reason: .rule("退款"), score: 80)
                }
                effects.conversations = (0..<250).map { Conversation(id: Sample.id("u\($0)")) }
                effects.outbox = (0..<1000).map { Sample.entry("m\($0)", "u\($0 % 250)") }
                return effects
            }
            #expect(try await store.pendingOutbox() == effects.outbox)
            let snapshot = try await store.snapshot(for: Sample.page(rows))
            #expect(snapshot.seen.count == 1000)
            #expect(snapshot.conversations.count == 250)
            #expect(snapshot.conversations.values.allSatisfy { $0.pendingSends == 4 })
            let lines = try await store.transcript(of: Sample.id("u7"))
            #expect(
                lines.filter { $0.who == "customer" }.map(\.text)
                    == ["第7条", "第257条", "第507条", "第757条"])
        },
        Self("names that need quoting come back as they were") { store async throws in
            for name in ["", " ", "a'b\"c", "\\u0041", "%_", "名字😀", "[\"x\"]", "A", "a"] {
                let row = Sample.text("m" + name, from: name, name)
                var effects = Effects()
                effects.inbox = [Effects.InboxRecord(row: row, reason: .noRule, score: nil)]
                effects.conversations = [Conversation(id: Sample.id(name))]
                try await store.commit(effects, for: Sample.page([row]))
                let snapshot = try await store.snapshot(for: Sample.page([row]))
                #expect(snapshot.seen == [row.msgID])
                #expect(Set(snapshot.conversations.keys) == [Sample.id(name)])
                #expect(try await store.transcript(of: Sample.id(name)).map(\.text) == [name])
            }
        },
        Self("a NUL breaks nothing") { store async throws in
            let row = Sample.text("m\0x", from: "a\0b", "hi\0there")
            var effects = Effects()
            effects.inbox = [Effects.InboxRecord(row: row, reason: .noRule, score: nil)]
            effects.conversations = [Conversation(id: Sample.id("a\0b"))]
            effects.outbox = [Sample.entry("m\0x", "a\0b")]
            try await store.commit(effects, for: Sample.page([row]))
            let snapshot = try await store.snapshot(
                for: Sample.page([row, Sample.text("m", from: "a")]))
            #expect(snapshot.seen == ["m\0x"])
            #expect(snapshot.conversations.keys.map(\.customer) == ["a\0b"])
            try await store.settle([Sample.settlement(effects.outbox[0], .done)])
            #expect(try await store.pendingOutbox() == [])
        },
    ]

    // MARK: Outbox

    static let outbox: [Self] = [
        Self("every action comes back as it was, in order") { store async throws in
            var effects = Effects()
            effects.outbox = (Sample.actions + [Sample.call]).enumerated().map {
                Sample.entry("m1", "a", ordinal: $0, action: $1)
            }
            effects.outbox[1].isUncertain = true
            effects.outbox[2].expires = true
            effects.outbox[3].id = ActionID(cause: .timer("t/1"), ordinal: 1056)
            effects.outbox.reverse()
            try await store.commit(effects)
            #expect(try await store.pendingOutbox() == effects.outbox)
        },
        Self("an action can be enqueued once only, whatever became of it") { store async throws in
            var effects = Effects()
            effects.outbox = [Sample.entry("m1", "a")]
            try await store.commit(effects)
            try await store.settle([Sample.settlement(effects.outbox[0], .done)])
            await #expect(throws: StoreError(.constraint, reason: "")) {
                try await store.commit(effects)
            }
        },
        Self("a cancellation withdraws what was pending before, and only that") {
            store async throws in
            let old = [
                Sample.entry("m1", "a"), Sample.entry("m2", "a"), Sample.entry("m3", "b"),
            ]
            var first = Effects()
            first.outbox = old
            try await store.commit(first)
            try await store.settle([Sample.settlement(old[0], .done)])

            let new = Sample.entry("m4", "a")
            var second = Effects()
            second.outbox = [new]
            second.cancelled = [
                Effects.Cancellation(conversation: Sample.id("a"), reason: "human_serving"),
                Effects.Cancellation(conversation: Sample.id("unheard-of"), reason: "x"),
            ]
            try await store.commit(second)
            #expect(try await store.pendingOutbox() == [old[2], new])
            #expect(
                try await store.transcript(of: Sample.id("a")).map(\.reason) == [
                    "rule:退款, done", "rule:退款, cancelled: human_serving", "rule:退款, pending",
                ])
        },
        Self("what happened to an action under way outlives its withdrawal") { store async throws in
            var first = Effects()
            first.outbox = [Sample.entry("m1", "a"), Sample.entry("m2", "a")]
            try await store.commit(first)
            var second = Effects()
            second.cancelled = [Effects.Cancellation(conversation: Sample.id("a"), reason: "x")]
            second.settled = [Sample.settlement(first.outbox[0], .failed, note: "code_used")]
            try await store.commit(second)
            #expect(try await store.pendingOutbox() == [])
            #expect(
                try await store.transcript(of: Sample.id("a")).map(\.reason)
                    == ["rule:退款, failed: code_used", "rule:退款, cancelled: x"])
        },
        Self("the first ending of an action stays") { store async throws in
            var effects = Effects()
            effects.outbox = [Sample.entry("m1", "a")]
            try await store.commit(effects)
            try await store.settle([Sample.settlement(effects.outbox[0], .done)])
            try await store.settle([Sample.settlement(effects.outbox[0], .failed, note: "late")])
            let lines = try await store.transcript(of: Sample.id("a"))
            #expect(lines.map(\.reason) == ["rule:退款, done"])
        },
        Self("settling nothing or something unknown is no error") { store async throws in
            try await store.settle([])
            try await store.settle([Sample.settlement(Sample.entry("m1", "a"), .done)])
            #expect(try await store.pendingOutbox() == [])
        },
        Self("pending sends are counted; codes, transfers and settled ones are not") {
            store async throws in
            var effects = Effects()
            effects.conversations = [
                Conversation(id: Sample.id("a")), Conversation(id: Sample.id("b")),
            ]
            effects.outbox = [
                Sample.entry("m1", "a"), Sample.entry("m2", "a"), Sample.entry("m3", "a"),
                Sample.entry("m4", "a", action: .transfer(.pool)),
                Sample.entry("m5", "a", action: .sendOnEvent("code", .text("x"))),
                Sample.entry("m6", "b"), Sample.entry("m7", "b", action: Sample.call),
            ]
            try await store.commit(effects)
            try await store.settle([Sample.settlement(effects.outbox[1], .failed, note: "x")])
            let rows = [Sample.text("m7", from: "a"), Sample.text("m8", from: "new")]
            let snapshot = try await store.snapshot(for: Sample.page(rows))
            #expect(snapshot.conversations.mapValues(\.pendingSends) == [Sample.id("a"): 2])
            #expect(try await store.conversation(Sample.id("b"))?.pendingSends == 1)
        },
    ]
}

/// Carries what a step was shown out of the transaction.
final class Shown: Sendable {
    private let snapshot = Mutex<Snapshot?>(nil)

    var value: Snapshot? { snapshot.withLock { $0 } }

    func set(_ value: Snapshot) { snapshot.withLock { $0 = value } }
}
