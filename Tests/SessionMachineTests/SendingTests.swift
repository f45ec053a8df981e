import ChatModel
import SessionMachine
import Testing

/// What may be said with `send_msg`: states, the 48 hours, the five messages.
@Suite struct SendingTests {
    /// Taken from wecom-kf reference §7.7, not from the machine.
    static let refusals: [(SessionState, Refusal?)] = [
        (.untreated, nil), (.assistant, nil), (.pool, .waitingInPool),
        (.human(anna), .humanServing), (.human(bert), .humanServing), (.human(nil), .humanServing),
        (.ended, .sessionEnded),
    ]

    @Test func onlyStates0And1MaySpeak() {
        #expect(Self.refusals.map(\.0) == everyState, "a state without a line")
        for (state, refusal) in Self.refusals {
            #expect(SessionMachine.sample(state).refusalOfSending(at: noon) == refusal)
        }
    }

    /// Where the bot may not speak anyway, it says so first: that is what a person can change.
    @Test func theStateIsNamedBeforeTheWindow() {
        let late = noon + .seconds(99 * 3600)
        for (state, refusal) in Self.refusals where refusal != nil {
            #expect(SessionMachine.sample(state).refusalOfSending(at: late) == refusal)
        }
    }

    @Test func beforeTheCustomerWroteNothingMayBeSent() {
        var session = SessionMachine()
        #expect(session.refusalOfSending(at: noon) == .sessionEnded)
        session.observed(.entered(code: "w"), at: noon)
        #expect(session.refusalOfSending(at: noon) == .sessionEnded)
        session.observed(.read(.untreated), at: noon)
        #expect(session.refusalOfSending(at: noon) == .customerNeverWrote)
    }

    @Test func theWindowClosesAtExactly48Hours() {
        let session = SessionMachine().after(.customerWrote(pendingSends: 0), at: noon)
        let cases: [(Duration, Refusal?)] = [
            (.zero, nil), (.seconds(48 * 3600) - .milliseconds(1), nil),
            (.seconds(48 * 3600), .windowClosed), (.seconds(48 * 3600 + 1), .windowClosed),
            (.seconds(1000 * 3600), .windowClosed),
        ]
        for (passed, refusal) in cases {
            #expect(session.refusalOfSending(at: noon + passed) == refusal, "after \(passed)")
        }
    }

    @Test func thereIsNoSixthMessage() {
        var session = SessionMachine().after(.customerWrote(pendingSends: 0), at: noon)
        for left in [5, 4, 3, 2, 1] {
            #expect(session.window.left == left)
            #expect(session.refusalOfSending(at: noon) == nil)
            session.orderedSend(at: noon)
        }
        #expect(session.window.left == 0)
        #expect(session.refusalOfSending(at: noon) == .replyBudgetSpent)
    }

    @Test func theNextMessageGivesFiveMore() {
        var session = spent(at: noon + .seconds(1))
        session.observed(.customerWrote(pendingSends: 0), at: noon + .seconds(60))
        #expect(session.window.left == 5)
        #expect(session.window.openedAt == noon + .seconds(60))
        #expect(session.refusalOfSending(at: noon + .seconds(48 * 3600 + 59)) == nil)
        #expect(session.refusalOfSending(at: noon + .seconds(48 * 3600 + 60)) == .windowClosed)
    }

    @Test func whatIsStillUnderWayCountsAgainstTheNextMessage() {
        for (pending, left) in [(0, 5), (1, 4), (3, 2), (5, 0), (9, 0)] {
            var session = spent(at: noon + .seconds(1))
            session.observed(.customerWrote(pendingSends: pending), at: noon + .seconds(60))
            #expect(session.window.left == left, "\(pending) pending")
        }
    }

    /// The customer wrote at :10; we heard of it only after an answer of :20 was confirmed.
    ///
    /// The platform counts that answer against the newer message.
    @Test func whatWasSentAfterTheCustomerWroteCountsThoughConfirmed() {
        var session = SessionMachine().after(.customerWrote(pendingSends: 0), at: noon)
        for _ in 1...4 { session.orderedSend(at: noon + .seconds(20)) }
        session.observed(.customerWrote(pendingSends: 0), at: noon + .seconds(10))
        #expect(session.window.left == 1)
        session.observed(.customerWrote(pendingSends: 0), at: noon + .seconds(21))
        #expect(session.window.left == 5)
    }

    @Test func anOldMessageGivesNothingBack() {
        // Our clock may be a minute behind the platform's.
        for time in [noon, noon - .seconds(60)] {
            var session = spent(at: time)
            session.observed(.customerWrote(pendingSends: 0), at: noon - .seconds(1))
            #expect(session.window.left == 0)
            #expect(session.window.openedAt == noon)
        }
    }

    @Test func aWindowComesBackFromTheStoreAsItWas() {
        let window = ReplyWindow(openedAt: noon, ordered: 4, orderedAt: noon)
        #expect(window.left == 1)
        #expect(window.refusal(at: noon) == nil)
        #expect(ReplyWindow(openedAt: nil, ordered: 0).refusal(at: noon) == .customerNeverWrote)
        #expect(ReplyWindow(openedAt: noon, ordered: 7).left == 0)
        #expect(ReplyWindow(openedAt: noon, ordered: 7).refusal(at: noon) == .replyBudgetSpent)
    }

    /// A session whose five messages are spent, all ordered at `time`.
    private func spent(at time: Timestamp) -> SessionMachine {
        var session = SessionMachine().after(.customerWrote(pendingSends: 0), at: noon)
        for _ in 1...5 { session.orderedSend(at: time) }
        return session
    }
}
