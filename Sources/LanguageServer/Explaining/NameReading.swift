import ChatModel
import RuleEngine
import RuleFiles

/// What a name stands for, in a few lines.
struct NameReading {
    private let bundle: BundleDefinition
    private let words: ConditionText

    init(_ bundle: BundleDefinition, in language: MessageLanguage) {
        self.bundle = bundle
        words = ConditionText(language: language)
    }

    private func say(_ en: String, _ zh: String) -> String { words.say(en, zh) }

    /// What the thing is; `nil` where nothing more than its kind is known.
    func text(_ symbol: SymbolIndex.Symbol) -> String? {
        let name = symbol.name
        switch symbol.kind {
        case .rule:
            return bundle.rules.first { $0.name.rawValue == name }.map {
                RuleReading($0, of: bundle, in: words.language).text
            }
        case .menu: return bundle.menu(MenuName(name)).map(text)
        case .survey: return bundle.survey(SurveyName(name)).map { text($0.menu) }
        case .menuItem: return item(symbol)
        case .slot: return bundle.slot(SlotName(name)).map(text)
        case .flow: return bundle.flow(FlowName(name)).map(text)
        case .schedule: return bundle.schedule(ScheduleName(name)).map(\.text)
        case .policy: return bundle.policy(PolicyName(name)).map(text)
        case .notice:
            return bundle.notices.first { $0.name.rawValue == name }.map { notice in
                say("When a customer ", "当客户") + words.text(notice.triggers)
            }
        case .bundle:
            return say(
                "\(bundle.rules.count) rules, \(bundle.menus.count) menus, "
                    + "\(bundle.flows.count) flows",
                "\(bundle.rules.count) 条规则、\(bundle.menus.count) 个菜单、"
                    + "\(bundle.flows.count) 个流程")
        case .text, .words, .value, .tag: return nil
        }
    }

    private func text(_ menu: MenuDefinition) -> String {
        var lines: [String] = []
        if let head = menu.head { lines.append(words.quoted(head)) }
        lines += menu.items.map { "- `\($0.key)` \(words.quoted($0.item.label))" }
        return lines.joined(separator: "\n")
    }

    private func item(_ symbol: SymbolIndex.Symbol) -> String? {
        let menus = bundle.menus + bundle.surveys.map(\.menu)
        guard let menu = menus.first(where: { $0.name.rawValue == symbol.parentName }),
            let item = menu.items.first(where: { $0.key == symbol.lastName })
        else { return nil }
        var text = words.quoted(item.item.label)
        if case .click(let id, _) = item.item {
            let answers = bundle.rules.filter { rule in
                rule.triggers.contains {
                    if case .clicks(_, _, id) = $0 { true } else { false }
                }
            }.map { words.named($0.name) }
            if !answers.isEmpty {
                text +=
                    say(", answered by ", "，由规则") + answers.joined(separator: say(", ", "、"))
                    + say("", "回答")
            }
        }
        return text
    }

    private func text(_ slot: SlotDefinition) -> String {
        let accepted: String =
            switch slot.accept {
            case .anything: say("any words", "任何内容")
            case .digits(let least, let most):
                least == most
                    ? say("\(least) digits", "\(least) 位数字")
                    : say("\(least) to \(most) digits", "\(least) 到 \(most) 位数字")
            case .regex(let pattern): "`\(pattern)`"
            case .choice(let options): words.list(options.map(\.value), "or", "、")
            case .date: say("a date", "日期")
            case .phone: say("a phone number", "电话号码")
            case .order: say("an order number or card", "订单号或订单卡片")
            }
        return say("asks ", "问") + words.quoted(slot.ask) + say(", takes ", "，接受") + accepted
            + say(", at most \(slot.tries) times", "，最多问 \(slot.tries) 次")
    }

    private func text(_ flow: FlowDefinition) -> String {
        flow.steps.enumerated().prefix(12).map { index, step in
            "\(index + 1). " + text(step.action)
        }.joined(separator: "\n")
    }

    private func text(_ action: FlowStep.Action) -> String {
        switch action {
        case .ask(let question): say("ask for ", "问") + words.named(question.slot)
        case .call(let request):
            say("ask ", "查询 ") + "\(request.service).\(request.operation)"
        case .reply: say("reply", "回复")
        case .branch(let conditions, _, _):
            say("if ", "如果") + words.list(conditions.map(words.text), "and", "并且")
        case .set(let sets):
            say("note ", "记下") + sets.map { words.named($0.name) }.joined(separator: "、")
        case .tag(let tags): say("tag ", "打标签") + tags.map { words.named($0) }.joined()
        case .start(let flow): say("flow ", "流程") + words.named(flow)
        case .handoff: say("hand over", "转人工")
        case .end: say("end the session", "结束会话")
        }
    }

    private func text(_ policy: HandoffDefinition) -> String {
        var text: String =
            switch policy.to {
            case .pool: say("to the pool", "转到待接入池")
            case .servicer(let servicer): say("to \(servicer)", "转给 \(servicer)")
            case .team(let team):
                say("to one of ", "转给 ")
                    + team.map(\.rawValue).joined(separator: say(", ", "、")) + say("", " 之一")
            }
        if let open = policy.open {
            text += say(", during \(words.named(open))", "，\(words.named(open))内")
        }
        if let waiting = policy.waitingText {
            text += say("; says ", "；先说") + words.quoted(waiting)
        }
        return text
    }
}
