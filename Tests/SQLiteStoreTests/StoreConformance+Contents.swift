import Boundary
import ChatModel
import Foundation
import Routing
import RuleEngine
import SessionMachine
import Testing

extension StoreConformance {
    // MARK: Timers

    static let timers: [Self] = [
        Self("timers come earliest first, those due only, and no more than asked") {
            store async throws in
            var effects = Effects()
            effects.timersSet = [30, 10, 20].map { seconds in
                Routing.Timer(
                    kind: .sessionExpires, conversation: Sample.id("u\(seconds)"),
                    due: Sample.now + .seconds(seconds))
            }
            try await store.commit(effects)
            let due = Sample.now + .seconds(20)
            let found = try await store.timers(dueBy: due, limit: 10)
            #expect(found.map(\.conversation) == [Sample.id("u10"), Sample.id("u20")])
            #expect(try await store.timers(dueBy: due, limit: 1) == [effects.timersSet[1]])
            #expect(try await store.timers(dueBy: Sample.now, limit: 10) == [])
            #expect(try await store.nextTimer() == Sample.now + .seconds(10))
        },
        Self("setting a timer replaces the one of its kind") { store async throws in
            for seconds in [50, 40] {
                var effects = Effects()
                effects.timersSet = [
                    Routing.Timer(
                        kind: .sessionExpires, conversation: Sample.id("a"),
                        due: Sample.now + .seconds(seconds))
                ]
                try await store.commit(effects)
            }
            let all = try await store.timers(dueBy: Sample.now + .seconds(99), limit: 10)
            #expect(all.map(\.due) == [Sample.now + .seconds(40)])
        },
        Self("a timer that fired goes; one set anew meanwhile, or by the step, stays") {
            store async throws in
            func timer(_ customer: String, _ seconds: Int) -> Routing.Timer {
                Routing.Timer(
                    kind: .sessionExpires, conversation: Sample.id(customer),
                    due: Sample.now + .seconds(seconds))
            }
            var first = Effects()
            first.timersSet = [timer("a", 1), timer("b", 99), timer("c", 1)]
            try await store.commit(first)
            var second = Effects()
            // b's was read when it was due at 1, and has been set to 99 since.
            second.timersFired = [timer("a", 1), timer("b", 1), timer("c", 1)]
            second.timersSet = [timer("c", 50)]
            try await store.commit(second, for: .timers(second.timersFired))
            let left = try await store.timers(dueBy: Sample.now + .seconds(999), limit: 10)
            #expect(left == [timer("c", 50), timer("b", 99)])
        },
    ]

    // MARK: Conversations

    static let conversations: [Self] = [
        Self("a conversation comes back as it was") { store async throws in
            let rich = try Sample.richConversation("a")
            var effects = Effects()
            effects.conversations = [rich, Conversation(id: Sample.id("b"))]
            try await store.commit(effects)
            #expect(try await store.conversation(Sample.id("a")) == rich)
            #expect(
                try await store.conversation(Sample.id("b")) == Conversation(id: Sample.id("b")))
            #expect(try await store.isEmpty() == false)
            let work = Work.timers([
                Routing.Timer(kind: .sessionExpires, conversation: rich.id, due: Sample.now)
            ])
            #expect(try await store.snapshot(for: work).conversations == [rich.id: rich])
        },
        Self("of a spent code nothing but that it is spent is remembered") { store async throws in
            var codes = CodeLedger()
            codes.issued("CODE", for: .welcome, at: Sample.now)
            codes.spent("CODE")
            var effects = Effects()
            effects.conversations = [
                Conversation(
                    id: Sample.id("a"),
                    session: SessionMachine(
                        state: .untreated, startedAt: nil, changedAt: nil, window: ReplyWindow(),
                        codes: codes, customerRejects: false),
                    memory: Conversation.Memory(), pendingSends: 0)
            ]
            try await store.commit(effects)
            #expect(try await store.conversation(Sample.id("a"))?.session.codes == codes)
        },
        Self("a later state of a conversation replaces the earlier one whole") {
            store async throws in
            for conversation in [
                try Sample.richConversation("a"), Conversation(id: Sample.id("a")),
            ] {
                var effects = Effects()
                effects.conversations = [conversation]
                try await store.commit(effects)
                #expect(try await store.conversation(Sample.id("a")) == conversation)
            }
        },
        Self("a customer is someone else on another account") { store async throws in
            var effects = Effects()
            effects.conversations = [try Sample.richConversation("a")]
            effects.outbox = [Sample.entry("m1", "a")]
            try await store.commit(effects)
            let other = Sample.id("a", account: "wkOTHER")
            #expect(try await store.conversation(other) == nil)
            effects.conversations = [Conversation(id: other)]
            effects.outbox[0].conversation = other
            try await store.commit(effects)
            #expect(try await store.conversation(other)?.session == SessionMachine())
            #expect(try await store.conversation(Sample.id("a"))?.pendingSends == 1)
        },
        Self("answered: by us, or by a servicer; not in vain, and not by a transfer") {
            store async throws in
            let servicer = Inbound(
                msgID: "s1", account: Sample.account, sentAt: Sample.now,
                content: .fromServicer("lin", to: "served", .text("在的", menuItem: nil)))
            let rows = [servicer, Sample.text("m9", from: "unanswered")]
            var effects = Effects()
            effects.inbox = rows.map {
                Effects.InboxRecord(row: $0, reason: .noRule, score: nil)
            }
            effects.outbox = [
                Sample.entry("m1", "done"), Sample.entry("m2", "pending"),
                Sample.entry("m3", "failed"),
                Sample.entry("m4", "moved", action: .transfer(.pool)),
                Sample.entry("m5", "welcomed", action: .sendOnEvent("c", .text("欢迎"))),
                Sample.entry("m6", "looked-up", action: Sample.call),
            ]
            try await store.commit(effects)
            try await store.settle([
                Sample.settlement(effects.outbox[0], .done),
                Sample.settlement(effects.outbox[2], .failed, note: "window_closed"),
            ])
            let asked: Set<ExternalUserID> = [
                "served", "unanswered", "done", "failed", "moved", "welcomed", "looked-up",
                "stranger",
            ]
            #expect(
                try await store.answeredCustomers(of: Sample.account, among: asked)
                    == ["served", "done", "welcomed"])
            #expect(
                try await store.answeredCustomers(of: Sample.account, among: ["pending"])
                    == ["pending"])
            #expect(try await store.answeredCustomers(of: "wkOTHER", among: asked).isEmpty)
            #expect(try await store.answeredCustomers(of: Sample.account, among: []).isEmpty)
        },
        Self("a transcript tells what came, what happened and what was sent, in order") {
            store async throws in
            let tap = Inbound(
                msgID: "m2", account: Sample.account, sentAt: Sample.now - .seconds(60),
                content: .fromCustomer("a", .text("退款", menuItem: "w1")))
            let image = Inbound(
                msgID: "m3", account: Sample.account, sentAt: Sample.now + .seconds(60),
                content: .fromCustomer("a", .image("media")))
            var first = Effects()
            first.inbox = [
                Effects.InboxRecord(row: tap, reason: .rule("退款"), score: 100),
                Effects.InboxRecord(row: Sample.text("m4", from: "b"), reason: .noRule, score: nil),
            ]
            first.outbox = [
                Sample.entry("m2", "a", action: .send(.menu(Sample.menu))),
                Sample.entry("m2", "a", ordinal: 1, action: .transfer(.human("lin"))),
            ]
            first.journal = [
                Effects.JournalEntry(
                    conversation: Sample.id("a"), account: Sample.account, at: Sample.now,
                    what: "session:4→0"),
                Effects.JournalEntry(
                    conversation: nil, account: Sample.account, at: Sample.now,
                    what: "servicer_stopped"),
            ]
            try await store.commit(first)
            var second = Effects()
            second.inbox = [
                Effects.InboxRecord(row: image, reason: .refused(.humanServing), score: nil)
            ]
            try await store.commit(second, now: Sample.now + .seconds(120))

            func line(
                _ at: Timestamp, _ who: String, _ kind: String, _ text: String, _ reason: String,
                score: Double? = nil, version: RuleSetVersion? = Sample.version,
                msgID: MsgID? = nil
            ) -> TranscriptLine {
                TranscriptLine(
                    at: at, who: who, kind: kind, text: text, reason: reason, score: score,
                    version: version, msgID: msgID)
            }
            #expect(
                try await store.transcript(of: Sample.id("a")) == [
                    line(
                        tap.sentAt, "customer", "text", "退款", "rule:退款", score: 100,
                        msgID: tap.msgID),
                    line(Sample.now, "note", "note", "", "session:4→0", version: nil),
                    line(
                        Sample.now, "bot", "send", "请选择\n退款\n官网\n小程序\n——\n谢谢",
                        "rule:退款, pending"),
                    line(Sample.now, "bot", "transfer", "human: lin", "rule:退款, pending"),
                    line(
                        image.sentAt, "customer", "image", "", "human_serving", msgID: image.msgID),
                ])
        },
        Self("every kind of row is kept and shown") { store async throws in
            let contents: [Inbound.Content] = [
                .fromCustomer("a", .voice("v")), .fromCustomer("a", .other(type: "meeting")),
                .fromServicer(nil, to: "a", .text("在", menuItem: nil)),
                .event(.entered("a", Entrance(scene: "官网", welcomeCode: "code"))),
                .event(.sessionChanged("a", .pickedUp(by: "lin", code: "code"))),
                .event(.unknown(type: "brand_new", customer: "a")),
                .unknown(origin: 9, customer: "a"),
                .event(.servicerStatusChanged("lin", .paused)),
            ]
            let rows = contents.enumerated().map {
                Inbound(
                    msgID: MsgID("m\($0)"), account: Sample.account, sentAt: Sample.now, content: $1
                )
            }
            var effects = Effects()
            effects.inbox = rows.map {
                Effects.InboxRecord(row: $0, reason: .observed("x"), score: nil)
            }
            try await store.commit(effects, for: Sample.page(rows))
            #expect(try await store.snapshot(for: Sample.page(rows)).seen.count == rows.count)
            #expect(
                try await store.transcript(of: Sample.id("a")).map { "\($0.who) \($0.kind)" } == [
                    "customer voice", "customer other", "servicer text", "event enter_session",
                    "event session_status_change", "event brand_new", "event origin:9",
                ])
        },
    ]

    // MARK: Versions

    static let versions: [Self] = [
        Self("a version comes back equal to what was published") { store async throws in
            let version = Sample.published("v1", Sample.richDefinition)
            try await store.publish(version, activate: false)
            #expect(try await store.version("v1") == version)
            #expect(try await store.activeVersionID() == nil)
            #expect(try await store.activeVersion() == nil)
            #expect(try await store.version("v2") == nil)
        },
        Self("publish, activate, roll back: the last activation counts") { store async throws in
            let first = Sample.published("v1", Sample.richDefinition)
            let second = Sample.published("v2", note: "第二版", at: Sample.now + .seconds(10))
            try await store.publish(first, activate: true)
            try await store.publish(second, activate: true)
            #expect(try await store.activeVersion() == second)
            try await store.activate("v1", by: "wang", note: "回退", at: Sample.now + .seconds(20))
            #expect(try await store.activeVersionID() == "v1")
            #expect(try await store.activeVersion() == first)
            #expect(
                try await store.versions() == [
                    VersionSummary(
                        id: "v2", author: "lin", note: "第二版",
                        publishedAt: Sample.now + .seconds(10),
                        activatedAt: Sample.now + .seconds(10), isActive: false, rules: 0),
                    VersionSummary(
                        id: "v1", author: "lin", note: "第一版", publishedAt: Sample.now,
                        activatedAt: Sample.now + .seconds(20), isActive: true, rules: 10),
                ])
        },
        Self("publishing stored content again only activates it") { store async throws in
            try await store.publish(Sample.published("v1"), activate: true)
            try await store.publish(Sample.published("v2"), activate: true)
            let again = Sample.published("v1", note: "又一次", at: Sample.now + .seconds(30))
            try await store.publish(again, activate: false)
            #expect(try await store.activeVersionID() == "v2")
            try await store.publish(again, activate: true)
            #expect(try await store.activeVersionID() == "v1")
            let kept = try #require(try await store.versions().last)
            #expect(kept.note == "第一版" && kept.publishedAt == Sample.now)
            #expect(kept.activatedAt == Sample.now + .seconds(30))
            #expect(try await store.versions().count == 2)
        },
        Self("what is not stored can't be activated") { store async throws in
            try await store.publish(Sample.published("v1"), activate: true)
            await #expect(throws: StoreError(.notFound, reason: "")) {
                try await store.activate("v9", by: "lin", note: "", at: Sample.now)
            }
            #expect(try await store.activeVersionID() == "v1")
        },
    ]
}
