package import ChatModel

/// What little would have changed a decision: other words, or another time.
package struct Alternatives: Hashable, Sendable {
    /// Rules near by and words that win for them; at most three.
    package let words: [Words]
    /// The next openings and closings that matter, soonest first.
    package let times: [Time]

    /// Words that another rule would have answered.
    package struct Words: Hashable, Sendable {
        /// Index into the bundle's rules.
        package let rule: Int
        /// Its name.
        package let name: RuleName
        /// Index into the rule's triggers: the one that has the words.
        package let trigger: Int
        /// What the customer would have had to write.
        package let words: String
    }

    /// A time from which on something is different.
    package struct Time: Hashable, Sendable {
        /// When.
        package let at: Timestamp
        /// The schedule that opens or closes then.
        package let schedule: ScheduleName
        /// Whether it opens.
        package let opens: Bool
        /// What is different.
        package let effect: Effect
    }

    /// What is different at another time.
    package enum Effect: Hashable, Sendable {
        /// This rule answers the same words; none with `nil`.
        case rule(RuleName?)
        /// This rule's hand-off goes to a person or, out of hours, doesn't.
        case handoff(RuleName)
    }
}

extension CompiledBundle {
    /// What little would have changed a decision.
    ///
    /// Looks at every rule, so it is for people who ask, one decision at a time.
    package func alternatives(to explanation: Explanation) -> Alternatives {
        let words = otherWords(explanation)
        let rules = [explanation.decision.rule].compactMap(\.self) + words.map(\.rule)
        var times: [Alternatives.Time] = []
        for state in explanation.schedules {
            guard let at = state.nextChange else { continue }
            var facts = explanation.facts
            facts.now = at
            let later = decision(for: explanation.stimulus, facts: facts).rule
            func note(_ effect: Alternatives.Effect) {
                times.append(
                    Alternatives.Time(
                        at: at, schedule: state.schedule, opens: !state.isOpen, effect: effect))
            }
            if later != explanation.decision.rule {
                note(.rule(later.map { definition.rules[$0].name }))
            }
            for rule in rules where definition.rules[rule].handoff?.open == state.schedule {
                note(.handoff(definition.rules[rule].name))
            }
        }
        return Alternatives(words: words, times: times.sorted { $0.at < $1.at })
    }

    /// The two silent rules that share most characters with the words, and one that hands over.
    private func otherWords(_ explanation: Explanation) -> [Alternatives.Words] {
        guard let folded = explanation.folded else { return [] }
        let characters = Set(folded.keywords)
        let claimed = Set(explanation.contenders.map(\.rule))
        var near: [(shared: Int, words: Alternatives.Words)] = []
        for index in definition.rules.indices where !claimed.contains(index) {
            if let best = nearestWords(of: index, to: characters) { near.append(best) }
        }
        func wins(_ words: Alternatives.Words) -> Bool {
            let stimulus = Stimulus.text(words.words, menuItem: nil)
            return decision(for: stimulus, facts: explanation.facts).rule == words.rule
        }
        let ranked = near.filter { $0.shared > 0 }.sorted { one, other in
            one.shared == other.shared
                ? one.words.rule < other.words.rule : one.shared > other.shared
        }
        // A few more than are shown, since some may be answered by other rules.
        var found = Array(ranked.prefix(10).map(\.words).filter(wins).prefix(2))
        let handoff = near.map(\.words).filter {
            definition.rules[$0.rule].handoff != nil && !found.contains($0)
        }
        found += handoff.prefix(10).filter(wins).prefix(1)
        return found
    }

    /// Of a rule's words those that share most characters with `characters`, the first of equals.
    private func nearestWords(
        of rule: Int, to characters: Set<Character>
    ) -> (shared: Int, words: Alternatives.Words)? {
        var best: (shared: Int, words: Alternatives.Words)?
        for (trigger, definition) in definition.rules[rule].triggers.enumerated() {
            guard let words = definition.wholeWords else { continue }
            let shared = Set(FoldedText(words).keywords).intersection(characters).count
            if let best, best.shared >= shared { continue }
            best = (
                shared,
                Alternatives.Words(
                    rule: rule, name: self.definition.rules[rule].name, trigger: trigger,
                    words: words)
            )
        }
        return best
    }
}

extension Decision {
    /// The rule that answers.
    fileprivate var rule: Int? {
        if case .rule(let verdict) = self { verdict.rule } else { nil }
    }
}

extension Trigger {
    /// Words that fire it when they are the whole message.
    fileprivate var wholeWords: String? {
        switch self {
        case .says(let words), .saysExactly(let words), .startsWith(let words),
            .endsWith(let words), .asksLike(let words):
            words
        case .saysAll(let all): all.joined()
        case .matches, .clicks, .sends, .event, .noMatch: nil
        }
    }
}
