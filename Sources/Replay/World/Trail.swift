import ChatModel
import Routing
import RuleEngine
import SessionMachine

/// What of the rules a test went through: the raw material of coverage.
struct Trail: Sendable {
    /// A rule that answered, and what it answered.
    struct Win: Hashable, Sendable {
        var rule: RuleName
        var stimulus: Stimulus
        var facts: Facts?
        var version: RuleSetVersion?
    }

    /// A branch of a policy of some version.
    struct Branch: Hashable, Sendable {
        var policy: PolicyName
        var branch: String
        var version: RuleSetVersion?
    }

    /// A step of a flow and what came of it.
    struct FlowStep: Hashable, Sendable {
        var place: SourcePlace
        var outcome: String
    }

    private(set) var wins: Set<Win> = []
    private(set) var branches: Set<Branch> = []
    private(set) var steps: Set<FlowStep> = []
    /// Ids of items that customers tapped.
    private(set) var taps: Set<WireID> = []
    /// Numbers of the states sessions were in.
    private(set) var states: Set<Int> = []

    mutating func note(
        _ effects: Effects, of work: Work, before: Snapshot, active: RuleSetVersion?
    ) {
        for record in effects.inbox { note(record, active: active) }
        for trace in effects.trace {
            switch trace {
            case .step(let place, let outcome):
                steps.insert(FlowStep(place: place, outcome: outcome))
            case .policy(let policy, let branch):
                branches.insert(Branch(policy: policy, branch: branch, version: active))
            case .notice: break
            }
        }
        for conversation in effects.conversations {
            states.insert(conversation.session.state.number)
        }
        // The words for the end of a session are said long after the policy was walked through.
        for entry in effects.outbox where entry.reason.hasPrefix("ended:") {
            let handover = before.conversations[entry.conversation]?.memory.handover
            guard let policy = handover?.policy else { continue }
            branches.insert(Branch(policy: policy, branch: "ended", version: active))
        }
    }

    private mutating func note(_ record: Effects.InboxRecord, active: RuleSetVersion?) {
        let stimulus: Stimulus
        switch record.row.content {
        case .fromCustomer(_, .text(let words, let item)):
            if let item { taps.insert(item) }
            stimulus = .text(words, menuItem: item)
        case .fromCustomer(_, let body): stimulus = .message(body.kind)
        case .event(.entered): stimulus = .event(.enterSession)
        case .event, .fromServicer, .unknown: return
        }
        guard case .rule(let rule) = record.reason else { return }
        wins.insert(
            Win(
                rule: rule, stimulus: stimulus, facts: record.facts,
                version: record.version ?? active))
    }
}
