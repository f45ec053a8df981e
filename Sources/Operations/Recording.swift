package import Boundary
package import ChatModel
import Routing
package import RuleEngine

/// A conversation from the store as a conversation test: redacted, and with what happened as what
/// is expected.
///
/// Whoever writes it to a file plays it first: what a version decided it decides again, but what
/// people and the platform did in between may not be told by any step.
package struct Recording: Sendable {
    private let bundle: CompiledBundle
    /// The rules' files, for `tests_for`.
    private let files: [String]
    /// Replacements given so far, so that a number stays the same number.
    private var salts: [String: UInt64] = [:]
    private var steps: [String] = []
    private var clock: Timestamp?
    /// Words no replacement of which gets the same answer; they are left out of the file.
    package private(set) var unredactable = 0

    /// Records conversations that `bundle` decided.
    package init(bundle: CompiledBundle, files: [String]) {
        self.bundle = bundle
        self.files = files
    }

    /// The test file for one conversation.
    ///
    /// - Parameters:
    ///   - name: The test's name.
    ///   - log: The conversation, oldest first.
    ///   - values: What is known of the customer now: calls' answers are taken from it.
    /// - Returns: `nil` when the customer never did anything.
    package mutating func test(
        named name: String, of log: [LogEntry], values: [ValueName: String]
    ) -> String? {
        steps = []
        clock = nil
        guard let first = log.lazy.compactMap(\.customerTime).first else { return nil }
        clock = first
        for (index, entry) in log.enumerated() {
            guard case .row(let record) = entry else { continue }
            add(
                record, actions: Self.actions(setOffBy: record.row.msgID, in: log), values,
                log[index...])
        }
        let subject =
            files.count == 1
            ? Self.quoted(files[0]) : "[" + files.map(Self.quoted).joined(separator: ", ") + "]"
        return """
            tests_for: \(subject)
            tests:
              - test: \(Self.quoted(name))
                at: \(ShanghaiClock.text(first))
                steps:
            \(steps.map { "      - " + $0 }.joined(separator: "\n"))

            """
    }

    // MARK: Rows

    private mutating func add(
        _ record: RecordedDecision, actions: [RecordedAction], _ values: [ValueName: String],
        _ rest: ArraySlice<LogEntry>
    ) {
        switch record.row.content {
        case .fromCustomer(_, let body):
            answers(actions, values, rest)
            wait(until: record.row.sentAt)
            guard let step = said(body, record) else { return }
            steps.append(step)
            expect(record, actions)
        case .fromServicer(let servicer, _, let body):
            wait(until: record.row.sentAt)
            var words = ""
            if case .text(let text, _) = body { words = Redaction.redacted(text) }
            let who = servicer.map { ", who: \(Self.quoted($0.rawValue))" } ?? ""
            steps.append("servicer: { says: \(Self.quoted(words.isEmpty ? "…" : words))\(who) }")
        case .event(let event):
            happened(event, record, actions)
        case .unknown: break
        }
    }

    private mutating func said(_ body: MessageBody, _ record: RecordedDecision) -> String? {
        switch body {
        case .text(let words, let item?):
            if let (menu, key) = bundle.menuItem(wireID: item) {
                return "clicks: \(Self.quoted("\(menu).\(key)"))"
            }
            return
                "clicks: { text: \(Self.quoted(Redaction.redacted(words))), wire_id: \(Self.quoted(item.rawValue)) }"
        case .text(let words, nil):
            guard let redacted = redacted(words, record.facts) else {
                unredactable += 1
                return nil
            }
            return "customer: \(Self.quoted(redacted))"
        default: return "sends: \(body.kind.rawValue)"
        }
    }

    private mutating func happened(
        _ event: Event, _ record: RecordedDecision, _ actions: [RecordedAction]
    ) {
        let step: String? =
            switch event {
            case .entered(_, let entrance):
                entrance.scene.map { "enters: { scene: \(Self.quoted($0)) }" } ?? "enters: {}"
            case .sessionChanged(_, .pickedUp(let servicer, _)):
                "servicer: { picks_up: \(Self.quoted(servicer.rawValue)) }"
            case .sessionChanged(_, .transferred(let from?, let to)):
                "servicer: { transfer: { from: \(Self.quoted(from.rawValue)), to: \(Self.quoted(to.rawValue)) } }"
            case .sessionChanged(_, .ended(let servicer, _)):
                servicer.map { "ends: \(Self.quoted($0.rawValue))" }
            case .sessionChanged(_, .reopened(_, let servicer)):
                "servicer: { reopens: \(Self.quoted(servicer.rawValue)) }"
            default: nil
            }
        guard let step else { return }
        wait(until: record.row.sentAt)
        steps.append(step)
        if case .entered = event { expect(record, actions) }
    }

    private mutating func wait(until time: Timestamp) {
        guard let clock else { return }
        let seconds = (time - clock).wholeMilliseconds / 1000
        guard seconds > 0 else { return }
        steps.append("wait: \(seconds)s")
        self.clock = time
    }

    /// What the company's systems answered to the calls this row set off.
    private mutating func answers(
        _ actions: [RecordedAction], _ values: [ValueName: String], _ rest: ArraySlice<LogEntry>
    ) {
        for action in actions {
            guard case .call(let call) = action.entry.action else { continue }
            let name = "\(call.service).\(call.operation)"
            guard action.status == .done, let save = save(of: name) else {
                steps.append("answers: { \(Self.quoted(name)): timeout }")
                continue
            }
            // The next decision looked at what was answered; without one, what is known now.
            let known =
                rest.lazy.dropFirst().compactMap { entry -> [ValueName: String]? in
                    guard case .row(let record) = entry else { return nil }
                    return record.facts?.values
                }.first { $0.keys.contains { $0.rawValue.hasPrefix(save + ".") } } ?? values
            let fields = known.filter { $0.key.rawValue.hasPrefix(save + ".") }
                .map { (String($0.key.rawValue.dropFirst(save.count + 1)), $0.value) }
                .sorted { $0.0 < $1.0 }
                .map { "\(Self.quoted($0.0)): \(Self.quoted(Redaction.redacted($0.1)))" }
            steps.append(
                "answers: { \(Self.quoted(name)): { \(fields.joined(separator: ", ")) } }")
        }
    }

    /// Where a call's answer is kept.
    private func save(of name: String) -> String? {
        func find(_ steps: [FlowStep]) -> String? {
            for step in steps {
                switch step.action {
                case .call(let request):
                    if "\(request.service).\(request.operation)" == name { return request.save }
                    if let found = find(request.failed) { return found }
                case .ask(let question):
                    if let found = find(question.otherwise) { return found }
                case .branch(_, let then, let otherwise):
                    if let found = find(then) ?? find(otherwise) { return found }
                default: break
                }
            }
            return nil
        }
        return bundle.definition.flows.lazy.compactMap { find($0.steps) }.first
    }

    private mutating func expect(_ record: RecordedDecision, _ actions: [RecordedAction]) {
        var checks: [String] = []
        if record.reason.hasPrefix("rule:") {
            checks.append("rule: \(Self.quoted(String(record.reason.dropFirst(5))))")
        } else {
            checks.append("reason: \(Self.quoted(record.reason))")
        }
        for action in actions {
            if case .transfer(.human(let servicer)) = action.entry.action, action.status == .done {
                checks.append("servicer: \(Self.quoted(servicer.rawValue))")
            }
        }
        steps.append("expect: { \(checks.joined(separator: ", ")) }")
    }

    private static func actions(setOffBy msgID: MsgID, in log: [LogEntry]) -> [RecordedAction] {
        log.compactMap { entry in
            guard case .action(let action) = entry, action.entry.id.cause == .inbound(msgID)
            else { return nil }
            return action
        }
    }

    // MARK: Words

    /// Replacements that get the same answer are looked for so often.
    private static var mostTries: UInt64 { 64 }

    /// The words redacted so that the same rule answers; `nil` when none of many replacements is.
    private func redacted(_ words: String, _ facts: Facts?) -> String? {
        let plain = Redaction.redacted(words)
        guard plain != words, let facts else { return plain }
        let wanted = bundle.decision(for: .text(words, menuItem: nil), facts: facts)
        for salt in 0..<Self.mostTries {
            let candidate = Redaction.redacted(words, salt: salt)
            if bundle.decision(for: .text(candidate, menuItem: nil), facts: facts)
                .isAlike(wanted)
            {
                return candidate
            }
        }
        return nil
    }

    /// A YAML scalar in quotes: single ones, or double ones where only those can say it.
    private static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return "'" + text.replacing("'", with: "''") + "'"
        }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Decision {
    /// Whether the same rules would answer, whatever the score.
    fileprivate func isAlike(_ other: Decision) -> Bool {
        switch (self, other) {
        case (.none, .none): true
        case (.rule(let one), .rule(let two)): one.rule == two.rule
        case (.askBack(let one), .askBack(let two)):
            one.rules.map(\.rule) == two.rules.map(\.rule)
        default: false
        }
    }
}

extension LogEntry {
    /// When the customer did something.
    fileprivate var customerTime: Timestamp? {
        guard case .row(let record) = self else { return nil }
        switch record.row.content {
        case .fromCustomer, .event(.entered): return record.row.sentAt
        default: return nil
        }
    }
}

/// Moments as rule files and tests write them.
enum ShanghaiClock {
    /// `2026-03-02 10:00`, or with seconds where there are some.
    static func text(_ time: Timestamp) -> String {
        let moment = CivilZone.shanghai.moment(at: time)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(moment.day) \(two(moment.second / 3600)):\(two(moment.second / 60 % 60))"
        return moment.second % 60 == 0 ? minutes : minutes + ":\(two(moment.second % 60))"
    }
}
