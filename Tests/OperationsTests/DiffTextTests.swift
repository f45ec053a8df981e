import ChatModel
import Operations
import RuleEngine
import RuleFiles
import Testing

/// Comparisons as a person reads them.
@Suite struct DiffTextTests {
    private static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        rules:
          - { rule: 退款, when: { says: [退款, 退货] }, reply: 七天。, examples: [怎么退款, 我要退货] }
          - { rule: 人工, when: { says_exactly: 人工 }, handoff: { to: pool } }
          - { rule: 没听懂, when: { no_match: true }, reply: 没听懂。 }

        """
    private static let others = rules.replacing(
        "[退款, 退货] }, reply: 七天。", with: "退款 }, reply: [七天。, 好。]"
    )
    .replacing(
        "- { rule: 人工, when: { says_exactly: 人工 }, handoff: { to: pool } }",
        with: "- { rule: 发票, when: { says: 发票 }, reply: 好。, examples: [开发票] }")

    private func diff() throws -> VersionDiff {
        VersionDiff(
            from: try VersionDiffTests.compiled(Self.rules),
            to: try VersionDiffTests.compiled(Self.others))
    }

    @Test func aComparisonInEnglish() throws {
        #expect(
            DiffText(in: .en).lines(try diff()) == [
                "~ 小店  rule '退款'  when, reply  messages 1 → 2",
                "+ 小店  rule '发票'",
                "- 小店  rule '人工'",
                "",
                "sentences that change hands: 2 of 3",
                "  “我要退货”  '退款' → '没听懂'  ✗ promised by '退款'",
                "  “开发票”  '没听懂' → '发票'  ✓ as promised",
            ])
    }

    @Test func aComparisonInChinese() throws {
        #expect(
            DiffText(in: .zh).lines(try diff()) == [
                "~ 小店  规则 「退款」  when、reply  条数 1 → 2",
                "+ 小店  规则 「发票」",
                "- 小店  规则 「人工」",
                "",
                "换手的句子：3 句中 2 句",
                "  “我要退货”  「退款」 → 「没听懂」  ✗ 违背 「退款」 的例句",
                "  “开发票”  「没听懂」 → 「发票」  ✓ 符合例句",
            ])
    }

    @Test func noDifferenceIsSaid() throws {
        let rules = try VersionDiffTests.compiled(Self.rules)
        let diff = VersionDiff(from: rules, to: rules)
        #expect(
            DiffText(in: .en).lines(diff)
                == ["no difference in meaning; 2 sentences go where they went"])
        #expect(DiffText(in: .zh).lines(diff) == ["意思没有变化；2 条例句去向相同"])
    }

    /// A counterexample that comes true breaks a promise that no rule made for itself.
    @Test func aForbiddenAnswerNamesWhoGetsIt() throws {
        var diff = try diff()
        diff.changes = []
        diff.sentences = [
            VersionDiff.Sentence(
                text: "怎么退款", before: VersionDiff.askedBack, after: "快递", isPromised: false),
            VersionDiff.Sentence(text: "在吗", before: nil, after: "快递"),
        ]
        #expect(
            DiffText(in: .en).lines(diff).suffix(2) == [
                "  “怎么退款”  asked back → '快递'  ✗ '快递' must not answer it",
                "  “在吗”  nobody → '快递'",
            ])
        #expect(
            DiffText(in: .zh).lines(diff).suffix(2) == [
                "  “怎么退款”  反问 → 「快递」  ✗ 「快递」不该答这句", "  “在吗”  没人答 → 「快递」",
            ])
    }

    // MARK: Traffic

    private func comparison() throws -> TrafficComparison {
        let traffic = ["我要退货", "我要退货", "退货，13800138000", "人工", "怎么退款", "开发票", "你好", "在吗"]
        return TrafficComparison(
            of: traffic.enumerated().map {
                Traffic.message($1, from: ExternalUserID("wm\($0 / 2)"))
            } + [
                Traffic.message("人工", from: "wm0", state: 3)
            ],
            aliases: Traffic.aliases, from: try VersionDiffTests.compiled(Self.rules),
            to: try VersionDiffTests.compiled(Self.others))
    }

    @Test func realTrafficInEnglish() throws {
        let lines = DiffText(in: .en).lines(try comparison())
        #expect(
            lines.prefix(7) == [
                "8 messages of 4 conversations, redacted; 1 left out (in flows, or with people)",
                "                       before      now  change",
                "answered by the bot      50 %     25 %     −25",
                "handed over            12.5 %      0 %   −12.5",
                "asked back                0 %      0 %       0",
                "not understood         37.5 %     75 %   +37.5",
                "5 answers change, by rule:",
            ])
        #expect(lines[7].hasPrefix("  '退款' → '没听懂'  3  e.g. “我要退货”“退货，1"))
        #expect(lines[7].hasSuffix("  ✗ looks worse"))
        #expect(
            lines.dropFirst(8) == [
                "  '人工' → '没听懂'  1  e.g. “人工”  ✗ looks worse",
                "  '没听懂' → '发票'  1  e.g. “开发票”",
            ])
        #expect(!lines.joined().contains("13800138000"))
    }

    @Test func realTrafficInChinese() throws {
        let lines = DiffText(in: .zh).lines(try comparison(), mostMoves: 1)
        #expect(
            lines.prefix(7) == [
                "8 条消息 · 4 个会话 · 已脱敏；另有 1 条不比较（流程中、人工接待中）",
                "                         原来     现在    变化",
                "机器人直接解决           50 %     25 %     −25",
                "转人工                 12.5 %      0 %   −12.5",
                "反问                      0 %      0 %       0",
                "没听懂                 37.5 %     75 %   +37.5",
                "答案变了 5 条，按规则：",
            ])
        #expect(lines[7].hasSuffix("  ✗ 疑似退步"))
        #expect(lines.last == "  … 还有 2 种变化")
    }

    @Test func unchangedTrafficIsSaid() throws {
        let rules = try VersionDiffTests.compiled(Self.rules)
        let comparison = TrafficComparison(
            of: [Traffic.message("怎么退款")], aliases: Traffic.aliases, from: rules, to: rules)
        #expect(DiffText(in: .en).lines(comparison).last == "every message goes where it went")
        #expect(DiffText(in: .zh).lines(comparison).last == "每条消息去向相同")
    }

    @Test func noTrafficIsNoDivision() throws {
        let rules = try VersionDiffTests.compiled(Self.rules)
        let comparison = TrafficComparison(
            of: [], aliases: Traffic.aliases, from: rules, to: rules)
        #expect(
            DiffText(in: .en).lines(comparison)[2]
                == "answered by the bot       0 %      0 %       0"
        )
    }
}
