import ChatModel
import RuleEngine
import RuleFiles

/// Triggers, conditions and texts in words, as parts of a sentence.
struct ConditionText {
    let language: MessageLanguage

    func say(_ en: String, _ zh: String) -> String { language == .zh ? zh : en }

    /// A text in the language's quotes, cut where it gets long.
    func quoted(_ text: String) -> String {
        var line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        if line.count > 40 { line = line.prefix(40) + "…" }
        return say("“\(line)”", "“\(line)”")
    }

    /// A template as its author wrote it, in its first language.
    func quoted(_ template: Template) -> String {
        let parts = template.variants.first?.parts ?? []
        return quoted(
            parts.map { part in
                switch part {
                case .literal(let words): words
                case .value(let name, _): "$(\(name))"
                }
            }.joined())
    }

    func named(_ name: some CustomStringConvertible) -> String { say("'\(name)'", "「\(name)」") }

    /// Some alternatives or additions: `a, b or c`.
    func list(_ parts: [String], _ en: String, _ zh: String) -> String {
        guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
        return language == .zh
            ? parts.joined(separator: zh)
            : parts.dropLast().joined(separator: ", ") + " \(en) \(last)"
    }

    // MARK: Triggers

    /// What a trigger hears, with the words of all triggers of its kind.
    func text(_ triggers: [Trigger]) -> String {
        var groups: [(head: String, words: [String], tail: String)] = []
        for trigger in triggers {
            let (head, words, tail) = parts(trigger)
            if let last = groups.indices.last, groups[last].head == head {
                groups[last].words.append(words)
            } else {
                groups.append((head, [words], tail))
            }
        }
        let texts = groups.map { group in
            let shown = group.words.prefix(6)
            let more = group.words.count - shown.count
            var words = list(Array(shown), "or", "、")
            if more > 0 { words += say(" (and \(more) more)", "等 \(group.words.count) 个") }
            return [group.head, words, group.tail].filter { !$0.isEmpty }
                .joined(separator: language == .zh ? "" : " ")
        }
        return list(texts, "or", "，或者")
    }

    private func parts(_ trigger: Trigger) -> (String, String, String) {
        switch trigger {
        case .says(let words): (say("says", "说到"), quoted(words), "")
        case .saysExactly(let words): (say("says just", "只说"), quoted(words), "")
        case .startsWith(let words): (say("begins with", "开头说"), quoted(words), "")
        case .endsWith(let words): (say("ends with", "结尾说"), quoted(words), "")
        case .saysAll(let words):
            (say("says all of", "同时说到"), list(words.map { quoted($0) }, "and", "和"), "")
        case .asksLike(let question): (say("asks something like", "问的意思像"), quoted(question), "")
        case .matches(let pattern): (say("writes what matches", "写的内容符合"), "`\(pattern)`", "")
        case .clicks(let menu, let item, _): (say("taps", "点了"), named("\(menu).\(item)"), "")
        case .sends(let kind): (say("sends", "发来"), kind.rawValue, "")
        case .event(.enterSession): (say("opens the chat", "打开聊天窗口"), "", "")
        case .noMatch: (say("says what no other rule answers", "说的话没有别的规则能回答"), "", "")
        }
    }

    /// What a trigger scores.
    func score(_ trigger: Trigger) -> String {
        switch trigger {
        case .clicks, .event: "100"
        case .saysExactly: "95"
        case .matches:
            say("90 for the whole message, else 50 + 30 × coverage", "整句 90，否则 50 + 30 × 覆盖率")
        case .asksLike: say("40 + 55 × similarity", "40 + 55 × 相似度")
        case .startsWith, .endsWith: say("70 + 20 × coverage", "70 + 20 × 覆盖率")
        case .says, .saysAll: say("50 + 30 × coverage", "50 + 30 × 覆盖率")
        case .sends: "30"
        case .noMatch: "0"
        }
    }

    /// The key that a trigger stands under.
    func key(_ trigger: Trigger) -> String {
        switch trigger {
        case .says: "says"
        case .saysExactly: "says_exactly"
        case .startsWith: "starts_with"
        case .endsWith: "ends_with"
        case .saysAll: "says_all"
        case .asksLike: "asks_like"
        case .matches: "matches"
        case .clicks: "clicks"
        case .sends: "sends"
        case .event: "event"
        case .noMatch: "no_match"
        }
    }

    // MARK: Conditions

    func text(_ condition: Condition) -> String {
        switch condition {
        case .scene(let pattern): say("comes by \(pattern)", "从 \(pattern) 进来")
        case .state(let names):
            say("the session is ", "会话状态是 ")
                + list(names.map(\.rawValue).sorted(), "or", " 或 ")
        case .misses(let count):
            say("at least miss \(count) in a row", "连续第 \(count) 次（或更多）没听懂")
        case .hours(let name, true): say("during \(named(name))", "在\(named(name))之内")
        case .hours(let name, false): say("outside \(named(name))", "在\(named(name))之外")
        case .value(let name, let test): text(name, test)
        case .inFlow(nil): say("in a flow", "正在走流程")
        case .inFlow(let flow?): say("in the flow \(named(flow))", "正在流程\(named(flow))里")
        case .returning(true): say("came before", "是回头客")
        case .returning(false): say("is here for the first time", "是第一次来")
        case .tagged(let tag): say("is tagged \(named(tag))", "有标签\(named(tag))")
        case .speaks(let language): say("speaks \(language)", "用的语言是 \(language)")
        case .any(let conditions): "(" + list(conditions.map(text), "or", " 或者 ") + ")"
        case .all(let conditions): "(" + list(conditions.map(text), "and", " 并且 ") + ")"
        case .not(let condition): say("not (", "不是（") + text(condition) + say(")", "）")
        }
    }

    private func text(_ name: ValueName, _ test: ValueTest) -> String {
        switch test {
        case .known(true): say("\(named(name)) is known", "已经知道\(named(name))")
        case .known(false): say("\(named(name)) is not known", "还不知道\(named(name))")
        case .isAny(let values):
            say("\(named(name)) is ", "\(named(name))是")
                + list(values.map { quoted($0) }, "or", "或")
        case .atLeast(let number): say("\(named(name)) ≥ \(number)", "\(named(name))至少 \(number)")
        case .atMost(let number): say("\(named(name)) ≤ \(number)", "\(named(name))至多 \(number)")
        }
    }
}
