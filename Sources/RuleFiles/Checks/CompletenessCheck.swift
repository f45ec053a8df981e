import ChatModel
import RuleEngine

/// What a bundle should have and doesn't.
struct CompletenessCheck {
    let bundle: LoadedBundle
    let log: DiagnosticLog

    private var rules: [RuleDefinition] { bundle.definition.rules }

    func check() {
        checkFallback()
        checkGreeting()
        for policy in bundle.syntax.policies { check(policy) }
        for rule in bundle.syntax.rules {
            if case .inline(let policy) = rule.handoff { check(policy) }
        }
    }

    private func checkFallback() {
        guard !rules.isEmpty, !rules.contains(where: { $0.triggers.contains(.noMatch) }) else {
            return
        }
        let name = bundle.syntax.name
        log.report(
            name.diagnostic(
                .noFallback,
                Bilingual(
                    en: "'\(name.text)' is silent when no rule applies",
                    zh: "没有规则能回答时，「\(name.text)」什么也不说"),
                help: Bilingual(
                    en: "add a rule with 'when: { no_match: true }'",
                    zh: "加一条兜底规则，写 when: { no_match: true }")))
    }

    private func checkGreeting() {
        guard !rules.isEmpty,
            !rules.contains(where: { $0.triggers.contains(.event(.enterSession)) })
        else { return }
        let name = bundle.syntax.name
        log.report(
            name.diagnostic(
                .noGreeting,
                Bilingual(
                    en: "'\(name.text)' doesn't greet: no rule has 'event: enter_session'",
                    zh: "「\(name.text)」没有欢迎语：没有规则写 event: enter_session"),
                help: Bilingual(
                    en: "add one that replies with a text or a menu",
                    zh: "加一条，回复一段文字或一个菜单")))
    }

    private func check(_ policy: PolicySyntax) {
        if policy.open != nil, policy.closed == nil {
            let place = policy.open ?? policy.place
            log.report(
                place.diagnostic(
                    .noClosed,
                    Bilingual(
                        en: "'open' without 'closed': outside the hours the customer hears nothing",
                        zh: "写了 open 没写 closed：下班时间客户什么也听不到"),
                    help: Bilingual(
                        en: "add 'closed: { reply: … }'", zh: "加上 closed: { reply: … }")))
        }
    }
}
