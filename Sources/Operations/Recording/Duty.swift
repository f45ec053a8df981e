import Boundary
import ChatModel
import Routing
import RuleEngine

/// Who must be on duty in a test, so that a session goes to the person it went to.
///
/// Everybody a bundle names is, unless a step says otherwise; who was busy can't be told, but who
/// got the session can.
struct Duty: Sendable {
    /// Those who are; `nil` for everybody.
    private var present: Set<ServicerID>?
    private var handovers = 0

    /// The step to be taken before a message that set off `actions`; `nil` where none is needed.
    mutating func step(
        before actions: [RecordedAction], _ bundle: BundleDefinition
    ) -> String? {
        let done = actions.last { $0.status == .done && $0.target != nil }
        guard let done, let target = done.target else { return nil }
        let needed: Set<ServicerID>
        switch target {
        case .human(let servicer):
            defer { handovers += 1 }
            if let present, present == [servicer] { return nil }
            if present == nil, handovers == 0, bundle.picksFirst(servicer) { return nil }
            needed = [servicer]
        case .pool:
            // Nobody was there to take it at once.
            guard present != [], bundle.handsToPeople(for: done.entry.reason) else { return nil }
            needed = []
        case .assistant, .ended: return nil
        }
        present = needed
        let starts = needed.map { ", \(Recording.quoted($0.rawValue)): start" }.joined()
        return "servicer: { all: stop\(starts) }"
    }
}

extension BundleDefinition {
    /// Every way there is to a person.
    private var handoffs: [HandoffDefinition] {
        policies + rules.compactMap(\.handoff) + flows.flatMap { $0.steps.flatMap(\.handoffs) }
    }

    /// Whether `servicer` is the one who gets the first session of all, whoever it is asked for.
    fileprivate func picksFirst(_ servicer: ServicerID) -> Bool {
        let named = handoffs.contains { $0.to == .servicer(servicer) }
        let teams = handoffs.compactMap { handoff -> [ServicerID]? in
            if case .team(let team) = handoff.to, team.contains(servicer) { team } else { nil }
        }
        // Somebody else's deputy gets it only when that one is away.
        return named != teams.contains { $0.first == servicer }
            && teams.allSatisfy { $0.first == servicer }
    }

    /// Whether what is decided for this reason goes to named people first.
    fileprivate func handsToPeople(for reason: String) -> Bool {
        let name = reason.hasPrefix("rule:") ? RuleName(String(reason.dropFirst(5))) : nil
        guard let rule = rules.first(where: { $0.name == name }) else { return false }
        let starts = rule.start.flatMap { flow($0) }
        let handoffs = (rule.handoff.map { [$0] } ?? []) + (starts?.steps.flatMap(\.handoffs) ?? [])
        return handoffs.contains { $0.to != .pool }
    }
}

extension FlowStep {
    /// Every way from here to a person.
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
