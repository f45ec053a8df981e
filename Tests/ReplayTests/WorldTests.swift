import ChatModel
import PlatformSimulator
import RuleFiles
import Testing

@testable import Replay

/// The small parts the player stands on.
@Suite struct WorldTests {
    @Test(arguments: [
        ("2026-03-02 10:00", 1_772_416_800), ("1970-01-01 08:00", 0),
        ("2024-02-29 23:59:59", 1_709_222_399), ("2000-12-31 00:00", 978_192_000),
    ])
    func timesAreOfShanghai(text: String, seconds: Int64) throws {
        let time = try #require(ShanghaiTime.timestamp(text))
        #expect(time == Timestamp(seconds: seconds))
        #expect(ShanghaiTime.text(time) == text)
    }

    @Test(arguments: [
        "2026-02-29 10:00", "2026-13-01 10:00", "2026-03-02", "2026-03-02 24:00",
        "2026-03-02 10:60", "26-03-02 10:00", "2026-03-02  x", "2026-3-2 1:", "",
    ])
    func wrongTimesAreRefused(text: String) {
        #expect(ShanghaiTime.timestamp(text) == nil)
    }

    @Test func laterDaysShowTheirDate() throws {
        let start = try #require(ShanghaiTime.timestamp("2026-03-02 23:59:30"))
        #expect(ShanghaiTime.text(start, since: start) == "23:59:30")
        #expect(
            ShanghaiTime.text(start + .milliseconds(30_005), since: start)
                == "2026-03-03 00:00:00.005")
    }

    @Test(arguments: [
        ("unsent:window_closed rule:退款", ["unsent:window_closed", "window_closed"]),
        ("code_unused:queued: code_lost", ["code_unused:queued", "code_lost"]),
        ("platform_dropped 40058: x", ["platform_dropped", "40058"]),
        ("raced:human_serving 95018", ["raced:human_serving", "95018"]),
    ])
    func notesHoldTokens(note: String, tokens: [String]) {
        #expect(Chronicle.tokens(of: note) == tokens)
    }

    /// Outgoing msgids collide for the same action and for nothing else.
    @Test func msgIDsNameActions() {
        var seen: Set<MsgID> = []
        for account in ["wk1", "wk2"] {
            for cause in [Cause.inbound("m1"), .inbound("m2"), .timer("m1")] {
                for ordinal in 0..<100 {
                    let id = SimulatedCalls.msgID(
                        of: ActionID(cause: cause, ordinal: ordinal), account: OpenKfID(account))
                    #expect(PlatformRules.isMsgID(id))
                    #expect(seen.insert(id).inserted)
                }
            }
        }
        let again = SimulatedCalls.msgID(
            of: ActionID(cause: .inbound("m1"), ordinal: 0), account: "wk1")
        #expect(seen.contains(again))
    }

    /// A test that passes in every other way fails when the platform's book holds an illegal call.
    @Test func illegalCallsFailTheTest() throws {
        let source = try #require(Fixtures.golden("rules.kf.yml"))
        let loaded = RuleFiles.load([source])
        let rules = try PlayableRules(
            loaded, definition: #require(loaded.definition), version: "rules.kf.yml")
        let file = RuleSource(path: "a.test.yml", text: "[{ test: 一, steps: [] }]")
        let log = DiagnosticLog()
        let node = try #require(YAMLDocument.parse(file, log: log))
        let test = try #require(ConversationReader(file, log: log).tests(node).first)
        var player = try #require(Player(test, rules: rules))
        let id = player.world.id(of: "客户")
        _ = try player.world.platform.enters(id.customer, id.account)
        _ = player.world.platform.send(
            to: id, msgID: nil, .text("您好"), by: player.world.calls.app.alias)
        let report = player.play()
        #expect(report.failures.map(\.expected.en) == ["no illegal call"])
        #expect(
            report.failures.map(\.actual.en)
                == ["send_msg text 您好 was refused with 95018 at 10:00:00"])
    }
}
