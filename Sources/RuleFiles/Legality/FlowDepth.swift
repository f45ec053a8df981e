import ChatModel
import RuleEngine

/// How deep flows are nested: the router leaves a flow that is nested deeper than it goes.
struct FlowDepth {
    private let starts: [FlowName: [(flow: FlowName, place: SourcePlace)]]
    private let order: [FlowName]

    /// The flows of a bundle; none leads back to itself.
    init(_ flows: [FlowDefinition]) {
        order = flows.map(\.name)
        starts = Dictionary(
            flows.map { ($0.name, Self.starts(in: $0.steps)) }, uniquingKeysWith: { one, _ in one })
    }

    private static func starts(in steps: [FlowStep]) -> [(flow: FlowName, place: SourcePlace)] {
        steps.flatMap { step -> [(flow: FlowName, place: SourcePlace)] in
            switch step.action {
            case .start(let flow): [(flow, step.place)]
            case .ask(let question): starts(in: question.otherwise)
            case .call(let request): starts(in: request.failed)
            case .branch(_, let then, let otherwise): starts(in: then) + starts(in: otherwise)
            case .reply, .set, .tag, .handoff, .end: []
            }
        }
    }

    /// The `start` steps that lead deeper than `deepest` flows, with the names on the way.
    func tooDeep(over deepest: Int) -> [(place: SourcePlace, chain: [FlowName])] {
        var depths: [FlowName: Int] = [:]
        // Without recursion: a chain of flows may be as long as a file.
        for root in order where depths[root] == nil {
            var path: [(name: FlowName, next: Int, deepest: Int)] = [(root, 0, 0)]
            var onPath: Set<FlowName> = [root]
            while let (name, next, below) = path.last {
                let targets = starts[name] ?? []
                guard next < targets.count else {
                    depths[name] = below + 1
                    path.removeLast()
                    onPath.remove(name)
                    if let parent = path.indices.last {
                        path[parent].deepest = max(path[parent].deepest, below + 1)
                    }
                    continue
                }
                path[path.count - 1].next += 1
                let target = targets[next].flow
                if let depth = depths[target] {
                    path[path.count - 1].deepest = max(below, depth)
                } else if onPath.insert(target).inserted {
                    path.append((target, 0, 0))
                }
            }
        }
        return order.flatMap { name in
            (starts[name] ?? []).filter {
                depths[$0.flow] == deepest && depths[name] == deepest + 1
            }
            .map { ($0.place, chain(from: name, depths)) }
        }
    }

    private func chain(from name: FlowName, _ depths: [FlowName: Int]) -> [FlowName] {
        var chain = [name]
        while let last = chain.last, chain.count < 40,
            let next = starts[last]?.map(\.flow).max(by: { depths[$0] ?? 0 < depths[$1] ?? 0 })
        {
            chain.append(next)
        }
        return chain
    }
}
