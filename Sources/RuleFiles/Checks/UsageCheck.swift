import ChatModel
import RuleEngine

/// What is declared and never used, shown and never answered, answered and never shown.
struct UsageCheck {
    let bundle: LoadedBundle
    let log: DiagnosticLog

    private var syntax: BundleSyntax { bundle.syntax }

    func check() {
        for rule in syntax.rules { checkWork(rule) }
        checkNames()
        checkSlots()
        checkMenus()
    }

    private func checkWork(_ rule: RuleSyntax) {
        guard rule.reply.isEmpty, rule.handoff == nil, rule.end == nil, rule.start == nil,
            rule.upgrade == nil,
            rule.tags.isEmpty, rule.sets.isEmpty
        else { return }
        log.report(
            rule.name.diagnostic(
                .doesNothing,
                Bilingual(en: "'\(rule.name.text)' does nothing", zh: "「\(rule.name.text)」什么也不做"),
                help: Bilingual(
                    en: "give it a 'reply', a 'handoff' or an 'end'",
                    zh: "给它写 reply、handoff 或 end")))
    }

    private func checkNames() {
        let names: [(SymbolKind, [Words])] = [
            (.text, syntax.texts.map(\.name)), (.words, syntax.wordLists.map(\.name)),
            (.menu, syntax.menus.map(\.name)), (.schedule, syntax.schedules.map(\.name)),
            (.flow, syntax.flows.map(\.name)), (.policy, syntax.policies.compactMap(\.name)),
            (.survey, syntax.surveys.map(\.name)), (.slot, syntax.slots.map(\.name)),
        ]
        for (kind, declared) in names {
            for name in declared where !bundle.used.contains(kind, name.text) {
                let named = kind.noun.named(name.text)
                log.report(
                    name.diagnostic(
                        .unused,
                        Bilingual(en: "nothing uses \(named.en)", zh: "没有用到\(named.zh)"),
                        help: kind == .flow
                            ? Bilingual(
                                en: "start it in a rule ('start: \(name.text)'), or delete it",
                                zh: "在规则里写 start: \(name.text)，或者删掉")
                            : Bilingual(en: "use it, or delete it", zh: "用上它，或者删掉")))
            }
        }
    }

    /// A slot that no flow asks for, and nothing sets, is never filled.
    private func checkSlots() {
        let asked = bundle.definition.filledSlots
        for slot in syntax.slots
        where bundle.used.contains(.slot, slot.name.text)
            && !asked.contains(SlotName(slot.name.text))
        {
            log.report(
                slot.name.diagnostic(
                    .unused,
                    Bilingual(
                        en: "no flow asks for the slot '\(slot.name.text)', and nothing sets it",
                        zh: "没有流程会问「\(slot.name.text)」，也没有地方设置它"),
                    help: Bilingual(
                        en: "write 'ask: \(slot.name.text)' in a flow, or 'set' it, or delete it",
                        zh: "在流程里写 ask: \(slot.name.text)，或用 set 设置它，或者删掉")))
        }
    }

    private func checkMenus() {
        let shown = bundle.definition.shownMenus
        for menu in syntax.menus where bundle.used.contains(.menu, menu.name.text) {
            guard shown.contains(MenuName(menu.name.text)) else {
                log.report(
                    menu.name.diagnostic(
                        .menuNeverShown,
                        Bilingual(
                            en: "the menu '\(menu.name.text)' is never shown, but rules wait for "
                                + "its items",
                            zh: "菜单「\(menu.name.text)」从来不会发出去，却有规则在等它的选项"),
                        help: Bilingual(
                            en: "reply with it somewhere: 'reply: { menu: \(menu.name.text) }'",
                            zh: "在某处回复它：reply: { menu: \(menu.name.text) }")))
                continue
            }
            for item in menu.items {
                let name = "\(menu.name.text).\(item.key.text)"
                guard case .click = item.kind, !bundle.used.contains(.menuItem, name) else {
                    continue
                }
                log.report(
                    item.key.diagnostic(
                        .unansweredItem,
                        Bilingual(
                            en: "no rule answers a tap on '\(name)'",
                            zh: "点了「\(name)」没有规则回答"),
                        help: Bilingual(
                            en: "add a rule with 'when: { clicks: \(name) }'",
                            zh: "加一条规则，写 when: { clicks: \(name) }")))
            }
        }
    }
}

extension BundleDefinition {
    /// The steps of all flows, those within steps included.
    private var allSteps: [FlowStep] {
        func flat(_ steps: [FlowStep]) -> [FlowStep] {
            steps.flatMap { step -> [FlowStep] in
                switch step.action {
                case .ask(let question): [step] + flat(question.otherwise)
                case .call(let request): [step] + flat(request.failed)
                case .branch(_, let then, let otherwise): [step] + flat(then) + flat(otherwise)
                default: [step]
                }
            }
        }
        return flows.flatMap { flat($0.steps) }
    }

    /// The slots that flows ask for, and those that rules or flows set.
    fileprivate var filledSlots: Set<SlotName> {
        var found = rules.flatMap(\.sets).map(\.name)
        for step in allSteps {
            switch step.action {
            case .ask(let question): found.append(ValueName(question.slot.rawValue))
            case .set(let assignments): found += assignments.map(\.name)
            default: break
            }
        }
        return Set(found.map { SlotName($0.rawValue) })
    }

    /// The menus that anything sends.
    fileprivate var shownMenus: Set<MenuName> {
        var parts: [ReplyPart] = rules.flatMap(\.reply) + notices.map(\.reply)
        var closings: [ClosingMessage?] = rules.map(\.end?.goodbye)
        var handoffs = rules.compactMap(\.handoff) + policies
        for step in allSteps {
            switch step.action {
            case .reply(let reply): parts += reply
            case .handoff(let policy): handoffs.append(policy)
            case .end(let end): closings.append(end.goodbye)
            default: break
            }
        }
        for policy in handoffs {
            closings.append(policy.ended)
            for fallback in [policy.closed, policy.nobody, policy.overdue] {
                switch fallback {
                case .reply(let reply): parts += reply
                case .end(let end): closings.append(end.goodbye)
                case .policy, .transfer, nil: break
                }
            }
        }
        var shown: Set<MenuName> = []
        for case .menu(let name) in parts { shown.insert(name) }
        for case .menu(let name)? in closings { shown.insert(name) }
        return shown
    }
}
