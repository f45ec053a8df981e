import ChatModel
import RuleEngine

/// What texts and conditions may ask of a conversation: slots, fields of answers, values that
/// rules set, and what every conversation has.
final class ValueNames {
    /// What a name turned out to be.
    enum Found {
        case value(ValueName)
        /// An answer as a whole: only its fields are values.
        case fieldless
    }

    private let names: BundleNames
    /// What calls' answers are kept as.
    private let saves: Set<String>
    /// What `set:` sets.
    private let sets: Set<String>
    private let lastingSlots: Set<String>

    init(_ syntax: BundleSyntax, names: BundleNames) {
        self.names = names
        var saves: Set<String> = []
        var sets: Set<String> = []
        func noteSets(_ assignments: [AssignmentSyntax]) {
            for assignment in assignments
            where !names.isDeclared(.slot, assignment.name.text)
                && BuiltInValues.canonical(assignment.name.text) == nil
            {
                sets.insert(assignment.name.text)
                names.declare(.value, assignment.name)
            }
        }
        for rule in syntax.rules { noteSets(rule.sets) }
        for flow in syntax.flows {
            flow.steps.forEachStep { step in
                switch step.action {
                case .set(let assignments): noteSets(assignments)
                case .call(let request):
                    guard let save = request.save else { break }
                    saves.insert(save.text)
                    names.declare(.value, save)
                default: break
                }
            }
        }
        self.saves = saves
        self.sets = sets
        lastingSlots = Set(syntax.slots.filter { $0.keep == .customer }.map(\.name.text))
    }

    /// Looks a name up, and notes its use where `words` stands.
    func find(_ name: String, at words: Words) -> Found? {
        let extent = (words.place, words.length)
        if names.isDeclared(.slot, name) {
            names.refer(.slot, name, at: extent)
            return .value(ValueName(name))
        }
        if sets.contains(name) {
            names.refer(.value, name, at: extent)
            return .value(ValueName(name))
        }
        let root = Self.root(of: name)
        if saves.contains(root) {
            let isExact = words.length == name.count
            names.refer(.value, root, at: (words.place, isExact ? root.count : words.length))
            let isField = root.count + 1 < name.count
            return isField ? .value(ValueName(name)) : .fieldless
        }
        return BuiltInValues.canonical(name).map { .value(ValueName($0)) }
    }

    /// What has to be known for a value to be known: an answer is known as a whole.
    private func key(_ name: String) -> String {
        let root = Self.root(of: name)
        return saves.contains(root) && !sets.contains(name) ? root : name
    }

    /// Whether a value may be unknown where `known` are known.
    func isUncertain(_ name: String, known: Set<String>) -> Bool {
        let key = key(name)
        guard saves.contains(key) || sets.contains(key) || names.isDeclared(.slot, key) else {
            return !BuiltInValues.isAlwaysKnown(name) && !known.contains(name)
        }
        return !known.contains(key) && !lastingSlots.contains(key)
    }

    /// What holds if these conditions do: values they require.
    func required(by conditions: [ConditionSyntax]) -> Set<String> {
        var found: Set<String> = []
        for condition in conditions {
            switch condition {
            case .value(let name, let test):
                if test != .known(false) { found.insert(key(name.text)) }
            case .all(let inner): found.formUnion(required(by: inner))
            case .any(let inner):
                let each = inner.map { required(by: [$0]) }
                if let first = each.first {
                    found.formUnion(each.dropFirst().reduce(first) { $0.intersection($1) })
                }
            case .not(.value(let name, .known(false))): found.insert(key(name.text))
            case .plain, .hours, .inFlow, .not: break
            }
        }
        return found
    }

    private static func root(of name: String) -> String {
        String(name.prefix { $0 != "." })
    }
}

extension [StepSyntax] {
    /// Every step, those of branches included.
    func forEachStep(_ visit: (StepSyntax) -> Void) {
        for step in self {
            visit(step)
            switch step.action {
            case .ask(let question): question.otherwise.forEachStep(visit)
            case .call(let request): request.failed.forEachStep(visit)
            case .branch(_, let then, let otherwise):
                then.forEachStep(visit)
                otherwise.forEachStep(visit)
            case .reply, .set, .tag, .start, .handoff, .end: break
            }
        }
    }
}
