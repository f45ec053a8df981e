import ChatModel
import PlatformSimulator
import Testing

@Suite struct UpgradeTests {
    static func configured() -> PlatformSimulator {
        makeWorld { settings in
            settings.know { corp in
                corp.upgrade.members = ["anna"]
                corp.upgrade.departments = [7]
                corp.upgrade.groupChats = ["chat1"]
                corp.departments = [.init(id: 7, members: ["dan"])]
                corp.hasChannels = true
                corp.bindsDeveloper = true
            }
        }
    }

    @Test("kf/customer/get_upgrade_service_config: as the console has it")
    func theConfiguration() throws {
        var world = Self.configured()
        let config = try world.upgradeServiceConfig(by: app).get()
        #expect(config.members == ["anna"] && config.departments == [7])
        #expect(config.groupChats == ["chat1"])
    }

    @Test(
        "kf/customer/upgrade_service: who or what is not configured is 95021",
        arguments: [
            (.member("anna"), 0), (.member("dan"), 0), (.groupChat("chat1"), 0),
            (.member("bo"), 95021), (.groupChat("chat2"), 95021),
        ] as [(Recommendation, Int)])
    func recommendations(recommendation: Recommendation, errcode: Int) throws {
        var world = Self.configured()
        try world.says("在吗")
        #expect(world.upgradeService(talk, to: recommendation, by: app).errcode == errcode)
    }

    @Test("kf/customer/upgrade_service: with exclusive service configured it is 95015")
    func exclusiveService() throws {
        var world = makeWorld {
            $0.know {
                $0.upgrade.members = ["anna"]
                $0.upgrade.isExclusive = true
            }
        }
        try world.says("在吗")
        #expect(world.upgradeService(talk, to: .member("anna"), by: app).errcode == 95015)
    }

    @Test("kf/customer/upgrade_service: a customer who never came is 40096, also to cancel")
    func strangers() throws {
        var world = Self.configured()
        #expect(world.upgradeService(talk, to: .member("anna"), by: app).errcode == 40096)
        #expect(world.cancelUpgradeService(talk, by: app).errcode == 40096)
    }

    @Test("kf/customer/cancel_upgrade_service: what was withdrawn can't be taken up")
    func withdrawn() throws {
        var world = Self.configured()
        try world.says("在吗")
        _ = try world.upgradeService(talk, to: .member("anna"), by: app).get()
        #expect(world.cancelUpgradeService(talk, by: app).errcode == 0)
        #expect(try !world.acceptsUpgrade(lin, shop))
        _ = try world.upgradeService(talk, to: .member("anna"), by: app).get()
        #expect(try world.acceptsUpgrade(lin, shop))
        #expect(try !world.acceptsUpgrade(lin, shop))
    }

    @Test("kf/get_corp_qualification: whether Channels are bound")
    func qualification() throws {
        var world = Self.configured()
        #expect(try world.corpQualification(by: app).get())
        world = makeWorld()
        #expect(try !world.corpQualification(by: app).get())
    }

    @Test("kf/customer/batchget: a unionid only where a developer account is bound")
    func unionIDs() throws {
        var world = Self.configured()
        world.setProfile(.init(nickname: "小林", gender: 2, avatar: "https://e.example/l"), of: lin)
        try world.says("在吗")
        let profile = try #require(try world.customers([lin], by: app).get().profiles.first)
        #expect(profile.facts.gender == 2 && profile.facts.avatar == "https://e.example/l")
        #expect(profile.unionID?.hasPrefix("oU") == true)
        world = makeWorld()
        try world.says("在吗")
        #expect(try world.customers([lin], by: app).get().profiles.map(\.unionID) == [nil])
    }

    @Test("kf/customer/batchget: 100 customers are accepted, 101 are 40058")
    func batches() {
        var world = makeWorld()
        let ids = (1...101).map { ExternalUserID("wm\($0)") }
        #expect(world.customers(Array(ids.dropLast()), by: app).errcode == 0)
        #expect(world.customers(ids, by: app).errcode == 40058)
    }

    @Test("kf/send_msg: an unverified corp's 101st customer is 95003")
    func unverifiedCorpsServeAHundred() throws {
        var world = makeWorld { $0.know { $0.isVerified = false } }
        func errcode(_ number: Int) throws -> Int {
            let customer = ExternalUserID("wm\(number)")
            try world.writes(customer, shop, .text("在吗", menuItem: nil))
            return world.send(
                to: ConversationID(account: shop, customer: customer), msgID: nil, .text("您好"),
                by: app
            ).errcode
        }
        for number in 1...100 { #expect(try errcode(number) == 0) }
        #expect(try errcode(101) == 95003)
        #expect(try errcode(100) == 0)
    }

    // MARK: Quotas and the book

    @Test("getcallbackip, get_api_domain_ip: the simulator is on loopback")
    func addresses() throws {
        var world = makeWorld()
        #expect(try world.addresses(.callbackAddresses, by: app).get() == ["127.0.0.1"])
        #expect(try world.addresses(.domainAddresses, by: app).get() == ["127.0.0.1"])
    }

    @Test("any endpoint: 20 000 calls a minute from one address, whatever corps, the next is 45009")
    func oneAddress() {
        var world = makeWorld {
            $0.apps.append(.init(alias: "b", corp: "ww2", secret: "x"))
            $0.apps.append(.init(alias: "c", corp: "ww3", secret: "x"))
        }
        func call(_ caller: AppAlias) -> Int { world.corpQualification(by: caller).errcode }
        for _ in 0..<9000 { #expect(call(app) == 0 && call("b") == 0) }
        for _ in 0..<2000 { #expect(call("c") == 0) }
        #expect([app, "b", "c"].map(call) == [45009, 45009, 45009])
        #expect(world.upgradeServiceConfig(by: app).errcode == 0)
        world.wait(.seconds(60) - .milliseconds(1))
        #expect(call("c") == 45009)
        world.wait(.milliseconds(1))
        #expect(call("c") == 0)
        #expect(SimulatorSettings.Quotas.platform.perAddressHour == 600_000)
    }

    @Test("any endpoint: the book tells what was asked, and why it was refused")
    func theBook() throws {
        var world = Self.configured()
        _ = world.addContactWay(shop, scene: "页脚", by: app)
        _ = try world.corpQualification(by: app).get()
        world.inject(.uploadMedia, count: 1, errcode: -1)
        _ = world.upload(type: "image", name: "a", bytes: [1], by: app)
        #expect(world.book.map(\.endpoint) == [.addContactWay, .getQualification, .uploadMedia])
        #expect(world.book.map(\.errcode) == [40058, 0, -1])
        #expect(world.book.map(\.verdict) == [.illegal, nil, .limited])
        #expect(world.book[0].account == shop && world.book[0].summary == "页脚")
        #expect(world.book[2].summary == "image of 1 bytes")
    }
}
