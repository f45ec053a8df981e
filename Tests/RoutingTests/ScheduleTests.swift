import ChatModel
import Routing
import Testing

/// Who goes first when not everybody can: the number in time, fairness, and nobody forgotten.
@Suite struct ScheduleTests {
    private let start = Timestamp(seconds: 1_700_000_000)

    // MARK: As many in time as possible

    /// What comes, and until when it should be called.
    private struct Item {
        var round: Int
        var deadline: Duration
        var account: Int
    }

    /// As many are in time as an exhaustive search can find, for: one endpoint of one corp; a
    /// quota of any size a minute; entries of conversations of their own that come at any of the
    /// moments when the meter opens anew, 61 s apart, with any deadlines; fewer than ten of them,
    /// so that the late ones' share is not yet due.
    ///
    /// Beyond that class nobody can promise it who doesn't know what will come: a call made now
    /// shuts the quota for one that comes in a second.
    @Test(arguments: UInt64(1)...40) func asManyInTimeAsPossible(seed: UInt64) async {
        var random = SplitMix(state: seed)
        for _ in 0..<10 {
            await Task.yield()
            let quota = 1 + Int(random.next() % 3)
            let items = (0..<(2 + Int(random.next() % 6))).map { _ in
                let round = Int(random.next() % 3)
                let life = Int64(random.next() % 200_000)
                return Item(
                    round: round,
                    deadline: .seconds(61 * round) + .milliseconds(life),
                    account: Int(random.next() % 2))
            }
            let inTime = inTimeWithQuota(items, quota: quota)
            let best = optimum(
                items.map { item in
                    item.round...max(item.round, Int(item.deadline / .seconds(61)))
                }, slots: quota)
            #expect(inTime == best, "\(items), quota \(quota)")
        }
    }

    private func inTimeWithQuota(_ items: [Item], quota: Int) -> Int {
        var dispatch = MeteredDispatch(.perMinute(quota))
        var inTime = 0
        var calls = 0
        for round in 0..<12 {
            let now = start + .seconds(61 * round)
            dispatch.enqueue(
                items.indices.filter { items[$0].round == round }.map { entry($0, items[$0]) })
            while case .perform(let entry)? = dispatch.next(at: now) {
                calls += 1
                if now <= entry.deadline { inTime += 1 }
                _ = dispatch.returned(entry, .success(nil), calledAt: now, at: now, jitter: 0)
            }
        }
        #expect(calls == items.count, "the late ones go as well")
        return inTime
    }

    /// The same where calls under way are the limit: entries come at multiples of the latency, and
    /// are in time when they are answered in time.
    @Test(arguments: UInt64(1)...40) func asManyAnsweredInTimeAsPossible(seed: UInt64) async {
        var random = SplitMix(state: seed)
        for _ in 0..<10 {
            await Task.yield()
            let flights = 1 + Int(random.next() % 3)
            let items = (0..<(2 + Int(random.next() % 6))).map { _ in
                let round = Int(random.next() % 3)
                return Item(
                    round: round,
                    deadline: .milliseconds(Int64(100 * round) + Int64(random.next() % 500)),
                    account: Int(random.next() % 2))
            }
            let rounds = items.map { item -> ClosedRange<Int>? in
                let last = Int(item.deadline / .milliseconds(100)) - 1
                return last < item.round ? nil : item.round...last
            }
            let best = optimum(rounds.compactMap { $0 }, slots: flights)
            #expect(inTimeWithFlights(items, flights: flights) == best, "\(items), \(flights)")
        }
    }

    private func inTimeWithFlights(_ items: [Item], flights: Int) -> Int {
        var dispatch = MeteredDispatch(.perMinute(nil, mostInFlight: flights))
        let latency = Duration.milliseconds(100)
        // One call before, so that the latency is known.
        let first = entry(99, Item(round: 0, deadline: .seconds(9), account: 0))
        dispatch.enqueue([first])
        _ = dispatch.next(at: start - latency)
        _ = dispatch.returned(
            first, .success(nil), calledAt: start - latency, at: start, jitter: 0)
        var inTime = 0
        var underWay: [OutboxEntry] = []
        for round in 0..<40 {
            let now = start + latency * round
            for entry in underWay {
                if now <= entry.deadline { inTime += 1 }
                _ = dispatch.returned(
                    entry, .success(nil), calledAt: now - latency, at: now, jitter: 0)
            }
            underWay = []
            dispatch.enqueue(
                items.indices.filter { items[$0].round == round }.map { entry($0, items[$0]) })
            while case .perform(let entry)? = dispatch.next(at: now) { underWay.append(entry) }
        }
        #expect(dispatch.count == 0, "the late ones go as well")
        return inTime
    }

    private func entry(_ index: Int, _ item: Item) -> OutboxEntry {
        .test(
            ExternalUserID("c\(index)"), of: OpenKfID("wk\(item.account)"),
            deadline: start + item.deadline)
    }

    /// The most that can be given a round of their own range each, by trying everything.
    private func optimum(_ ranges: [ClosedRange<Int>], slots: Int) -> Int {
        var free = Array(repeating: slots, count: 12)
        func best(from index: Int) -> Int {
            guard index < ranges.count else { return 0 }
            var most = best(from: index + 1)
            for round in ranges[index] where free[round] > 0 {
                free[round] -= 1
                most = max(most, 1 + best(from: index + 1))
                free[round] += 1
            }
            return most
        }
        return best(from: 0)
    }

    // MARK: The late ones

    @Test func whoCantBeInTimeGivesWay() {
        var dispatch = MeteredDispatch(.perMinute(nil, mostInFlight: 1))
        let late = OutboxEntry.test("late", deadline: start - .milliseconds(1))
        let inTime = OutboxEntry.test("in time", deadline: start + .seconds(1))
        dispatch.enqueue([late, inTime])
        #expect(dispatch.next(at: start) == .perform(inTime))
        _ = dispatch.returned(inTime, .success(nil), calledAt: start, at: start, jitter: 0)
        #expect(dispatch.next(at: start) == .perform(late))
    }

    @Test func theMeasuredLatencyTellsWhoCantBeInTime() {
        var dispatch = MeteredDispatch(.perMinute(nil, mostInFlight: 1))
        let first = OutboxEntry.test("first", deadline: start)
        dispatch.enqueue([first])
        _ = dispatch.next(at: start - .seconds(1))
        _ = dispatch.returned(
            first, .success(nil), calledAt: start - .seconds(1), at: start, jitter: 0)
        let hopeless = OutboxEntry.test("hopeless", deadline: start + .milliseconds(999))
        let inTime = OutboxEntry.test("in time", deadline: start + .milliseconds(1000))
        dispatch.enqueue([hopeless, inTime])
        #expect(dispatch.next(at: start) == .perform(inTime))
    }

    @Test func lateOnesAreServedByTurnsAndOldestFirst() {
        var dispatch = MeteredDispatch(.perMinute(nil, mostInFlight: 1))
        func late(_ account: OpenKfID, _ age: Int) -> OutboxEntry {
            .test(
                ExternalUserID("\(account) \(age)"), of: account, deadline: start - .seconds(age))
        }
        dispatch.enqueue([1, 5, 3, 4, 2].map { late("wk1", $0) } + [7, 8].map { late("wk2", $0) })
        var order: [String] = []
        while case .perform(let entry)? = dispatch.next(at: start) {
            order.append(entry.conversation.customer.rawValue)
            _ = dispatch.returned(entry, .success(nil), calledAt: start, at: start, jitter: 0)
        }
        let ofFirst = order.filter { $0.hasPrefix("wk1") }
        #expect(ofFirst == ["wk1 5", "wk1 4", "wk1 3", "wk1 2", "wk1 1"])
        #expect(order.filter { $0.hasPrefix("wk2") } == ["wk2 8", "wk2 7"])
        #expect(Set(order.prefix(2).map { $0.prefix(3) }).count == 2, "\(order)")
        #expect(Set(order.dropFirst(2).prefix(2).map { $0.prefix(3) }).count == 2, "\(order)")
    }

    /// However many could still be in time, one call in ten goes to the late ones.
    @Test func theLateOnesAreNotForgotten() {
        var dispatch = MeteredDispatch(.perMinute(nil, mostInFlight: 1))
        dispatch.enqueue(
            (0..<5).map { .test(ExternalUserID("late \($0)"), deadline: start - .seconds(9)) })
        dispatch.enqueue(
            (0..<100).map { .test(ExternalUserID("new \($0)"), deadline: start + .seconds(9)) })
        var order: [Bool] = []
        while case .perform(let entry)? = dispatch.next(at: start) {
            order.append(entry.deadline < start)
            _ = dispatch.returned(entry, .success(nil), calledAt: start, at: start, jitter: 0)
        }
        #expect(order.count == 105)
        #expect(order.indices.filter { order[$0] } == [9, 19, 29, 39, 49])
    }

    // MARK: Between accounts

    @Test func accountsTakeTurnsAmongEqualDeadlines() {
        var dispatch = MeteredDispatch(.perMinute(nil, mostInFlight: 1))
        for account: OpenKfID in ["wk1", "wk2"] {
            dispatch.enqueue(
                (0..<50).map {
                    .test(
                        ExternalUserID("\(account) \($0)"), of: account,
                        deadline: start + .seconds(2))
                })
        }
        var ofFirst = 0
        for call in 1...40 {
            guard case .perform(let entry)? = dispatch.next(at: start) else { break }
            if entry.conversation.account == "wk1" { ofFirst += 1 }
            #expect(abs(2 * ofFirst - call) <= 1)
            _ = dispatch.returned(entry, .success(nil), calledAt: start, at: start, jitter: 0)
        }
    }

    /// One account wants ten times the quota, another a tenth of it: the second is answered in
    /// time, the first has all the rest.
    @Test func aFloodOfOneAccountLeavesTheOtherItsShare() async {
        var dispatch = MeteredDispatch(.perMinute(600))
        var inTime: [OpenKfID: Int] = [:]
        var called: [OpenKfID: Int] = [:]
        var customers = 0
        for tick in 0..<3000 {
            if tick % 100 == 0 { await Task.yield() }
            let now = start + .milliseconds(100 * tick)
            // A minute below the quota, so that the meter opens a little every second.
            let isFlood = tick >= 700
            var entries: [OutboxEntry] = []
            for _ in 0..<(isFlood ? 10 : tick % 10 == 0 ? 0 : 1) {
                customers += 1
                entries.append(
                    .test(
                        ExternalUserID("a\(customers)"), of: "wkA", deadline: now + .seconds(2)))
            }
            if isFlood, tick % 10 == 0 {
                entries.append(
                    .test(ExternalUserID("b\(tick)"), of: "wkB", deadline: now + .seconds(2)))
            }
            dispatch.enqueue(entries)
            while case .perform(let entry)? = dispatch.next(at: now) {
                if isFlood {
                    called[entry.conversation.account, default: 0] += 1
                    if now <= entry.deadline {
                        inTime[entry.conversation.account, default: 0] += 1
                    }
                }
                _ = dispatch.returned(entry, .success(nil), calledAt: now, at: now, jitter: 0)
            }
        }
        // 230 came of the second account.
        #expect(inTime["wkB", default: 0] >= 218, "\(inTime), called \(called)")
        #expect(called["wkA", default: 0] + called["wkB", default: 0] >= 2100, "\(called)")
    }

    // MARK: Codes

    @Test func aCodeThatRunsOutWhileTheQuotaIsSpentIsReportedThen() {
        var dispatch = MeteredDispatch(.perMinute(1))
        func code(_ name: EventCode, _ deadline: Duration) -> OutboxEntry {
            .test(
                ExternalUserID(name.rawValue), .sendOnEvent(name, .text("hi")),
                deadline: start + deadline, expires: true)
        }
        let (first, second) = (code("1", .seconds(10)), code("2", .seconds(18)))
        dispatch.enqueue([first, second])
        #expect(dispatch.next(at: start) == .perform(first))
        _ = dispatch.returned(first, .success(nil), calledAt: start, at: start, jitter: 0)
        #expect(dispatch.next(at: start) == nil)
        let expiry = start + .seconds(18) + .milliseconds(1)
        #expect(dispatch.wakeUp(after: start) == expiry)
        #expect(dispatch.next(at: expiry) == .expired(second))
    }
}

extension OutboxEntry {
    /// An entry of a conversation of its own.
    static func test(
        _ customer: ExternalUserID, of account: OpenKfID = "wk1", ordinal: Int = 0,
        _ action: Action = .send(.text("hi")), deadline: Timestamp, expires: Bool = false
    ) -> OutboxEntry {
        OutboxEntry(
            id: ActionID(cause: .inbound(MsgID("m-\(customer)")), ordinal: ordinal),
            conversation: ConversationID(account: account, customer: customer), action: action,
            decidedAt: deadline - OutboxEntry.softTarget, deadline: deadline, expires: expires,
            reason: "test")
    }
}
