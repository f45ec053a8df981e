import Boundary
import ChatModel
import Operations
import RuleEngine
import RuleFiles
import Testing

/// What a publication is refused for, and what lets it through.
@Suite struct PublishingGateTests {
    private static let rules = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        rules:
          - { rule: 退款, when: { says: 退货 }, reply: 七天。 }
          - { rule: 人工, when: { says: 客服 }, handoff: { to: pool } }
          - { rule: 没听懂, when: { no_match: true }, reply: 没听懂。 }

        """
    private static let deaf = rules.replacing("says: 退货", with: "says: 没有")
    private static let lonely = rules.replacing("handoff: { to: pool }", with: "reply: 请说。")

    /// A plan whose traffic is `changing` messages among `all`, all of them `words`.
    private func plan(
        _ words: String, changing: Int, of all: Int, to after: String
    ) throws -> Publishing.Plan {
        let traffic = (0..<all).map { Traffic.message($0 < changing ? words : "天气") }
        var plan = Publishing.Plan(
            loaded: Publishing.check([]), version: "v2", active: "v1", diff: nil, traffic: nil)
        plan.traffic = TrafficComparison(
            of: traffic, aliases: Traffic.aliases,
            from: try VersionDiffTests.compiled(Self.rules),
            to: try VersionDiffTests.compiled(after))
        return plan
    }

    @Test func withoutAComparisonThereIsNothingToStopAt() {
        let plan = Publishing.Plan(
            loaded: Publishing.check([]), version: "v1", active: nil, diff: nil, traffic: nil)
        #expect(PublishingGate().refusals(of: plan).isEmpty)
    }

    @Test func missesGainedRefuse() throws {
        let plan = try plan("退货", changing: 6, of: 1000, to: Self.deaf)
        let refusals = PublishingGate().refusals(of: plan)
        #expect(refusals.map(\.concern) == [.misses])
        #expect(
            refusals[0].message
                == Bilingual(
                    en: "0.6 % of recent messages are no longer understood",
                    zh: "近期消息里有 0.6 % 变成没听懂"))
        #expect(refusals[0].cure.en.hasSuffix("--accept misses"))
        #expect(refusals[0].cure.zh.hasSuffix("--accept misses"))
    }

    @Test func handOversLostRefuse() throws {
        let plan = try plan("客服", changing: 32, of: 1000, to: Self.lonely)
        let refusals = PublishingGate().refusals(of: plan)
        #expect(refusals.map(\.concern) == [.handoffs])
        #expect(
            refusals[0].message
                == Bilingual(
                    en: "3.2 % of recent messages are no longer handed over",
                    zh: "近期消息里有 3.2 % 不再转人工"))
        #expect(refusals[0].cure.en.hasSuffix("--accept handoffs"))
    }

    /// The threshold itself is allowed, however the shares were divided.
    @Test(arguments: [(0.5, 5), (0.7, 7), (1.1, 11), (2.9, 29), (5.7, 57), (0, 0)])
    func theThresholdItselfPasses(_ percent: Double, _ count: Int) throws {
        var gate = PublishingGate()
        gate.mostMissesGained = percent / 100
        gate.mostHandoffsLost = percent / 100
        for (words, after) in [("退货", Self.deaf), ("客服", Self.lonely)] {
            let at = try plan(words, changing: count, of: 1000, to: after)
            #expect(gate.refusals(of: at).isEmpty)
            let above = try plan(words, changing: count + 1, of: 1000, to: after)
            #expect(gate.refusals(of: above).count == 1)
        }
    }

    /// Nobody is told that 0.5 % is more than 0.5 %.
    @Test func aShareThatLooksLikeTheThresholdIsMoreThanIt() throws {
        let plan = try plan("退货", changing: 51, of: 10_000, to: Self.deaf)
        #expect(
            PublishingGate().refusals(of: plan).first?.message
                == Bilingual(
                    en: "more than 0.5 % of recent messages are no longer understood",
                    zh: "近期消息里有超过 0.5 % 变成没听懂"))
    }

    @Test func improvementsPass() throws {
        let plan = try plan(
            "天气预报", changing: 500, of: 1000,
            to: Self.rules.replacing("says: 退货", with: "says: [退货, 天气]"))
        #expect(PublishingGate().refusals(of: plan).isEmpty)
    }

    @Test func brokenPromisesRefuse() throws {
        var plan = try plan("退货", changing: 0, of: 10, to: Self.rules)
        var diff = VersionDiff(
            from: try VersionDiffTests.compiled(Self.rules),
            to: try VersionDiffTests.compiled(Self.rules))
        func sentence(_ isPromised: Bool?) -> VersionDiff.Sentence {
            VersionDiff.Sentence(
                text: "退货", before: "退款", after: "人工", isPromised: isPromised)
        }
        diff.sentences = [sentence(true), sentence(nil)]
        plan.diff = diff
        #expect(PublishingGate().refusals(of: plan).isEmpty)
        diff.sentences += [sentence(false), sentence(false)]
        plan.diff = diff
        let refusals = PublishingGate().refusals(of: plan)
        #expect(refusals.map(\.concern) == [.sentences])
        #expect(refusals[0].message.en.hasPrefix("2 sentences go to another rule"))
    }

    @Test func onlyWhatIsAcceptedPasses() throws {
        let traffic = ["退货", "客服"].map { Traffic.message($0) }
        var plan = try plan("退货", changing: 0, of: 1, to: Self.rules)
        plan.traffic = TrafficComparison(
            of: traffic, aliases: Traffic.aliases,
            from: try VersionDiffTests.compiled(Self.rules),
            to: try VersionDiffTests.compiled(
                Self.deaf.replacing("handoff: { to: pool }", with: "reply: 请说。")))
        #expect(PublishingGate().refusals(of: plan).map(\.concern) == [.handoffs, .misses])
        for concern in PublishingGate.Concern.allCases {
            var gate = PublishingGate()
            gate.accepted = [concern]
            let left: [PublishingGate.Concern] = [.handoffs, .misses].filter { $0 != concern }
            #expect(gate.refusals(of: plan).map(\.concern) == left)
        }
        var gate = PublishingGate()
        gate.accepted = Set(PublishingGate.Concern.allCases)
        #expect(gate.refusals(of: plan).isEmpty)
    }

    @Test func noTrafficPasses() throws {
        #expect(
            PublishingGate().refusals(of: try plan("退货", changing: 0, of: 0, to: Self.deaf)).isEmpty
        )
    }
}
