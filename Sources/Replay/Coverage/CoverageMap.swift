import ChatModel
import Routing
import RuleEngine
import RuleFiles

/// The places of one set of rules that tests should go through, found by what the core tells of
/// them.
struct CoverageMap: Sendable {
    typealias Point = CoverageReport.Point

    private(set) var points: [Point] = []
    private var rules: [BundleName: [RuleName: Point]] = [:]
    private var triggers: [BundleName: [RuleName: [Point?]]] = [:]
    private var items: [WireID: Point] = [:]
    private var steps: [Trail.FlowStep: Point] = [:]
    private var branches: [BundleName: [PolicyName: [String: Point]]] = [:]
    private var states: [BundleName: [Int: Point]] = [:]

    init(_ definition: RuleSetDefinition, symbols: SymbolIndex) {
        let places = Places(symbols)
        for bundle in definition.bundles { add(bundle, places) }
    }

    /// Where names are declared; an index of the whole symbol index, which is a list.
    private struct Places {
        private struct Key: Hashable {
            var kind: SymbolKind
            var name: String
            var bundle: BundleName
        }

        private var places: [Key: SourcePlace] = [:]

        init(_ symbols: SymbolIndex) {
            for one in symbols.occurrences where one.isDeclaration {
                let key = Key(
                    kind: one.symbol.kind, name: one.symbol.name, bundle: one.symbol.bundle)
                places[key] = one.place
            }
        }

        /// The bundle's own place for what isn't in the index.
        func place(_ kind: SymbolKind, _ name: String, of bundle: BundleDefinition) -> SourcePlace {
            if let place = places[Key(kind: kind, name: name, bundle: bundle.name)] {
                return place
            }
            let whole = Key(kind: .bundle, name: bundle.name.rawValue, bundle: bundle.name)
            return places[whole] ?? bundle.rules.first?.place
                ?? SourcePlace(file: bundle.name.rawValue, line: 1, column: 1)
        }
    }

    // MARK: Finding places

    private mutating func add(_ bundle: BundleDefinition, _ places: Places) {
        for rule in bundle.rules { add(rule, of: bundle.name) }
        for menu in bundle.menus + bundle.surveys.map(\.menu) {
            for item in menu.items {
                guard case .click(let id, _) = item.item else { continue }
                let name = "\(menu.name).\(item.key)"
                let point = point(.item, places.place(.menuItem, name, of: bundle), name)
                for id in [id] + item.formerIDs { items[id] = point }
            }
        }
        for flow in bundle.flows {
            for step in flow.steps { add(step, of: flow.name, bundle) }
        }
        for policy in bundle.policies {
            guard let name = policy.name else { continue }
            let place = places.place(.policy, name.rawValue, of: bundle)
            for branch in policy.branches {
                let point = point(.policy, place, "\(name): \(branch)")
                branches[bundle.name, default: [:]][name, default: [:]][branch] = point
            }
        }
        let place = places.place(.bundle, bundle.name.rawValue, of: bundle)
        for (numbers, state) in bundle.reachableStates {
            let point = point(.state, place, "\(bundle.name) \(state)")
            for number in numbers { states[bundle.name, default: [:]][number] = point }
        }
    }

    private mutating func point(
        _ kind: CoverageReport.Kind, _ place: SourcePlace, _ name: String
    ) -> Point {
        let point = Point(kind: kind, place: place, name: name)
        points.append(point)
        return point
    }

    private mutating func add(_ rule: RuleDefinition, of bundle: BundleName) {
        rules[bundle, default: [:]][rule.name] = point(.rule, rule.place, rule.name.rawValue)
        var question: Point?
        var found: [Point?] = []
        for trigger in rule.triggers {
            switch trigger {
            // Counted as the item it is.
            case .clicks: found.append(nil)
            case .asksLike:
                // All wordings are one question.
                let one =
                    question
                    ?? point(.trigger, rule.place, "\(rule.name) \(trigger.coverageName)")
                question = one
                found.append(one)
            default:
                found.append(
                    point(.trigger, rule.place, "\(rule.name) \(trigger.coverageName)"))
            }
        }
        triggers[bundle, default: [:]][rule.name] = found
    }

    private mutating func add(
        _ step: FlowStep, of flow: FlowName, _ bundle: BundleDefinition
    ) {
        func outcome(_ outcome: String, _ name: String) {
            let key = Trail.FlowStep(place: step.place, outcome: outcome)
            guard steps[key] == nil else { return }
            steps[key] = point(.step, step.place, "\(flow) \(name)")
        }
        switch step.action {
        case .ask(let question):
            let name = "ask \(question.slot)"
            outcome("answered", "\(name): answered")
            if question.tries ?? bundle.slot(question.slot)?.tries ?? 1 > 1 {
                outcome("retried", "\(name): retry")
            }
            outcome("else", "\(name): else")
            for step in question.otherwise { add(step, of: flow, bundle) }
        case .call(let request):
            let name = "call \(request.service).\(request.operation)"
            outcome("answered", "\(name): answered")
            outcome("failed", "\(name): failed")
            for step in request.failed { add(step, of: flow, bundle) }
        case .branch(_, let then, let otherwise):
            outcome("then", "if: then")
            outcome("else", "if: else")
            for step in then + otherwise { add(step, of: flow, bundle) }
        case .reply: outcome("", "reply")
        case .set: outcome("", "set")
        case .tag: outcome("", "tag")
        case .start(let other): outcome("", "start \(other)")
        case .handoff: outcome("", "handoff")
        case .end: outcome("", "end")
        }
    }

    // MARK: Going through

    /// Covers what the core told of a test; the compiled rules say which triggers it was.
    func cover(
        _ trail: Trail, as version: RuleSetVersion?, by compiled: CompiledBundle,
        _ cover: (Point) -> Void
    ) {
        let bundle = compiled.definition.name
        for win in trail.wins where win.version == version {
            if let point = rules[bundle]?[win.rule] { cover(point) }
            if let facts = win.facts {
                coverTriggers(of: win.rule, for: win.stimulus, facts, compiled, cover)
            }
        }
        for id in trail.taps { if let point = items[id] { cover(point) } }
        for step in trail.steps {
            // A slot that is known needs no question.
            let outcome = step.outcome == "known" ? "answered" : step.outcome
            let key = Trail.FlowStep(place: step.place, outcome: outcome)
            if let point = steps[key] { cover(point) }
        }
        for branch in trail.branches where branch.version == version {
            if let point = branches[bundle]?[branch.policy]?[branch.branch] {
                cover(point)
            }
        }
        for state in trail.states {
            if let point = states[bundle]?[state] { cover(point) }
        }
    }

    /// Covers a rule by name: where all that is known is that it answered.
    func coverRule(_ rule: RuleName, of bundle: BundleName, _ cover: (Point) -> Void) {
        if let point = rules[bundle]?[rule] { cover(point) }
    }

    /// Covers the rules that win their examples, and the triggers that do it.
    func coverExamples(of compiled: CompiledBundle, _ cover: (Point) -> Void) {
        let bundle = compiled.definition.name
        for rule in compiled.definition.rules {
            for example in rule.examples {
                let isHeard = coverTriggers(
                    of: rule.name, for: .text(example, menuItem: nil), Facts(), compiled, cover)
                if isHeard { coverRule(rule.name, of: bundle, cover) }
            }
        }
    }

    /// Covers the triggers by which a rule wins a stimulus, or would if its `if` held.
    @discardableResult
    private func coverTriggers(
        of rule: RuleName, for stimulus: Stimulus, _ facts: Facts, _ compiled: CompiledBundle,
        _ cover: (Point) -> Void
    ) -> Bool {
        guard let points = triggers[compiled.definition.name]?[rule] else { return false }
        let explanation = compiled.explanation(of: stimulus, facts: facts)
        guard let contender = explanation.contenders.first(where: { $0.name == rule }),
            contender.outcome.isWon
        else { return false }
        for index in Set(contender.hits.map(\.trigger) + [contender.trigger])
        where points.indices.contains(index) {
            if let point = points[index] { cover(point) }
        }
        return true
    }
}

extension Explanation.Outcome {
    /// Whether it won, or would have if its `if` held, which examples take for granted.
    fileprivate var isWon: Bool {
        switch self {
        case .won, .lost(.conditionFailed): true
        case .lost: false
        }
    }
}

extension Trigger {
    /// As a rule has it.
    fileprivate var coverageName: String {
        switch self {
        case .says(let words): "says \(words)"
        case .saysExactly(let words): "says_exactly \(words)"
        case .startsWith(let words): "starts_with \(words)"
        case .endsWith(let words): "ends_with \(words)"
        case .saysAll(let words): "says_all \(words.joined(separator: " "))"
        case .asksLike(let question): "asks_like \(question)"
        case .matches(let pattern): "matches \(pattern)"
        case .clicks(let menu, let item, _): "clicks \(menu).\(item)"
        case .sends(let kind): "sends \(kind.rawValue)"
        case .event(let event): "event \(event.rawValue)"
        case .noMatch: "no_match"
        }
    }
}

extension HandoffDefinition {
    /// The branches that can be gone through, by the names the core gives them.
    fileprivate var branches: [String] {
        var branches = ["to"]
        if open != nil { branches.append("closed") }
        if to != .pool { branches.append("nobody") }
        if preferLastServed != nil || pick == .lastServed { branches.append("prefer") }
        if pickUpWithin != nil { branches.append("overdue") }
        if ended != nil { branches.append("ended") }
        return branches
    }
}

extension BundleDefinition {
    /// The states a session can get into by the rules, with their numbers; the bot's two are one,
    /// since its first word leads from the first to the second.
    fileprivate var reachableStates: [(numbers: [Int], name: String)] {
        var states = [([0, 1], "bot")]
        let all = policies + handoffs
        func leads(_ test: (HandoffDefinition.Destination) -> Bool) -> Bool {
            all.contains { handoff in
                if test(handoff.to) { return true }
                return [handoff.closed, handoff.nobody, handoff.overdue].contains {
                    if case .transfer(let other) = $0 { test(other) } else { false }
                }
            }
        }
        if leads({ $0 == .pool }) || all.contains(where: { $0.to != .pool && $0.nobody == nil }) {
            states.append(([2], "pool"))
        }
        if leads({ $0 != .pool }) { states.append(([3], "human")) }
        if !all.isEmpty || rules.contains(where: { $0.end != nil }) {
            states.append(([4], "ended"))
        }
        return states
    }
}
