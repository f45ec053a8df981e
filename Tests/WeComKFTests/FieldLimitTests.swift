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
        accounts + others + statistics + knowledge

    private static let accounts = [
        Limit(
            "kf/account/add name", 95006, "name is 17 characters; the platform takes 16",
            allows: { _ = try await $0.addAccount(name: text(16), avatar: "M") },
            refuses: { _ = try await $0.addAccount(name: text(17), avatar: "M") }),
        Limit(
            "kf/account/add empty name", 40063, "name is empty",
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
            "kf/account/update nothing", 40063, "nothing would change",
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
            "kf/servicer/add nobody", 40063, "both empty",
            allows: { _ = try await $0.addServicers(to: shop, members: [], departments: [1]) },
            refuses: { _ = try await $0.addServicers(to: shop, members: []) }),
        Limit(
            "kf/servicer/del department", 60123, "ids count from 1",
            allows: { _ = try await $0.removeServicers(from: shop, members: [], departments: [1]) },
            refuses: {
                _ = try await $0.removeServicers(from: shop, members: [], departments: [0])
            }),
        Limit(
            "kf/customer/upgrade_service member", 40063, "member.userid is empty",
            allows: { try await $0.upgrade(conversation, to: .member("anna", wording: nil)) },
            refuses: { try await $0.upgrade(conversation, to: .member("", wording: nil)) }),
        Limit(
            "kf/customer/upgrade_service group", 40063, "groupchat.chat_id is empty",
            allows: { try await $0.upgrade(conversation, to: .group("wr1", wording: "")) },
            refuses: { try await $0.upgrade(conversation, to: .group("", wording: nil)) }),
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
            "kf/knowledge/add_intent empty answer", 40063, "answers[0].text.content is empty",
            allows: intent(answer: .init(text: "", attachments: [link])),
            refuses: intent(answer: .init(text: ""))),
        Limit(
            "kf/knowledge/add_intent attachments", 40058,
            "answers[0].attachments is 5 attachments; the platform takes 4",
            allows: intent(answer: .init(text: "a", attachments: [link, link, link, link])),
            refuses: intent(
                answer: .init(text: "a", attachments: [link, link, link, link, link]))),
        Limit(
            "kf/knowledge/add_intent attachment read back", 41006, "read back without its file",
            allows: intent(answer: .init(text: "a", attachments: [.image("M")])),
            refuses: intent(
                answer: .init(text: "a", attachments: [.named(type: "image", name: "a.png")]))),
        Limit(
            "kf/knowledge/mod_intent nothing", 40063, "nothing would change",
            allows: { try await $0.changeKnowledgeIntent("I", similar: []) },
            refuses: { try await $0.changeKnowledgeIntent("I") }),
    ]

    @Test(arguments: limits) func bothSides(_ limit: Limit) async throws {
        let transport = ScriptedTransport(
            #"{"errcode":0,"open_kfid":"wk","url":"u","group_id":"G","intent_id":"I"}"#)
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

    @Test func servicersAreNamedInBatchesOfTheLargestSize() async throws {
        let transport = ScriptedTransport { request in
            let names = request.text.matches(of: /"u\d+"/).map {
                #"{"userid":\#($0.output),"errcode":0,"errmsg":"success"}"#
            }
            return .success(#"{"errcode":0,"result_list":[\#(names.joined(separator: ","))]}"#)
        }
        let members = (1...250).map { ServicerID("u\($0)") }
        let changes = try await client(transport).addServicers(
            to: shop, members: members, departments: Array(1...21))
        #expect(changes.map(\.subject) == members.map { .member($0) })
        let calls = transport.calls.map(\.text)
        #expect(calls.count == 3)
        #expect(calls.map { $0.matches(of: /"u\d+"/).count } == [100, 100, 50])
        #expect(calls[0].contains("20]") && calls[1].contains("[21]"))
        #expect(!calls[2].contains("department_id_list"))
    }

    private static let busy = #"{"errcode":45009,"errmsg":"api freq out of limit"}"#

    /// The second call fails: what the first said stands, and everybody else has failed with it.
    @Test(arguments: [true, false]) func aLaterBatchThatFailsLosesNothing(isAddition: Bool) async {
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains(#""u101""#)
                    ? Self.busy
                    : #"{"errcode":0,"result_list":[{"userid":"u1","errcode":0,"errmsg":"success"},"#
                        + #"{"userid":"u2","errcode":60111,"errmsg":"userid not found"}]}"#)
        }
        let client = client(transport)
        let members = (1...250).map { ServicerID("u\($0)") }
        let changes: [ServicerChange]
        do throws(PlatformFailure) {
            changes =
                isAddition
                ? try await client.addServicers(to: shop, members: members, departments: [1])
                : try await client.removeServicers(from: shop, members: members, departments: [1])
        } catch {
            Issue.record("\(error)")
            return
        }
        #expect(transport.calls.count == 2)
        #expect(changes[0] == ServicerChange(subject: .member("u1"), result: .done))
        let failures = changes.dropFirst().map { change in
            if case .failed(let failure) = change.result { failure.code } else { -1 }
        }
        #expect(failures == [60111] + Array(repeating: 45009, count: 150))
        #expect(changes.dropFirst(2).map(\.subject) == members.dropFirst(100).map { .member($0) })
    }

    @Test func departmentsBehindAFailedBatchHaveFailedWithIt() async throws {
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains("[21]") ? Self.busy : #"{"errcode":0,"result_list":[]}"#)
        }
        let changes = try await client(transport).addServicers(
            to: shop, members: [], departments: Array(1...21))
        #expect(changes.map(\.subject) == [.department(21)])
    }

    @Test func theFirstBatchThatFailsIsThrown() async {
        let transport = ScriptedTransport(Self.busy)
        let client = client(transport)
        let members = (1...101).map { ServicerID("u\($0)") }
        let ids = members.map { ExternalUserID($0.rawValue) }
        let today = Self.today
        let failures = [
            await failure { () throws(PlatformFailure) in
                _ = try await client.addServicers(to: shop, members: members)
            },
            await failure { () throws(PlatformFailure) in _ = try await client.customers(ids) },
            await failure { () throws(PlatformFailure) in
                _ = try await client.accountStatistics(of: shop, days: (today + -40)...(today + -1))
            },
        ]
        #expect(failures.map { $0?.code } == [45009, 45009, 45009])
        #expect(transport.calls.count == 3)
    }

    @Test func customersBehindAFailedBatchAreTheShortfall() async throws {
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains(#""wm101""#)
                    ? Self.busy
                    : #"{"errcode":0,"customer_list":[{"external_userid":"wm1","nickname":"Lin"}]}"#
            )
        }
        let ids = (1...250).map { ExternalUserID("wm\($0)") }
        let batch = try await client(transport).customers(ids)
        #expect(batch.profiles.map(\.id) == ["wm1"])
        #expect(batch.shortfall?.missed == Array(ids.dropFirst(100)))
        #expect(batch.shortfall?.failure.code == 45009)
    }

    @Test func daysBehindAFailedCallAreTheShortfall() async throws {
        let today = Self.today
        let second = (today + -9).start.seconds
        let transport = ScriptedTransport { request in
            .success(
                request.text.contains(#""start_time":\#(second)"#)
                    ? Self.busy
                    : #"{"errcode":0,"statistic_list":[{"stat_time":\#((today + -40).start.seconds)}]}"#
            )
        }
        let report = try await client(transport).accountStatistics(
            of: shop, days: (today + -40)...(today + -1))
        #expect(report.lines.map(\.day) == [today + -40])
        #expect(report.shortfall?.missed == (today + -9)...(today + -1))
        #expect(report.shortfall?.failure.code == 45009)
    }

    @Test func statisticsAreAskedForBy31DaysAndNotBefore6() async throws {
        let clock = TestClock()
        let transport = ScriptedTransport(#"{"errcode":0,"statistic_list":[]}"#)
        let client = client(transport, clock: clock)
        let today = Self.today
        _ = try await client.accountStatistics(of: shop, days: (today + -31)...(today + -1))
        #expect(transport.calls.count == 1)
        _ = try await client.accountStatistics(of: shop, days: (today + -32)...(today + -1))
        #expect(transport.calls.count == 3)
        // 2023-11-15 05:59:59 in China.
        clock.advance(by: today.start + .seconds(6 * 3600 - 1) - clock.now)
        let early = await failure { () throws(PlatformFailure) in
            _ = try await client.accountStatistics(of: shop, days: (today + -1)...(today + -1))
        }
        #expect(early?.code == 40058 && early?.meaning.contains("06:00") == true)
        _ = try await client.accountStatistics(of: shop, days: (today + -2)...(today + -2))
        clock.advance(by: .seconds(1))
        _ = try await client.accountStatistics(of: shop, days: (today + -1)...(today + -1))
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
