import ChatModel
import Routing
import Testing

@Suite struct FlightControlTests {
    private let start = Timestamp(seconds: 1_700_000_000)

    private func control(after latency: Duration, answers: Int = 200) -> FlightControl {
        var control = FlightControl(.init())
        for _ in 0..<answers { control.answered(after: latency) }
        return control
    }

    @Test(arguments: [
        (Duration.zero, 32), (.milliseconds(6), 32), (.milliseconds(10), 50),
        (.milliseconds(50), 250), (.seconds(1), 256), (.seconds(600), 256),
    ])
    func asManyAsTheLatencyAsksFor(latency: Duration, most: Int) {
        #expect(control(after: latency).most == most)
    }

    @Test func nothingKnownYet() {
        #expect(FlightControl(.init()).most == 16)
        #expect(FlightControl(.init()).latency == nil)
    }

    @Test func oneSlowAnswerIsNoSlowEndpoint() {
        var control = control(after: .milliseconds(20))
        control.answered(after: .seconds(10))
        #expect(control.latency ?? .zero < .milliseconds(22))
    }

    @Test func aLatencyThatChangesIsFollowed() {
        var control = control(after: .milliseconds(8))
        for _ in 0..<100 { control.answered(after: .milliseconds(50)) }
        #expect(control.most == 250)
        for _ in 0..<100 { control.answered(after: .milliseconds(8)) }
        #expect(control.most == 40)
    }

    @Test func tooManyAtOnceHalvesAndAnswersRaiseAgain() {
        var control = control(after: .milliseconds(50))
        #expect(control.most == 250)
        control.crowded(calledAt: start, inFlight: 250, at: start + .milliseconds(50))
        #expect(control.most == 125)
        control.crowded(calledAt: start, inFlight: 249, at: start + .milliseconds(51))
        #expect(control.most == 125, "it left before the last lowering")
        control.crowded(
            calledAt: start + .milliseconds(60), inFlight: 125, at: start + .milliseconds(99))
        #expect(control.most == 62)
        for _ in 0..<62 { control.answered(after: .milliseconds(50)) }
        #expect(control.most == 62 || control.most == 63, "a round raises it by one")
        for _ in 0..<40_000 { control.answered(after: .milliseconds(50)) }
        #expect(control.most == 250)
    }

    @Test func crowdingCanLeaveASingleCall() {
        var control = control(after: .milliseconds(50))
        for second in 1...20 {
            let calledAt = start + .seconds(second)
            control.crowded(calledAt: calledAt, inFlight: control.most, at: calledAt)
        }
        #expect(control.most == 1)
    }

    @Test func silenceLeavesAFew() {
        var control = control(after: .milliseconds(50))
        for second in 1...20 {
            let calledAt = start + .seconds(second)
            control.unanswered(calledAt: calledAt, inFlight: control.most, at: calledAt)
        }
        #expect(control.most == 4)
    }

    @Test func aSmallMostIsKept() {
        var bounds = FlightControl.Bounds()
        bounds.most = 2
        var control = FlightControl(bounds)
        #expect(control.most == 2)
        for _ in 0..<100 { control.answered(after: .seconds(1)) }
        #expect(control.most == 2)
    }
}
