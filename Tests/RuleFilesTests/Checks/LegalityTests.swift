import Foundation
import RuleEngine
import RuleFiles
import Testing

/// What paths may do: budgets, transfers, codes.
@Suite struct LegalityTests {
    /// The findings of a path's kind, with their steps in Chinese.
    private func paths(_ body: String) -> [(id: DiagnosticID, line: Int, steps: [String])] {
        let loaded = check(bundle(body))
        #expect(loaded.definition != nil, "\(loaded.report(language: .zh))")
        return loaded.diagnostics.filter { $0.id.rawValue >= "KF420" }.map {
            ($0.id, $0.place.line, ($0.notes ?? []).map(\.zh))
        }
    }

    @Test func aReplyWithinTheBudgetIsFine() {
        #expect(
            paths(
                """
                rules:
                  - rule: 退款
                    when: { says: 退款 }
                    reply: [一, 二, 三, 四]
                    examples: [退款]
                """
            ).isEmpty)
    }

    @Test func aNoticeBeforeAFullReplyIsOneTooMany() throws {
        let found = paths(
            """
            notices:
              - notice: 暴雨
                active: 2026-07-01 00:00 .. 2026-07-05 24:00
                when: { says: 退款 }
                reply: 晚到几天。
            rules:
              - rule: 退款
                when: { says: 退款 }
                reply: [一, 二, 三, 四]
                examples: [退款]
            """)
        #expect(found.map(\.id) == [.overBudget])
        #expect(
            found.first?.steps == [
                "1. 客户说“退款” → 规则「退款」", "2. 公告「暴雨」先发：第 1 条", "3. 发“一”：第 2 条", "4. 发“二”：第 3 条",
                "5. 发“三”：第 4 条", "6. 发“四”：第 5 条",
            ])
    }

    /// A tap that starts another flow while the customer is in one: that flow says that it ends.
    @Test func leavingAFlowCostsAMessage() {
        let body = """
            menus:
              主菜单: { items: { 报修: 报修 } }
            slots:
              单号: { ask: 单号？, accept: { digits: 4 } }
              故障: { ask: 哪里坏了？, accept: { digits: 4 } }
            rules:
              - { rule: 查, when: { says: 查 }, start: 查, examples: [查] }
              - rule: 报修
                when: { clicks: 主菜单.报修 }
                reply: [一, 二, { menu: 主菜单 }]
                start: 报修
            flows:
              查: [{ ask: 单号 }, { reply: 好 }]
              报修: [{ ask: 故障 }, { reply: 好 }]
            """
        let found = paths(body)
        // The question, and what follows it where the answer is known.
        #expect(found.map(\.id) == [.overBudget, .overBudget])
        #expect(found.first?.steps.dropFirst().first == "2. 客户正在别的流程里，先说一声那个流程取消了：第 1 条")
        #expect(paths(body.replacing("[一, 二,", with: "[一,")).isEmpty)
    }

    @Test func aNoticeThatHearsSomethingElseCostsNothing() {
        #expect(
            paths(
                """
                menus:
                  主菜单: { items: { 退款: 退款 } }
                notices:
                  - notice: 暴雨
                    active: 2026-07-01 00:00 .. 2026-07-05 24:00
                    when: { says: 快递 }
                    reply: 晚到几天。
                rules:
                  - rule: 退款
                    when: { clicks: 主菜单.退款, says_exactly: 退款 }
                    reply: [一, 二, 三, { menu: 主菜单 }]
                    examples: [退款]
                """
            ).isEmpty)
    }

    private func flow(_ steps: String, _ rest: String = "") -> String {
        """
        slots:
          订单号: { accept: { digits: 12 }, ask: 订单号？ }
        rules:
          - rule: 查订单
            when: { says: 订单 }
            reply: 好的。
            start: 查订单
            examples: [订单]
        flows:
          查订单:
        \(steps)
        \(rest)
        """
    }

    @Test func whatIsKnownIsNotAskedAndDoesNotStartATurn() throws {
        let found = paths(
            flow(
                """
                    - reply: [一, 二]
                    - ask: 订单号
                    - reply: [三, 四]
                """))
        #expect(found.map(\.id) == [.overBudget])
        #expect(
            found.first?.steps == [
                "1. 客户说“订单” → 规则「查订单」", "2. 发“好的。”：第 1 条", "3. 启动流程「查订单」", "4. 发“一”：第 2 条",
                "5. 发“二”：第 3 条", "6. 「订单号」已经知道，不再问", "7. 发“三”：第 4 条", "8. 发“四”：第 5 条",
            ])
    }

    @Test func anAnswerStartsATurnButACallDoesNot() {
        #expect(
            paths(
                flow(
                    """
                        - ask: 订单号
                        - reply: [一, 二, 三]
                    """)
            ).isEmpty)
        let found = paths(
            flow(
                """
                    - ask: 订单号
                    - reply: [一, 二]
                    - call: 系统.查
                      save: 单
                      failed: { reply: [忙, 请稍后] }
                    - reply: 三
                """))
        #expect(found.map(\.id) == [.overBudget])
        #expect(found.first?.steps.contains("7. 「系统.查」没查到") == true)
    }

    @Test func branchesThatExcludeEachOtherAreNotAddedUp() {
        let steps = (1...6).map { number in
            """
                - if: { slot: { 订单号: "\(number)" } }
                  reply: [甲, 乙]
            """
        }.joined(separator: "\n")
        #expect(paths(flow("    - ask: 订单号\n" + steps)).isEmpty)
    }

    @Test func twoHundredBranchesTakeNoTime() {
        let slots = (1...200).map { "  值\($0): { accept: { digits: 1 }, ask: 问 }" }
            .joined(separator: "\n")
        let steps = (1...200).map { number in
            """
                - if: { slot: { 值\(number): "1" } }
                  set: { 值\(number): "2" }
                  else: { set: { 值\(number): "3" } }
            """
        }.joined(separator: "\n")
        let asks = (1...200).map { "    - ask: 值\($0)" }.joined(separator: "\n")
        let text = """
            slots:
            \(slots)
            rules:
              - rule: 开始
                when: { says: 开始 }
                start: 长流程
                examples: [开始]
            flows:
              长流程:
            \(asks)
            \(steps)
                - reply: [一, 二, 三, 四, 五]
            """
        let loaded = check(bundle(text))
        // 2^200 paths, of which one is enough; the reply itself is refused where it is read.
        #expect(loaded.diagnostics.contains { $0.id == .tooManyMessages })
        let shorter = text.replacing("[一, 二, 三, 四, 五]", with: "[一, 二, 三, 四]")
            .replacing("start: 长流程", with: "reply: 好\n    start: 长流程")
        let found = paths(shorter)
        #expect(found.map(\.id) == [.overBudget])
        #expect(found.first?.steps.count == 25)
    }

    @Test func flowsThatStartFlowsTwiceAreWalkedOnce() {
        let flows = (1...15).map { number in
            """
              流程\(number):
                - if: { slot: { 值: "\(number)" } }
                  start: 流程\(number + 1)
                  else: { start: 流程\(number + 1) }
            """
        }.joined(separator: "\n")
        let found = paths(
            """
            slots:
              值: { accept: { digits: 2 }, ask: 问 }
            rules:
              - rule: 开始
                when: { says: 开始 }
                start: 流程1
                examples: [开始]
            flows:
            \(flows)
              流程16:
                - ask: 值
                - reply: 完
            """)
        #expect(found.isEmpty)
    }

    @Test func nestingDeeperThanTheRouterGoesIsAnError() {
        let flows = (1...17).map { "  流程\($0):\n    - start: 流程\($0 + 1)" }.joined(separator: "\n")
        let loaded = check(
            bundle(
                """
                rules:
                  - rule: 开始
                    when: { says: 开始 }
                    start: 流程1
                    examples: [开始]
                flows:
                \(flows)
                  流程18:
                    - reply: 完
                """))
        #expect(loaded.diagnostics.contains { $0.id == .flowTooDeep })
    }

    @Test func aRuleThatInterruptsHasTheQuestionAskedAgain() {
        let found = paths(
            flow(
                "    - ask: 订单号",
                """
                menus:
                  主菜单: { items: { 退款: 退款 } }
                """
            ).replacing(
                "rules:\n",
                with: """
                    rules:
                      - rule: 退款
                        when: { clicks: 主菜单.退款 }
                        reply: [一, 二, 三, { menu: 主菜单 }]

                    """))
        #expect(found.map(\.id) == [.overBudget])
        #expect(found.first?.steps.last == "6. 客户正在流程里，再问一遍流程的问题：第 5 条")
    }

    // MARK: Hand-offs

    private func handoff(_ policies: String) -> String {
        """
        schedules:
          营业时间: { weekly: { 周一至周五: [09:00-18:00] } }
        handoff:
        \(policies)
        rules:
          - rule: 人工
            when: { says_exactly: 人工 }
            reply: [好的, 请稍等]
            handoff: 售后
            examples: [人工]
        """
    }

    @Test func theRepliesOfAPolicyCountWithTheRules() {
        let found = paths(
            handoff(
                """
                  售后:
                    to: servicer
                    who: zhangsan
                    open: 营业时间
                    closed: { reply: [下班了, 明天见] }
                    nobody: { reply: [没有人, 等等, 再等等] }
                """))
        #expect(found.map(\.id) == [.overBudget])
        #expect(
            found.first?.steps == [
                "1. 客户说“人工” → 规则「人工」", "2. 发“好的”：第 1 条", "3. 发“请稍等”：第 2 条",
                "4. 转人工「售后」：没有人能接", "5. 发“没有人”：第 3 条", "6. 发“等等”：第 4 条", "7. 发“再等等”：第 5 条",
            ])
    }

    @Test func aPersonsSessionNeverGoesBackToThePool() {
        let found = paths(
            handoff(
                """
                  售后:
                    team: [zhangsan, lisi]
                    pick_up_within: 5m
                    overdue: { handoff: 兜底 }
                  兜底: { to: servicer, who: wangwu, nobody: { to: pool } }
                """))
        #expect(found.map(\.id) == [.illegalStep])
        #expect(
            found.first?.steps.suffix(4).map { String($0.drop { $0 != " " }) } == [
                " 会话转给zhangsan", " 5m 内没有人接起", " 转人工「兜底」：没有人能接", " 会话转给待接入池",
            ])
    }

    @Test func nobodyThatIsNotSaidLeavesAnOverdueSessionWhereItIs() {
        #expect(
            paths(
                handoff(
                    """
                      售后:
                        team: [zhangsan, lisi]
                        pick_up_within: 5m
                        overdue: { handoff: 兜底 }
                      兜底: { to: servicer, who: wangwu }
                    """)
            ).isEmpty)
    }

    @Test func legalRescuesAreFine() {
        #expect(
            paths(
                handoff(
                    """
                      售后:
                        to: pool
                        waiting_text: 请稍等
                        pick_up_within: 5m
                        overdue: { to: servicer, who: zhangsan }
                        ended: { text: 再见 }
                    """)
            ).isEmpty)
    }

    @Test func anOverdueThatGoesWhereTheSessionIsChangesNothing() {
        let found = paths(
            handoff(
                """
                  售后:
                    to: servicer
                    who: zhangsan
                    nobody: { reply: 没有人 }
                    pick_up_within: 5m
                    overdue: { to: servicer, who: zhangsan }
                """))
        #expect(found.map(\.id) == [.idleOverdue])
    }

    @Test func policiesThatLeadToEachOtherInManyWaysAreLookedAtOnce() {
        let policies = (1...40).map { number in
            """
              方案\(number):
                to: servicer
                who: kf\(number)
                open: 营业时间
                closed: { handoff: 方案\(number + 1) }
                nobody: { handoff: 方案\(number + 1) }
            """
        }.joined(separator: "\n")
        let found = paths(
            handoff(policies + "\n  方案41: { to: pool }").replacing(
                "handoff: 售后", with: "handoff: 方案1"))
        #expect(found.isEmpty)
    }

    // MARK: Sizes

    @Test func valuesMayMakeATextTooLong() throws {
        let long = String(repeating: "字", count: 640)
        let found = check(
            bundle(
                """
                rules:
                  - rule: 你好
                    when: { says: 你好 }
                    reply: \(long)$(客户.昵称 | 默认 亲)
                    examples: [你好]
                """)
        ).diagnostics.filter { $0.id == .mayBeTooLong }
        #expect(found.first?.message.en.contains("may reach 2120 bytes") == true)
        #expect(found.count == 1)
    }

    @Test func aBoundedValueIsCountedAsItIs() {
        let long = String(repeating: "字", count: 678)
        let text = """
            slots:
              订单号: { accept: { digits: 12 }, ask: 订单号？ }
            rules:
              - rule: 订单
                when: { says: 订单 }
                start: 查
                examples: [订单]
            flows:
              查:
                - ask: 订单号
                - reply: \(long)$(订单号)
            """
        #expect(!findings(bundle(text)).contains(.mayBeTooLong))
        #expect(
            findings(bundle(text.replacing(long, with: long + "字"))).contains(.mayBeTooLong))
    }

    @Test func aQuestionAskedAsAMenuHasTheMenusLimit() {
        let long = String(repeating: "问", count: 400)
        let found = findings(
            bundle(
                """
                slots:
                  颜色: { accept: { choice: [红, 蓝] }, ask: \(long) }
                rules:
                  - rule: 颜色
                    when: { says: 颜色 }
                    start: 选
                    examples: [颜色]
                flows:
                  选:
                    - ask: 颜色
                """))
        #expect(found.contains(.tooLong))
    }
}
