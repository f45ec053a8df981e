import ChatModel
import PlatformSimulator
import SessionMachine
import Testing

@Suite struct TransitionTests {
    /// From each state, the targets `trans` carries out; 3→3 is for a colleague.
    static let allowed: [ServiceState: [Int]] = [
        .untreated: [1, 2, 3, 4], .assistant: [2, 3, 4], .pool: [3, 4], .human: [3, 4], .ended: [],
    ]

    @Test(arguments: ServiceState.allCases, 0...4)
    func everyPairOfStates(from: ServiceState, to: Int) throws {
        var world = makeWorld()
        try world.bring(to: from)
        let answer = world.trans(to, to == 3 ? "bo" : nil)
        if Self.allowed[from, default: []].contains(to) {
            #expect(answer.errcode == 0)
            #expect(world.state?.rawValue == to)
        } else {
            #expect(answer.errcode == 95016)
            #expect(world.state == from)
        }
    }

    @Test func theSameServicerIsNoTarget() throws {
        var world = makeWorld()
        try world.bring(to: .human)
        #expect(
            world.trans(3, "anna").refusal == SimulatedRefusal(errcode: 95016, verdict: .repeat))
        #expect(world.trans(3, "bo").errcode == 0)
    }

    @Test func theClientsTableSaysTheSame() {
        for from in ServiceState.allCases {
            let client = CommandedTransitions.strict[from.rawValue, default: []]
            let platform = PlatformRules.commandable[from.rawValue]
            #expect(client == Set(platform.indices.filter { platform[$0] }), "from \(from)")
        }
    }

    @Test func theClientsCodesSayTheSame() {
        let pairs: [(CodePurpose, CodeScene)] = [
            (.welcome, .welcome), (.queue, .queued), (.assignment, .assigned), (.ending, .ended),
        ]
        for (platform, client) in pairs {
            #expect(platform.lifetime == client.lifetime)
            #expect(platform.boundState?.rawValue == client.requiredState)
            #expect(platform.types.contains("msgmenu") == client.allowsMenu)
        }
    }

    @Test func theClientsWindowSaysTheSame() {
        #expect(PlatformRules.messagesPerCustomerMessage == ReplyWindow.budget)
        #expect(PlatformRules.answerWindow == ReplyWindow.length)
        #expect(PlatformRules.sessionLifetime == SessionMachine.longestSession)
    }

    @Test func codesComeWithTheFirstChangeAndTheEnd() throws {
        var world = makeWorld()
        try world.says("在吗")
        #expect(try world.trans(1).get() == nil)
        let queue = try #require(try world.trans(2).get())
        #expect(world.code(queue)?.purpose == .queue)
        #expect(try world.trans(3, "anna").get() == nil)
        let ending = try #require(try world.trans(4).get())
        #expect(world.code(ending)?.purpose == .ending)

        try world.says("还有")
        let assignment = try #require(try world.trans(3, "anna").get())
        #expect(world.code(assignment)?.purpose == .assignment)
    }

    @Test(
        arguments: [
            ("anna", 0), ("cleo", 95014), ("nobody", 95014), ("bo", 95019),
        ] as [(ServicerID, Int)])
    func servicersMustBeAbleToTakeIt(servicer: ServicerID, errcode: Int) throws {
        var world = makeWorld()
        try world.changesStatus("bo", on: shop, to: .paused)
        try world.says("在吗")
        #expect(world.trans(3, servicer).errcode == errcode)
    }

    @Test func badArguments() throws {
        var world = makeWorld()
        #expect(world.trans(1).errcode == 40096)
        try world.says("在吗")
        #expect(world.trans(3).errcode == 40058)
        #expect(world.trans(7).errcode == 40058)
        let elsewhere = ConversationID(account: "wkOther", customer: lin)
        #expect(world.transfer(elsewhere, to: .pool, by: app).errcode == 95004)
        let nonsense = ConversationID(account: "shop", customer: lin)
        #expect(world.transfer(nonsense, to: .pool, by: app).errcode == 95000)
    }
}
