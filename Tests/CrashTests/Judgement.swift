import Foundation
import GRDB

/// What the simulator's book and the bot's own records say once everything is over.
struct Judgement {
    /// What is wrong; empty when every promise was kept.
    private(set) var problems: [String] = []
    private(set) var summary = ""

    private static let scenes = [
        "welcome": "welcome", "queue": "queued", "assignment": "assigned", "ending": "ended",
    ]
    /// Of a transfer whose answer came too late, or never: there is no telling the scene.
    private static let anyScene = ["code_unused:transfer:", "code_lost:"]
    /// A call under way at the kill may still arrive this much later.
    private static let slack: Int64 = 1000

    /// Looks at everything.
    ///
    /// - Parameter expected: The answers each customer must have got, in order, as the timeline
    ///   tells them.
    init(
        of stage: Stage, expected: [(customer: String, answers: [String])]
    ) async throws {
        let control = stage.control
        try await judgeAnswers(expected, control)
        let codes = try await control.codes()
        let missed = try await judgeCodes(codes, stage)
        let kills = await stage.kills
        let facts = try await control.summary()
        try await judgeRefusals(facts.refusals, kills: kills, control)
        if facts.unanswered > 0 {
            let left = try await control.unanswered().prefix(10)
            problems.append("\(facts.unanswered) messages are unanswered, for instance \(left)")
        }
        let answers = expected.reduce(0) { $0 + $1.answers.count }
        let reasons = missed.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }
        summary =
            "\(facts.customer_messages) messages of \(expected.count) customers, \(answers) of "
            + "them the bot's to answer; \(kills.count) kills; \(facts.refusals.repeat) repeats, "
            + "\(facts.refusals.raced) raced, \(facts.refusals.limited) limited, "
            + "\(facts.refusals.illegal) illegal; \(codes.count) codes, "
            + "\(codes.count { $0.used_at != nil }) used, "
            + (reasons.isEmpty ? "none missed" : "missed: " + reasons.joined(separator: ", "))
    }

    // MARK: Answers

    private mutating func judgeAnswers(
        _ expected: [(customer: String, answers: [String])], _ control: PlatformControl
    ) async throws {
        for (customer, answers) in expected {
            let lines = try await control.timeline(of: customer)
            let all = lines.filter { $0.who == "api" && $0.code == nil }.map { $0.text ?? "" }
            let aside = "text " + CrashRules.answerToAside
            let said = all.filter { $0 != aside }
            if all.count - said.count > lines.count(where: { $0.text == CrashRules.aside }) {
                problems.append("\(customer) was answered twice\n" + Self.told(lines))
            }
            if said != answers {
                let place = zip(said, answers).enumerated().first { $0.element.0 != $0.element.1 }
                let index = place?.offset ?? min(said.count, answers.count)
                problems.append(
                    "\(customer) got \(said.count) answers instead of \(answers.count); "
                        + "from place \(index): \(said.dropFirst(index).prefix(3)) instead of "
                        + "\(answers.dropFirst(index).prefix(3))\n" + Self.told(lines))
            }
        }
    }

    private static func told(_ lines: [PlatformControl.Line]) -> String {
        lines.suffix(40).map { line in
            "    \(line.at) \(line.who) \(line.text ?? "") \(line.code ?? "")"
                + (line.state.map { " → \($0)" } ?? "")
        }.joined(separator: "\n")
    }

    // MARK: Codes

    /// Finds the reason of every unused code in the bot's own records.
    ///
    /// - Returns: How often each reason was given.
    private mutating func judgeCodes(
        _ codes: [PlatformControl.Code], _ stage: Stage
    ) async throws -> [String: Int] {
        let unused = codes.filter { $0.used_at == nil }
        let (reasons, notes) = try await stage.records { database in
            (
                try unused.map { try Self.outcome(of: $0.code, in: database) },
                try Self.codeNotes(in: database)
            )
        }
        var left = notes
        var counts: [String: Int] = [:]
        for (code, reason) in zip(unused, reasons) {
            var reason = reason
            if reason == nil {
                let scene = "code_unused:\(Self.scenes[code.purpose] ?? code.purpose):"
                let note =
                    left[code.customer, default: []].firstIndex { $0.hasPrefix(scene) }
                    ?? left[code.customer, default: []].firstIndex { note in
                        Self.anyScene.contains { note.hasPrefix($0) }
                    }
                reason = note.map { left[code.customer, default: []].remove(at: $0) }
            }
            guard let reason else {
                problems.append("\(code.code) of \(code.customer) is unused without a reason")
                continue
            }
            counts[reason, default: 0] += 1
        }
        return counts
    }

    /// Why the message that was to go out with `code` did not; `nil` when none was ordered.
    private static func outcome(of code: String, in database: Database) throws -> String? {
        try String.fetchOne(
            database,
            sql: """
                SELECT status || ': ' || note FROM outbox WHERE kind = 'send_on_event'
                    AND status IN ('failed', 'cancelled') AND note <> ''
                    AND instr(action, ?)
                """, arguments: ["\"\(code)\""])
    }

    private static func codeNotes(in database: Database) throws -> [String: [String]] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT customers.customer AS customer, what FROM journal
                    JOIN customers ON customers.id = journal.customer
                    WHERE what LIKE 'code_unused:%' OR what LIKE 'code_lost:%' ORDER BY journal.id
                """)
        return rows.reduce(into: [:]) { notes, row in
            notes[row["customer"], default: []].append(row["what"])
        }
    }

    // MARK: Refusals

    private mutating func judgeRefusals(
        _ refusals: PlatformControl.Summary.Refusals, kills: [Int64], _ control: PlatformControl
    ) async throws {
        if refusals.illegal > 0 {
            let calls = try await control.book("mark=illegal").prefix(10)
            problems.append("\(refusals.illegal) illegal calls, for instance \(Array(calls))")
        }
        if refusals.limited > 0 {
            let calls = try await control.book("mark=limited").prefix(10)
            problems.append("\(refusals.limited) limited calls, for instance \(Array(calls))")
        }
        let repeats = try await control.book("mark=repeat")
        guard !repeats.isEmpty else { return }
        var earlier: [String: [PlatformControl.Call]] = [:]
        for endpoint in ["send_msg", "send_msg_on_event", "service_state/trans"] {
            for call in try await control.book("endpoint=\(endpoint)") where call.mark != "repeat" {
                earlier[Self.identity(of: call), default: []].append(call)
            }
        }
        for call in repeats {
            let isExplained = earlier[Self.identity(of: call), default: []].contains { first in
                // A call that was raced, tried once more after the session was read.
                if first.mark == "raced" { return first.number < call.number }
                return first.errcode == 0
                    && kills.contains { first.at - Self.slack <= $0 && $0 <= call.at }
            }
            if !isExplained { problems.append("a repeat without a kill: \(call)") }
        }
    }

    /// What makes a call the same call: its msgid, or what it does to whom.
    private static func identity(of call: PlatformControl.Call) -> String {
        call.msgid ?? "\(call.endpoint) \(call.customer ?? "") \(call.summary)"
    }
}
