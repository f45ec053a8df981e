import ChatModel
import Foundation
import RuleEngine
import RuleFiles
import Testing

/// Who wins which sentence, and what else is worth a second look.
@Suite struct QualityTests {
    private func messages(_ body: String, _ id: DiagnosticID, _ options: CheckOptions = .init())
        -> [String]
    {
        let source = RuleSource(path: "t.kf.yml", text: bundle(body))
        return RuleFiles.check(RuleFiles.load([source]), options).diagnostics.filter { $0.id == id }
            .map(\.message.zh)
    }

    private let fallback = """
          - rule: 欢迎
            when: { event: enter_session }
            reply: 您好
          - rule: 没听懂
            when: { no_match: true }
            reply: 请再说一次。
        """

    @Test func theThiefIsNamedWithItsTriggerAndPlace() throws {
        let text = bundle(
            """
            rules:
              - rule: 退款政策
                when: { says: [退款, 退货] }
                reply: 七天内可退。
                examples: [怎么退款]
              - rule: 转人工
                priority: high
                when: { says: [人工, 怎么退] }
                handoff: { to: pool }
                examples: [人工]
            """)
        let finding = try #require(
            check(text).diagnostics.first { $0.id == .hijackedExample })
        #expect(finding.place.line == 8 && finding.place.column == 16)
        #expect(
            finding.notes?.map(\.zh) == [
                "「转人工」says: 怎么退 找到“怎么退” → 72.5 分  priority: high  t.kf.yml:11:24",
                "「退款政策」says: 退款 找到“退款” → 65.0 分  t.kf.yml:6:20",
            ])
    }

    @Test func aRuleForATimeOverridesOnPurpose() {
        let found = messages(
            """
            rules:
              - rule: 退款
                when: { says: 退款 }
                reply: 七天内可退。
                examples: [怎么退款]
              - rule: 双十一退款
                priority: high
                valid: 2026-11-01 .. 2026-11-12
                when: { says: 退款 }
                reply: 双十一后再退。
                examples: [怎么退款]
            """, .hijackedExample)
        #expect(found == [])
    }

    @Test func aRuleForAnAccountOverridesOnPurpose() {
        let text = """
            kf: 1
            bundle: 测试
            accounts: [a, b]
            rules:
              - rule: 退款
                when: { says: 退款 }
                reply: 七天内可退。
                examples: [怎么退款]
              - rule: 乙店退款
                priority: high
                accounts: [b]
                when: { says: 退款 }
                reply: 三天内可退。
                examples: [怎么退款]
            """
        #expect(!findings(text).contains(.hijackedExample))
    }

    @Test func examplesAreJudgedWhenTheirConditionsHold() {
        let found = findings(
            bundle(
                """
                schedules:
                  营业时间: { weekly: { 周一至周五: [09:00-18:00] } }
                rules:
                  - rule: 下班留言
                    when: { says: 在吗 }
                    if: { hours: { closed: 营业时间 } }
                    reply: 请留言。
                    examples: [在吗]
                  - rule: 上班
                    when: { says: 在吗 }
                    unless: { hours: { closed: 营业时间 } }
                    reply: 在的。
                    examples: [在吗]
                \(fallback)
                """))
        #expect(found == [])
    }

    @Test func tiesAreFoundAndAnExampleThatIsClearIsNot() {
        let found = messages(
            """
            rules:
              - rule: 退款
                when: { says: 退款 }
                reply: 七天内可退。
                examples: [退款和物流, 怎么退款]
              - rule: 物流
                when: { says: 物流 }
                reply: 在路上。
                examples: [物流呢]
            """, .tie)
        #expect(found == ["「退款」和「物流」对“退款和物流”同为 62.0 分，只靠文件里的先后决定"])
    }

    @Test(arguments: [
        ("says: 退款进度", "退款", true), ("says: 退款进度", "退货", false),
        ("says_exactly: 我要退款", "退款", true), ("starts_with: 退", "退款", false),
        ("says_all: [查, 退款]", "退款", true),
    ]) func anUrgentWordTakesAllThatContainIt(_ trigger: String, _ word: String, _ isTaken: Bool) {
        let found = messages(
            """
            rules:
              - rule: 普通
                when: { \(trigger) }
                reply: 好
              - rule: 紧急
                priority: urgent
                when: { says: \(word) }
                reply: 好
            """, .neverWins)
        #expect(found.isEmpty != isTaken)
    }

    @Test func aRuleBelowItsTwinNeverWins() {
        let found = messages(
            """
            rules:
              - rule: 一
                when: { says: [退款, 退货, 退钱] }
                reply: 好
              - rule: 二
                when: { says: [退货, 退款] }
                reply: 好
              - rule: 三
                when: { says: [退货, 退款] }
                if: { scene: live }
                reply: 好
              - rule: 四
                when: { says: [退货, 换货] }
                reply: 好
            """, .neverWins)
        #expect(found == ["「二」永远轮不到：它听得到的「一」都听得到，而且优先"])
    }

    @Test func aRuleForStatesInWhichTheBotIsSilentNeverAnswers() {
        let found = messages(
            """
            rules:
              - rule: 排队
                when: { says: 多久 }
                if: { state: pool }
                reply: 请稍等
            """, .neverWins)
        #expect(found.count == 1)
    }

    @Test func shortKeywordsAreComparedWithEverydayWords() {
        let body = """
            rules:
              - rule: 转人工
                when: { says: [人工, 转接] }
                handoff: { to: pool }
                examples: [人工]
            """
        #expect(messages(body, .shortKeyword) == ["“人工”太短，用 says 也会命中“人工智能”“人工费”“人工湖”"])
        // Somebody else hears the whole word.
        let taken =
            body + "\n" + """
                  - rule: 智能
                    when: { says: [人工智能, 人工费, 人工湖, 人工草坪, 人工成本] }
                    reply: 好
                """
        #expect(messages(taken, .shortKeyword) == [])
    }

    @Test func menusThatNobodyShowsAndSlotsThatNobodyAsksFor() {
        let body = """
            slots:
              颜色: { ask: 什么颜色？ }
            menus:
              主菜单: { items: { 订单: 查订单 } }
            rules:
              - rule: 订单
                when: { clicks: 主菜单.订单 }
                if: { slot: 颜色 }
                reply: 好
            """
        #expect(messages(body, .menuNeverShown).count == 1)
        #expect(messages(body, .unused) == ["没有流程会问「颜色」，也没有地方设置它"])
    }

    @Test func aSlotThatIsSetIsUsed() {
        let body = """
            slots:
              等级: { ask: 您的等级？, keep: customer }
            rules:
              - rule: 金卡
                when: { says: 金卡 }
                set: { 等级: 金 }
                reply: 好
                examples: [金卡]
              - rule: 运费
                when: { says: 运费 }
                if: { slot: { 等级: 金 } }
                reply: 免
                examples: [运费]
            """
        #expect(messages(body, .unused) == [])
    }

    @Test func whatIsOverIsOnlySaidWhenADateIsGiven() throws {
        let body = """
            notices:
              - notice: 暴雨
                active: 2026-07-01 00:00 .. 2026-07-05 24:00
                when: { says: 快递 }
                reply: 晚到
            rules:
            \(fallback)
            """
        #expect(messages(body, .expired) == [])
        let august = Timestamp(seconds: 1_785_600_000)
        #expect(
            messages(body, .expired, CheckOptions(at: august)) == ["公告「暴雨」已经过期"])
        let july4 = CivilZone.shanghai.timestamp(
            of: ScheduleDefinition.Day(year: 2026, month: 7, day: 4), minute: 60)
        #expect(
            messages(body, .expiresSoon, CheckOptions(at: july4)) == ["公告「暴雨」还有 1 天过期"])
    }

    @Test func hoursThatMeetAreNoContradiction() {
        let body = """
            schedules:
              上午: { weekly: 09:00-12:00 }
              周末: { weekly: { 周六: 10:00-18:00 } }
            rules:
              - rule: 图片
                when: { sends: image }
                if: { hours: 上午, all: [{ hours: 周末 }] }
                reply: 好
            """
        #expect(messages(body, .contradiction) == [])
    }

    @Test func aMessageThatWouldBeAskedBackIsNoAnswer() {
        let entries = (1...60).map { number in
            """
              - rule: 问题\(number)
                when: { asks_like: [第\(number)种业务怎么办理, 办理第\(number)种业务要什么] }
                reply: 好
                examples: [第\(number)种业务怎么办理]
            """
        }.joined(separator: "\n")
        let found = check(bundle("rules:\n\(entries)")).diagnostics
        #expect(!found.contains { $0.id == .unheardExample })
    }

    @Test func aPlainBundleHasNoFindings() {
        #expect(findings(smallFile) == [])
    }

    @Test func aHundredMistakesInOneBundleDoNotHideTheNext() {
        let rules = (0..<1200).map {
            "  - rule: 规则\($0)\n    when: { says: 词\($0) }\n    reply: 好"
        }.joined(separator: "\n")
        let first = RuleSource(
            path: "a.kf.yml", text: "kf: 1\nbundle: 甲\naccounts: [a]\nrules:\n\(rules)\n")
        let second = RuleSource(
            path: "b.kf.yml",
            text:
                "kf: 1\nbundle: 乙\naccounts: [b]\nrules:\n  - rule: 图\n    when: { sends: image }\n    reply: 好\n"
        )
        let found = RuleFiles.check(RuleFiles.load([first, second])).diagnostics
        #expect(found.contains { $0.place.file == "b.kf.yml" && $0.id == .noFallback })
    }
}
