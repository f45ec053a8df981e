import Boundary
import ChatModel
import Operations
import RuleEngine
import Testing

/// Real traffic decided by two versions.
@Suite struct TrafficComparisonTests {
    private static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        rules:
          - { rule: 退款, when: { says: [退款, 退货] }, reply: 七天。 }
          - { rule: 人工, when: { says: [人工, 客服] }, handoff: { to: pool } }
          - { rule: 年货, when: { says_exactly: 年货, no_match: true }, if: { tagged: 会员 }, reply: 领券。 }
          - { rule: 三次没听懂, when: { no_match: true }, if: { misses: 3 }, handoff: { to: pool } }
          - { rule: 没听懂, when: { no_match: true }, reply: 没听懂。 }

        """

    private func compare(
        _ traffic: [RecordedDecision], with change: (String) -> String, samples: Int = 3
    ) throws -> TrafficComparison {
        TrafficComparison(
            of: traffic, aliases: Traffic.aliases,
            from: try VersionDiffTests.compiled(Self.rules),
            to: try VersionDiffTests.compiled(change(Self.rules)), samples: samples)
    }

    @Test func everyMessageComesToOneOfFourThings() throws {
        let traffic = ["怎么退款", "怎么退款", "找客服", "天气"].map { Traffic.message($0) }
        let comparison = try compare(traffic) { $0 }
        #expect((comparison.messages, comparison.conversations, comparison.leftOut) == (4, 1, 0))
        let tally = comparison.before
        #expect((tally.solved, tally.handedOver, tally.missed, tally.askedBack) == (2, 1, 1, 0))
        #expect(tally.total == 4)
        #expect(comparison.after == tally)
        #expect(comparison.moves.isEmpty)
        #expect((comparison.handoffsLost, comparison.missesGained) == (0, 0))
    }

    /// The customer is helped.
    @Test func aMissThatCallsAPersonIsAHandOver() throws {
        let comparison = try compare([Traffic.message("天气", misses: 2)]) { $0 }
        #expect(comparison.before.handedOver == 1)
    }

    @Test func askingBackIsNeitherAnAnswerNorAMiss() throws {
        let asking = Self.rules.replacing("rules:\n", with: "rules:\n" + Traffic.questions)
        let bundle = try #require(try VersionDiffTests.compiled(asking).bundles.first)
        let message = Traffic.message(try Traffic.undecided(in: bundle))
        let comparison = try compare([message]) { _ in asking }
        #expect((comparison.before.missed, comparison.after.missed) == (1, 0))
        #expect(comparison.after.askedBack == 1)
        #expect(comparison.moves.map(\.after) == [VersionDiff.askedBack])
        #expect((comparison.missesGained, comparison.moves.first?.looksWorse) == (0, false))
        // The other way round, somebody is not understood any more.
        let back = TrafficComparison(
            of: [message], aliases: Traffic.aliases, from: try VersionDiffTests.compiled(asking),
            to: try VersionDiffTests.compiled(Self.rules))
        #expect((back.missesGained, back.moves.first?.looksWorse) == (1, true))
    }

    @Test func whatTheBotDoesNotDecideIsLeftOut() throws {
        let traffic = [
            Traffic.message("怎么退款", state: 3), Traffic.message("怎么退款", state: 2),
            Traffic.message("怎么退款", flow: "查订单"), Traffic.message("怎么退款", on: "wk2"),
            Traffic.record(.fromCustomer("wm1", .text("怎么退款", menuItem: nil)), nil),
            Traffic.record(.fromServicer("a", to: "wm1", .text("您好", menuItem: nil)), Facts()),
            Traffic.message("怎么退款", state: 0),
        ]
        let comparison = try compare(traffic) { $0 }
        #expect((comparison.messages, comparison.leftOut) == (1, 6))
    }

    /// A greeting has its own code, whatever the session's state.
    @Test func entrancesAreCompared() throws {
        let entrance = Traffic.record(.event(.entered("wm1", Entrance())), Facts(state: 4))
        let comparison = try compare([entrance]) {
            $0.replacing(
                "rules:\n",
                with: "rules:\n  - { rule: 欢迎, when: { event: enter_session }, reply: 好。 }\n")
        }
        #expect((comparison.before.missed, comparison.after.solved) == (1, 1))
    }

    @Test func conversationsAreCountedOnce() throws {
        let traffic = [
            Traffic.message("退款", from: "wm1"), Traffic.message("退款", from: "wm2"),
            Traffic.message("人工", from: "wm1"),
        ]
        #expect(try compare(traffic) { $0 }.conversations == 2)
    }

    // MARK: Moves

    @Test func movesAreGroupedByWhoAnswersAndSorted() throws {
        let traffic = ["退货", "我要退货", "退款", "客服", "找客服", "叫客服来", "天气"].map { Traffic.message($0) }
        let comparison = try compare(traffic) {
            $0.replacing("[退款, 退货]", with: "[退款, 天气]").replacing("[人工, 客服]", with: "人工")
        }
        let moves = comparison.moves.map { "\($0.before ?? "-")→\($0.after ?? "-") \($0.count)" }
        #expect(moves == ["人工→没听懂 3", "退款→没听懂 2", "没听懂→退款 1"])
        #expect(comparison.moves.map(\.looksWorse) == [true, true, false])
        #expect(comparison.moves[1].samples == ["退货", "我要退货"])
        #expect(comparison.handoffsLost == 3.0 / 7)
        #expect(comparison.missesGained == 5.0 / 7)
    }

    @Test func samplesAreFewDifferentAndRedacted() throws {
        let words = ["退货", "退货", "退货一", "退货二", "退货三，13800138000"]
        let traffic = words.map { Traffic.message($0) }
        let few = try compare(traffic, with: { $0.replacing("[退款, 退货]", with: "退款") }, samples: 2)
        #expect(few.moves.map(\.samples) == [["退货", "退货一"]])
        #expect(few.moves.map(\.count) == [5])
        let all = try compare(traffic, with: { $0.replacing("[退款, 退货]", with: "退款") }, samples: 9)
        #expect(all.moves[0].samples.count == 4)
        #expect(!all.moves[0].samples.joined().contains("13800138000"))
    }

    @Test func nobodyAnswersIsAMissToo() throws {
        let comparison = try compare([Traffic.message("退货")]) {
            $0.replacing("[退款, 退货]", with: "退款").replacing(
                "  - { rule: 没听懂, when: { no_match: true }, reply: 没听懂。 }\n", with: "")
        }
        #expect(comparison.moves.map(\.after) == [nil])
        #expect((comparison.after.missed, comparison.missesGained) == (1, 1))
        #expect(comparison.moves[0].looksWorse)
    }

    @Test func aBundleThatIsGoneAnswersNobody() throws {
        let comparison = try compare([Traffic.message("退货")]) {
            $0.replacing("[shop]", with: "[mall]")
        }
        #expect((comparison.before.solved, comparison.after.missed) == (1, 1))
    }

    /// 年货 answers by name, and as the last resort.
    @Test func aMoveLooksWorseIfAnyOfItsMessagesDoes() throws {
        let member = Facts(state: 1, tags: ["会员"])
        func says(_ words: String) -> RecordedDecision {
            Traffic.record(.fromCustomer("wm1", .text(words, menuItem: nil)), member)
        }
        for traffic in [[says("年货"), says("退货")], [says("退货"), says("年货")]] {
            let comparison = try compare(traffic) {
                $0.replacing("[退款, 退货]", with: "退款")
                    .replacing("says_exactly: 年货, no", with: "says: [年, 年货], no")
            }
            #expect(comparison.moves.filter(\.looksWorse).map(\.before) == ["退款"])
        }
    }

    /// Those who are helped only now are others than those who are not helped any more.
    @Test func gainsDoNotMakeUpForLosses() throws {
        let traffic = ["客服", "天气"].map { Traffic.message($0) }
        let comparison = try compare(traffic) { $0.replacing("[人工, 客服]", with: "[人工, 天气]") }
        #expect(comparison.before == comparison.after)
        #expect((comparison.handoffsLost, comparison.missesGained) == (0.5, 0.5))
        #expect((comparison.handoffsLostCount, comparison.missesGainedCount) == (1, 1))
    }

    @Test func aHandOverByAnotherRuleIsNotLost() throws {
        let comparison = try compare([Traffic.message("客服")]) {
            $0.replacing("rule: 人工,", with: "rule: 找人,")
        }
        #expect(comparison.moves.map(\.after) == ["找人"])
        #expect(comparison.handoffsLost == 0)
        #expect(!comparison.moves[0].looksWorse)
    }
}
