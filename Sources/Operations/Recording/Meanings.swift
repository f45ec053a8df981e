import ChatModel
import RuleEngine

/// What rules make of a customer's words: two texts with the same meaning lead a conversation the
/// same way.
struct Meanings: Sendable {
    private let bundle: CompiledBundle
    private let acceptors: [SlotAcceptor]
    /// What is asked of slots' values.
    private let tests: [ValueName: [ValueTest]]

    /// What a text comes to.
    struct Meaning: Hashable {
        private let answerers: [Int]
        private let isAskedBack: Bool
        private let slots: [SlotName: [String]]
        private let cancels: Set<FlowName>

        fileprivate init(
            _ decision: Decision, slots: [SlotName: [String]], cancels: Set<FlowName>
        ) {
            switch decision {
            case .none: (answerers, isAskedBack) = ([], false)
            case .rule(let verdict): (answerers, isAskedBack) = ([verdict.rule], false)
            case .askBack(let candidates):
                (answerers, isAskedBack) = (candidates.rules.map(\.rule), true)
            }
            self.slots = slots
            self.cancels = cancels
        }
    }

    init(_ bundle: CompiledBundle) {
        self.bundle = bundle
        acceptors = bundle.definition.slots.compactMap { bundle.acceptor(for: $0.name) }
        tests = bundle.definition.valueTests
    }

    /// What `words` come to under `facts`.
    func meaning(of words: String, _ facts: Facts) -> Meaning {
        let stimulus = Stimulus.text(words, menuItem: nil)
        var slots: [SlotName: [String]] = [:]
        for acceptor in acceptors {
            let now = facts.now ?? Timestamp(seconds: 0)
            guard let value = acceptor.value(in: stimulus, now: now) else { continue }
            let name = ValueName(acceptor.definition.name.rawValue)
            var traits = answers(about: name, value).map { "\($0)" }
            // One of a few answers says nothing about who gave it.
            if case .choice = acceptor.definition.accept { traits.append(value) }
            slots[acceptor.definition.name] = traits
        }
        let folded = FoldedText(words).keywords
        let cancels = bundle.definition.flows.filter { flow in
            flow.cancel.contains { FoldedText($0).keywords == folded }
        }
        return Meaning(
            bundle.decision(for: stimulus, facts: facts), slots: slots,
            cancels: Set(cancels.map(\.name)))
    }

    /// What holds of all that rules ask of a value, in their order.
    func answers(about name: ValueName, _ value: String) -> [Bool] {
        let known = Facts(values: [name: value])
        return (tests[name] ?? []).map { bundle.holds([.value(name, $0)], known) }
    }
}

extension BundleDefinition {
    /// Words that rules look for, or compare values with.
    var knownWords: Set<String> {
        var words: Set<String> = []
        for trigger in rules.flatMap(\.triggers) + notices.flatMap(\.triggers) {
            switch trigger {
            case .says(let text), .saysExactly(let text), .startsWith(let text),
                .endsWith(let text):
                words.insert(text)
            case .saysAll(let texts): words.formUnion(texts)
            case .asksLike, .matches, .clicks, .sends, .event, .noMatch: break
            }
        }
        for test in valueTests.values.joined() {
            if case .isAny(let texts) = test { words.formUnion(texts) }
        }
        return words.union(flows.flatMap(\.cancel))
    }

    /// What rules and flows ask of values.
    fileprivate var valueTests: [ValueName: [ValueTest]] {
        var tests: [ValueName: [ValueTest]] = [:]
        func note(_ conditions: [Condition]) {
            for condition in conditions {
                switch condition {
                case .value(let name, let test): tests[name, default: []].append(test)
                case .any(let inner), .all(let inner): note(inner)
                case .not(let inner): note([inner])
                case .scene, .state, .misses, .hours, .inFlow, .returning, .tagged, .speaks: break
                }
            }
        }
        func note(_ steps: [FlowStep]) {
            for step in steps {
                switch step.action {
                case .ask(let question): note(question.otherwise)
                case .call(let request): note(request.failed)
                case .branch(let conditions, let then, let otherwise):
                    note(conditions)
                    note(then + otherwise)
                case .reply, .set, .tag, .start, .handoff, .end: break
                }
            }
        }
        for rule in rules { note(rule.conditions + rule.exceptions) }
        for flow in flows { note(flow.steps) }
        return tests
    }

    /// Where the answer to a call is kept: as the flow it was made in says, or else any other.
    func save(of call: CompanyCall, in name: FlowName?) -> String? {
        func find(_ steps: [FlowStep]) -> String? {
            for step in steps {
                let found: String? =
                    switch step.action {
                    case .call(let request)
                    where request.service == call.service && request.operation == call.operation:
                        request.save
                    case .call(let request): find(request.failed)
                    case .ask(let question): find(question.otherwise)
                    case .branch(_, let then, let otherwise): find(then) ?? find(otherwise)
                    case .reply, .set, .tag, .start, .handoff, .end: nil
                    }
                if let found { return found }
            }
            return nil
        }
        let flows = flows.filter { $0.name == name } + flows
        return flows.lazy.compactMap { find($0.steps) }.first
    }

    /// Whether a flow, or one it may go on with, asks for something that any words can be.
    func asksForAnything(in name: FlowName) -> Bool {
        func asks(_ steps: [FlowStep]) -> Bool {
            steps.contains { step in
                switch step.action {
                case .ask(let question):
                    (slot(question.slot)?.takesAnyWords ?? false) || asks(question.otherwise)
                case .call(let request): asks(request.failed)
                case .branch(_, let then, let otherwise): asks(then + otherwise)
                // Rather one answer too many is made unreadable.
                case .start: true
                case .reply, .set, .tag, .handoff, .end: false
                }
            }
        }
        return flow(name).map { asks($0.steps) } ?? true
    }
}

extension SlotDefinition {
    fileprivate var takesAnyWords: Bool {
        switch accept {
        case .anything, .regex: true
        case .digits, .choice, .date, .phone, .order: false
        }
    }
}

extension MenuDefinition.Item {
    /// The id that comes back when it is tapped.
    var wireID: WireID? {
        if case .click(let id, _) = item { id } else { nil }
    }
}

extension CompiledBundle {
    /// What a test calls an item: `menu.item`, `survey.mark`, `slot.option`, or a question that
    /// the customer was asked back with.
    func name(ofItem item: WireID) -> String? {
        if let (menu, key) = menuItem(wireID: item) { return "\(menu).\(key)" }
        for slot in definition.slots {
            guard case .choice(let options) = slot.accept else { continue }
            if let option = options.first(where: { $0.wireID == item }) {
                return "\(slot.name).\(option.value)"
            }
        }
        return candidate(wireID: item).map { definition.rules[$0].name.rawValue }
    }
}
