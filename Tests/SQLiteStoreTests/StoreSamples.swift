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

    /// A conversation with nothing at its default.
    static func richConversation(_ customer: String) throws -> Conversation {
        var codes = CodeLedger()
        codes.issued(EventCode("CODE-1"), for: .queued, at: now)
        codes.issued(EventCode("CODE-2"), for: .assigned, at: now + .seconds(1))
        codes.issued(EventCode("CODE-0"), for: .welcome, at: now)
        codes.spent(EventCode("CODE-0"))
        let memory = try JSONDecoder().decode(
            Conversation.Memory.self, from: Data(richMemory.utf8))
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

    /// As rows of released versions hold it: a change that can't read this needs a migration.
    static let richMemory = """
        {"misses":2,"scene":"官网\\"首页\\"","lastRule":"转人工",
        "handover":{"rule":"转人工","waitingText":"请稍候","closing":{"text":{"_0":"再见"}},
        "isUnderWay":true},
        "deferred":[{"msgID":"m0","sentAt":1763700000000,"heardAt":1763700000000,"kind":"text","text":"在吗","menuItem":"w"}]}
        """

    /// Every kind of action an outbox can hold.
    static let actions: [Action] =
        bodies.map { .send($0) } + [
            .sendOnEvent(EventCode("CODE"), .text("欢迎")),
            .sendOnEvent(EventCode("CODE"), .menu(menu)),
            .transfer(.assistant), .transfer(.pool), .transfer(.human(ServicerID("lin"))),
            .transfer(.ended),
        ]

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

    static func published(
        _ id: String, _ definition: RuleSetDefinition = RuleSetDefinition(bundles: []),
        note: String = "第一版", at time: Timestamp = now
    ) -> PublishedVersion {
        PublishedVersion(
            id: RuleSetVersion(id), definition: definition,
            sources: ["rules/a.kf.yml": "bundle: a\n", "rules/b.kf.yml": ""], author: "lin",
            note: note, publishedAt: time)
    }

    /// A rule set that uses every case of every type a definition is made of.
    static var richDefinition: RuleSetDefinition {
        let menu = MenuDefinition(
            name: "主菜单", head: nil,
            items: menu.items.enumerated().map { MenuDefinition.Item(key: "k\($0)", item: $1) },
            tail: "谢谢")
        let triggers: [Trigger] =
            [
                .says("退款"), .saysExactly("你好"), .startsWith("订单"), .matches(#"^\d{6,}$"#),
                .clicks(menu: "主菜单", item: "k0", WireID("m/1")), .event(.enterSession), .noMatch,
            ] + MessageKind.allCases.map { .sends($0) }
        let conditions: [Condition] = [
            .scene("官网*"), .state(Set(StateName.allCases)), .misses(3),
            .any([.misses(1), .not(.all([.scene("*"), .state([.bot])]))]),
        ]
        let rich = RuleDefinition(
            name: "全部", place: SourcePlace(file: "rules/a.kf.yml", line: 3, column: 5),
            priority: .urgent, triggers: triggers, conditions: conditions,
            exceptions: [.state([.ended])],
            reply: [.text("a"), .menu("主菜单")] + bodies.map { .body($0) },
            handoff: HandoffDefinition(
                to: .servicer("lin"), waitingText: "请稍候", ended: .menu("主菜单")),
            end: EndDefinition(goodbye: .text("再见")), examples: ["我要退款", "退钱", "我要退款"],
            notExamples: ["不退款", ""])
        let bare = RuleDefinition(
            name: "空", place: SourcePlace(file: "b", line: 1, column: 1), priority: .low,
            triggers: [], handoff: HandoffDefinition(to: .pool, waitingText: nil, ended: nil),
            end: EndDefinition(goodbye: nil))
        return RuleSetDefinition(bundles: [
            BundleDefinition(
                name: "售后", accounts: ["shop", "apps"],
                menus: [menu, MenuDefinition(name: "空", head: "只有头", items: [], tail: nil)],
                rules: [rich, bare]),
            BundleDefinition(name: "空的", accounts: [], menus: [], rules: []),
            BundleDefinition(name: "第三", accounts: ["other"], menus: [menu], rules: [bare, rich]),
        ])
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
