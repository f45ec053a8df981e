import ChatModel
import PlatformSimulator
import Testing

@Suite struct SyncTests {
    static let threeDays: Duration = .seconds(259_200)

    @Test func pagesFollowEachOther() throws {
        var world = makeWorld { $0.pageSize = 4 }
        let ids = try (1...10).map { try world.says("\($0)") }
        let token = try world.makeToken()
        var cursor: SyncCursor?
        var sizes: [Int] = []
        var pulled: [MsgID] = []
        repeat {
            let page = try world.sync(shop, cursor: cursor, token: token, limit: 3, by: app).get()
            sizes.append(page.rows.count)
            pulled += page.rows.map(\.msgID)
            cursor = page.next
            #expect(page.hasMore == (sizes.count < 4))
        } while sizes.count < 4
        #expect(sizes == [3, 3, 3, 1])
        #expect(pulled == ids)
        // Nothing new: an empty page whose cursor is as good as the last.
        let empty = try world.sync(shop, cursor: cursor, token: token, limit: nil, by: app).get()
        #expect(empty.rows.isEmpty && !empty.hasMore)
        let more = try world.says("11")
        let last = try world.sync(shop, cursor: empty.next, token: token, limit: nil, by: app).get()
        #expect(last.rows.map(\.msgID) == [more])
    }

    @Test func thePlatformsPageMayBeSmallerThanAskedFor() throws {
        var world = makeWorld { $0.pageSize = 4 }
        for number in 1...10 { try world.says("\(number)") }
        let token = try world.makeToken()
        let page = try world.sync(shop, cursor: nil, token: token, limit: 1000, by: app).get()
        #expect(page.rows.count == 4 && page.hasMore)
    }

    @Test func emptyPagesWithMoreBehindThem() throws {
        var world = makeWorld { settings in
            settings.pageSize = 1
            settings.emptyPageEvery = 2
        }
        let ids = try (1...3).map { try world.says("\($0)") }
        let token = try world.makeToken()
        var cursor: SyncCursor?
        var sizes: [Int] = []
        var rows: [MsgID] = []
        while true {
            let page = try world.sync(shop, cursor: cursor, token: token, limit: nil, by: app).get()
            sizes.append(page.rows.count)
            rows += page.rows.map(\.msgID)
            cursor = page.next
            if !page.hasMore { break }
        }
        #expect(sizes == [1, 0, 1, 0, 1])
        #expect(rows == ids)
    }

    @Test func threeDaysAndNoMore() throws {
        var world = makeWorld()
        try world.says("旧")
        let token = try world.makeToken()
        let page = try world.sync(shop, cursor: nil, token: token, limit: nil, by: app).get()
        world.wait(Self.threeDays - .milliseconds(1))
        #expect(try world.pullAll().count == 1)
        world.wait(.milliseconds(1))
        #expect(try world.pullAll().isEmpty)
        // An old cursor is still good.
        let fresh = try world.says("新")
        let next = try world.makeToken()
        let rows = try world.sync(shop, cursor: page.next, token: next, limit: nil, by: app).get()
        #expect(rows.rows.map(\.msgID) == [fresh])
    }

    @Test func aLongLogForgetsWhatIsOutOfReach() throws {
        var world = makeWorld()
        for number in 0..<5000 { try world.says("\(number)") }
        let token = try world.makeToken()
        let page = try world.sync(shop, cursor: nil, token: token, limit: 1000, by: app).get()
        world.wait(Self.threeDays)
        for number in 0..<4000 { try world.says("\(number)") }
        #expect(try world.pullAll().count == 4000)
        let later = try world.makeToken()
        let rest = try world.sync(shop, cursor: page.next, token: later, limit: 1, by: app).get()
        #expect(rest.rows.map(\.content) == [.fromCustomer(lin, .text("0", menuItem: nil))])
    }

    @Test func whatTheAPISaysDoesNotComeBack() throws {
        var world = makeWorld()
        try world.says("在吗")
        _ = try world.sendText("您好").get()
        _ = try world.trans(2).get()
        #expect(try world.pullAll().count == 1)
    }

    @Test func cursorsAndTokensBelongToOneAccount() throws {
        var world = makeWorld { settings in
            settings.accounts.append(
                SimulatorSettings.Account(id: "wkOther", name: "分店", app: app))
        }
        try world.says("在吗")
        let token = try world.makeToken()
        let page = try world.sync(shop, cursor: nil, token: token, limit: nil, by: app).get()
        #expect(
            world.sync("wkOther", cursor: nil, token: token, limit: nil, by: app).errcode
                == 95007)
        #expect(
            world.sync("wkOther", cursor: page.next, token: nil, limit: nil, by: app).errcode
                == 50100)
        #expect(
            try world.sync("wkOther", cursor: nil, token: nil, limit: nil, by: app).get()
                .rows.isEmpty)
    }

    @Test func tokensLiveTenMinutes() throws {
        var world = makeWorld()
        let token = try world.makeToken()
        world.wait(.seconds(600))
        #expect(world.sync(shop, cursor: nil, token: token, limit: nil, by: app).errcode == 0)
        world.wait(.milliseconds(1))
        #expect(
            world.sync(shop, cursor: nil, token: token, limit: nil, by: app).refusal
                == SimulatedRefusal(errcode: 95007, verdict: .limited))
        #expect(
            world.sync(shop, cursor: nil, token: "ENCforged", limit: nil, by: app).refusal
                == SimulatedRefusal(errcode: 95007, verdict: .illegal))
    }

    @Test func withoutATokenOnceAMinute() throws {
        var world = makeWorld { $0.pageSize = 2 }
        for number in 1...5 { try world.says("\(number)") }
        func pull(_ cursor: SyncCursor?) -> Result<SyncPage, SimulatedRefusal> {
            world.sync(shop, cursor: cursor, token: nil, limit: nil, by: app)
        }
        // The pages of one pull count once.
        var page = try pull(nil).get()
        page = try pull(page.next).get()
        page = try pull(page.next).get()
        #expect(!page.hasMore)
        #expect(pull(page.next).errcode == 45009)
        world.wait(.milliseconds(59_999))
        #expect(pull(page.next).errcode == 45009)
        world.wait(.milliseconds(1))
        #expect(pull(page.next).errcode == 0)
    }

    @Test(arguments: [(0, 0), (1, 0), (1000, 0), (1001, 40058), (-1, 40058)])
    func limits(limit: Int, errcode: Int) throws {
        var world = makeWorld()
        let token = try world.makeToken()
        #expect(
            world.sync(shop, cursor: nil, token: token, limit: limit, by: app).errcode
                == errcode)
    }

    @Test func badCursors() {
        var world = makeWorld()
        let long = SyncCursor(String(repeating: "x", count: 65))
        #expect(world.sync(shop, cursor: long, token: nil, limit: nil, by: app).errcode == 40058)
        #expect(world.sync(shop, cursor: "CUR-x", token: nil, limit: nil, by: app).errcode == 50100)
    }

    @Test func redeliveredRowsKeepTheirIDs() throws {
        var world = makeWorld()
        try world.says("怎么退款", msgID: "m1")
        world.wait(.seconds(5))
        try world.redeliver("m1", times: 2)
        let rows = try world.pullAll()
        #expect(rows.map(\.msgID) == ["m1", "m1", "m1"])
        #expect(Set(rows).count == 1)
        #expect(world.customerMessages.count == 1)
        #expect(throws: IllegalAct.unknownMessage("m2")) { try world.redeliver("m2") }
        #expect(throws: IllegalAct.msgIDTaken("m1")) { try world.says("x", msgID: "m1") }
    }

    @Test func menuClicksComeBackAsTexts() throws {
        var world = makeWorld()
        try world.says("你好")
        let menu = OutgoingBody.menu(
            .init(head: nil, items: [.click(id: "track", label: "查订单")], tail: nil))
        #expect(throws: IllegalAct.menuItemNotShown("track")) {
            try world.clicks(lin, shop, item: "track")
        }
        _ = try world.send(to: talk, msgID: nil, menu, by: app).get()
        try world.clicks(lin, shop, item: "track")
        #expect(
            try world.pullAll().last?.content
                == .fromCustomer(lin, .text("查订单", menuItem: "track")))
        #expect(world.conversation(talk)?.budgetLeft == 5)
    }

    @Test func sendTimesAreWholeSeconds() throws {
        var world = makeWorld()
        world.wait(.milliseconds(1999))
        try world.says("在吗")
        #expect(try world.pullAll().first?.sentAt == ten + .seconds(1))
    }
}

@Suite struct CallbackTests {
    @Test func everyRowIsAnnounced() throws {
        var world = makeWorld()
        try world.enters(lin, shop)
        try world.says("在吗")
        let pushes = world.takeDueCallbacks()
        #expect(pushes.map(\.account) == [shop, shop])
        #expect(pushes.map(\.app) == [app, app])
        #expect(Set(pushes.map(\.token)).count == 2)
        #expect(pushes.allSatisfy { $0.token.rawValue.utf8.count <= 128 && $0.attempt == 1 })
        #expect(world.takeDueCallbacks().isEmpty)
    }

    @Test func delayedCallbacks() throws {
        var world = makeWorld()
        world.callbackDelay = .seconds(25)
        try world.enters(lin, shop)
        world.callbackDelay = .zero
        try world.says("在吗")
        #expect(world.takeDueCallbacks().map(\.number) == [1])
        #expect(world.nextDue == ten + .seconds(25))
        world.wait(.milliseconds(24_999))
        #expect(world.takeDueCallbacks().isEmpty)
        world.wait(.milliseconds(1))
        let push = try #require(world.takeDueCallbacks().first)
        #expect(push.createdAt == ten)
        #expect(world.sync(shop, cursor: nil, token: push.token, limit: nil, by: app).errcode == 0)
    }

    @Test func lostCallbacks() throws {
        var world = makeWorld()
        world.announces = false
        try world.says("在吗")
        #expect(world.takeDueCallbacks().isEmpty)
        #expect(
            try world.sync(shop, cursor: nil, token: nil, limit: nil, by: app).get().rows.count
                == 1)
    }

    @Test func oneAndThreeAttempts() throws {
        var world = makeWorld()
        try world.says("在吗")
        var attempts = 0
        while let push = world.takeDueCallbacks().first {
            attempts += 1
            #expect(push.number == 0 && push.attempt == attempts)
            world.callbackFailed(push)
            #expect(world.takeDueCallbacks().isEmpty)
            world.wait(.seconds(5))
        }
        #expect(attempts == 4)
    }
}
