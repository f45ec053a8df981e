package import ChatModel

extension BundleDefinition {
    /// The values that conditions of the bundle ask for: of rules, notices and steps of flows.
    package var valuesAskedFor: Set<ValueName> {
        var found: Set<ValueName> = []
        for rule in rules {
            (rule.conditions + rule.exceptions).forEach { $0.addValues(to: &found) }
        }
        for notice in notices {
            (notice.conditions + notice.exceptions).forEach { $0.addValues(to: &found) }
        }
        for flow in flows { Self.addValues(of: flow.steps, to: &found) }
        return found
    }

    private static func addValues(of steps: [FlowStep], to found: inout Set<ValueName>) {
        for step in steps {
            switch step.action {
            case .branch(let conditions, let then, let otherwise):
                conditions.forEach { $0.addValues(to: &found) }
                addValues(of: then + otherwise, to: &found)
            case .ask(let question): addValues(of: question.otherwise, to: &found)
            case .call(let request): addValues(of: request.failed, to: &found)
            case .reply, .set, .tag, .start, .handoff, .end: break
            }
        }
    }
}

extension Condition {
    fileprivate func addValues(to found: inout Set<ValueName>) {
        switch self {
        case .value(let name, _): found.insert(name)
        case .any(let conditions), .all(let conditions):
            conditions.forEach { $0.addValues(to: &found) }
        case .not(let condition): condition.addValues(to: &found)
        case .scene, .state, .misses, .hours, .inFlow, .returning, .tagged, .speaks: break
        }
    }
}
