import ChatModel
import RuleEngine

/// Messages and hand-offs.
extension BundleResolver {
    private var textNoun: Bilingual { Bilingual(en: "the text", zh: "这段文字") }

    func part(_ part: ReplySyntax) -> ReplyPart {
        switch part {
        case .text(let words): return .text(text(words, PlatformLimits.text, textNoun))
        case .template(let name): return .text(template(name))
        case .menu(let words): return .menu(menuName(words))
        case .survey(let words):
            names.find(.survey, words)
            return .survey(SurveyName(words.text))
        case .body(let body): return .body(body)
        case .media(let kind, let words): return .body(kind.body(media.id(words, as: kind)))
        case .link(let title, let description, let url, let thumbnail):
            limits.url(url)
            return .body(
                .link(
                    OutgoingBody.Link(
                        title: fixed(
                            title, PlatformLimits.linkTitle, Bilingual(en: "the title", zh: "标题")),
                        description: description.map {
                            fixed(
                                $0, PlatformLimits.linkDescription,
                                Bilingual(en: "the description", zh: "描述"))
                        },
                        url: url.text, thumbnail: media.id(thumbnail, as: .image))))
        case .miniprogram(let appID, let title, let pagePath, let thumbnail):
            limits.miniprogram(
                appID: appID.text, pagePath: pagePath.text, needsHTML: true, at: pagePath)
            return .body(
                .miniprogram(
                    OutgoingBody.Miniprogram(
                        appID: appID.text,
                        title: title.map {
                            fixed(
                                $0, PlatformLimits.miniprogramTitle,
                                Bilingual(en: "the title", zh: "标题"))
                        },
                        thumbnail: media.id(thumbnail, as: .image), pagePath: pagePath.text)))
        }
    }

    /// The text that `{ template: name }` names.
    private func template(_ name: Words) -> Template {
        guard names.find(.text, name, help: nil), let template = texts.template(named: name.text)
        else { return "" }
        limits.length(template, PlatformLimits.text, textNoun, at: LocalText(name))
        return template
    }

    /// A card's words: the same for everybody.
    private func fixed(_ words: LocalText, _ limit: Int, _ what: Bilingual) -> String {
        let template = text(words, limit, what)
        if let literal = template.literal { return literal }
        log.report(
            words.words.diagnostic(
                .placeholder,
                Bilingual(
                    en: "\(what.en) of a card is one fixed text: no values, one language",
                    zh: "卡片的\(what.zh)是固定的一段文字：不能有值，只能一种语言")))
        return ""
    }

    func menuName(_ words: Words) -> MenuName {
        let isSurvey = surveyNames.contains(words.text)
        names.find(
            .menu, words,
            help: isSurvey
                ? Bilingual(
                    en: "it is a survey: write { survey: \(words.text) }",
                    zh: "它是评价：写成 { survey: \(words.text) }") : nil)
        return MenuName(words.text)
    }

    func closing(_ closing: ClosingSyntax) -> ClosingMessage {
        switch closing {
        case .text(let words): return .text(text(words, PlatformLimits.text, textNoun))
        case .template(let name): return .text(template(name))
        case .menu(let words): return .menu(menuName(words))
        case .survey(let words):
            names.find(.survey, words)
            return .survey(SurveyName(words.text))
        }
    }

    func end(_ end: RuleSyntax.End) -> EndDefinition {
        EndDefinition(goodbye: end.goodbye.map { closing($0) })
    }

    /// Reports a reply of more messages than may be used.
    func checkCount(_ reply: [ReplyPart], _ node: YAMLNode?) {
        let limit = PlatformLimits.messages - budgetKeep
        guard reply.count > limit, let node else { return }
        log.report(
            .tooManyMessages, at: node,
            Bilingual(
                en: "the reply has \(reply.count) messages; at most \(limit) of the platform's "
                    + "\(PlatformLimits.messages) may be used, \(budgetKeep) is kept for a fallback",
                zh: "回复有 \(reply.count) 条；平台给 \(PlatformLimits.messages) 条，"
                    + "留 \(budgetKeep) 条兜底，最多用 \(limit) 条"),
            help: Bilingual(en: "join some of the texts", zh: "把几段文字合起来"))
    }

    // MARK: Hand-offs

    mutating func handoff(_ handoff: RuleSyntax.Handoff) -> HandoffDefinition? {
        switch handoff {
        case .inline(let policy): return self.handoff(policy)
        case .named(let words):
            let help =
                ["pool", "servicer", "team"].contains(words.text)
                ? Bilingual(
                    en: "write 'handoff: { to: \(words.text) }'",
                    zh: "写成 handoff: { to: \(words.text) }") : nil
            guard names.find(.policy, words, help: help) else { return nil }
            return policies[words.text]
        }
    }

    func handoff(_ policy: PolicySyntax) -> HandoffDefinition {
        if let open = policy.open { names.find(.schedule, open) }
        checkFallbacks(policy)
        return HandoffDefinition(
            name: policy.name.map { PolicyName($0.text) }, to: policy.to, pick: policy.pick,
            preferLastServed: policy.preferLastServed,
            open: policy.open.map { ScheduleName($0.text) },
            waitingText: policy.waitingText.map {
                text($0, PlatformLimits.text, .quoted("waiting_text"))
            },
            closed: policy.closed.map { fallback($0) }, nobody: policy.nobody.map { fallback($0) },
            pickUpWithin: policy.pickUpWithin, overdue: policy.overdue.map { fallback($0) },
            ended: policy.ended.map { closing($0) })
    }

    private func fallback(_ branch: PolicySyntax.Branch) -> HandoffDefinition.Fallback {
        switch branch.fallback {
        case .reply(let reply, let node):
            let parts = reply.map { part($0) }
            checkCount(parts, node)
            return .reply(parts)
        case .policy(let words):
            names.find(.policy, words)
            return .policy(PolicyName(words.text))
        case .transfer(let destination): return .transfer(destination)
        case .end(let end): return .end(self.end(end))
        }
    }

    /// When somebody is overdue the session is the pool's or a person's: no message can be sent,
    /// and there is no way back to the pool (wecom-kf reference §7.4).
    private func checkFallbacks(_ policy: PolicySyntax) {
        guard let overdue = policy.overdue else { return }
        switch overdue.fallback {
        case .reply:
            log.report(
                overdue.place.diagnostic(
                    .illegalFallback,
                    Bilingual(
                        en: "'overdue' can't reply: the session is no longer the bot's",
                        zh: "「overdue」不能回复：这时会话已经不归机器人"),
                    help: Bilingual(
                        en: "name somebody: { to: servicer, who: … }, or 'end'",
                        zh: "指定一个人：{ to: servicer, who: … }，或写 end")))
        case .transfer(.pool):
            log.report(
                overdue.place.diagnostic(
                    .illegalFallback,
                    Bilingual(
                        en: "'overdue' can't go to the pool: the platform has no way back to it",
                        zh: "「overdue」不能转回待接入池：平台没有这条路"),
                    help: Bilingual(
                        en: "name somebody: { to: servicer, who: … }",
                        zh: "指定一个人：{ to: servicer, who: … }")))
        case .policy(let words) where poolPolicies.contains(words.text):
            log.report(
                words.diagnostic(
                    .illegalFallback,
                    Bilingual(
                        en: "'\(words.text)' goes to the pool; the platform has no way back to it",
                        zh: "「\(words.text)」转到待接入池：平台没有这条路"),
                    help: Bilingual(
                        en: "name a policy with a servicer or a team", zh: "换成转给某人或团队的方案")))
        case .policy, .transfer, .end: break
        }
    }

    /// Reports policies that refer to each other in a circle.
    func checkPolicies() {
        func next(_ branch: PolicySyntax.Branch?) -> Words? {
            if case .policy(let words)? = branch?.fallback { words } else { nil }
        }
        let byName = Dictionary(
            syntax.policies.compactMap { policy in policy.name.map { ($0.text, policy) } },
            uniquingKeysWith: { first, _ in first })
        checkCircle("closed") { next($0.closed) }
        checkCircle("nobody") { next($0.nobody) }
        checkCircle("overdue") { next($0.overdue) }

        /// Walks from each policy along one key; whoever meets the own walk goes in a circle.
        func checkCircle(_ key: String, _ next: (PolicySyntax) -> Words?) {
            var walks: [String: Int] = [:]
            for (walk, policy) in syntax.policies.enumerated() {
                var current: PolicySyntax? = policy
                while let policy = current, let name = policy.name, walks[name.text] == nil {
                    walks[name.text] = walk
                    guard let words = next(policy) else { break }
                    if walks[words.text] == walk {
                        log.report(
                            words.diagnostic(
                                .policyCycle,
                                Bilingual(
                                    en: "'\(key)' comes back to '\(words.text)': a circle",
                                    zh: "「\(key)」又回到「\(words.text)」：绕圈了"),
                                help: Bilingual(
                                    en: "let the last one go to the pool, reply or end",
                                    zh: "让最后一个转到 pool、回复或结束")))
                    }
                    current = byName[words.text]
                }
            }
        }
    }
}
