import ChatModel
import RuleEngine
import Testing

@Suite("Scores and the winner")
struct ScoringTests {
    private static let menu = MenuDefinition(
        name: "主菜单", head: nil,
        items: [
            MenuDefinition.Item(key: "退款", item: .click(id: "w1", label: "申请退款")),
            MenuDefinition.Item(key: "投诉", item: .click(id: "w2", label: "我要投诉")),
            MenuDefinition.Item(key: "官网", item: .view(url: "https://example.com", label: "官网")),
        ], tail: nil)

    private static let keywordScores: [(Trigger, String, Double)] = [
        (.says("退款"), "退款什么时候到账", 57.5), (.says("退款"), "怎么退款", 65),
        (.says("退款"), "退款", 80), (.says("退 款！"), "我 要 退款。", 65),
        (.says("退货"), "我要退貨", 65), (.saysExactly("人工"), "人工！", 95),
        (.saysExactly("ＶＩＰ"), "vip", 95), (.startsWith("退款"), "退款到哪了呀呀呀", 75),
        (.startsWith("退款"), "退款", 90),
    ]

    private static let expressionScores: [(Trigger, String, Double)] = [
        (.matches(#"^\d{12}$"#), "202603010001", 90),
        (.matches(#"\d{12}"#), " 202603010001\n", 90), (.matches("退|退款"), "退款", 90),
        (.matches(#"\d{4,}"#), "订单 123456", 72.5), (.matches("退款，"), "退款，谢谢", 65),
        (.matches(".*"), "", 90), (.matches("^？+$"), "??", 90), (.matches("貨"), "退货", 65),
        (.matches("VIP"), "ＶｉＰ卡", 72.5), (.matches("(?<号>[0-9]+)号"), "12号", 90),
        (.matches(#"\?"#), "？！", 50), (.matches("[退換]貨"), "換貨", 90),
        (.matches("[一-龥]{2}"), "退貨", 90),
    ]

    @Test(
        "each kind of trigger is worth what is printed", arguments: keywordScores + expressionScores
    )
    func words(trigger: Trigger, text: String, score: Double) throws {
        let bundle = try bundle(rule("规则", trigger), rule("别的", .says("别的")))
        #expect(bundle.winner(text) == "规则 \(score)")
    }

    private static let unheard: [(Trigger, String)] = [
        (.says("退款"), "退了款"), (.saysExactly("人工"), "人工费多少"), (.saysExactly("人工费"), "人工"),
        (.startsWith("退款"), "我要退款"), (.says("款"), ""), (.says("款"), "👍👍？！"),
        (.matches("x*"), "abc"), (.matches("退款"), "退 款"), (.matches(#"\D"#), "123"),
        (.sends(.image), "图片"), (.event(.enterSession), "进来"),
    ]

    @Test("what a trigger doesn't hear", arguments: unheard)
    func silence(trigger: Trigger, text: String) throws {
        #expect(try bundle(rule("规则", trigger)).winner(text) == "nobody")
    }

    @Test("coverage is the union of all says hits, overlaps counted once")
    func union() throws {
        // 订单物流单号 has 6: 订单, 单 (inside), 物流, 流单 (overlapping) cover 5.
        let overlapping = try bundle(
            rule("查", .says("订单"), .says("单"), .says("物流"), .says("流单")))
        #expect(overlapping.winner("订单物流单号") == "查 \(50 + 30 * 5.0 / 6)")
        // Every place counts, not only the first.
        let repeated = try bundle(rule("退", .says("退款")))
        #expect(repeated.winner("退款退款吗吗吗吗") == "退 \(50 + 30 * 4.0 / 8)")
        #expect(try bundle(rule("哈", .says("哈哈"))).winner("哈哈哈啊") == "哈 \(50 + 30 * 3.0 / 4)")
    }

    @Test("a rule scores its best trigger, the first of equals")
    func bestTrigger() throws {
        let bundle = try bundle(
            rule("退", .says("退"), .says("退款"), .startsWith("退款"), .saysExactly("退款吧")))
        #expect(bundle.verdict(for: .text("退款吧", menuItem: nil), facts: Facts())?.trigger == 3)
        #expect(bundle.verdict(for: .text("退款啊", menuItem: nil), facts: Facts())?.trigger == 2)
        #expect(bundle.verdict(for: .text("要退款", menuItem: nil), facts: Facts())?.trigger == 1)
        #expect(bundle.winner("要退款") == "退 70.0")
    }

    @Test("clicks and events are worth 100, a kind of message 30")
    func others() throws {
        let bundle = try bundle(
            rule("图", .sends(.image), .sends(.video)), rule("欢迎", .event(.enterSession)),
            rule("点", .clicks(menu: "主菜单", item: "退款", "w1")), menus: [Self.menu])
        #expect(bundle.winner(.message(.video)) == "图 30.0")
        #expect(bundle.winner(.message(.voice)) == "nobody")
        #expect(bundle.winner(.event(.enterSession)) == "欢迎 100.0")
        #expect(bundle.winner(.text("申请退款", menuItem: "w1")) == "点 100.0")
    }

    @Test("a known click looks only at clicks; an unknown one is its label's words")
    func clicks() throws {
        let bundle = try bundle(
            rule("投诉", .says("投诉"), priority: .urgent),
            rule("点", .clicks(menu: "主菜单", item: "退款", "w1")),
            rule("旧", .clicks(menu: "旧菜单", item: "单", "old")),
            rule("没听懂", .noMatch), menus: [Self.menu])
        #expect(bundle.winner(.text("我要投诉", menuItem: "w1")) == "点 100.0")
        // Known, but nobody clicks it.
        #expect(bundle.winner(.text("我要投诉", menuItem: "w2")) == "没听懂 0.0")
        // In no menu, but a rule clicks it: still a click.
        #expect(bundle.winner(.text("我要投诉", menuItem: "old")) == "旧 100.0")
        #expect(bundle.winner(.text("我要投诉", menuItem: "w9")) == "投诉 65.0")
        #expect(bundle.menuItem(wireID: "w2")?.menu == "主菜单")
        #expect(bundle.menuItem(wireID: "w2")?.key == "投诉")
        #expect(bundle.menuItem(wireID: "old") == nil)
    }

    @Test("priority, then score, then file order")
    func order() throws {
        let bundle = try bundle(
            rule("低", .saysExactly("退款"), priority: .low), rule("甲", .says("退款")),
            rule("乙", .says("退款")), rule("丙", .startsWith("退款")),
            rule("高", .says("坏"), priority: .high), rule("急", .says("曝光"), priority: .urgent))
        #expect(bundle.winner("退款") == "丙 90.0")
        #expect(bundle.winner("我退款") == "甲 70.0")
        #expect(bundle.winner("退款坏了") == "高 57.5")
        #expect(bundle.winner("退款坏了曝光") == "急 60.0")
    }

    @Test("the lowest priority still comes before no_match")
    func lowPriority() throws {
        let bundle = try bundle(
            rule("没听懂", .noMatch), rule("低", .saysExactly("退款"), priority: .low))
        #expect(bundle.winner("退款") == "低 95.0")
    }

    @Test("each satisfied if and each unless that doesn't veto adds a point")
    func conditions() throws {
        let bundle = try bundle(
            rule("欢迎", .event(.enterSession)),
            rule("直播", .event(.enterSession), if: [.scene("live_*")]),
            rule(
                "夜", .event(.enterSession), if: [.scene("live_*"), .state([.bot])],
                unless: [.scene("*_day")]))
        #expect(bundle.winner(.event(.enterSession)) == "欢迎 100.0")
        #expect(bundle.winner(.event(.enterSession), Facts(scene: "live_day")) == "直播 101.0")
        #expect(bundle.winner(.event(.enterSession), Facts(scene: "live_1")) == "夜 103.0")
        #expect(
            bundle.winner(.event(.enterSession), Facts(scene: "live_1", state: 4)) == "直播 101.0")
    }

    private static let nested: [(Condition, Bool)] = [
        (.any([.scene("a"), .scene("b")]), true), (.any([]), false), (.all([]), true),
        (.all([.scene("b"), .misses(1)]), false), (.not(.scene("a")), true),
        (.not(.any([.scene("a"), .all([.scene("b"), .not(.state([.human]))])])), false),
        (.state([.bot]), true), (.state([.assistant]), true), (.state([.untreated]), false),
        (.scene("B"), false), (.scene("*"), true), (.scene("b*"), true), (.scene("*b*"), true),
        (.scene("**"), true), (.scene("b*b"), false), (.scene(""), false),
    ]

    @Test("conditions nest", arguments: nested)
    func nesting(condition: Condition, holds: Bool) throws {
        let bundle = try bundle(rule("规则", .says("好"), if: [condition]))
        let winner = bundle.winner("好", Facts(scene: "b", state: 1))
        #expect(winner == (holds ? "规则 81.0" : "nobody"))
    }

    @Test("a scene pattern without end costs no time without end")
    func longScenes() throws {
        let pattern = String(repeating: "*a", count: 200) + "b"
        let bundle = try bundle(rule("规则", .says("好"), if: [.scene(pattern)]))
        #expect(bundle.winner("好", Facts(scene: String(repeating: "a", count: 2000))) == "nobody")
        #expect(
            bundle.winner("好", Facts(scene: String(repeating: "a", count: 2000) + "b")) == "规则 81.0"
        )
    }

    @Test("no scene matches no pattern")
    func noScene() throws {
        #expect(try bundle(rule("规则", .says("好"), if: [.scene("*")])).winner("好") == "nobody")
    }

    @Test("no_match wins only when nothing else may; misses count this one")
    func noMatch() throws {
        let bundle = try bundle(
            rule("没听懂", .noMatch), rule("连续", .noMatch, if: [.misses(2)]),
            rule("再没", .noMatch), rule("退", .says("退款"), unless: [.state([.human])]),
            rule("记得", .says("记得"), if: [.misses(2)]))
        #expect(bundle.winner("啊") == "没听懂 0.0")
        #expect(bundle.winner("啊", Facts(misses: 1)) == "连续 1.0")
        #expect(bundle.winner("退款") == "退 81.0")
        #expect(bundle.winner("退款", Facts(state: 3)) == "没听懂 0.0")
        // A rule on words is no miss: only the misses before it count.
        #expect(bundle.winner("记得", Facts(misses: 1)) == "连续 1.0")
        #expect(bundle.winner("记得", Facts(misses: 2)) == "记得 81.0")
        #expect(bundle.winner(.message(.voice)) == "没听懂 0.0")
        #expect(bundle.winner("") == "没听懂 0.0")
        #expect(bundle.winner(.event(.enterSession)) == "nobody")
        let verdict = bundle.verdict(for: .text("啊", menuItem: nil), facts: Facts())
        #expect(verdict?.isMiss == true)
        let heard = bundle.verdict(for: .text("退款", menuItem: nil), facts: Facts())
        #expect(heard?.isMiss == false)
    }

    @Test("an FAQ-sized bundle keeps words apart from longer ones")
    func sample() throws {
        let bundle = try bundle(
            rule("退款政策", .says("退款"), .says("退货"), .says("退钱")),
            rule("查订单", .says("订单"), .says("物流"), .says("快递")),
            rule("找人工", .saysExactly("人工"), .saysExactly("转人工")), rule("没听懂", .noMatch))
        #expect(bundle.winner("你们是人工智能吗") == "没听懂 0.0")
        #expect(bundle.winner("快递怎么还没到") == "查订单 \(50 + 30 * 2.0 / 7)")
        #expect(bundle.winner("转人工。") == "找人工 95.0")
    }
}
