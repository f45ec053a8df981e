import ChatModel
import PlatformSimulator
import Testing

@Suite struct CodeTests {
    static let menu = OutgoingBody.menu(
        .init(head: "请评价", items: [.click(id: "good", label: "满意")], tail: nil))

    /// A world in which a code of this purpose has just been issued.
    static func world(with purpose: CodePurpose) throws -> (PlatformSimulator, EventCode) {
        var world = makeWorld()
        switch purpose {
        case .welcome:
            try world.enters(lin, shop)
        case .queue, .assignment, .ending:
            try world.says("在吗")
            let target = try #require(purpose.boundState).rawValue
            _ = try world.trans(target, target == 3 ? "anna" : nil).get()
        }
        return (world, try #require(world.codes.last).code)
    }

    @Test(arguments: CodePurpose.allCases)
    func aCodeLivesItsTimeAndNoLonger(purpose: CodePurpose) throws {
        let life: Duration = [.welcome, .ending].contains(purpose) ? .seconds(20) : fortyEightHours
        let (fresh, code) = try Self.world(with: purpose)
        var inTime = fresh
        inTime.wait(life - .milliseconds(1))
        #expect(inTime.sendOnEvent(code, msgID: nil, .text("好"), by: app).errcode == 0)
        #expect(inTime.code(code)?.slack == .milliseconds(1))
        #expect(inTime.wastedCodes.isEmpty)
        var late = fresh
        late.wait(life)
        #expect(late.sendOnEvent(code, msgID: nil, .text("好"), by: app).errcode == 41050)
        #expect(late.wastedCodes.map(\.code) == [code])
    }

    @Test(arguments: CodePurpose.allCases)
    func aCodeIsGoodForOneMessage(purpose: CodePurpose) throws {
        var (world, code) = try Self.world(with: purpose)
        #expect(world.sendOnEvent(code, msgID: "a", .text("好"), by: app).errcode == 0)
        #expect(
            world.sendOnEvent(code, msgID: "b", .text("好"), by: app).refusal
                == SimulatedRefusal(errcode: 41050, verdict: .illegal))
        #expect(
            world.sendOnEvent(code, msgID: "a", .text("好"), by: app).refusal?.verdict == .repeat)
    }

    @Test(arguments: CodePurpose.allCases)
    func typesDependOnThePurpose(purpose: CodePurpose) throws {
        var (world, code) = try Self.world(with: purpose)
        #expect(world.sendOnEvent(code, msgID: nil, .image("M"), by: app).errcode == 40008)
        let takesMenus = purpose == .welcome || purpose == .ending
        #expect(
            world.sendOnEvent(code, msgID: nil, Self.menu, by: app).errcode
                == (takesMenus ? 0 : 40008))
    }

    @Test func aQueueCodeDiesWithTheQueue() throws {
        var (world, code) = try Self.world(with: .queue)
        try world.picksUp("anna", talk)
        #expect(
            world.sendOnEvent(code, msgID: nil, .text("排队中"), by: app).refusal
                == SimulatedRefusal(errcode: 95018, verdict: .raced))
    }

    @Test func anAssignmentCodeOutlivesAColleagueButNotTheEnd() throws {
        var (world, code) = try Self.world(with: .assignment)
        try world.transfers("anna", talk, to: "bo")
        var other = world
        #expect(other.sendOnEvent(code, msgID: nil, .text("好"), by: app).errcode == 0)
        try world.ends("bo", talk)
        #expect(world.sendOnEvent(code, msgID: nil, .text("好"), by: app).errcode == 95018)
        // Back in 3, but in another session.
        try world.reopens("bo", talk)
        #expect(world.sendOnEvent(code, msgID: nil, .text("好"), by: app).errcode == 95018)
    }

    @Test func anEndingCodeDiesWhenTheCustomerWritesAgain() throws {
        var (world, code) = try Self.world(with: .ending)
        try world.says("等等")
        #expect(world.sendOnEvent(code, msgID: nil, .text("再见"), by: app).errcode == 95018)
    }

    @Test func aWelcomeNeedsNoState() throws {
        var (world, code) = try Self.world(with: .welcome)
        try world.says("在吗")
        _ = try world.trans(3, "anna").get()
        #expect(world.sendOnEvent(code, msgID: nil, Self.menu, by: app).errcode == 0)
    }

    @Test func codesDoNotCountAgainstTheFive() throws {
        var (world, code) = try Self.world(with: .welcome)
        try world.says("在吗")
        _ = try world.sendOnEvent(code, msgID: nil, .text("欢迎"), by: app).get()
        #expect(world.conversation(talk)?.budgetLeft == 5)
    }

    @Test func unknownCodes() {
        var world = makeWorld()
        #expect(world.sendOnEvent("MSGCODE-no", msgID: nil, .text("好"), by: app).errcode == 41050)
    }

    // MARK: Who gets a welcome code

    @Test func whoWroteGetsNoneForFortyEightHours() throws {
        var world = makeWorld()
        try world.says("在吗")
        world.wait(fortyEightHours - .milliseconds(1))
        try world.enters(lin, shop)
        #expect(world.codes.isEmpty)
        world.wait(.milliseconds(1))
        try world.enters(lin, shop)
        #expect(world.codes.map(\.purpose) == [.welcome])
    }

    @Test func whoWasWelcomedGetsNoneForFortyEightHours() throws {
        var (world, code) = try Self.world(with: .welcome)
        _ = try world.sendOnEvent(code, msgID: nil, .text("欢迎"), by: app).get()
        world.wait(fortyEightHours - .milliseconds(1))
        try world.enters(lin, shop)
        #expect(world.codes.count == 1)
        world.wait(.milliseconds(1))
        try world.enters(lin, shop)
        #expect(world.codes.count == 2)
    }

    @Test func whoOnlyLookedInGetsAnother() throws {
        var (world, _) = try Self.world(with: .welcome)
        world.wait(.seconds(60))
        try world.enters(lin, shop, scene: "footer", sceneParameter: "sku=9")
        let entrance = try #require(
            try world.pullAll().last.flatMap { row in
                if case .event(.entered(lin, let entrance)) = row.content { entrance } else { nil }
            })
        #expect(entrance.scene == "footer")
        #expect(entrance.sceneParameter == "sku=9")
        #expect(entrance.welcomeCode == world.codes.last?.code)
        #expect(world.codes.count == 2)
    }
}
