import Boundary
import ChatModel
import Testing
import WeComKF

/// The limits of every call but the messages', on both sides: the last value that is sent, and the
/// first that is refused here, under the platform's code and in its unit.
@Suite struct FieldLimitTests {
    struct Limit: Sendable, CustomTestStringConvertible {
        let name: String
        let code: Int
        let words: String
        let allowed: @Sendable (WeComKFClient) async throws -> Void
        let refused: @Sendable (WeComKFClient) async throws -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ code: Int, _ words: String,
            allows allowed: @escaping @Sendable (WeComKFClient) async throws -> Void,
            refuses refused: @escaping @Sendable (WeComKFClient) async throws -> Void
        ) {
            self.name = name
            self.code = code
            self.words = words
            self.allowed = allowed
            self.refused = refused
        }
    }

    private static func text(_ count: Int, _ character: String = "字") -> String {
        String(repeating: character, count: count)
    }
    private static func account(_ bytes: Int) -> OpenKfID { OpenKfID("wk" + text(bytes - 2, "x")) }
    private static let today = ChinaDay(of: TestClock().now)

    static let limits: [Limit] =
        accounts + others + conversations + pulls + statistics + knowledge

    private static let accounts = [
        Limit(
            "kf/account/add name", 95006, "name is 17 characters; the platform takes 16",
            allows: { _ = try await $0.addAccount(name: text(16), avatar: "M") },
            refuses: { _ = try await $0.addAccount(name: text(17), avatar: "M") }),
        Limit(
            "kf/account/add empty name", 95006, "name is empty",
            allows: { _ = try await $0.addAccount(name: "客", avatar: "M") },
            refuses: { _ = try await $0.addAccount(name: "", avatar: "M") }),
        Limit(
            "kf/account/add media_id", 40058, "media_id is 129 bytes; the platform takes 128",
            allows: { _ = try await $0.addAccount(name: "客", avatar: MediaID(text(128, "M"))) },
            refuses: { _ = try await $0.addAccount(name: "客", avatar: MediaID(text(129, "M"))) }),
        Limit(
            "kf/account/del open_kfid", 95000, "open_kfid is 65 bytes; the platform takes 64",
            allows: { try await $0.deleteAccount(account(64)) },
            refuses: { try await $0.deleteAccount(account(65)) }),
        Limit(
            "kf/account/update name", 95006, "name is 17 characters; the platform takes 16",
            allows: { try await $0.updateAccount(shop, name: text(16), avatar: nil) },
            refuses: { try await $0.updateAccount(shop, name: text(17), avatar: nil) }),
        Limit(
            "kf/account/update nothing", 40058, "nothing would change",
            allows: { try await $0.updateAccount(shop, name: nil, avatar: "M") },
            refuses: { try await $0.updateAccount(shop, name: nil, avatar: nil) }),
        Limit(
            "kf/add_contact_way scene", 40058, "scene is 33 bytes; the platform takes 32",
            allows: { _ = try await $0.addContactWay(to: shop, scene: text(32, "a")) },
            refuses: { _ = try await $0.addContactWay(to: shop, scene: text(33, "a")) }),
        Limit(
            "kf/add_contact_way scene's characters", 40058, "scene has other characters",
            allows: { _ = try await $0.addContactWay(to: shop, scene: "a-Z_9") },
            refuses: { _ = try await $0.addContactWay(to: shop, scene: "a b") }),
        Limit(
            "kf/add_contact_way scene_param", 40058,
            "scene_param is 129 bytes; the platform takes 128",
            allows: { _ in _ = try way.url(with: text(128, "p")) },
            refuses: { _ in _ = try way.url(with: text(129, "p")) }),
        Limit(
            "kf/add_contact_way scene_param of an old link", 40058, "takes none",
            allows: { _ in _ = try way.url(with: "p") },
            refuses: { _ in
                _ = try ContactWay(url: "https://work.weixin.qq.com/kf/kfc1?encScene=E").url(
                    with: "p")
            }),
    ]

    private static let way = ContactWay(url: "https://work.weixin.qq.com/kf/kfc1?enc_scene=E")

    private static let others = [
        Limit(
            "kf/servicer/add nobody", 40058, "both empty",
            allows: { _ = try await $0.addServicers(to: shop, members: [], departments: [1]) },
            refuses: { _ = try await $0.addServicers(to: shop, members: []) }),
        Limit(
            "kf/servicer/del department", 60003, "ids count from 1",
            allows: { _ = try await $0.removeServicers(from: shop, members: [], departments: [1]) },
            refuses: {
                _ = try await $0.removeServicers(from: shop, members: [], departments: [0])
            }),
        Limit(
            "kf/customer/upgrade_service member", 95021, "member.userid is empty",
            allows: { try await $0.upgrade(conversation, to: .member("anna", wording: nil)) },
            refuses: { try await $0.upgrade(conversation, to: .member("", wording: nil)) }),
        Limit(
            "kf/customer/upgrade_service group", 95021, "groupchat.chat_id is empty",
            allows: { try await $0.upgrade(conversation, to: .group("wr1", wording: "")) },
            refuses: { try await $0.upgrade(conversation, to: .group("", wording: nil)) }),
    ]

    private static func talk(
        _ account: OpenKfID = shop, _ customer: ExternalUserID = lin
    ) -> ConversationID {
        ConversationID(account: account, customer: customer)
    }

    private static let long = "open_kfid is 65 bytes; the platform takes 64"

    private static let conversations = [
        Limit(
            "kf/send_msg touser", 40096, "touser is empty",
            allows: { _ = try await $0.send(.text("x"), id: "", to: talk()) },
            refuses: { _ = try await $0.send(.text("x"), id: "", to: talk(shop, "")) }),
        Limit(
            "kf/send_msg open_kfid", 95000, long,
            allows: { _ = try await $0.send(.text("x"), id: "", to: talk(account(64))) },
            refuses: { _ = try await $0.send(.text("x"), id: "", to: talk(account(65))) }),
        Limit(
            "kf/send_msg no open_kfid", 95000, "open_kfid is empty",
            allows: { _ = try await $0.send(.text("x"), id: "", to: talk()) },
            refuses: { _ = try await $0.send(.text("x"), id: "", to: talk("")) }),
        Limit(
            "kf/send_msg_on_event code", 41050, "code is empty",
            allows: { _ = try await $0.send(.text("x"), id: "", on: "C") },
            refuses: { _ = try await $0.send(.text("x"), id: "", on: "") }),
        Limit(
            "kf/service_state/get external_userid", 40096, "external_userid is empty",
            allows: { _ = try await $0.session(of: talk()) },
            refuses: { _ = try await $0.session(of: talk(shop, "")) }),
        Limit(
            "kf/service_state/get open_kfid", 95000, long,
            allows: { _ = try await $0.session(of: talk(account(64))) },
            refuses: { _ = try await $0.session(of: talk(account(65))) }),
        Limit(
            "kf/service_state/trans external_userid", 40096, "external_userid is empty",
            allows: { _ = try await $0.transfer(talk(), to: .pool) },
            refuses: { _ = try await $0.transfer(talk(shop, ""), to: .pool) }),
        Limit(
            "kf/service_state/trans open_kfid", 95000, long,
            allows: { _ = try await $0.transfer(talk(account(64)), to: .pool) },
            refuses: { _ = try await $0.transfer(talk(account(65)), to: .pool) }),
    ]

    private static func pull(
        _ account: OpenKfID = shop, cursor: String? = nil, token: String? = nil
    ) -> @Sendable (WeComKFClient) async throws -> Void {
        {
            _ = try await $0.pull(
                PullRequest(
                    account: account, cursor: cursor.map { SyncCursor($0) },
                    token: token.map { SyncToken($0) }))
        }
    }

    private static let pulls = [
        Limit(
            "kf/sync_msg open_kfid", 95000, long, allows: pull(account(64)),
            refuses: pull(account(65))),
        Limit(
            "kf/sync_msg cursor", 40058, "cursor is 65 bytes; the platform takes 64",
            allows: pull(cursor: text(64, "c")), refuses: pull(cursor: text(65, "c"))),
        Limit(
            "kf/sync_msg token", 40058, "token is 129 bytes; the platform takes 128",
            allows: pull(token: text(128, "t")), refuses: pull(token: text(129, "t"))),
    ]

    private static let statistics = [
        Limit(
            "kf/get_corp_statistic oldest day", 40058,
            "start_time is 181 days ago; the platform keeps 180",
            allows: {
                _ = try await $0.accountStatistics(of: shop, days: (today + -180)...(today + -180))
            },
            refuses: {
                _ = try await $0.accountStatistics(of: shop, days: (today + -181)...(today + -180))
            }),
        Limit(
            "kf/get_servicer_statistic newest day", 40058, "not over yet",
            allows: {
                _ = try await $0.servicerStatistics(
                    of: nil, on: shop, days: (today + -1)...(today + -1))
            },
            refuses: {
                _ = try await $0.servicerStatistics(of: nil, on: shop, days: today...today)
            }),
    ]

    private static func intent(
        question: String = "q", similar: [String] = [], answer: KnowledgeAnswer = .init(text: "a")
    ) -> @Sendable (WeComKFClient) async throws -> Void {
        {
            _ = try await $0.addKnowledgeIntent(
                to: "G", question: question, similar: similar, answer: answer)
        }
    }

    private static let link = KnowledgeAnswer.Attachment.link(
        title: "T", pictureURL: nil, description: nil, url: "https://e.example")

    private static let knowledge = [
        Limit(
            "kf/knowledge/add_group name", 40058, "name is 13 characters; the platform takes 12",
            allows: { _ = try await $0.addKnowledgeGroup(named: text(12)) },
            refuses: { _ = try await $0.addKnowledgeGroup(named: text(13)) }),
        Limit(
            "kf/knowledge/mod_group name", 40058, "name is 13 characters; the platform takes 12",
            allows: { try await $0.renameKnowledgeGroup("G", to: text(12)) },
            refuses: { try await $0.renameKnowledgeGroup("G", to: text(13)) }),
        Limit(
            "kf/knowledge/add_intent question", 40058,
            "question.text.content is 201 characters; the platform takes 200",
            allows: intent(question: text(200)), refuses: intent(question: text(201))),
        Limit(
            "kf/knowledge/add_intent similar questions", 40058,
            "similar_questions.items is 101 questions; the platform takes 100",
            allows: intent(similar: (0..<100).map { "s\($0)" }),
            refuses: intent(similar: (0..<101).map { "s\($0)" })),
        Limit(
            "kf/knowledge/add_intent similar question", 40058,
            "similar_questions.items[1].text.content is 201 characters; the platform takes 200",
            allows: intent(similar: ["s", text(200)]), refuses: intent(similar: ["s", text(201)])),
        Limit(
            "kf/knowledge/add_intent answer", 40058,
            "answers[0].text.content is 501 characters; the platform takes 500",
            allows: intent(answer: .init(text: text(500))),
            refuses: intent(answer: .init(text: text(501)))),
        Limit(
            "kf/knowledge/add_intent empty answer", 40058, "answers[0].text.content is empty",
            allows: intent(answer: .init(text: "", attachments: [link])),
            refuses: intent(answer: .init(text: ""))),
        Limit(
            "kf/knowledge/add_intent attachments", 40058,
            "answers[0].attachments is 5 attachments; the platform takes 4",
            allows: intent(answer: .init(text: "a", attachments: [link, link, link, link])),
            refuses: intent(
                answer: .init(text: "a", attachments: [link, link, link, link, link]))),
        Limit(
            "kf/knowledge/add_intent attachment read back", 40007, "read back without its file",
            allows: intent(answer: .init(text: "a", attachments: [.image("M")])),
            refuses: intent(
                answer: .init(text: "a", attachments: [.named(type: "image", name: "a.png")]))),
        Limit(
            "kf/knowledge/mod_intent nothing", 40058, "nothing would change",
            allows: { try await $0.changeKnowledgeIntent("I", similar: []) },
            refuses: { try await $0.changeKnowledgeIntent("I") }),
    ]

    @Test(arguments: limits) func bothSides(_ limit: Limit) async throws {
        let transport = ScriptedTransport(
            #"{"errcode":0,"open_kfid":"wk","url":"u","group_id":"G","intent_id":"I","service_state":1}"#
        )
        let client = client(transport)
        try await limit.allowed(client)
        let calls = transport.calls.count
        do {
            try await limit.refused(client)
            Issue.record("nothing was refused")
        } catch let failure as PlatformFailure {
            #expect(failure.code == limit.code)
            #expect(failure.meaning.contains(limit.words), "\(failure.meaning)")
            #expect(failure.meaning.contains(secret) == false)
        }
        #expect(transport.calls.count == calls)
    }

    @Test func linksTakeParametersEncoded() throws {
        #expect(
            try Self.way.url(with: "sku=9&名=杯 子")
                == "https://work.weixin.qq.com/kf/kfc1?enc_scene=E"
                + "&scene_param=sku%3D9%26%E5%90%8D%3D%E6%9D%AF%20%E5%AD%90")
    }

    @Test func pagedListsEndWhereTheCursorStandsStill() async throws {
        let pages = ScriptedTransport { request in
            .success(
                request.text.contains("cursor")
                    ? #"{"errcode":0,"has_more":0,"group_list":[{"group_id":"G2"}]}"#
                    : #"{"errcode":0,"has_more":1,"next_cursor":"C","group_list":[{"group_id":"G1"}]}"#
            )
        }
        #expect(try await client(pages).knowledgeGroups().map(\.id) == ["G1", "G2"])
        let endless = ScriptedTransport(
            #"{"errcode":0,"has_more":1,"next_cursor":"C","group_list":[]}"#)
        let failure = await failure { () throws(PlatformFailure) in
            _ = try await client(endless).knowledgeGroups()
        }
        #expect(failure?.code == nil && endless.calls.count == 2)
    }

    @Test func intentsAreReadInBothNestings() async throws {
        let nested = ScriptedTransport(
            #"{"errcode":0,"intent_list":[{"intent_id":"I","question":{"text":{"content":"q"},"#
                + #""similar_questions":{"items":[{"text":{"content":"s"}}]},"answers":[{"text":"#
                + #"{"content":"a"},"attachments":[{"msgtype":"link","link":{"title":"T","#
                + #""pic_url":"https://e.example/p","url":"https://e.example"}}]}]}}]}"#)
        let intent = try #require(try await client(nested).knowledgeIntents().first)
        #expect(intent.question == "q" && intent.similar == ["s"] && intent.answer.text == "a")
        #expect(
            intent.answer.attachments == [
                .link(
                    title: "T", pictureURL: "https://e.example/p", description: nil,
                    url: "https://e.example")
            ])
    }

    @Test func departmentsOfTheUpgradeRangeHaveTwoNames() async throws {
        let table = ScriptedTransport(
            #"{"errcode":0,"member_range":{"department_list":[4,"5"]}}"#)
        #expect(try await client(table).upgradeRange().departments == [4, 5])
    }
}
