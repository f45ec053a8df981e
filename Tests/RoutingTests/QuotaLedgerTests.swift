import ChatModel
import Routing
import Testing

@Suite struct QuotaLedgerTests {
    private let start = Timestamp(seconds: 1_700_000_000)

    private func ledger(
        perMinute: Int? = nil, perHour: Int? = nil, address: Int? = nil
    ) -> QuotaLedger {
        QuotaLedger(
            QuotaLimits(
                corp: .init(perMinute: perMinute, perHour: perHour),
                address: .init(perMinute: address, perHour: nil)))
    }

    /// Makes a call that is answered at once; whether it was allowed.
    private func call(
        _ line: QuotaLedger.Line, in ledger: inout QuotaLedger, at now: Timestamp,
        _ answer: QuotaLedger.Answer = .answered
    ) -> Bool {
        guard ledger.opening(of: line, at: now) == .open else { return false }
        ledger.begin(line, at: now)
        ledger.end(line, calledAt: now, answer, at: now)
        return true
    }

    /// Wherever between leaving and answer a call reached the platform, no window there ever held
    /// more than the quota: of a corp's endpoint, and of all corps' together.
    @Test(arguments: UInt64(1)...20) func noWindowHoldsMoreThanTheQuota(seed: UInt64) async {
        var random = SplitMix(state: seed)
        var ledger = ledger(perMinute: 20, perHour: 120, address: 30)
        let lines = [
            ledger.line(.send, of: "ww1"), ledger.line(.send, of: "ww2"),
            ledger.line(.pull, of: "ww1"),
        ]
        var arrivals: [[Timestamp]] = [[], [], []]
        var underWay: [(line: Int, calledAt: Timestamp, answeredAt: Timestamp)] = []
        var now = start
        for step in 0..<20_000 {
            if step % 1000 == 0 { await Task.yield() }
            now = now + .milliseconds(Int64(random.next() % 700))
            for call in underWay where call.answeredAt <= now {
                ledger.end(
                    lines[call.line], calledAt: call.calledAt, .answered, at: call.answeredAt)
            }
            underWay.removeAll { $0.answeredAt <= now }
            // Three apps; the first two corps' endpoint is the same for the address.
            let line = Int(random.next() % 3)
            guard ledger.opening(of: lines[line], at: now) == .open else { continue }
            ledger.begin(lines[line], at: now)
            let flight = Int64(random.next() % 3000)
            let way = flight == 0 ? 0 : Int64(random.next() % UInt64(flight))
            arrivals[line].append(now + .milliseconds(way))
            underWay.append((line, now, now + .milliseconds(flight)))
        }
        for arrivals in arrivals {
            #expect(most(of: arrivals, within: .seconds(60)) <= 20)
            #expect(most(of: arrivals, within: .seconds(3600)) <= 120)
        }
        let address = arrivals[0] + arrivals[1]
        #expect(most(of: address, within: .seconds(60)) <= 30)
        #expect(address.count > 200, "and the quota is used")
    }

    /// The most moments any window of this length holds.
    private func most(of moments: [Timestamp], within window: Duration) -> Int {
        let sorted = moments.sorted()
        var first = 0
        var most = 0
        for (index, moment) in sorted.enumerated() {
            while sorted[first] + window <= moment { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    @Test func appsOfACorpShareItsQuotaAndCorpsShareTheAddress() {
        var ledger = ledger(perMinute: 2, address: 3)
        let (one, two) = (ledger.line(.send, of: "ww1"), ledger.line(.send, of: "ww2"))
        let again = ledger.line(.send, of: "ww1")
        #expect(one == again)
        #expect(call(one, in: &ledger, at: start))
        #expect(call(again, in: &ledger, at: start))
        #expect(!call(one, in: &ledger, at: start))
        #expect(call(two, in: &ledger, at: start))
        #expect(!call(two, in: &ledger, at: start), "the address has three in all")
        let other = ledger.line(.transfer, of: "ww1")
        #expect(call(other, in: &ledger, at: start), "each endpoint counts for itself")
    }

    // MARK: Blocks

    @Test func aBlockLastsAsLongAsTheWindowThatWasOverrun() {
        var ledger = ledger(perMinute: 10, perHour: 15)
        let line = ledger.line(.send, of: "ww1")
        var now = start
        for _ in 0..<9 { #expect(call(line, in: &ledger, at: now)) }
        #expect(call(line, in: &ledger, at: now, .limited))
        #expect(ledger.opening(of: line, at: now) == .opens(now + .seconds(60)))
        now = now + .seconds(120)
        for _ in 0..<3 { #expect(call(line, in: &ledger, at: now)) }
        #expect(call(line, in: &ledger, at: now, .limited))
        #expect(ledger.opening(of: line, at: now) == .opens(now + .seconds(3600)))
    }

    @Test func aBlockNobodyCanExplainGrowsWhileItGoesOn() {
        var ledger = ledger(perMinute: 1000)
        let line = ledger.line(.send, of: "ww1")
        var now = start
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(call(line, in: &ledger, at: now, .limited))
            let end = now + .seconds(minutes * 60)
            #expect(ledger.opening(of: line, at: now) == .opens(end))
            now = end
        }
        #expect(call(line, in: &ledger, at: now), "it is over")
        #expect(call(line, in: &ledger, at: now, .limited))
        #expect(ledger.opening(of: line, at: now) == .opens(now + .seconds(60)))
    }

    @Test func callsUnderWayWhenABlockBeginsDontMakeItGrow() {
        var ledger = ledger(perMinute: 1000)
        let line = ledger.line(.send, of: "ww1")
        for _ in 0..<5 { ledger.begin(line, at: start) }
        for second in 1...5 {
            ledger.end(line, calledAt: start, .limited, at: start + .seconds(second))
        }
        #expect(
            ledger.opening(of: line, at: start + .seconds(5)) == .opens(start + .seconds(61)))
    }

    @Test func afterABlockOneCallGoesAheadAlone() {
        var ledger = ledger(perMinute: 1000)
        let line = ledger.line(.send, of: "ww1")
        #expect(call(line, in: &ledger, at: start, .limited))
        let after = start + .seconds(60)
        #expect(ledger.opening(of: line, at: after) == .open)
        ledger.begin(line, at: after)
        #expect(ledger.opening(of: line, at: after) == .afterAnswer)
        ledger.end(line, calledAt: after, .answered, at: after)
        for _ in 0..<3 { ledger.begin(line, at: after) }
        #expect(ledger.opening(of: line, at: after) == .open)
    }

    /// What never left, or speaks of another quota, tells neither latency nor the block's end.
    @Test func aCallThatTellsNothingEndsNoBlock() {
        var ledger = ledger(perMinute: 1000)
        let line = ledger.line(.send, of: "ww1")
        #expect(call(line, in: &ledger, at: start, .limited))
        let after = start + .seconds(60)
        for (answer, calls) in [(QuotaLedger.Answer.untold, 1), (.answered, 0)] {
            ledger.begin(line, at: after)
            ledger.end(line, calledAt: after, answer, at: after + .seconds(1), calls: calls)
            #expect(ledger.latency(of: line) == .zero)
        }
        #expect(ledger.report(at: after + .seconds(1)).first?.inMinute.calls == 1)
        #expect(call(line, in: &ledger, at: after + .seconds(1), .limited))
        #expect(
            ledger.opening(of: line, at: after + .seconds(1)) == .opens(after + .seconds(121)),
            "the second in a row is twice as long")
    }

    @Test func whatTheQuotaHearsOfAFailure() {
        var failure = PlatformFailure(code: nil, handling: .retry, meaning: "no answer")
        #expect(QuotaLedger.Answer(failure) == .unanswered)
        failure.wasSent = false
        #expect(QuotaLedger.Answer(failure) == .untold)
    }

    @Test func whenTheAddressIsSpentAllCorpsWait() {
        var ledger = ledger(perMinute: 100, address: 10)
        let (one, two) = (ledger.line(.send, of: "ww1"), ledger.line(.send, of: "ww2"))
        for _ in 0..<9 { #expect(call(one, in: &ledger, at: start)) }
        #expect(call(two, in: &ledger, at: start, .limited))
        #expect(ledger.opening(of: one, at: start) == .opens(start + .seconds(60)))
        #expect(ledger.opening(of: two, at: start) == .opens(start + .seconds(60)))
    }

    @Test func aClockSetBackEndsBlocks() {
        var ledger = ledger(perMinute: 1000)
        let line = ledger.line(.send, of: "ww1")
        #expect(call(line, in: &ledger, at: start, .limited))
        #expect(!call(line, in: &ledger, at: start - .seconds(1)), "a second is no step")
        #expect(call(line, in: &ledger, at: start - .seconds(3600)))
    }

    // MARK: Pulls

    @Test func aLonePullGoesAtOnce() {
        var ledger = QuotaLedger(.platform)
        let line = ledger.line(.pull, of: "ww1")
        for minute in 0..<100 {
            #expect(call(line, in: &ledger, at: start + .seconds(60 * minute)))
        }
    }

    /// Whoever pulls as often as he may for three hours is spaced out before the quota is spent.
    @Test func aStormOfPullsNeverSpendsTheQuota() async {
        var limits = QuotaLimits.platform
        limits.corp = .init(perMinute: 100, perHour: 1500)
        var ledger = QuotaLedger(limits)
        let line = ledger.line(.pull, of: "ww1")
        var pulls: [Timestamp] = []
        var longest = Duration.zero
        var now = start
        while now < start + .seconds(3 * 3600) {
            switch ledger.opening(of: line, at: now) {
            case .open:
                #expect(call(line, in: &ledger, at: now))
                if let last = pulls.last { longest = max(longest, now - last) }
                pulls.append(now)
                now = now + .milliseconds(50)
                if pulls.count % 500 == 0 { await Task.yield() }
            case .opens(let time): now = max(time, now + .milliseconds(1))
            case .afterAnswer: now = now + .milliseconds(1)
            }
        }
        #expect(most(of: pulls, within: .seconds(60)) <= 100)
        #expect(most(of: pulls, within: .seconds(3600)) < 1500)
        #expect(pulls.count > 2000, "half of the hour's quota is always used")
        #expect(longest < .seconds(6), "nobody waits for a window to end")
    }

    // MARK: Looking in

    @Test func theReportSaysHowEveryLineStands() {
        var ledger = ledger(perMinute: 10, perHour: 100)
        let line = ledger.line(.send, of: "ww1")
        _ = ledger.line(.transfer, of: "ww1")
        ledger.begin(line, at: start)
        ledger.end(line, calledAt: start, .answered, at: start + .milliseconds(50))
        ledger.begin(line, at: start)
        let later = start + .seconds(90)
        ledger.begin(line, at: later)
        ledger.end(line, calledAt: later, .limited, at: later)
        let report = ledger.report(at: later)
        #expect(report.count == 1, "lines that were never called are left out")
        var expected = QuotaStatus(
            corp: "ww1", endpoint: .send, inMinute: .init(calls: 2, limit: 10),
            inHour: .init(calls: 3, limit: 100), blockedUntil: later + .seconds(60), inFlight: 1,
            mostInFlight: 250, latency: .milliseconds(50))
        expected.waiting = 0
        #expect(report.first == expected)
    }

    @Test func everyEndpointHasAPathOfItsOwn() {
        let paths = PlatformEndpoint.allCases.map(\.path)
        #expect(Set(paths).count == paths.count)
        for endpoint in PlatformEndpoint.allCases {
            #expect(PlatformEndpoint(path: endpoint.path) == endpoint)
        }
        #expect(PlatformEndpoint(path: "kf/send") == nil)
    }
}
