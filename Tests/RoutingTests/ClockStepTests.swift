import ChatModel
import Routing
import Testing

/// A wall clock that is set back must not silence the bot until it has caught up.
@Suite struct ClockStepTests {
    private let start = Timestamp(seconds: 1_700_000_000)
    private var earlier: Timestamp { start - .seconds(3600) }

    private func entry(_ customer: ExternalUserID, account: OpenKfID = "wk1") -> OutboxEntry {
        OutboxEntry(
            id: ActionID(cause: .inbound("m"), ordinal: 0),
            conversation: ConversationID(account: account, customer: customer),
            action: .send(.text("hi")), decidedAt: start, deadline: start + .seconds(2),
            expires: false, reason: "test")
    }

    @Test(arguments: [
        PlatformFailure(code: -1, handling: .retry, meaning: "busy"),
        PlatformFailure(code: 45009, handling: .wait, meaning: "often"),
        PlatformFailure(code: 60020, handling: .stop, meaning: "IP"),
    ])
    func pausesBegunBeforeEndAtOnce(failure: PlatformFailure) {
        var machine = MeteredDispatch()
        let first = entry("a")
        machine.enqueue([first])
        #expect(machine.next(at: start) == .perform(first))
        _ = machine.returned(first, .failure(failure), calledAt: start, at: start, jitter: 0)
        #expect(machine.next(at: start - .seconds(1)) == nil, "a second is no step")
        #expect(machine.next(at: earlier) == .perform(first))
    }

    @Test func theQuotaIsNotExceededNorKeptShutForAnHour() {
        var meter = RateMeter(limit: 2)
        meter.count(at: start)
        meter.count(at: start)
        let opens = meter.nextCall(at: earlier, underWay: 0) ?? earlier
        #expect(opens > earlier)
        #expect(opens <= earlier + .seconds(62))
        #expect(meter.nextCall(at: opens, underWay: 0) == opens)
    }
}
