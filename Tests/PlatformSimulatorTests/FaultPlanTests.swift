import ChatModel
import PlatformSimulator
import Testing

@Suite struct FaultPlanTests {
    private static func world(_ plan: FaultPlan) throws -> PlatformSimulator {
        var world = makeWorld { $0.quotas = .off }
        try world.says("在吗")
        world.setFaults(plan)
        return world
    }

    /// What struck `count` calls of `service_state/get`, by turns.
    private static func strikes(
        _ count: Int, in world: inout PlatformSimulator
    ) -> [CallFault?] {
        (0..<count).map { _ in
            _ = world.sessionState(of: talk, by: app)
            return world.strike.fault
        }
    }

    // MARK: Chance, count, window

    @Test func theSameSeedAndOrderGiveTheSameFaults() throws {
        let plan = FaultPlan(seed: 7, calls: [.init(.lostAnswer, .init(chance: 0.3))])
        var (one, two) = (try Self.world(plan), try Self.world(plan))
        let first = Self.strikes(200, in: &one)
        #expect(first == Self.strikes(200, in: &two))
        let struck = first.compactMap { $0 }.count
        #expect((40...80).contains(struck), "three in ten, not \(struck) of 200")
        var other = try Self.world(
            FaultPlan(seed: 8, calls: [.init(.lostAnswer, .init(chance: 0.3))]))
        #expect(first != Self.strikes(200, in: &other))
    }

    @Test func callsOnOtherEndpointsDoNotMoveTheLuck() throws {
        let plan = FaultPlan(seed: 7, calls: [.init(.lostAnswer, .init(chance: 0.5))])
        var alone = try Self.world(plan)
        let expected = Self.strikes(50, in: &alone)
        var among = try Self.world(plan)
        var seen: [CallFault?] = []
        var others: [CallFault?] = []
        for _ in 0..<50 {
            _ = among.servicers(of: shop, by: app)
            others.append(among.strike.fault)
            seen += Self.strikes(1, in: &among)
        }
        #expect(seen == expected)
        #expect(others != expected, "endpoints must not suffer in step")
    }

    @Test func aRuleAddedBehindDoesNotMoveTheLuckOfThoseBefore() throws {
        let first = FaultPlan.CallRule(.resetBefore, .init(chance: 0.4))
        var short = try Self.world(FaultPlan(seed: 3, calls: [first]))
        var long = try Self.world(
            FaultPlan(seed: 3, calls: [first, .init(.lostAnswer, .init(chance: 0.4))]))
        let expected = Self.strikes(60, in: &short).map { $0 == .resetBefore }
        let seen = Self.strikes(60, in: &long)
        #expect(seen.map { $0 == .resetBefore } == expected)
        #expect(seen.contains(.lostAnswer))
    }

    @Test func countsAndEndpointsLimitARule() throws {
        var world = try Self.world(
            FaultPlan(calls: [
                .init(.refused(errcode: -1), on: [.sendMessage], .init(count: 2)),
                .init(.refused(errcode: 45009), on: [.sendMessage, .getState], .init(count: 1)),
            ]))
        #expect(world.servicers(of: shop, by: app).errcode == 0)
        #expect(world.sendText("一").errcode == -1)
        #expect(world.sendText("一").errcode == -1)
        #expect(world.sendText("一").errcode == 45009)
        #expect(world.sendText("一").errcode == 0)
        #expect(world.callFaults.map(\.struck) == [2, 1])
        #expect(world.faultsStruck == 3)
    }

    @Test func aWindowOpensAndCloses() throws {
        var world = try Self.world(
            FaultPlan(calls: [
                .init(
                    .refused(errcode: 45009), on: [.getState],
                    .init(from: .seconds(60), to: .seconds(120)))
            ]))
        func state() -> Int { world.sessionState(of: talk, by: app).errcode }
        #expect(state() == 0)
        world.wait(.seconds(60) - .milliseconds(1))
        #expect(state() == 0)
        world.wait(.milliseconds(1))
        #expect(state() == 45009)
        world.wait(.seconds(60) - .milliseconds(1))
        #expect(state() == 45009)
        world.wait(.milliseconds(1))
        #expect(state() == 0)
    }

    @Test func aNewPlanReplacesTheOldOneAndLeavesSingleFaultsAlone() throws {
        var world = try Self.world(FaultPlan(calls: [.init(.refused(errcode: -1))]))
        world.inject(.getState, count: 1, errcode: 45009)
        #expect(world.sessionState(of: talk, by: app).errcode == 45009)
        #expect(world.sessionState(of: talk, by: app).errcode == -1)
        world.inject(.getState, count: 1, errcode: 50001)
        world.setFaults(FaultPlan())
        #expect(world.sessionState(of: talk, by: app).errcode == 50001)
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
        #expect(world.strike == .none)
    }

    // MARK: What happens to a call

    @Test(arguments: [CallFault.lostAnswer, .resetAfter, .timeoutAfter, .slowBody(.seconds(3))])
    func theseAreCarriedOut(fault: CallFault) throws {
        var world = try Self.world(FaultPlan(calls: [.init(fault, .init(count: 1))]))
        #expect(world.sendText("您好", "m").errcode == 0)
        #expect(world.strike.fault == fault)
        #expect(world.book.last?.injected == [fault.kind])
        #expect(world.sendText("您好", "m").errcode == PlatformRules.duplicateMsgID)
        #expect(world.book.last?.injected == [])
    }

    @Test(arguments: [CallFault.resetBefore, .timeoutBefore, .refused(errcode: 45009)])
    func theseAreNotCarriedOut(fault: CallFault) throws {
        var world = try Self.world(FaultPlan(calls: [.init(fault, .init(count: 1))]))
        #expect(world.sendText("您好", "m").refusal?.verdict == .limited)
        #expect(world.book.last?.injected == [fault.kind])
        #expect(world.conversation(talk)?.sends == 0)
        #expect(world.sendText("您好", "m").errcode == 0)
    }

    @Test func delaysAddUpAndComeBesideAnotherFault() throws {
        var world = try Self.world(
            FaultPlan(calls: [
                .init(.delay(.seconds(2))), .init(.lostAnswer), .init(.delay(.seconds(3))),
            ]))
        _ = world.sessionState(of: talk, by: app)
        #expect(world.strike.delay == .seconds(5))
        #expect(world.strike.fault == .lostAnswer)
        #expect(world.book.last?.injected == [.delay, .lostAnswer])
    }

    @Test(arguments: [40014, 42001])
    func aRefusedTokenIsWithdrawn(errcode: Int) throws {
        var world = try Self.world(
            FaultPlan(calls: [
                .init(.refused(errcode: errcode), .init(count: 1))
            ]))
        // `gettoken` has no token to refuse and does not use the rule up.
        func token() throws -> String {
            try world.getToken(corp: AccessTests.corp, secret: "s3cret").get().token
        }
        let old = try token()
        #expect(world.authenticate(old, for: .getState).errcode == 0)
        #expect(world.sessionState(of: talk, by: app).errcode == errcode)
        #expect(world.authenticate(old, for: .getState).errcode == errcode)
        let new = try token()
        #expect(new != old)
        #expect(world.authenticate(new, for: .getState).errcode == 0)
    }

    /// A bot whose answer was lost can't know what it said, so acting on what it knew before is no
    /// fault of its own.
    @Test(arguments: [(nil, .illegal), (.lostAnswer, .raced)] as [(CallFault?, Verdict)])
    func aLostAnswerShowsTheCallerNothing(fault: CallFault?, verdict: Verdict) throws {
        var world = try Self.world(
            FaultPlan(calls: fault.map { [.init($0, on: [.getState])] } ?? []))
        _ = try world.trans(2).get()
        try world.picksUp("anna", talk)
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
        #expect(world.sendText("您好").refusal?.verdict == verdict)
    }

    // MARK: Callbacks

    private static func callbacks(_ plan: [FaultPlan.CallbackRule]) throws -> PlatformSimulator {
        var world = makeWorld { $0.quotas = .off }
        world.setFaults(FaultPlan(seed: 1, callbacks: plan))
        return world
    }

    @Test func duplicates() throws {
        var world = try Self.callbacks([.init(.duplicate(copies: 2), .init(count: 1))])
        try world.says("一")
        try world.says("二")
        let due = world.takeDueCallbacks()
        #expect(due.map(\.number) == [0, 0, 0, 1])
        #expect(due.map(\.isCopy) == [false, true, true, false])
        #expect(Set(due.prefix(3).map(\.token)).count == 1)
        // Only the original is made again when it fails.
        for push in due { world.callbackEnded(push, status: 500) }
        world.wait(.seconds(5))
        #expect(world.takeDueCallbacks().map(\.number) == [0, 1])
        #expect(world.callbackBook.map(\.status) == [500, 500, 500, 500])
    }

    @Test func theNextOneOvertakes() throws {
        var world = try Self.callbacks([.init(.reorder(atMost: .seconds(5)))])
        for words in ["一", "二", "三", "四"] { try world.says(words) }
        #expect(world.takeDueCallbacks().map(\.number) == [1, 0, 3, 2])
        #expect(world.faultsStruck == 2)
    }

    @Test func nobodyOvertakesTheLastOne() throws {
        var world = try Self.callbacks([.init(.reorder(atMost: .seconds(5)))])
        try world.says("一")
        #expect(world.takeDueCallbacks().isEmpty)
        #expect(world.nextDue == world.now + .seconds(5))
        world.wait(.seconds(5))
        #expect(world.takeDueCallbacks().map(\.number) == [0])
        #expect(world.nextCallbackDue == nil)
    }

    @Test func droppedAndLate() throws {
        var world = try Self.callbacks([
            .init(.drop, .init(count: 1)), .init(.late(.seconds(30)), .init(count: 1)),
        ])
        for words in ["一", "二", "三"] { try world.says(words) }
        #expect(world.takeDueCallbacks().map(\.number) == [2])
        #expect(world.callbackBook.map(\.push.injected) == [.drop])
        world.wait(.seconds(30))
        #expect(world.takeDueCallbacks().map(\.number) == [1])
        // What was dropped is in the log all the same.
        #expect(try world.pullAll().count == 3)
    }

    // MARK: Details

    @Test func faultsSayWhatTheyNeed() {
        #expect(throws: FaultDetailError.missing("errcode")) {
            try CallFault(kind: .errcode, errcode: nil, lasting: nil)
        }
        #expect(throws: FaultDetailError.missing("seconds")) {
            try CallFault(kind: .slowBody, errcode: nil, lasting: nil)
        }
        #expect(throws: FaultDetailError.needless("errcode")) {
            try CallFault(kind: .lostAnswer, errcode: -1, lasting: nil)
        }
        #expect(throws: FaultDetailError.needless("copies")) {
            try CallbackFault(kind: .drop, copies: 2, lasting: nil)
        }
    }
}
