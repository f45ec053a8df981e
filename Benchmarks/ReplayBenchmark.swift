import Replay
import RuleFiles

/// Does replaying cost a test pipeline anything? Conversation turns a second, everything included:
/// a world a conversation, folding, matching, routing, the outbox, the platform, the timeline.
///
/// A turn is a customer's message and what comes back. Aim: 5 000 a second on one core.
func measureReplay() throws {
    let rules = RuleSource(
        path: "replay.kf.yml",
        text: """
            kf: 1
            bundle: 回放
            accounts: [replay]
            menus: { 主菜单: { head: 请选择：, items: { 订单: 查订单, 退款: 申请退款 } } }
            rules:
              - { rule: 欢迎, when: { event: enter_session }, reply: { menu: 主菜单 } }
              - { rule: 退款, when: { clicks: 主菜单.退款, says: [退款, 退货] }, reply: 七天内可退。 }
              - { rule: 订单, when: { clicks: 主菜单.订单, says: [订单, 物流] }, reply: 请发订单号。 }
              - { rule: 没听懂, when: { no_match: true }, reply: { menu: 主菜单 } }
            """)
    let turns = ["怎么退款", "我的订单到哪了", "天气怎么样", "ｗｏ想退貨", "再说一次"]
    var text = "tests_for: replay.kf.yml\ntests:\n"
    let conversations = 2000
    for number in 0..<conversations {
        text += "  - test: 第 \(number) 次\n    seed: \(number)\n    steps:\n      - enters: {}\n"
        for turn in turns { text += "      - customer: \(turn)\n      - expect: { sent: 1 }\n" }
        text += "      - clicks: 主菜单.退款\n      - expect: { rule: 退款 }\n"
    }
    let file = RuleSource(path: "replay.test.yml", text: text)

    let clock = ContinuousClock()
    var report: ReplayReport?
    let taken = clock.measure {
        report = ReplayRunner.run(files: [file]) { _ in rules }
    }
    guard let report, report.isGreen, report.tests.count == conversations else {
        let failure = report?.tests.lazy.compactMap(\.failures.first).first
        throw ReplayMeasurementFailed(
            reason: failure.map { "\($0.actual.en) instead of \($0.expected.en)" }
                ?? "nothing was played"
        )
    }
    let count = conversations * (turns.count + 2)
    let seconds = Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
    print(
        "replay: \(count) turns in \(Int(seconds * 1000)) ms, "
            + "\(Int(Double(count) / seconds)) turns/s (aim 5000), reading the tests included")
}

/// A conversation of the measurement did not come out as it should, so its time means nothing.
struct ReplayMeasurementFailed: Error {
    /// What came of the first that failed.
    var reason: String
}
