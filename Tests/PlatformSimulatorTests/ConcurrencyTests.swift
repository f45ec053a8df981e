import ChatModel
import PlatformSimulator
import Testing

/// 45033 (wecom-kf reference §15): so many calls under way on an endpoint.
@Suite struct ConcurrencyTests {
    private static func world(_ calls: [FaultPlan.CallRule]) throws -> PlatformSimulator {
        var world = makeWorld { settings in
            settings.concurrency = [.getState: 2]
            settings.apps.append(.init(alias: "other", corp: "wwOther", secret: "x"))
            settings.accounts.append(.init(id: "wkOther", name: "别家", app: "other"))
        }
        try world.says("在吗")
        try world.writes(lin, "wkOther", .text("在吗", menuItem: nil))
        world.setFaults(FaultPlan(calls: calls))
        return world
    }

    @Test(arguments: [CallFault.delay(.seconds(3)), .slowBody(.seconds(3))])
    func noMoreAtOnceThanTheCeiling(fault: CallFault) throws {
        var world = try Self.world([.init(fault)])
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
        world.wait(.seconds(1))
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
        #expect(
            world.sessionState(of: talk, by: app).refusal
                == SimulatedRefusal(errcode: 45033, verdict: .limited))
        #expect(world.book.last?.reason == "2 calls under way, at most 2")
        // Other endpoints and other corps have places of their own.
        #expect(world.servicers(of: shop, by: app).errcode == 0)
        let other = ConversationID(account: "wkOther", customer: lin)
        #expect(world.sessionState(of: other, by: "other").errcode == 0)
        // The first is answered after 3 seconds, and frees its place; the refused took none.
        world.wait(.milliseconds(1999))
        #expect(world.sessionState(of: talk, by: app).errcode == 45033)
        world.wait(.milliseconds(1))
        #expect(world.sessionState(of: talk, by: app).errcode == 0)
        #expect(world.sessionState(of: talk, by: app).errcode == 45033)
    }

    @Test func answersThatTakeNoTimeAreNeverTooMany() throws {
        var world = try Self.world([])
        for _ in 0..<100 { #expect(world.sessionState(of: talk, by: app).errcode == 0) }
    }
}
