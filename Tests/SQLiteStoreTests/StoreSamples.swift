import Boundary
import ChatModel
import Foundation
import Routing
import RuleEngine
import SessionMachine
import Testing

/// Values with every field set, and short ways to make steps.
enum Sample {
    static let account = OpenKfID("wkDEMO0000000000000001")
    static let version = RuleSetVersion("v-0001")
    static let now = Timestamp(seconds: 1_763_700_000)

    static func id(_ customer: String, account: OpenKfID = account) -> ConversationID {
        ConversationID(account: account, customer: ExternalUserID(customer))
    }

    static func text(_ msgID: String, from customer: String, _ words: String = "退款") -> Inbound {
        Inbound(
            msgID: MsgID(msgID), account: account, sentAt: now,
            content: .fromCustomer(ExternalUserID(customer), .text(words, menuItem: nil)),
            raw: #"{"msgid":"\#(msgID)"}"#)
    }

    static func page(_ rows: [Inbound], next: String = "c1") -> Work {
        .page(
            Work.Page(
                account: account, rows: rows, next: SyncCursor(next), token: SyncToken("token")))
    }

    static func entry(
        _ cause: String, _ customer: String, ordinal: Int = 0,
        action: Action = .send(.text("您好"))
    ) -> OutboxEntry {
        OutboxEntry(
            id: ActionID(cause: .inbound(MsgID(cause)), ordinal: ordinal),
            conversation: id(customer), action: action, decidedAt: now,
            deadline: now + OutboxEntry.softTarget, expires: false, reason: "rule:退款")
    }

    static func settlement(
        _ entry: OutboxEntry, _ status: OutboxStatus, note: String = ""
    ) -> Effects.Settlement {
        Effects.Settlement(
            id: entry.id, conversation: entry.conversation, status: status, note: note,
            at: now + .seconds(1))
    }

    /// A conversation with nothing at its default; with `richMemoryV1` as released rows hold it.
    static func richConversation(
        _ customer: String, memory json: String = richMemory
    ) throws -> Conversation {
        var codes = CodeLedger()
        codes.issued(EventCode("CODE-1"), for: .queued, at: now)
        codes.issued(EventCode("CODE-2"), for: .assigned, at: now + .seconds(1))
        codes.issued(EventCode("CODE-0"), for: .welcome, at: now)
        codes.spent(EventCode("CODE-0"))
        let memory = try JSONDecoder().decode(
            Conversation.Memory.self, from: Data(json.utf8))
        return Conversation(
            id: id(customer),
            session: SessionMachine(
                state: .human(ServicerID("lin zhu guan")), startedAt: now,
                changedAt: now + .seconds(3),
                window: ReplyWindow(
                    openedAt: now + .seconds(2), ordered: 4, orderedAt: now + .seconds(4)),
                codes: codes,
                customerRejects: true),
            memory: memory, pendingSends: 0)
    }

    /// As rows of the first version hold it: a change that can't read this needs a migration.
    static let richMemoryV1 = """
        {"misses":2,"scene":"官网\\"首页\\"","lastRule":"转人工",
        "handover":{"rule":"转人工","waitingText":"请稍候","closing":{"text":{"_0":"再见"}},
        "isUnderWay":true},
        "deferred":[{"msgID":"m0","sentAt":1763700000000,"heardAt":1763700000000,"kind":"text","text":"在吗","menuItem":"w"}]}
        """

    /// As rows of the second version hold it.
    static let richMemory = """
        {"misses":2,"scene":"官网\\"首页\\"","lastRule":"转人工",
        "handover":{"rule":"转人工","waitingText":"请稍候","closing":{"text":{"_0":"再见"}},
        "transfer":{"cause":{"inbound":{"_0":"m0"}},"ordinal":1},"survey":"满意度",
        "policy":"售后组","servicer":"lin","isPickedUp":true,"isUnderWay":true,
        "overdue":{"within":[16,4852094820647174144],"version":"v-overdue",
        "fallback":{"policy":{"_0":"留言"}}}},
        "closing":{"cause":{"timer":{"_0":"t"}},"ordinal":0},
        "deferred":[{"msgID":"m0","sentAt":1763700000000,"heardAt":1763700000000,"kind":"text","text":"在吗","menuItem":"w"}],
        "flow":{"frames":[{"flow":"退货","at":3},{"flow":"查订单","at":0}],"rule":"退货",
        "version":"v-flow","asked":2,"call":{"cause":{"inbound":{"_0":"m0"}},"ordinal":2}},
        "values":{"订单号":"12345678","订单.状态":""},"lasting":{"手机":"13800000000"},
        "tags":["老客户","会员"],
        "survey":{"survey":"满意度","servicer":"lin","rule":"转人工","endedAt":1763700000000,
        "version":"v-survey"},
        "sessions":3,"lastServed":{"servicer":"lin","until":1763699999000},"language":"en",
        "numberedMenu":"主菜单","answered":{"优惠":1763600000000},"version":"v-canary"}
        """

    /// Every kind of action the first version's outbox could hold.
    static let actions: [Action] =
        bodies.map { .send($0) } + [
            .sendOnEvent(EventCode("CODE"), .text("欢迎")),
            .sendOnEvent(EventCode("CODE"), .menu(menu)),
            .transfer(.assistant), .transfer(.pool), .transfer(.human(ServicerID("lin"))),
            .transfer(.ended),
        ]

    /// A request to a company's system.
    static let upgrade = Action.upgrade(.member("anna", wording: "专属顾问"))

    static let call = Action.call(
        CompanyCall(
            service: "订单系统", operation: "查询",
            parameters: [
                CompanyCall.Parameter(name: "order", value: "12345678"),
                CompanyCall.Parameter(name: "", value: "两行\n\"引号\""),
            ], timeout: .milliseconds(2500)))

    static let menu = OutgoingBody.Menu(
        head: "请选择",
        items: [
            .click(id: WireID("m/1"), label: "退款"),
            .view(url: "https://example.com/?a=1&b=2", label: "官网"),
            .miniprogram(appID: "wx1", pagePath: "a/b.html?x", label: "小程序"),
            .text("——", noNewline: true),
        ], tail: "谢谢")

    static let bodies: [OutgoingBody] = [
        .text("两行\n\"引号\" \\ 😀"), .text(""), .image(MediaID("i")), .voice(MediaID("v")),
        .video(MediaID("w")), .file(MediaID("f")),
        .link(
            OutgoingBody.Link(
                title: "标题", description: nil, url: "https://example.com",
                thumbnail: MediaID("t"))),
        .miniprogram(
            OutgoingBody.Miniprogram(
                appID: "wx", title: "程序", thumbnail: MediaID("t"), pagePath: "p.html")),
        .menu(menu),
        .location(
            MessageBody.Location(
                latitude: 23.106_021, longitude: 113.320_107, name: "店", address: "路1号")),
        .acquisitionLink("https://work.weixin.qq.com/ca/x"),
    ]

    /// Facts with nothing at its default but the time, which is that of the decision.
    static let richFacts = Facts(
        scene: "官网", state: 1, misses: 2, now: now, account: "shop",
        values: ["订单号": "12345678", "订单.状态": ""], flow: "退货", isReturning: true,
        tags: ["会员", "老客户"], language: "zh", answered: ["优惠": now - .seconds(9)])

    static let roster: [RosterRow] = [
        RosterRow(
            account: account, servicer: "lin", isReceiving: true, load: 3,
            assignedAt: now - .seconds(5)),
        RosterRow(account: account, servicer: "wang", isReceiving: false),
        RosterRow(account: account, servicer: "zhao"),
    ]

    static func surveyAnswer(
        _ customer: String, _ mark: String = "5", at time: Timestamp = now
    ) -> Effects.SurveyAnswer {
        Effects.SurveyAnswer(
            conversation: id(customer), survey: "满意度", mark: mark, servicer: "lin",
            rule: "转人工", endedAt: now - .seconds(60), at: time)
    }

    static func canary(_ id: String, _ share: Double = 0.125) -> Canary {
        Canary(
            version: RuleSetVersion(id), share: share, author: "wang", note: "试一试",
            at: now + .seconds(5))
    }

    static func notice(_ name: String, until time: Timestamp = now + .seconds(60)) -> LiveNotice {
        LiveNotice(
            name: NoticeName(name), bundle: "售后", account: "shop", words: ["快递", "\"到\"哪"],
            text: "华东暴雨，快递会晚到。", until: time, author: "lin", at: now)
    }

    /// A stand-in for the hash that leaves the house: FNV-1a.
    static let hash: @Sendable ([UInt8]) -> String = { bytes in
        String(
            bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 },
            radix: 16)
    }

    static func published(
        _ id: String, _ definition: RuleSetDefinition = RuleSetDefinition(bundles: []),
        note: String = "第一版", at time: Timestamp = now
    ) -> PublishedVersion {
        PublishedVersion(
            id: RuleSetVersion(id), definition: definition,
            sources: ["rules/a.kf.yml": "bundle: a\n", "rules/b.kf.yml": ""], author: "lin",
            note: note, publishedAt: time)
    }
}

extension ConversationStore {
    /// A step that decides `effects`, whatever the store knows.
    @discardableResult
    func commit(
        _ effects: Effects, for work: Work = .timers([]), now: Timestamp = Sample.now
    ) async throws -> Effects {
        try await commit(work, version: Sample.version, now: now) { _ in effects }
    }

    /// What a step that does nothing is shown.
    func snapshot(for work: Work) async throws -> Snapshot {
        let shown = Shown()
        _ = try await commit(work, version: nil, now: Sample.now) { snapshot in
            shown.set(snapshot)
            return Effects()
        }
        return try #require(shown.value)
    }
}
