import ChatModel
import PlatformSimulator
import Testing

@Suite struct MessageTests {
    @Test(
        arguments: [
            (.untreated, 0), (.assistant, 0), (.pool, 95018), (.human, 95018), (.ended, 95013),
        ] as [(ServiceState, Int)])
    func theStateDecidesWhetherTheAPIMaySpeak(state: ServiceState, errcode: Int) throws {
        var world = makeWorld()
        try world.bring(to: state)
        #expect(world.sendText("您好").errcode == errcode)
    }

    @Test func theFirstMessageTakesTheSession() throws {
        var world = makeWorld()
        try world.says("在吗")
        #expect(world.sendText("您好").errcode == 0)
        #expect(world.state == .assistant)
    }

    @Test func beforeTheCustomerWroteNothingIsOpen() throws {
        var world = makeWorld()
        #expect(world.sendText("您好").errcode == 40096)
        try world.enters(lin, shop)
        #expect(world.sendText("您好").errcode == 95018)
    }

    @Test func fiveMessagesAndNoSixth() throws {
        var world = makeWorld()
        try world.says("在吗")
        for number in 1...5 { #expect(world.sendText("\(number)").errcode == 0) }
        #expect(world.conversation(talk)?.budgetLeft == 0)
        #expect(world.sendText("6").errcode == 95001)
        try world.says("还在吗")
        #expect(world.conversation(talk)?.budgetLeft == 5)
        #expect(world.sendText("6").errcode == 0)
    }

    @Test func theWindowIsFortyEightHours() throws {
        var world = makeWorld()
        try world.says("在吗")
        world.wait(fortyEightHours - .milliseconds(1))
        #expect(world.sendText("您好").errcode == 0)
        world.wait(.milliseconds(1))
        #expect(world.sendText("您好").errcode == 95002)
    }

    @Test func aSessionEndsAfterFortyEightHoursEvenWhileTheWindowIsOpen() throws {
        var world = makeWorld()
        try world.says("在吗")
        world.wait(.seconds(3600))
        try world.says("还在吗")
        world.wait(fortyEightHours - .seconds(3600) - .milliseconds(1))
        #expect(world.state == .untreated)
        world.wait(.milliseconds(1))
        #expect(world.state == .ended)
        #expect(world.sendText("您好").errcode == 95013)
        world.wait(.seconds(3600))
        #expect(world.sendText("您好").errcode == 95002)
    }

    @Test func anEarlierSessionsClockLeavesTheNextOneAlone() throws {
        var world = makeWorld()
        try world.bring(to: .ended)
        world.wait(.seconds(3600))
        try world.says("又来了")
        world.wait(fortyEightHours - .seconds(1800))
        #expect(world.state == .untreated)
        world.wait(.seconds(1800))
        #expect(world.state == .ended)
    }

    @Test func aMsgIDIsGoodForOneMessage() throws {
        var world = makeWorld()
        try world.says("在吗")
        #expect(try world.sendText("您好", "out-1").get() == "out-1")
        #expect(
            world.sendText("您好", "out-1").refusal
                == SimulatedRefusal(errcode: PlatformRules.duplicateMsgID, verdict: .repeat))
        // Ahead of every other check, and whatever way it was used.
        let code = try #require(try world.trans(2).get())
        #expect(world.sendText("您好", "out-1").errcode == PlatformRules.duplicateMsgID)
        #expect(
            world.sendOnEvent(code, msgID: "out-1", .text("排队中"), by: app).errcode
                == PlatformRules.duplicateMsgID)
        #expect(world.messagesShown(in: talk).count == 1)
    }

    @Test func aRefusedMessageLeavesItsMsgIDFree() throws {
        var world = makeWorld()
        try world.bring(to: .ended)
        #expect(world.sendText("您好", "out-1").errcode == 95013)
        try world.says("又来了")
        #expect(world.sendText("您好", "out-1").errcode == 0)
    }

    @Test(arguments: [
        ("a-Z_9", 0), (String(repeating: "a", count: 32), 0), ("", 40058), ("a b", 40058),
        (String(repeating: "a", count: 33), 40058), ("é", 40058),
    ])
    func msgIDsHaveAnAlphabet(id: String, errcode: Int) throws {
        var world = makeWorld()
        try world.says("在吗")
        #expect(world.sendText("您好", MsgID(id)).errcode == errcode)
    }

    static let bodies: [(OutgoingBody, Int)] = [
        (.text(String(repeating: "a", count: 2048)), 0),
        (.text(String(repeating: "a", count: 2049)), 45002),
        (.text(String(repeating: "你", count: 682) + "ab"), 0),
        (.text(String(repeating: "你", count: 683)), 45002),
        (.text(""), 44004),
        (menu(items: 10), 0), (menu(items: 11), 95008), (menu(items: 0), 40058),
        (.menu(.init(head: String(repeating: "a", count: 1024), items: [item("a")], tail: nil)), 0),
        (
            .menu(.init(head: String(repeating: "a", count: 1025), items: [item("a")], tail: nil)),
            45002
        ),
        (.menu(.init(head: nil, items: [item(String(repeating: "a", count: 128))], tail: nil)), 0),
        (
            .menu(.init(head: nil, items: [item(String(repeating: "a", count: 129))], tail: nil)),
            40058
        ),
        (.image("M1"), 0), (.image(""), 40007),
        (.link(.init(title: "T", description: nil, url: "https://e.example", thumbnail: "M")), 0),
        (.link(.init(title: "T", description: nil, url: "", thumbnail: "M")), 40058),
        (.link(.init(title: "T", description: nil, url: "e.example/a", thumbnail: "M")), 45034),
        (.miniprogram(.init(appID: "wx0", title: nil, thumbnail: "M", pagePath: "a.html?b=1")), 0),
        (.miniprogram(.init(appID: "wx0", title: nil, thumbnail: "M", pagePath: "a")), 40058),
        (.location(.init(latitude: 90, longitude: -180, name: "", address: "")), 0),
        (.location(.init(latitude: 90.1, longitude: 0, name: "", address: "")), 40058),
    ]

    static func item(_ label: String) -> OutgoingBody.Menu.Item { .click(id: "a", label: label) }

    static func menu(items: Int) -> OutgoingBody {
        .menu(.init(head: nil, items: Array(repeating: item("A"), count: items), tail: nil))
    }

    @Test(arguments: bodies)
    func bodiesHaveLimits(body: OutgoingBody, errcode: Int) throws {
        var world = makeWorld { $0.checksMedia = false }
        try world.says("在吗")
        #expect(world.send(to: talk, msgID: nil, body, by: app).errcode == errcode)
    }

    @Test func aMessageMayTurnOutUndeliverable() throws {
        var world = makeWorld()
        try world.says("在吗")
        world.failDeliveries(1, as: .customerRejects, after: .seconds(3))
        let first = try world.sendText("您好").get()
        _ = try world.sendText("还有").get()
        world.wait(.milliseconds(2999))
        #expect(try world.pullAll().count == 1)
        world.wait(.milliseconds(1))
        let rows = try world.pullAll()
        #expect(
            rows.map(\.content).dropFirst().first
                == .event(.sendFailed(lin, message: first, .customerRejects)))
        #expect(rows.count == 2)
    }
}
