import ChatModel
import Operations
import RuleEngine
import RuleFiles
import Testing

/// Rule files compared by what they mean.
@Suite struct VersionDiffTests {
    static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        texts:
          政策: 七天内可以退。
        schedules:
          营业时间: { weekly: { 周一至周五: [09:00-18:00] } }
        menus:
          主菜单: { head: 请选择：, items: { 退款: 退款, 人工: 转人工 } }
        slots:
          订单号: { accept: { digits: 12 }, ask: 请发订单号。 }
        notices:
          - notice: 暴雨
            active: 2026-07-01 .. 2026-07-05
            when: { says: 快递 }
            reply: 会晚到。
        rules:
          - rule: 退款
            when: { clicks: 主菜单.退款, says: [退款, 退货] }
            reply: $(政策)
            examples: [怎么退款, 我要退货]
          - rule: 快递
            when: { says: [快递, 物流] }
            start: 查订单
            examples: [快递到哪了]
            not_examples: [怎么退款]
          - rule: 人工
            when: { says_exactly: [人工, 转人工] }
            unless: { tagged: 投诉 }
            handoff: 售后
          - rule: 找经理
            when: { says_exactly: 经理 }
            handoff: 售后
          - rule: 没听懂
            when: { no_match: true }
            reply: { menu: 主菜单 }
        flows:
          查订单:
            - ask: 订单号
              else: { handoff: 售后 }
            - reply: 在路上。
        handoff:
          售后: { team: [zhangsan, lisi], open: 营业时间, waiting_text: 请稍候。, ended: { survey: 满意度 } }
        surveys:
          满意度: { head: 请评价：, items: { 5: 满意, 1: 不满意 } }

        """

    static func compiled(_ texts: String...) throws -> RuleSet {
        let loaded = RuleFiles.load(
            texts.enumerated().map { RuleSource(path: "\($0).kf.yml", text: $1) })
        let (definition, report) = (loaded.definition, loaded.report())
        return try RuleSet(try #require(definition, "\(report)"))
    }

    private func diff(_ change: (inout String) -> Void) throws -> VersionDiff {
        var text = Self.rules
        change(&text)
        #expect(text != Self.rules)
        return try VersionDiff(from: Self.compiled(Self.rules), to: Self.compiled(text))
    }

    private func replacing(_ old: String, with new: String) throws -> VersionDiff {
        try diff { $0 = $0.replacing(old, with: new) }
    }

    private func lines(_ diff: VersionDiff) -> [String] {
        diff.changes.map { change in
            ([change.kind.rawValue, change.subject.rawValue, change.name] + change.aspects
                + change.budget.map(String.init)).joined(separator: " ")
        }
    }

    // MARK: No difference

    @Test func theSameRulesDoNotDiffer() throws {
        let rules = try Self.compiled(Self.rules)
        let diff = VersionDiff(from: rules, to: rules)
        #expect(diff.isEmpty)
        // Each sentence once, though one is an example here and a counterexample there.
        #expect(diff.compared == 3)
    }

    @Test(arguments: [
        ("kf: 1\n", "# 新的一年\n\n\nkf: 1\n"),
        (
            "    when: { clicks: 主菜单.退款, says: [退款, 退货] }\n    reply: $(政策)\n",
            "    reply: $(政策)  # 同上\n    when:\n      says: [退货, 退款]\n      clicks: 主菜单.退款\n"
        ),
        ("examples: [怎么退款, 我要退货]", "examples: [我要退货, 怎么退款]"),
        ("reply: $(政策)", "reply: 七天内可以退。"),
        ("says_exactly: [人工, 转人工]", "says_exactly: [转人工, 人工]"),
        ("  - rule: 退款\n    when", "  - rule: 退款\n\n    when"),
        ("open: 营业时间, waiting_text: 请稍候。", "waiting_text: 请稍候。, open: 营业时间"),
    ])
    func layoutAndOrderOfKeysAreNoDifference(_ old: String, _ new: String) throws {
        let diff = try replacing(old, with: new)
        #expect(lines(diff) == [])
        #expect(diff.isEmpty)
    }

    @Test func declarationsInAnotherOrderAreNoDifference() throws {
        let menu = "  主菜单: { head: 请选择：, items: { 退款: 退款, 人工: 转人工 } }\n"
        let other = "  次菜单: { head: 请选：, items: { 好: 好 } }\n"
        let one = Self.rules.replacing(menu, with: menu + other)
        let two = Self.rules.replacing(menu, with: other + menu)
        #expect(try VersionDiff(from: Self.compiled(one), to: Self.compiled(two)).isEmpty)
    }

    // MARK: Rules

    @Test(arguments: [
        ("says: [退款, 退货]", "says: [退款]", "changed rule 退款 when"),
        ("unless: { tagged: 投诉 }", "if: { tagged: 投诉 }", "changed rule 人工 if unless"),
        (
            "says_exactly: 经理 }", "says_exactly: 经理 }\n    priority: high",
            "changed rule 找经理 priority"
        ),
        ("七天", "八天", "changed rule 退款 reply"),
        ("reply: $(政策)", "reply: [$(政策), 请放心。]", "changed rule 退款 reply 1 2"),
        (
            "    handoff: 售后\n  - rule: 没", "    handoff: { to: pool }\n  - rule: 没",
            "changed rule 找经理 handoff"
        ),
        (
            "    handoff: 售后\n  - rule: 没", "    end: { goodbye: 好。 }\n  - rule: 没",
            "changed rule 找经理 handoff end"
        ),
        ("start: 查订单", "start: 查订单\n    tag: 物流\n    set: { 来源: 快递 }", "changed rule 快递 tag set"),
        ("start: 查订单", "start: 查订单\n    valid: 2026-01-01 .. 2026-12-31", "changed rule 快递 valid"),
        ("start: 查订单", "start: 查订单\n    once_per: 1d", "changed rule 快递 once_per"),
        ("start: 查订单", "start: 查订单\n    accounts: [shop]", "changed rule 快递 accounts"),
        ("start: 查订单", "start: 查订单\n    id: express\n    owner: 李四", "changed rule 快递 id owner"),
        ("start: 查订单", "reply: 在路上。", "changed rule 快递 reply start 0 1"),
        ("examples: [快递到哪了]", "examples: [快递到哪了, 查物流]", "changed rule 快递 examples"),
        ("not_examples: [怎么退款]", "not_examples: [我要退货]", "changed rule 快递 not_examples"),
    ])
    func aRuleSaysWhichOfItsKeysDiffer(_ old: String, _ new: String, _ line: String) throws {
        #expect(lines(try replacing(old, with: new)) == [line])
    }

    @Test func rulesComeAndGo() throws {
        let diff = try replacing(
            "  - rule: 找经理\n    when: { says_exactly: 经理 }\n    handoff: 售后\n",
            with: "  - { rule: 发票, when: { says: 发票 }, reply: 随货寄出。 }\n")
        #expect(lines(diff) == ["added rule 发票", "removed rule 找经理"])
    }

    @Test func aRenamedRuleIsNoNewOne() throws {
        let diff = try replacing("- rule: 找经理", with: "- rule: 找主管\n    renamed_from: 找经理")
        #expect(lines(diff) == ["renamed rule 找主管"])
        let changed = try replacing(
            "- rule: 找经理\n    when: { says_exactly: 经理 }",
            with: "- rule: 找主管\n    renamed_from: 找经理\n    when: { says_exactly: 主管 }")
        #expect(lines(changed) == ["renamed rule 找主管 when"])
    }

    /// Equal scores go to the rule that comes first.
    @Test func theOrderOfRulesIsADifference() throws {
        let manager = "  - rule: 找经理\n    when: { says_exactly: 经理 }\n    handoff: 售后\n"
        let diff = try diff {
            $0 = $0.replacing(manager, with: "").replacing("rules:\n", with: "rules:\n" + manager)
        }
        #expect(lines(diff) == ["changed bundle 小店 order of rules"])
    }

    @Test func aNewRuleInBetweenIsNoOtherOrder() throws {
        let diff = try replacing(
            "rules:\n", with: "rules:\n  - { rule: 发票, when: { says: 发票 }, reply: 随货寄出。 }\n")
        #expect(lines(diff) == ["added rule 发票"])
    }

    @Test func similarQuestionsDifferByTheirWordsAndTheFirst() throws {
        let rules = Self.rules.replacing("says: [快递, 物流]", with: "asks_like: [快递到哪里了, 怎么查物流]")
        func with(_ questions: String) throws -> [String] {
            let other = rules.replacing("[快递到哪里了, 怎么查物流]", with: questions)
            return lines(try VersionDiff(from: Self.compiled(rules), to: Self.compiled(other)))
        }
        #expect(try with("[快递到哪里了, 怎么查物流]") == [])
        #expect(try with("[快递到哪里了]") == ["changed rule 快递 when"])
        // The customer is asked back with the first one.
        #expect(try with("[怎么查物流, 快递到哪里了]") == ["changed rule 快递 when"])
    }

    /// The calibration follows from all questions; nobody wrote it.
    @Test func whatIsWorkedOutIsNoDifference() throws {
        let questions = (0..<60).map {
            "  - { rule: 问\($0), when: { asks_like: [第\($0)种东西怎么用, 东西\($0)的用法是什么] }, reply: 看说明。 }\n"
        }
        let one = Self.rules.replacing("rules:\n", with: "rules:\n" + questions.joined())
        let two = one.replacing("东西7的用法是什么", with: "请问东西7该如何使用")
        let (before, after) = (try Self.compiled(one), try Self.compiled(two))
        let calibrations = [before, after].map {
            $0.definition.bundles[0].defaults.similar.calibration
        }
        try #require(calibrations[0] != calibrations[1])
        #expect(lines(VersionDiff(from: before, to: after)) == ["changed rule 问7 when"])
    }

    // MARK: Other things

    @Test(arguments: [
        ("退款: 退款, 人工", "退款: 退款退货, 人工", "changed menu 主菜单"),
        ("[09:00-18:00]", "[09:00-17:00]", "changed schedule 营业时间"),
        ("{ digits: 12 }", "{ digits: 13 }", "changed slot 订单号"),
        ("reply: 在路上。", "reply: 快到了。", "changed flow 查订单"),
        ("team: [zhangsan, lisi]", "team: [zhangsan]", "changed policy 售后"),
        ("1: 不满意", "1: 很差", "changed survey 满意度"),
        ("会晚到", "会晚两天", "changed notice 暴雨"),
        ("accounts: [shop]", "accounts: [shop, mall]", "changed bundle 小店 accounts"),
        ("accounts: [shop]", "accounts: [shop]\nowner: 李四", "changed bundle 小店 owner"),
        (
            "accounts: [shop]", "accounts: [shop]\ndefaults: { budget_keep: 2 }",
            "changed bundle 小店 defaults"
        ),
        (
            "accounts: [shop]", "accounts: [shop]\nvalid: 2026-01-01 .. 2026-12-31",
            "changed bundle 小店 valid"
        ),
    ])
    func whateverElseDiffersIsNamedOnce(_ old: String, _ new: String, _ line: String) throws {
        #expect(lines(try replacing(old, with: new)) == [line])
    }

    @Test func thingsComeAndGo() throws {
        let diff = try replacing("营业时间", with: "上班时间")
        #expect(
            lines(diff) == [
                "added schedule 上班时间", "removed schedule 营业时间", "changed policy 售后",
            ])
    }

    @Test func bundlesComeAndGo() throws {
        let mall = Self.rules.replacing("小店", with: "大店").replacing("shop", with: "mall")
        let (one, both) = (try Self.compiled(Self.rules), try Self.compiled(Self.rules, mall))
        let added = VersionDiff(from: one, to: both)
        #expect(lines(added) == ["added bundle 大店"])
        // There is nobody to ask about the sentences of a new bundle.
        #expect(added.compared == 3)
        #expect(lines(VersionDiff(from: both, to: one)) == ["removed bundle 大店"])
    }

    // MARK: Sentences

    private func sentence(_ text: String, _ diff: VersionDiff) -> VersionDiff.Sentence? {
        diff.sentences.first { $0.text == text }
    }

    @Test func sentencesChangeHands() throws {
        let diff = try replacing(
            "says: [快递, 物流] }", with: "says: [快递, 物流, 我要退货] }\n    priority: high")
        #expect(diff.sentences.map(\.text) == ["我要退货"])
        let moved = try #require(sentence("我要退货", diff))
        #expect((moved.before, moved.after) == ("退款", "快递"))
        #expect(moved.promisedBy == "退款")
        #expect(moved.isPromised == false)
        #expect(diff.compared == 3)
    }

    @Test func aSentenceMovesWithItsPromise() throws {
        let diff = try diff {
            $0 = $0.replacing("examples: [怎么退款, 我要退货]", with: "examples: [怎么退款]")
                .replacing("says: [快递, 物流] }", with: "says: [快递, 物流, 我要退货] }\n    priority: high")
                .replacing("examples: [快递到哪了]", with: "examples: [快递到哪了, 我要退货]")
        }
        let moved = try #require(sentence("我要退货", diff))
        #expect((moved.promisedBy, moved.isPromised) == ("快递", true))
    }

    @Test func aSentenceNobodyPromisesAnyMore() throws {
        let diff = try replacing(
            """
              - rule: 退款
                when: { clicks: 主菜单.退款, says: [退款, 退货] }
                reply: $(政策)
                examples: [怎么退款, 我要退货]

            """.split(separator: "\n").map { "  " + $0.dropFirst(2) + "\n" }.joined(), with: "")
        #expect(Set(diff.sentences.map(\.text)) == ["怎么退款", "我要退货"])
        let open = try #require(sentence("我要退货", diff))
        #expect((open.before, open.after, open.isPromised) == ("退款", "没听懂", nil))
        // It must not go to 快递, and does not.
        #expect(sentence("怎么退款", diff)?.isPromised == true)
    }

    @Test func aForbiddenAnswerIsABrokenPromise() throws {
        let diff = try diff {
            $0 = $0.replacing("examples: [怎么退款, 我要退货]", with: "examples: [我要退货]")
                .replacing("says: [快递, 物流] }", with: "says: [快递, 怎么退款] }\n    priority: high")
        }
        let moved = try #require(sentence("怎么退款", diff))
        #expect((moved.after, moved.promisedBy, moved.isPromised) == ("快递", nil, false))
    }

    /// Its examples hold for those who meet its conditions: nobody promised them to all others.
    @Test(arguments: ["if: { tagged: 会员 }", "unless: { state: bot }"])
    func aConditionalPromiseBindsNobodyElse(_ condition: String) throws {
        let diff = try replacing(
            "rules:\n",
            with: """
                rules:
                  - { rule: 会员运费, when: { says: 运费 }, \(condition), reply: 免。, examples: [运费多少] }
                  - { rule: 运费, when: { says: 运费 }, reply: 十元。 }

                """)
        let moved = try #require(sentence("运费多少", diff))
        #expect((moved.after, moved.promisedBy, moved.isPromised) == ("运费", nil, nil))
    }

    @Test func nobodyAnswersAnyMore() throws {
        let diff = try diff {
            $0 = $0.replacing("    when: { no_match: true }", with: "    when: { says: 听不懂 }")
                .replacing("says: [快递, 物流]", with: "says: 物流")
        }
        let lost = try #require(sentence("快递到哪了", diff))
        #expect((lost.before, lost.after, lost.isPromised) == ("快递", nil, false))
    }
}
