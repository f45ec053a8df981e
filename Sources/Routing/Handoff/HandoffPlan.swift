import ChatModel
import RuleEngine

/// What a hand-off policy comes to at this moment: whom the session goes to, or what is done
/// instead.
enum HandoffPlan: Hashable {
    /// The session goes there, under the terms of `policy`.
    case transfer(SessionTarget, policy: HandoffDefinition)
    /// The bot says this and keeps the session.
    case reply([ReplyPart])
    case end(EndDefinition)
}

/// Walks hand-off policies: opening hours, the roster, and what is done when nobody is there.
struct HandoffPlanner {
    let bundle: BundleDefinition
    /// Whether a schedule is open now.
    let isOpen: (ScheduleName) -> Bool
    /// What is known of a servicer of the account; `nil` for nothing.
    let servicer: (ServicerID) -> RosterRow?
    /// Whether the account's roster is known: then who isn't on it can't serve.
    let isRosterKnown: Bool
    /// Who last served this customer.
    let lastServed: Conversation.Served?
    let now: Timestamp
    /// Branches gone through, for coverage.
    private(set) var trace: [Effects.Trace] = []

    init(
        bundle: BundleDefinition, isOpen: @escaping (ScheduleName) -> Bool,
        servicer: @escaping (ServicerID) -> RosterRow?, isRosterKnown: Bool,
        lastServed: Conversation.Served?, now: Timestamp
    ) {
        self.bundle = bundle
        self.isOpen = isOpen
        self.servicer = servicer
        self.isRosterKnown = isRosterKnown
        self.lastServed = lastServed
        self.now = now
    }

    /// Decides; policies that lead to one another in a circle end in the pool.
    mutating func plan(_ policy: HandoffDefinition) -> HandoffPlan {
        var policy = policy
        var visited: Set<PolicyName> = []
        while true {
            if let name = policy.name, !visited.insert(name).inserted {
                return .transfer(.pool, policy: policy)
            }
            let fallback: HandoffDefinition.Fallback
            if let hours = policy.open, !isOpen(hours) {
                note(policy, "closed")
                // A bot that keeps the session can still answer; the pool outside the hours is a
                // queue that nobody looks at.
                fallback = policy.closed ?? .reply([])
            } else if let target = target(of: policy) {
                return .transfer(target, policy: policy)
            } else {
                note(policy, "nobody")
                fallback = policy.nobody ?? .transfer(.pool)
            }
            switch fallback {
            case .reply(let parts): return .reply(parts)
            case .end(let ending): return .end(ending)
            case .transfer(let destination):
                return .transfer(somebody(of: destination) ?? .pool, policy: policy)
            case .policy(let name):
                guard let next = bundle.policy(name) else {
                    return .transfer(.pool, policy: policy)
                }
                policy = next
            }
        }
    }

    /// Who takes over; `nil` when nobody can.
    private mutating func target(of policy: HandoffDefinition) -> SessionTarget? {
        if let within = policy.preferLastServed ?? (policy.pick == .lastServed ? .days(30) : nil),
            let last = lastServed, now - last.until <= within, isAvailable(last.servicer),
            policy.to.mayBe(last.servicer)
        {
            note(policy, "prefer")
            return .human(last.servicer)
        }
        let target: SessionTarget? =
            switch policy.to {
            case .pool: .pool
            case .servicer(let one): isAvailable(one) ? .human(one) : nil
            case .team(let team): pick(from: team, by: policy.pick).map(SessionTarget.human)
            }
        if target != nil { note(policy, "to") }
        return target
    }

    /// A destination without conditions: of a team, whoever is available.
    private func somebody(of destination: HandoffDefinition.Destination) -> SessionTarget? {
        switch destination {
        case .pool: .pool
        case .servicer(let one): .human(one)
        case .team(let team): pick(from: team, by: .leastBusy).map(SessionTarget.human)
        }
    }

    private func pick(
        from team: [ServicerID], by pick: HandoffDefinition.Pick
    ) -> ServicerID? {
        let available = team.filter(isAvailable)
        // `min` takes the first of equals: the order written.
        switch pick {
        case .leastBusy, .lastServed: return available.min { load($0) < load($1) }
        case .roundRobin:
            return available.min { one, other in
                switch (servicer(one)?.assignedAt, servicer(other)?.assignedAt) {
                case (let one?, let other?): one < other
                case (nil, _?): true
                case (_, nil): false
                }
            }
        }
    }

    private func load(_ one: ServicerID) -> Int { servicer(one)?.load ?? 0 }

    /// Whether the platform would take a transfer to `one`, as far as we know: who was never
    /// heard of is tried, once the roster is known only who is on it.
    private func isAvailable(_ one: ServicerID) -> Bool {
        guard let row = servicer(one) else { return !isRosterKnown }
        return row.isReceiving ?? true
    }

    private mutating func note(_ policy: HandoffDefinition, _ branch: String) {
        if let name = policy.name { trace.append(.policy(name, branch)) }
    }
}

extension HandoffDefinition.Destination {
    /// Whether `servicer` is among those it names; the pool may be anybody.
    fileprivate func mayBe(_ servicer: ServicerID) -> Bool {
        switch self {
        case .pool: true
        case .servicer(let one): one == servicer
        case .team(let team): team.contains(servicer)
        }
    }
}

extension Duration {
    static func days(_ days: Int64) -> Duration { .seconds(days * 86_400) }
}
