import ChatModel
import Operations
import RuleEngine
import RuleFiles
import Testing

/// What a person reads, from rules as people write them.
@Suite struct ExplanationTextTests {
    private static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        menus:
          主菜单: { head: 请选择：, items: { 退款: 退款与退货, 人工: 转人工 } }
        handoff:
          客服组: { to: pool, waiting_text: 请稍候。 }
          张三: { to: servicer, who: zhangsan }
        rules:
          - { rule: 欢迎, when: { event: enter_session }, reply: { menu: 主菜单 } }
          - { rule: 退款, when: { clicks: 主菜单.退款, says: [退款, 退货] }, reply: 七天内可以退。 }
          - { rule: 也说退款, when: { says: [退款] }, reply: 也行。 }
          - { rule: refund, priority: low, when: { starts_with: 退款 }, reply: ok }
          - { rule: 直播退款, when: { says: 退款 }, if: { scene: live_* }, reply: 直播间的先找主播。 }
          - { rule: 新客, when: { says: 退款 }, unless: { state: bot }, reply: 您好。 }
          - { rule: 订单号, when: { matches: '^\\d{4,}$' }, reply: 收到。 }
          - { rule: 看图, when: { sends: image }, reply: 收到图片。 }
          - { rule: 人工, when: { says_exactly: 人工 }, handoff: 客服组 }
          - { rule: 找张三, when: { says_exactly: 张三 }, reply: 稍等。, handoff: 张三 }
          - { rule: 再见, when: { says_exactly: 再见 }, end: { goodbye: 回见。 } }
          - { rule: 没听懂, when: { no_match: true }, reply: [没听懂。, { menu: 主菜单 }] }

        """

    private func bundle(_ text: String = rules) throws -> CompiledBundle {
        let loaded = RuleFiles.load([RuleSource(path: "shop.kf.yml", text: text)])
        let definition = try #require(loaded.definition, "\(loaded.report())")
        return try #require(try RuleSet(definition).bundles.first)
    }

    private func lines(
        _ stimulus: Stimulus, _ facts: Facts = Facts(), by text: String = rules
    ) throws -> [String] {
        let bundle = try bundle(text)
        return ExplanationText(
            bundle.explanation(of: stimulus, facts: facts), by: bundle.definition
        ).lines
    }

    private func says(_ text: String) -> Stimulus { .text(text, menuItem: nil) }

    private func row(_ name: String, _ lines: [String]) throws -> String {
        try #require(
            lines.first { $0.dropFirst(2).hasPrefix(name + " ") }, "\(lines)")
    }

    // MARK: Seen as heard

    private static let heard = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        defaults: { fold: [全半角, 繁简, 大小写, 标点, 表情, 拼音] }
        schedules:
          班: { weekly: { mon-fri: 09:00-18:00 } }
        handoff:
          客服组: { to: pool, open: 班, closed: { reply: "$(客户.昵称 | 默认 亲)，下班了。" } }
        rules:
          - { rule: 退款, when: { says: 退款 }, reply: 七天内可以退。 }
          - { rule: 人工, when: { says_exactly: 人工 }, handoff: 客服组 }
        faq:
          - { ask: 多久能开发票, like: [发票要等几天], reply: 三天。 }
          - { ask: 发票开错了怎么改, like: [发票抬头写错了], reply: 联系客服。 }

        """

    /// Words heard by their sound, or asked about because they resemble several, say so.
    @Test func whatWasHeardIsSaid() throws {
        let sound = try lines(says("我要tuikuan"), by: Self.heard)
        #expect(try row("退款", sound).contains("says 退款 (7/9) by the sound of “tuikuan”"))
        let plain = try lines(says("我要退款"), by: Self.heard)
        #expect(try !row("退款", plain).contains("by the sound"))
        let asked = try lines(says("发票怎么弄"), by: Self.heard)
        #expect(
            asked.contains { $0.contains("asked back: likely enough to ask (0.35)") }, "\(asked)")
    }

    /// Out of hours it is told what is said instead, as the author wrote it.
    @Test func aClosedPolicySaysWhatComesInstead() throws {
        let sunday = Facts(now: Timestamp(seconds: 1_772_330_400))
        let closed = try lines(says("人工"), sunday, by: Self.heard)
        #expect(
            closed.contains {
                $0.hasSuffix(
                    "no hand-off: '班' is closed; instead text “$(客户.昵称 | 默认 亲)，下班了。”")
            }, "\(closed)")
    }

    // MARK: Losses

    @Test func everyLossIsSaid() throws {
        let lines = try lines(says("退款"))
        #expect(try row("退款", lines).hasPrefix("▶ "))
        #expect(try row("退款", lines).hasSuffix("  wins"))
        #expect(
            try row("也说退款", lines).hasSuffix(
                "same score, but further down (shop.kf.yml:12:13)"))
        #expect(try row("refund", lines).hasSuffix("lower priority (low)"))
        #expect(try row("直播退款", lines).hasSuffix("its if does not hold: scene live_*"))
        #expect(try row("新客", lines).hasSuffix("its unless holds: state bot"))
        #expect(
            try row("没听懂", lines).hasSuffix("no_match counts only when nothing else applies"))
        #expect(lines.contains("  6 more rules have no trigger that fires"))
    }

    @Test func aConditionThatHoldsIsWorthAPoint() throws {
        let lines = try lines(says("退款"), Facts(scene: "live_1111"))
        #expect(try row("直播退款", lines).hasSuffix("wins, 1 of it for conditions"))
        #expect(try row("退款", lines).contains("  lower score by "))
    }

    @Test func nestedConditionsAreReadOut() throws {
        let text = Self.rules.replacing(
            "unless: { state: bot }",
            with: "if: { any: [{ misses: 2 }, { not: { scene: shop } }] }, unless: { state: bot }")
        let explained = try lines(says("退款"), Facts(scene: "shop"), by: text)
        #expect(
            try row("新客", explained).hasSuffix(
                "its if does not hold: any of misses 2, not scene shop"))
    }

    // MARK: The table

    @Test func columnsStandBelowEachOtherWhateverTheScript() throws {
        let lines = try lines(says("退款"))
        let rows = lines.drop { !$0.isEmpty }.dropFirst().prefix { !$0.hasPrefix("  6 more") }
        #expect(rows.count == 6)
        let starts = rows.map { row -> [Int] in
            // Where each cell begins: after two spaces or more.
            var (column, spaces, starts) = (0, 0, [Int]())
            for character in row.unicodeScalars {
                if character == " " {
                    spaces += 1
                } else {
                    if spaces >= 2 { starts.append(column) }
                    spaces = 0
                }
                column += character.value >= 0x1100 && character != "▶" ? 2 : 1
            }
            return starts
        }
        // The trigger's cell is the first after the name's, which a row without ▶ begins itself.
        let triggers = zip(rows, starts).map { $0.hasPrefix("▶") ? $1[0] : $1[1] }
        #expect(Set(triggers).count == 1)
        let whys = starts.compactMap(\.last)
        #expect(Set(whys).count == 1)
    }

    @Test(arguments: [
        (0.0, "0"), (65, "65"), (65.04, "65"), (65.06, "65.1"), (66.6667, "66.7"), (99.96, "100"),
        (101, "101"),
    ])
    func scoresHaveOneDecimalAtMost(_ score: Double, _ text: String) {
        #expect(ExplanationText.number(score) == text)
    }

    @Test func theCoverageIsShownBesideTheTrigger() throws {
        #expect(try row("退款", lines(says("我想退貨"))).contains("says 退货 (2/4)"))
    }

    // MARK: Around the table

    @Test func whatFoldingDidIsCounted() throws {
        let lines = try lines(says("我想退貨"))
        #expect(lines[0] == "bundle    小店")
        #expect(lines[1] == "folding   我想退貨 → 我想退货  (script 1)")
        #expect(try self.lines(says("退款"))[1] == "folding   退款 → 退款")
    }

    @Test(arguments: [
        (0, "untreated"), (1, "assistant"), (2, "pool"), (3, "human"), (4, "ended"),
    ])
    func factsAreInTheWordsOfTheRuleFiles(_ number: Int, _ name: String) throws {
        let lines = try lines(says("退款"), Facts(scene: "live_1", state: number, misses: 2))
        #expect(lines.contains("facts     state \(name), misses 2, scene live_1"))
    }

    @Test func othersThanWordsAreNamed() throws {
        #expect(try lines(.message(.image))[1] == "message   image")
        #expect(try lines(.event(.enterSession))[1] == "event     enter_session")
        let item = try #require(try bundleItem("退款"))
        #expect(
            try lines(.text("退款与退货", menuItem: item))[1] == "click     主菜单.退款 “退款与退货”")
        let unknown = try lines(.text("退款与退货", menuItem: "gone"))
        #expect(unknown[1].hasPrefix("click     gone is not an item of this bundle"))
        #expect(unknown[2] == "folding   退款与退货 → 退款与退货")
    }

    private func bundleItem(_ key: String) throws -> WireID? {
        for item in try bundle().definition.menus.flatMap(\.items) where item.key == key {
            if case .click(let id, _) = item.item { return id }
        }
        return nil
    }

    @Test(arguments: [
        ("退款", "退款 (shop.kf.yml:11:13): text “七天内可以退。”"),
        ("人工", "人工 (shop.kf.yml:18:13): hand-off to the pool"),
        ("张三", "找张三 (shop.kf.yml:19:13): text “稍等。”, hand-off to zhangsan"),
        ("再见", "再见 (shop.kf.yml:20:13): end of the session"),
        ("天气", "没听懂 (shop.kf.yml:21:13): text “没听懂。”, menu “主菜单”"),
    ])
    func theResultSaysWhatIsSent(_ text: String, _ result: String) throws {
        #expect(try lines(says(text)).last == "result    \(result)")
    }

    @Test(arguments: [2, 3, 4]) func outsideItsTurnTheBotIsSilent(_ state: Int) throws {
        let lines = try lines(says("退款"), Facts(state: state))
        #expect(lines.last?.contains("stays silent") == true)
        // A greeting has its own code, whatever the state.
        let greeting = try self.lines(.event(.enterSession), Facts(state: state))
        #expect(greeting.last == "result    欢迎 (shop.kf.yml:10:13): menu “主菜单”")
    }

    @Test func withoutAnyRuleThatAppliesItSaysSo() throws {
        let text = """
            kf: 1
            bundle: 小店
            accounts: [shop]
            rules:
              - { rule: 退款, when: { says: 退款 }, reply: 七天内可以退。 }

            """
        let lines = try lines(says("天气"), by: text)
        #expect(lines.contains("no rule has a trigger that fires"))
        #expect(lines.last == "result    no rule applies: nothing is sent")
    }
}
