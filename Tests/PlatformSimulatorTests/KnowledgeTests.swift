import ChatModel
import PlatformSimulator
import Testing

@Suite struct KnowledgeTests {
    static func text(_ count: Int) -> String { String(repeating: "问", count: count) }
    static let answer = KnowledgeBase.Answer(text: "三个工作日")

    // MARK: Groups

    @Test("kf/knowledge: the default group can't be renamed or deleted, 40058")
    func theDefaultGroup() throws {
        var world = makeWorld()
        let page = try world.groups(cursor: nil, limit: nil, group: nil, by: app).get()
        let group = try #require(page.rows.first)
        #expect(page.rows.count == 1 && group.isDefault && !page.hasMore)
        #expect(world.renameGroup(group.id, to: "a", by: app).errcode == 40058)
        #expect(world.deleteGroup(group.id, by: app).errcode == 40058)
        #expect(
            world.addIntent(
                group: group.id, question: "问", similar: [], answers: [Self.answer], by: app
            ).errcode == 0)
    }

    @Test(
        "kf/knowledge/add_group: a name of 12 characters is accepted, 13 or none are 40058",
        arguments: [(12, 0), (13, 40058), (0, 40058)])
    func groupNames(count: Int, errcode: Int) throws {
        var world = makeWorld()
        #expect(world.addGroup(name: Self.text(count), by: app).errcode == errcode)
        let group = try world.addGroup(name: "a", by: app).get()
        #expect(
            world.renameGroup(group, to: Self.text(count) + "", by: app).errcode
                == (errcode == 0 ? 40058 : errcode))
    }

    @Test("kf/knowledge/add_group: a name in use is 40058, for mod_group too")
    func groupNamesAreUnique() throws {
        var world = makeWorld()
        let group = try world.addGroup(name: "售后", by: app).get()
        _ = try world.addGroup(name: "售前", by: app).get()
        #expect(world.addGroup(name: "售后", by: app).errcode == 40058)
        #expect(world.renameGroup(group, to: "售前", by: app).errcode == 40058)
        #expect(world.renameGroup(group, to: "售后", by: app).errcode == 0)
        #expect(world.renameGroup(group, to: "退款", by: app).errcode == 0)
        #expect(world.addGroup(name: "售后", by: app).errcode == 0)
    }

    @Test("kf/knowledge/add_group: 100 groups, the 101st is 40058")
    func groupsAreLimited() throws {
        var world = makeWorld()
        for number in 2...100 {
            #expect(world.addGroup(name: "\(number)", by: app).errcode == 0)
        }
        #expect(world.addGroup(name: "101", by: app).errcode == 40058)
        let last = try world.groups(cursor: nil, limit: nil, group: nil, by: app).get().rows[99]
        #expect(world.deleteGroup(last.id, by: app).errcode == 0)
        #expect(world.addGroup(name: "101", by: app).errcode == 0)
    }

    @Test("kf/knowledge/del_group: its questions go with it; an unknown group is 40058")
    func deletedGroups() throws {
        var world = makeWorld()
        let group = try world.addGroup(name: "售后", by: app).get()
        _ = try world.ask("怎么退款", in: group).get()
        #expect(world.deleteGroup(group, by: app).errcode == 0)
        #expect(try world.allIntents().isEmpty)
        #expect(world.deleteGroup(group, by: app).errcode == 40058)
        #expect(world.renameGroup(group, to: "a", by: app).errcode == 40058)
        #expect(world.ask("怎么退款", in: group).errcode == 40058)
    }

    @Test("kf/knowledge/list_group: pages of limit rows; 1000 is the most, 1001 is 40058")
    func pagesOfGroups() throws {
        var world = makeWorld()
        let made = try (1...4).map { try world.addGroup(name: "\($0)", by: app).get() }
        let first = try world.groups(cursor: nil, limit: 2, group: nil, by: app).get()
        #expect(first.hasMore && first.rows.map(\.isDefault) == [true, false])
        // A row deleted before the cursor moves nothing.
        _ = try world.deleteGroup(made[0], by: app).get()
        let second = try world.groups(cursor: first.next, limit: 2, group: nil, by: app).get()
        #expect(second.hasMore && second.rows.map(\.id) == Array(made[1...2]))
        let third = try world.groups(cursor: second.next, limit: 2, group: nil, by: app).get()
        #expect(!third.hasMore && third.rows.map(\.id) == [made[3]])
        let fourth = try world.groups(cursor: third.next, limit: 2, group: nil, by: app).get()
        #expect(!fourth.hasMore && fourth.rows.isEmpty && fourth.next == third.next)
        let one = try world.groups(cursor: nil, limit: nil, group: made[2], by: app).get()
        #expect(one.rows.map(\.name) == ["3"])
        for (limit, errcode) in [(1000, 0), (0, 0), (1001, 40058), (-1, 40058)] {
            #expect(
                world.groups(cursor: nil, limit: limit, group: nil, by: app).errcode == errcode)
            #expect(
                world.intents(cursor: nil, limit: limit, group: nil, intent: nil, by: app).errcode
                    == errcode)
        }
    }

    @Test("kf/knowledge/list_group: a forged cursor, or the other list's, is 50100")
    func forgedCursors() throws {
        var world = makeWorld()
        let groups = try world.groups(cursor: nil, limit: nil, group: nil, by: app).get()
        #expect(world.groups(cursor: "a", limit: nil, group: nil, by: app).errcode == 50100)
        #expect(
            world.intents(cursor: groups.next, limit: nil, group: nil, intent: nil, by: app).errcode
                == 50100)
    }

    // MARK: Questions

    @Test(
        "kf/knowledge/add_intent: a question of 200 characters is accepted, 201 or none are 40058",
        arguments: [(200, 0), (201, 40058), (0, 40058)])
    func questions(count: Int, errcode: Int) {
        var world = makeWorld()
        #expect(world.ask(Self.text(count)).errcode == errcode)
        #expect(world.ask("a", similar: [Self.text(count)]).errcode == errcode)
    }

    @Test(
        "kf/knowledge/add_intent: an answer of 500 characters is accepted, 501 or none are 40058",
        arguments: [(500, 0), (501, 40058), (0, 40058)])
    func answers(count: Int, errcode: Int) {
        var world = makeWorld()
        #expect(world.ask("a", answers: [.init(text: Self.text(count))]).errcode == errcode)
    }

    @Test("kf/knowledge/add_intent: 100 similar questions, 101 are 40058; exactly one answer")
    func counts() {
        var world = makeWorld()
        let similar = (1...101).map { "\($0)" }
        #expect(world.ask("a", similar: Array(similar.dropLast())).errcode == 0)
        #expect(world.ask("b", similar: similar).errcode == 40058)
        #expect(world.ask("c", answers: []).errcode == 40058)
        #expect(world.ask("d", answers: [Self.answer, Self.answer]).errcode == 40058)
    }

    @Test("kf/knowledge/add_intent: 4 attachments are accepted, 5 are 40058")
    func attachmentsAreCounted() {
        var world = makeWorld()
        let link = KnowledgeBase.Attachment(
            .link(title: "T", picture: nil, description: nil, url: "https://e.example"))
        for (count, errcode) in [(4, 0), (5, 40058)] {
            let answer = KnowledgeBase.Answer(
                text: "a", attachments: Array(repeating: link, count: count))
            #expect(world.ask("\(count)", answers: [answer]).errcode == errcode)
        }
    }

    @Test("kf/knowledge/add_intent: attached media must be live and of the type, 40007")
    func attachmentsAreLive() throws {
        var world = makeWorld()
        let picture = try world.uploaded(.sample(.image))
        let film = try world.uploaded(.sample(.video))
        func attach(_ kind: KnowledgeBase.Attachment.Kind) -> [KnowledgeBase.Answer] {
            [.init(text: "a", attachments: [.init(kind)])]
        }
        func program(_ id: MediaID) -> KnowledgeBase.Attachment.Kind {
            .miniprogram(title: "T", thumbnail: id, appID: "wx0", pagePath: "a.html")
        }
        #expect(world.ask("1", answers: attach(.image(picture))).errcode == 0)
        #expect(world.ask("2", answers: attach(.video(film))).errcode == 0)
        #expect(world.ask("3", answers: attach(program(picture))).errcode == 0)
        for kind in [.image(film), .video(picture), program(film), .image("M")]
            as [KnowledgeBase.Attachment.Kind]
        {
            #expect(world.ask("4", answers: attach(kind)).errcode == 40007)
        }
        let names = try world.allIntents().map { $0.answers[0].attachments[0].fileName }
        #expect(names == ["image.png", "video.mp4", nil])
        let intent = try world.allIntents()[0].id
        let bad = attach(.image("M"))
        #expect(
            world.changeIntent(intent, question: nil, similar: nil, answers: bad, by: app).errcode
                == 40007)
    }

    @Test("kf/knowledge/add_intent: a question may not repeat in another group, 40058")
    func questionsAreUnique() throws {
        var world = makeWorld()
        let group = try world.addGroup(name: "售后", by: app).get()
        _ = try world.ask("怎么退款").get()
        #expect(world.ask("怎么退款", in: group).errcode == 40058)
        let other = try world.ask("多久退款", in: group).get()
        #expect(
            world.changeIntent(other, question: "怎么退款", similar: nil, answers: nil, by: app)
                .errcode == 40058)
        #expect(
            world.changeIntent(other, question: "多久退款", similar: nil, answers: nil, by: app)
                .errcode == 0)
    }

    @Test("kf/knowledge/add_intent: 200 questions in a group, the 201st is 40058")
    func questionsAreLimited() throws {
        var world = makeWorld()
        let group = try world.addGroup(name: "售后", by: app).get()
        for number in 1...200 { #expect(world.ask("\(number)", in: group).errcode == 0) }
        #expect(world.ask("201", in: group).errcode == 40058)
        #expect(world.ask("201").errcode == 0)
    }

    @Test("kf/knowledge/mod_intent: each part given is overwritten whole, the others stay")
    func partsAreOverwritten() throws {
        var world = makeWorld()
        let id = try world.ask("怎么退款", similar: ["退款", "退钱"]).get()
        func change(
            _ question: String?, _ similar: [String]?, _ answers: [KnowledgeBase.Answer]?
        ) -> Int {
            world.changeIntent(
                id, question: question, similar: similar, answers: answers, by: app
            ).errcode
        }
        #expect(change(nil, ["还钱"], nil) == 0)
        #expect(try world.allIntents().map(\.similar) == [["还钱"]])
        #expect(try world.allIntents().map(\.question) == ["怎么退款"])
        #expect(change("如何退款", nil, [.init(text: "点申请")]) == 0)
        let intent = try #require(try world.allIntents().first)
        #expect(intent.question == "如何退款" && intent.similar == ["还钱"])
        #expect(intent.answers == [.init(text: "点申请")])
        // A part that is refused leaves all of them as they were.
        #expect(change("a", nil, []) == 40058)
        #expect(try world.allIntents().map(\.question) == ["如何退款"])
        #expect(world.deleteIntent(id, by: app).errcode == 0)
        #expect(change("a", nil, nil) == 40058)
        #expect(world.deleteIntent(id, by: app).errcode == 40058)
    }

    @Test("kf/knowledge/list_intent: pages, one group, one question")
    func pagesOfIntents() throws {
        var world = makeWorld()
        let group = try world.addGroup(name: "售后", by: app).get()
        let ids = try (1...5).map { try world.ask("\($0)", in: $0 < 4 ? group : nil).get() }
        let first = try world.intents(cursor: nil, limit: 2, group: group, intent: nil, by: app)
            .get()
        #expect(first.hasMore && first.rows.map(\.id) == Array(ids[0...1]))
        let second = try world.intents(
            cursor: first.next, limit: 2, group: group, intent: nil, by: app
        ).get()
        #expect(!second.hasMore && second.rows.map(\.id) == [ids[2]])
        let one = world.intents(cursor: nil, limit: nil, group: nil, intent: ids[4], by: app)
        #expect(try one.get().rows.map(\.id) == [ids[4]])
        #expect(try world.allIntents().map(\.id) == ids)
    }

    @Test("kf/knowledge: what one corp knows, another does not")
    func corpsHaveTheirOwn() throws {
        var world = makeWorld {
            $0.apps.append(.init(alias: "other", corp: "ww2", secret: "x"))
        }
        let id = try world.ask("怎么退款").get()
        #expect(
            try world.intents(cursor: nil, limit: nil, group: nil, intent: nil, by: "other").get()
                .rows.isEmpty)
        #expect(world.deleteIntent(id, by: "other").errcode == 40058)
    }
}

extension PlatformSimulator {
    /// Adds a question, to the default group unless told otherwise.
    fileprivate mutating func ask(
        _ question: String, in group: String? = nil, similar: [String] = [],
        answers: [KnowledgeBase.Answer] = [KnowledgeTests.answer]
    ) -> Result<String, SimulatedRefusal> {
        groups(cursor: nil, limit: nil, group: nil, by: app).flatMap { page in
            addIntent(
                group: group ?? page.rows[0].id, question: question, similar: similar,
                answers: answers, by: app)
        }
    }

    fileprivate mutating func allIntents() throws -> [KnowledgeBase.Intent] {
        try intents(cursor: nil, limit: nil, group: nil, intent: nil, by: app).get().rows
    }
}
