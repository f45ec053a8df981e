import ChatModel
import SessionMachine
import Testing

/// What may happen to us: the whole product of states and observations, in time and late.
@Suite struct ObservationTests {
    /// The observations of the table, in the order of its columns.
    static let observations: [(name: String, SessionMachine.Observation)] = [
        ("customer wrote", .customerWrote(pendingSends: 0)),
        ("entered", .entered(code: "w")),
        ("anna wrote", .servicerWrote(anna)),
        ("someone wrote", .servicerWrote(nil)),
        ("anna picked up", .sessionChanged(.pickedUp(by: anna, code: "c"))),
        ("bert → anna", .sessionChanged(.transferred(from: bert, to: anna))),
        ("ended", .sessionChanged(.ended(by: bert, code: "e"))),
        ("anna re-opened", .sessionChanged(.reopened(from: nil, by: anna))),
        ("change type 9", .sessionChanged(.unknown(type: 9))),
        ("send accepted", .sendAccepted),
        ("read 0", .read(.untreated)),
        ("read 1", .read(.assistant)),
        ("read 2", .read(.pool)),
        ("read 3 anna", .read(.human(anna))),
        ("read 3", .read(.human(nil))),
        ("read 4", .read(.ended)),
        ("expired", .sessionExpired),
        ("rejects", .rejectSwitched(true)),
    ]

    /// The state after each observation, one second later.
    ///
    /// 0, 1, 2, 4; state 3 is `a` with anna, `b` with bert, `h` with somebody; `.` means
    /// unchanged. The session is young, so it does not expire.
    static let table: [(SessionState, String)] = [
        //             cw en aw sw pu tr ed re un sa r0 r1 r2 ra rh r4 ex rj
        (.untreated, " .  .  a  h  a  a  4  a  .  1  .  1  2  a  h  4  .  . "),
        (.assistant, " .  .  a  h  a  a  4  a  .  .  0  .  2  a  h  4  .  . "),
        (.pool, "      .  .  a  h  a  a  4  a  .  .  0  1  .  a  h  4  .  . "),
        (.human(anna), ".  .  .  .  .  .  4  .  .  .  0  1  2  .  h  4  .  . "),
        (.human(bert), ".  .  a  .  a  a  4  a  .  .  0  1  2  a  h  4  .  . "),
        (.human(nil), " .  .  a  .  a  a  4  a  .  .  0  1  2  a  .  4  .  . "),
        (.ended, "     0  .  a  h  a  a  .  a  .  .  0  1  2  a  h  .  .  . "),
    ]

    static let letters: [Character: SessionState] = [
        "0": .untreated, "1": .assistant, "2": .pool, "a": .human(anna), "b": .human(bert),
        "h": .human(nil), "4": .ended,
    ]

    /// The observations that count whatever their time: the platform's present word, and a send
    /// of ours, which takes its time from no row.
    static let everTimely: Set = [
        "read 0", "read 1", "read 2", "read 3 anna", "read 3", "read 4", "send accepted",
    ]

    @Test func everyStateAndEveryObservation() throws {
        try check(at: noon + .seconds(1)) { _ in true }
    }

    /// Within one second the order of arrival decides: the platform counts no finer.
    @Test func inTheSameSecondTheLaterCallWins() throws {
        try check(changedAt: noon + .milliseconds(900), at: noon) { _ in true }
    }

    @Test func anObservationOlderThanTheLastChangeMovesNothing() throws {
        for late in [Duration.seconds(1), .seconds(3600), .seconds(72 * 3600)] {
            try check(at: noon - late) { Self.everTimely.contains($0) }
        }
    }

    private func check(
        changedAt: Timestamp = noon, at time: Timestamp, moves: (String) -> Bool
    ) throws {
        #expect(Self.table.map(\.0) == everyState, "a state without a line")
        for (state, line) in Self.table {
            let cells = line.filter { $0 != " " }
            try #require(cells.count == Self.observations.count)
            for ((name, observation), cell) in zip(Self.observations, cells) {
                var session = SessionMachine.sample(state, since: changedAt)
                let expected =
                    cell == "." || !moves(name) ? state : try #require(Self.letters[cell])
                let changed = session.observed(observation, at: time)
                #expect(session.state == expected, "\(state), \(name), at \(time)")
                #expect(changed == (expected != state), "\(state), \(name), at \(time)")
                #expect((session.startedAt == nil) == (expected == .ended), "\(state), \(name)")
            }
        }
    }

    // MARK: Time

    /// A page held up elsewhere is decided about late; what happened meanwhile must still count.
    @Test func sendingDoesNotMakeOlderEventsStale() {
        var session = SessionMachine().after(.customerWrote(pendingSends: 0), at: noon)
        session.observed(.sendAccepted, at: noon + .seconds(30))
        #expect(session.state == .assistant)
        #expect(session.changedAt == noon)
        let isNews = session.observed(.servicerWrote(anna), at: noon + .seconds(5))
        #expect(isNews)
        #expect(session.state == .human(anna))
    }

    @Test func anOldEndingDoesNotEndTheNewSession() {
        var session = SessionMachine.sample(.ended)
        session.observed(.customerWrote(pendingSends: 0), at: noon + .seconds(60))
        session.observed(.sessionChanged(.ended(by: anna, code: "old")), at: noon - .seconds(1))
        #expect(session.state == .untreated)
        #expect(
            session.refusal(ofSending: words, with: "old", at: noon) == .codeStateMoved,
            "its code is known, and known to be useless")
    }

    @Test func changedAtNeverRunsBackwards() {
        var session = SessionMachine.sample(.assistant)
        session.observed(.read(.pool), at: noon - .seconds(10))
        #expect(session.state == .pool)
        #expect(session.changedAt == noon)
    }

    // MARK: 48 hours

    @Test func aSessionYoungerThan48HoursGoesOn() {
        var session = SessionMachine.sample(.human(anna))
        let almost = noon + .seconds(48 * 3600) - .milliseconds(1)
        let hasExpired = session.observed(.sessionExpired, at: almost)
        #expect(!hasExpired)
        let isAnew = session.observed(.customerWrote(pendingSends: 0), at: almost)
        #expect(!isAnew)
        #expect(session.state == .human(anna))
        #expect(session.startedAt == noon)
    }

    @Test func aSessionOf48HoursIsOver() {
        for state in everyState where state != .ended {
            var expired = SessionMachine.sample(state)
            let hasExpired = expired.observed(.sessionExpired, at: noon + .seconds(48 * 3600))
            #expect(hasExpired)
            #expect(expired.state == .ended)

            var written = SessionMachine.sample(state)
            let time = noon + .seconds(48 * 3600)
            let isAnew = written.observed(.customerWrote(pendingSends: 0), at: time)
            #expect(isAnew)
            #expect(written.state == .untreated, "the message opens a session of its own")
            #expect(written.startedAt == time)
            #expect(written.changedAt == time)
        }
    }

    /// The timer fires long after the fact, say after an outage; the customer wrote in between.
    @Test func anExpiryNoticedLateDoesNotSwallowTheNextSession() {
        var session = SessionMachine.sample(.human(anna))
        session.observed(.sessionExpired, at: noon + .seconds(60 * 3600))
        #expect(session.changedAt == noon + .seconds(48 * 3600))
        let wrote = noon + .seconds(50 * 3600)
        let isAnew = session.observed(.customerWrote(pendingSends: 0), at: wrote)
        #expect(isAnew)
        #expect(session.state == .untreated)
        #expect(session.refusalOfSending(at: wrote) == nil)
    }

    /// A session we learn of in its course has a beginning too, or a missed ending would silence
    /// the bot for ever.
    @Test func aSessionLearntOfLateExpiresToo() {
        let arrivals: [SessionMachine.Observation] = [
            .read(.human(anna)), .servicerWrote(anna),
            .sessionChanged(.reopened(from: nil, by: anna)),
        ]
        for arrival in arrivals {
            var session = SessionMachine().after(arrival, at: noon)
            #expect(session.startedAt == noon)
            session.observed(.customerWrote(pendingSends: 0), at: noon + .seconds(49 * 3600))
            #expect(session.state == .untreated)
        }
    }

    @Test func whatAServicerDoesKeepsTheBeginning() {
        var session = SessionMachine.sample(.pool)
        session.observed(.sessionChanged(.pickedUp(by: anna, code: nil)), at: noon + .seconds(9))
        session.observed(
            .sessionChanged(.transferred(from: anna, to: bert)), at: noon + .seconds(20))
        #expect(session.startedAt == noon)
        #expect(session.changedAt == noon + .seconds(20))
    }

    // MARK: The rest

    @Test func rejectSwitchesOnAndOff() {
        var session = SessionMachine.sample(.assistant)
        session.observed(.rejectSwitched(true), at: noon)
        #expect(session.refusalOfSending(at: noon) == .customerRejects)
        session.observed(.rejectSwitched(false), at: noon)
        #expect(session.refusalOfSending(at: noon) == nil)
    }
}
