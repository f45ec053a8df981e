import ChatModel
import RuleEngine
import SessionMachine

/// Flows: what a customer answers begins a turn of its own, what a company's system answers
/// doesn't.
extension PathWalker {
    /// As deep as the router goes; deeper nesting is a finding of its own.
    static var deepest: Int { 16 }

    /// States remembered with what their last branch told; far more than a flow of any length that
    /// a person reads.
    private static var mostStates: Int { 2000 }

    /// Runs a flow; what comes back goes on after it.
    mutating func run(_ name: FlowName, _ paths: PathStates) -> PathStates {
        guard let flow = flows[name], depth < Self.deepest else { return PathStates() }
        depth += 1
        defer { depth -= 1 }
        var done = PathStates()
        for (state, mark) in paths.all {
            // What was known outside is forgotten, so that a flow is walked once for each number
            // of messages and not once for each place that starts it.
            let entry = FlowEntry(flow: name, state: PathState(state.machine))
            if walked.insert(entry).inserted {
                let exits = walk(flow.steps, PathStates(entry.state, mark)).map {
                    (PathState($0.machine), $1)
                }
                summaries[entry] = exits
            }
            for (exit, _) in summaries[entry]?.all ?? [] {
                done.insert(exit, trails.add(.ran(name, count: exit.sent), after: mark))
            }
        }
        return done
    }

    /// Walks steps; what comes back goes on after them.
    mutating func walk(_ steps: [FlowStep], _ paths: PathStates) -> PathStates {
        var paths = paths
        for step in steps {
            if paths.isEmpty { break }
            // So long a row of branches on one value is beyond remembering.
            if paths.all.count > Self.mostStates {
                paths = paths.map { (PathState($0.machine), $1) }
            }
            paths = walk(step, paths)
        }
        return paths
    }

    private mutating func walk(_ step: FlowStep, _ paths: PathStates) -> PathStates {
        let place = PathPlace.step(step.place)
        switch step.action {
        case .ask(let question): return ask(question, paths, at: place)
        case .call(let request): return call(request, paths)
        case .reply(let parts): return send(parts, paths, at: place)
        case .branch(let conditions, let then, let otherwise):
            let sides = split(paths, conditions)
            var joined = walk(then, sides.holds)
            joined.formUnion(walk(otherwise, sides.fails))
            return joined
        case .set(let assignments):
            let names = Set(assignments.map(\.name))
            return paths.map { ($0.forgetting { names.contains($0) }, $1) }
        case .tag: return paths
        case .start(let flow):
            return run(flow, paths.map { ($0, trails.add(.starts(flow), after: $1)) })
        case .handoff(let policy):
            _ = handOver(policy, paths, at: place)
            return PathStates()
        case .end(let ending):
            endSession(ending, paths, at: place)
            return PathStates()
        }
    }

    private mutating func ask(
        _ question: FlowStep.Question, _ paths: PathStates, at place: PathPlace
    ) -> PathStates {
        let slot = question.slot
        var asked: Trails.Mark?
        for (state, mark) in paths.all {
            let mark = trails.add(.asks(slot, count: state.sent + 1), after: mark)
            if order(state, mark, at: place) != nil, asked == nil { asked = .some(mark) }
        }
        var on = paths.map { ($0, trails.add(.known(slot), after: $1)) }
        guard let asked else { return on }
        // Whatever was sent before, the customer's answer begins a turn.
        let turn = PathState(turnIn: .assistant)
        let answered = trails.add(.answers(slot), after: asked)
        on.insert(turn, answered)
        if let notice = notices.beforeAnswers {
            let mark = trails.add(.notice(notice.name), after: answered)
            if let next = order(turn, mark, at: place) { on.insert(next, mark) }
        }
        _ = walk(
            question.otherwise, PathStates(turn, trails.add(.givesUp(slot), after: asked)))
        let name = ValueName(slot.rawValue)
        return on.map { ($0.forgetting { $0 == name }, $1) }
    }

    private mutating func call(
        _ request: FlowStep.Request, _ paths: PathStates
    ) -> PathStates {
        let name = "\(request.service).\(request.operation)"
        _ = walk(request.failed, paths.map { ($0, trails.add(.failed(name), after: $1)) })
        let prefix = request.save + "."
        return paths.map {
            (
                $0.forgetting { $0.rawValue.hasPrefix(prefix) },
                trails.add(.answered(name), after: $1)
            )
        }
    }

    /// The paths on which all of `conditions` may hold, and those on which one may fail.
    private mutating func split(
        _ paths: PathStates, _ conditions: [Condition]
    ) -> (holds: PathStates, fails: PathStates) {
        let conditions = conditions.map(\.folded)
        let fact = conditions.first(where: \.isFact)
        let opposite = conditions.count == 1 ? conditions[0].negation : nil
        var (holds, fails) = (PathStates(), PathStates())
        for (state, mark) in paths.all {
            let known = state.known
            if !conditions.contains(where: { known?.excludes($0) ?? false }) {
                var state = state
                state.known = fact ?? known
                holds.insert(state, trails.add(.branch(holds: true), after: mark))
            }
            if !conditions.allSatisfy({ known?.implies($0) ?? false }) {
                var state = state
                state.known = opposite ?? known
                fails.insert(state, trails.add(.branch(holds: false), after: mark))
            }
        }
        return (holds, fails)
    }
}

extension PathState {
    /// Without what was known of values that have changed.
    fileprivate func forgetting(_ hasChanged: (ValueName) -> Bool) -> PathState {
        guard case .value(let name, _) = known, hasChanged(name) else { return self }
        var state = self
        state.known = nil
        return state
    }
}
