import ChatModel
import RuleEngine

/// Menus, surveys, slots and notices.
extension BundleResolver {
    func menu(_ syntax: MenuSyntax) -> MenuDefinition {
        let name = syntax.name.text
        let head = syntax.head.map {
            text($0, PlatformLimits.menuHead, Bilingual(en: "the head", zh: "开头"))
        }
        let tail = syntax.tail.map {
            text($0, PlatformLimits.menuHead, Bilingual(en: "the tail", zh: "结尾"))
        }
        if syntax.items.count > PlatformLimits.menuItems {
            log.report(
                syntax.name.diagnostic(
                    .tooManyItems,
                    Bilingual(
                        en: "the menu '\(name)' has \(syntax.items.count) items; the platform "
                            + "takes at most \(PlatformLimits.menuItems)",
                        zh: "菜单「\(name)」有 \(syntax.items.count) 项，平台最多收 "
                            + "\(PlatformLimits.menuItems) 项"),
                    help: Bilingual(
                        en: "let one item lead to a second menu", zh: "让其中一项打开第二个菜单")))
        }
        if let node = syntax.itemsNode, node.map?.isEmpty == true {
            log.report(
                .nothingToTap, at: node,
                Bilingual(en: "the menu '\(name)' has no items", zh: "菜单「\(name)」没有选项"),
                help: Bilingual(
                    en: "write at least one, or reply with a text", zh: "至少写一项，或者直接回复文字"))
        }
        let items = syntax.items.enumerated().map { index, item in
            // The number stands before the label, and counts.
            let number = syntax.hasNumbers ? "\(index + 1). ".utf8.count : 0
            return self.item(item, in: name, longestLabel: PlatformLimits.clickLabel - number)
        }
        return MenuDefinition(
            name: MenuName(name), head: head, items: items, tail: tail,
            hasNumbers: syntax.hasNumbers)
    }

    private func item(
        _ item: MenuSyntax.Item, in menu: String, longestLabel: Int
    ) -> MenuDefinition.Item {
        let label = Bilingual(en: "the label", zh: "菜单项的文字")
        let body: MenuDefinition.Content
        var formerIDs: [WireID] = []
        switch item.kind {
        case .click(let words):
            let wire = wireIDs["\(menu).\(item.key.text)"]
            formerIDs = wire?.formerIDs ?? []
            body = .click(
                id: wire?.id
                    ?? WireIDs.id(bundle: names.bundle, menu: MenuName(menu), key: item.key.text),
                label: text(words, longestLabel, label))
        case .view(let url, let words):
            limits.url(url)
            body = .view(url: url.text, label: text(words, PlatformLimits.openingLabel, label))
        case .mini(let appID, let pagePath, let place, let words):
            limits.miniprogram(appID: appID, pagePath: pagePath, needsHTML: false, at: place)
            body = .miniprogram(
                appID: appID, pagePath: pagePath,
                label: text(words, PlatformLimits.openingLabel, label))
        case .text(let words, let noNewline):
            body = .text(
                text(words, PlatformLimits.menuText, Bilingual(en: "the line", zh: "这一行")),
                noNewline: noNewline)
        }
        return MenuDefinition.Item(key: item.key.text, item: body, formerIDs: formerIDs)
    }

    func survey(_ survey: SurveySyntax) -> SurveyDefinition {
        let what = Bilingual(en: "the text", zh: "这段文字")
        return SurveyDefinition(
            name: SurveyName(survey.name.text), place: survey.name.place, menu: menu(survey.menu),
            lowAtMost: survey.lowAtMost, lowTags: tags(survey.lowTags),
            lowReply: survey.lowReply.map { text($0, PlatformLimits.text, what) },
            thanks: survey.thanks.map { text($0, PlatformLimits.text, what) })
    }

    // MARK: Slots

    /// How often a slot is asked for that doesn't say.
    static let tries = 3

    func slot(_ slot: SlotSyntax) -> SlotDefinition {
        let limit = slot.isMenu ? PlatformLimits.menuHead : PlatformLimits.text
        return SlotDefinition(
            name: SlotName(slot.name.text), accept: acceptance(slot),
            tries: slot.tries ?? Self.tries,
            ask: text(slot.ask, limit, Bilingual(en: "the question", zh: "问题")),
            retry: slot.retry.map {
                text($0, limit, Bilingual(en: "the text", zh: "这段文字"))
            }, mask: slot.mask, keep: slot.keep, keepFor: slot.keepFor)
    }

    private func acceptance(_ slot: SlotSyntax) -> SlotDefinition.Acceptance {
        switch slot.accept {
        case .anything: return .anything
        case .date: return .date
        case .phone: return .phone
        case .order: return .order
        case .digits(let range):
            return .digits(atLeast: range.lowerBound, atMost: range.upperBound)
        case .regex(let words):
            checkPattern(words)
            return .regex(words.text)
        case .choice(let options):
            var first: [String: Words] = [:]
            for option in options {
                if slot.isMenu {
                    limits.length(
                        option.value.text, PlatformLimits.clickLabel,
                        Bilingual(en: "the choice", zh: "选项"), at: option.value)
                }
                for words in [option.value] + option.words {
                    let key = FoldedText(words.text).keywords
                    guard let other = first.updateValue(option.value, forKey: key),
                        other.text != option.value.text
                    else { continue }
                    log.report(
                        words.diagnostic(
                            .duplicateName,
                            Bilingual(
                                en: "'\(words.text)' means '\(other.text)' already",
                                zh: "「\(words.text)」已经表示「\(other.text)」了"),
                            help: Bilingual(
                                en: "leave it in one of them", zh: "只留在其中一个选项里")))
                }
            }
            return .choice(
                options.map { option in
                    SlotDefinition.Option(
                        value: option.value.text,
                        words: [option.value.text]
                            + option.words.map(\.text).filter { $0 != option.value.text },
                        wireID: WireIDs.option(
                            bundle: names.bundle, slot: SlotName(slot.name.text),
                            value: option.value.text))
                })
        }
    }

    /// Reports what RE2 refuses.
    @discardableResult
    func checkPattern(_ words: Words) -> Bool {
        do throws(RegularExpression.Refusal) {
            _ = try RegularExpression(words.text)
            return true
        } catch {
            log.report(
                words.diagnostic(
                    .invalidPattern,
                    Bilingual(
                        en: "not a regular expression: \(error)", zh: "正则表达式不对：\(error)"),
                    help: Bilingual(
                        en: "the syntax is RE2's: no look-ahead and no back-references; "
                            + "write it in single quotes",
                        zh: "用 RE2 的写法：没有前瞻和反向引用；整个写在单引号里")))
            return false
        }
    }

    // MARK: Notices

    mutating func notice(_ notice: NoticeSyntax) -> NoticeDefinition {
        let reply = notice.reply.map { part($0) }
        let isSurvey = if case .survey? = reply.first { true } else { false }
        if let node = notice.replyNode, reply.count > 1 || isSurvey {
            log.report(
                .noticeReply, at: node,
                Bilingual(
                    en: "the notice '\(notice.name.text)' must be one message",
                    zh: "公告「\(notice.name.text)」只能是一条消息"),
                help: Bilingual(
                    en: "join the texts; each notice costs one of the five messages",
                    zh: "合成一段文字；公告要占五条消息里的一条"))
        }
        if let event = notice.triggers.first(where: {
            if case .event = $0.pattern { true } else { false }
        }) {
            log.report(
                event.words.diagnostic(
                    .noticeReply,
                    Bilingual(
                        en: "a notice can't greet: the welcome code carries one message",
                        zh: "公告不能跟着欢迎语发：欢迎语的凭据只能带一条消息"),
                    help: Bilingual(
                        en: "write a greeting with 'valid:' and a higher priority",
                        zh: "写一条带 valid: 的欢迎语规则，优先级调高")))
        }
        return NoticeDefinition(
            name: NoticeName(notice.name.text), place: notice.name.place,
            active: span(notice.active) ?? ActiveSpan(from: nil, until: nil),
            triggers: notice.triggers.compactMap { trigger($0) },
            conditions: conditions(notice.conditions), exceptions: conditions(notice.exceptions),
            reply: reply.first ?? .text(""))
    }
}
