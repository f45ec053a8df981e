import ChatModel
import Routing
import Testing

/// What the core withdrew while its call was under way is not called again.
@Suite struct WithdrawnCallTests {
    private var machine = MeteredDispatch()
    private let start = Timestamp(seconds: 1_700_000_000)
    private let id = ConversationID(account: "wk1", customer: "a")

    private func entry(_ action: Action, isUncertain: Bool = false) -> OutboxEntry {
        OutboxEntry(
            id: ActionID(cause: .inbound("m"), ordinal: 0), conversation: id, action: action,
            decidedAt: start, deadline: start + .seconds(2), expires: false, reason: "test",
            isUncertain: isUncertain)
    }

    @Test(arguments: [
        PlatformFailure(code: nil, handling: .retry, meaning: "time-out"),
        PlatformFailure(code: -1, handling: .retry, meaning: "busy"),
        PlatformFailure(code: 45009, handling: .wait, meaning: "often"),
        PlatformFailure(code: 60020, handling: .stop, meaning: "IP"),
    ])
    mutating func aFailureIsItsEnd(failure: PlatformFailure) {
        let first = entry(.send(.text("hi")))
        machine.enqueue([first])
        _ = machine.next(at: start)
        machine.cancel(id)
        #expect(
            machine.returned(first, .failure(failure), calledAt: start, at: start, jitter: 0)
                == .completed(.gaveUp(failure)))
        machine.release(first)
        #expect(machine.next(at: start + .seconds(3600)) == nil)
        #expect(machine.count == 0)
        #expect(!machine.isCalling)
    }

    @Test mutating func anUncertainTransferIsNotMade() {
        let transfer = entry(.transfer(.pool), isUncertain: true)
        machine.enqueue([transfer])
        #expect(machine.next(at: start) == .readSession(transfer))
        machine.withdraw(transfer.id, of: id)
        guard
            case .completed(.refused(_, let actual)) = machine.sessionRead(
                transfer, .success(.init(number: 3, servicer: "anna")), after: nil, at: start,
                jitter: 0)
        else {
            Issue.record("a withdrawn transfer is made")
            return
        }
        #expect(actual == .init(number: 3, servicer: "anna"))
    }

    @Test mutating func theNextEntryOfItsConversationIsNotWithdrawn() {
        let first = entry(.send(.text("hi")))
        machine.enqueue([first])
        _ = machine.next(at: start)
        machine.cancel(id)
        var next = entry(.send(.text("later")))
        next.id = ActionID(cause: .inbound("m2"), ordinal: 0)
        machine.enqueue([next])
        _ = machine.returned(first, .success(nil), calledAt: start, at: start, jitter: 0)
        #expect(machine.next(at: start) == .perform(next))
        #expect(
            machine.returned(
                next, .failure(PlatformFailure(code: -1, handling: .retry, meaning: "busy")),
                calledAt: start, at: start, jitter: 0) == .again)
    }
}
