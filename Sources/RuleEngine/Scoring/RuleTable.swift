import ChatModel

/// What deciding needs of rules, besides their triggers: priorities and conditions.
struct RuleTable: Sendable {
    /// Two bytes a rule, because a hundred thousand of them should stay in the cache.
    private var summaries: [Summary] = []
    /// By rule: its place in ``guarded``, -1 for none; only looked at for rules that may win.
    private var places: [Int32] = []
    /// The rules that not everybody can have at any time.
    private var guarded: [Guarded] = []

    private struct Summary: Sendable {
        let priority: RuleDefinition.Priority
        /// One for each condition; ``many`` stands for so many or more.
        private let count: UInt8

        static let many = UInt8.max

        init(priority: RuleDefinition.Priority, points: Int) {
            self.priority = priority
            count = UInt8(clamping: points)
        }

        /// No rule can have more.
        var mostPoints: Double { count == Self.many ? .infinity : Double(count) }
    }

    private struct Guarded: Sendable {
        let conditions: [Guard]
        let exceptions: [Guard]
        let valid: ActiveSpan?
        let accounts: [AccountAlias]?
        let oncePer: Duration?
        let name: RuleName?

        var points: Int { conditions.count + exceptions.count }

        /// Why the rule may not win; the first reason there is.
        func obstacle(_ facts: Facts, isMiss: Bool) -> Contest.Obstacle? {
            // `misses` counts the stimulus itself where this rule would make it one.
            let misses = facts.misses + (isMiss ? 1 : 0)
            if let restriction = restriction(facts) { return restriction }
            if let failed = conditions.firstIndex(where: { !$0.holds(facts, misses: misses) }) {
                return .condition(failed)
            }
            return exceptions.firstIndex { $0.holds(facts, misses: misses) }
                .map { .exception($0) }
        }

        /// What keeps a rule from this customer or this time, besides its conditions.
        private func restriction(_ facts: Facts) -> Contest.Obstacle? {
            if let valid, let now = facts.now, !valid.contains(now) { return .notValid }
            if let accounts, let account = facts.account, !accounts.contains(account) {
                return .otherAccount
            }
            if let oncePer, let now = facts.now, let name, let last = facts.answered[name] {
                let until = last + oncePer
                if now < until { return .answered(until: until) }
            }
            return nil
        }
    }

    /// A table of rules.
    ///
    /// Throws the name of a schedule that isn't in `schedules`, and whose condition it is.
    init(
        _ rules: [RuleDefinition], _ schedules: [ScheduleName: CompiledSchedule]
    ) throws(UnknownSchedule) {
        summaries.reserveCapacity(rules.count)
        places.reserveCapacity(rules.count)
        for (index, rule) in rules.enumerated() {
            append(
                rule.priority,
                rule.isGuarded
                    ? Guarded(
                        conditions: try Guard.guards(rule.conditions, schedules, of: index),
                        exceptions: try Guard.guards(rule.exceptions, schedules, of: index),
                        valid: rule.valid, accounts: rule.accounts, oncePer: rule.oncePer,
                        name: rule.name) : nil)
        }
    }

    /// A table of notices: rules of one priority that are in force for a while.
    init(
        _ notices: [NoticeDefinition], _ schedules: [ScheduleName: CompiledSchedule]
    ) throws(UnknownSchedule) {
        for (index, notice) in notices.enumerated() {
            append(
                .normal,
                Guarded(
                    conditions: try Guard.guards(notice.conditions, schedules, of: index),
                    exceptions: try Guard.guards(notice.exceptions, schedules, of: index),
                    valid: notice.active, accounts: nil, oncePer: nil, name: nil))
        }
    }

    private mutating func append(_ priority: RuleDefinition.Priority, _ guards: Guarded?) {
        summaries.append(Summary(priority: priority, points: guards?.points ?? 0))
        places.append(guards == nil ? -1 : Int32(guarded.count))
        if let guards { guarded.append(guards) }
    }

    /// A condition on a schedule that isn't there.
    struct UnknownSchedule: Error {
        let name: ScheduleName
        let owner: Int
    }

    /// How a rule stands at best, given what its trigger is worth.
    @inline(__always)
    func bound(of rule: Int, _ base: Double) -> Bound {
        let summary = summaries[rule]
        return Bound(
            priority: summary.priority, score: base + summary.mostPoints, rule: rule)
    }

    /// What a rule can come to.
    struct Bound {
        let priority: RuleDefinition.Priority
        let score: Double
        let rule: Int
    }

    /// Weighs a rule by its best trigger and its conditions.
    func standing(
        of rule: Int, _ trigger: Int, _ base: Double, matched: Int? = nil, isMiss: Bool = false,
        _ facts: Facts
    ) -> Contest.Standing {
        var standing = Contest.Standing(
            rule: rule, trigger: trigger, base: base, matched: matched, isMiss: isMiss,
            priority: summaries[rule].priority)
        let place = Int(places[rule])
        guard place >= 0 else { return standing }
        standing.obstacle = guarded[place].obstacle(facts, isMiss: isMiss)
        if standing.obstacle == nil { standing.points = guarded[place].points }
        return standing
    }
}

extension RuleDefinition {
    fileprivate var isGuarded: Bool {
        !conditions.isEmpty || !exceptions.isEmpty || valid != nil || accounts != nil
            || oncePer != nil
    }
}
