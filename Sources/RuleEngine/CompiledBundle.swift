package import ChatModel

/// One bundle made ready to answer.
package struct CompiledBundle: Sendable {
    /// What it was compiled from.
    package let definition: BundleDefinition

    private let rules: RuleTable
    private let index: TriggerIndex
    private let menuItems: [WireID: MenuItem]

    /// A menu and the key of one of its items.
    package typealias MenuItem = (menu: MenuName, key: String)

    init(_ definition: BundleDefinition) throws(RuleSetError) {
        self.definition = definition
        rules = RuleTable(definition.rules)
        index = try TriggerIndex(definition)
        var menuItems: [WireID: MenuItem] = [:]
        for menu in definition.menus {
            for entry in menu.items {
                guard case .click(let id, _) = entry.item, menuItems[id] == nil else { continue }
                menuItems[id] = (menu.name, entry.key)
            }
        }
        self.menuItems = menuItems
    }

    /// The menu item that comes back with `wireID`; `nil` if no menu of this bundle has it.
    package func menuItem(wireID: WireID) -> MenuItem? { menuItems[wireID] }

    /// The rule that answers a stimulus; `nil` when none applies.
    ///
    /// The highest priority wins, then the highest score, then the rule that comes first. The
    /// cost depends on the length of the text and on how many rules it fires, not on how many
    /// there are (regular expressions excepted, about 0.3 µs each).
    package func verdict(for stimulus: Stimulus, facts: Facts) -> Verdict? {
        let (reading, words) = reading(of: stimulus)
        return Contest(reading, words: words, index, isTracing: false)
            .winner(rules, index, facts).map(Verdict.init)
    }

    /// Why ``verdict(for:facts:)`` says what it says.
    package func explanation(of stimulus: Stimulus, facts: Facts) -> Explanation {
        let (reading, words) = reading(of: stimulus)
        let contest = Contest(reading, words: words, index, isTracing: true)
        var standings: [Contest.Standing] = []
        let winner = contest.winner(rules, index, facts) { standings.append($0) }
        let folded = reading.isWords ? FoldedText(words) : nil
        var contenders = standings.map {
            contender($0, winner, outcome(of: $0, winner), contest, folded)
        }
        if let winner, !winner.isMiss, stimulus.mayMiss {
            let claimed = Set(standings.map(\.rule))
            for claim in index.noMatch where !claimed.contains(Int(claim.rule)) {
                let standing = rules.standing(
                    of: Int(claim.rule), Int(claim.trigger), Score.noMatch, isMiss: true, facts)
                contenders.append(
                    contender(standing, winner, .lost(.notAMiss), contest, folded))
            }
        }
        return Explanation(
            stimulus: stimulus, facts: facts, reading: reading, folded: folded,
            contenders: contenders.sorted(by: Self.isListedBefore),
            silentRules: definition.rules.count - Set(contenders.map(\.rule)).count,
            verdict: winner.map(Verdict.init))
    }

    private func reading(of stimulus: Stimulus) -> (Explanation.Reading, words: String) {
        switch stimulus {
        case .text(let words, menuItem: nil): (.words, words)
        case .text(let words, let item?):
            (index.items.contains(item) ? .click(item) : .unknownClick(item), words)
        case .message(let kind): (.message(kind), "")
        case .event(let event): (.event(event), "")
        }
    }

    private func outcome(
        of standing: Contest.Standing, _ winner: Contest.Standing?
    ) -> Explanation.Outcome {
        let rule = definition.rules[standing.rule]
        switch standing.obstacle {
        case .condition(let place): return .lost(.conditionFailed(place, rule.conditions[place]))
        case .exception(let place): return .lost(.vetoed(place, rule.exceptions[place]))
        case nil: break
        }
        guard let winner, (winner.rule, winner.isMiss) != (standing.rule, standing.isMiss) else {
            return .won
        }
        if standing.priority != winner.priority { return .lost(.lowerPriority) }
        return .lost(standing.score < winner.score ? .lowerScore : .laterInFile)
    }

    private func contender(
        _ standing: Contest.Standing, _ winner: Contest.Standing?, _ outcome: Explanation.Outcome,
        _ contest: Contest, _ folded: FoldedText?
    ) -> Explanation.Contender {
        let rule = definition.rules[standing.rule]
        return Explanation.Contender(
            rule: standing.rule, name: rule.name, place: rule.place, priority: rule.priority,
            trigger: standing.trigger, triggerDefinition: rule.triggers[standing.trigger],
            hits: standing.isMiss ? [] : hits(of: standing.rule, contest, folded),
            coverage: standing.matched.map {
                Explanation.Coverage(matched: $0, meaningful: contest.meaningful)
            },
            baseScore: standing.base, conditionPoints: standing.points, isMiss: standing.isMiss,
            outcome: outcome)
    }

    private func hits(
        of rule: Int, _ contest: Contest, _ folded: FoldedText?
    ) -> [Explanation.Hit] {
        guard let folded else { return [] }
        return contest.traces.filter { Int($0.claim.rule) == rule }.map { trace in
            let range =
                trace.isInText
                ? folded.originalRange(ofText: trace.range)
                : folded.originalRange(ofKeywords: trace.range)
            return Explanation.Hit(
                trigger: Int(trace.claim.trigger), range: range, words: folded.original(at: range))
        }.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.trigger)
                < ($1.range.lowerBound, $1.range.upperBound, $1.trigger)
        }
    }

    /// The winner, then the eligible by rank, then the rest in file order.
    private static func isListedBefore(
        _ one: Explanation.Contender, _ other: Explanation.Contender
    ) -> Bool {
        if one.outcome.listing != other.outcome.listing {
            return one.outcome.listing < other.outcome.listing
        }
        if one.outcome.listing == 1 {
            if one.priority != other.priority { return one.priority > other.priority }
            if one.score != other.score { return one.score > other.score }
        }
        return (one.rule, one.isMiss ? 1 : 0) < (other.rule, other.isMiss ? 1 : 0)
    }
}

extension Verdict {
    init(_ standing: Contest.Standing) {
        self.init(
            rule: standing.rule, score: standing.score, trigger: standing.trigger,
            isMiss: standing.isMiss)
    }
}

extension Stimulus {
    /// Whether `no_match` rules answer it when nothing else does.
    fileprivate var mayMiss: Bool {
        if case .event = self { false } else { true }
    }
}

extension Explanation.Reading {
    fileprivate var isWords: Bool {
        switch self {
        case .words, .unknownClick: true
        case .click, .message, .event: false
        }
    }
}

extension Explanation.Outcome {
    fileprivate var listing: Int {
        switch self {
        case .won: 0
        case .lost(.lowerPriority), .lost(.lowerScore), .lost(.laterInFile): 1
        case .lost(.conditionFailed), .lost(.vetoed), .lost(.notAMiss): 2
        }
    }
}
