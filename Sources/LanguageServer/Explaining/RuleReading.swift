import ChatModel
import RuleEngine
import RuleFiles

/// A rule read aloud: its sentence, what its triggers score, and what it leaves of the budget.
struct RuleReading {
    private let rule: RuleDefinition
    private let bundle: BundleDefinition
    private let words: ConditionText

    init(_ rule: RuleDefinition, of bundle: BundleDefinition, in language: MessageLanguage) {
        self.rule = rule
        self.bundle = bundle
        words = ConditionText(language: language)
    }

    private func say(_ en: String, _ zh: String) -> String { words.say(en, zh) }

    /// Markdown.
    var text: String {
        var parts = ["**\(words.named(rule.name))** \(sentence)", scores]
        if let budget { parts.append(budget) }
        return parts.joined(separator: "\n\n")
    }

    /// One sentence: `当客户说到“退款”，就回复“请稍候”。`.
    var sentence: String {
        var text = say("When a customer ", "当客户") + words.text(rule.triggers)
        if !rule.conditions.isEmpty {
            text +=
                say(", and ", "，并且")
                + words.list(rule.conditions.map(words.text), "and", "，并且")
        }
        if !rule.exceptions.isEmpty {
            text +=
                say(", unless ", "，除非")
                + words.list(rule.exceptions.map(words.text), "or", "，或者")
        }
        let actions = actions
        text += say(": ", "，就")
        return text + (actions.isEmpty ? say("do nothing", "什么也不做") : actions) + say(".", "。")
    }

    private var actions: String {
        var parts = rule.reply.map(text)
        if !rule.tags.isEmpty {
            let tags = rule.tags.map { words.named($0) }.joined(separator: say(" ", ""))
            parts.append(say("tag \(tags)", "打标签\(tags)"))
        }
        for set in rule.sets {
            parts.append(
                say("note \(words.named(set.name))", "记下\(words.named(set.name))")
                    + " = \(words.quoted(set.value))")
        }
        if let upgrade = rule.upgrade {
            parts.append(say("recommend \(upgrade.subject)", "推荐 \(upgrade.subject)"))
        }
        if let flow = rule.start {
            parts.append(say("start the flow \(words.named(flow))", "开始流程\(words.named(flow))"))
        }
        if let handoff = rule.handoff { parts.append(text(handoff)) }
        if rule.end != nil { parts.append(say("end the session", "结束会话")) }
        return words.list(parts, "then", "，再")
    }

    private func text(_ part: ReplyPart) -> String {
        switch part {
        case .text(let text): say("reply \(words.quoted(text))", "回复\(words.quoted(text))")
        case .menu(let menu): say("send the menu \(words.named(menu))", "发菜单\(words.named(menu))")
        case .survey(let survey):
            say("send the survey \(words.named(survey))", "发评价\(words.named(survey))")
        case .body(let body): say("send \(body.type)", "发 \(body.type)")
        }
    }

    private func text(_ handoff: HandoffDefinition) -> String {
        if let name = handoff.name {
            return say("hand over by \(words.named(name))", "按\(words.named(name))转人工")
        }
        switch handoff.to {
        case .pool: return say("hand over to the pool", "转人工（待接入池）")
        case .servicer(let servicer): return say("hand over to \(servicer)", "转给 \(servicer)")
        case .team(let team):
            let names = team.map(\.rawValue).joined(separator: say(", ", "、"))
            return say("hand over to one of \(names)", "转给 \(names) 之一")
        }
    }

    // MARK: Numbers

    private var scores: String {
        var seen: Set<String> = []
        var lines = rule.triggers.compactMap { trigger -> String? in
            let key = words.key(trigger)
            guard seen.insert(key).inserted else { return nil }
            return "- `\(key)` \(words.score(trigger))"
        }
        let points = rule.conditions.count + rule.exceptions.count
        if points > 0 {
            lines.append(say("- conditions +\(points)", "- 条件成立再加 \(points) 分"))
        }
        if rule.priority != .normal {
            lines.append(
                say(
                    "- `priority: \(rule.priority.rawValue)` comes before the score",
                    "- `priority: \(rule.priority.rawValue)` 排在分数前面"))
        }
        return say("Score", "得分") + "\n" + lines.joined(separator: "\n")
    }

    /// The platform takes five messages for each of a customer's.
    private var budget: String? {
        let count = rule.reply.count
        guard count > 0 else { return nil }
        if rule.triggers.allSatisfy({ $0 == .event(.enterSession) }) {
            return say(
                "A greeting: one message with the welcome code, within 20 seconds.",
                "欢迎语：随欢迎码发 1 条，要在 20 秒内。")
        }
        let left = ReplyBudget.messages - count
        let kept = bundle.defaults.budgetKeep
        return say(
            "\(count) of \(ReplyBudget.messages) messages; \(left) left, \(kept) of them in reserve.",
            "用 \(ReplyBudget.messages) 条额度中的 \(count) 条，剩 \(left) 条（其中 \(kept) 条保留）。")
    }
}

/// What the platform allows (wecom-kf reference §9).
private enum ReplyBudget {
    /// Messages for each message of a customer.
    static let messages = 5
}
