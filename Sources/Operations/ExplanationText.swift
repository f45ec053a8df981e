import ChatModel
package import RuleEngine
package import RuleFiles

/// An explanation as a person reads it: folding, every contender with its score, and why the
/// others lost.
package struct ExplanationText {
    private let explanation: Explanation
    private let bundle: BundleDefinition
    private let language: MessageLanguage

    /// Writes `explanation` of a decision by `bundle`.
    package init(
        _ explanation: Explanation, by bundle: BundleDefinition, in language: MessageLanguage = .en
    ) {
        self.explanation = explanation
        self.bundle = bundle
        self.language = language
    }

    private func say(_ en: String, _ zh: String) -> String { language == .zh ? zh : en }

    /// A line with its head, aligned with the others.
    private func line(_ en: String, _ zh: String, _ rest: String) -> String {
        Columns.pad(say(en, zh), to: 10) + rest
    }

    /// The lines, without a line end at the last.
    package var lines: [String] {
        var lines = [line("bundle", "规则包", bundle.name.rawValue)]
        lines += reading
        lines += times
        lines.append(line("facts", "情况", facts))
        lines.append("")
        if explanation.contenders.isEmpty {
            lines.append(say("no rule has a trigger that fires", "没有一条规则的触发条件符合"))
        }
        lines += table(explanation.contenders.map(row) + similarRows)
        if explanation.silentRules > 0 {
            lines.append(
                say(
                    "  \(explanation.silentRules) more rules have no trigger that fires",
                    "  另有 \(explanation.silentRules) 条规则的触发条件都不符合"))
        }
        lines.append("")
        if let notice = explanation.notice {
            lines.append(line("notice", "公告", bundle.notices[notice].name.rawValue))
        }
        lines.append(line("result", "结果", result))
        return lines
    }

    private func table(_ rows: [Row]) -> [String] {
        let widths = rows.reduce(into: [0, 0, 0]) { widths, row in
            for (index, cell) in [row.name, row.trigger, row.score].enumerated() {
                widths[index] = max(widths[index], Columns.count(cell))
            }
        }
        return rows.map { row in
            "\(row.mark) \(Columns.pad(row.name, to: widths[0]))  "
                + "\(Columns.pad(row.trigger, to: widths[1]))  "
                + "\(Columns.pad(row.score, to: widths[2], right: true))  \(row.why)"
        }
    }

    private var reading: [String] {
        switch explanation.reading {
        case .words: folding
        case .click(let id): [line("click", "点击", item(id))]
        case .unknownClick(let id):
            [
                line(
                    "click", "点击",
                    say(
                        "\(id) is not an item of this bundle: its label is read as words",
                        "\(id) 不是这套规则的菜单项：按它的文字来理解"))
            ] + folding
        case .message(let kind): [line("message", "消息", kind.rawValue)]
        case .event(let event): [line("event", "事件", event.rawValue)]
        }
    }

    private var folding: [String] {
        guard case .text(let text, _) = explanation.stimulus, let folded = explanation.folded else {
            return []
        }
        let changes = folded.changes
        let counts = [
            (say("script", "繁→简"), changes.script), (say("case", "大小写"), changes.letterCase),
            (say("width", "全半角"), changes.width),
            (say("compatibility", "兼容字形"), changes.compatibility),
            (say("marks and spaces", "标点空格"), changes.marks),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        let separator = say(", ", "，")
        let what = counts.isEmpty ? "" : "  (\(counts.joined(separator: separator)))"
        return [line("folding", "归一化", "\(text) → \(folded.keywords)\(what)")]
    }

    /// What the schedules said at that moment.
    private var times: [String] {
        guard !explanation.schedules.isEmpty else { return [] }
        let states = explanation.schedules.map { state in
            let isOpen = state.isOpen ? say("open", "开") : say("closed", "关")
            return say("'\(state.schedule)' \(isOpen)", "「\(state.schedule)」\(isOpen)")
        }
        let first = explanation.schedules[0]
        let minute = first.moment.minute
        let clock =
            "\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
        return [
            line(
                "time", "时间",
                say(first.dayTextInEnglish, first.dayText) + " \(clock) → "
                    + states.joined(separator: say(", ", "，")))
        ]
    }

    private func item(_ id: WireID) -> String {
        for menu in bundle.menus + bundle.surveys.map(\.menu) {
            for item in menu.items {
                guard case .click(let own, let label) = item.item,
                    own == id || item.formerIDs.contains(id)
                else { continue }
                return "\(menu.name).\(item.key) “\(Self.text(label))”"
            }
        }
        if let rule = bundle.rules.first(where: { $0.candidateID == id }) {
            return say("the offer of '\(rule.name)'", "反问里的「\(rule.name)」")
        }
        return id.rawValue
    }

    private var facts: String {
        let facts = explanation.facts
        let state = StateName.allCases.first { $0 != .bot && $0.covers(facts.state) }
        var parts = [
            "state \(state?.rawValue ?? "\(facts.state)")", "misses \(facts.misses)",
            "scene \(facts.scene ?? "none")",
        ]
        if let flow = facts.flow { parts.append("flow \(flow)") }
        if facts.isReturning { parts.append("returning") }
        if let language = facts.language { parts.append("language \(language)") }
        if !facts.tags.isEmpty {
            parts.append("tags " + facts.tags.sorted().map(\.rawValue).joined(separator: " "))
        }
        if !facts.values.isEmpty {
            // Their names only: values are customers' own.
            parts.append(
                "known " + facts.values.keys.sorted().map(\.rawValue).joined(separator: " "))
        }
        return parts.joined(separator: ", ")
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
        case .says(let words): return "says \(words)\(coverage)" + heard(words, by: contender)
        case .saysExactly(let words): return "says_exactly \(words)" + heard(words, by: contender)
        case .startsWith(let words):
            return "starts_with \(words)\(coverage)" + heard(words, by: contender)
        case .endsWith(let words):
            return "ends_with \(words)\(coverage)" + heard(words, by: contender)
        case .saysAll(let words): return "says_all \(words.joined(separator: "+"))\(coverage)"
        case .asksLike(let question): return "asks_like \(question)\(similarity(of: contender))"
        case .matches(let pattern): return "matches \(pattern)\(coverage)"
        case .clicks(let menu, let item, _): return "clicks \(menu).\(item)"
        case .sends(let kind): return "sends \(kind.rawValue)"
        case .event(let event): return "event \(event.rawValue)"
        case .noMatch: return "no_match"
        }
    }

    /// What was heard as these words, where only the sound is the same.
    private func heard(_ words: String, by contender: Explanation.Contender) -> String {
        guard let hit = contender.hits.first(where: { $0.trigger == contender.trigger }),
            !FoldedText(hit.words).keywords.contains(FoldedText(words).keywords)
        else { return "" }
        return say(" by the sound of “\(hit.words)”", "，“\(hit.words)”读音相同")
    }

    private func similarity(of contender: Explanation.Contender) -> String {
        explanation.similar?.candidates.first { $0.rule == contender.rule }
            .map { " (\(Self.share($0.similarity)))" } ?? ""
    }

    /// Questions that resemble the words too little to contend.
    private var similarRows: [Row] {
        guard let similar = explanation.similar else { return [] }
        let contending = Set(
            explanation.contenders.filter {
                if case .asksLike = $0.triggerDefinition { true } else { false }
            }.map(\.rule))
        return similar.candidates.filter { !contending.contains($0.rule) }.map { candidate in
            let missing = similar.answerFrom - candidate.similarity
            let asked = if case .askBack = explanation.decision { true } else { false }
            let why: String =
                switch similar.objection {
                case .negation?:
                    say("one of the two is a negation: never answered outright", "一句肯定一句否定，不直接回答")
                case .opposites(let message, let wording)?:
                    say(
                        "'\(message)' and '\(wording)' exclude each other",
                        "“\(message)”和“\(wording)”相反，不直接回答")
                case nil where asked:
                    say(
                        "asked back: likely enough to ask (\(Self.share(similar.askFrom))), not to "
                            + "answer",
                        "反问：够得上反问（\(Self.share(similar.askFrom))），不够直接回答")
                case nil where missing > 0:
                    say("\(Self.share(missing)) short", "差 \(Self.share(missing))")
                case nil: say("another rule is stronger", "别的规则更强")
                }
            return Row(
                mark: " ", name: candidate.name.rawValue,
                trigger:
                    "asks_like \(Self.share(candidate.similarity)) < \(Self.share(similar.answerFrom))",
                score: "—", why: why)
        }
    }

    private func why(_ contender: Explanation.Contender) -> String {
        switch contender.outcome {
        case .won:
            return contender.conditionPoints > 0
                ? say(
                    "wins, \(contender.conditionPoints) of it for conditions",
                    "胜出，其中条件加 \(contender.conditionPoints) 分")
                : say("wins", "胜出")
        case .lost(let loss): return why(contender, loss)
        }
    }

    private func why(_ contender: Explanation.Contender, _ loss: Explanation.Loss) -> String {
        switch loss {
        case .bundleNotValid: return say("the bundle is not in force now", "这套规则此刻不在有效期")
        case .notValidNow: return say("not in force now (valid)", "此刻不在有效期（valid）")
        case .otherAccount(let accounts):
            let names = accounts.map(\.rawValue).joined(separator: ", ")
            return say("for other accounts: \(names)", "只用于账号 \(names)")
        case .answeredRecently: return say("answered recently (once_per)", "不久前刚答过（once_per）")
        case .conditionFailed(_, let condition):
            let text = Self.text(condition)
            return say("its if does not hold: \(text)", "if 不成立：\(text)")
        case .vetoed(_, let condition):
            let text = Self.text(condition)
            return say("its unless holds: \(text)", "unless 成立：\(text)")
        case .notAMiss:
            return say("no_match counts only when nothing else applies", "有别的规则时 no_match 不算")
        case .askedBack: return say("the customer is asked back instead", "改为反问客户")
        case .lowerPriority:
            return say(
                "lower priority (\(contender.priority.rawValue))",
                "优先级低（\(contender.priority.rawValue)）")
        case .lowerScore:
            let short = explanation.shortfall(of: contender).map { Self.number($0) } ?? ""
            return say("lower score", "分低")
                + (short.isEmpty ? "" : say(" by \(short)", " \(short)"))
        case .laterInFile:
            return say(
                "same score, but further down (\(contender.place))",
                "同分，但写在后面（\(contender.place)）")
        }
    }

    private static func text(_ condition: Condition) -> String {
        switch condition {
        case .scene(let pattern): "scene \(pattern)"
        case .state(let names):
            "state " + names.map(\.rawValue).sorted().joined(separator: " or ")
        case .misses(let count): "misses \(count)"
        case .hours(let name, let isOpen): "hours \(isOpen ? "" : "not ")\(name)"
        case .value(let name, .known(let isKnown)): "slot \(name) \(isKnown ? "known" : "unknown")"
        case .value(let name, .isAny(let texts)):
            "slot \(name) = \(texts.joined(separator: "|"))"
        case .value(let name, .atLeast(let number)): "slot \(name) ≥ \(Self.number(number))"
        case .value(let name, .atMost(let number)): "slot \(name) ≤ \(Self.number(number))"
        case .inFlow(let flow): "in_flow \(flow?.rawValue ?? "any")"
        case .returning(let isReturning): "returning \(isReturning)"
        case .tagged(let tag): "tagged \(tag)"
        case .speaks(let language): "language \(language)"
        case .any(let conditions): "any of " + conditions.map(text).joined(separator: ", ")
        case .all(let conditions): "all of " + conditions.map(text).joined(separator: ", ")
        case .not(let condition): "not " + text(condition)
        }
    }

    /// A template as its author wrote it, in its first language.
    private static func text(_ template: Template) -> String {
        template.variants.first.map { variant in
            variant.parts.map { part in
                switch part {
                case .literal(let words): words
                case .value(let name, let filters):
                    "$("
                        + ([name.rawValue]
                        + filters.map { filter in
                            [filter.kind.rawValue, filter.argument].compactMap(\.self)
                                .joined(separator: " ")
                        }).joined(separator: " | ") + ")"
                }
            }.joined()
        } ?? ""
    }

    private static func share(_ share: Double) -> String {
        let hundredths = Int((share * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    private var result: String {
        // The rules are asked only while it is the bot's turn; a greeting has a code of its own.
        if explanation.facts.state > 1, explanation.stimulus != .event(.enterSession) {
            return say(
                "nothing is sent: the bot stays silent in this state, whatever the rules say",
                "什么也不发：会话在这个状态时机器人不说话，不管规则怎么写")
        }
        switch explanation.decision {
        case .none: return say("no rule applies: nothing is sent", "没有规则适用：什么也不发")
        case .askBack(let candidates):
            let names = candidates.rules.map { bundle.rules[$0.rule].name.rawValue }
            return say(
                "asks back: \(names.joined(separator: ", "))",
                "反问：" + names.map { "「\($0)」" }.joined())
        case .rule(let verdict):
            let rule = bundle.rules[verdict.rule]
            return "\(rule.name) (\(rule.place)): "
                + actions(of: rule).joined(separator: say(", ", "，"))
        }
    }

    private func actions(of rule: RuleDefinition) -> [String] {
        var parts = rule.reply.map(text)
        if !rule.tags.isEmpty {
            let tags = rule.tags.map(\.rawValue).joined(separator: " ")
            parts.append(say("tag \(tags)", "打标签 \(tags)"))
        }
        if let upgrade = rule.upgrade {
            parts.append(say("recommends \(upgrade.subject)", "推荐 \(upgrade.subject)"))
        }
        if let flow = rule.start { parts.append(say("start of “\(flow)”", "开始流程「\(flow)」")) }
        if let handoff = rule.handoff { parts.append(text(handoff)) }
        if rule.end != nil { parts.append(say("end of the session", "结束会话")) }
        return parts
    }

    private func text(_ part: ReplyPart) -> String {
        switch part {
        case .text(let text): say("text “\(Self.text(text))”", "文字“\(Self.text(text))”")
        case .menu(let menu): say("menu “\(menu)”", "菜单「\(menu)」")
        case .survey(let survey): say("survey “\(survey)”", "评价「\(survey)」")
        case .body(let body): body.type
        }
    }

    private func text(_ handoff: HandoffDefinition) -> String {
        let closed = handoff.open.flatMap { name in
            explanation.schedules.first { $0.schedule == name && !$0.isOpen }
        }
        if let closed {
            return say(
                "no hand-off: '\(closed.schedule)' is closed", "不转人工：「\(closed.schedule)」此刻关")
                + instead(handoff.closed)
        }
        return say("hand-off to \(whom(handoff.to))", "转人工：\(whom(handoff.to))")
    }

    private func whom(_ destination: HandoffDefinition.Destination) -> String {
        switch destination {
        case .pool: say("the pool", "待接入池")
        case .servicer(let servicer): servicer.rawValue
        case .team(let team):
            say("one of ", "") + team.map(\.rawValue).joined(separator: say(", ", "、"))
                + say("", "之一")
        }
    }

    /// What a policy does where it can't hand over.
    private func instead(_ fallback: HandoffDefinition.Fallback?) -> String {
        switch fallback {
        case nil: ""
        case .reply(let parts):
            say("; instead ", "，改为回复") + parts.map(text).joined(separator: say(", ", "、"))
        case .policy(let name): say("; instead policy “\(name)”", "，改用「\(name)」")
        case .transfer(let other): say("; instead to \(whom(other))", "，改转\(whom(other))")
        case .end: say("; the session ends", "，结束会话")
        }
    }

    /// A score as it is printed everywhere: to one decimal, without a trailing zero.
    package static func number(_ score: Double) -> String {
        let tenths = Int((score * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
