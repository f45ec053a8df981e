import ChatModel
package import RuleFiles

/// A comparison as a person reads it.
package struct DiffText {
    private let language: MessageLanguage

    /// Writes in `language`.
    package init(in language: MessageLanguage) { self.language = language }

    private func say(_ en: String, _ zh: String) -> String { language == .zh ? zh : en }

    /// The lines of a comparison by meaning.
    package func lines(_ diff: VersionDiff) -> [String] {
        guard !diff.isEmpty else {
            return [
                say(
                    "no difference in meaning; \(diff.compared) sentences go where they went",
                    "意思没有变化；\(diff.compared) 条例句去向相同")
            ]
        }
        var lines = diff.changes.map(line)
        if !diff.sentences.isEmpty {
            lines.append("")
            lines.append(
                say(
                    "sentences that change hands: \(diff.sentences.count) of \(diff.compared)",
                    "换手的句子：\(diff.compared) 句中 \(diff.sentences.count) 句"))
            lines += diff.sentences.map(line)
        }
        return lines
    }

    private func line(_ change: VersionDiff.Change) -> String {
        let mark: String =
            switch change.kind {
            case .added: "+"
            case .removed: "-"
            case .changed: "~"
            case .renamed: ">"
            }
        var text = "\(mark) \(change.bundle)  \(subject(change.subject)) \(quoted(change.name))"
        if !change.aspects.isEmpty {
            text += "  " + change.aspects.joined(separator: say(", ", "、"))
        }
        if change.budget.count == 2 {
            text += say(
                "  messages \(change.budget[0]) → \(change.budget[1])",
                "  条数 \(change.budget[0]) → \(change.budget[1])")
        }
        return text
    }

    private func line(_ sentence: VersionDiff.Sentence) -> String {
        var text =
            "  “\(sentence.text)”  \(answerer(sentence.before)) → \(answerer(sentence.after))"
        switch sentence.isPromised {
        case true?: text += say("  ✓ as promised", "  ✓ 符合例句")
        case false?:
            if let rule = sentence.promisedBy.map({ quoted($0.rawValue) }) {
                text += say("  ✗ promised by \(rule)", "  ✗ 违背 \(rule) 的例句")
            } else {
                // It is a counterexample of the very rule that gets it.
                let rule = answerer(sentence.after)
                text += say("  ✗ \(rule) must not answer it", "  ✗ \(rule)不该答这句")
            }
        case nil: break
        }
        return text
    }

    /// The lines of a comparison on real traffic.
    package func lines(_ comparison: TrafficComparison, mostMoves: Int = 20) -> [String] {
        var lines = [
            say(
                "\(comparison.messages) messages of \(comparison.conversations) conversations, redacted; \(comparison.leftOut) left out (in flows, or with people)",
                "\(comparison.messages) 条消息 · \(comparison.conversations) 个会话 · 已脱敏；另有 \(comparison.leftOut) 条不比较（流程中、人工接待中）"
            )
        ]
        func row(_ name: String, _ before: Int, _ after: Int) -> String {
            let change = share(after, comparison) - share(before, comparison)
            return Columns.pad(name, to: 20)
                + Columns.pad(percent(share(before, comparison)), to: 9, right: true)
                + Columns.pad(percent(share(after, comparison)), to: 9, right: true)
                + Columns.pad(signed(change), to: 8, right: true)
        }
        lines.append(
            Columns.pad("", to: 20) + Columns.pad(say("before", "原来"), to: 9, right: true)
                + Columns.pad(say("now", "现在"), to: 9, right: true)
                + Columns.pad(say("change", "变化"), to: 8, right: true))
        lines.append(
            row(
                say("answered by the bot", "机器人直接解决"), comparison.before.solved,
                comparison.after.solved))
        lines.append(
            row(
                say("handed over", "转人工"), comparison.before.handedOver, comparison.after.handedOver
            ))
        lines.append(
            row(say("asked back", "反问"), comparison.before.askedBack, comparison.after.askedBack))
        lines.append(
            row(say("not understood", "没听懂"), comparison.before.missed, comparison.after.missed))
        let moved = comparison.moves.reduce(0) { $0 + $1.count }
        guard moved > 0 else {
            lines.append(say("every message goes where it went", "每条消息去向相同"))
            return lines
        }
        lines.append(
            say("\(moved) answers change, by rule:", "答案变了 \(moved) 条，按规则："))
        for move in comparison.moves.prefix(mostMoves) {
            let samples = move.samples.map { "“\($0)”" }.joined()
            lines.append(
                "  \(answerer(move.before)) → \(answerer(move.after))  \(move.count)"
                    + (samples.isEmpty ? "" : say("  e.g. ", "  例 ") + samples)
                    + (move.looksWorse ? say("  ✗ looks worse", "  ✗ 疑似退步") : ""))
        }
        if comparison.moves.count > mostMoves {
            lines.append(
                say(
                    "  … and \(comparison.moves.count - mostMoves) more kinds of change",
                    "  … 还有 \(comparison.moves.count - mostMoves) 种变化"))
        }
        return lines
    }

    private func share(_ count: Int, _ comparison: TrafficComparison) -> Double {
        comparison.messages == 0 ? 0 : 100 * Double(count) / Double(comparison.messages)
    }

    private func percent(_ share: Double) -> String { "\(ExplanationText.number(share)) %" }

    private func signed(_ change: Double) -> String {
        let number = ExplanationText.number(abs(change))
        return number == "0" ? "0" : (change < 0 ? "−" : "+") + number
    }

    private func answerer(_ name: String?) -> String {
        switch name {
        case nil: say("nobody", "没人答")
        case VersionDiff.askedBack?: say("asked back", "反问")
        case let name?: quoted(name)
        }
    }

    private func quoted(_ name: String) -> String { say("'\(name)'", "「\(name)」") }

    private func subject(_ subject: VersionDiff.Subject) -> String {
        switch subject {
        case .bundle: say("bundle", "规则包")
        case .rule: say("rule", "规则")
        case .menu: say("menu", "菜单")
        case .schedule: say("schedule", "时间表")
        case .slot: say("slot", "槽位")
        case .flow: say("flow", "流程")
        case .policy: say("hand-off policy", "转接策略")
        case .survey: say("survey", "评价")
        case .notice: say("notice", "公告")
        case .defaults: say("defaults", "默认值")
        }
    }
}

/// Text in columns, where a Chinese character takes two.
enum Columns {
    static func count(_ text: String) -> Int { DisplayWidth.columns(text) }

    static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - count(text)))
        return right ? space + text : text + space
    }
}
