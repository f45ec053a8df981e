import ChatModel
import Routing
import RuleEngine
import RuleFiles

/// Rules made ready for playing.
struct PlayableRules: Sendable {
    let rules: RuleSet
    let playbook: Playbook
    /// The places tests should go through; `nil` where nobody counts them.
    let map: CoverageMap?

    /// - Parameter version: What tests call these rules after `version:`.
    init(
        _ loaded: LoadedRules, definition: RuleSetDefinition, version: RuleSetVersion,
        isCovered: Bool = false
    ) throws(RuleSetError) {
        rules = try RuleSet(definition)
        playbook = Playbook(rules, version: version)
        map = isCovered ? CoverageMap(definition, symbols: loaded.symbols) : nil
    }

    var definition: RuleSetDefinition { rules.definition }
}

extension BundleDefinition {
    /// Everybody the bundle names, in the order of its policies, flows and rules.
    var servicers: [ServicerID] {
        var found: [ServicerID] = []
        func add(_ destination: HandoffDefinition.Destination) {
            let more: [ServicerID] =
                switch destination {
                case .pool: []
                case .servicer(let one): [one]
                case .team(let team): team
                }
            for servicer in more where !found.contains(servicer) { found.append(servicer) }
        }
        for handoff in policies + handoffs {
            add(handoff.to)
            for case .transfer(let destination) in [
                handoff.closed, handoff.nobody, handoff.overdue,
            ].compactMap({ $0 }) { add(destination) }
        }
        return found
    }

    /// The hand-offs that stand in rules and flows; those with a name are there by copy.
    var handoffs: [HandoffDefinition] {
        flows.flatMap { $0.steps.flatMap(\.handoffs) } + rules.compactMap(\.handoff)
    }
}

extension FlowStep {
    /// The hand-offs of a step and of those within it.
    fileprivate var handoffs: [HandoffDefinition] {
        switch action {
        case .handoff(let handoff): [handoff]
        case .ask(let question): question.otherwise.flatMap(\.handoffs)
        case .call(let request): request.failed.flatMap(\.handoffs)
        case .branch(_, let then, let otherwise): (then + otherwise).flatMap(\.handoffs)
        case .reply, .set, .tag, .start, .end: []
        }
    }
}
