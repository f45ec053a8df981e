import Replay
import RuleFiles
import Testing

/// Expectations and steps of the whole language: each holds, or says what came instead.
@Suite struct LanguageTests {
    typealias Case = ExpectationTests.Case

    static let refund = "- customer: 怎么退款"
    static let order = "- customer: 我的订单"
    static let shipped =
        "- answers: { 订单系统.查询: { 状态: 已发货, 快递: 顺丰, 单号: SF1 } }\n" + order
        + "\n- customer: 202603010001"
    static let human = "- customer: 人工"

    static let happened = [
        Case(refund, right: "score: 65", wrong: "score: 64.9", actual: "65"),
        Case("- sends: voice", right: "score: 0", wrong: "score: 30", actual: "0"),
        Case(
            order, right: "rule: 订单", wrong: "rule: 订但",
            actual: "the rules have no such rule; did you mean '订单'?"),
        Case(
            refund, right: "not_rule: 订单", wrong: "not_rule: 没听仿",
            actual: "the rules have no such rule; did you mean '没听懂'?"),
        Case(shipped, right: "reply: 顺丰 SF1", wrong: "reply: 在备货。", actual: "「顺丰 SF1」"),
        Case(
            shipped, right: "call: 订单系统.查询, with: { id: 202603010001 }",
            wrong: "call: 订单系统.查询, with: { id: 1 }", actual: "「202*******01」"),
        Case(
            shipped, right: "call: 订单系统.查询", wrong: "call: 订单系统.退款", actual: "订单系统.查询"),
        Case(
            shipped, right: "call: 订单系统.查询", wrong: "call: 订单系统.查询, with: { no: 1 }",
            actual: "without no"),
        Case(shipped, right: "sent: 1", wrong: "call: none", actual: "订单系统.查询"),
        Case(order, right: "call: none", wrong: "call: 订单系统.查询", actual: "no call"),
        Case(
            "- customer: 发票", right: "asked_back: [改发票, 开发票]", wrong: "asked_back: 开发票",
            actual: "「开发票」 「改发票」"),
        Case(refund, right: "sent: 1", wrong: "asked_back: 开发票", actual: "rule:退款"),
        Case(refund, right: "sent: 1", wrong: "notice: 暴雨", actual: "no notice"),
        Case(
            refund, right: "sent: 1", wrong: "notice: 大雪",
            actual: "the rules have no such notice"),
        Case(
            refund, right: "version: rich.kf.yml", wrong: "version: rich-2.kf.yml",
            actual: "the test knows no such version, only rich.kf.yml"),
        Case(human, right: "handoff: 售后", wrong: "handoff: 主管", actual: "to zhangsan"),
        Case(
            "- customer: 我要投诉", right: "handoff: 主管", wrong: "handoff: 售后",
            actual: "to linzhuguan"),
        Case(
            "- servicer: { linzhuguan: stop }\n- customer: 我要投诉", right: "handoff: 主管",
            wrong: "handoff: pool", actual: "to zhangsan"),
        Case(
            "- servicer: { linzhuguan: stop }\n- customer: 我要投诉", right: "handoff: 售后",
            wrong: "servicer: linzhuguan", actual: "with zhangsan"),
        Case(
            human + "\n- ends: zhangsan", right: "survey: 满意度", wrong: "survey: 好不好",
            actual: "the rules have no such survey"),
        Case(refund, right: "sent: 1", wrong: "survey: 满意度", actual: "「七天内可退。」"),
    ]

    static let present = [
        Case(refund, right: "tag: 退款", wrong: "tag: 差评", actual: "「退款」"),
        Case(
            refund, right: "not_tag: 差评", wrong: "not_tag: [差评, 退款]", actual: "「退款」"),
        Case(
            refund, right: "not_tag: 差评", wrong: "not_tag: 差平",
            actual: "the rules have no such tag; did you mean '差评'?"),
        Case(
            order + "\n- customer: 202603010001\n" + "- answers: { 订单系统.查询: {} }",
            right: "not_slot: 类型", wrong: "not_slot: 订单号", actual: "「202*******01」"),
        Case(order, right: "flow: 查订单", wrong: "flow: none", actual: "「查订单」"),
        Case(refund, right: "flow: none", wrong: "flow: 查订单", actual: "in no flow"),
        Case(order, right: "asked: 订单号", wrong: "asked: 类型", actual: "asked for 「订单号」"),
        Case(refund, right: "flow: none", wrong: "asked: 订单号", actual: "asked for nothing"),
        Case(
            "- customer: 你好\n- customer: 在吗", right: "misses: 2", wrong: "misses: 1", actual: "2"),
        Case(
            shipped, right: "slot: { 订单号: 202603010001, 订单.快递: 顺丰 }",
            wrong: "slot: { 订单号: 202603010002 }", actual: "「202*******01」"),
        Case(order, right: "flow: 查订单", wrong: "slot: { 类型: 现货 }", actual: "nothing is known"),
    ]

    @Test(arguments: happened + present) func holdsOrSaysWhatCame(_ example: Case) {
        // The unmocked call of one case is not what that case is about.
        let steps = example.steps.replacing(
            "- customer: 202603010001\n- answers: { 订单系统.查询: {} }",
            with: "- answers: { 订单系统.查询: {} }\n- customer: 202603010001")
        let right = Fixtures.play(rich: "\(steps)\n- expect: { \(example.right) }")
        let isGreen = right.isGreen
        #expect(isGreen, Comment(rawValue: right.text()))
        let wrong = Fixtures.play(rich: "\(steps)\n- expect: { \(example.wrong) }")
        #expect(wrong.tests.first?.failures.map(\.actual.en) == [example.actual])
    }

    static let stories = [
        // What is sent, by kind alone and with what it holds.
        "- sends: image\n- expect: { rule: 图片 }",
        "- sends: { location: 虹桥站 }\n- expect: { rule: 图片 }",
        "- sends: { location: { name: 虹桥站, latitude: 31.19, longitude: 121.3 } }\n"
            + "- expect: { rule: 图片 }",
        "- sends: { link: https://example.com/a, customer: 甲 }\n- expect: { rule: 没听懂 }",
        "- customer: { sends: { image: MEDIA-9 }, msgid: m1 }\n- recall: m1\n"
            + "- expect: { reason: \"observed:user_recall_msg\" }",
        // An order card answers the question for an order's number.
        "- customer: 我的订单\n- expect: { asked: 订单号 }\n- sends: { shop_order: 20002 }\n"
            + "- expect: { flow: 查订单, asked: 订单号, reply: 是 12 位数字。 }",
        // Taps: a menu's item, a slot's option, a survey's mark, a question asked back, a label.
        "- enters: {}\n- clicks: 主菜单.退款\n- expect: { rule: 退款 }",
        "- enters\n- clicks: 申请退款\n- expect: { rule: 退款 }",
        "- customer: 选一种\n- expect: { asked: 类型 }\n- clicks: 类型.现货\n"
            + "- expect: { reply: 好的，现货。, flow: none, slot: { 类型: 现货 } }",
        "- customer: 发票\n- clicks: 发票抬头怎么改\n- expect: { rule: 改发票 }",
        "- customer: 发票\n- clicks: 都不是\n- expect: { rule: 没听懂, misses: 1 }",
        // Servicers, in words.
        "- servicer: { zhangsan: stop }\n- customer: 人工\n- expect: { servicer: lisi }\n"
            + "- servicer: { lisi: writes 您好 }\n- expect: { reason: servicer_spoke }\n"
            + "- transfers: zhangsan\n- expect: { servicer: zhangsan }\n- ends\n"
            + "- expect: { state: ended, survey: 满意度, within: 20s }\n- clicks: 满意度.1\n"
            + "- expect: { tag: 差评, not_rule: 没听懂, reply: 抱歉。 }",
        "- customer: 人工\n- ends: zhangsan\n- reopens: lisi\n"
            + "- expect: { state: human, servicer: lisi }",
        "- servicer: { all: stop }\n- customer: 人工\n- expect: { state: pool, handoff: 售后 }\n"
            + "- servicer: { zhangsan: start, lisi: start }\n- servicer: { zhangsan: picks up }\n"
            + "- servicer: { zhangsan: transfers to lisi }\n- expect: { servicer: lisi }\n"
            + "- servicer: { lisi: rejects }\n- servicer: { lisi: accepts }\n"
            + "- servicer: { lisi: ends }\n- expect: { state: ended }",
        // Nobody picks it up.
        "- customer: 人工\n- expect: { servicer: zhangsan }\n- wait: 6m\n"
            + "- expect: { servicer: wangwu }",
        // What the company's systems answer: in turn, late, never, wrongly.
        "- answers: { 订单系统.查询: [{ 状态: 备货 }, timeout, { error: 404 }] }\n"
            + "- customer: 订单 202603010001\n- expect: { reply: 在备货。, within: 0s }\n"
            + "- customer: 我的订单\n- expect: { reply: 系统忙。, within: 3s, reason: \"call_failed:timeout\" }\n"
            + "- customer: 我的订单\n- expect: { reply: 系统忙。, reason: \"call_failed:404\" }\n"
            + "- customer: 我的订单\n- expect: { reply: 系统忙。 }",
        "- answers: { 订单系统.查询: { after: 2s, 状态: 已发货, 快递: 顺丰, 单号: [SF1] } }\n"
            + "- customer: 订单 202603010001\n- customer: 谢谢\n- expect: { reason: deferred }\n"
            + "- expect: { slot: { 订单.单号.1: SF1 } }",
        "- answers: { 订单系统.查询: { after: 4s, 状态: 已发货 } }\n"
            + "- customer: 订单 202603010001\n- expect: { reply: 系统忙。 }",
        // The bot is killed while a call is under way, and asks again.
        "- answers: { 订单系统.查询: [{ after: 2s, 状态: 一 }, { 状态: 二 }] }\n"
            + "- customer: 订单 202603010001\n- platform: { restart: true }\n"
            + "- expect: { slot: { 订单.状态: 二 }, sent: 1 }",
        // Nothing gets through for a while.
        "- platform: { down: true }\n- customer: 怎么退款\n- expect: { sent: 0 }\n"
            + "- platform: { down: false }\n- wait: 1m\n- expect: { sent: 1 }",
        // New rules in the middle: who is in a flow stays on the old ones to its end.
        "- answers: { 订单系统.查询: { 状态: 备货 } }\n- customer: 我的订单\n"
            + "- expect: { version: rich.kf.yml }\n- publish: rich-2.kf.yml\n"
            + "- customer: 202603010001\n- expect: { reply: 在备货。, version: rich.kf.yml }\n"
            + "- customer: 我的订单\n- expect: { rule: 新订单, version: rich-2.kf.yml }\n"
            + "- publish: rich.kf.yml\n- customer: 怎么退款\n"
            + "- expect: { reply: 七天内可退。, version: rich.kf.yml }",
    ]

    @Test(arguments: stories) func plays(steps: String) {
        let report = Fixtures.play(rich: steps)
        let isGreen = report.isGreen
        #expect(isGreen, Comment(rawValue: report.text()))
    }

    @Test func noticesGoFirst() {
        let report = Fixtures.play(
            rich: "- customer: 我的订单\n- expect: { notice: 暴雨, reply: [暴雨，会晚到。, 请发订单号。] }",
            options: "    at: 2026-07-02 10:00\n")
        let isGreen = report.isGreen
        #expect(isGreen, Comment(rawValue: report.text()))
    }

    /// A test may begin in the middle: with values and tags known.
    @Test func beginsInTheMiddle() {
        let report = Fixtures.play(
            rich: """
                - answers: { 订单系统.查询: { 状态: 备货 } }
                - expect: { tag: 退款, slot: { 订单号: 202603010001 } }
                - customer: 我的订单
                - expect: { reply: 在备货。, call: 订单系统.查询, with: { id: 202603010001 } }
                """,
            options: "    slots: { 订单号: 202603010001 }\n    tags: 退款\n")
        let isGreen = report.isGreen
        #expect(isGreen, Comment(rawValue: report.text()))
    }

    /// A call nobody answers fails the test, at the act that led to it.
    @Test func callsNeedAnswers() {
        let report = Fixtures.play(rich: "- customer: 订单 202603010001\n- expect: { sent: 1 }")
        let failures = report.tests.first?.failures ?? []
        #expect(failures.map { "\($0.place)" } == ["a.test.yml:5:9"])
        #expect(failures.map(\.expected.en) == ["an answer for the call 订单系统.查询"])
        #expect(failures.first?.actual.zh.contains("- answers: { 订单系统.查询: { … } }") == true)
    }

    /// Nobody sees the whole of a value that is masked, wherever the report would show it.
    @Test func valuesAreMasked() throws {
        let report = Fixtures.play(
            rich: """
                - answers: { 订单系统.查询: { 状态: 已发货, 快递: 顺丰, 单号: "202603010001" } }
                - customer: 订单 202603010001
                - expect: { reply: 没有, slot: { 订单号: 202603010009 } }
                """)
        let text = report.text() + report.junit + (try report.json)
        #expect(report.failed == 1)
        #expect(text.contains("202*******01"))
        #expect(!text.contains("202603010001"))
        #expect(!text.contains("202603010009"))
    }
}
