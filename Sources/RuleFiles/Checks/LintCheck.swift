import ChatModel
import RuleEngine

/// Warnings about one bundle that need no matching.
struct LintCheck {
    let bundle: LoadedBundle
    let log: DiagnosticLog

    func check() {
        for (rule, definition) in zip(bundle.syntax.rules, bundle.definition.rules) {
            checkRule(rule, definition)
        }
        checkUnused()
        checkItems()
        checkFallback()
        checkDominated()
    }

    private func checkRule(_ rule: RuleSyntax, _ definition: RuleDefinition) {
        if definition.reply.isEmpty, definition.handoff == nil, definition.end == nil {
            log.report(
                rule.name.diagnostic(
                    .doesNothing, "'\(rule.name.text)' does nothing",
                    help: "give it a 'reply', a 'handoff' or an 'end'"))
        }
        if rule.examples.isEmpty, rule.triggers.contains(where: \.hearsWords) {
            log.report(
                rule.name.diagnostic(
                    .noExamples, "'\(rule.name.text)' listens for words but has no examples",
                    help: "write two or three sentences customers really say under 'examples'"))
        }
        for trigger in rule.triggers {
            guard case .says = trigger.pattern,
                FoldedText(trigger.words.text).meaningfulCount == 1
            else { continue }
            log.report(
                trigger.words.diagnostic(
                    .oneCharacterKeyword,
                    "'\(trigger.words.text)' is one character; 'says' hears it in many sentences",
                    help: "write a longer word, or use 'says_exactly'"))
        }
    }

    private func checkUnused() {
        let texts = bundle.syntax.texts.map { ("text", $0.name, bundle.used.texts) }
        let menus = bundle.syntax.menus.map { ("menu", $0.name, bundle.used.menus) }
        let policies = bundle.syntax.policies.compactMap { policy in
            policy.name.map { ("hand-off policy", $0, bundle.used.policies) }
        }
        for (kind, name, used) in texts + menus + policies where !used.contains(name.text) {
            log.report(
                name.diagnostic(
                    .unused, "nothing uses the \(kind) '\(name.text)'", help: "use it, or delete it"
                ))
        }
    }

    private func checkItems() {
        for menu in bundle.syntax.menus where bundle.used.menus.contains(menu.name.text) {
            for item in menu.items {
                let name = "\(menu.name.text).\(item.key.text)"
                guard case .click = item.kind, !bundle.used.items.contains(name) else { continue }
                log.report(
                    item.key.diagnostic(
                        .unansweredItem, "no rule answers a tap on '\(name)'",
                        help: "add a rule with 'when: { clicks: \(name) }'"))
            }
        }
    }

    private func checkFallback() {
        guard !bundle.syntax.rules.isEmpty,
            !bundle.definition.rules.contains(where: { $0.triggers.contains(.noMatch) })
        else { return }
        log.report(
            bundle.syntax.name.diagnostic(
                .noFallback, "'\(bundle.syntax.name.text)' is silent when no rule applies",
                help: "add a rule with 'when: { no_match: true }'"))
    }
}

extension LintCheck {
    /// A trigger whose score doesn't depend on the sentence, and what it hears.
    private func fixedScoreKey(_ trigger: TriggerSyntax) -> String? {
        switch trigger.pattern {
        case .clicks: "clicks \(trigger.words.text)"
        case .saysExactly: "says_exactly \(FoldedText(trigger.words.text).keywords)"
        case .sends(let kind): "sends \(kind.rawValue)"
        case .event(let event): "event \(event.rawValue)"
        case .noMatch: "no_match"
        case .says, .startsWith, .matches: nil
        }
    }

    /// Reports triggers that an unconditional rule always takes: the highest priority and then
    /// the first in the file wins, and a condition's point can only help at equal priority.
    private func checkDominated() {
        var heard: [String: [(rule: Int, words: Words)]] = [:]
        for (index, rule) in bundle.syntax.rules.enumerated() {
            for trigger in rule.triggers {
                guard let key = fixedScoreKey(trigger) else { continue }
                heard[key, default: []].append((index, trigger.words))
            }
        }
        let rules = bundle.definition.rules
        for claims in heard.values where claims.count > 1 {
            let unconditional = claims.map(\.rule).filter {
                rules[$0].conditions.isEmpty && rules[$0].exceptions.isEmpty
            }
            let strongest = unconditional.max {
                (rules[$0].priority, -$0) < (rules[$1].priority, -$1)
            }
            guard let strongest else { continue }
            for (rule, words) in claims where rule != strongest {
                let isWeaker = rules[rule].priority < rules[strongest].priority
                let isPlain = unconditional.contains(rule)
                guard isWeaker || isPlain else { continue }
                log.report(
                    words.diagnostic(
                        .neverWins,
                        "'\(rules[rule].name)' never gets '\(words.text)': "
                            + "'\(rules[strongest].name)' answers it first",
                        help: "take it out of one of them, or give one an 'if'; "
                            + "'\(rules[strongest].name)' is \(rules[strongest].place)"))
            }
        }
    }
}

extension TriggerSyntax {
    /// Whether it looks at what customers write.
    fileprivate var hearsWords: Bool {
        switch pattern {
        case .says, .saysExactly, .startsWith, .matches: true
        case .clicks, .sends, .event, .noMatch: false
        }
    }
}
