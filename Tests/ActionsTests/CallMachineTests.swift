import Boundary
import ChatModel
import Routing
import Testing

@testable import Actions

@Suite struct CallMachineTests {
    private static let tries = [
        CompanyOperation(service: "ERP", name: "ask"): 1,
        CompanyOperation(service: "ERP", name: "ask3"): 3,
        CompanyOperation(service: "CRM", name: "ask"): 1,
    ]
    private let start = ScriptedPlatform.start
    private var machine = CallMachine(tries: tries)

    private typealias Result = Swift.Result<[String: String], CompanyFailure>
    private let broken = Result.failure(
        CompanyFailure("http_500", isTrouble: true, detail: "test"))

    /// The names of what `next` says until it says nothing.
    private mutating func jobs(at now: Timestamp) -> [String] {
        var jobs: [String] = []
        while let job = machine.next(at: now) {
            switch job {
            case .make(let call): jobs.append("make \(call.entry.name)")
            case .fail(let call, let failure): jobs.append("\(failure.why) \(call.entry.name)")
            case .abandon(let call): jobs.append("abandon \(call.entry.name)")
            }
        }
        return jobs
    }

    private mutating func enqueue(_ entries: OutboxEntry...) {
        machine.enqueue(entries, at: start)
    }

    private mutating func returned(
        _ entry: OutboxEntry, _ result: Result, at now: Timestamp? = nil
    ) -> CallMachine.Disposition {
        guard case .call(let request) = entry.action else { return .forgotten }
        let call = CallMachine.Call(
            entry: entry, request: request, end: entry.decidedAt + request.timeout)
        return machine.returned(call, result, at: now ?? start, jitter: 0)
    }

    @Test mutating func theEarliestEndGoesFirst() {
        enqueue(
            .call("late", timeout: .seconds(5)), .call("early", timeout: .seconds(1)),
            .call("other", to: "CRM", timeout: .seconds(2)))
        #expect(jobs(at: start) == ["make early", "make other", "make late"])
    }

    @Test mutating func aSystemTakesNoMoreThanItsShare() {
        for index in 0..<20 { enqueue(.call("erp\(index)")) }
        #expect(jobs(at: start).count == 8)
        enqueue(.call("crm", to: "CRM"))
        #expect(jobs(at: start) == ["make crm"])
        #expect(returned(.call("erp3"), .success([:])) == .completed(.fields([:])))
        #expect(jobs(at: start) == ["make erp8"])
        #expect(machine.count == 20)
    }

    @Test mutating func allTogetherTakeNoMoreThanTheHouseAllows() {
        let services = (0..<6).map { "S\($0)" }
        machine = CallMachine(
            tries: Dictionary(
                uniqueKeysWithValues: services.map {
                    (CompanyOperation(service: $0, name: "ask"), 1)
                })
        )
        for service in services {
            for index in 0..<8 { enqueue(.call("\(service)-\(index)", to: service)) }
        }
        #expect(jobs(at: start).count == 32)
    }

    @Test mutating func whatWaitsOrHangsTooLongTimesOut() {
        for index in 0..<9 { enqueue(.call("\(index)", timeout: .seconds(3))) }
        #expect(jobs(at: start).count == 8)
        #expect(machine.wakeUp() == start + .seconds(3))
        #expect(jobs(at: start + .milliseconds(2999)) == [])
        let late = jobs(at: start + .seconds(3))
        #expect(late.filter { $0.hasPrefix("abandon") }.count == 8)
        #expect(late.last == "timeout 8")
        #expect(machine.count == 0)
        #expect(machine.wakeUp() == nil)
        #expect(returned(.call("1"), .success([:])) == .forgotten)
    }

    @Test mutating func anOldCallFailsAtOnce() {
        enqueue(.call("old", decidedBefore: .seconds(3), timeout: .seconds(3)))
        #expect(jobs(at: start) == ["timeout old"])
    }

    @Test mutating func anUnknownOperationFailsAtOnce() {
        enqueue(.call("unknown", "nothing"), .call("service", to: "nobody"))
        #expect(Set(jobs(at: start)) == ["not_configured unknown", "not_configured service"])
        #expect(machine.count == 0)
    }

    @Test mutating func otherActionsAreLeftOut() {
        enqueue(.test("a", 0, .send(.text("1"))))
        #expect(jobs(at: start) == [])
        #expect(machine.count == 0)
    }

    @Test mutating func troubleIsTriedAgainWithinTheTime() {
        let call = OutboxEntry.call("a", "ask3", timeout: .milliseconds(1000))
        enqueue(call)
        #expect(jobs(at: start) == ["make a"])
        #expect(returned(call, broken) == .again(after: .milliseconds(200)))
        #expect(returned(call, broken) == .again(after: .milliseconds(400)))
        #expect(returned(call, broken) == .completed(.failed("http_500")), "the third was the last")

        enqueue(call)
        #expect(jobs(at: start) == ["make a"])
        let late = start + .milliseconds(850)
        #expect(
            returned(call, broken, at: late) == .completed(.failed("http_500")), "no time is left")
    }

    @Test mutating func whatBreaksAtItsEndHasTimedOut() {
        enqueue(.call("a", timeout: .seconds(1)))
        #expect(jobs(at: start) == ["make a"])
        #expect(
            returned(.call("a", timeout: .seconds(1)), broken, at: start + .seconds(1))
                == .completed(.failed("timeout")))
    }

    @Test mutating func aRefusalIsFinalAndNoTrouble() {
        let refusal = Result.failure(
            CompanyFailure("http_404", isTrouble: false, detail: "test"))
        for index in 0..<10 {
            enqueue(.call("\(index)", "ask3"))
            _ = jobs(at: start)
            #expect(
                returned(.call("\(index)", "ask3"), refusal) == .completed(.failed("http_404")))
        }
        #expect(machine.takeBeganToRest() == [])
    }

    @Test mutating func aFailingSystemIsLeftAloneAndThenProbed() {
        for index in 0..<5 {
            #expect(machine.takeBeganToRest() == [])
            enqueue(.call("\(index)"))
            #expect(jobs(at: start) == ["make \(index)"])
            _ = returned(.call("\(index)"), broken)
        }
        #expect(machine.takeBeganToRest() == ["ERP"])
        enqueue(.call("meanwhile"), .call("crm", to: "CRM"))
        #expect(Set(jobs(at: start)) == ["unavailable meanwhile", "make crm"])
        _ = returned(.call("crm", to: "CRM"), .success([:]))

        // One call tries; the next ones don't wait for it.
        let later = start + .seconds(30)
        func again(_ name: String) -> OutboxEntry {
            .call(name, decidedBefore: .seconds(-30))
        }
        machine.enqueue([again("probe"), again("second")], at: later)
        #expect(jobs(at: later) == ["make probe", "unavailable second"])
        #expect(returned(again("probe"), broken, at: later) == .completed(.failed("http_500")))
        machine.enqueue([again("third")], at: later)
        #expect(jobs(at: later) == ["unavailable third"])
        #expect(machine.takeBeganToRest() == [], "once is enough")

        let back = later + .seconds(30)
        machine.enqueue([.call("fourth", decidedBefore: .seconds(-60))], at: back)
        #expect(jobs(at: back) == ["make fourth"])
        _ = returned(.call("fourth", decidedBefore: .seconds(-60)), .success([:]), at: back)
        machine.enqueue([.call("fifth", decidedBefore: .seconds(-60))], at: back)
        #expect(jobs(at: back) == ["make fifth"])
    }

    @Test mutating func aWithdrawnProbeLetsAnotherTry() {
        for index in 0..<5 {
            enqueue(.call("\(index)"))
            _ = jobs(at: start)
            _ = returned(.call("\(index)"), broken)
        }
        let later = start + .seconds(30)
        let probe = OutboxEntry.call("probe", decidedBefore: .seconds(-30))
        machine.enqueue([probe], at: later)
        #expect(jobs(at: later) == ["make probe"])
        #expect(machine.withdraw(CallMachine.Key(probe)) != nil)
        machine.enqueue([.call("next", decidedBefore: .seconds(-30))], at: later)
        #expect(jobs(at: later) == ["make next"])
    }

    @Test mutating func aSuccessInBetweenCountsFromTheBeginning() {
        for index in 0..<20 {
            enqueue(.call("\(index)"))
            _ = jobs(at: start)
            _ = returned(.call("\(index)"), index % 5 == 4 ? .success([:]) : broken)
        }
        #expect(machine.takeBeganToRest() == [])
    }

    @Test mutating func whatIsWithdrawnIsForgotten() {
        for index in 0..<10 { enqueue(.call("\(index)")) }
        #expect(jobs(at: start).count == 8)
        #expect(machine.withdraw(CallMachine.Key(.call("9"))) == nil, "it was not under way")
        #expect(machine.cancel(ConversationID(account: "wk1", customer: "0")).count == 1)
        #expect(machine.count == 8)
        #expect(returned(.call("0"), .success([:])) == .forgotten)
        #expect(jobs(at: start) == ["make 8"])
        for index in 1..<8 { _ = returned(.call("\(index)"), .success([:])) }
        #expect(jobs(at: start) == [])
        #expect(machine.count == 1)
    }

    @Test mutating func aKnownEntryIsNotTakenTwice() {
        enqueue(.call("a"), .call("a"))
        #expect(machine.count == 1)
        #expect(jobs(at: start) == ["make a"])
    }

    @Test mutating func aClockSetBackHoldsNothingUp() {
        for index in 0..<5 {
            enqueue(.call("\(index)"))
            _ = jobs(at: start)
            _ = returned(.call("\(index)"), broken)
        }
        let before = start - .seconds(7200)
        machine.enqueue([.call("a", timeout: .seconds(3))], at: before)
        #expect(jobs(at: before) == ["make a"], "a rest of two hours is none")
        #expect(machine.wakeUp() == before + .seconds(3))
    }

    /// Random traffic: limits hold, nothing is lost, nothing is done twice.
    @Test mutating func randomTraffic() {
        var random = Seeded(state: 1)
        var now = start
        var open: [String: OutboxEntry] = [:]
        var underWay: [String: OutboxEntry] = [:]
        for number in 0..<5000 {
            now = now + .milliseconds(Int64.random(in: 0...200, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let entry = OutboxEntry.call(
                    "\(number)", "ask3", to: number % 7 > 0 ? "ERP" : "nobody",
                    decidedBefore: start - now, timeout: .seconds(3))
                open["\(number)"] = entry
                machine.enqueue([entry], at: now)
            case 2:
                guard let name = open.keys.sorted().randomElement(using: &random),
                    let entry = open[name]
                else { continue }
                let isUnderWay = underWay.removeValue(forKey: name) != nil
                #expect((machine.withdraw(CallMachine.Key(entry)) != nil) == isUnderWay)
                open[name] = nil
            default:
                guard let name = underWay.keys.sorted().randomElement(using: &random),
                    let entry = underWay[name]
                else { continue }
                let result = Int.random(in: 0..<3, using: &random) > 0 ? broken : .success([:])
                if case .completed = returned(entry, result, at: now) {
                    open[name] = nil
                    underWay[name] = nil
                }
            }
            while let job = machine.next(at: now) {
                switch job {
                case .make(let call):
                    #expect(underWay.updateValue(call.entry, forKey: call.entry.name) == nil)
                    #expect(open[call.entry.name] != nil)
                case .fail(let call, _):
                    #expect(open.removeValue(forKey: call.entry.name) != nil)
                    #expect(underWay[call.entry.name] == nil)
                case .abandon(let call):
                    #expect(open.removeValue(forKey: call.entry.name) != nil)
                    #expect(underWay.removeValue(forKey: call.entry.name) != nil)
                }
            }
            #expect(underWay.count <= 8)
            #expect(machine.count == open.count)
        }
        #expect(jobs(at: now + .seconds(10)).count == open.count)
        #expect(machine.wakeUp() == nil)
    }
}

/// The same numbers in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

extension OutboxEntry {
    /// A customer's call, decided at the start or so much before.
    static func call(
        _ name: String, _ operation: String = "ask", to service: String = "ERP",
        decidedBefore: Duration = .zero, timeout: Duration = .seconds(3)
    ) -> OutboxEntry {
        var entry = OutboxEntry.test(
            ExternalUserID(name), 0,
            .call(
                CompanyCall(
                    service: service, operation: operation,
                    parameters: [CompanyCall.Parameter(name: "id", value: name)],
                    timeout: timeout)))
        entry.decidedAt = ScriptedPlatform.start - decidedBefore
        return entry
    }

    var name: String { conversation.customer.rawValue }
}
