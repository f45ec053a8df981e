import ChatModel
import Operations
import RuleEngine
import RuleFiles
import Testing

/// What else a customer could have said, and when, as a person reads it.
@Suite struct AlternativesTextTests {
    private static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        schedules:
          营业时间: { weekly: { 周一至周五: [09:00-18:00] } }
        rules:
          - { rule: 转人工, when: { says_exactly: [人工, 转人工] }, handoff: { to: pool, open: 营业时间, closed: { reply: 下班了。 } } }
          - { rule: 夜里, when: { says: 退款 }, unless: { hours: 营业时间 }, reply: 明天再说。 }
          - { rule: 退款, when: { says: 退款 }, reply: 七天。 }
          - { rule: 只在白天, when: { says_exactly: 开门 }, if: { hours: 营业时间 }, reply: 开着。 }

        """

    /// Monday 2 March 2026, 10:00 in China, and so many hours later.
    private func lines(
        _ words: String, hours: Int64 = 0, by rules: String = rules
    ) throws -> [[String]] {
        let rules = try VersionDiffTests.compiled(rules)
        let bundle = try #require(rules.bundles.first)
        let now = Timestamp(seconds: 1_772_416_800 + hours * 3600)
        let alternatives = bundle.alternatives(
            to: bundle.explanation(of: .text(words, menuItem: nil), facts: Facts(now: now)))
        return [alternatives.lines(in: .en), alternatives.lines(in: .zh)]
    }

    @Test func whereNothingWouldHelpNothingIsSaid() throws {
        let rules =
            "kf: 1\nbundle: 小店\naccounts: [shop]\nrules:\n"
            + "  - { rule: 没听懂, when: { no_match: true }, reply: 没听懂。 }\n"
        #expect(try lines("天气", by: rules) == [[], []])
    }

    @Test func otherWordsAreNamedWithTheirRule() throws {
        let lines = try lines("给我转人工啊")
        #expect(lines[0].first == "“转人工” would go to '转人工'")
        #expect(lines[1].first == "换成 “转人工” 会走「转人工」")
    }

    @Test func anotherRuleAnswersLater() throws {
        let lines = try lines("退款")
        #expect(lines[0].contains("from 2026-03-02 18:00 on '营业时间' is closed: '夜里' answers"))
        #expect(lines[1].contains("2026-03-02 18:00 起「营业时间」关，走「夜里」"))
    }

    @Test func aHandOverDependsOnTheHours() throws {
        let day = try lines("人工")
        #expect(
            day[0] == ["from 2026-03-02 18:00 on '营业时间' is closed: '转人工' does not hand over"])
        #expect(day[1] == ["2026-03-02 18:00 起「营业时间」关，「转人工」不转人工"])
        let night = try lines("人工", hours: 12)
        #expect(night[0] == ["from 2026-03-03 09:00 on '营业时间' is open: '转人工' hands over"])
        #expect(night[1] == ["2026-03-03 09:00 起「营业时间」开，「转人工」转人工"])
    }

    @Test func nobodyAnswersLater() throws {
        let lines = try lines("开门")
        #expect(lines[0].contains("from 2026-03-02 18:00 on '营业时间' is closed: nobody answers"))
        #expect(lines[1].contains("2026-03-02 18:00 起「营业时间」关，没有规则适用"))
    }
}
