import ChatModel
import PlatformSimulator
import Testing

@Suite struct AccessTests {
    static let corp: CorpID = "ww0000demo00000001"

    @Test(
        arguments: [
            ("ww0000demo00000001", "s3cret", 0), ("ww0000demo00000001", "wrong", 40001),
            ("wwOther", "s3cret", 40013), (nil, "s3cret", 41002),
            ("ww0000demo00000001", nil, 41004),
        ] as [(String?, String?, Int)])
    func credentials(corp: String?, secret: String?, errcode: Int) {
        var world = makeWorld()
        #expect(world.getToken(corp: corp.map { CorpID($0) }, secret: secret).errcode == errcode)
    }

    @Test func theSameTokenUntilItExpires() throws {
        var world = makeWorld()
        let first = try world.getToken(corp: Self.corp, secret: "s3cret").get()
        #expect(first.expiresIn == 7200)
        world.wait(.seconds(7200) - .milliseconds(1))
        let again = try world.getToken(corp: Self.corp, secret: "s3cret").get()
        #expect(again.token == first.token && again.expiresIn == 1)
        #expect(try world.authenticate(first.token, for: .sendMessage).get() == app)
        world.wait(.milliseconds(1))
        #expect(world.authenticate(first.token, for: .sendMessage).errcode == 42001)
        #expect(try world.getToken(corp: Self.corp, secret: "s3cret").get().token != first.token)
    }

    @Test func badTokens() {
        var world = makeWorld()
        #expect(world.authenticate(nil, for: .sendMessage).errcode == 41001)
        #expect(world.authenticate("", for: .sendMessage).errcode == 41001)
        #expect(world.authenticate("no", for: .sendMessage).errcode == 40014)
        #expect(world.verdicts == [.limited: 3])
    }

    @Test(arguments: [40014, 42001])
    func withdrawnTokens(errcode: Int) throws {
        var world = makeWorld()
        let old = try world.getToken(corp: Self.corp, secret: "s3cret").get().token
        world.withdrawAccessTokens(as: errcode)
        #expect(world.authenticate(old, for: .sendMessage).errcode == errcode)
        let new = try world.getToken(corp: Self.corp, secret: "s3cret").get().token
        #expect(new != old)
        #expect(world.authenticate(new, for: .sendMessage).errcode == 0)
        #expect(world.authenticate(old, for: .sendMessage).errcode == errcode)
    }

    @Test func tenThousandAMinute() throws {
        var world = makeWorld { $0.quotas.perMinute = 3 }
        try world.says("在吗")
        for _ in 1...3 { #expect(world.sessionState(of: talk, by: app).errcode == 0) }
        world.wait(.seconds(30))
        #expect(
            world.sessionState(of: talk, by: app).refusal
                == SimulatedRefusal(errcode: 45009, verdict: .limited))
        // Per endpoint, and blocked as long as the window from there on.
        #expect(world.sendText("您好").errcode == 0)
        world.wait(.milliseconds(59_999))
        #expect(world.sessionState(of: talk, by: app).errcode == 45009)
        world.wait(.milliseconds(1))
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
    }

    @Test func anHoursQuotaBlocksForAnHour() throws {
        var world = makeWorld { settings in
            settings.quotas.perMinute = 2
            settings.quotas.perHour = 3
        }
        try world.says("在吗")
        for _ in 1...3 {
            #expect(world.sessionState(of: talk, by: app).errcode == 0)
            world.wait(.seconds(31))
        }
        #expect(world.sessionState(of: talk, by: app).errcode == 45009)
        world.wait(.seconds(3600) - .milliseconds(1))
        #expect(world.sessionState(of: talk, by: app).errcode == 45009)
        world.wait(.milliseconds(1))
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
    }

    @Test func publishedQuotas() {
        #expect(SimulatorSettings.Quotas.platform.perMinute == 10_000)
        #expect(SimulatorSettings.Quotas.platform.perHour == 150_000)
        var world = makeWorld { $0.quotas = .off }
        for _ in 0..<10_001 { _ = world.servicers(of: shop, by: app) }
        #expect(world.verdicts.isEmpty)
    }

    @Test func quotasAreACorps() throws {
        var world = makeWorld { settings in
            settings.quotas.perMinute = 1
            settings.apps.append(.init(alias: "other", corp: "wwOther", secret: "x"))
            settings.accounts.append(.init(id: "wkOther", name: "别家", app: "other"))
        }
        #expect(world.servicers(of: shop, by: app).errcode == 0)
        #expect(world.servicers(of: "wkOther", by: "other").errcode == 0)
        #expect(world.servicers(of: shop, by: app).errcode == 45009)
    }

    @Test func accountsBelongToOneApp() throws {
        var world = makeWorld { settings in
            settings.apps.append(.init(alias: "second", corp: Self.corp, secret: "2"))
            settings.apps.append(.init(alias: "other", corp: "wwOther", secret: "x"))
        }
        try world.says("在吗")
        #expect(world.servicers(of: shop, by: "second").errcode == 48007)
        #expect(world.servicers(of: shop, by: "other").errcode == 95004)
        #expect(world.servicers(of: shop, by: "stranger").errcode == 40014)
        let foreign = try world.accountList(by: "second").get()
        #expect(foreign.map(\.id) == [shop])
        #expect(foreign.map(\.isManaged) == [false])
        #expect(try world.accountList(by: app).get().map(\.isManaged) == [true])
        #expect(try world.accountList(by: "other").get().isEmpty)
        let ids = [lin]
        #expect(try world.customers(ids, by: "other").get().unknown == ids)
    }

    @Test func accountListIsPaged() throws {
        var world = makeWorld { settings in
            for number in 2...5 {
                settings.accounts.append(
                    .init(id: OpenKfID("wk\(number)"), name: "\(number)", app: app))
            }
        }
        let page = try world.accountList(offset: 1, limit: 2, by: app).get()
        #expect(page.map(\.id) == ["wk2", "wk3"])
        #expect(try world.accountList(offset: 9, limit: 2, by: app).get().isEmpty)
        #expect(world.accountList(offset: 0, limit: 101, by: app).errcode == 40058)
        #expect(world.accountList(offset: 0, limit: 0, by: app).errcode == 40058)
    }

    @Test func customersAreShownForFortyEightHours() throws {
        var world = makeWorld()
        world.setNickname("小林", of: lin)
        try world.enters(lin, shop, scene: "footer")
        let batch = try world.customers([lin, "wmBAD"], withEntrance: true, by: app).get()
        #expect(batch.profiles.map(\.facts.nickname) == ["小林"])
        #expect(batch.profiles.first?.entrance?.scene == "footer")
        #expect(batch.unknown == ["wmBAD"])
        #expect(try world.customers([lin], by: app).get().profiles.first?.entrance == nil)
        world.wait(fortyEightHours - .milliseconds(1))
        #expect(try world.customers([lin], by: app).get().unknown.isEmpty)
        world.wait(.milliseconds(1))
        #expect(try world.customers([lin], by: app).get().unknown == [lin])
        #expect(world.customers([], by: app).errcode == 40058)
        let many = Array(repeating: lin, count: 101)
        #expect(world.customers(many, by: app).errcode == 40058)
    }

    @Test func injectedFailuresComeFirstAndLeaveNoTrace() throws {
        var world = makeWorld()
        try world.says("在吗")
        world.inject(.sendMessage, count: 2, errcode: -1)
        #expect(
            world.sendText("您好", "m").refusal == SimulatedRefusal(errcode: -1, verdict: .limited))
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
        #expect(world.sendText("您好", "m").errcode == -1)
        #expect(world.sendText("您好", "m").errcode == 0)
    }
}
