import Replay
import RuleFiles
import Testing

/// Every kind of expectation can fail, and says what came instead.
@Suite struct ExpectationTests {
    struct Case: CustomTestStringConvertible {
        var steps: String
        var right: String
        var wrong: String
        var actual: String
        var testDescription: String { wrong }

        init(_ steps: String, right: String, wrong: String, actual: String) {
            (self.steps, self.right, self.wrong, self.actual) = (steps, right, wrong, actual)
        }
    }

    static let refund = "- customer: 怎么退款"
    static let pool = "- customer: 人工"
    static let cases = [
        Case(refund, right: "rule: 退款", wrong: "rule: 欢迎", actual: "rule:退款"),
        Case(
            "- customer: [怎么退款, 怎么退款]", right: "rule: [退款, 退款]", wrong: "rule: [退款]",
            actual: ""),
        Case(refund, right: "not_rule: 欢迎", wrong: "not_rule: [欢迎, 退款]", actual: "「退款」 answered"),
        Case(refund, right: "reply: 七天内可退。", wrong: "reply: 七天", actual: "「七天内可退。」"),
        Case(
            refund, right: "reply_contains: 七天", wrong: "reply_contains: [七天, 八天]",
            actual: "「七天内可退。」"),
        Case("- enters: {}", right: "menu: 主菜单", wrong: "menu: 评价", actual: "「请选择： [申请退款] [看官网]」"),
        Case(
            "- enters: {}", right: "menu: 主菜单", wrong: "menu: 主菜",
            actual: "the rules have no such menu; did you mean '主菜单'?"),
        Case(refund, right: "sent: 1", wrong: "sent: 0", actual: "1 message"),
        Case("- customer: 在吗", right: "nothing: true", wrong: "sent: 1", actual: "0 messages"),
        Case(refund, right: "sent: 1", wrong: "nothing: true", actual: "「七天内可退。」"),
        Case(refund, right: "state: bot", wrong: "state: untreated", actual: "it is assistant"),
        Case(
            "- customer: 在吗", right: "state: untreated", wrong: "state: assistant",
            actual: "it is untreated"),
        Case("- enters: {}", right: "state: ended", wrong: "state: bot", actual: "it is ended"),
        Case(
            "- customer: 找张三", right: "servicer: zhangsan", wrong: "servicer: lisi",
            actual: "with zhangsan"),
        Case(pool, right: "state: pool", wrong: "servicer: lisi", actual: "with nobody"),
        Case(pool, right: "handoff: pool", wrong: "handoff: 专人", actual: "to the pool"),
        Case(pool, right: "handoff: 客服组", wrong: "handoff: zhangsan", actual: "to the pool"),
        Case(
            "- customer: 找张三", right: "handoff: zhangsan", wrong: "handoff: 客服组",
            actual: "to zhangsan"),
        Case(refund, right: "sent: 1", wrong: "handoff: pool", actual: "no hand-over"),
        Case(refund, right: "reason: rule:退款", wrong: "reason: duplicate", actual: "rule:退款"),
        Case(refund, right: "budget_left: 4", wrong: "budget_left: 5", actual: "4"),
        Case(refund, right: "within: 1s", wrong: "{}", actual: ""),
        Case(
            "- platform: { delay_callbacks: 3s }\n" + refund, right: "within: 3s",
            wrong: "within: 2s",
            actual: "it came at 10:00:03, after 3s"),
        Case(
            pool, right: "code: { scene: queued, used: true }",
            wrong: "code: { scene: queued, used: false }", actual: "it was used"),
        Case(
            "- enters: {}", right: "code: { scene: welcome, within: 1s }",
            wrong: "code: { scene: ended }", actual: "none was issued"),
        Case(
            "- platform: { delay_callbacks: 9s }\n- enters: {}",
            right: "code: { scene: welcome, within: 9s }",
            wrong: "code: { scene: welcome, within: 8s }", actual: "after 9s"),
        Case(refund, right: "refused: { illegal: 0 }", wrong: "refused: { raced: 1 }", actual: "0"),
    ]

    @Test(arguments: cases) func holdsOrSaysWhatCame(_ example: Case) {
        let right = Fixtures.play("\(example.steps)\n- expect: { \(example.right) }")
        let isGreen = right.isGreen
        #expect(isGreen, Comment(rawValue: right.text()))
        guard !example.actual.isEmpty else { return }
        let wrong = Fixtures.play("\(example.steps)\n- expect: { \(example.wrong) }")
        #expect(wrong.tests.first?.failures.map(\.actual.en) == [example.actual])
    }

    @Test func whatWasSentCountsFromTheLastAct() {
        let report = Fixtures.play(
            """
            - customer: 怎么退款
            - expect: { sent: 1 }
            - wait: 5m
            - expect: { sent: 1 }
            - customer: 在吗
            - expect: { sent: 0, nothing: true }
            """)
        let isGreen = report.isGreen
        #expect(isGreen, Comment(rawValue: report.text()))
    }

    @Test func customersAreKeptApart() {
        let report = Fixtures.play(
            """
            - customer: [{ id: 甲, text: 怎么退款 }, { id: 乙, text: 人工 }]
            - expect: { customer: 甲, rule: 退款, state: bot }
            - expect: { customer: 乙, rule: 人工, state: pool }
            - expect: { state: pool }
            """)
        let isGreen = report.isGreen
        #expect(isGreen, Comment(rawValue: report.text()))
    }

    static let impossible = [
        ("- servicer: { picks_up: zhangsan }", "impossible on the platform: 客户 never met"),
        ("- customer: 人工\n- ends: zhangsan", "the session is with no servicer"),
        ("- clicks: 主菜单.退款", "never met"),
        ("- customer: 在吗\n- clicks: 主菜单.退款", "no menu shown to the customer"),
        ("- clicks: 主菜.退款", "the rules have no menu '主菜'"),
        ("- clicks: 主菜单.退", "the menu '主菜单' has no item '退'"),
        ("- clicks: 主菜单.官网", "opens a page"),
        ("- customer: 在吗\n- servicer: { says: 您好 }", "nobody has the session"),
        ("- platform: { redeliver: m9 }", "no message m9"),
        ("- customer: { text: 在, msgid: m1 }\n- customer: { text: 在, msgid: m1 }", "m1 is taken"),
    ]

    /// What can't happen on the platform fails the test, at that step, and ends it.
    @Test(arguments: impossible) func impossibleStepsFail(steps: String, reason: String) {
        let report = Fixtures.play(steps + "\n- expect: { sent: 99 }")
        let failures = report.tests.first?.failures ?? []
        #expect(failures.count == 1)
        #expect(failures.first?.actual.en.contains(reason) == true, "\(failures)")
        #expect(failures.first?.expected.en == "a step that can happen")
    }
}
