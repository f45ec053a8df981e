import ChatModel
import Routing
import Testing

/// The dispatch machine against platforms that refuse: everything arrives all the same, once and
/// in order.
@Suite struct StrictPlatformTests {
    private static let start = Timestamp(seconds: 1_700_000_000)

    /// A platform that counts for itself, in windows of its own.
    private struct Platform {
        /// Calls in a window of a minute; over it, a block of a minute.
        var perMinute = Int.max
        /// Calls at the same time.
        var atOnce = Int.max
        var latency: Duration = .milliseconds(50)

        private var began = StrictPlatformTests.start
        private var inWindow = 0
        private var blockedUntil = StrictPlatformTests.start
        private(set) var refused: [Int] = []

        init() {}

        mutating func answer(at now: Timestamp, underWay: Int) -> Result<
            EventCode?, PlatformFailure
        > {
            if now - began >= .seconds(60) { (began, inWindow) = (now, 0) }
            if now < blockedUntil { return refuse(45009, .wait) }
            if inWindow >= perMinute {
                blockedUntil = now + .seconds(60)
                return refuse(45009, .wait)
            }
            inWindow += 1
            return underWay > atOnce ? refuse(45033, .retry) : .success(nil)
        }

        private mutating func refuse(
            _ code: Int, _ handling: PlatformFailure.Handling
        ) -> Result<EventCode?, PlatformFailure> {
            refused.append(code)
            return .failure(PlatformFailure(code: code, handling: handling, meaning: "test"))
        }
    }

    private struct Call {
        var entry: OutboxEntry
        var calledAt: Timestamp
        var result: Result<EventCode?, PlatformFailure>
    }

    /// Performs everything on the virtual clock; the entries in the order they succeeded, and the
    /// most calls under way at the end of each second.
    private func perform(
        _ entries: [OutboxEntry], _ dispatch: inout MeteredDispatch,
        on platform: inout Platform, from start: Timestamp = Self.start
    ) async -> [(entry: OutboxEntry, at: Timestamp)] {
        dispatch.enqueue(entries)
        var done: [(entry: OutboxEntry, at: Timestamp)] = []
        var underWay: [Call] = []
        var now = start
        while dispatch.count > 0, now < start + .seconds(7200) {
            await Task.yield()
            while let job = dispatch.next(at: now) {
                guard case .perform(let entry) = job else { continue }
                let result = platform.answer(at: now, underWay: underWay.count + 1)
                underWay.append(Call(entry: entry, calledAt: now, result: result))
            }
            let answer = underWay.first.map { $0.calledAt + platform.latency }
            let wakeUp = dispatch.wakeUp(after: now)
            guard let next = [answer, wakeUp].compactMap({ $0 }).min() else { break }
            now = max(next, now)
            while let call = underWay.first, call.calledAt + platform.latency <= now {
                underWay.removeFirst()
                let disposition = dispatch.returned(
                    call.entry, call.result, calledAt: call.calledAt, at: now, jitter: 0.5)
                guard case .completed(let outcome) = disposition else { continue }
                #expect(outcome == .accepted(code: nil, at: call.calledAt))
                done.append((call.entry, now))
            }
        }
        return done
    }

    /// `count` entries of `customers` conversations.
    private func entries(_ count: Int, of customers: Int, account: OpenKfID = "wk1")
        -> [OutboxEntry]
    {
        (0..<count).map { index in
            .test(
                ExternalUserID("c\(index % customers)"), of: account, ordinal: index / customers,
                deadline: Self.start + .seconds(2))
        }
    }

    private func expectAll(_ entries: [OutboxEntry], in done: [OutboxEntry]) {
        #expect(done.count == entries.count)
        #expect(Set(done.map(\.id)) == Set(entries.map(\.id)))
        for order in Dictionary(grouping: done, by: \.conversation).values {
            let ordinals = order.map(\.id.ordinal)
            #expect(ordinals == ordinals.sorted())
        }
    }

    /// Somebody else uses the corp's quota too, so that 45009 comes in spite of the metering: a
    /// pause, and nothing is lost.
    @Test func afterABlockEverythingIsSent() async {
        var platform = Platform()
        platform.perMinute = 300
        var dispatch = MeteredDispatch(.perMinute(1000))
        let entries = entries(1500, of: 700)
        let done = await perform(entries, &dispatch, on: &platform)
        expectAll(entries, in: done.map(\.entry))
        #expect(platform.refused.contains(45009))
        #expect(platform.refused.count < 256 * 6, "refused once a block, not again and again")
        let last = done.last?.at ?? Self.start
        #expect(last - Self.start < .seconds(20 * 60))
    }

    @Test func asLongAsNobodyElseCallsThePlatformNeverRefuses() async {
        var platform = Platform()
        platform.perMinute = 300
        var dispatch = MeteredDispatch(.perMinute(300))
        let entries = entries(1500, of: 1500)
        let done = await perform(entries, &dispatch, on: &platform)
        expectAll(entries, in: done.map(\.entry))
        #expect(platform.refused.isEmpty)
        let last = done.last?.at ?? Self.start
        #expect(last - Self.start < .seconds(62 * 4 + 2), "and the quota is used")
    }

    @Test func tooManyAtOnceMakesFewerAndNothingIsGivenUp() async {
        var platform = Platform()
        platform.atOnce = 10
        var dispatch = MeteredDispatch(.off)
        let entries = entries(3000, of: 3000)
        let done = await perform(entries, &dispatch, on: &platform)
        expectAll(entries, in: done.map(\.entry))
        let refused = platform.refused.count
        #expect(refused > 0)
        #expect(refused < 600, "\(refused)")
        let status = dispatch.ledger.report(at: Self.start).first
        #expect((status?.mostInFlight ?? 0) <= 12, "\(String(describing: status))")

        // The platform takes more again.
        platform.atOnce = .max
        let later = done.last?.at ?? Self.start
        let more = (0..<20_000).map {
            OutboxEntry.test(ExternalUserID("d\($0)"), deadline: later + .seconds(2))
        }
        let rest = await perform(more, &dispatch, on: &platform, from: later)
        expectAll(more, in: rest.map(\.entry))
        #expect(platform.refused.count == refused)
        let recovered = dispatch.ledger.report(at: later).first?.mostInFlight ?? 0
        #expect(recovered > 150, "\(recovered)")
    }

    /// Two apps of one corp, and another corp behind the same address: each within its quota.
    @Test func appsOfACorpTogetherStayWithinItsQuota() async {
        var limits = QuotaLimits.perMinute(100)
        limits.address = .init(perMinute: 150, perHour: nil)
        var dispatch = MeteredDispatch(
            limits, corps: ["wk1": "ww1", "wk2": "ww1", "wk3": "ww2"])
        var platform = Platform()
        let all = ["wk1", "wk2", "wk3"].flatMap { (account: OpenKfID) in
            (0..<200).map { index in
                OutboxEntry.test(
                    ExternalUserID("\(account) \(index)"), of: account,
                    deadline: Self.start + .seconds(2))
            }
        }
        let done = await perform(all, &dispatch, on: &platform)
        expectAll(all, in: done.map(\.entry))
        let firstMinute = done.filter { $0.at < Self.start + .seconds(60) }.map(\.entry)
        let ofCorp = firstMinute.filter { $0.conversation.account != "wk3" }
        #expect(firstMinute.count == 150)
        #expect(ofCorp.count <= 100)
        let byAccount = Dictionary(grouping: firstMinute, by: \.conversation.account)
            .mapValues(\.count)
        #expect(abs((byAccount["wk1"] ?? 0) - (byAccount["wk2"] ?? 0)) <= 1, "\(byAccount)")
    }
}
