import ChatModel
import RuleEngine
import SessionMachine

/// What a hand-off policy may come to, and the branches gone through.
struct HandoffOutcome {
    enum Kind {
        case transfer(SessionTarget, HandoffDefinition)
        case reply([ReplyPart], by: PolicyName?)
        case end(EndDefinition, by: PolicyName?)
    }

    let kind: Kind
    let steps: [PathStep]
    /// Whether nobody wrote it: the pool, where nothing is said for "nobody is there".
    var isImplied = false
}

/// A session that people have, and the policy it came by.
struct HandedOver: Hashable {
    let state: SessionState
    let policy: HandoffDefinition
}

/// Hand-offs: opening hours, the roster, the codes, and what happens when nobody comes.
extension PathWalker {
    /// Carries out a policy; what comes back stayed with the bot.
    mutating func handOver(
        _ policy: HandoffDefinition, _ paths: PathStates, at place: PathPlace
    ) -> PathStates {
        var stay = PathStates()
        for outcome in results(of: policy) {
            let reached = paths.map { state, mark in
                (state, outcome.steps.reduce(mark) { trails.add($1, after: $0) })
            }
            switch outcome.kind {
            case .reply(let parts, let name):
                stay.formUnion(send(parts, reached, at: name.map(PathPlace.policy) ?? place))
            case .end(let ending, _): endSession(ending, reached, at: place)
            case .transfer(let target, let policy):
                let place = policy.name.map(PathPlace.policy) ?? place
                for (state, mark) in reached.all {
                    transfer(to: target, policy, state.machine, at: place, mark)
                }
            }
        }
        return stay
    }

    /// Ends the session on every path, and says goodbye with the code of the ending.
    mutating func endSession(
        _ ending: EndDefinition, _ paths: PathStates, at place: PathPlace
    ) {
        for (state, mark) in paths.all {
            var machine = state.machine
            let mark = trails.add(.transfers(.ended), after: mark)
            guard command(.ended, &machine, at: place, mark), let goodbye = ending.goodbye else {
                continue
            }
            say(
                goodbye.sample, "ended", .ended, &machine, at: place,
                trails.add(.saysClosing, after: mark))
        }
    }

    /// Whether the machine lets us command `target`; a finding where it doesn't.
    private mutating func command(
        _ target: SessionTarget, _ machine: inout SessionMachine, at place: PathPlace,
        _ mark: Trails.Mark
    ) -> Bool {
        switch machine.answer(to: target) {
        case .call:
            machine.commanded(target, code: EventCode(target.codeName), at: PathState.now)
            return true
        case .alreadyThere: return false
        case .refused(let refusal):
            report(.illegalTransition(target, refusal), at: place, mark)
            return false
        }
    }

    private mutating func transfer(
        to target: SessionTarget, _ policy: HandoffDefinition, _ machine: SessionMachine,
        at place: PathPlace, _ mark: Trails.Mark
    ) {
        var machine = machine
        let mark = trails.add(.transfers(target), after: mark)
        guard command(target, &machine, at: place, mark) else { return }
        if policy.waitingText != nil {
            let scene: CodeScene = target == .pool ? .queued : .assigned
            say(
                .text(""), EventCode(target.codeName), scene, &machine, at: place,
                trails.add(.saysWaiting, after: mark))
        }
        follow(HandedOver(state: machine.state, policy: policy), at: place, mark)
    }

    /// What people, and the clock, may do with a session that was handed over.
    private mutating func follow(
        _ session: HandedOver, at place: PathPlace, _ mark: Trails.Mark
    ) {
        guard followed.insert(session).inserted else { return }
        close(session, at: place, mark)
        guard let within = session.policy.pickUpWithin, let fallback = session.policy.overdue
        else { return }
        let mark = trails.add(.overdue(within), after: mark)
        switch fallback {
        case .reply: report(.overdueSilent, at: place, mark)
        case .end(let ending):
            endSession(ending, PathStates(PathState(state: session.state), mark), at: place)
        case .transfer(let destination):
            let targets = destination.targets
            for target in targets {
                let next = HandoffDefinition(to: destination, ended: session.policy.ended)
                rescue(
                    session, by: next, to: target, isOnly: targets.count == 1, at: place, mark)
            }
        case .policy(let name):
            guard let policy = policies[name] else { return }
            let results = results(of: policy)
            for outcome in results {
                let mark = outcome.steps.reduce(mark) { trails.add($1, after: $0) }
                switch outcome.kind {
                case .transfer(let target, var chosen):
                    // The router leaves the session with whom it is, then.
                    if outcome.isImplied { continue }
                    // What was promised for the session's end stays promised.
                    chosen.ended = session.policy.ended
                    rescue(
                        session, by: chosen, to: target, isOnly: results.count == 1, at: place,
                        mark)
                case .reply(let parts, _):
                    if !parts.isEmpty { report(.overdueSilent, at: place, mark) }
                case .end: break
                }
            }
        }
    }

    /// An overdue session goes to somebody else.
    private mutating func rescue(
        _ session: HandedOver, by policy: HandoffDefinition, to target: SessionTarget,
        isOnly: Bool, at place: PathPlace, _ mark: Trails.Mark
    ) {
        var machine = PathState(state: session.state).machine
        let mark = trails.add(.transfers(target), after: mark)
        if isOnly, machine.isAlready(at: target) {
            return report(.overdueChangesNothing(target), at: place, mark)
        }
        guard command(target, &machine, at: place, mark) else { return }
        follow(HandedOver(state: machine.state, policy: policy), at: place, mark)
    }

    /// A servicer takes the session, and ends it: what is said then.
    private mutating func close(
        _ session: HandedOver, at place: PathPlace, _ mark: Trails.Mark
    ) {
        guard let closing = session.policy.ended else { return }
        var machine = PathState(state: session.state).machine
        var mark = mark
        if machine.state == .pool {
            mark = trails.add(.pickedUp, after: mark)
            machine.observed(
                .sessionChanged(.pickedUp(by: "servicer", code: "assigned")), at: PathState.now)
        }
        mark = trails.add(.servicerEnds, after: mark)
        machine.observed(.sessionChanged(.ended(by: nil, code: "ended")), at: PathState.now)
        say(
            closing.sample, "ended", .ended, &machine, at: place,
            trails.add(.saysClosing, after: mark))
    }

    // MARK: Policies

    /// Everything a policy may come to: the policies it leads to are looked at once each, however
    /// many ways lead there.
    private mutating func results(of policy: HandoffDefinition) -> [HandoffOutcome] {
        if let known = outcomes[policy] { return known }
        var results: [HandoffOutcome] = []
        var queue: [(policy: HandoffDefinition, steps: [PathStep])] = [(policy, [])]
        var visited: Set<PolicyName> = []
        if let name = policy.name { visited.insert(name) }
        var next = 0
        while next < queue.count {
            let (policy, steps) = queue[next]
            next += 1
            for target in policy.to.targets {
                results.append(HandoffOutcome(kind: .transfer(target, policy), steps: steps))
            }
            var branches: [(HandoffDefinition.Fallback, PathStep)] = []
            let nobody = PathStep.nobody(policy.name)
            if policy.open != nil {
                branches.append((policy.closed ?? .reply([]), .closed(policy.name)))
            }
            if policy.to != .pool {
                if let fallback = policy.nobody {
                    branches.append((fallback, nobody))
                } else {
                    results.append(
                        HandoffOutcome(
                            kind: .transfer(.pool, policy), steps: steps + [nobody],
                            isImplied: true))
                }
            }
            for (fallback, step) in branches {
                let steps = steps + [step]
                switch fallback {
                case .reply(let parts):
                    results.append(
                        HandoffOutcome(kind: .reply(parts, by: policy.name), steps: steps))
                case .end(let ending):
                    results.append(
                        HandoffOutcome(kind: .end(ending, by: policy.name), steps: steps))
                case .transfer(let destination):
                    for target in destination.targets {
                        results.append(
                            HandoffOutcome(kind: .transfer(target, policy), steps: steps))
                    }
                    if destination != .pool {
                        results.append(
                            HandoffOutcome(
                                kind: .transfer(.pool, policy), steps: steps + [nobody],
                                isImplied: true))
                    }
                case .policy(let name):
                    guard let other = policies[name], visited.insert(name).inserted else {
                        continue
                    }
                    queue.append((other, steps))
                }
            }
        }
        outcomes[policy] = results
        return results
    }
}

extension HandoffDefinition.Destination {
    /// Where it may lead.
    ///
    /// Of a team two are as good as all: what matters is whether it is the one
    /// who has the session, or another.
    fileprivate var targets: [SessionTarget] {
        switch self {
        case .pool: [.pool]
        case .servicer(let one): [.human(one)]
        case .team(let team): team.prefix(2).map { .human($0) }
        }
    }
}

extension SessionTarget {
    /// Names the code that comes with the transfer: one a scene is enough to tell them apart.
    fileprivate var codeName: String {
        switch self {
        case .assistant: "assistant"
        case .pool: "queued"
        case .human: "assigned"
        case .ended: "ended"
        }
    }
}

extension ClosingMessage {
    /// A message of the same kind.
    fileprivate var sample: OutgoingBody {
        switch self {
        case .text: .text("")
        case .menu, .survey: .menu(OutgoingBody.Menu(head: nil, items: [], tail: nil))
        }
    }
}
