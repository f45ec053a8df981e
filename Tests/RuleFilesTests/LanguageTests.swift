import ChatModel
import Foundation
import RuleEngine
import RuleFiles
import Testing

/// What files may say beyond the rich example.
@Suite struct LanguageTests {
    /// The only bundle of a file that loads without a finding.
    private func load(_ body: String) throws -> BundleDefinition {
        let loaded = RuleFiles.load([RuleSource(path: "t.kf.yml", text: bundle(body))])
        #expect(loaded.report() == "")
        return try #require(loaded.definition?.bundles.first)
    }

    @Test func defaultsOfABundle() throws {
        let bundle = try load(
            """
            valid: 2026-11-01 .. 2026-11-12
            defaults:
              fold: [width, script, case, marks, emoji]
              idle: 1h30m
              budget_keep: 0
              zone: Europe/Berlin
              ask_back: { head: { zh: 您想问哪一个？, en: Which one? }, none: { zh: 都不是, en: None } }
              cancel: [算了]
              cancelled: 好的。
              expire: 5m
            rules: [{ rule: 一, when: { no_match: true }, start: 流程 }]
            flows: { 流程: [{ reply: [一, 二, 三, 四, 五] }], 别的: { cancel: 停, expire: 2d, steps: [{ reply: 好 }] } }
            """)
        #expect(!bundle.defaults.hearsPinyin)
        #expect(bundle.defaults.idle == .seconds(5400))
        #expect(bundle.defaults.askBack.variants.map(\.language) == ["zh", "en"])
        // The usual words are heard everywhere.
        #expect(bundle.flows.map(\.cancel) == [["取消", "退出", "算了"], ["取消", "退出", "停"]])
        #expect(bundle.flows.map(\.expire) == [.seconds(300), .seconds(172_800)])
        #expect(bundle.flows[0].cancelled == "好的。")
        // Midnight in Berlin, an hour ahead in November; the last day is included.
        #expect(bundle.valid?.from == Timestamp(seconds: 1_793_487_600))
        #expect(bundle.valid?.until == Timestamp(seconds: 1_793_487_600 + 12 * 86_400))
    }

    @Test func similarQuestionsAreJudgedAsTheBundleSays() throws {
        let bundle = try load(
            """
            defaults:
              similar:
                answer: 0.85
                ask_back: 0.4
                synonyms: { 退款: [退钱, 返钱], 快递: 物流 }
                opposites: [[开通, 关闭], [国内, 国外]]
                fillers: [亲亲]
                not_negations: 不粘锅
            rules: [{ rule: 一, when: { no_match: true }, reply: 好 }]
            """)
        let similar = bundle.defaults.similar
        #expect(similar.thresholds == SimilarityThresholds(answer: 0.85, ask: 0.4))
        #expect(
            similar.options
                == SimilarityOptions(
                    synonyms: [
                        .init(head: "退款", variants: ["退钱", "返钱"]),
                        .init(head: "快递", variants: ["物流"]),
                    ], fillers: ["亲亲"], opposites: [["开通", "关闭"], ["国内", "国外"]],
                    notNegations: ["不粘锅"]))
        #expect(
            try load("rules: [{ rule: 一, when: { no_match: true }, reply: 好 }]").defaults.similar
                == SimilarDefaults())
    }

    @Test func menusOfEveryKind() throws {
        let bundle = try load(
            """
            menus:
              主菜单:
                numbers: true
                items:
                  一: { zh: 一, en: One }
                  二: { click: 二 }
                  三: { mini: wx1/a.html, text: { zh: 三, en: Three } }
                  四: { text: 四 }
            rules: [{ rule: 一, when: { no_match: true }, reply: { menu: 主菜单 } }]
            """)
        let menu = bundle.menus[0]
        #expect(menu.hasNumbers)
        #expect(menu.items.map(\.key) == ["一", "二", "三", "四"])
        #expect(menu.items[0].item.label.variants.map(\.language) == ["zh", "en"])
        guard case .click = menu.items[1].item, case .miniprogram = menu.items[2].item,
            case .text(_, noNewline: false) = menu.items[3].item
        else {
            Issue.record("\(menu.items)")
            return
        }
    }

    @Test func slotsAcceptEverything() throws {
        let bundle = try load(
            """
            slots:
              一: { ask: 一？ }
              二: { accept: { digits: 6..8 }, ask: 二？, tries: 5, keep: customer, mask: all }
              三: { accept: { regex: '^(\\d+)$' }, ask: 三？ }
              四: { accept: { choice: [甲, 乙] }, ask: 四？ }
              五: { accept: { choice: { 是: [对, 好的], 否: 不 } }, ask: 五？ }
              六: { accept: date, ask: 六？ }
              七: { accept: { phone: true }, ask: 七？ }
              八: { accept: order, ask: 八？ }
            rules: [{ rule: 一, when: { no_match: true }, reply: 好 }]
            """)
        func id(_ slot: SlotName, _ value: String) -> WireID {
            WireIDs.option(bundle: "测试", slot: slot, value: value)
        }
        func option(
            _ slot: SlotName, _ value: String, _ words: [String]
        ) -> SlotDefinition.Option {
            SlotDefinition.Option(value: value, words: words, wireID: id(slot, value))
        }
        #expect(
            bundle.slots.map(\.accept) == [
                .anything, .digits(atLeast: 6, atMost: 8), .regex("^(\\d+)$"),
                .choice([option("四", "甲", ["甲"]), option("四", "乙", ["乙"])]),
                .choice([option("五", "是", ["是", "对", "好的"]), option("五", "否", ["否", "不"])]),
                .date, .phone, .order,
            ])
        #expect(bundle.slots.map(\.tries) == [3, 5, 3, 3, 3, 3, 3, 3])
        #expect(bundle.slots[1].keep == .customer && bundle.slots[1].mask == .all)
        #expect(Set([id("四", "甲"), id("五", "甲"), id("四", "乙")]).count == 3)
    }

    @Test func triggersAndWordLists() throws {
        let bundle = try load(
            """
            words:
              钱: [退款, $(货)]
              货: [退货]
            rules:
              - rule: 一
                when:
                  says: [$(钱), 我要$(货)]
                  ends_with: 怎么办
                  says_all: [$(钱), 多久]
                  asks_like: 退款要多久？
                  any: [{ says_exactly: 钱 }, { matches: '^\\$(甲)$' }]
                reply: 好
              - rule: 二
                when: { says_all: [[甲, 乙], [丙]] }
                reply: 好
            """)
        #expect(
            bundle.rules[0].triggers == [
                .says("退款"), .says("退货"), .says("我要退货"), .endsWith("怎么办"),
                .saysAll(["退款", "多久"]), .saysAll(["退货", "多久"]), .asksLike("退款要多久？"),
                .saysExactly("钱"), .matches("^\\$(甲)$"),
            ])
        #expect(bundle.rules[1].triggers == [.saysAll(["甲", "乙"]), .saysAll(["丙"])])
    }

    @Test func conditionsOfEveryKind() throws {
        let bundle = try load(
            """
            schedules: { 上班: { weekly: 9:00-18:00 }, 夜里: { weekly: { 每天: 22:00-6:00 } } }
            slots: { 订单号: { ask: 订单号？ } }
            rules:
              - rule: 一
                when: { sends: image }
                set: { 次数: 1 }
                if:
                  hours: [上班, 夜里]
                  slot: { 订单号: { known: true }, 次数: { at_least: 1, at_most: 3 }, 客户.昵称: [甲, 乙] }
                  in_flow: 流程
                  returning: true
                  tagged: [老客, 贵宾]
                  language: en
                unless:
                  hours: { closed: 上班 }
                  slot: 订单号
                  not: { in_flow: any }
                  all: [{ tagged: 甲 }, { any: [{ misses: 2 }, { state: pool }] }]
                reply: 好
            flows: { 流程: [{ ask: 订单号 }] }
            """)
        let rule = bundle.rules[0]
        #expect(
            rule.conditions == [
                .any([.hours("上班", isOpen: true), .hours("夜里", isOpen: true)]),
                .value("订单号", .known(true)), .value("次数", .atLeast(1)),
                .value("次数", .atMost(3)), .value("客户.昵称", .isAny(["甲", "乙"])),
                .inFlow("流程"), .returning(true), .any([.tagged("老客"), .tagged("贵宾")]),
                .speaks("en"),
            ])
        #expect(
            rule.exceptions == [
                .hours("上班", isOpen: false), .value("订单号", .known(true)),
                .all([.tagged("甲"), .any([.misses(2), .state([.pool])])]), .not(.inFlow(nil)),
            ])
        #expect(rule.sets == [Assignment("次数", "1")])
        // Reaches into the next day.
        #expect(
            bundle.schedules[1].weekly[6] == [ScheduleDefinition.Hours(from: 1320, until: 1800)])
    }

    @Test func lifeOfARule() throws {
        let bundle = try load(
            """
            rules:
              - rule: 双十一
                id: double-11
                renamed_from: [双十一活动]
                owner: 活动组
                accounts: shop
                valid: 2026-11-11
                once_per: 1d
                priority: high
                when: { sends: image }
                tag: [活动, 十一]
                reply: 好
              - rule: 以后
                valid: 2026-12-01 09:30 ..
                when: { sends: file }
                end: { goodbye: { template: 再见 } }
            templates: { 再见: { zh: 再见, en: Bye } }
            """)
        let rule = bundle.rules[0]
        #expect(rule.id == "double-11" && rule.renamedFrom == ["双十一活动"])
        #expect(rule.owner == "活动组" && rule.accounts == ["shop"])
        #expect(rule.oncePer == .seconds(86_400) && rule.tags == ["活动", "十一"])
        // 2026-11-10T16:00Z: midnight in Shanghai.
        #expect(rule.valid?.from == Timestamp(seconds: 1_794_326_400))
        #expect(rule.valid?.until == Timestamp(seconds: 1_794_412_800))
        #expect(bundle.rules[1].valid?.from == Timestamp(seconds: 1_796_088_600))
        #expect(bundle.rules[1].valid?.until == nil)
        guard case .text(let goodbye) = bundle.rules[1].end?.goodbye else {
            Issue.record("no goodbye")
            return
        }
        #expect(goodbye.variants.map(\.language) == ["zh", "en"])
    }

    @Test func questionsAreRules() throws {
        let bundle = try load(
            """
            faq:
              - ask: 怎么退款？
                like: [如何退款, 我想把钱退回来]
                answer: 我的订单里申请。
                id: refund
                when: { says_exactly: 退款 }
                if: { state: bot }
              - ask: 一个很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长的问题
                rule: 长问题
                reply: [{ text: 好 }, 的]
            """)
        let rule = bundle.rules[0]
        #expect(rule.name == "怎么退款？" && rule.id == "refund")
        #expect(
            rule.triggers == [
                .asksLike("怎么退款？"), .asksLike("如何退款"), .asksLike("我想把钱退回来"),
                .saysExactly("退款"),
            ])
        #expect(rule.reply == [.text("我的订单里申请。")])
        #expect(rule.conditions == [.state([.bot])])
        #expect(rule.candidateID == WireIDs.candidate(bundle: "测试", rule: "怎么退款？"))
        #expect(bundle.rules[1].name == "长问题")
    }

    @Test func stepsOfEveryKind() throws {
        let bundle = try load(
            """
            slots: { 号: { ask: 号？ } }
            rules: [{ rule: 一, when: { no_match: true }, start: 甲 }]
            flows:
              甲:
                - { set: { 来源: 流程 }, tag: 进过, reply: 好, start: 乙 }
                - if: { slot: { 来源: 流程 } }
                  unless: { state: human }
                  then:
                    - ask: 号
                      text: 请发号
                      retry: 再发一次
                      else: [{ tag: 放弃 }, { end: { goodbye: 再见 } }]
                  else: { end: true }
                - call: 系统.记录
                - handoff: { team: [a], prefer: { last_served: 30m } }
              乙: [{ reply: 乙 }]
            """)
        let steps = bundle.flows[0].steps
        #expect(
            steps.prefix(4).map(\.action) == [
                .set([Assignment("来源", "流程")]), .tag(["进过"]), .reply([.text("好")]),
                .start("乙"),
            ])
        guard case .branch(let conditions, let then, let otherwise) = steps[4].action,
            case .ask(let question) = then.first?.action,
            case .call(let request) = steps[5].action,
            case .handoff(let handoff) = steps[6].action
        else {
            Issue.record("\(steps)")
            return
        }
        #expect(conditions == [.value("来源", .isAny(["流程"])), .not(.state([.human]))])
        #expect(question.ask == "请发号" && question.retry == "再发一次")
        #expect(
            question.otherwise.map(\.action) == [
                .tag(["放弃"]), .end(EndDefinition(goodbye: .text("再见"))),
            ])
        #expect(otherwise.map(\.action) == [.end(EndDefinition(goodbye: nil))])
        // Answers are kept by the operation's name; three seconds are what a customer waits.
        #expect(request.save == "记录" && request.timeout == .seconds(3))
        #expect(handoff.name == nil && handoff.preferLastServed == .seconds(1800))
        #expect(steps.map(\.place.line).sorted() == steps.map(\.place.line))
    }

    @Test func aClosedPolicyMayReplyAtOnce() throws {
        let bundle = try load(
            """
            schedules: { 班: { weekly: 9:00-18:00, text: 朝九晚六 } }
            handoff:
              甲: { to: pool, open: 班, closed: "$(班)来吧" }
              乙: { team: a, nobody: { end: { goodbye: 再见 } }, pick_up_within: 90s, overdue: { handoff: 丙 } }
              丙: { to: team, team: [b, c], pick: round_robin }
            rules: [{ rule: 一, when: { sends: image }, handoff: 甲 }]
            """)
        #expect(bundle.policies[0].closed == .reply([.text("朝九晚六来吧")]))
        #expect(
            bundle.policies[1].nobody == .end(EndDefinition(goodbye: .text("再见"))))
        #expect(bundle.policies[1].overdue == .policy("丙"))
        #expect(
            bundle.policies[2].to == .team(["b", "c"]) && bundle.policies[2].pick == .roundRobin)
        #expect(bundle.rules[0].handoff == bundle.policies[0])
    }

    @Test func builtInValuesHaveTwoNames() throws {
        let bundle = try load(
            """
            rules: [{ rule: 一, when: { no_match: true }, reply: "$(customer.nickname | default 亲)$(日期)$(date | date yyyy)$(time)" }]
            """)
        #expect(
            bundle.rules[0].reply == [
                .text(
                    Template(variants: [
                        Template.Variant(
                            language: nil,
                            parts: [
                                .value("客户.昵称", [Template.Filter(.orElse, "亲")]),
                                .value("日期", [Template.Filter(.date)]),
                                .value("日期", [Template.Filter(.date, "yyyy")]),
                                .value("时间", [Template.Filter(.time)]),
                            ])
                    ]))
            ])
    }

    @Test func keysMayBeChinese() throws {
        let english = RuleFiles.load([RuleSource(path: "t.kf.yml", text: smallFile)])
        var chinese = smallFile
        for (key, name) in [
            ("kf:", "格式:"), ("bundle:", "规则包:"), ("accounts:", "账号:"), ("menus:", "菜单:"),
            ("head:", "开头:"), ("items:", "选项:"), ("rules:", "规则:"), ("rule:", "规则:"),
            ("when:", "当:"), ("reply:", "回复:"), ("menu:", "菜单:"), ("says:", "说:"),
            ("says_exactly:", "只说:"), ("clicks:", "点击:"), ("event:", "事件:"),
            ("not_examples:", "反例:"), ("examples:", "例句:"), ("handoff:", "转人工:"),
            ("to:", "转给:"), ("waiting_text:", "排队提示:"), ("no_match:", "没听懂:"),
        ] {
            for before in [" ", "{ ", "\n", "- "] {
                chinese = chinese.replacingOccurrences(of: before + key, with: before + name)
            }
        }
        chinese = chinese.replacingOccurrences(of: "kf:", with: "格式:")
        let loaded = RuleFiles.load([RuleSource(path: "t.kf.yml", text: chinese)])
        #expect(loaded.report(language: .zh) == "")
        // Only places differ.
        let texts = [english, loaded].map { $0.definition?.bundles[0].rules.map(\.reply) }
        #expect(texts[0] == texts[1])
        #expect(!chinese.contains("reply"))
    }

    @Test func limitsCountWhatIsAdded() {
        // 128 bytes: 42 Chinese characters and two letters.
        let label = String(repeating: "长", count: 42) + "ab"
        func findings(_ numbers: String, _ label: String) -> [DiagnosticID] {
            RuleFiles.load([
                RuleSource(
                    path: "t.kf.yml",
                    text: bundle(
                        "menus: { 单: { \(numbers)items: { 一: \(label) } } }\nrules: []\n"))
            ]).diagnostics.map(\.id)
        }
        #expect(findings("", label) == [])
        #expect(findings("", label + "c") == [.tooLong])
        // "1. " stands before it.
        #expect(findings("numbers: true, ", label) == [.tooLong])
        #expect(findings("numbers: true, ", String(label.dropLast(3))) == [])
    }

    @Test func aQuestionWithChoicesIsAMenu() {
        let ask = String(repeating: "长", count: 400)
        func findings(_ accept: String) -> [DiagnosticID] {
            RuleFiles.load([
                RuleSource(
                    path: "t.kf.yml",
                    text: bundle("slots: { 号: { ask: \(ask), accept: \(accept) } }\nrules: []\n"))
            ]).diagnostics.map(\.id)
        }
        #expect(findings("order") == [])
        #expect(findings("{ choice: [甲, 乙] }") == [.tooLong])
        #expect(findings("{ choice: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }") == [])
    }

    @Test(arguments: [
        ("30m", 1800.0), ("3s", 3), ("7d", 604_800), ("1h30m", 5400), ("500ms", 0.5),
        ("1d2h3m4s5ms", 93_784.005), ("0s", 0),
    ]) func spansOfTime(_ text: String, _ seconds: Double) {
        #expect(Duration(ruleText: text) == .milliseconds(Int((seconds * 1000).rounded())))
    }

    @Test(arguments: [
        "", "m", "30", "30 m", "5分钟", "1m1h", "1h1h", "-1s", "1.5h", "9999999999d", "99999d",
    ]) func noSpanOfTime(_ text: String) {
        #expect(Duration(ruleText: text) == nil)
    }
}
