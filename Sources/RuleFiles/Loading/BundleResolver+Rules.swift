import ChatModel
import RuleEngine

/// Rules and their triggers.
extension BundleResolver {
    mutating func rule(_ rule: RuleSyntax) -> RuleDefinition {
        texts.known = values.required(by: rule.conditions)
            .union(rule.sets.map(\.name.text))
            .union(values.required(by: rule.exceptions.map { .not($0) }))
        defer { texts.known = [] }
        let reply = rule.reply.map { part($0) }
        checkCount(reply, rule.replyNode)
        if let start = rule.start { names.find(.flow, start) }
        let isQuestion = rule.triggers.contains {
            if case .asksLike = $0.pattern { true } else { false }
        }
        let name = RuleName(rule.name.text)
        let definition = RuleDefinition(
            name: name, place: rule.name.place, priority: rule.priority,
            triggers: rule.triggers.compactMap { trigger($0) },
            conditions: conditions(rule.conditions), exceptions: conditions(rule.exceptions),
            reply: reply, handoff: rule.handoff.flatMap { handoff($0) },
            end: rule.end.map { end($0) }, upgrade: rule.upgrade, tags: tags(rule.tags),
            sets: assignments(rule.sets),
            start: rule.start.map { FlowName($0.text) }, valid: span(rule.valid),
            oncePer: rule.oncePer, accounts: rule.accounts.map { accounts($0) },
            id: rule.id?.text, renamedFrom: rule.renamedFrom.map { RuleName($0.text) },
            owner: rule.owner?.text,
            candidateID: isQuestion ? WireIDs.candidate(bundle: names.bundle, rule: name) : nil,
            examples: rule.examples.map(\.text), notExamples: rule.notExamples.map(\.text))
        checkWelcome(rule)
        for old in rule.renamedFrom where names.isDeclared(.rule, old.text) {
            log.report(
                old.diagnostic(
                    .badRename,
                    Bilingual(
                        en: "there still is a rule '\(old.text)'", zh: "规则「\(old.text)」还在"),
                    help: Bilingual(
                        en: "write the name it had before, or delete the line",
                        zh: "写改名前的名字，或删掉这一行")))
        }
        return definition
    }

    /// The accounts a rule is for: some of the bundle's.
    private func accounts(_ accounts: [Words]) -> [AccountAlias] {
        let known = syntax.accounts.map(\.text)
        for account in accounts where !known.contains(account.text) {
            log.report(
                account.diagnostic(
                    .unknownName,
                    Bilingual(
                        en: "the bundle doesn't serve the account '\(account.text)'",
                        zh: "这个规则包不负责账号「\(account.text)」"),
                    help: names.suggestion(for: account.text, among: known)
                        ?? Bilingual(
                            en: "its accounts: \(known.prefix(20).joined(separator: ", "))",
                            zh: "它的账号：\(known.prefix(20).joined(separator: "、"))")))
        }
        return accounts.map { AccountAlias($0.text) }
    }

    /// Ids of rules are unique in their bundle.
    func checkIDs() {
        var first: [String: Words] = [:]
        for id in syntax.rules.compactMap(\.id) {
            guard let other = first.updateValue(id, forKey: id.text) else { continue }
            log.report(
                id.diagnostic(
                    .duplicateName,
                    Bilingual(
                        en: "a second rule with the id '\(id.text)'; the other is \(other.place)",
                        zh: "编号「\(id.text)」用了两次，另一处在 \(other.place)")))
        }
    }

    /// A greeting leaves with the welcome code: one message, and the session stays where it is.
    private func checkWelcome(_ rule: RuleSyntax) {
        guard
            rule.triggers.contains(where: {
                if case .event(.enterSession) = $0.pattern { true } else { false }
            })
        else { return }
        if let place = rule.handoff?.place ?? rule.end?.place ?? rule.start {
            log.report(
                place.diagnostic(
                    .welcomeCannotMove,
                    Bilingual(
                        en: "'\(rule.name.text)' answers enter_session and moves the session",
                        zh: "「\(rule.name.text)」在客户进入时就转人工、结束或启动流程"),
                    help: Bilingual(
                        en: "a greeting only greets; move the session when the customer has spoken",
                        zh: "欢迎语只能打招呼；等客户说话以后再做")))
        }
        if let node = rule.upgradeNode {
            log.report(
                .welcomeCannotMove, at: node,
                Bilingual(
                    en: "'\(rule.name.text)' answers enter_session and recommends somebody",
                    zh: "「\(rule.name.text)」在客户进入时就推荐专员或客户群"),
                help: Bilingual(
                    en: "nobody serves the customer yet; recommend when the customer has spoken",
                    zh: "这时还没有人接待；等客户说话以后再推荐"))
        }
        guard let node = rule.replyNode else { return }
        let isTextOrMenu = rule.reply.allSatisfy {
            switch $0 {
            case .text, .template, .menu: true
            case .survey, .body, .media, .link, .miniprogram: false
            }
        }
        if rule.reply.count > 1 || !isTextOrMenu {
            log.report(
                .welcomeReply, at: node,
                Bilingual(
                    en: "the reply to enter_session must be one text or one menu",
                    zh: "欢迎语只能是一段文字或一个菜单"),
                help: Bilingual(
                    en: "the welcome code carries a single message; put the greeting into the "
                        + "menu's head",
                    zh: "欢迎语的凭据只能带一条消息；把问候写到菜单的开头"))
        }
    }

    // MARK: Triggers

    func trigger(_ trigger: TriggerSyntax) -> Trigger? {
        let words = trigger.words
        switch trigger.pattern {
        case .says: return keyword(words, "says").map(Trigger.says)
        case .saysExactly: return keyword(words, "says_exactly").map(Trigger.saysExactly)
        case .startsWith: return keyword(words, "starts_with").map(Trigger.startsWith)
        case .endsWith: return keyword(words, "ends_with").map(Trigger.endsWith)
        case .saysAll(let all):
            let found = all.compactMap { keyword($0, "says_all") }
            return found.count == all.count ? .saysAll(found) : nil
        case .asksLike: return keyword(words, "asks_like").map(Trigger.asksLike)
        case .matches: return checkPattern(words) ? .matches(words.text) : nil
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
                Bilingual(
                    en: "'\(words.text)' has nothing but marks, spaces or emoji; '\(key)' never "
                        + "hears them",
                    zh: "「\(words.text)」只有标点、空格或表情，「\(key)」听不到"),
                help: Bilingual(en: "use 'matches' for marks", zh: "要匹配标点就用 matches")))
        return nil
    }

    /// `menu.item`, where the item is one that can be tapped.
    private func clicked(_ words: Words) -> Trigger? {
        guard let dot = words.text.firstIndex(of: "."), dot != words.text.startIndex else {
            log.report(
                words.diagnostic(
                    .badValue,
                    Bilingual(
                        en: "'clicks' takes menu.item, not '\(words.text)'",
                        zh: "「clicks」要写“菜单.项”，不是「\(words.text)」"),
                    help: Bilingual(en: "for example: 主菜单.退款", zh: "例如：主菜单.退款")))
            return nil
        }
        let menuRange = words.text.startIndex..<dot
        let keyRange = words.text.index(after: dot)..<words.text.endIndex
        let menuName = String(words.text[menuRange])
        let key = String(words.text[keyRange])
        guard !surveyNames.contains(menuName) else {
            names.refer(.survey, menuName, at: words.extent(of: menuRange))
            log.report(
                words.diagnostic(
                    .notClickable,
                    Bilingual(
                        en:
                            "'\(menuName)' is a survey: its marks are counted, not answered by rules",
                        zh: "「\(menuName)」是评价：打分会被记下来，不由规则回答"),
                    help: Bilingual(
                        en: "use 'low:' and 'thanks:' of the survey", zh: "用评价里的 low: 和 thanks:")))
            return nil
        }
        guard names.find(.menu, words.part(menuRange)) else { return nil }
        names.refer(.menuItem, words.text, at: words.extent(of: keyRange))
        guard let item = items[words.text] else {
            reportNoItem(words, menuName, key, keyRange)
            return nil
        }
        guard case .click = item.kind else {
            log.report(
                words.diagnostic(
                    .notClickable,
                    Bilingual(
                        en: "nobody hears about a tap on '\(words.text)': it opens a page or is "
                            + "only words",
                        zh: "点「\(words.text)」我们收不到：它是打开网页或只是文字"),
                    help: Bilingual(
                        en: "an item that a rule answers is written 'key: 文字'",
                        zh: "要由规则回答的项写成“键: 文字”")))
            return nil
        }
        let id =
            wireIDs[words.text]?.id
            ?? WireIDs.id(bundle: names.bundle, menu: MenuName(menuName), key: key)
        return .clicks(menu: MenuName(menuName), item: key, id)
    }

    private func reportNoItem(
        _ words: Words, _ menu: String, _ key: String, _ range: Range<String.Index>
    ) {
        let keys = syntax.menus.first { $0.name.text == menu }?.items.map(\.key.text) ?? []
        log.report(
            words.diagnostic(
                .unknownName, in: range,
                Bilingual(
                    en: "the menu '\(menu)' has no item '\(key)'",
                    zh: "菜单「\(menu)」没有「\(key)」这一项"),
                help: names.suggestion(for: key, among: keys)
                    ?? Bilingual(
                        en: "its items: \(keys.prefix(20).joined(separator: ", "))",
                        zh: "它的项：\(keys.prefix(20).joined(separator: "、"))")))
    }
}
