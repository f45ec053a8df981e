import ChatModel
import RuleEngine

/// Turns one bundle's syntax into its definition: looks up names, fills texts, checks limits.
struct BundleResolver {
    let syntax: BundleSyntax
    let log: DiagnosticLog
    let limits: LimitCheck
    let texts: TextResolver
    /// What rules and policies referred to, for the check of what nobody uses.
    private(set) var usedMenus: Set<String> = []
    private(set) var usedPolicies: Set<String> = []
    private(set) var clickedItems: Set<String> = []
    private let menus: [String: MenuSyntax]
    /// By `menu.item`.
    private let items: [String: MenuSyntax.Item]
    private var policies: [String: HandoffDefinition] = [:]

    init(_ syntax: BundleSyntax, log: DiagnosticLog) {
        self.syntax = syntax
        self.log = log
        limits = LimitCheck(log: log)
        texts = TextResolver(syntax.texts, log: log)
        menus = Dictionary(
            syntax.menus.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
        items = Dictionary(
            syntax.menus.flatMap { menu in
                menu.items.map { ("\(menu.name.text).\($0.key.text)", $0) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The definition; worth something only if the log has no errors afterwards.
    mutating func resolve() -> BundleDefinition {
        texts.resolveAll()
        checkUniqueRules()
        let definitions = syntax.menus.map(menu)
        for policy in syntax.policies {
            if let name = policy.name { policies[name.text] = handoff(policy) }
        }
        return BundleDefinition(
            name: name, accounts: syntax.accounts.map { AccountAlias($0.text) },
            menus: definitions, rules: syntax.rules.map { rule($0) })
    }

    private var name: BundleName { BundleName(syntax.name.text) }

    private func checkUniqueRules() {
        var first: [String: Int] = [:]
        for rule in syntax.rules {
            guard let line = first.updateValue(rule.name.place.line, forKey: rule.name.text)
            else { continue }
            log.report(
                rule.name.diagnostic(
                    .duplicateName,
                    "a second rule '\(rule.name.text)'; the other is in line \(line)",
                    help: "name what is different about it"))
        }
    }

    // MARK: Menus

    private func menu(_ syntax: MenuSyntax) -> MenuDefinition {
        let head = syntax.head.map { text($0, PlatformLimits.menuHead, "the head") }
        let tail = syntax.tail.map { text($0, PlatformLimits.menuHead, "the tail") }
        if syntax.items.count > PlatformLimits.menuItems {
            log.report(
                syntax.name.diagnostic(
                    .tooManyItems,
                    "the menu '\(syntax.name.text)' has \(syntax.items.count) items; the platform "
                        + "takes at most \(PlatformLimits.menuItems)",
                    help: "let one item lead to a second menu"))
        }
        if let node = syntax.itemsNode, node.map?.isEmpty == true {
            log.report(
                .nothingToTap, at: node, "the menu '\(syntax.name.text)' has no items",
                help: "write at least one, or reply with a text")
        }
        return MenuDefinition(
            name: MenuName(syntax.name.text), head: head,
            items: syntax.items.map { item($0, in: syntax) }, tail: tail)
    }

    private func item(_ item: MenuSyntax.Item, in menu: MenuSyntax) -> MenuDefinition.Item {
        let body: OutgoingBody.Menu.Item
        switch item.kind {
        case .click(let label):
            body = .click(
                id: wireID(menu: menu.name.text, item: item.key.text),
                label: text(label, PlatformLimits.clickLabel, "the label"))
        case .view(let url, let label):
            limits.url(url)
            body = .view(
                url: url.text, label: text(label, PlatformLimits.openingLabel, "the label"))
        case .mini(let appID, let pagePath, let words, let label):
            limits.miniprogram(appID: appID, pagePath: pagePath, needsHTML: false, at: words)
            body = .miniprogram(
                appID: appID, pagePath: pagePath,
                label: text(label, PlatformLimits.openingLabel, "the label"))
        case .text(let words, let noNewline):
            body = .text(
                text(words, PlatformLimits.menuText, "the line"), noNewline: noNewline)
        }
        return MenuDefinition.Item(key: item.key.text, item: body)
    }

    private func wireID(menu: String, item: String) -> WireID {
        WireIDs.id(bundle: name, menu: MenuName(menu), key: item)
    }

    private func text(_ words: Words, _ limit: Int, _ what: String) -> String {
        let text = texts.resolve(words)
        limits.length(text, limit, what, at: words)
        return text
    }

    private mutating func menuName(_ words: Words) -> MenuName {
        usedMenus.insert(words.text)
        if menus[words.text] == nil {
            log.report(
                words.diagnostic(
                    .unknownName, "there is no menu '\(words.text)'",
                    help: Suggestion.phrase(
                        for: words.text, among: syntax.menus.lazy.map(\.name.text))
                        ?? "declare it under 'menus:'"))
        }
        return MenuName(words.text)
    }

    // MARK: Hand-offs

    private mutating func handoff(_ policy: PolicySyntax) -> HandoffDefinition {
        HandoffDefinition(
            to: policy.to,
            waitingText: policy.waitingText.map { text($0, PlatformLimits.text, "'waiting_text'") },
            ended: policy.ended.map { closing($0) })
    }

    private mutating func closing(_ closing: ClosingSyntax) -> ClosingMessage {
        switch closing {
        case .text(let words): .text(text(words, PlatformLimits.text, "the text"))
        case .menu(let words): .menu(menuName(words))
        }
    }

    private mutating func namedHandoff(_ words: Words) -> HandoffDefinition? {
        usedPolicies.insert(words.text)
        if let policy = policies[words.text] { return policy }
        let isDestination = words.text == "pool"
        log.report(
            words.diagnostic(
                .unknownName, "there is no hand-off policy '\(words.text)'",
                help: isDestination
                    ? "write 'handoff: { to: pool }'"
                    : Suggestion.phrase(
                        for: words.text, among: syntax.policies.lazy.compactMap(\.name?.text))
                        ?? "declare it under the bundle's 'handoff:'"))
        return nil
    }

    // MARK: Rules

    private mutating func rule(_ rule: RuleSyntax) -> RuleDefinition {
        let reply = rule.reply.map { part($0) }
        if reply.count > PlatformLimits.messagesOfAReply, let node = rule.replyNode {
            log.report(
                .tooManyMessages, at: node,
                "the reply has \(reply.count) messages; at most "
                    + "\(PlatformLimits.messagesOfAReply) of the platform's "
                    + "\(PlatformLimits.messages) may be used, "
                    + "\(PlatformLimits.reservedMessages) is kept for a fallback",
                help: "join some of the texts")
        }
        let definition = RuleDefinition(
            name: RuleName(rule.name.text), place: rule.name.place, priority: rule.priority,
            triggers: rule.triggers.compactMap { trigger($0) }, conditions: rule.conditions,
            exceptions: rule.exceptions, reply: reply,
            handoff: handoff(of: rule), end: end(of: rule),
            examples: rule.examples.map(\.text), notExamples: rule.notExamples.map(\.text))
        checkWelcome(rule)
        return definition
    }

    private mutating func handoff(of rule: RuleSyntax) -> HandoffDefinition? {
        switch rule.handoff {
        case .inline(let policy): handoff(policy)
        case .named(let name): namedHandoff(name)
        case nil: nil
        }
    }

    private mutating func end(of rule: RuleSyntax) -> EndDefinition? {
        guard let end = rule.end else { return nil }
        return EndDefinition(goodbye: end.goodbye.map { closing($0) })
    }

    private mutating func part(_ part: ReplySyntax) -> ReplyPart {
        switch part {
        case .text(let words): return .text(text(words, PlatformLimits.text, "the text"))
        case .menu(let words): return .menu(menuName(words))
        case .body(let body): return .body(body)
        case .link(let title, let description, let url, let thumbnail):
            limits.url(url)
            return .body(
                .link(
                    OutgoingBody.Link(
                        title: text(title, PlatformLimits.linkTitle, "the title"),
                        description: description.map {
                            text($0, PlatformLimits.linkDescription, "the description")
                        },
                        url: url.text, thumbnail: thumbnail)))
        case .miniprogram(let appID, let title, let pagePath, let thumbnail):
            limits.miniprogram(
                appID: appID.text, pagePath: pagePath.text, needsHTML: true, at: pagePath)
            return .body(
                .miniprogram(
                    OutgoingBody.Miniprogram(
                        appID: appID.text,
                        title: title.map {
                            text($0, PlatformLimits.miniprogramTitle, "the title")
                        },
                        thumbnail: thumbnail, pagePath: pagePath.text)))
        }
    }

    /// A greeting leaves with the welcome code: one message, and the session stays where it is.
    private func checkWelcome(_ rule: RuleSyntax) {
        guard
            rule.triggers.contains(where: {
                if case .event(.enterSession) = $0.pattern { true } else { false }
            })
        else { return }
        if let place = rule.handoff?.place ?? rule.end?.place {
            log.report(
                place.diagnostic(
                    .welcomeCannotMove,
                    "'\(rule.name.text)' answers enter_session and moves the session",
                    help: "a greeting only greets; move the session when the customer has spoken"))
        }
        guard let node = rule.replyNode else { return }
        let isTextOrMenu =
            rule.reply.allSatisfy {
                switch $0 {
                case .text, .menu: true
                default: false
                }
            }
        if rule.reply.count > 1 || !isTextOrMenu {
            log.report(
                .welcomeReply, at: node,
                "the reply to enter_session must be one text or one menu",
                help: "the welcome code carries a single message; put the greeting into the "
                    + "menu's head")
        }
    }

    // MARK: Triggers

    private mutating func trigger(_ trigger: TriggerSyntax) -> Trigger? {
        let words = trigger.words
        switch trigger.pattern {
        case .says: return keyword(words, "says").map(Trigger.says)
        case .saysExactly: return keyword(words, "says_exactly").map(Trigger.saysExactly)
        case .startsWith: return keyword(words, "starts_with").map(Trigger.startsWith)
        case .matches:
            do throws(RegularExpression.Refusal) {
                _ = try RegularExpression(words.text)
                return .matches(words.text)
            } catch {
                log.report(
                    words.diagnostic(
                        .invalidPattern, "not a regular expression: \(error)",
                        help: "the syntax is RE2's: no look-ahead and no back-references; "
                            + "write it in single quotes"))
                return nil
            }
        case .clicks: return clicked(words)
        case .sends(let kind): return .sends(kind)
        case .event(let event): return .event(event)
        case .noMatch: return .noMatch
        }
    }

    private func keyword(_ words: Words, _ key: String) -> String? {
        guard FoldedText(words.text).keywords.isEmpty else { return words.text }
        log.report(
            words.diagnostic(
                .keywordFoldsToNothing,
                "'\(words.text)' has nothing but marks, spaces or emoji; '\(key)' never hears them",
                help: "use 'matches' for marks"))
        return nil
    }

    /// `menu.item`, where the item is one that can be tapped.
    private mutating func clicked(_ words: Words) -> Trigger? {
        guard let dot = words.text.firstIndex(of: "."), dot != words.text.startIndex else {
            log.report(
                words.diagnostic(
                    .badValue, "'clicks' takes menu.item, not '\(words.text)'",
                    help: "for example: 主菜单.退款"))
            return nil
        }
        let menuName = String(words.text[..<dot])
        let key = String(words.text[words.text.index(after: dot)...])
        guard let menu = menus[menuName] else {
            log.report(
                words.diagnostic(
                    .unknownName, in: words.text.startIndex..<dot,
                    "there is no menu '\(menuName)'",
                    help: Suggestion.phrase(
                        for: menuName, among: syntax.menus.lazy.map(\.name.text))
                        ?? "declare it under 'menus:'"))
            return nil
        }
        guard let item = items[words.text] else {
            let keys = menu.items.prefix(20).map(\.key.text)
            log.report(
                words.diagnostic(
                    .unknownName, in: words.text.index(after: dot)..<words.text.endIndex,
                    "the menu '\(menuName)' has no item '\(key)'",
                    help: Suggestion.phrase(for: key, among: keys)
                        ?? "its items: \(keys.joined(separator: ", "))"))
            return nil
        }
        guard case .click = item.kind else {
            log.report(
                words.diagnostic(
                    .notClickable,
                    "nobody hears about a tap on '\(words.text)': it opens a page or is only words",
                    help: "an item that a rule answers is written 'key: 文字'"))
            return nil
        }
        clickedItems.insert(words.text)
        return .clicks(
            menu: MenuName(menuName), item: key, wireID(menu: menuName, item: key))
    }
}
