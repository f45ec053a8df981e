import ChatModel
import SessionMachine
import Testing

/// What we may command: the whole product of states and targets.
@Suite struct CommandTests {
    /// One line a state; the columns are →1, →2, →3 anna, →3 bert, →4.
    ///
    /// `call` makes the call, `here` is success without one, everything else is the refusal.
    /// Written down from wecom-kf reference §7.4, not computed from the machine's own table.
    static let table: [(SessionState, String)] = [
        (.untreated, "call  call  call  call  call"),
        (.assistant, "here  call  call  call  call"),
        (.pool, "pool_never_returns_to_bot  here  call  call  call"),
        (
            .human(anna),
            "human_never_returns_to_bot  human_never_returns_to_bot  here  call  call"
        ),
        (
            .human(bert),
            "human_never_returns_to_bot  human_never_returns_to_bot  call  here  call"
        ),
        (
            .human(nil),
            "human_never_returns_to_bot  human_never_returns_to_bot  call  call  call"
        ),
        (.ended, "ended_is_final  ended_is_final  ended_is_final  ended_is_final  here"),
    ]

    static let targets: [SessionTarget] = [.assistant, .pool, .human(anna), .human(bert), .ended]

    @Test func everyStateAndEveryTarget() throws {
        #expect(Self.table.map(\.0) == everyState, "a state without a line")
        for (state, line) in Self.table {
            let cells = line.split(separator: " ").map(String.init)
            try #require(cells.count == Self.targets.count)
            for (target, cell) in zip(Self.targets, cells) {
                let expected: SessionMachine.CommandAnswer =
                    switch cell {
                    case "call": .call
                    case "here": .alreadyThere
                    default: .refused(try #require(Refusal(rawValue: cell)))
                    }
                let answer = SessionMachine.sample(state).answer(to: target)
                #expect(answer == expected, "\(state) → \(target)")
            }
        }
    }

    /// The platform's own numbers, so that a line changed by mistake is seen here as well.
    @Test func strictTable() {
        #expect(
            CommandedTransitions.strict == [
                0: [1, 2, 3, 4], 1: [2, 3, 4], 2: [3, 4], 3: [3, 4], 4: [],
            ])
    }

    @Test func numbersOfStates() {
        #expect(everyState.map(\.number) == [0, 1, 2, 3, 3, 3, 4])
        #expect(everyState.map(\.isBotsTurn) == [true, true, false, false, false, false, false])
        for state in everyState {
            let servicer: ServicerID? =
                if case .human(let servicer) = state { servicer } else { nil }
            #expect(SessionState(number: state.number, servicer: servicer) == state)
        }
        for number in [-1, 5, 99, Int.max] {
            #expect(SessionState(number: number, servicer: anna) == nil)
        }
        #expect(Self.targets.map(\.number) == [1, 2, 3, 3, 4])
    }

    // MARK: When the call was carried out

    @Test func carryingOutACommandMovesAndTakesTheCode() {
        let cases: [(SessionTarget, SessionState, CodeScene?)] = [
            (.assistant, .assistant, nil), (.pool, .pool, .queued),
            (.human(anna), .human(anna), .assigned), (.ended, .ended, .ended),
        ]
        for (target, state, scene) in cases {
            var session = SessionMachine.sample(.untreated)
            session.commanded(target, code: "fresh", at: noon + .seconds(3))
            #expect(session.state == state)
            #expect(session.changedAt == noon + .seconds(3))
            #expect(session.codes.entry(of: "fresh")?.scene == scene)
            #expect(
                session.codes.entry(of: "fresh")?.issuedAt ?? noon + .seconds(3) == noon
                    + .seconds(3))
        }
    }

    @Test func carryingOutACommandWithoutACode() {
        var session = SessionMachine.sample(.assistant)
        session.commanded(.pool, code: nil, at: noon)
        #expect(session.state == .pool)
        #expect(session.codes.entries.isEmpty)
    }

    /// The pick-up came with a page before the answer of our own call was recorded.
    @Test func anAnswerThatComesLateDoesNotUndoWhatFollowedTheCommand() {
        var session = SessionMachine.sample(.assistant)
        session.observed(.sessionChanged(.pickedUp(by: anna, code: nil)), at: noon + .seconds(2))
        session.commanded(.pool, code: "queue", at: noon + .seconds(1))
        #expect(session.state == .human(anna))
        #expect(session.changedAt == noon + .seconds(2))
        #expect(
            session.refusal(ofSending: words, with: "queue", at: noon + .seconds(3))
                == .codeStateMoved)

        var over = SessionMachine.sample(.assistant)
        over.observed(.sessionChanged(.ended(by: anna, code: nil)), at: noon + .seconds(2))
        over.commanded(.pool, code: nil, at: noon + .seconds(1))
        #expect(over.state == .ended)
    }

    /// Our clock may run behind the platform's; that must not lose a transition of ours.
    @Test func aCommandCountsThoughOurClockIsBehind() {
        var session = SessionMachine.sample(.untreated)
        session.commanded(.pool, code: "queue", at: noon - .seconds(5))
        #expect(session.state == .pool)
        #expect(session.changedAt == noon)
        #expect(session.refusal(ofSending: words, with: "queue", at: noon) == nil)
    }
}
