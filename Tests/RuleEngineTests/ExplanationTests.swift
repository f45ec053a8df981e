import ChatModel
import Testing

@testable import RuleEngine

@Suite("Explanations")
struct ExplanationTests {
    @Test("list every contender, what it found and why it lost")
    func contenders() throws {
        let bundle = try bundle(
            rule("沉默", .says("发票")), rule("低", .says("退款"), priority: .low),
            rule("少", .says("货")), rule("赢", .says("退货"), .says("退款")),
            rule("后", .says("退货"), .says("退款")),
            rule("条件", .says("退款"), if: [.state([.bot]), .scene("live_*")]),
            rule("否决", .says("退款"), unless: [.scene("x"), .misses(1)]), rule("没听懂", .noMatch))
        let facts = Facts(scene: "a", state: 0, misses: 1)
        let explanation = bundle.explanation(
            of: .text("退貨，退 款！", menuItem: nil), facts: facts)
        #expect(explanation.reading == .words)
        #expect(explanation.folded?.keywords == "退货退款")
        #expect(explanation.folded?.changes.script == 1)
        #expect(explanation.silentRules == 1)
        #expect(explanation.contenders.map(\.name) == ["赢", "后", "少", "低", "条件", "否决", "没听懂"])
        #expect(
            explanation.contenders.map(\.outcome) == [
                .won, .lost(.laterInFile), .lost(.lowerScore), .lost(.lowerPriority),
                .lost(.conditionFailed(1, .scene("live_*"))), .lost(.vetoed(1, .misses(1))),
                .lost(.notAMiss),
            ])
        let winner = try #require(explanation.contenders.first)
        #expect(winner.hits.map(\.words) == ["退貨", "退 款"])
        #expect(winner.hits.map(\.range) == [0..<6, 9..<16])
        #expect(winner.hits.map(\.trigger) == [0, 1])
        #expect(winner.coverage == Explanation.Coverage(matched: 4, meaningful: 4))
        #expect(winner.coverage?.fraction == 1)
        #expect(winner.baseScore == 80)
        #expect(winner.score == 80)
        #expect(winner.triggerDefinition == .says("退货"))
        #expect(explanation.verdict?.rule == 3)
    }

    @Test("show a regular expression's place in the original")
    func expressionPlace() throws {
        let bundle = try bundle(rule("单", .matches(#"\d{4}"#), if: [.state([.bot])]))
        let explanation = bundle.explanation(
            of: .text("訂單 １２３４", menuItem: nil), facts: Facts())
        let winner = try #require(explanation.contenders.first)
        #expect(winner.hits.map(\.words) == ["１２３４"])
        #expect(winner.coverage == Explanation.Coverage(matched: 4, meaningful: 6))
        #expect(winner.conditionPoints == 1)
        #expect(winner.score == 71)
    }

    @Test("say what a tap was looked at as")
    func readings() throws {
        let bundle = try bundle(rule("点", .clicks(menu: "主", item: "退", "w1")), rule("空", .noMatch))
        func explain(_ stimulus: Stimulus) -> Explanation {
            bundle.explanation(of: stimulus, facts: Facts())
        }
        #expect(explain(.text("退", menuItem: "w1")).reading == .click("w1"))
        #expect(explain(.text("退", menuItem: "w1")).folded == nil)
        #expect(explain(.text("退", menuItem: "w2")).reading == .unknownClick("w2"))
        #expect(explain(.text("退", menuItem: "w2")).folded?.keywords == "退")
        #expect(explain(.message(.voice)).reading == .message(.voice))
        let event = explain(.event(.enterSession))
        #expect(event.reading == .event(.enterSession))
        #expect(event.contenders.isEmpty)
        #expect(event.silentRules == 2)
        #expect(event.verdict == nil)
    }

    /// A slower, simpler judge: every rule against the text, straight from the scoring table.
    private func expectedVerdict(
        _ rules: [RuleDefinition], _ text: String, _ facts: Facts
    ) -> (rule: Int, score: Double)? {
        let folded = Array(FoldedText(text).keywords)
        func holds(_ condition: Condition, _ misses: Int) -> Bool {
            switch condition {
            case .scene(let scene): facts.scene == scene
            case .state(let states): states.contains { $0.covers(facts.state) }
            case .misses(let count): misses >= count
            case .any(let some): some.contains { holds($0, misses) }
            case .all(let some): some.allSatisfy { holds($0, misses) }
            case .not(let condition): !holds(condition, misses)
            case .hours, .value, .inFlow, .returning, .tagged, .speaks: false
            }
        }
        func isEligible(_ rule: RuleDefinition, _ misses: Int) -> Bool {
            if let now = facts.now, rule.valid?.contains(now) == false { return false }
            if let account = facts.account, rule.accounts?.contains(account) == false {
                return false
            }
            return rule.conditions.allSatisfy { holds($0, misses) }
                && !rule.exceptions.contains { holds($0, misses) }
        }
        func places(of words: String) -> [Range<Int>] {
            folded.indices.filter { folded[$0...].starts(with: Array(words)) }
                .map { $0..<$0 + words.count }
        }
        func base(_ rule: RuleDefinition) -> Double? {
            var covered = Set<Int>()
            var best: Double?
            for trigger in rule.triggers {
                switch trigger {
                case .says(let words):
                    covered.formUnion(places(of: words).flatMap(\.self))
                case .saysAll(let all) where all.allSatisfy({ places(of: $0).isEmpty == false }):
                    for words in all { covered.formUnion(places(of: words).flatMap(\.self)) }
                case .endsWith(let words) where folded.reversed().starts(with: words.reversed()):
                    best = max(best ?? 0, 70 + 20 * Double(words.count) / Double(folded.count))
                case .startsWith(let words) where folded.starts(with: Array(words)):
                    best = max(best ?? 0, 70 + 20 * Double(words.count) / Double(folded.count))
                case .saysExactly(let words) where folded == Array(words): best = 95
                default: break
                }
            }
            if !covered.isEmpty {
                best = max(best ?? 0, 50 + 30 * Double(covered.count) / Double(folded.count))
            }
            return best
        }
        var candidates: [(rule: Int, score: Double)] = []
        for (index, rule) in rules.enumerated() {
            if let base = base(rule), isEligible(rule, facts.misses) {
                candidates.append(
                    (index, base + Double(rule.conditions.count + rule.exceptions.count)))
            }
        }
        if candidates.isEmpty {
            for (index, rule) in rules.enumerated()
            where rule.triggers.contains(.noMatch) && isEligible(rule, facts.misses + 1) {
                candidates.append((index, Double(rule.conditions.count + rule.exceptions.count)))
            }
        }
        return candidates.max { one, other in
            let priorities = (rules[one.rule].priority, rules[other.rule].priority)
            if priorities.0 != priorities.1 { return priorities.0 < priorities.1 }
            if one.score != other.score { return one.score < other.score }
            return one.rule > other.rule
        }
    }

    private static let characters: [Character] = ["退", "款", "货", "a", "1"]

    private func randomCondition(_ random: inout SeededRandom, depth: Int = 0) -> Condition {
        switch random.below(depth > 1 ? 3 : 6) {
        case 0: .scene(["live", "shop"][random.below(2)])
        case 1: .state([StateName.allCases[random.below(StateName.allCases.count)]])
        case 2: .misses(1 + random.below(2))
        case 3: .any([randomCondition(&random, depth: depth + 1), .scene("live")])
        case 4: .all([randomCondition(&random, depth: depth + 1), .state([.bot])])
        default: .not(randomCondition(&random, depth: depth + 1))
        }
    }

    private func randomRule(_ index: Int, _ random: inout SeededRandom) -> RuleDefinition {
        let triggers = (0..<1 + random.below(4)).map { _ -> Trigger in
            let word = random.word(over: Self.characters, 1...3)
            return switch random.below(11) {
            case 0...3: .says(word)
            case 4: .startsWith(word)
            case 7: .endsWith(word)
            case 8, 9:
                .saysAll(
                    [word]
                        + (0..<random.below(3)).map { _ in
                            random.word(over: Self.characters, 1...2)
                        })
            case 5: .saysExactly(word)
            case 6: .sends(.image)
            default: .noMatch
            }
        }
        return RuleDefinition(
            name: RuleName("\(index)"), place: SourcePlace(file: "f", line: index, column: 1),
            priority: random.below(4) == 0 ? [.low, .high, .urgent][random.below(3)] : .normal,
            triggers: triggers,
            conditions: (0..<random.below(2)).map { _ in randomCondition(&random) },
            exceptions: (0..<random.below(2)).map { _ in randomCondition(&random) },
            valid: random.below(6) == 0
                ? ActiveSpan(from: Timestamp(seconds: Int64(random.below(3))), until: nil) : nil,
            accounts: random.below(6) == 0 ? ["shop"] : nil)
    }

    @Test(
        "agree with the verdict, and with a plain reading of the scoring table",
        arguments: 1...60 as ClosedRange<UInt64>)
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let rules = (0..<1 + random.below(100)).map { randomRule($0, &random) }
        let bundle = try bundle(of: rules)
        for _ in 0..<40 {
            let text = random.word(over: Self.characters + ["，", "x"], 0...8)
            let facts = Facts(
                scene: [nil, "live", "shop"][random.below(3)], state: random.below(5),
                misses: random.below(3),
                now: random.below(2) == 0 ? nil : Timestamp(seconds: Int64(random.below(3))),
                account: [nil, "shop", "other"][random.below(3)])
            let stimulus = Stimulus.text(text, menuItem: nil)
            let verdict = bundle.verdict(for: stimulus, facts: facts)
            let explanation = bundle.explanation(of: stimulus, facts: facts)
            let context: Comment = "seed \(seed), text \(text)"
            #expect(explanation.verdict == verdict, context)
            let won = explanation.contenders.filter { $0.outcome == .won }
            #expect(won.map(\.rule) == (verdict.map { [$0.rule] } ?? []), context)
            #expect(won.first?.score == verdict?.score, context)
            #expect(won.first?.trigger == verdict?.trigger, context)
            let expected = expectedVerdict(rules, text, facts)
            #expect(expected?.rule == verdict?.rule, context)
            #expect(expected?.score == verdict?.score, context)
        }
    }
}
