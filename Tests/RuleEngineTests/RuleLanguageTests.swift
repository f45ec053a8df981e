import ChatModel
import RuleEngine
import Testing

@Suite("Triggers and conditions of the whole rule language")
struct RuleLanguageTests {
    // MARK: Triggers

    private static let heard: [(Trigger, String, Double)] = [
        (.endsWith("到账"), "退款什么时候到账", 75), (.endsWith("退款"), "退款！", 90),
        (.endsWith("退 貨。"), "我要退货", 80),
        (.saysAll(["退款", "到账"]), "退款什么时候到账", 65), (.saysAll(["退款", "款到"]), "退款到账", 72.5),
        (.saysAll(["退款"]), "怎么退款", 65), (.saysAll(["退", "退款"]), "退款", 80),
        (.saysAll(["退款", "退款"]), "怎么退款", 65),
    ]

    @Test("ends_with and says_all are worth what is printed", arguments: heard)
    func scores(trigger: Trigger, text: String, score: Double) throws {
        let bundle = try bundle(rule("规则", trigger), rule("别的", .endsWith("别的")))
        #expect(bundle.winner(text) == "规则 \(score)")
    }

    private static let unheard: [(Trigger, String)] = [
        (.endsWith("退款"), "退款吗"), (.endsWith("退款"), ""), (.endsWith("退款吗"), "款吗"),
        (.saysAll(["退款", "到账"]), "退款"), (.saysAll(["退款", "到账"]), "到账了"),
        (.saysAll(["退款", "到账", "什么"]), "退款到账"),
    ]

    @Test("what they don't hear", arguments: unheard)
    func silence(trigger: Trigger, text: String) throws {
        #expect(try bundle(rule("规则", trigger)).winner(text) == "nobody")
    }

    @Test("the words of says_all join what says covers, and name the longer trigger")
    func union() throws {
        let both = try bundle(rule("退", .says("退款"), .saysAll(["退款", "到账"]), .says("什么")))
        #expect(both.winner("退款什么时候到账") == "退 \(50 + 30 * 6.0 / 8)")
        let verdict = both.verdict(for: .text("退款什么时候到账", menuItem: nil), facts: Facts())
        #expect(verdict?.trigger == 1)
        // Incomplete, its words don't count at all.
        #expect(both.winner("到账什么") == "退 65.0")
        // Two of a kind don't complete each other.
        let split = try bundle(rule("甲", .saysAll(["退款", "到账"]), .saysAll(["换货", "到账"])))
        #expect(split.winner("到账退货") == "nobody")
        #expect(split.winner("到账换货") == "甲 80.0")
    }

    @Test("explanations show where ends_with and says_all were found")
    func places() throws {
        let bundle = try bundle(rule("退", .saysAll(["退款", "到账"]), .endsWith("到账")))
        let explanation = bundle.explanation(
            of: .text("退 款 几时到账？", menuItem: nil), facts: Facts())
        let hits = explanation.contenders.first?.hits ?? []
        #expect(hits.map(\.words) == ["退 款", "到账", "到账"])
        #expect(hits.map(\.trigger) == [0, 0, 1])
    }

    @Test(
        "refuses words that folding leaves nothing of",
        arguments: [Trigger.endsWith("！"), .saysAll(["退款", " "]), .saysAll([]), .asksLike("？")])
    func nothingToHear(trigger: Trigger) {
        let error = #expect(throws: RuleSetError.self) { try bundle(rule("规则", trigger)) }
        guard case .nothingToHear = error?.cause else {
            Issue.record("accepted")
            return
        }
        #expect(error?.rule == "规则")
    }

    // MARK: Pinyin

    private static let sounds: [(Trigger, String, Bool)] = [
        (.says("退款"), "tui kuan", true), (.says("退款"), "TuiKuan!", true),
        (.says("退款"), "wo yao tui kuan", true), (.says("退款"), "我要tuikuan", true),
        (.says("退款"), "ｔｕｉ　ｋｕａｎ", true), (.says("退款"), "tuikuan123", true),
        // In the middle of a longer word it may be anything.
        (.says("退款"), "xtuikuan", false), (.says("退款"), "tuikuanx", false),
        (.says("那么"), "rename it", false), (.says("那么"), "name", true),
        // One Han character, or too few letters.
        (.says("退"), "tui", false), (.says("饿啊"), "e a", false), (.says("vip退"), "viptui", false),
        (.says("vip会员"), "vip huiyuan", true),
        (.saysExactly("转人工"), "zhuan ren gong", true),
        (.saysExactly("转人工"), "zhuan ren gong ba", false),
        (.startsWith("退款"), "tui kuan ma", true), (.startsWith("退款"), "tuikuanma", false),
        (.startsWith("退款"), "wo tuikuan", false), (.endsWith("退款"), "wo yao tuikuan", true),
        (.endsWith("退款"), "woyaotuikuan", false), (.endsWith("退款"), "tuikuan ma", false),
        (.saysAll(["退款", "到账"]), "tui kuan 到账", true),
        (.saysAll(["退款", "到账"]), "xtuikuan 到账", false),
    ]

    @Test("words are heard as they sound where the bundle asks for it", arguments: sounds)
    func pinyin(trigger: Trigger, text: String, isHeard: Bool) throws {
        var definition = BundleDefinition(
            name: "小店", accounts: ["shop"], menus: [], rules: [rule("规则", trigger)])
        func hears() throws -> Bool {
            let ruleSet = try RuleSet(RuleSetDefinition(bundles: [definition]))
            return ruleSet.bundles[0].winner(text) != "nobody"
        }
        #expect(try !hears() || text.contains("退款"))
        definition.defaults.hearsPinyin = true
        #expect(try hears() == isHeard)
    }

    @Test("a word that sounds is worth its share of the letters")
    func pinyinScore() throws {
        var definition = BundleDefinition(
            name: "小店", accounts: ["shop"], menus: [], rules: [rule("退", .says("退款"))])
        definition.defaults.hearsPinyin = true
        let bundle = try RuleSet(RuleSetDefinition(bundles: [definition])).bundles[0]
        #expect(bundle.winner("tui kuan") == "退 80.0")
        #expect(bundle.winner("wo yao tui kuan") == "退 \(50 + 30 * 7.0 / 12)")
        let explanation = bundle.explanation(
            of: .text("wo yao tui kuan", menuItem: nil), facts: Facts())
        #expect(explanation.contenders.first?.hits.map(\.words) == ["tui kuan"])
    }

    // MARK: Conditions

    private static let open = ScheduleDefinition(
        name: "营业时间", zone: "Asia/Shanghai",
        weekly: Array(
            repeating: [ScheduleDefinition.Hours(from: 540, until: 1080)], count: 5),
        calendar: "cn")
    private static let noon = shanghai("2026-03-02 12:00")
    private static let facts = Facts(
        now: noon, account: "shop",
        values: ["订单.状态": "已發貨 ", "金额": "￥1,299.50", "空": "", "负": "-1"], flow: "查订单",
        isReturning: true, tags: ["VIP"], language: "zh")

    private static let conditions: [(Condition, Bool)] = [
        (.hours("营业时间", isOpen: true), true), (.hours("营业时间", isOpen: false), false),
        (.value("订单.状态", .isAny(["待发货", "已发货"])), true), (.value("订单.状态", .isAny(["发货"])), false),
        (.value("没有", .isAny(["已发货"])), false), (.value("负", .isAny(["1"])), false),
        (.value("订单.状态", .known(true)), true), (.value("没有", .known(true)), false),
        (.value("没有", .known(false)), true), (.value("空", .known(true)), false),
        (.value("金额", .atLeast(1299.5)), true), (.value("金额", .atLeast(1300)), false),
        (.value("金额", .atMost(1299.5)), true), (.value("金额", .atMost(1299)), false),
        (.value("订单.状态", .atLeast(0)), false), (.value("没有", .atMost(5)), false),
        (.inFlow("查订单"), true), (.inFlow("别的"), false), (.inFlow(nil), true),
        (.returning(true), true), (.returning(false), false), (.tagged("VIP"), true),
        (.tagged("vip"), false), (.speaks("zh"), true), (.speaks("en"), false),
        (.any([.inFlow("别的"), .all([.tagged("VIP"), .not(.speaks("en"))])]), true),
        (.not(.hours("营业时间", isOpen: true)), false),
    ]

    @Test("conditions look at the facts", arguments: conditions)
    func condition(condition: Condition, holds: Bool) throws {
        let rules = [rule("规则", .says("好"), if: [condition])]
        let bundle = try bundle(
            of: BundleDefinition(
                name: "小店", accounts: ["shop"], schedules: [Self.open], menus: [], rules: rules))
        #expect(bundle.winner("好", Self.facts) == (holds ? "规则 81.0" : "nobody"))
    }

    @Test("without facts, nobody is in a flow, known or of a language; time is open")
    func noFacts() throws {
        let conditions: [Condition] = [
            .hours("营业时间", isOpen: true), .not(.inFlow(nil)), .returning(false),
            .not(.speaks("zh")), .value("a", .known(false)),
        ]
        let bundle = try bundle(
            of: BundleDefinition(
                name: "小店", accounts: ["shop"], schedules: [Self.open], menus: [],
                rules: [rule("规则", .says("好"), if: conditions)]))
        #expect(bundle.winner("好") == "规则 85.0")
    }

    @Test("a condition on hours nobody defined is refused, with the rule's name")
    func unknownSchedule() {
        let error = #expect(throws: RuleSetError.self) {
            try bundle(
                rule("好", .says("好")), rule("规则", .says("好"), if: [.not(.hours("无", isOpen: true))])
            )
        }
        #expect(error?.cause == .unknownSchedule("无"))
        #expect(error?.rule == "规则")
    }

    @Test("unusable schedules and slots are refused by name")
    func unusable() {
        var schedule = Self.open
        schedule.zone = "Mars/Base"
        let slot = SlotDefinition(name: "号", accept: .regex("("), ask: "号？")
        let bad = [
            BundleDefinition(name: "店", accounts: [], schedules: [schedule], menus: [], rules: []),
            BundleDefinition(name: "店", accounts: [], menus: [], slots: [slot], rules: []),
        ]
        let errors = bad.map { definition in
            #expect(throws: RuleSetError.self) { try bundle(of: definition) }
        }
        #expect(errors[0]?.cause == .unusableSchedule("营业时间", .unknownZone("Mars/Base")))
        #expect(errors[1]?.description.contains("slot '号'") == true)
    }

    // MARK: Life cycle

    private func restricted(_ change: (inout RuleDefinition) -> Void) throws -> CompiledBundle {
        var limited = rule("限", .saysExactly("好"), if: [.state([.bot])])
        change(&limited)
        return try bundle(of: [limited, rule("常", .says("好"))])
    }

    @Test("a rule is silent outside its time; the end is not part of it")
    func valid() throws {
        let span = ActiveSpan(from: Self.noon, until: Self.noon + .seconds(60))
        let bundle = try restricted { $0.valid = span }
        #expect(bundle.winner("好", Facts(now: Self.noon)) == "限 96.0")
        #expect(bundle.winner("好", Facts(now: Self.noon - .seconds(1))) == "常 80.0")
        #expect(bundle.winner("好", Facts(now: Self.noon + .seconds(60))) == "常 80.0")
        #expect(bundle.winner("好") == "限 96.0")
        let explanation = bundle.explanation(
            of: .text("好", menuItem: nil), facts: Facts(now: Self.noon + .seconds(60)))
        #expect(explanation.contenders.last?.outcome == .lost(.notValidNow(span)))
        #expect(explanation.contenders.last?.conditionPoints == 0)
    }

    @Test("a rule answers on its accounts only")
    func accounts() throws {
        let bundle = try restricted { $0.accounts = ["a", "b"] }
        #expect(bundle.winner("好", Facts(account: "b")) == "限 96.0")
        #expect(bundle.winner("好", Facts(account: "c")) == "常 80.0")
        #expect(bundle.winner("好") == "限 96.0")
        let explanation = bundle.explanation(
            of: .text("好", menuItem: nil), facts: Facts(account: "c"))
        #expect(explanation.contenders.last?.outcome == .lost(.otherAccount(["a", "b"])))
    }

    @Test("a rule with once_per is silent until the time has passed")
    func oncePer() throws {
        let bundle = try restricted { $0.oncePer = .seconds(3600) }
        let answered: [RuleName: Timestamp] = ["限": Self.noon]
        func winner(after seconds: Int) -> String {
            bundle.winner("好", Facts(now: Self.noon + .seconds(seconds), answered: answered))
        }
        #expect(winner(after: 0) == "常 80.0")
        #expect(winner(after: 3599) == "常 80.0")
        #expect(winner(after: 3600) == "限 96.0")
        #expect(bundle.winner("好", Facts(now: Self.noon, answered: ["常": Self.noon])) == "限 96.0")
        let explanation = bundle.explanation(
            of: .text("好", menuItem: nil), facts: Facts(now: Self.noon, answered: answered))
        #expect(
            explanation.contenders.last?.outcome
                == .lost(.answeredRecently(until: Self.noon + .seconds(3600))))
    }

    @Test("outside its bundle's time no rule applies, not even no_match")
    func bundleValid() throws {
        let span = ActiveSpan(from: nil, until: Self.noon)
        let bundle = try bundle(
            of: BundleDefinition(
                name: "小店", accounts: ["shop"], valid: span, menus: [],
                notices: [
                    NoticeDefinition(
                        name: "告", place: SourcePlace(file: "f", line: 1, column: 1),
                        active: ActiveSpan(from: nil, until: nil), triggers: [.says("好")],
                        reply: .text("告"))
                ],
                rules: [rule("好", .says("好")), rule("没", .noMatch)]))
        #expect(bundle.winner("好", Facts(now: Self.noon - .seconds(1))) == "好 80.0")
        #expect(bundle.winner("好", Facts(now: Self.noon)) == "nobody")
        #expect(bundle.winner("啊", Facts(now: Self.noon)) == "nobody")
        #expect(bundle.notice(for: .text("好", menuItem: nil), facts: Facts(now: Self.noon)) == nil)
        let explanation = bundle.explanation(
            of: .text("好", menuItem: nil), facts: Facts(now: Self.noon))
        #expect(explanation.decision == .none)
        #expect(explanation.contenders.first?.outcome == .lost(.bundleNotValid(span)))
    }

    // MARK: Notices

    private static func notice(
        _ name: NoticeName, _ active: ActiveSpan, _ triggers: Trigger...,
        if conditions: [Condition] = []
    ) -> NoticeDefinition {
        NoticeDefinition(
            name: name, place: SourcePlace(file: "f", line: 1, column: 1), active: active,
            triggers: triggers, conditions: conditions, reply: .text("公告"))
    }

    @Test("the first notice in force that applies")
    func notices() throws {
        let day = ActiveSpan(from: Self.noon, until: Self.noon + .seconds(86_400))
        let always = ActiveSpan(from: nil, until: nil)
        let bundle = try bundle(
            of: BundleDefinition(
                name: "小店", accounts: ["shop"],
                menus: [
                    MenuDefinition(
                        name: "m", head: nil,
                        items: [
                            MenuDefinition.Item(key: "i", item: .click(id: "w1", label: "快递"))
                        ], tail: nil)
                ],
                notices: [
                    Self.notice("暴雨", day, .says("快递"), .says("物流")),
                    Self.notice("会员", always, .says("快递"), if: [.tagged("VIP")]),
                    Self.notice(
                        "常", always, .saysExactly("快递"), .clicks(menu: "m", item: "i", "w1")),
                    Self.notice("像", always, .asksLike("发票什么时候能开")),
                ],
                rules: [rule("查", .says("快递")), rule("没", .noMatch)]))
        func notice(_ stimulus: Stimulus, _ facts: Facts) -> Int? {
            bundle.notice(for: stimulus, facts: facts)
        }
        let before = Facts(now: Self.noon - .seconds(1))
        #expect(notice(.text("快递", menuItem: nil), Facts(now: Self.noon)) == 0)
        #expect(notice(.text("我的物流呢", menuItem: nil), Facts(now: Self.noon)) == 0)
        #expect(notice(.text("快递", menuItem: nil), before) == 2)
        #expect(notice(.text("我的快递", menuItem: nil), before) == nil)
        #expect(
            notice(.text("我的快递", menuItem: nil), Facts(now: before.now, tags: ["VIP"])) == 1)
        #expect(notice(.text("x", menuItem: "w1"), before) == 2)
        #expect(notice(.text("发票什么时候能开", menuItem: nil), before) == 3)
        #expect(notice(.text("退款", menuItem: nil), before) == nil)
        let explained = bundle.explanation(of: .text("快递", menuItem: nil), facts: before)
        #expect(explained.notice == 2)
        #expect(bundle.explanation(of: .text("啊", menuItem: nil), facts: before).notice == nil)
    }

    @Test("a notice's mistakes bear its name")
    func badNotice() {
        let notice = Self.notice("坏", ActiveSpan(from: nil, until: nil), .matches("("))
        let error = #expect(throws: RuleSetError.self) {
            try bundle(
                of: BundleDefinition(
                    name: "小店", accounts: ["shop"], menus: [], notices: [notice], rules: []))
        }
        #expect(error?.notice == "坏")
        #expect(error?.rule == nil)
        #expect(error?.description.hasPrefix("f:1:1: notice '坏': ") == true)
    }

    // MARK: Taps

    @Test("former ids of menu items, survey items and the candidates' last line are clicks")
    func taps() throws {
        let menu = MenuDefinition(
            name: "主菜单", head: nil,
            items: [
                MenuDefinition.Item(
                    key: "退款", item: .click(id: "w1", label: "退款"), formerIDs: ["w0", "w2"]),
                MenuDefinition.Item(key: "投诉", item: .click(id: "w2", label: "投诉")),
            ], tail: nil)
        let survey = SurveyDefinition(
            name: "满意度", place: SourcePlace(file: "f", line: 1, column: 1),
            menu: MenuDefinition(
                name: "满意度", head: nil,
                items: [MenuDefinition.Item(key: "5", item: .click(id: "s5", label: "非常满意"))],
                tail: nil))
        let bundle = try bundle(
            of: BundleDefinition(
                name: "小店", accounts: ["shop"], menus: [menu],
                rules: [
                    rule("退", .clicks(menu: "主菜单", item: "退款", "w1")),
                    rule("诉", .clicks(menu: "主菜单", item: "投诉", "w2")),
                    rule("满意", .says("满意")), rule("都不是", .says("都不是")), rule("没", .noMatch),
                ], surveys: [survey]))
        #expect(bundle.winner(.text("退款", menuItem: "w0")) == "退 100.0")
        // An id in use stands for its own item, whatever it was before.
        #expect(bundle.winner(.text("投诉", menuItem: "w2")) == "诉 100.0")
        #expect(bundle.winner(.text("非常满意", menuItem: "s5")) == "没 0.0")
        #expect(bundle.winner(.text("都不是", menuItem: "none-of-these")) == "没 0.0")
        #expect(bundle.menuItem(wireID: "w0")?.key == "退款")
        #expect(bundle.menuItem(wireID: "s5")?.menu == "满意度")
    }
}
