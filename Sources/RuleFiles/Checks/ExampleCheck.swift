import ChatModel
import RuleEngine

/// Asks the compiled rules about every example and counterexample, and reports what the author
/// didn't promise.
///
/// Each sentence is decided as a customer's would be, which is quick; only where the answer isn't
/// the one wanted is it decided again with an account of why.
struct ExampleCheck {
    let bundle: LoadedBundle
    let compiled: CompiledBundle
    /// The same rules in the opposite order: where it answers otherwise, only order decided.
    private let reversed: CompiledBundle?
    private let options: CheckOptions
    private let log: DiagnosticLog

    private var rules: [RuleDefinition] { bundle.definition.rules }

    init(
        bundle: LoadedBundle, compiled: CompiledBundle, options: CheckOptions, log: DiagnosticLog
    ) {
        self.bundle = bundle
        self.compiled = compiled
        self.options = options
        self.log = log
        reversed = Self.reversed(bundle.definition)
    }

    /// Similar questions are left out: their scores hardly ever tie with anything.
    private static func reversed(_ bundle: BundleDefinition) -> CompiledBundle? {
        var bundle = bundle
        bundle.rules = bundle.rules.reversed().map { rule in
            var rule = rule
            rule.triggers.removeAll { if case .asksLike = $0 { true } else { false } }
            return rule
        }
        bundle.notices = []
        return try? RuleSet(RuleSetDefinition(bundles: [bundle])).bundles.first
    }

    func check() {
        for (index, rule) in bundle.syntax.rules.enumerated() where !log.isFull {
            if rule.examples.isEmpty, rule.notExamples.isEmpty { continue }
            let facts = Facts(satisfying: rules[index], of: compiled, at: options.at)
            for example in rule.examples { check(example, of: index, facts) }
            for example in rule.notExamples { checkNotExample(example, of: index, facts) }
        }
    }

    // MARK: Examples

    private func check(_ example: Words, of index: Int, _ facts: Facts) {
        let stimulus = Stimulus.text(example.text, menuItem: nil)
        guard case .rule(let verdict) = compiled.decision(for: stimulus, facts: facts),
            verdict.rule == index
        else { return reportLost(example, of: index, facts) }
        if case .asksLike = rules[index].triggers[verdict.trigger] { return }
        guard let reversed, let other = reversed.verdict(for: stimulus, facts: facts),
            rules.count - 1 - other.rule != index
        else { return }
        reportTie(example, compiled.explanation(of: stimulus, facts: facts))
    }

    private func reportLost(_ example: Words, of index: Int, _ facts: Facts) {
        let rule = rules[index]
        var facts = facts
        // A rule for a time or for some accounts overrides on purpose: the example is promised
        // for all the others.
        for _ in 0..<3 {
            let explanation = compiled.explanation(
                of: .text(example.text, menuItem: nil), facts: facts)
            guard let winner = explanation.contenders.first, winner.outcome == .won,
                winner.rule != index, !winner.isMiss,
                let besides = facts.besides(rules[winner.rule], rule, bundle.definition)
            else { return report(example, of: index, explanation) }
            facts = besides
            if compiled.verdict(for: .text(example.text, menuItem: nil), facts: facts)?.rule
                == index
            {
                return
            }
        }
    }

    private func report(_ example: Words, of index: Int, _ explanation: Explanation) {
        let rule = rules[index]
        let mine = explanation.contenders.first { $0.rule == index }
        if case .askBack(let candidates) = explanation.decision {
            let names = candidates.rules.map { "「\(rules[$0.rule].name)」" }
            return reportUnheard(
                example, of: rule, mine,
                Bilingual(
                    en: "the customer would be asked back about the example '\(example.text)' of "
                        + "'\(rule.name)' (\(names.joined(separator: ", ")))",
                    zh: "例句“\(example.text)”不够像「\(rule.name)」的问法，会反问客户"
                        + "（\(names.joined(separator: "、"))）"))
        }
        guard let winner = explanation.contenders.first, winner.outcome == .won else {
            return reportUnheard(
                example, of: rule, mine,
                Bilingual(
                    en: "no rule answers the example '\(example.text)' of '\(rule.name)'",
                    zh: "没有规则回答「\(rule.name)」的例句“\(example.text)”"))
        }
        if winner.rule == index { return }
        if winner.isMiss {
            reportUnheard(
                example, of: rule, mine,
                Bilingual(
                    en: "only '\(winner.name)' answers the example '\(example.text)' of "
                        + "'\(rule.name)'",
                    zh: "「\(rule.name)」的例句“\(example.text)”只有兜底的「\(winner.name)」回答"))
        } else {
            reportHijack(example, of: rule, mine, by: winner)
        }
    }

    private func reportUnheard(
        _ example: Words, of rule: RuleDefinition, _ mine: Explanation.Contender?,
        _ message: Bilingual
    ) {
        log.report(
            example.diagnostic(
                .unheardExample, message,
                help: Self.obstacle(mine)
                    ?? Bilingual(
                        en: "add its words to the rule's 'when'", zh: "把例句里的关键词写进规则的 when")))
    }

    private func reportHijack(
        _ example: Words, of rule: RuleDefinition, _ mine: Explanation.Contender?,
        by winner: Explanation.Contender
    ) {
        let ours = mine.map { Bilingual(en: " against \(score($0))", zh: "，自己只有 \(score($0))") }
        log.report(
            Diagnostic(
                .hijackedExample, at: example.place, length: example.length,
                Bilingual(
                    en: "hijacked: '\(winner.name)' answers the example '\(example.text)' of "
                        + "'\(rule.name)' (\(score(winner))\(ours?.en ?? ""))",
                    zh: "规则抢答：「\(winner.name)」抢走「\(rule.name)」的例句“\(example.text)”"
                        + "（\(score(winner)) 分\(ours?.zh ?? "")）"),
                help: cure(rule, mine, winner),
                notes: [note(on: winner)] + (mine.map { [note(on: $0)] } ?? [])))
    }

    /// A contender with its trigger, what it found, and where it stands in the file.
    private func note(on contender: Explanation.Contender) -> Bilingual {
        let words = triggerWords(contender)
        let place = words?.place ?? contender.place
        let what = contender.triggerDefinition.written
        let found = contender.hits.first { $0.trigger == contender.trigger }?.words
        let priority =
            contender.priority == .normal ? "" : "  priority: \(contender.priority.rawValue)"
        return Bilingual(
            en: "'\(contender.name)' \(what)\(found.map { " found '\($0)'" } ?? "")"
                + " → \(score(contender))\(priority)  \(place)",
            zh: "「\(contender.name)」\(what)\(found.map { " 找到“\($0)”" } ?? "")"
                + " → \(score(contender)) 分\(priority)  \(place)")
    }

    private func triggerWords(_ contender: Explanation.Contender) -> Words? {
        let triggers = bundle.syntax.rules[contender.rule].triggers
        return triggers.indices.contains(contender.trigger)
            ? triggers[contender.trigger].words : nil
    }

    private func cure(
        _ rule: RuleDefinition, _ mine: Explanation.Contender?, _ winner: Explanation.Contender
    ) -> Bilingual {
        if let obstacle = Self.obstacle(mine) { return obstacle }
        guard let mine else {
            return Bilingual(
                en: "add its words to the 'when' of '\(rule.name)'",
                zh: "把例句里的词写进「\(rule.name)」的 when")
        }
        if winner.priority > rule.priority {
            let priority = winner.priority.rawValue
            return Bilingual(
                en: "take 'priority: \(priority)' from '\(winner.name)' or give it to "
                    + "'\(rule.name)'",
                zh: "去掉「\(winner.name)」的 priority: \(priority)，或者给「\(rule.name)」也写上")
        }
        if case .says = winner.triggerDefinition {
            return Bilingual(
                en: "use 'says_exactly' in '\(winner.name)', or give '\(rule.name)' more of the "
                    + "sentence's words",
                zh: "把「\(winner.name)」改为 says_exactly，或给「\(rule.name)」多写几个句子里的词")
        }
        if mine.score == winner.score {
            return Bilingual(
                en: "put '\(rule.name)' above '\(winner.name)'",
                zh: "把「\(rule.name)」挪到「\(winner.name)」前面")
        }
        return Bilingual(
            en: "give '\(rule.name)' a higher priority, or more of the sentence's words",
            zh: "给「\(rule.name)」更高的 priority，或多写几个句子里的词")
    }

    private static func obstacle(_ contender: Explanation.Contender?) -> Bilingual? {
        switch contender?.outcome {
        case .lost(.conditionFailed):
            Bilingual(
                en: "its own 'if' can't hold for a sentence", zh: "它自己的 if 在客户说话时不可能成立")
        case .lost(.vetoed): Bilingual(en: "its own 'unless' vetoes it", zh: "被它自己的 unless 排除了")
        default: nil
        }
    }

    private func reportTie(_ example: Words, _ explanation: Explanation) {
        guard let winner = explanation.contenders.first,
            let other = explanation.contenders.first(where: { $0.outcome == .lost(.laterInFile) })
        else { return }
        log.report(
            example.diagnostic(
                .tie,
                Bilingual(
                    en: "'\(winner.name)' and '\(other.name)' both score \(score(winner)) for "
                        + "'\(example.text)'; only their order decides",
                    zh: "「\(winner.name)」和「\(other.name)」对“\(example.text)”同为 \(score(winner)) 分，"
                        + "只靠文件里的先后决定"),
                help: Bilingual(
                    en: "give one of them a 'priority', or longer words; '\(other.name)' is "
                        + "\(other.place)",
                    zh: "给其中一条写 priority，或写更长的词；「\(other.name)」在 \(other.place)")))
    }

    private func checkNotExample(_ example: Words, of index: Int, _ facts: Facts) {
        let stimulus = Stimulus.text(example.text, menuItem: nil)
        guard compiled.verdict(for: stimulus, facts: facts)?.rule == index,
            let winner = compiled.explanation(of: stimulus, facts: facts).contenders.first
        else { return }
        let rule = rules[index]
        let isSays = if case .says = winner.triggerDefinition { true } else { false }
        log.report(
            Diagnostic(
                .wonNotExample, at: example.place, length: example.length,
                Bilingual(
                    en: "'\(rule.name)' answers '\(example.text)', which it must not "
                        + "(\(score(winner)))",
                    zh: "「\(rule.name)」会回答它的反例“\(example.text)”（\(score(winner)) 分）"),
                help: isSays
                    ? Bilingual(
                        en: "use 'says_exactly' instead of 'says', or longer words",
                        zh: "把 says 改为 says_exactly，或写更长的词")
                    : Bilingual(en: "make its 'when' narrower", zh: "把它的 when 写窄一点"),
                notes: [note(on: winner)]))
    }

    /// One decimal, as scores are printed everywhere.
    private func score(_ contender: Explanation.Contender) -> String {
        let tenths = Int((contender.score * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Facts {
    /// Facts under which `thief` doesn't apply but `rule` does, where the thief is for a time or
    /// for some accounts only.
    fileprivate func besides(
        _ thief: RuleDefinition, _ rule: RuleDefinition, _ bundle: BundleDefinition
    ) -> Facts? {
        var facts = self
        if let valid = thief.valid, valid != rule.valid {
            let outside = [valid.until, valid.from.map { $0 - .seconds(1) }].compactMap(\.self)
                .first { rule.valid?.contains($0) ?? true }
            if let outside {
                facts.now = outside
                return facts
            }
        }
        if let accounts = thief.accounts, accounts != rule.accounts {
            facts.account = (rule.accounts ?? bundle.accounts).first { !accounts.contains($0) }
            return facts.account == nil ? nil : facts
        }
        return nil
    }
}

extension Trigger {
    /// As a rule file has it: `says: [退款]`.
    var written: String {
        switch self {
        case .says(let words): "says: \(words)"
        case .saysExactly(let words): "says_exactly: \(words)"
        case .startsWith(let words): "starts_with: \(words)"
        case .endsWith(let words): "ends_with: \(words)"
        case .saysAll(let words): "says_all: [\(words.joined(separator: ", "))]"
        case .asksLike(let question): "asks_like: \(question)"
        case .matches(let pattern): "matches: \(pattern)"
        case .clicks(let menu, let item, _): "clicks: \(menu).\(item)"
        case .sends(let kind): "sends: \(kind.rawValue)"
        case .event(let event): "event: \(event.rawValue)"
        case .noMatch: "no_match: true"
        }
    }
}
