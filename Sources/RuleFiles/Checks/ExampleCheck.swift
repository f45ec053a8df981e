import ChatModel
import RuleEngine

/// Asks the compiled rules about every example and counterexample, and reports what the author
/// didn't promise.
struct ExampleCheck {
    let bundle: LoadedBundle
    let compiled: CompiledBundle
    let log: DiagnosticLog

    private var rules: [RuleDefinition] { bundle.definition.rules }

    func check() {
        var shortKeywords: Set<ShortKeyword> = []
        for (index, rule) in bundle.syntax.rules.enumerated() {
            let facts = Facts(satisfying: rules[index])
            for example in rule.examples {
                let explanation = compiled.explanation(
                    of: .text(example.text, menuItem: nil), facts: facts)
                checkExample(example, of: index, explanation)
                noteShortKeywords(in: explanation, example, &shortKeywords)
            }
            for example in rule.notExamples {
                let explanation = compiled.explanation(
                    of: .text(example.text, menuItem: nil), facts: facts)
                checkNotExample(example, of: index, explanation)
                noteShortKeywords(in: explanation, example, &shortKeywords)
            }
        }
    }

    // MARK: Examples

    private func checkExample(_ example: Words, of index: Int, _ explanation: Explanation) {
        let rule = rules[index]
        let mine = explanation.contenders.first { $0.rule == index }
        guard let winner = explanation.contenders.first, winner.outcome == .won else {
            reportUnheard(example, of: rule, mine, "no rule")
            return
        }
        if winner.rule == index {
            checkTie(example, winner, explanation)
        } else if winner.isMiss {
            reportUnheard(example, of: rule, mine, "only '\(winner.name)'")
        } else {
            reportHijack(example, of: rule, mine, by: winner)
        }
    }

    private func reportUnheard(
        _ example: Words, of rule: RuleDefinition, _ mine: Explanation.Contender?, _ who: String
    ) {
        log.report(
            example.diagnostic(
                .unheardExample,
                "\(who) answers the example '\(example.text)' of '\(rule.name)'",
                help: obstacle(mine) ?? "add its words to the rule's 'when'"))
    }

    private func reportHijack(
        _ example: Words, of rule: RuleDefinition, _ mine: Explanation.Contender?,
        by winner: Explanation.Contender
    ) {
        let ours = mine.map { " against \(scoreText($0))" } ?? ""
        log.report(
            example.diagnostic(
                .hijackedExample,
                "hijacked: '\(winner.name)' answers the example '\(example.text)' of "
                    + "'\(rule.name)' (\(scoreText(winner))\(ours))",
                help: cure(rule, mine, winner) + "; '\(winner.name)' is \(winner.place)"))
    }

    private func cure(
        _ rule: RuleDefinition, _ mine: Explanation.Contender?, _ winner: Explanation.Contender
    ) -> String {
        if let obstacle = obstacle(mine) { return obstacle }
        guard let mine else { return "add its words to the 'when' of '\(rule.name)'" }
        if winner.priority > rule.priority {
            return "take 'priority: \(winner.priority.rawValue)' from '\(winner.name)' or give it "
                + "to '\(rule.name)'"
        }
        if case .says = winner.triggerDefinition {
            return "use 'says_exactly' in '\(winner.name)', or give '\(rule.name)' more of the "
                + "sentence's words"
        }
        if mine.score == winner.score { return "put '\(rule.name)' above '\(winner.name)'" }
        return "give '\(rule.name)' a higher priority, or more of the sentence's words"
    }

    private func obstacle(_ contender: Explanation.Contender?) -> String? {
        switch contender?.outcome {
        case .lost(.conditionFailed): "its own 'if' can't hold for a sentence"
        case .lost(.vetoed): "its own 'unless' vetoes it"
        default: nil
        }
    }

    private func checkTie(
        _ example: Words, _ winner: Explanation.Contender, _ explanation: Explanation
    ) {
        guard
            let other = explanation.contenders.first(where: { $0.outcome == .lost(.laterInFile) })
        else { return }
        log.report(
            example.diagnostic(
                .tie,
                "'\(winner.name)' and '\(other.name)' both score \(scoreText(winner)) for "
                    + "'\(example.text)'; only their order decides",
                help: "give one of them a 'priority', or longer words; '\(other.name)' is "
                    + "\(other.place)"))
    }

    private func checkNotExample(_ example: Words, of index: Int, _ explanation: Explanation) {
        guard let winner = explanation.contenders.first, winner.outcome == .won,
            winner.rule == index
        else { return }
        let rule = rules[index]
        let isSays = if case .says = winner.triggerDefinition { true } else { false }
        log.report(
            example.diagnostic(
                .wonNotExample,
                "'\(rule.name)' answers '\(example.text)', which it must not "
                    + "(\(scoreText(winner)))",
                help: isSays
                    ? "use 'says_exactly' instead of 'says', or longer words"
                    : "make its 'when' narrower"))
    }

    /// One decimal, as scores are printed everywhere.
    private func scoreText(_ contender: Explanation.Contender) -> String {
        let tenths = Int((contender.score * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    // MARK: Short keywords

    /// A `says` of two characters in a rule that moves the session.
    private struct ShortKeyword: Hashable {
        let rule: Int
        let trigger: Int
    }

    /// Where somebody else's sentence contains such a keyword, the next sentence may lose to it.
    private func noteShortKeywords(
        in explanation: Explanation, _ example: Words, _ reported: inout Set<ShortKeyword>
    ) {
        for contender in explanation.contenders where contender.outcome != .won {
            let rule = rules[contender.rule]
            guard rule.handoff != nil || rule.end != nil,
                !rule.examples.contains(example.text)
            else { continue }
            for hit in contender.hits {
                guard case .says(let word) = rule.triggers[hit.trigger],
                    FoldedText(word).meaningfulCount == 2,
                    reported.insert(
                        ShortKeyword(rule: contender.rule, trigger: hit.trigger)
                    ).inserted
                else { continue }
                let words = bundle.syntax.rules[contender.rule].triggers[hit.trigger].words
                log.report(
                    words.diagnostic(
                        .shortKeyword,
                        "'\(word)' is short, and 'says' also hears it in '\(example.text)'",
                        help: "use 'says_exactly'"))
            }
        }
    }
}

extension Facts {
    /// Facts under which a rule's conditions hold, as far as one straight reading finds them;
    /// examples are judged under these.
    init(satisfying rule: RuleDefinition) {
        self.init()
        let isMiss = rule.triggers.contains(.noMatch)
        for condition in rule.conditions { satisfy(condition, isMiss: isMiss) }
    }

    private mutating func satisfy(_ condition: Condition, isMiss: Bool) {
        switch condition {
        case .scene(let pattern): scene = pattern.filter { $0 != "*" }
        case .state(let names):
            // The bot's own states first: only there can a rule reply.
            state = (0...4).first { number in names.contains { $0.covers(number) } } ?? state
        case .misses(let count): misses = max(misses, isMiss ? count - 1 : count)
        case .any(let conditions):
            if let first = conditions.first { satisfy(first, isMiss: isMiss) }
        case .all(let conditions): for one in conditions { satisfy(one, isMiss: isMiss) }
        case .not: break
        }
    }
}
