import ChatModel
import RuleEngine
import SessionMachine

/// Walks every path of a bundle's rules, flows and hand-offs through ``SessionMachine`` and finds
/// what the platform would refuse.
///
/// A path is carried as its state, and states that are equal are one: time grows with what is
/// written times some tens of states, never with the number of paths. What a path does not know
/// (a slot, an answer, the hours, who is there) goes both ways.
struct PathWalker {
    /// Something no path may do, and the path that does it.
    struct Violation {
        enum Kind: Hashable {
            /// One message more than `limit`.
            case overBudget(limit: Int)
            case notSendable(Refusal)
            case illegalTransition(SessionTarget, Refusal)
            case codeMisused(CodeScene, Refusal)
            /// The session stays as it is.
            case overdueChangesNothing(SessionTarget)
            /// Nothing can be said while people have the session.
            case overdueSilent
        }

        let kind: Kind
        let place: PathPlace
        let mark: Trails.Mark
    }

    let bundle: BundleDefinition
    let notices: NoticeReach
    /// Messages a turn may have.
    let limit: Int
    var trails = Trails()
    private(set) var violations: [Violation] = []

    private var reported: Set<Reported> = []
    private struct Reported: Hashable {
        let place: PathPlace
        let kind: Violation.Kind
    }

    let flows: [FlowName: FlowDefinition]
    let policies: [PolicyName: HandoffDefinition]
    /// What each flow comes to, by the state it begins in.
    var summaries: [FlowEntry: PathStates] = [:]
    /// Flows walked, or being walked.
    ///
    /// A flow that starts itself is refused where it is read.
    var walked: Set<FlowEntry> = []
    var depth = 0
    /// What hand-off policies come to.
    var outcomes: [HandoffDefinition: [HandoffOutcome]] = [:]
    /// What comes after a transfer, done once for each state and policy.
    var followed: Set<HandedOver> = []

    struct FlowEntry: Hashable {
        let flow: FlowName
        let state: PathState
    }

    init(_ bundle: BundleDefinition, notices: NoticeReach) {
        self.bundle = bundle
        self.notices = notices
        limit = max(0, ReplyWindow.budget - bundle.defaults.budgetKeep)
        flows = Dictionary(bundle.flows.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
        policies = Dictionary(
            bundle.policies.compactMap { policy in policy.name.map { ($0, policy) } },
            uniquingKeysWith: { one, _ in one })
    }

    /// Walks everything.
    mutating func walk() {
        for index in bundle.rules.indices { walk(rule: index) }
        for survey in bundle.surveys { walk(survey) }
    }

    mutating func report(_ kind: Violation.Kind, at place: PathPlace, _ mark: Trails.Mark) {
        guard reported.insert(Reported(place: place, kind: kind)).inserted else { return }
        violations.append(Violation(kind: kind, place: place, mark: mark))
    }

    // MARK: Rules

    private mutating func walk(rule index: Int) {
        let rule = bundle.rules[index]
        let isGreeting = { (trigger: Trigger) in if case .event = trigger { true } else { false } }
        if rule.triggers.contains(where: isGreeting) { walkGreeting(rule, index) }
        guard let trigger = rule.triggers.first(where: { !isGreeting($0) }) else { return }
        var paths = PathStates()
        for state in [SessionState.untreated, .assistant] where rule.mayAnswer(in: state) {
            let start = PathState(turnIn: state)
            paths.insert(start, trails.add(.sets(rule: rule.name, trigger), after: nil))
            if let (notice, other) = notices.before(rule: index) {
                let mark = trails.add(.sets(rule: rule.name, other), after: nil)
                paths.formUnion(send(notice, start, mark, at: .rule(index)))
            }
        }
        if rule.start != nil, bundle.flows.count > 1, bundle.hasQuestions, rule.mayInterrupt {
            for (state, mark) in paths.all {
                let mark = trails.add(.leavesFlow(count: state.sent + 1), after: mark)
                if let next = order(state, mark, at: .rule(index)) { paths.insert(next, mark) }
            }
        }
        paths = send(rule.reply, paths, at: .rule(index))
        if let flow = rule.start {
            let marked = paths.map { ($0, trails.add(.starts(flow), after: $1)) }
            paths = run(flow, marked)
        }
        if let handoff = rule.handoff {
            paths = handOver(handoff, paths, at: .rule(index))
        } else if let end = rule.end {
            endSession(end, paths, at: .rule(index))
            paths = PathStates()
        }
        guard rule.start == nil, bundle.hasQuestions, rule.mayInterrupt else { return }
        for (state, mark) in paths.all {
            order(
                state, trails.add(.asksAgain(count: state.sent + 1), after: mark), at: .rule(index))
        }
    }

    /// A greeting leaves with the code of the entrance, in whatever state the session is.
    private mutating func walkGreeting(_ rule: RuleDefinition, _ index: Int) {
        for state in [SessionState.ended, .untreated, .assistant, .pool, .human(nil)] {
            var machine = PathState(state: state).machine
            let code: EventCode = "welcome"
            machine.observed(.entered(code: code), at: PathState.now)
            let mark = trails.add(.enters(rule: rule.name), after: nil)
            // More than one message is refused where the rule is read.
            guard let part = rule.reply.first else { continue }
            say(part.sample, code, .welcome, &machine, at: .rule(index), mark)
        }
    }

    private mutating func walk(_ survey: SurveyDefinition) {
        for words in [survey.lowReply, survey.thanks].compactMap(\.self) {
            _ = send(
                [.text(words)], PathStates(PathState(turnIn: .untreated), nil),
                at: .survey(survey.name))
        }
    }

    // MARK: Speaking

    /// Orders messages on every path; a path that may not send one ends.
    mutating func send(_ parts: [ReplyPart], _ paths: PathStates, at place: PathPlace) -> PathStates
    {
        var paths = paths
        for part in parts {
            var sent = PathStates()
            for (state, mark) in paths.all {
                let mark = trails.add(.sends(part, count: state.sent + 1), after: mark)
                if let next = order(state, mark, at: place) { sent.insert(next, mark) }
            }
            paths = sent
        }
        return paths
    }

    private mutating func send(
        _ notice: NoticeDefinition, _ state: PathState, _ mark: Trails.Mark, at place: PathPlace
    ) -> PathStates {
        let mark = trails.add(.notice(notice.name), after: mark)
        return order(state, mark, at: place).map { PathStates($0, mark) } ?? PathStates()
    }

    /// A message of a turn; `nil`, and a finding, where it may not be sent.
    @discardableResult
    mutating func order(
        _ state: PathState, _ mark: Trails.Mark, at place: PathPlace
    ) -> PathState? {
        if let refusal = state.machine.refusalOfSending(at: PathState.now) {
            report(
                refusal == .replyBudgetSpent ? .overBudget(limit: limit) : .notSendable(refusal),
                at: place, mark)
            return nil
        }
        var state = state
        state.machine.orderedSend(at: PathState.now)
        state.machine.observed(.sendAccepted, at: PathState.now)
        if state.sent > limit {
            report(.overBudget(limit: limit), at: place, mark)
            return nil
        }
        return state
    }

    /// A message with a code.
    mutating func say(
        _ body: OutgoingBody, _ code: EventCode, _ scene: CodeScene,
        _ machine: inout SessionMachine, at place: PathPlace, _ mark: Trails.Mark
    ) {
        if let refusal = machine.refusal(ofSending: body, with: code, at: PathState.now) {
            report(.codeMisused(scene, refusal), at: place, mark)
        }
        machine.orderedSend(with: code)
    }
}

/// What a finding about a path stands at.
enum PathPlace: Hashable {
    /// A rule, by its index.
    case rule(Int)
    /// A step of a flow.
    case step(SourcePlace)
    case policy(PolicyName)
    case survey(SurveyName)
}

extension RuleDefinition {
    /// Whether its conditions leave room for `state`, as far as one straight reading finds.
    func mayAnswer(in state: SessionState) -> Bool {
        conditions.allSatisfy { condition in
            if case .state(let names) = condition {
                return names.contains { $0.covers(state.number) }
            }
            return true
        }
    }

    /// Whether it may answer a customer who is in a flow, which then asks its question again.
    fileprivate var mayInterrupt: Bool {
        if exceptions.contains(.inFlow(nil)) { return false }
        if priority == .urgent { return true }
        return triggers.contains {
            switch $0 {
            case .clicks, .saysExactly: true
            default: false
            }
        }
    }
}

extension BundleDefinition {
    /// Whether any flow asks for something.
    fileprivate var hasQuestions: Bool {
        func asks(_ steps: [FlowStep]) -> Bool {
            steps.contains { step in
                switch step.action {
                case .ask: true
                case .call(let request): asks(request.failed)
                case .branch(_, let then, let otherwise): asks(then) || asks(otherwise)
                default: false
                }
            }
        }
        return flows.contains { asks($0.steps) }
    }
}

extension ReplyPart {
    /// A message of the same kind, for codes that take texts only, or texts and menus.
    var sample: OutgoingBody {
        switch self {
        case .text: .text("")
        case .menu, .survey: .menu(OutgoingBody.Menu(head: nil, items: [], tail: nil))
        case .body(let body): body
        }
    }
}
