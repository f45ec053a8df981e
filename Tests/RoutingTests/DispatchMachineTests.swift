import ChatModel
import Routing
import Testing

@Suite struct DispatchMachineTests {
    private var machine = MeteredDispatch(.perMinute(nil, mostInFlight: 4))
    private let start = Timestamp(seconds: 1_700_000_000)

    private func entry(
        _ customer: ExternalUserID, _ ordinal: Int, action: Action = .send(.text("hi")),
        deadline: Duration = .seconds(2), expires: Bool = false, isUncertain: Bool = false
    ) -> OutboxEntry {
        OutboxEntry(
            id: ActionID(cause: .inbound(MsgID("m-\(customer)")), ordinal: ordinal),
            conversation: ConversationID(account: "wk1", customer: customer), action: action,
            decidedAt: start, deadline: start + deadline, expires: expires, reason: "test",
            isUncertain: isUncertain)
    }

    private func failure(
        _ handling: PlatformFailure.Handling, code: Int? = 1, isDocumented: Bool = true
    ) -> PlatformFailure {
        PlatformFailure(
            code: code, handling: handling, meaning: "test", isDocumented: isDocumented)
    }

    private mutating func allJobs(at now: Timestamp) -> [DispatchMachine.Job] {
        var jobs: [DispatchMachine.Job] = []
        while let job = machine.next(at: now) { jobs.append(job) }
        return jobs
    }

    private func calls(in jobs: [DispatchMachine.Job]) -> [OutboxEntry] {
        jobs.compactMap { if case .perform(let entry) = $0 { entry } else { nil } }
    }

    @Test mutating func aConversationGoesInOrderOneAtATime() {
        let (first, second) = (entry("a", 0), entry("a", 1))
        machine.enqueue([first, second])
        #expect(allJobs(at: start) == [.perform(first)])
        let disposition = machine.returned(
            first, .success(nil), calledAt: start, at: start, jitter: 0)
        #expect(disposition == .completed(.accepted(code: nil, at: start)))
        #expect(allJobs(at: start) == [.perform(second)])
    }

    @Test mutating func aRecommendationGoesBesideTheMessages() {
        let (text, upgrade) = (
            entry("a", 0), entry("a", 1, action: .upgrade(.member("anna", wording: nil)))
        )
        machine.enqueue([text, upgrade])
        #expect(Set(allJobs(at: start)) == [.perform(text), .perform(upgrade)])
        let disposition = machine.returned(
            upgrade, .failure(failure(.drop, code: 95021)), calledAt: start, at: start, jitter: 0)
        #expect(
            disposition
                == .completed(.refused(failure(.drop, code: 95021), actual: nil)))
        #expect(machine.count == 1)
        _ = machine.returned(text, .success(nil), calledAt: start, at: start, jitter: 0)
        machine.release(upgrade)
        #expect(machine.count == 0)
    }

    @Test mutating func aRecommendationIsWithdrawnWithItsConversation() {
        let (first, second) = (
            entry("a", 0, action: .upgrade(.member("anna", wording: nil))),
            entry("b", 0, action: .upgrade(.member("anna", wording: nil)))
        )
        machine.enqueue([first, second])
        machine.cancel(first.conversation)
        machine.withdraw(second.id, of: second.conversation)
        #expect(machine.count == 0)
        #expect(allJobs(at: start).isEmpty)
    }

    /// The quota of recommendations is nothing to the customer's messages, before a call and after.
    @Test mutating func aRecommendationsQuotaHoldsOnlyRecommendations() {
        let hint = Action.upgrade(.member("anna", wording: nil))
        let (upgrade, transfer) = (
            entry("a", 0, action: hint), entry("a", 1, action: .transfer(.pool))
        )
        machine.enqueue([upgrade])
        #expect(allJobs(at: start) == [.perform(upgrade)])
        let refused = machine.returned(
            upgrade, .failure(failure(.wait, code: 45009)), calledAt: start, at: start, jitter: 0)
        #expect(refused == .again)
        machine.enqueue([transfer, entry("b", 0, action: hint), entry("b", 1)])
        #expect(Set(calls(in: allJobs(at: start)).map(\.id)) == [transfer.id, entry("b", 1).id])
        let later = start + .seconds(121)
        #expect(allJobs(at: later).count == 1, "the first after a block goes alone")
    }

    /// A customer's text must not wait because another one's transfer was refused.
    @Test mutating func aRefusedRightRestsItsEndpointAlone() {
        let (transfer, text) = (entry("a", 0, action: .transfer(.pool)), entry("b", 0))
        let another = entry("c", 0, action: .transfer(.pool))
        machine.enqueue([transfer])
        #expect(allJobs(at: start) == [.perform(transfer)])
        _ = machine.returned(
            transfer, .failure(failure(.stop, code: 48002)), calledAt: start, at: start, jitter: 0)
        machine.enqueue([text, another])
        #expect(allJobs(at: start) == [.perform(text)])
        let waiting = machine.machine.waiting().first { $0.endpoint == .transfer }
        #expect(waiting?.waiting == 2, "those that rest wait as well")
        let later = start + RetryPolicy.restAfterStop
        #expect(Set(calls(in: allJobs(at: later)).map(\.id)) == [transfer.id, another.id])
    }

    /// The core hasn't heard of the refused message yet: what follows it waits for that alone.
    @Test mutating func aRecommendationsEndReleasesNoMessage() {
        let (text, next) = (entry("a", 0), entry("a", 2))
        let upgrade = entry("a", 1, action: .upgrade(.member("anna", wording: nil)))
        machine.enqueue([text, upgrade, next])
        #expect(allJobs(at: start).count == 2)
        for (entry, code) in [(text, 95001), (upgrade, 95021)] {
            _ = machine.returned(
                entry, .failure(failure(.drop, code: code)), calledAt: start, at: start, jitter: 0)
        }
        machine.release(upgrade)
        #expect(allJobs(at: start).isEmpty)
        machine.release(text)
        #expect(allJobs(at: start) == [.perform(next)])
    }

    @Test mutating func anAccountThatIsGrantedAgainRestsNoLonger() {
        let (refused, waiting, elsewhere) = (entry("a", 0), entry("b", 0), entry("c", 0))
        machine.enqueue([refused])
        #expect(allJobs(at: start) == [.perform(refused)])
        _ = machine.returned(
            refused, .failure(failure(.stop, code: 48007)), calledAt: start, at: start, jitter: 0)
        machine.enqueue([waiting])
        #expect(allJobs(at: start).isEmpty)
        machine.endRest(of: "another")
        #expect(allJobs(at: start).isEmpty)
        machine.endRest(of: refused.conversation.account)
        machine.enqueue([elsewhere])
        #expect(
            Set(calls(in: allJobs(at: start)).map(\.id)) == [refused.id, waiting.id, elsewhere.id])
    }

    /// It is a hint to a servicer: whatever the platform says to it, the customer's messages and
    /// the account's go on.
    @Test(arguments: [
        PlatformFailure.Handling.stop, .refresh, .drop, .reconcile, .otherServicer,
    ])
    mutating func aRefusedRecommendationHoldsNothingUp(_ handling: PlatformFailure.Handling) {
        let upgrade = entry("a", 0, action: .upgrade(.member("anna", wording: nil)))
        let (text, other) = (entry("a", 1), entry("b", 0))
        machine.enqueue([upgrade, text])
        #expect(Set(allJobs(at: start)) == [.perform(upgrade), .perform(text)])
        _ = machine.returned(
            upgrade, .failure(failure(handling, code: 60_011)), calledAt: start, at: start,
            jitter: 0)
        machine.enqueue([other])
        #expect(allJobs(at: start) == [.perform(other)])
    }

    @Test mutating func aRecommendationIsTriedAFewTimes() {
        let upgrade = entry("a", 0, action: .upgrade(.member("anna", wording: nil)))
        machine.enqueue([upgrade])
        var now = start
        for _ in 0..<RetryPolicy.mostRetriesWhenBusy {
            #expect(calls(in: allJobs(at: now)).map(\.id) == [upgrade.id])
            let disposition = machine.returned(
                upgrade, .failure(failure(.retry, code: nil)), calledAt: now, at: now, jitter: 0)
            #expect(disposition == .again)
            now = now + .seconds(60)
        }
        let again = calls(in: allJobs(at: now))
        #expect(again.count == 1)
        let last = machine.returned(
            again[0], .failure(failure(.retry, code: nil)), calledAt: now, at: now, jitter: 0)
        #expect(last == .completed(.gaveUp(failure(.retry, code: nil))))
    }

    @Test mutating func theEarliestDeadlineGoesFirst() {
        let text = entry("a", 0, deadline: .seconds(2))
        let code = entry("b", 0, action: .sendOnEvent("c", .text("hi")), deadline: .seconds(1))
        let late = entry("c", 0, deadline: .seconds(3))
        machine.enqueue([late, text, code])
        #expect(allJobs(at: start) == [.perform(code), .perform(text), .perform(late)])
    }

    @Test mutating func neverMoreCallsInFlightThanAllowed() {
        machine.enqueue((0..<6).map { entry(ExternalUserID("c\($0)"), 0) })
        #expect(allJobs(at: start).count == 4)
        #expect(machine.wakeUp(after: start) == nil)
    }

    @Test mutating func aBusyPlatformIsAskedThreeTimesMore() {
        let first = entry("a", 0)
        machine.enqueue([first])
        var now = start
        for _ in 1...3 {
            #expect(allJobs(at: now) == [.perform(first)])
            #expect(
                machine.returned(
                    first, .failure(failure(.retry, code: -1)), calledAt: now, at: now, jitter: 0)
                    == .again)
            #expect(allJobs(at: now).isEmpty, "a pause comes first")
            now = machine.wakeUp(after: now) ?? now
        }
        #expect(allJobs(at: now) == [.perform(first)])
        let busy = failure(.retry, code: -1)
        #expect(
            machine.returned(first, .failure(busy), calledAt: now, at: now, jitter: 0)
                == .completed(.gaveUp(busy)))
    }

    @Test mutating func anUnreachablePlatformIsTriedForAnHourAsUncertain() {
        let first = entry("a", 0)
        machine.enqueue([first])
        var now = start
        var tries = 0
        while true {
            guard case .perform(let job)? = machine.next(at: now) else {
                Issue.record("expected a call at \(now)")
                return
            }
            #expect(job.isUncertain == (tries > 0))
            tries += 1
            let disposition = machine.returned(
                job, .failure(failure(.retry, code: nil)), calledAt: now, at: now, jitter: 0)
            if disposition != .again { break }
            now = machine.wakeUp(after: now) ?? now
        }
        #expect(now - start >= .seconds(3600))
        #expect(tries > 100)
    }

    @Test mutating func aRepeatRefusedWithAnUnpublishedNumberHadArrived() {
        let uncertain = entry("a", 0, isUncertain: true)
        machine.enqueue([uncertain])
        _ = machine.next(at: start)
        #expect(
            machine.returned(
                uncertain, .failure(failure(.drop, code: 95024, isDocumented: false)),
                calledAt: start, at: start, jitter: 0) == .completed(.alreadyDone))
    }

    @Test mutating func aFirstAttemptRefusedWithAnUnpublishedNumberIsARefusal() {
        let first = entry("a", 0)
        let refusal = failure(.drop, code: 95024, isDocumented: false)
        machine.enqueue([first])
        _ = machine.next(at: start)
        #expect(
            machine.returned(first, .failure(refusal), calledAt: start, at: start, jitter: 0)
                == .completed(.refused(refusal, actual: nil)))
    }

    @Test mutating func anUncertainTransferReadsTheSessionFirst() {
        let uncertain = entry("a", 0, action: .transfer(.pool), isUncertain: true)
        machine.enqueue([uncertain])
        #expect(machine.next(at: start) == .readSession(uncertain))
        #expect(
            machine.sessionRead(
                uncertain, .success(.init(number: 2, servicer: nil)), after: nil, at: start,
                jitter: 0) == .completed(.alreadyDone))
    }

    @Test mutating func anUncertainTransferThatDidNotArriveIsMade() {
        let uncertain = entry("a", 0, action: .transfer(.pool), isUncertain: true)
        machine.enqueue([uncertain])
        _ = machine.next(at: start)
        #expect(
            machine.sessionRead(
                uncertain, .success(.init(number: 1, servicer: nil)), after: nil, at: start,
                jitter: 0) == .again)
        guard case .perform(let entry)? = machine.next(at: start) else {
            Issue.record("expected the transfer itself")
            return
        }
        #expect(!entry.isUncertain)
    }

    @Test mutating func aSendRefusedForItsSessionIsTriedOnceMoreWhenTheSessionIsTheBots() {
        let first = entry("a", 0)
        let refusal = failure(.reconcile, code: 95018)
        machine.enqueue([first])
        _ = machine.next(at: start)
        for expected in [
            DispatchMachine.Disposition.again,
            .completed(.refused(refusal, actual: .init(number: 1, servicer: nil))),
        ] {
            #expect(
                machine.returned(first, .failure(refusal), calledAt: start, at: start, jitter: 0)
                    == .readSession)
            #expect(
                machine.sessionRead(
                    first, .success(.init(number: 1, servicer: nil)), after: refusal, at: start,
                    jitter: 0) == expected)
            _ = machine.next(at: start)
        }
    }

    @Test mutating func aRefusalHoldsItsConversationUntilTheCoreHasHeardOfIt() {
        let (first, second, other) = (entry("a", 0), entry("a", 1), entry("b", 0))
        let refusal = failure(.drop, code: 40201)
        machine.enqueue([first, second, other])
        _ = allJobs(at: start)
        _ = machine.returned(first, .failure(refusal), calledAt: start, at: start, jitter: 0)
        #expect(allJobs(at: start).isEmpty)
        machine.release(first)
        #expect(allJobs(at: start) == [.perform(second)])
    }

    @Test mutating func withdrawingLeavesTheCallUnderWayAlone() {
        let (first, second) = (entry("a", 0), entry("a", 1))
        machine.enqueue([first, second])
        _ = machine.next(at: start)
        machine.cancel(first.conversation)
        #expect(machine.count == 1)
        _ = machine.returned(first, .success(nil), calledAt: start, at: start, jitter: 0)
        #expect(machine.count == 0)
        #expect(allJobs(at: start).isEmpty)
    }

    @Test mutating func anExpiredCodeIsReportedWithoutACall() {
        let code = entry(
            "a", 0, action: .sendOnEvent("c", .text("hi")), deadline: .seconds(18), expires: true)
        machine.enqueue([code])
        #expect(machine.next(at: start + .seconds(19)) == .expired(code))
        #expect(!machine.isCalling)
    }

    @Test mutating func aFrequencyLimitPausesItsEndpointOnly() {
        let (text, code) = (
            entry("a", 0),
            entry("b", 0, action: .sendOnEvent("c", .text("hi")), deadline: .seconds(5))
        )
        machine.enqueue([text])
        _ = machine.next(at: start)
        #expect(
            machine.returned(
                text, .failure(failure(.wait, code: 45009)), calledAt: start, at: start, jitter: 0)
                == .again)
        machine.enqueue([code, entry("c", 0)])
        #expect(allJobs(at: start) == [.perform(code)])
        #expect(machine.wakeUp(after: start) == start + .seconds(60))
        let after = start + .seconds(60)
        let probe = allJobs(at: after)
        #expect(probe.count == 1, "one call goes ahead, to see whether the block is over")
        for entry in calls(in: probe) {
            _ = machine.returned(entry, .success(nil), calledAt: after, at: after, jitter: 0)
        }
        #expect(allJobs(at: after).count == 1)
    }

    @Test mutating func theQuotaIsMeteredBeforeSending() {
        machine = MeteredDispatch(.perMinute(3))
        machine.enqueue((0..<5).map { entry(ExternalUserID("c\($0)"), 0) })
        let first = calls(in: allJobs(at: start))
        #expect(first.count == 3)
        for entry in first {
            _ = machine.returned(entry, .success(nil), calledAt: start, at: start, jitter: 0)
        }
        #expect(allJobs(at: start).isEmpty)
        let later = machine.wakeUp(after: start) ?? start
        #expect(later >= start + .seconds(60))
        #expect(later <= start + .seconds(62))
        #expect(allJobs(at: later).count == 2)
    }

    @Test mutating func aStoppedAppKeepsTheMessageUntilAnOperatorHasMendedIt() {
        let first = entry("a", 0)
        machine.enqueue([first])
        _ = machine.next(at: start)
        #expect(
            machine.returned(
                first, .failure(failure(.stop, code: 60020)), calledAt: start, at: start,
                jitter: 0) == .again)
        #expect(machine.next(at: start + .seconds(59)) == nil)
        #expect(machine.next(at: start + .seconds(60)) == .perform(first))
    }

    /// Whatever comes back in whatever order, no conversation ever has two calls under way, order
    /// is kept, and everything is completed in the end.
    @Test(arguments: UInt64(1)...20) func randomTraffic(seed: UInt64) {
        var random = SplitMix(state: seed)
        var machine = MeteredDispatch(.perMinute(50, mostInFlight: 8))
        var now = start
        var underWay: [OutboxEntry] = []
        var performed: [ConversationID: [Int]] = [:]
        let entries = (0..<200).map { index in
            entry(ExternalUserID("c\(random.next() % 9)"), index)
        }
        machine.enqueue(entries)
        var completed = 0
        for _ in 0..<100_000 where completed < entries.count {
            if let job = machine.next(at: now), case .perform(let entry) = job {
                #expect(!underWay.contains { $0.conversation == entry.conversation })
                underWay.append(entry)
                continue
            }
            guard !underWay.isEmpty else {
                now = max(now, machine.wakeUp(after: now) ?? now)
                continue
            }
            let entry = underWay.remove(at: Int(random.next() % UInt64(underWay.count)))
            let result: Result<EventCode?, PlatformFailure> =
                random.next() % 4 == 0
                ? .failure(failure(.retry, code: nil)) : .success(nil)
            let disposition = machine.returned(
                entry, result, calledAt: now, at: now, jitter: 0.5)
            if case .completed = disposition {
                completed += 1
                performed[entry.conversation, default: []].append(entry.id.ordinal)
                machine.release(entry)
            }
        }
        #expect(completed == entries.count)
        #expect(machine.count == 0)
        for order in performed.values { #expect(order == order.sorted()) }
    }
}

/// A seeded generator, so that a failure is one number long.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
