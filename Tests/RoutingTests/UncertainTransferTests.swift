import ChatModel
import Routing
import RuleEngine
import SessionMachine
import Testing

/// A transfer that may have been carried out unheard, because we were killed or timed out, is not
/// made again in a session it was never meant for.
@Suite struct UncertainTransferTests {
    private var world: World

    init() throws { world = try World() }

    /// What the core makes of the first pending entry, taken up after a kill.
    private mutating func found(_ number: Int) -> Effects {
        var entry = world.pending[0]
        entry.isUncertain = true
        return world.step(
            .outcomes([
                CompletedAction(
                    entry: entry,
                    outcome: .foundElsewhere(.init(number: number, servicer: nil)))
            ]))
    }

    /// A session the assistant has, with a goodbye or a call for a person pending.
    private mutating func ask(for what: String) {
        world.customer("你好")
        world.acceptAll()
        world.now = world.now + .seconds(10)
        world.customer(what)
    }

    @Test(arguments: ["再见", "人工"])
    mutating func aNewSessionIsLeftAlone(wish: String) {
        ask(for: wish)
        world.now = world.now + .seconds(2)
        #expect(world.customer("你好").reason == .deferred)
        world.now = world.now + .seconds(3)
        let effects = found(0)
        #expect(effects.actions == [.send(.text("您好"))])
        #expect(effects.settled.map(\.status) == [.done])
        #expect(effects.notes.contains { $0.hasSuffix(": code_lost") })
        #expect(world.conversation.memory.handover == nil)
    }

    @Test mutating func itsNewsMayComeLaterAndLookOld() {
        ask(for: "再见")
        let wroteAt = world.now + .seconds(2)
        world.now = world.now + .seconds(5)
        #expect(found(0).outbox.isEmpty)
        var row = world.row(.fromCustomer(World.customer, .text("你好", menuItem: nil)))
        row = Inbound(
            msgID: row.msgID, account: row.account, sentAt: wroteAt, content: row.content)
        #expect(world.pull([row]).actions == [.send(.text("您好"))])
    }

    @Test mutating func anUntreatedSessionMayNeverHaveMoved() {
        world.customer("再见")
        let effects = found(0)
        #expect(effects.actions == [.transfer(.ended)])
        #expect(effects.settled.map(\.note) == ["made again"])
        let goodbye = world.completed(.accepted(code: "E", at: world.now))
        #expect(goodbye.actions == [.sendOnEvent("E", .text("再会"))])
    }

    @Test mutating func whoWroteOnAfterAGoodbyeIsNotEnded() {
        world.customer("再见")
        world.now = world.now + .seconds(2)
        world.customer("你好")
        #expect(found(0).actions == [.send(.text("您好"))])
    }

    @Test mutating func itIsNotOrderedAnewForEver() {
        world.customer("再见")
        for _ in 0..<10 where world.pending.first.map({ $0.action == .transfer(.ended) }) ?? false {
            _ = found(0)
        }
        #expect(world.pending.isEmpty)
        #expect(world.conversation.memory.handover == nil)
    }

    @Test mutating func aServicerWhoWasFasterKeepsTheSession() {
        ask(for: "人工")
        let effects = found(3)
        #expect(effects.outbox.isEmpty)
        #expect(effects.notes.contains("code_unused:queued: code_lost"))
        #expect(world.conversation.session.state == .human(nil))
        world.now = world.now + .seconds(60)
        let end = world.event(.sessionChanged(World.customer, .ended(by: "anna", code: "E")))
        #expect(end.actions == [.sendOnEvent("E", Shop.menu.body)], "the closing menu is kept")
    }

    @Test mutating func aPickUpBeforeTheAnswerIsNoted() {
        ask(for: "人工")
        world.now = world.now + .seconds(2)
        let effects = world.event(
            .sessionChanged(World.customer, .pickedUp(by: "anna", code: "P")))
        #expect(effects.notes.contains { $0.hasPrefix("code_lost: ") })
        #expect(world.pending.isEmpty)
    }

    @Test mutating func aRefusedTransferHasNoCodeToLose() {
        ask(for: "人工")
        let refusal = PlatformFailure(code: 95016, handling: .reconcile, meaning: "moved")
        let effects = world.completed(
            .refused(refusal, actual: .init(number: 3, servicer: "anna")))
        #expect(!effects.notes.contains { $0.hasPrefix("code_") })
        #expect(world.conversation.session.state == .human("anna"))
    }

    @Test mutating func aLateRepeatDoesNotMakeLaterWordsLookOld() {
        ask(for: "再见")
        let wroteAt = world.now + .seconds(2)
        world.now = world.now + .seconds(5)
        world.completed(.alreadyDone)
        #expect(world.conversation.session.state == .ended)
        var row = world.row(.fromCustomer(World.customer, .text("你好", menuItem: nil)))
        row = Inbound(
            msgID: row.msgID, account: row.account, sentAt: wroteAt, content: row.content)
        #expect(world.pull([row]).actions == [.send(.text("您好"))])
    }

    @Test mutating func anOldTransfersEndDecidesNothingForTheNext() {
        ask(for: "人工")
        let old = world.pending[0]
        world.now = world.now + .seconds(2)
        world.event(.sessionChanged(World.customer, .pickedUp(by: "anna", code: nil)))
        world.now = world.now + .seconds(2)
        world.event(.sessionChanged(World.customer, .ended(by: "anna", code: nil)))
        world.now = world.now + .seconds(2)
        world.customer("人工")
        let failure = PlatformFailure(code: -1, handling: .retry, meaning: "busy")
        world.step(.outcomes([CompletedAction(entry: old, outcome: .gaveUp(failure))]))
        #expect(world.conversation.memory.handover?.isUnderWay == true)
        #expect(world.customer("你好").reason == .deferred)
    }
}

/// What the dispatcher does with an uncertain transfer once the session is read.
@Suite struct UncertainTransferReadingTests {
    private let start = Timestamp(seconds: 1_700_000_000)

    @Test(arguments: [
        (SessionTarget.pool, 0), (.pool, 3), (.pool, 4), (.ended, 0), (.ended, 2), (.ended, 3),
    ])
    func elsewhereIsTheCoresToJudge(target: SessionTarget, number: Int) {
        var machine = MeteredDispatch()
        let entry = OutboxEntry(
            id: ActionID(cause: .inbound("m"), ordinal: 0),
            conversation: ConversationID(account: "wk1", customer: "a"),
            action: .transfer(target), decidedAt: start, deadline: start + .seconds(2),
            expires: false, reason: "test", isUncertain: true)
        machine.enqueue([entry])
        #expect(machine.next(at: start) == .readSession(entry))
        let session = Outcome.ActualSession(number: number, servicer: nil)
        #expect(
            machine.sessionRead(entry, .success(session), after: nil, at: start, jitter: 0)
                == .completed(.foundElsewhere(session)))
        #expect(!machine.isCalling)
    }
}
