import ChatModel
import RuleEngine
import SessionMachine

/// Where a path may stand: the session machine itself, and what the last `if` told.
struct PathState: Hashable {
    /// The session, with the messages ordered in this turn and the codes not spent.
    var machine: SessionMachine
    /// What is known of one value or schedule from the last branch taken, so that two branches
    /// that exclude each other are not both walked.
    var known: Condition?

    /// Every path lives at one moment: nothing of what is proved depends on time.
    static let now = Timestamp(seconds: 1_000_000_000)

    /// The customer has just written while the session is in `state`.
    init(turnIn state: SessionState) {
        machine = SessionMachine(
            state: state, startedAt: Self.now, changedAt: Self.now, window: ReplyWindow(),
            codes: CodeLedger(), customerRejects: false)
        machine.observed(.customerWrote(pendingSends: 0), at: Self.now)
    }

    /// A session in `state`, whoever wrote.
    init(state: SessionState) {
        machine = SessionMachine(
            state: state, startedAt: state == .ended ? nil : Self.now, changedAt: Self.now,
            window: ReplyWindow(), codes: CodeLedger(), customerRejects: false)
    }

    init(_ machine: SessionMachine) { self.machine = machine }

    /// Messages ordered since the customer wrote.
    var sent: Int { machine.window.ordered }

    /// What tells states of one walk apart is enough: times and customers are the same in all.
    func hash(into hasher: inout Hasher) {
        hasher.combine(sent)
        hasher.combine(machine.state.number)
        hasher.combine(known)
    }
}

/// Distinct states and how each was first reached.
///
/// Walking carries a set of these along, so that
/// the cost grows with instructions times states and never with the number of paths.
struct PathStates {
    private(set) var all: [(state: PathState, mark: Trails.Mark)] = []
    private var seen: Set<PathState> = []

    init() {}

    init(_ state: PathState, _ mark: Trails.Mark) { insert(state, mark) }

    var isEmpty: Bool { all.isEmpty }

    /// Adds a state, unless it was reached before.
    mutating func insert(_ state: PathState, _ mark: Trails.Mark) {
        if seen.insert(state).inserted { all.append((state, mark)) }
    }

    mutating func formUnion(_ other: PathStates) {
        for (state, mark) in other.all { insert(state, mark) }
    }

    /// The same, each state changed.
    func map(_ change: (PathState, Trails.Mark) -> (PathState, Trails.Mark)) -> PathStates {
        var changed = PathStates()
        for (state, mark) in all {
            let (state, mark) = change(state, mark)
            changed.insert(state, mark)
        }
        return changed
    }
}

extension Condition {
    /// The same with the texts it compares folded, as the router compares them: done once, since
    /// a long flow compares them often.
    var folded: Condition {
        switch self {
        case .value(let name, .isAny(let texts)):
            .value(name, .isAny(texts.map { FoldedText($0).text }))
        case .not(let inner): .not(inner.folded)
        case .any(let conditions): .any(conditions.map(\.folded))
        case .all(let conditions): .all(conditions.map(\.folded))
        default: self
        }
    }

    /// What holds where this one doesn't, as far as that is one condition of the same kind.
    var negation: Condition? {
        switch self {
        case .hours(let name, let isOpen): .hours(name, isOpen: !isOpen)
        case .value(let name, .known(let isKnown)): .value(name, .known(!isKnown))
        default: nil
        }
    }

    /// Whether it speaks of one value or schedule: worth remembering.
    var isFact: Bool {
        switch self {
        case .hours, .value: true
        default: false
        }
    }

    /// Whether both can't hold at once; both are ``folded``.
    func excludes(_ other: Condition) -> Bool {
        switch (self, other) {
        case (.hours(let one, let isOpen), .hours(let two, let isOtherOpen)):
            one == two && isOpen != isOtherOpen
        case (.value(let one, let test), .value(let two, let otherTest)):
            one == two && (test.excludes(otherTest) || otherTest.excludes(test))
        case (.not(let inner), _): other.implies(inner)
        case (_, .not(let inner)): implies(inner)
        default: false
        }
    }

    /// Whether the other one holds wherever this one does; both are ``folded``.
    func implies(_ other: Condition) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.value(let one, let test), .value(let two, let otherTest)):
            return one == two && test.implies(otherTest)
        case (_, .not(let inner)): return excludes(inner)
        default: return false
        }
    }
}

extension ValueTest {
    fileprivate func excludes(_ other: ValueTest) -> Bool {
        switch (self, other) {
        case (.known(let one), .known(let two)): one != two
        case (.known(false), _): true
        case (.isAny(let one), .isAny(let two)):
            Set(one).isDisjoint(with: two)
        case (.atLeast(let least), .atMost(let most)): least > most
        default: false
        }
    }

    fileprivate func implies(_ other: ValueTest) -> Bool {
        switch (self, other) {
        case (.known, _): self == other
        case (_, .known(let isKnown)): isKnown
        case (.isAny(let one), .isAny(let two)):
            Set(one).isSubset(of: two)
        case (.atLeast(let one), .atLeast(let two)): one >= two
        case (.atMost(let one), .atMost(let two)): one <= two
        default: false
        }
    }
}
