/// Which flow starts which, and what each finds out.
struct FlowGraph {
    private let flows: [String: FlowSyntax]
    private let order: [String]
    /// By flow: the names it starts.
    private var starts: [String: [Words]] = [:]
    /// By flow: the flows that start it.
    private var starters: [String: [String]] = [:]
    /// By flow: slots it asks for, answers it saves, values it sets; without the flows it starts.
    private var own: [String: Set<String>] = [:]

    init(_ flows: [FlowSyntax]) {
        self.flows = Dictionary(
            flows.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
        order = flows.map(\.name.text)
        for flow in flows {
            let name = flow.name.text
            var found: Set<String> = []
            var next: [Words] = []
            flow.steps.forEachStep { step in
                switch step.action {
                case .ask(let question): found.insert(question.slot.text)
                case .call(let request): if let save = request.save { found.insert(save.text) }
                case .set(let assignments): found.formUnion(assignments.map(\.name.text))
                case .start(let words): next.append(words)
                case .reply, .branch, .tag, .handoff, .end: break
                }
            }
            own[name] = found
            starts[name] = next
            for words in next { starters[words.text, default: []].append(name) }
        }
    }

    /// What is found out by a flow and the flows it starts; of very many, by the first hundred.
    func produced(by name: String, besides excluded: Set<String> = []) -> Set<String> {
        var visited = excluded
        var found: Set<String> = []
        var waiting = [name]
        while let name = waiting.popLast(), visited.count <= excluded.count + 100 {
            guard visited.insert(name).inserted else { continue }
            found.formUnion(own[name] ?? [])
            waiting += (starts[name] ?? []).map(\.text)
        }
        return found
    }

    /// What the flows that start a flow may have found out by then.
    func producedByStarters(of name: String) -> Set<String> {
        (starters[name] ?? []).prefix(100).reduce(into: Set<String>()) { known, starter in
            known.formUnion(produced(by: starter, besides: [name]))
        }
    }

    /// Every `start` that leads back to a flow still under way: each circle once.
    var circles: [Words] {
        enum Color { case open, done }
        var colors: [String: Color] = [:]
        var found: [Words] = []
        for root in order where colors[root] == nil {
            var path: [(name: String, next: Int)] = [(root, 0)]
            colors[root] = .open
            while let (name, next) = path.last {
                let targets = starts[name] ?? []
                guard next < targets.count else {
                    colors[name] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let target = targets[next]
                switch colors[target.text] {
                case .open: found.append(target)
                case .done: break
                case nil:
                    colors[target.text] = .open
                    path.append((target.text, 0))
                }
            }
        }
        return found
    }
}
