import ChatModel
import RuleEngine
import SessionMachine

/// Proves that no path of a bundle does what the platform refuses, or reports the path that does.
struct LegalityCheck {
    let bundle: LoadedBundle
    let log: DiagnosticLog

    private var definition: BundleDefinition { bundle.definition }

    func check() {
        checkDepth()
        var walker = PathWalker(definition, notices: NoticeReach(definition))
        walker.walk()
        for violation in walker.violations {
            report(violation, walker.trails.lines(to: violation.mark))
        }
        SizeCheck(bundle: bundle, log: log).check()
    }

    private func checkDepth() {
        let deepest = PathWalker.deepest
        for (place, chain) in FlowDepth(definition.flows).tooDeep(over: deepest) {
            let names = chain.prefix(4).map(\.rawValue).joined(separator: " → ") + " → …"
            log.report(
                Diagnostic(
                    .flowTooDeep, at: place, length: "start".count,
                    Bilingual(
                        en: "flows are nested more than \(deepest) deep from here: \(names)",
                        zh: "从这里起流程套了超过 \(deepest) 层：\(names)"),
                    help: Bilingual(
                        en: "put the steps of some of them into one flow", zh: "把其中几个流程的步骤并到一个流程里"))
            )
        }
    }

    private func report(_ violation: PathWalker.Violation, _ path: [Bilingual]) {
        let (id, message, help) = words(of: violation.kind)
        let (place, length) = extent(of: violation.place)
        log.report(Diagnostic(id, at: place, length: length, message, help: help, notes: path))
    }

    private func extent(of place: PathPlace) -> (SourcePlace, Int) {
        switch place {
        case .rule(let index):
            let rule = bundle.syntax.rules[index]
            if let node = rule.replyNode { return (node.place, node.length) }
            return (rule.name.place, rule.name.length)
        case .step(let place): return (place, 1)
        case .policy(let name):
            let words = bundle.syntax.policies.first { $0.name?.text == name.rawValue }?.name
            return (words ?? bundle.syntax.name).extent
        case .survey(let name):
            let words = bundle.syntax.surveys.first { $0.name.text == name.rawValue }?.name
            return (words ?? bundle.syntax.name).extent
        }
    }

    private func words(
        of kind: PathWalker.Violation.Kind
    ) -> (DiagnosticID, Bilingual, help: Bilingual) {
        switch kind {
        case .overBudget(let limit):
            let kept = ReplyWindow.budget - limit
            return (
                .overBudget,
                Bilingual(
                    en: "on one path a message of the customer gets \(limit + 1) messages; at most "
                        + "\(limit) of the platform's \(ReplyWindow.budget) may be used, \(kept) is "
                        + "kept for a fallback",
                    zh: "有一条路会对客户的一句话发 \(limit + 1) 条，最多能发 \(limit) 条"
                        + "（平台给 \(ReplyWindow.budget) 条，留 \(kept) 条兜底）"),
                Bilingual(
                    en: "join texts, or ask the customer something in between",
                    zh: "把几段文字并成一条，或者中间问客户一句")
            )
        case .notSendable(let refusal):
            return (
                .illegalStep,
                Bilingual(
                    en: "on one path a message is sent where the platform takes none "
                        + "(\(refusal.rawValue))",
                    zh: "有一条路会在平台不收消息的时候发消息（\(refusal.rawValue)）"),
                Bilingual(
                    en: "send it before the session is handed over or ended",
                    zh: "放到转人工或结束之前发")
            )
        case .illegalTransition(let target, let refusal):
            return (
                .illegalStep,
                Bilingual(
                    en:
                        "on one path the session would go to \(target.words.en), which the platform "
                        + "refuses (\(refusal.rawValue))",
                    zh: "有一条路要把会话转给\(target.words.zh)，平台不允许（\(refusal.rawValue)）"),
                refusal == .humanNeverReturnsToBot || refusal == .poolNeverReturnsToBot
                    ? Bilingual(
                        en: "from a person a session only goes to another person, or ends: use "
                            + "'to: servicer' or 'end'",
                        zh: "到了人手里的会话只能转给另一个人或结束：改用 to: servicer 或 end")
                    : Bilingual(
                        en: "leave this transfer out", zh: "去掉这一步转接")
            )
        case .codeMisused(let scene, let refusal):
            return (
                .illegalStep,
                Bilingual(
                    en: "on one path the \(scene.words.en) would be used wrongly "
                        + "(\(refusal.rawValue))",
                    zh: "有一条路用错了\(scene.words.zh)（\(refusal.rawValue)）"),
                scene.allowsMenu
                    ? Bilingual(en: "one text or one menu may go with it", zh: "凭它只能发一段文字或一个菜单")
                    : Bilingual(en: "one text may go with it", zh: "凭它只能发一段文字")
            )
        case .overdueChangesNothing(let target):
            return (
                .idleOverdue,
                Bilingual(
                    en: "'overdue' gives the session to \(target.words.en), who has it already",
                    zh: "超时后把会话转给\(target.words.zh)，可会话已经在那里了"),
                Bilingual(en: "name somebody else", zh: "换一个人")
            )
        case .overdueSilent:
            return (
                .idleOverdue,
                Bilingual(
                    en: "on one path 'overdue' would reply, but nothing can be sent while people "
                        + "have the session",
                    zh: "有一条路超时后要回复客户，可会话在人工那边时什么也发不出去"),
                Bilingual(
                    en: "give the session to somebody else, or end it with a goodbye",
                    zh: "转给别人，或者用 end 结束并道别")
            )
        }
    }
}

extension Words {
    /// Where it is, and how long.
    var extent: (SourcePlace, Int) { (place, length) }
}

extension CodeScene {
    fileprivate var words: Bilingual {
        switch self {
        case .welcome: Bilingual(en: "welcome code", zh: "欢迎语的 code")
        case .queued: Bilingual(en: "queue code", zh: "排队提示的 code")
        case .assigned: Bilingual(en: "assigned code", zh: "接入提示的 code")
        case .ended: Bilingual(en: "end code", zh: "结束语的 code")
        }
    }
}
