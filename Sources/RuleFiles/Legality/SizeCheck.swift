import ChatModel
import RuleEngine

/// Reports texts that may come to be longer than the platform takes once their values are known.
///
/// What is too long as written is refused where it is read; here it is found where only the use
/// decides the limit: a question that is asked as a menu, a label that gets a number.
struct SizeCheck {
    private let bundle: LoadedBundle
    private let log: DiagnosticLog
    private let slots: [ValueName: SlotDefinition]

    init(bundle: LoadedBundle, log: DiagnosticLog) {
        self.bundle = bundle
        self.log = log
        slots = Dictionary(
            bundle.definition.slots.map { (ValueName($0.name.rawValue), $0) },
            uniquingKeysWith: { one, _ in one })
    }

    func check() {
        let (syntax, definition) = (bundle.syntax, bundle.definition)
        for (rule, written) in zip(definition.rules, syntax.rules) {
            check(rule.reply, written.reply, or: written.name)
            if let handoff = rule.handoff, handoff.name == nil {
                var policy: PolicySyntax?
                if case .inline(let inline) = written.handoff { policy = inline }
                check(handoff, policy, or: written.name)
            }
            check(rule.end?.goodbye, written.end?.goodbye, or: written.name)
        }
        for (notice, written) in zip(definition.notices, syntax.notices) {
            check([notice.reply], written.reply, or: written.name)
        }
        for (menu, written) in zip(definition.menus, syntax.menus) { check(menu, written) }
        for (survey, written) in zip(definition.surveys, syntax.surveys) {
            check(survey.menu, written.menu)
            check(survey.lowReply, written.lowReply, PlatformLimits.text, or: written.name)
            check(survey.thanks, written.thanks, PlatformLimits.text, or: written.name)
        }
        let named = syntax.policies.filter { $0.name != nil }
        for (policy, written) in zip(definition.policies, named) {
            check(policy, written, or: written.place)
        }
        for (slot, written) in zip(definition.slots, syntax.slots) {
            check(slot.ask, written.ask, slot.questionLimit, or: written.name)
            check(slot.retry, written.retry, slot.questionLimit, or: written.name)
        }
        for (flow, written) in zip(definition.flows, syntax.flows) {
            check(flow.cancelled, written.cancelled, PlatformLimits.text, or: written.name)
            check(flow.steps, written.steps)
        }
    }

    // MARK: Where texts are

    private func check(_ parts: [ReplyPart], _ written: [ReplySyntax], or place: Words) {
        for (index, part) in parts.enumerated() {
            guard case .text(let template) = part else { continue }
            let words = index < written.count ? written[index].words : nil
            check(template, PlatformLimits.text, at: words ?? place)
        }
    }

    private func check(_ closing: ClosingMessage?, _ written: ClosingSyntax?, or place: Words) {
        guard case .text(let template) = closing else { return }
        check(template, PlatformLimits.text, at: written?.words ?? place)
    }

    private func check(
        _ policy: HandoffDefinition, _ written: PolicySyntax?, or place: Words
    ) {
        check(policy.waitingText, written?.waitingText, PlatformLimits.text, or: place)
        check(policy.ended, written?.ended, or: place)
        for (fallback, branch) in [
            (policy.closed, written?.closed), (policy.nobody, written?.nobody),
            (policy.overdue, written?.overdue),
        ] {
            let place = branch?.place ?? place
            switch fallback {
            case .reply(let parts):
                var reply: [ReplySyntax] = []
                if case .reply(let written, _) = branch?.fallback { reply = written }
                check(parts, reply, or: place)
            case .end(let end):
                var goodbye: ClosingSyntax?
                if case .end(let written) = branch?.fallback { goodbye = written.goodbye }
                check(end.goodbye, goodbye, or: place)
            case .policy, .transfer, nil: break
            }
        }
    }

    private func check(_ menu: MenuDefinition, _ written: MenuSyntax) {
        check(menu.head, written.head, PlatformLimits.menuHead, or: written.name)
        check(menu.tail, written.tail, PlatformLimits.menuHead, or: written.name)
        for (index, (item, writtenItem)) in zip(menu.items, written.items).enumerated() {
            let number = menu.hasNumbers ? "\(index + 1). ".utf8.count : 0
            let limit =
                switch item.item {
                case .click: PlatformLimits.clickLabel - number
                case .view, .miniprogram: PlatformLimits.openingLabel
                case .text: PlatformLimits.menuText
                }
            check(item.item.label, limit, at: writtenItem.label.words)
        }
    }

    private func check(_ steps: [FlowStep], _ written: [StepSyntax]) {
        for (step, written) in zip(steps, written) {
            switch (step.action, written.action) {
            case (.ask(let question), .ask(let words)):
                let limit =
                    slots[ValueName(question.slot.rawValue)]?.questionLimit ?? PlatformLimits.text
                check(question.ask, words.ask, limit, or: written.place)
                check(question.retry, words.retry, limit, or: written.place)
                check(question.otherwise, words.otherwise)
            case (.call(let request), .call(let words)): check(request.failed, words.failed)
            case (.reply(let parts), .reply(let words, _)): check(parts, words, or: written.place)
            case (.branch(_, let then, let other), .branch(_, let thenWords, let otherWords)):
                check(then, thenWords)
                check(other, otherWords)
            case (.handoff(let policy), .handoff(let words)):
                guard policy.name == nil, case .inline(let inline) = words else { continue }
                check(policy, inline, or: written.place)
            case (.end(let end), .end(let words)):
                check(end.goodbye, words.goodbye, or: written.place)
            default: break
            }
        }
    }

    // MARK: Sizes

    private func check(
        _ template: Template?, _ written: LocalText?, _ limit: Int, or place: Words
    ) {
        guard let template else { return }
        check(template, limit, at: written?.words ?? place)
    }

    private func check(_ template: Template, _ limit: Int, at words: Words) {
        let size = TemplateSize(template, slots: slots)
        guard size.longest > limit else { return }
        let shorten = Bilingual(
            en: "shorten it; a Chinese character is 3 bytes", zh: "写短一点；一个汉字占 3 字节")
        guard size.written <= limit else {
            log.report(
                words.diagnostic(
                    .tooLong,
                    Bilingual(
                        en: "the text has \(size.written) bytes; the platform takes at most "
                            + "\(limit) here",
                        zh: "这段文字有 \(size.written) 字节，平台在这里最多收 \(limit) 字节"),
                    help: shorten))
            return
        }
        let guess =
            size.isAssumed
            ? Bilingual(
                en: ", taking \(TemplateSize.assumed) for a value of unknown length",
                zh: "（长度不定的值按 \(TemplateSize.assumed) 字节算）") : Bilingual("")
        log.report(
            words.diagnostic(
                .mayBeTooLong,
                Bilingual(
                    en: "with its values the text may reach \(size.longest) bytes\(guess.en); the "
                        + "platform takes at most \(limit)",
                    zh: "填上值以后可能有 \(size.longest) 字节\(guess.zh)，平台最多收 \(limit) 字节"),
                help: Bilingual(
                    en: "shorten it, or cut a value with a filter: $(name | 前 20)",
                    zh: "写短一点，或者截短某个值：$(名字 | 前 20)")))
    }
}

extension SlotDefinition {
    /// What the platform takes of its question: up to ten answers are asked for with a menu, whose
    /// head the question is.
    fileprivate var questionLimit: Int {
        if case .choice(let options) = accept, options.count <= PlatformLimits.menuItems {
            return PlatformLimits.menuHead
        }
        return PlatformLimits.text
    }
}

extension ReplySyntax {
    fileprivate var words: Words? {
        switch self {
        case .text(let text): text.words
        case .template(let words), .menu(let words), .survey(let words): words
        case .body, .media, .link, .miniprogram: nil
        }
    }
}

extension ClosingSyntax {
    fileprivate var words: Words {
        switch self {
        case .text(let text): text.words
        case .template(let words), .menu(let words), .survey(let words): words
        }
    }
}
