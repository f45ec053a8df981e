import ChatModel
import Routing
import Testing

/// The platform promises no order across customers, servicers and events.
@Suite struct PageOrderTests {
    private var world: World

    init() throws { world = try World() }

    private mutating func row(_ seconds: Int, _ content: Inbound.Content) -> Inbound {
        let row = world.row(content)
        return Inbound(
            msgID: row.msgID, account: row.account, sentAt: row.sentAt + .seconds(seconds),
            content: content)
    }

    @Test mutating func anEarlierEndingFurtherDownWithdrawsNothing() {
        world.customer("你好")
        world.acceptAll()
        world.now = world.now + .seconds(60)
        let later = row(
            2, .fromCustomer(World.customer, .text("你好", menuItem: nil)))
        let ended = row(1, .event(.sessionChanged(World.customer, .ended(by: "anna", code: nil))))
        world.now = world.now + .seconds(3)
        let effects = world.pull([later, ended])
        #expect(effects.actions == [.send(.text("您好"))])
        #expect(effects.inbox.map(\.row.msgID) == [ended.msgID, later.msgID])
    }

    @Test mutating func rowsOfOneSecondStayAsTheyCame() {
        let rows = ["1", "2", "3", "4"].map {
            world.row(.fromCustomer(World.customer, .text($0, menuItem: nil)))
        }
        let late = row(-1, .fromCustomer("wm2", .text("0", menuItem: nil)))
        let effects = world.pull(rows + [late])
        #expect(effects.inbox.map(\.row.msgID) == [late.msgID] + rows.map(\.msgID))
    }

    @Test mutating func aServicersEarlierWordDoesNotAnswerTheCustomersLast() {
        let last = row(2, .fromCustomer("a", .text("?", menuItem: nil)))
        let servicer = row(1, .fromServicer("anna", to: "a", .text("!", menuItem: nil)))
        #expect(
            FirstStart.unanswered(in: [last, servicer], answered: [], now: world.now)
                == [last.msgID])
    }

    @Test mutating func whatIsWithdrawnInItsOwnPageLeavesANote() {
        let effects = world.pull([
            row(0, .fromCustomer(World.customer, .text("你好", menuItem: nil))),
            row(1, .fromServicer("anna", to: World.customer, .text("我来", menuItem: nil))),
        ])
        #expect(effects.outbox.isEmpty)
        #expect(effects.notes.contains("withdrawn:session:3 rule:你好"))
    }

    @Test mutating func whoWaitedForAWithdrawnTransferIsNotForgotten() {
        world.customer("人工")
        world.now = world.now + .seconds(1)
        #expect(world.customer("你好").reason == .deferred)
        world.now = world.now + .seconds(1)
        // The transfer was waiting for its repeat: withdrawn, it has no outcome.
        let effects = world.pull([
            world.row(.fromServicer("anna", to: World.customer, .text("我来", menuItem: nil)))
        ])
        #expect(world.pending.isEmpty)
        #expect(effects.notes.contains("decided:m2 human_serving"))
        #expect(world.conversation.memory.deferred.isEmpty)
    }
}
