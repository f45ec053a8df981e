import ChatModel
import RuleEngine
import RuleFiles

/// What a chat knows of the rules it is with: who serves, which account, which items there are.
struct ChatCast {
    /// The alias the simulator's one account goes by.
    var account: AccountAlias = EmbeddedDefault.accountAlias
    /// The people the rules name, in the order written; those of the simulator where there is none.
    var servicers: [ServicerID] = EmbeddedDefault.servicers
    /// Ids of what can be tapped, as `menu.item`.
    var items: [String: WireID] = [:]

    /// Nothing known of the rules.
    init() {}

    /// Of the bundle that serves `alias`, or of the first.
    ///
    /// - Returns: `nil` when no bundle serves it.
    init?(_ definition: RuleSetDefinition, account alias: String?) {
        let bundle = definition.bundles.first { bundle in
            alias.map { bundle.accounts.contains(AccountAlias($0)) } ?? !bundle.accounts.isEmpty
        }
        guard let bundle, let first = bundle.accounts.first else { return nil }
        account = alias.map { AccountAlias($0) } ?? first
        let people = bundle.people
        if !people.isEmpty { servicers = people }
        for menu in bundle.menus + bundle.surveys.map(\.menu) {
            for item in menu.items {
                if case .click(let id, _) = item.item { items["\(menu.name).\(item.key)"] = id }
            }
        }
        for slot in bundle.slots {
            guard case .choice(let options) = slot.accept else { continue }
            for option in options { items["\(slot.name).\(option.value)"] = option.wireID }
        }
    }

    /// The aliases that could have been meant.
    static func accounts(of definition: RuleSetDefinition) -> [String] {
        definition.bundles.flatMap(\.accounts).map(\.rawValue)
    }
}

extension BundleDefinition {
    /// Everybody its hand-offs name, each once.
    fileprivate var people: [ServicerID] {
        var found: [ServicerID] = []
        func add(_ destination: HandoffDefinition.Destination) {
            switch destination {
            case .pool: break
            case .servicer(let one): if !found.contains(one) { found.append(one) }
            case .team(let team): for one in team where !found.contains(one) { found.append(one) }
            }
        }
        let handoffs = policies + rules.compactMap(\.handoff) + flows.flatMap(\.steps).handoffs
        for handoff in handoffs {
            add(handoff.to)
            for case .transfer(let other)? in [handoff.closed, handoff.nobody, handoff.overdue] {
                add(other)
            }
        }
        return found
    }
}

extension [FlowStep] {
    fileprivate var handoffs: [HandoffDefinition] {
        flatMap { step -> [HandoffDefinition] in
            switch step.action {
            case .handoff(let handoff): [handoff]
            case .ask(let question): question.otherwise.handoffs
            case .call(let request): request.failed.handoffs
            case .branch(_, let then, let otherwise): then.handoffs + otherwise.handoffs
            case .reply, .set, .tag, .start, .end: []
            }
        }
    }
}
