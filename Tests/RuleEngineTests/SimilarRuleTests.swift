import ChatModel
import RuleEngine
import Testing

@Suite("Similar questions in the contest")
struct SimilarRuleTests {
    private static func questions(
        _ name: RuleName, _ wordings: [String], priority: RuleDefinition.Priority = .normal,
        id: WireID? = nil, if conditions: [Condition] = [], also: [Trigger] = []
    ) -> RuleDefinition {
        RuleDefinition(
            name: name, place: SourcePlace(file: "f", line: 1, column: 1), priority: priority,
            triggers: also + wordings.map { .asksLike($0) }, conditions: conditions,
            candidateID: id)
    }

    private static let progress = ["退款什么时候到账", "退款多久到账", "退款处理到哪一步了"]
    private static let invoice = ["怎么开发票", "可以开电子发票吗", "发票在哪里申请"]
    private static let address = ["怎么修改收货地址", "地址写错了怎么改", "可以换个地址吗"]
    private static let faq = [
        questions("退款进度", progress, id: "c1"), questions("发票", invoice, id: "c2"),
        questions("改地址", address, id: "c3"), rule("没听懂", .noMatch),
    ]

    private func similarity(_ words: String, in bundle: CompiledBundle) throws -> Similarity {
        try #require(bundle.similarity).answer(to: words)
    }

    @Test("a similar question is worth 40 + 55 · similarity, its own words 95")
    func scores() throws {
        let bundle = try bundle(of: Self.faq)
        #expect(bundle.winner("退款多久到账？") == "退款进度 95.0")
        let exact = bundle.verdict(for: .text("退款多久到账？", menuItem: nil), facts: Facts())
        #expect(exact?.trigger == 1)
        #expect(exact?.isMiss == false)
        let words = "退款要多久才能到账"
        let similarity = try similarity(words, in: bundle)
        #expect(similarity.band == .answer)
        #expect(bundle.winner(words) == "退款进度 \(40 + 55 * similarity.candidates[0].score)")
        #expect(bundle.winner("今天天气怎么样") == "没听懂 0.0")
        #expect(bundle.winner("") == "没听懂 0.0")
        #expect(bundle.winner(.message(.image)) == "没听懂 0.0")
    }

    @Test("conditions add their points, and a question nobody may answer is a miss")
    func conditions() throws {
        let bundle = try bundle(
            of: [Self.questions("退款进度", Self.progress, if: [.tagged("VIP")])] + Self.faq.dropFirst()
        )
        #expect(bundle.winner("退款多久到账", Facts(tags: ["VIP"])) == "退款进度 96.0")
        #expect(bundle.winner("退款多久到账") == "没听懂 0.0")
    }

    @Test("rules with the same wordings share an entry and differ in their conditions")
    func shared() throws {
        let bundle = try bundle(
            of: [
                Self.questions("会员", Self.progress, if: [.tagged("VIP")]),
                Self.questions("普通", Self.progress),
            ] + Self.faq.dropFirst())
        #expect(bundle.similarity?.entries.count == 3)
        #expect(bundle.rules(ofEntry: 0) == [0, 1])
        #expect(bundle.winner("退款多久到账", Facts(tags: ["VIP"])) == "会员 96.0")
        #expect(bundle.winner("退款多久到账") == "普通 95.0")
    }

    /// Words in the ask band of the sample, found by trying.
    private func undecided(in bundle: CompiledBundle) throws -> String {
        let words = ["地址发票", "发票怎么改", "退款", "改发票地址", "到账了吗", "发票退款", "开地址"]
        return try #require(
            words.first { (try? similarity($0, in: bundle).band) == .ask },
            "none of the words is in the ask band any more")
    }

    @Test("the ask band asks back, if no rule but no_match applies")
    func asksBack() throws {
        let plain = try bundle(of: Self.faq)
        let words = try undecided(in: plain)
        let stimulus = Stimulus.text(words, menuItem: nil)
        guard case .askBack(let candidates) = plain.decision(for: stimulus, facts: Facts()) else {
            Issue.record("not asked back")
            return
        }
        let similarity = try similarity(words, in: plain)
        #expect(candidates.rules.map(\.rule) == similarity.candidates.map(\.entry))
        #expect(candidates.rules.map(\.similarity) == similarity.candidates.map(\.score))
        #expect(candidates.miss.map { plain.definition.rules[$0.rule].name } == "没听懂")
        #expect(candidates.miss?.isMiss == true)
        #expect(plain.verdict(for: stimulus, facts: Facts()) == nil)
        // Any other rule takes the words, whatever its score.
        let keyword = try bundle(of: Self.faq + [rule("词", .says(words), priority: .low)])
        #expect(keyword.winner(words) == "词 80.0")
        // Without a no_match rule there is nothing else to do either.
        let alone = try bundle(of: Array(Self.faq.dropLast()))
        guard case .askBack(let others) = alone.decision(for: stimulus, facts: Facts()) else {
            Issue.record("not asked back")
            return
        }
        #expect(others.miss == nil)
    }

    @Test("only rules that may answer are offered; if there are none, it is a miss")
    func offersEligible() throws {
        let plain = try bundle(of: Self.faq)
        let words = try undecided(in: plain)
        let stimulus = Stimulus.text(words, menuItem: nil)
        let first = try similarity(words, in: plain).candidates[0].entry
        var rules = Self.faq
        rules[first].conditions = [.tagged("VIP")]
        let one = try bundle(of: rules)
        if case .askBack(let candidates) = one.decision(for: stimulus, facts: Facts()) {
            #expect(!candidates.rules.contains { $0.rule == first })
        }
        for index in 0..<3 { rules[index].conditions = [.tagged("VIP")] }
        #expect(try bundle(of: rules).winner(words) == "没听懂 0.0")
    }

    @Test("a tap on a candidate is a click on its rule; on the last line, a miss")
    func candidateTaps() throws {
        let bundle = try bundle(of: Self.faq + [rule("投诉", .says("发票"), priority: .urgent)])
        #expect(bundle.winner(.text("怎么开发票", menuItem: "c2")) == "发票 100.0")
        #expect(bundle.winner(.text("发票", menuItem: "none-of-these")) == "没听懂 0.0")
        #expect(bundle.candidate(wireID: "c3") == 2)
        #expect(bundle.candidate(wireID: "c9") == nil)
        let mixed = try self.bundle(Self.questions("a", ["怎么开发票"], id: "c", also: [.says("税")]))
        #expect(mixed.verdict(for: .text("x", menuItem: "c"), facts: Facts())?.trigger == 1)
    }

    private func bundle(_ rules: RuleDefinition...) throws -> CompiledBundle {
        try RuleEngineTests.bundle(of: rules)
    }

    private func bundle(of rules: [RuleDefinition]) throws -> CompiledBundle {
        try RuleEngineTests.bundle(of: rules)
    }

    @Test("explanations carry what resembles too little, and why")
    func explained() throws {
        let bundle = try bundle(of: Self.faq + [rule("政策", .says("退款"), .says("退货"))])
        let explanation = bundle.explanation(of: .text("我想退货", menuItem: nil), facts: Facts())
        let similar = try #require(explanation.similar)
        #expect(similar.answerFrom == 0.75)
        #expect(similar.askFrom == 0.35)
        #expect(explanation.contenders.first?.name == "政策")
        #expect(!explanation.contenders.contains { $0.name == "退款进度" })
        for candidate in similar.candidates {
            #expect((0...1).contains(candidate.similarity))
            #expect(
                bundle.definition.rules[candidate.rule].triggers.contains(
                    .asksLike(candidate.wording)))
        }
        let exact = bundle.explanation(of: .text("退款多久到账", menuItem: nil), facts: Facts())
        #expect(exact.similar?.band == .answer)
        #expect(exact.similar?.candidates.first?.wording == "退款多久到账")
        #expect(exact.contenders.map(\.name) == ["退款进度", "政策", "没听懂"])
        let policy = exact.contenders[1]
        #expect(exact.shortfall(of: policy) == 95 - policy.score)
        #expect(exact.shortfall(of: exact.contenders[0]) == nil)
        let words = try undecided(in: try self.bundle(of: Self.faq))
        let asked = try self.bundle(of: Self.faq).explanation(
            of: .text(words, menuItem: nil), facts: Facts())
        #expect(asked.contenders.map(\.outcome) == [.lost(.askedBack)])
        #expect(asked.verdict == nil)
        #expect(bundle.explanation(of: .message(.image), facts: Facts()).similar == nil)
    }

    /// Rules on words, similar questions and `no_match` in every order and priority, so that many
    /// decisions are made without looking at similar questions.
    private func randomRules(_ random: inout SeededRandom) -> [RuleDefinition] {
        let wordings = Self.progress + Self.invoice + Self.address
        return (0..<2 + random.below(8)).map { index in
            let triggers = (0..<1 + random.below(3)).map { _ -> Trigger in
                let words = wordings[random.below(wordings.count)]
                return switch random.below(6) {
                case 0: .says(["退款", "发票", "地址", "怎么"][random.below(4)])
                case 1: .saysExactly(words)
                case 2: .startsWith(String(words.prefix(2)))
                case 3: .noMatch
                default: .asksLike(words)
                }
            }
            return RuleDefinition(
                name: RuleName("\(index)"), place: SourcePlace(file: "f", line: 1, column: 1),
                priority: random.below(3) == 0 ? .allCases[random.below(4)] : .normal,
                triggers: triggers,
                conditions: random.below(3) == 0 ? [.misses(random.below(2))] : [])
        }
    }

    @Test(
        "leaving similar questions aside never changes a decision",
        arguments: 1...40 as ClosedRange<UInt64>)
    func shortcut(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let bundle = try bundle(of: randomRules(&random))
        let texts =
            Self.progress + Self.invoice + Self.address
            + ["退款", "发票怎么改", "改发票地址", "到账了吗", "怎么退款到账", "你好", ""]
        for text in texts {
            let stimulus = Stimulus.text(text, menuItem: nil)
            let facts = Facts(misses: random.below(2))
            // Explanations always look.
            let explanation = bundle.explanation(of: stimulus, facts: facts)
            let decision = bundle.decision(for: stimulus, facts: facts)
            #expect(explanation.decision == decision, "seed \(seed), text \(text)")
            let won = explanation.contenders.filter { $0.outcome == .won }
            #expect(won.map(\.rule) == (explanation.verdict.map { [$0.rule] } ?? []))
            #expect(won.first?.score == explanation.verdict?.score)
        }
    }

    @Test("a bundle's own numbers can be passed")
    func calibration() throws {
        var calibrated = BundleDefinition(
            name: "小店", accounts: ["shop"], menus: [], rules: Self.faq)
        calibrated.defaults.similar.calibration = .shipped
        let ruleSet = try RuleSet(RuleSetDefinition(bundles: [calibrated]))
        #expect(ruleSet.bundles[0].similarity?.calibration == .shipped)
        #expect(try bundle(rule("词", .says("好"))).similarity == nil)
    }
}
