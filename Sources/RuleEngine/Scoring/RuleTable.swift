/// What deciding needs of rules, besides their triggers: priorities and conditions.
struct RuleTable: Sendable {
    /// Two bytes a rule, because a hundred thousand of them should stay in the cache.
    private let summaries: [Summary]
    /// Only the rules that have conditions.
    private let guarded: [Int: Guarded]

    private struct Summary: Sendable {
        let priority: RuleDefinition.Priority
        let isGuarded: Bool
    }

    private struct Guarded: Sendable {
        let conditions: [Guard]
        let exceptions: [Guard]
    }

    init(_ rules: [RuleDefinition]) {
        var guarded: [Int: Guarded] = [:]
        summaries = rules.enumerated().map { index, rule in
            if !rule.conditions.isEmpty || !rule.exceptions.isEmpty {
                guarded[index] = Guarded(
                    conditions: rule.conditions.map(Guard.init),
                    exceptions: rule.exceptions.map(Guard.init))
            }
            return Summary(priority: rule.priority, isGuarded: guarded[index] != nil)
        }
        self.guarded = guarded
    }

    /// Weighs a rule by its best trigger and its conditions.
    func standing(
        of rule: Int, _ trigger: Int, _ base: Double, matched: Int? = nil, isMiss: Bool = false,
        _ facts: Facts
    ) -> Contest.Standing {
        var standing = Contest.Standing(
            rule: rule, trigger: trigger, base: base, matched: matched, isMiss: isMiss,
            priority: summaries[rule].priority)
        guard summaries[rule].isGuarded, let guards = guarded[rule] else { return standing }
        // `misses` counts the stimulus itself where this rule would make it one.
        let misses = facts.misses + (isMiss ? 1 : 0)
        if let failed = guards.conditions.firstIndex(where: { !$0.holds(facts, misses: misses) }) {
            standing.obstacle = .condition(failed)
        } else if let veto = guards.exceptions.firstIndex(where: {
            $0.holds(facts, misses: misses)
        }) {
            standing.obstacle = .exception(veto)
        } else {
            standing.points = guards.conditions.count + guards.exceptions.count
        }
        return standing
    }
}
