import Boundary
import ChatModel
import Routing
import RuleEngine

/// Rule sets that use every case of every type a definition is made of.
extension Sample {
    /// Two languages, values, filters with and without arguments.
    static let template = Template(variants: [
        Template.Variant(
            language: "zh",
            parts: [
                .literal("您的订单"), .value("订单号", [Template.Filter(.first, "4")]),
                .value("订单.状态", [Template.Filter(.orElse, "未知"), Template.Filter(.mask)]),
            ]),
        Template.Variant(language: "en", parts: []),
    ])

    /// Templates that read like plain ones, or nearly, and aren't.
    static let odd: [Template] = [
        "", Template(variants: [Template.Variant(language: nil, parts: [])]),
        Template(variants: [Template.Variant(language: "zh", parts: [.literal("您好")])]),
        Template(variants: [Template.Variant(language: nil, parts: [.literal("a"), .literal("b")])]
        ),
        "$(订单号)", template,
        Template(variants: [
            Template.Variant(
                language: nil,
                parts: Template.Filter.Kind.allCases.map { .value("x", [Template.Filter($0)]) })
        ]),
    ]

    static let place = SourcePlace(file: "rules/a.kf.yml", line: 3, column: 5)

    static var richDefinition: RuleSetDefinition {
        let bare = RuleDefinition(name: "空", place: place, priority: .low, triggers: [])
        let odds = odd.enumerated().map { index, text in
            RuleDefinition(
                name: RuleName("词\(index)"), place: place, triggers: [.says("词")],
                reply: [.text(text)], owner: index == 0 ? "" : nil, examples: ["词"])
        }
        return RuleSetDefinition(bundles: [
            richBundle,
            BundleDefinition(name: "空的", accounts: [], menus: [], rules: []),
            BundleDefinition(
                name: "第三", accounts: ["other"], valid: ActiveSpan(from: nil, until: nil),
                menus: [richMenu], rules: [bare, richRule] + odds),
        ])
    }

    private static var richBundle: BundleDefinition {
        BundleDefinition(
            name: "售后", accounts: ["shop", "apps"], owner: "林主管",
            valid: ActiveSpan(from: now, until: now + .seconds(90)),
            defaults: BundleDefinition.Defaults(
                hearsPinyin: true, idle: .seconds(600), budgetKeep: 2, askBack: template,
                noneOfThese: "没有", noneOfTheseID: "n",
                similar: SimilarDefaults(
                    thresholds: SimilarityThresholds(answer: 0.8, ask: 0.1),
                    options: SimilarityOptions(
                        synonyms: [SimilarityOptions.Synonym(head: "退款", variants: ["退钱"])],
                        fillers: ["请问"], opposites: [["开", "关"]], notNegations: ["不错"]),
                    calibration: .shipped)),
            schedules: [schedule, ScheduleDefinition(name: "空", zone: "UTC", weekly: [])],
            menus: [
                richMenu,
                MenuDefinition(name: "空", head: template, items: [], tail: nil),
                MenuDefinition(name: "数字", head: nil, items: [], tail: template, hasNumbers: true),
            ], slots: slots, notices: notices, rules: [richRule], flows: [flow],
            policies: policies, surveys: surveys)
    }

    private static var richMenu: MenuDefinition {
        MenuDefinition(
            name: "主菜单", head: nil,
            items: [
                MenuDefinition.Item(
                    key: "退款", item: .click(id: "m/1", label: "退款"), formerIDs: ["m/0", "w"]),
                MenuDefinition.Item(key: "进度", item: .click(id: "m/2", label: template)),
                MenuDefinition.Item(
                    key: "官网", item: .view(url: "https://example.com/?a=1&b=2", label: "官网")),
                MenuDefinition.Item(
                    key: "程序",
                    item: .miniprogram(appID: "wx1", pagePath: "a/b.html?x", label: template),
                    formerIDs: ["m/9"]),
                MenuDefinition.Item(key: "线", item: .text("——", noNewline: true)),
                MenuDefinition.Item(key: "字", item: .text(template, noNewline: false)),
            ], tail: "谢谢", hasNumbers: true)
    }

    private static let schedule = ScheduleDefinition(
        name: "营业时间", zone: "Asia/Shanghai",
        weekly: [
            [
                ScheduleDefinition.Hours(from: 540, until: 720),
                ScheduleDefinition.Hours(from: 780, until: 1500),
            ], [], [], [], [], [], [],
        ], calendar: "cn",
        exceptions: [
            ScheduleDefinition.Exception(
                from: ScheduleDefinition.Day(year: 2026, month: 2, day: 16),
                through: ScheduleDefinition.Day(year: 2026, month: 2, day: 20),
                hours: [ScheduleDefinition.Hours(from: 600, until: 900)])
        ], text: "周一 9:00–12:00")

    private static let slots: [SlotDefinition] = [
        SlotDefinition(
            name: "订单号", accept: .digits(atLeast: 6, atMost: 20), tries: 2, ask: template,
            retry: "再说一次？", mask: .middle, keep: .customer),
        SlotDefinition(name: "话", accept: .anything, ask: "请说", mask: .all),
        SlotDefinition(name: "式", accept: .regex("(\\d+)"), ask: "请说"),
        SlotDefinition(
            name: "选",
            accept: .choice([SlotDefinition.Option(value: "是", words: ["对", "好"], wireID: "o1")]),
            ask: "吗"),
        SlotDefinition(name: "日", accept: .date, ask: "哪天"),
        SlotDefinition(name: "电话", accept: .phone, ask: "电话"),
        SlotDefinition(name: "单", accept: .order, ask: "单"),
    ]

    private static let notices: [NoticeDefinition] = [
        NoticeDefinition(
            name: "暴雨", place: place, active: ActiveSpan(from: now, until: nil),
            triggers: [.says("快递")], conditions: [.misses(1)], exceptions: [.returning(true)],
            reply: .text(template)),
        NoticeDefinition(
            name: "菜单", place: place, active: ActiveSpan(from: nil, until: now), triggers: [],
            reply: .menu("主菜单")),
    ]

    private static let surveys: [SurveyDefinition] = [
        SurveyDefinition(
            name: "满意度", place: place,
            menu: MenuDefinition(
                name: "满意度", head: "满意吗",
                items: [
                    MenuDefinition.Item(key: "5", item: .click(id: "s/5", label: "满意"))
                ], tail: nil),
            lowAtMost: 2, lowTags: ["不满"], lowReply: template, thanks: "谢谢"),
        SurveyDefinition(
            name: "空", place: place,
            menu: MenuDefinition(name: "空", head: nil, items: [], tail: nil)),
    ]

    private static let policies: [HandoffDefinition] = [
        HandoffDefinition(
            name: "售后组", to: .team(["lin", "wang"]), pick: .roundRobin,
            preferLastServed: .seconds(86_400), open: "营业时间", waitingText: template,
            closed: .reply([.text("下班了"), .menu("主菜单")]), nobody: .policy("留言"),
            pickUpWithin: .seconds(300), overdue: .transfer(.pool), ended: .survey("满意度")),
        HandoffDefinition(
            name: "留言", to: .pool, pick: .lastServed,
            closed: .end(EndDefinition(goodbye: .menu("主菜单"))), ended: .text("再见")),
    ]

    private static var flow: FlowDefinition {
        func step(_ action: FlowStep.Action) -> FlowStep { FlowStep(place: place, action: action) }
        return FlowDefinition(
            name: "退货", place: place, cancel: ["算了"], cancelled: template,
            expire: .seconds(1800),
            steps: [
                step(
                    .ask(
                        FlowStep.Question(
                            slot: "订单号", tries: 2, ask: template, retry: "？",
                            otherwise: [step(.reply([.text("好吧")]))]))),
                step(.ask(FlowStep.Question(slot: "话"))),
                step(
                    .call(
                        FlowStep.Request(
                            service: "订单系统", operation: "查询",
                            parameters: [Assignment("order", template)], save: "订单",
                            timeout: .milliseconds(1500),
                            failed: [step(.end(EndDefinition(goodbye: nil)))]))),
                step(
                    .branch(
                        [.value("订单.状态", .isAny(["已发货"]))], then: [step(.start("查"))],
                        otherwise: [step(.handoff(policies[0]))])),
                step(.set([Assignment("级别", "VIP")])), step(.tag(["老客户"])),
            ])
    }

    private static let triggers: [Trigger] =
        [
            .says("退款"), .saysExactly("你好"), .startsWith("订单"), .endsWith("吗"),
            .saysAll(["退", "运费\n", "[\"x\"]"]), .asksLike("钱什么时候退回来"),
            .matches(#"^\d{6,}$"#), .clicks(menu: "主菜单", item: "退款", "m/1"),
            .event(.enterSession), .noMatch,
        ] + MessageKind.allCases.map { .sends($0) }

    private static let conditions: [Condition] = [
        .scene("官网*"), .state(Set(StateName.allCases)), .misses(3),
        .any([.misses(1), .not(.all([.scene("*"), .state([.bot])]))]),
        .hours("营业时间", isOpen: false), .value("订单号", .known(true)),
        .value("级别", .isAny(["VIP", "金卡"])), .value("金额", .atLeast(0.1)),
        .value("金额", .atMost(1e9)), .inFlow("退货"), .inFlow(nil), .returning(false),
        .tagged("老客户"), .speaks("en"),
    ]

    private static var richRule: RuleDefinition {
        RuleDefinition(
            name: "全部", place: place, priority: .urgent, triggers: triggers,
            conditions: conditions, exceptions: [.state([.ended])],
            reply: odd.map { .text($0) } + [.menu("主菜单"), .survey("满意度")]
                + bodies.map { .body($0) },
            handoff: policies[0], end: EndDefinition(goodbye: .survey("满意度")),
            tags: ["老客户", "会员"], sets: [Assignment("级别", template)], start: "退货",
            valid: ActiveSpan(from: now, until: nil), oncePer: .milliseconds(1500),
            accounts: ["shop"], id: "all", renamedFrom: ["旧", "更旧"], owner: "王",
            candidateID: "c/1", examples: ["我要退款", "退钱", "我要退款"], notExamples: ["不退款", ""])
    }

    /// What the dump of the first version holds.
    static var definitionV1: RuleSetDefinition {
        let items: [MenuDefinition.Content] = [
            .click(id: "m/1", label: "退款"),
            .view(url: "https://example.com/?a=1&b=2", label: "官网"),
            .miniprogram(appID: "wx1", pagePath: "a/b.html?x", label: "小程序"),
            .text("——", noNewline: true),
        ]
        let menu = MenuDefinition(
            name: "主菜单", head: nil,
            items: items.enumerated().map { MenuDefinition.Item(key: "k\($0)", item: $1) },
            tail: "谢谢")
        let triggers: [Trigger] =
            [
                .says("退款"), .saysExactly("你好"), .startsWith("订单"), .matches(#"^\d{6,}$"#),
                .clicks(menu: "主菜单", item: "k0", "m/1"), .event(.enterSession), .noMatch,
            ] + MessageKind.allCases.map { .sends($0) }
        let rich = RuleDefinition(
            name: "全部", place: place, priority: .urgent, triggers: triggers,
            conditions: Array(conditions.prefix(4)), exceptions: [.state([.ended])],
            reply: [.text("a"), .menu("主菜单")] + bodies.map { .body($0) },
            handoff: HandoffDefinition(
                to: .servicer("lin"), waitingText: "请稍候", ended: .menu("主菜单")),
            end: EndDefinition(goodbye: .text("再见")), examples: ["我要退款", "退钱", "我要退款"],
            notExamples: ["不退款", ""])
        let bare = RuleDefinition(
            name: "空", place: SourcePlace(file: "b", line: 1, column: 1), priority: .low,
            triggers: [], handoff: HandoffDefinition(to: .pool),
            end: EndDefinition(goodbye: nil))
        return RuleSetDefinition(bundles: [
            BundleDefinition(
                name: "售后", accounts: ["shop", "apps"],
                menus: [menu, MenuDefinition(name: "空", head: "只有头", items: [], tail: nil)],
                rules: [rich, bare]),
            BundleDefinition(name: "空的", accounts: [], menus: [], rules: []),
            BundleDefinition(name: "第三", accounts: ["other"], menus: [menu], rules: [bare, rich]),
        ])
    }
}
