import ChatModel
package import RuleEngine

/// An explanation as a person reads it: folding, every contender with its score, and why the
/// others lost.
package struct ExplanationText {
    private let explanation: Explanation
    private let bundle: BundleDefinition

    /// Writes `explanation` of a decision by `bundle`.
    package init(_ explanation: Explanation, by bundle: BundleDefinition) {
        self.explanation = explanation
        self.bundle = bundle
    }

    /// The lines, without a line end at the last.
    package var lines: [String] {
        var lines: [String] = ["bundle    \(bundle.name)"]
        lines += reading
        lines.append("facts     \(facts)")
        lines.append("")
        if explanation.contenders.isEmpty {
            lines.append("no rule has a trigger that fires")
        } else {
            let rows = explanation.contenders.map(row)
            let widths = rows.reduce(into: [0, 0, 0]) { widths, row in
                for (index, cell) in [row.name, row.trigger, row.score].enumerated() {
                    widths[index] = max(widths[index], Self.columns(of: cell))
                }
            }
            for row in rows {
                lines.append(
                    "\(row.mark) \(Self.pad(row.name, to: widths[0]))  "
                        + "\(Self.pad(row.trigger, to: widths[1]))  "
                        + "\(Self.pad(row.score, to: widths[2], right: true))  \(row.why)")
            }
        }
        if explanation.silentRules > 0 {
            lines.append("  \(explanation.silentRules) more rules have no trigger that fires")
        }
        lines.append("")
        lines.append("result    \(result)")
        return lines
    }

    private var reading: [String] {
        switch explanation.reading {
        case .words: folding
        case .click(let id): ["click     \(item(id))"]
        case .unknownClick(let id):
            ["click     \(id) is not an item of this bundle: its label is read as words"] + folding
        case .message(let kind): ["message   \(kind.rawValue)"]
        case .event(let event): ["event     \(event.rawValue)"]
        }
    }

    private var folding: [String] {
        guard case .text(let text, _) = explanation.stimulus, let folded = explanation.folded else {
            return []
        }
        let changes = folded.changes
        let counts = [
            ("script", changes.script), ("case", changes.letterCase), ("width", changes.width),
            ("compatibility", changes.compatibility), ("marks and spaces", changes.marks),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        let what = counts.isEmpty ? "" : "  (\(counts.joined(separator: ", ")))"
        return ["folding   \(text) → \(folded.keywords)\(what)"]
    }

    private func item(_ id: WireID) -> String {
        for menu in bundle.menus {
            for item in menu.items {
                if case .click(id, let label) = item.item {
                    return "\(menu.name).\(item.key) “\(label)”"
                }
            }
        }
        return id.rawValue
    }

    private var facts: String {
        let facts = explanation.facts
        let state = StateName.allCases.first { $0 != .bot && $0.covers(facts.state) }
        return "state \(state?.rawValue ?? "\(facts.state)"), misses \(facts.misses), "
            + "scene \(facts.scene ?? "none")"
    }

    private struct Row {
        var mark: String
        var name: String
        var trigger: String
        var score: String
        var why: String
    }

    private func row(_ contender: Explanation.Contender) -> Row {
        let won = contender.outcome == .won
        return Row(
            mark: won ? "▶" : " ", name: contender.name.rawValue,
            trigger: trigger(of: contender), score: Self.number(contender.score),
            why: why(contender))
    }

    private func trigger(of contender: Explanation.Contender) -> String {
        let coverage =
            contender.coverage.map { " (\($0.matched)/\($0.meaningful))" } ?? ""
        switch contender.triggerDefinition {
        case .says(let words): return "says \(words)\(coverage)"
        case .saysExactly(let words): return "says_exactly \(words)"
        case .startsWith(let words): return "starts_with \(words)\(coverage)"
        case .matches(let pattern): return "matches \(pattern)\(coverage)"
        case .clicks(let menu, let item, _): return "clicks \(menu).\(item)"
        case .sends(let kind): return "sends \(kind.rawValue)"
        case .event(let event): return "event \(event.rawValue)"
        case .noMatch: return "no_match"
        }
    }

    private func why(_ contender: Explanation.Contender) -> String {
        switch contender.outcome {
        case .won:
            contender.conditionPoints > 0
                ? "wins, \(contender.conditionPoints) of it for conditions" : "wins"
        case .lost(let loss):
            switch loss {
            case .conditionFailed(_, let condition): "its if does not hold: \(Self.text(condition))"
            case .vetoed(_, let condition): "its unless holds: \(Self.text(condition))"
            case .notAMiss: "no_match counts only when nothing else applies"
            case .lowerPriority: "lower priority (\(contender.priority.rawValue))"
            case .lowerScore: "lower score"
            case .laterInFile: "same score, but further down (\(contender.place))"
            }
        }
    }

    private static func text(_ condition: Condition) -> String {
        switch condition {
        case .scene(let pattern): "scene \(pattern)"
        case .state(let names):
            "state " + names.map(\.rawValue).sorted().joined(separator: " or ")
        case .misses(let count): "misses \(count)"
        case .any(let conditions): "any of " + conditions.map(text).joined(separator: ", ")
        case .all(let conditions): "all of " + conditions.map(text).joined(separator: ", ")
        case .not(let condition): "not " + text(condition)
        }
    }

    private var result: String {
        // The rules are asked only while it is the bot's turn; a greeting has a code of its own.
        if explanation.facts.state > 1, explanation.stimulus != .event(.enterSession) {
            return "nothing is sent: the bot stays silent in this state, whatever the rules say"
        }
        guard let verdict = explanation.verdict else { return "no rule applies: nothing is sent" }
        let rule = bundle.rules[verdict.rule]
        var parts: [String] = rule.reply.map { part in
            switch part {
            case .text(let text): "text “\(text)”"
            case .menu(let menu): "menu “\(menu)”"
            case .body(let body): body.type
            }
        }
        if let handoff = rule.handoff {
            switch handoff.to {
            case .pool: parts.append("hand-off to the pool")
            case .servicer(let servicer): parts.append("hand-off to \(servicer)")
            }
        }
        if rule.end != nil { parts.append("end of the session") }
        return "\(rule.name) (\(rule.place)): " + parts.joined(separator: ", ")
    }

    /// A score as it is printed everywhere: to one decimal, without a trailing zero.
    package static func number(_ score: Double) -> String {
        let tenths = Int((score * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    private static func columns(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) }
    }

    private static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - columns(of: text)))
        return right ? space + text : text + space
    }
}
