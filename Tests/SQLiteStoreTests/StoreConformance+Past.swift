import Boundary
import ChatModel
import Foundation
import Routing
import RuleEngine
import Testing

extension StoreConformance {
    /// Everything an inbox row can say.
    static let contents: [Inbound.Content] = {
        let bodies: [MessageBody] = [
            .text("退款", menuItem: nil), .text("退款", menuItem: "w/1"), .text("", menuItem: nil),
            .image("media"), .voice("media"), .video("media"), .file("media"),
            .location(
                MessageBody.Location(
                    latitude: 23.106_021, longitude: 113.320_107, name: "店", address: "路1号")),
            .link(.init(title: "标题", url: "https://example.com")),
            .link(.init(title: "标题", description: "字", url: "https://e", pictureURL: "https://p")),
            .businessCard("lin"),
            .miniprogram(.init(appID: "wx", title: "程序", pagePath: "p.html", thumbnail: "M")),
            .menu(
                .init(
                    head: "选", items: [.click(id: "a", label: "A"), .text("字", noNewline: true)],
                    tail: nil)),
            .shopProduct(.init(id: "p1", title: "鞋", priceFen: 1990, shop: "店")),
            .shopOrder(.init(id: "o1", title: "单", price: "¥19.90", state: "paid")),
            .mergedMessages(
                .init(
                    title: "记录",
                    items: [
                        .init(
                            sentAt: Sample.now, sender: "林",
                            body: .mergedMessages(
                                .init(title: "", items: [.init(body: .text("好", menuItem: nil))])))
                    ])),
            .channels(.init(kind: .live, nickname: "号", title: "视频")), .other(type: "meeting"),
        ]
        let full = Entrance(
            scene: "官网", sceneParameter: "a=1&b", welcomeCode: "CODE", channelsScene: 2)
        let changes: [SessionChange] = [
            .pickedUp(by: "lin", code: "CODE"), .pickedUp(by: "lin", code: nil),
            .transferred(from: "lin", to: "wang"), .transferred(from: nil, to: "wang"),
            .ended(by: "lin", code: "CODE"), .ended(by: nil, code: nil),
            .reopened(from: "lin", by: "wang"), .reopened(from: nil, by: "wang"),
            .unknown(type: 9),
        ]
        let events: [Event] =
            [.entered("a", full), .entered("a", Entrance())]
            + changes.map { .sessionChanged("a", $0) } + [
                .sendFailed("a", message: "m0", .overMessageLimit),
                .sendFailed("a", message: "m0", .other(99)),
                .servicerStatusChanged("lin", .receiving),
                .servicerStatusChanged("lin", .stopped), .servicerStatusChanged("lin", .paused),
                .customerRecalled("a", message: "m0"),
                .servicerRecalled("a", "lin", message: "m0"),
                .servicerRecalled("a", nil, message: "m0"),
                .rejectSwitched("a", "lin", rejects: true),
                .rejectSwitched("a", nil, rejects: false),
                .unknown(type: "brand_new", customer: "a"),
                .unknown(type: "brand_new", customer: nil),
            ]
        return bodies.map { .fromCustomer("a", $0) }
            + bodies.map { .fromServicer("lin", to: "a", $0) }
            + [.fromServicer(nil, to: "a", .image("media"))] + events.map { .event($0) }
            + [.unknown(origin: 9, customer: "a"), .unknown(origin: 10, customer: nil)]
    }()

    private static func row(_ id: String, _ content: Inbound.Content) -> Inbound {
        Inbound(
            msgID: MsgID(id), account: Sample.account, sentAt: Sample.now, content: content,
            raw: #"{"msgid":"\#(id)"}"#)
    }

    static let lookingBack: [Self] =
        audits + [
            Self("every kind of row comes back as it was") { store async throws in
                let rows = contents.enumerated().map { row("m\($0)", $1) }
                var effects = Effects()
                effects.inbox = rows.map {
                    Effects.InboxRecord(row: $0, reason: .observed("x"), score: nil)
                }
                try await store.commit(effects)
                for row in rows { #expect(try await store.decision(of: row.msgID)?.row == row) }
                let log = try await store.conversationLog(Sample.id("a"))
                #expect(log.count == rows.filter { $0.customer != nil }.count)
            },
            Self("a decision comes back with all it looked at") { store async throws in
                var elsewhen = Sample.richFacts
                elsewhen.now = Sample.now - .seconds(1)
                let facts: [Facts?] = [
                    Sample.richFacts, elsewhen, nil, Facts(), Facts(now: Sample.now),
                    Facts(scene: "", state: 4, misses: 3, now: Sample.now, account: "shop"),
                    Facts(now: Sample.now, isReturning: true, language: "en"),
                    Facts(now: Sample.now, values: ["": ""]), Facts(now: Sample.now, flow: "退货"),
                    Facts(now: Sample.now, tags: ["会员"]),
                    Facts(now: Sample.now, answered: ["优惠": Sample.now]),
                ]
                let records = facts.enumerated().map { index, facts in
                    Effects.InboxRecord(
                        row: Sample.text("m\(index)", from: "a"), reason: .askedBack(["一", "二"]),
                        score: index == 2 ? nil : 80.5, facts: facts,
                        version: index == 0 ? "v-canary" : nil)
                }
                var effects = Effects()
                effects.inbox = records
                try await store.commit(effects)
                for record in records {
                    #expect(
                        try await store.decision(of: record.row.msgID)
                            == RecordedDecision(
                                row: record.row, facts: record.facts,
                                version: record.version ?? Sample.version,
                                reason: "asked_back:一,二", score: record.score, at: Sample.now))
                }
                #expect(try await store.decision(of: "m99") == nil)
            },
            Self("an action bears the version that decided the row it answers") {
                store async throws in
                var effects = Effects()
                effects.inbox = [
                    Effects.InboxRecord(
                        row: Sample.text("m1", from: "a"), reason: .rule("退款"), score: 80,
                        version: "v-canary"),
                    Effects.InboxRecord(
                        row: Sample.text("m2", from: "a"), reason: .rule("退款"), score: 80),
                ]
                effects.outbox = [Sample.entry("m1", "a"), Sample.entry("m2", "a")]
                try await store.commit(effects)
                let versions = try await store.conversationLog(Sample.id("a")).compactMap { entry in
                    if case .action(let action) = entry { action.version } else { nil }
                }
                #expect(versions == ["v-canary", Sample.version])
            },
            Self("traffic is what customers wrote since then, the latest, in order") {
                store async throws in
                for hour in 0..<6 {
                    var effects = Effects()
                    effects.inbox = ["a", "b"].map { customer in
                        Effects.InboxRecord(
                            row: Sample.text("m\(hour)\(customer)", from: customer, "第\(hour)条"),
                            reason: .rule("退款"), score: 81, facts: Sample.richFacts)
                    }
                    effects.inbox += [
                        Effects.InboxRecord(
                            row: row("e\(hour)", .event(.entered("a", Entrance()))),
                            reason: .noRule, score: nil),
                        Effects.InboxRecord(
                            row: row("s\(hour)", .fromServicer("lin", to: "a", .image("media"))),
                            reason: .servicerSpoke, score: nil),
                    ]
                    try await store.commit(effects, now: Sample.now + .seconds(hour * 3600))
                }
                for (hour, limit, expected) in [
                    (4, 100, ["m4a", "m4b", "m5a", "m5b"]), (0, 3, ["m4b", "m5a", "m5b"]),
                    (6, 100, []), (0, 0, []),
                ] {
                    let since = Sample.now + .seconds(hour * 3600)
                    let found = try await store.traffic(since: since, limit: limit)
                    #expect(found.map(\.row.msgID.rawValue) == expected)
                }
                let all = try await store.traffic(since: Timestamp(milliseconds: 0), limit: 100)
                #expect(all.count == 12)
                let last = try #require(
                    try await store.traffic(since: Sample.now, limit: 1).first)
                #expect(last.row.content == .fromCustomer("b", .text("第5条", menuItem: nil)))
                #expect(last.stimulus == .text("第5条", menuItem: nil))
                #expect(last.reason == "rule:退款" && last.version == Sample.version)
                var facts = Sample.richFacts
                facts.now = Sample.now
                #expect(last.facts == facts)
            },
            Self("a log tells everything of a conversation in the order it was learned") {
                store async throws in
                let rows = [
                    row("m1", .event(.entered("a", Entrance(scene: "官网", welcomeCode: "C")))),
                    Sample.text("m2", from: "a"),
                ]
                let note = Effects.JournalEntry(
                    conversation: Sample.id("a"), account: Sample.account, at: Sample.now,
                    what: "session:4→0")
                let entries = [
                    Sample.entry("m1", "a", action: .sendOnEvent("C", .text("欢迎"))),
                    Sample.entry("m2", "a", action: .transfer(.human("lin"))),
                    Sample.entry("m2", "a", ordinal: 1, action: Sample.call),
                ]
                var first = Effects()
                first.inbox = rows.map {
                    Effects.InboxRecord(row: $0, reason: .rule("退款"), score: 81)
                }
                first.inbox.append(
                    Effects.InboxRecord(
                        row: Sample.text("other", from: "b"), reason: .noRule, score: nil))
                first.journal = [note]
                first.outbox = entries
                try await store.commit(first)
                try await store.settle([
                    Sample.settlement(entries[0], .done),
                    Sample.settlement(entries[1], .failed, note: "servicer_unavailable"),
                ])
                let late = row("m3", .fromServicer("lin", to: "a", .text("在", menuItem: nil)))
                var second = Effects()
                second.inbox = [
                    Effects.InboxRecord(row: late, reason: .servicerSpoke, score: nil)
                ]
                try await store.commit(second, now: Sample.now + .seconds(3))

                func decided(_ row: Inbound, _ reason: String, _ score: Double?, at: Timestamp)
                    -> LogEntry
                {
                    .row(
                        RecordedDecision(
                            row: row, facts: nil, version: Sample.version, reason: reason,
                            score: score, at: at))
                }
                func acted(
                    _ entry: OutboxEntry, _ status: OutboxStatus, _ note: String = ""
                ) -> LogEntry {
                    .action(
                        RecordedAction(
                            entry: entry, version: Sample.version, status: status, note: note,
                            settledAt: status == .pending ? nil : Sample.now + .seconds(1)))
                }
                #expect(
                    try await store.conversationLog(Sample.id("a")) == [
                        decided(rows[0], "rule:退款", 81, at: Sample.now),
                        decided(rows[1], "rule:退款", 81, at: Sample.now),
                        .note(note), acted(entries[0], .done),
                        acted(entries[1], .failed, "servicer_unavailable"),
                        acted(entries[2], .pending),
                        decided(late, "servicer_spoke", nil, at: Sample.now + .seconds(3)),
                    ])
            },
            Self("recent conversations come latest first, each once, with the last decision") {
                store async throws in
                #expect(try await store.recentConversations(limit: 5) == [])
                var effects = Effects()
                effects.inbox = [
                    .init(row: Sample.text("m1", from: "a"), reason: .rule("退款"), score: 81),
                    .init(row: Sample.text("m2", from: "b"), reason: .rule("退款"), score: 81),
                    .init(
                        row: Sample.text("m3", from: "a"), reason: .refused(.humanServing),
                        score: nil),
                ]
                try await store.commit(effects)
                let found = try await store.recentConversations(limit: 5)
                #expect(found.map(\.id) == [Sample.id("a"), Sample.id("b")])
                #expect(found.map(\.reason) == ["human_serving", "rule:退款"])
                #expect(
                    try await store.conversation(numbered: found[0].number) == Sample.id("a"))
                #expect(try await store.recentConversations(limit: 1) == [found[0]])
            },
            Self("a conversation has a number, and is found by it and by its customer") {
                store async throws in
                let ids = [
                    Sample.id("a"), Sample.id("b"), Sample.id("a", account: "wkOTHER"),
                    Sample.id("a", account: "wkANOTHER"),
                ]
                var effects = Effects()
                effects.conversations = ids.map { Conversation(id: $0) }
                try await store.commit(effects)
                var numbers: Set<Int> = []
                for id in ids {
                    let number = try #require(try await store.number(of: id))
                    #expect(try await store.conversation(numbered: number) == id)
                    numbers.insert(number)
                }
                #expect(numbers.count == 4)
                #expect(try await store.conversations(of: "a") == [ids[3], ids[0], ids[2]])
                #expect(try await store.conversations(of: "c") == [])
            },
        ]
}
