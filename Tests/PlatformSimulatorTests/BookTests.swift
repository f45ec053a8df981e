import ChatModel
import PlatformSimulator
import Testing

@Suite struct BookTests {
    @Test func everythingIsWrittenDown() throws {
        var world = makeWorld()
        try world.says("在吗")
        _ = world.sendText("您好", "a")
        _ = world.sendText("您好", "a")
        _ = world.trans(3, "anna")
        _ = world.sessionState(of: talk, by: app)
        #expect(world.book.map(\.number) == [0, 1, 2, 3])
        #expect(
            world.book.map(\.endpoint) == [
                .sendMessage, .sendMessage, .transferState, .getState,
            ])
        #expect(world.book.map(\.errcode) == [0, PlatformRules.duplicateMsgID, 0, 0])
        #expect(world.book.map(\.verdict) == [nil, .repeat, nil, nil])
        #expect(world.book.map(\.summary) == ["text 您好", "text 您好", "to 3 anna", ""])
        #expect(world.book.allSatisfy { $0.customer == lin && $0.account == shop })
        #expect(world.book.first?.msgID == "a")
    }

    @Test func theBookIsBounded() {
        var world = makeWorld { $0.bookLimit = 10 }
        for _ in 0..<100 { _ = world.servicers(of: shop, by: app) }
        #expect(world.book.count <= 10)
        #expect(world.book.last?.number == 99)
    }

    // MARK: Verdicts on a session that moved

    @Test func whoCouldNotKnowRaced() throws {
        var world = makeWorld()
        try world.bring(to: .pool)
        try world.picksUp("anna", talk)
        try world.ends("anna", talk)
        #expect(world.trans(3, "bo").refusal?.verdict == .raced)
        // Made again, as after a crash, it is a repeat; a new one is not excused any more.
        #expect(world.trans(3, "bo").refusal?.verdict == .repeat)
        #expect(world.trans(1).refusal?.verdict == .illegal)
    }

    @Test func whoPulledTheNewsKnew() throws {
        var world = makeWorld()
        try world.bring(to: .pool)
        try world.picksUp("anna", talk)
        try world.ends("anna", talk)
        _ = try world.pullAll()
        #expect(world.sendText("您好").refusal == SimulatedRefusal(errcode: 95013, verdict: .illegal))
    }

    @Test func whoReadTheStateKnew() throws {
        var world = makeWorld(routing: .humanFirst)
        try world.says("在吗")
        _ = try world.pullAll()
        // The message says nothing of the console's routing; `get` does.
        var ignorant = world
        #expect(ignorant.sendText("您好").refusal?.verdict == .raced)
        let view = try world.sessionState(of: talk, by: app).get()
        #expect(view.state == .human && view.servicer == "anna")
        #expect(world.sendText("您好").refusal?.verdict == .illegal)
    }

    @Test func whoCommandedItKnew() throws {
        var world = makeWorld { $0.noticeTime = .seconds(2) }
        try world.bring(to: .human)
        #expect(world.sendText("您好").refusal?.verdict == .illegal)
        #expect(world.trans(1).refusal?.verdict == .illegal)
    }

    @Test func overANetworkNewsTakesTimeToNotice() throws {
        var world = makeWorld { $0.noticeTime = .seconds(2) }
        try world.bring(to: .human)
        try world.ends("anna", talk)
        _ = try world.pullAll()
        world.wait(.milliseconds(1999))
        #expect(world.sendText("您好", "a").refusal?.verdict == .raced)
        world.wait(.milliseconds(1))
        #expect(world.sendText("您好", "b").refusal?.verdict == .illegal)
    }

    @Test func theClockRacesToo() throws {
        var world = makeWorld()
        try world.says("在吗")
        world.wait(.seconds(1))
        try world.says("还有")
        _ = try world.pullAll()
        world.wait(fortyEightHours - .seconds(1))
        #expect(world.state == .ended)
        #expect(world.sendText("您好").refusal == SimulatedRefusal(errcode: 95013, verdict: .raced))
    }

    @Test func aDeadlineIsMissedByLittleOrByMuch() throws {
        for (late, verdict): (Duration, Verdict) in [
            (.milliseconds(1999), .raced), (.seconds(2), .illegal),
        ] {
            var world = makeWorld { $0.noticeTime = .seconds(2) }
            try world.enters(lin, shop)
            let code = try #require(world.codes.last).code
            world.wait(.seconds(20) + late)
            #expect(
                world.sendOnEvent(code, msgID: "a", .text("欢迎"), by: app).refusal?.verdict
                    == verdict)
        }
    }

    @Test func aCommandMadeAgainIsARepeat() throws {
        var world = makeWorld()
        try world.says("在吗")
        _ = try world.trans(2).get()
        #expect(world.trans(2).refusal?.verdict == .repeat)
        try world.picksUp("anna", talk)
        _ = try world.pullAll()
        #expect(world.trans(2).refusal?.verdict == .repeat)
        // Another session, another story.
        try world.ends("anna", talk)
        try world.says("又来了")
        _ = try world.pullAll()
        _ = try world.trans(3, "anna").get()
        #expect(world.trans(2).refusal?.verdict == .illegal)
    }

    @Test func aStoppedServicerIsARaceUntilShown() throws {
        var world = makeWorld()
        try world.says("在吗")
        _ = world.servicers(of: shop, by: app)
        try world.changesStatus("bo", on: shop, to: .stopped)
        #expect(world.trans(3, "bo").refusal == SimulatedRefusal(errcode: 95019, verdict: .raced))
        _ = try world.pullAll()
        #expect(world.trans(3, "bo").refusal == SimulatedRefusal(errcode: 95019, verdict: .illegal))
    }

    // MARK: The answer sheet

    @Test func whatCameBackForEachMessage() throws {
        var world = makeWorld()
        try world.says("一", msgID: "m1")
        world.wait(.milliseconds(300))
        _ = world.sendText("答一")
        world.wait(.seconds(1))
        try world.says("二", msgID: "m2")
        try world.says("三", msgID: "m3")
        #expect(world.unansweredMessages.map(\.msgID) == ["m2", "m3"])
        world.wait(.milliseconds(200))
        _ = world.sendText("答二")
        _ = world.sendText("答三")
        let sheet = world.customerMessages(in: talk)
        #expect(sheet.map(\.sends) == [3, 2, 2])
        #expect(sheet.map(\.sendsBeforeNext) == [1, 0, 2])
        #expect(
            sheet.map(\.answeredAfter) == [
                .milliseconds(300), .milliseconds(200), .milliseconds(200),
            ])
        #expect(world.unansweredMessages.isEmpty)
    }

    @Test func handingOverIsAnAnswerAndPeoplesMessagesAreTheirs() throws {
        var world = makeWorld()
        try world.says("转人工")
        #expect(world.unansweredMessages.count == 1)
        _ = try world.trans(3, "anna").get()
        try world.says("你好，Anna")
        #expect(world.unansweredMessages.isEmpty)
    }

    @Test func theTimelineShowsWhoDidWhat() throws {
        var world = makeWorld()
        try world.says("在吗", msgID: "m1")
        _ = world.sendText("您好", "a")
        _ = try world.trans(2).get()
        try world.picksUp("anna", talk)
        let movers = world.timeline(of: talk).compactMap { entry in
            if case .state(let state, _, let mover) = entry.what {
                "\(mover) \(state.rawValue)"
            } else {
                nil
            }
        }
        #expect(movers == ["customer 0", "send 1", "command 2", "servicer 3"])
        #expect(world.messagesShown(in: talk).map(\.body) == [.text("您好")])
    }

    @Test func theSameSeedTellsTheSameStory() throws {
        func story(_ seed: UInt64) throws -> [Inbound] {
            var world = PlatformSimulator(settings: makeSettings(), startingAt: ten, seed: seed)
            try world.enters(lin, shop)
            try world.says("在吗")
            return try world.pullAll()
        }
        #expect(try story(1) == story(1))
        #expect(try Set(story(1).map(\.msgID)).isDisjoint(with: story(2).map(\.msgID)))
    }

    @Test func timeDoesNotRunBackwards() {
        var world = makeWorld()
        world.advance(to: ten - .seconds(1))
        #expect(world.now == ten)
    }
}
