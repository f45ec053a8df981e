import ChatModel
import PlatformSimulator
import Testing

@Suite struct StatisticTests {
    /// Midnight in Shanghai of the day on which worlds begin.
    static let midnight: Int64 = 1_772_380_800
    static let day: Int64 = 86_400
    static let bo: ExternalUserID = "wmDEMO00000000000000bb"

    /// A day on which Lin was served by the API and Anna, and Bo wrote and left.
    static func busyWorld() throws -> PlatformSimulator {
        var world = makeWorld { settings in
            settings.know { corp in
                corp.upgrade.members = ["anna"]
                corp.upgrade.groupChats = ["chat1"]
            }
        }
        try world.says("在吗")
        _ = try world.sendText("您好").get()
        _ = try world.trans(2).get()
        try world.picksUp("anna", talk)
        world.wait(.seconds(10))
        try world.says("怎么退款")
        world.wait(.seconds(30))
        try world.servicerWrites("anna", talk, .text("点申请", menuItem: nil))
        try world.says("好的")
        _ = try world.upgradeService(talk, to: .member("anna"), by: app).get()
        _ = try world.upgradeService(talk, to: .groupChat("chat1"), by: app).get()
        #expect(try world.acceptsUpgrade(lin, shop))
        try world.transfers("anna", talk, to: "bo")
        try world.switchesRejection("bo", talk, rejects: true)
        try world.ends("bo", talk)
        try world.writes(bo, shop, .text("在吗", menuItem: nil))
        let other = ConversationID(account: shop, customer: bo)
        _ = try world.transfer(other, to: 1, servicer: nil, by: app).get()
        world.wait(.seconds(day))
        return world
    }

    @Test("kf/get_corp_statistic: a day's sessions, customers, messages and the assistant's share")
    func theCorpsDay() throws {
        var world = try Self.busyWorld()
        let days = try world.corpStatistic(
            of: shop, from: Self.midnight + 40_000, to: Self.midnight + 3, by: app
        ).get()
        #expect(days.map { $0.day } == [Timestamp(seconds: Self.midnight)])
        var wanted = CorpFigures()
        wanted.sessions = 2
        wanted.customers = 2
        wanted.messages = 4
        wanted.upgradedCustomers = 1
        wanted.assistantSessions = 2
        wanted.transferRate = 0.5
        wanted.rejectedCustomers = 1
        #expect(days.first?.figures == wanted)
    }

    @Test("kf/get_servicer_statistic: all servicers' day, and one's")
    func theServicersDay() throws {
        var world = try Self.busyWorld()
        var all = ServicerFigures()
        all.sessions = 2
        all.customers = 1
        all.messages = 2
        all.replyRate = 1
        all.firstReplySeconds = 30
        all.rejectedCustomers = 1
        all.upgradedCustomers = 1
        all.memberInvites = 1
        all.groupInvites = 1
        all.groupCustomers = 1
        var bos = ServicerFigures()
        bos.sessions = 1
        bos.customers = 1
        bos.rejectedCustomers = 1
        for (servicer, wanted) in [(nil, all), ("bo", bos), ("cleo", nil)]
            as [(ServicerID?, ServicerFigures?)]
        {
            let days = try world.servicerStatistic(
                of: shop, servicer: servicer, from: Self.midnight, to: Self.midnight, by: app
            ).get()
            #expect(days.map { $0.figures } == [wanted])
        }
    }

    @Test("kf/get_servicer_statistic: a customer routed to people directly asked with that message")
    func routedDirectly() throws {
        var world = makeWorld(routing: .humanFirst)
        try world.says("在吗")
        world.wait(.seconds(5))
        try world.servicerWrites("anna", talk, .text("在", menuItem: nil))
        try world.ends("anna", talk)
        try world.says("还在吗")
        world.wait(.seconds(Self.day))
        let day = try world.servicerStatistic(
            of: shop, servicer: nil, from: Self.midnight, to: Self.midnight, by: app
        ).get()[0].figures
        #expect(day?.sessions == 2 && day?.messages == 2)
        #expect(day?.replyRate == 0.5 && day?.firstReplySeconds == 5)
    }

    @Test(
        "kf/get_corp_statistic: a day without data has no figures, and undefined rates are missing")
    func quietDays() throws {
        var world = makeWorld()
        world.wait(.seconds(Self.day))
        try world.says("在吗")
        world.wait(.seconds(Self.day))
        let days = try world.corpStatistic(
            of: shop, from: Self.midnight, to: Self.midnight + Self.day, by: app
        ).get()
        #expect(days.map { $0.figures == nil } == [true, false])
        #expect(days[1].figures?.transferRate == nil)
        let servicers = try world.servicerStatistic(
            of: shop, servicer: nil, from: Self.midnight, to: Self.midnight + Self.day, by: app
        ).get()
        #expect(servicers.map { $0.figures == nil } == [true, true])
    }

    @Test("kf/get_corp_statistic: a new day begins at midnight in China")
    func daysBeginAtMidnight() throws {
        var world = makeWorld()
        // 23:59:59.999 and 00:00.
        world.advance(to: Timestamp(milliseconds: (Self.midnight + Self.day) * 1000 - 1))
        try world.says("晚")
        world.wait(.milliseconds(1))
        try world.says("早")
        try world.says("早上好")
        world.wait(.seconds(Self.day))
        let days = try world.corpStatistic(
            of: shop, from: Self.midnight, to: Self.midnight + Self.day, by: app
        ).get()
        #expect(days.map { $0.figures?.messages } == [1, 2])
        #expect(days.map { $0.figures?.sessions } == [1, 0])
    }

    static let periods: [(first: Int64, last: Int64, errcode: Int)] = [
        (-1, -1, 0), (-31, -1, 0), (-32, -1, 40058), (-180, -150, 0), (-181, -160, 40058),
        (0, 0, 40058), (-1, 0, 40058), (-1, -2, 40058),
    ]

    @Test(
        "kf/get_corp_statistic: 31 days between 180 days ago and yesterday, else 40058",
        arguments: periods)
    func periodsAreLimited(period: (first: Int64, last: Int64, errcode: Int)) {
        var world = makeWorld()
        let first = Self.midnight + period.first * Self.day
        let last = Self.midnight + period.last * Self.day
        for (from, to) in [(first, last), (first + Self.day - 1, last + Self.day - 1)] {
            #expect(
                world.corpStatistic(of: shop, from: from, to: to, by: app).errcode
                    == period.errcode)
            #expect(
                world.servicerStatistic(of: shop, servicer: nil, from: from, to: to, by: app)
                    .errcode == period.errcode)
        }
    }

    @Test("kf/get_corp_statistic: a day's data is there from the next day on")
    func dataComesTheNextDay() throws {
        var world = makeWorld()
        try world.says("在吗")
        world.advance(to: Timestamp(milliseconds: (Self.midnight + Self.day) * 1000 - 1))
        #expect(
            world.corpStatistic(of: shop, from: Self.midnight, to: Self.midnight, by: app).errcode
                == 40058)
        world.wait(.milliseconds(1))
        #expect(
            world.corpStatistic(of: shop, from: Self.midnight, to: Self.midnight, by: app).errcode
                == 0)
    }
}
