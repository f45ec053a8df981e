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
    let bundle: CompiledBundle
    /// The rules' files, for `tests_for`.
    private let files: [String]
    /// What rules look at, to find replacements that they answer alike.
    let meanings: Meanings
    /// With nothing replaced yet.
    private let blank: Redaction
    /// What was replaced so far, so that a number stays the same number.
    var redaction: Redaction
    private var steps: [String] = []
    private var clock = PlayingClock()
    /// Items of menus that the customer was sent, and can tap.
    private var shown: Set<WireID> = []
    private var duty = Duty()
    /// Words no replacement of which gets the same answer; they are left out of the file.
    package private(set) var unredactable = 0

    /// Records conversations that `bundle` decided.
    ///
    /// - Parameters:
    ///   - files: The rule files, as the test file is to name them: seen from its folder.
    ///   - key: What replacements are drawn with; it is written nowhere.
    package init(
        bundle: CompiledBundle, files: [String], key: Redaction.Key = .ofThisProcess
    ) {
        self.bundle = bundle
        self.files = files
        meanings = Meanings(bundle)
        blank = Redaction(keeping: bundle.definition.knownWords, key: key)
        redaction = blank
    }

    /// The test file for one conversation.
    ///
    /// - Parameters:
    ///   - name: The test's name.
    ///   - log: The conversation, oldest first.
    ///   - values: What is known of the customer now: calls' answers are taken from it.
    /// - Returns: `nil` when the customer never did anything that was decided about.
    package mutating func test(
        named name: String, of log: [LogEntry], values: [ValueName: String]
    ) -> String? {
        steps = []
        shown = []
        duty = Duty()
        unredactable = 0
        redaction = blank
        guard let first = log.firstIndex(where: \.isDecidedAct),
            case .row(let opening) = log[first]
        else { return nil }
        clock = PlayingClock(startsAt: opening.row.sentAt)
        let actions = Dictionary(grouping: log.compactMap(\.action)) { $0.entry.id.cause }
        for index in log.indices.dropFirst(first) {
            guard case .row(let record) = log[index] else { continue }
            let setOff = actions[.inbound(record.row.msgID)] ?? []
            add(record, setOff, values, log[index...])
            shown.formUnion(setOff.flatMap(\.items))
        }
        let subject =
            files.count == 1
            ? Self.quoted(files[0]) : "[" + files.map(Self.quoted).joined(separator: ", ") + "]"
        let account = log.lazy.compactMap(\.account).first
        let isClear = files.count == 1 && bundle.definition.accounts.count == 1
        let lines =
            ["  - test: \(Self.quoted(name))", "    at: \(ShanghaiClock.text(opening.row.sentAt))"]
            + (account.map { isClear ? [] : ["    account: \(Self.quoted($0.rawValue))"] } ?? [])
            + ["    steps:"] + steps.map { "      - " + $0 }
        return "tests_for: \(subject)\ntests:\n" + lines.joined(separator: "\n") + "\n"
    }

    // MARK: Rows

    private mutating func add(
        _ record: RecordedDecision, _ actions: [RecordedAction], _ values: [ValueName: String],
        _ rest: ArraySlice<LogEntry>
    ) {
        switch record.row.content {
        case .fromCustomer(_, let body):
            guard let step = said(body, record) else { return }
            answers(actions, values, rest)
            if let roster = duty.step(before: actions, bundle.definition) {
                clock.act()
                steps.append(roster)
            }
            act(step, at: record.row.sentAt)
            expect(record, actions)
        case .fromServicer(let servicer, _, let body):
            var words = ""
            if case .text(let text, _) = body { words = redaction.redacted(text) }
            let who = servicer.map { ", who: \(Self.quoted($0.rawValue))" } ?? ""
            act(
                "servicer: { says: \(Self.quoted(words.isEmpty ? "…" : words))\(who) }",
                at: record.row.sentAt)
        case .event(let event):
            guard let step = step(of: event) else { return }
            let isLate = record.reason == Refusal.welcomeCodeExpired.rawValue
            if isLate { delay(until: record) }
            act(step, at: record.row.sentAt)
            if case .entered = event { expect(record, actions) }
            if let survey = actions.compactMap({ survey(in: $0) }).first {
                steps.append("expect: { survey: \(Self.quoted(survey.rawValue)) }")
            }
            if isLate { steps.append("platform: { delay_callbacks: 0s }") }
        case .unknown: break
        }
    }

    /// Something happens at `time`, or as soon after it as playing can.
    private mutating func act(_ step: String, at time: Timestamp) {
        for wait in clock.waits(until: time) { steps.append("wait: \(wait)") }
        clock.act()
        steps.append(step)
    }

    /// We heard of it too late.
    private mutating func delay(until record: RecordedDecision) {
        for wait in clock.waits(until: record.row.sentAt) { steps.append("wait: \(wait)") }
        let seconds = max(1, (record.at - record.row.sentAt).wholeMilliseconds / 1000)
        steps.append("platform: { delay_callbacks: \(seconds)s }")
        clock.spend(.seconds(seconds))
    }

    private mutating func said(_ body: MessageBody, _ record: RecordedDecision) -> String? {
        switch body {
        case .text(let words, let item?):
            if shown.contains(item), let name = bundle.name(ofItem: item) {
                return "clicks: \(Self.quoted(name))"
            }
            let label = bundle.menuItem(wireID: item) == nil ? redaction.redacted(words) : words
            return "clicks: { text: \(Self.quoted(label)), wire_id: \(Self.quoted(item.rawValue)) }"
        case .text(let words, nil):
            guard let redacted = redacted(words, of: record) else {
                unredactable += 1
                return nil
            }
            return "customer: \(Self.quoted(redacted))"
        default: return "sends: \(body.kind.rawValue)"
        }
    }

    private mutating func step(of event: Event) -> String? {
        func quoted(_ servicer: ServicerID) -> String { Self.quoted(servicer.rawValue) }
        switch event {
        case .entered(_, let entrance):
            let parameter = entrance.sceneParameter.flatMap {
                $0.isEmpty ? nil : redacted(parameter: $0)
            }
            let parts =
                (entrance.scene.map { ["scene: \(Self.quoted($0))"] } ?? [])
                + (parameter.map { ["scene_param: \(Self.quoted($0))"] } ?? [])
                + (entrance.channelsScene.map { ["channels: \($0)"] } ?? [])
                + (entrance.welcomeCode == nil ? ["code: false"] : [])
            return parts.isEmpty ? "enters: {}" : "enters: { \(parts.joined(separator: ", ")) }"
        case .sessionChanged(_, .pickedUp(let servicer, _)):
            return "servicer: { picks_up: \(quoted(servicer)) }"
        case .sessionChanged(_, .transferred(let from, let to)):
            let from = from.map { "from: \(quoted($0)), " } ?? ""
            return "transfers: { \(from)to: \(quoted(to)) }"
        case .sessionChanged(_, .ended(let servicer, _)):
            return servicer.map { "ends: \(quoted($0))" } ?? "ends"
        case .sessionChanged(_, .reopened(_, let servicer)):
            return "reopens: \(quoted(servicer))"
        case .rejectSwitched(_, let servicer?, let rejects):
            return "servicer: { rejects: \(rejects), who: \(quoted(servicer)) }"
        case .sessionChanged(_, .unknown), .rejectSwitched(_, nil, _), .sendFailed,
            .servicerStatusChanged, .customerRecalled, .servicerRecalled, .unknown:
            return nil
        }
    }

    /// What the company's systems answered to the calls this row set off.
    private mutating func answers(
        _ actions: [RecordedAction], _ values: [ValueName: String], _ rest: ArraySlice<LogEntry>
    ) {
        for action in actions {
            guard case .call(let call) = action.entry.action else { continue }
            let name = Self.quoted("\(call.service).\(call.operation)")
            switch action.answer {
            case .none: steps.append("answers: { \(name): timeout }")
            case .failed("timeout"):
                steps.append("answers: { \(name): timeout }")
                clock.spend(call.timeout)
            case .failed(let why):
                steps.append("answers: { \(name): { error: \(Self.quoted(why)) } }")
            case .fields:
                let flow =
                    action.entry.reason.hasPrefix("flow:")
                    ? FlowName(String(action.entry.reason.dropFirst(5))) : nil
                let save = bundle.definition.save(of: call, in: flow) ?? ""
                // The next decision looked at what was answered; without one, what is known now.
                let known =
                    rest.lazy.dropFirst().compactMap { entry -> [ValueName: String]? in
                        guard case .row(let record) = entry else { return nil }
                        return record.facts?.values
                    }.first { $0.keys.contains { $0.rawValue.hasPrefix(save + ".") } } ?? values
                let fields = known.filter { $0.key.rawValue.hasPrefix(save + ".") }
                    .map { (String($0.key.rawValue.dropFirst(save.count + 1)), $0.value) }
                    .sorted { $0.0 < $1.0 }
                    .map { "\(Self.quoted($0.0)): \(Self.quoted(redacted($0.1, field: $0.0)))" }
                steps.append("answers: { \(name): { \(fields.joined(separator: ", ")) } }")
            }
        }
    }

    // MARK: What is expected

    private mutating func expect(_ record: RecordedDecision, _ actions: [RecordedAction]) {
        clock.settle()
        // A message that came while a call was under way: playing, the call is over by then.
        guard record.reason != Reason.deferred.text else { return }
        var checks: [String] = []
        if record.reason.hasPrefix("rule:") {
            checks.append("rule: \(Self.quoted(String(record.reason.dropFirst(5))))")
        } else {
            checks.append("reason: \(Self.quoted(record.reason))")
        }
        let transfers = actions.lazy.filter { $0.status == .done }.compactMap(\.target)
        switch transfers.last {
        case .human(let servicer): checks.append("servicer: \(Self.quoted(servicer.rawValue))")
        case .pool: checks.append("state: pool")
        case .ended: checks.append("state: ended")
        case .assistant, nil: break
        }
        steps.append("expect: { \(checks.joined(separator: ", ")) }")
    }

    /// The survey that was sent with an end code.
    private func survey(in action: RecordedAction) -> SurveyName? {
        guard action.status == .done, case .sendOnEvent(_, .menu(let menu)) = action.entry.action
        else { return nil }
        return bundle.definition.surveys.first { survey in
            menu.items.contains { item in
                guard case .click(let id, _) = item else { return false }
                return survey.menu.items.contains { $0.wireID == id }
            }
        }?.name
    }

    // MARK: Text

    /// A YAML scalar in quotes: single ones, or double ones where only those can say it.
    static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnwritable) else {
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
            case _ where isUnwritable(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Whether rule files and tests may not hold it as it is: controls, what YAML takes for a
    /// line end, and invisible characters; none is above U+FFFF.
    private static func isUnwritable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x200B, 0x200E, 0x200F, 0x2028...0x202E,
            0x2060...0x2069, 0xFEFF, 0xFFFE, 0xFFFF:
            true
        default: false
        }
    }
}

extension LogEntry {
    fileprivate var action: RecordedAction? {
        if case .action(let action) = self { action } else { nil }
    }

    fileprivate var account: AccountAlias? {
        if case .row(let record) = self { record.facts?.account } else { nil }
    }

    /// Whether the customer did something that wasn't left alone as older than the first start.
    fileprivate var isDecidedAct: Bool {
        guard case .row(let record) = self, record.reason != Reason.beforeFirstStart.text else {
            return false
        }
        switch record.row.content {
        case .fromCustomer, .event(.entered): return true
        case .fromServicer, .event, .unknown: return false
        }
    }
}

extension RecordedAction {
    /// Where it moved the session, or would have.
    var target: SessionTarget? {
        if case .transfer(let target) = entry.action { target } else { nil }
    }

    /// Items of the menu it sent.
    fileprivate var items: [WireID] {
        let body: OutgoingBody
        switch entry.action {
        case .send(let sent), .sendOnEvent(_, let sent): body = sent
        case .transfer, .upgrade, .call: return []
        }
        guard status == .done, case .menu(let menu) = body else { return [] }
        return menu.items.compactMap { if case .click(let id, _) = $0 { id } else { nil } }
    }

    fileprivate enum Answer { case none, fields, failed(String) }

    /// What became of a request to the company's own systems.
    fileprivate var answer: Answer {
        switch status {
        case .done: return .fields
        case .failed:
            let prefix = "call_failed:"
            return .failed(note.hasPrefix(prefix) ? String(note.dropFirst(prefix.count)) : "failed")
        case .pending, .cancelled: return .none
        }
    }
}
