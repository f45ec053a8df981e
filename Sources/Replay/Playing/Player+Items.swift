import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// Finding the item a step taps.
extension Player {
    /// Items of the menus shown to a customer, the newest first.
    func shownItems(to customer: ExternalUserID) -> [(id: WireID, label: String)] {
        var found: [(id: WireID, label: String)] = []
        for entry in world.platform.book.reversed()
        where entry.customer == customer && entry.errcode == 0 {
            let body: OutgoingBody
            switch entry.call {
            case .send(let sent), .sendOnEvent(_, let sent): body = sent
            default: continue
            }
            guard case .menu(let menu) = body else { continue }
            for case .click(let id, let label) in menu.items { found.append((id, label)) }
        }
        return found
    }

    /// The id of what a test calls `menu.item`, `survey.mark`, `slot.option`, a question the
    /// customer was asked back with, or the words on it.
    func item(_ name: String, shownTo customer: ExternalUserID) throws(Impossible) -> WireID {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        if parts.count == 2, let id = try item(parts[1], of: parts[0]) { return id }
        if let id = candidate(name) { return id }
        if let shown = shownItems(to: customer).first(where: { $0.label == name }) {
            return shown.id
        }
        let known = bundles.flatMap(\.itemNames)
        let hint = Suggestion.help(for: name, among: known)
        if parts.count == 2 {
            throw Impossible(
                en: "the rules have no menu '\(parts[0])'" + (hint.map { "; \($0.en)" } ?? ""),
                zh: "规则里没有菜单「\(parts[0])」" + (hint.map { "；\($0.zh)" } ?? ""))
        }
        throw Impossible(
            en: "nothing shown to the customer is called '\(name)'; write 'menu.item'",
            zh: "客户没见过叫「\(name)」的选项；写“菜单.项”")
    }

    /// The item `key` of a menu, a survey or a slot; `nil` when nothing has that name.
    private func item(_ key: String, of name: String) throws(Impossible) -> WireID? {
        for bundle in bundles {
            let menu = bundle.menu(MenuName(name)) ?? bundle.survey(SurveyName(name))?.menu
            if let menu { return try item(key, of: menu) }
            guard let slot = bundle.slot(SlotName(name)) else { continue }
            guard case .choice(let options) = slot.accept else {
                throw Impossible(
                    en: "'\(name)' has no options to tap", zh: "槽位「\(name)」没有可以点的选项")
            }
            guard let option = options.first(where: { $0.value == key }) else {
                throw Impossible(
                    en: "'\(name)' has no option '\(key)'", zh: "槽位「\(name)」没有选项「\(key)」")
            }
            return option.wireID
        }
        return nil
    }

    private func item(_ key: String, of menu: MenuDefinition) throws(Impossible) -> WireID {
        guard let item = menu.items.first(where: { $0.key == key }) else {
            let hint = Suggestion.help(for: key, among: menu.items.map(\.key))
            throw Impossible(
                en: "the menu '\(menu.name)' has no item '\(key)'"
                    + (hint.map { "; \($0.en)" } ?? ""),
                zh: "菜单「\(menu.name)」没有「\(key)」这一项" + (hint.map { "；\($0.zh)" } ?? ""))
        }
        guard case .click(let id, _) = item.item else {
            throw Impossible(
                en: "the item '\(menu.name).\(key)' opens a page; it sends nothing",
                zh: "「\(menu.name).\(key)」打开的是页面，点了不会发消息")
        }
        return id
    }

    /// What a customer taps when asked back: a rule by one of its questions or its name, or the
    /// line that says it is none of them.
    private func candidate(_ name: String) -> WireID? {
        for bundle in bundles {
            for rule in bundle.rules {
                guard let id = rule.candidateID else { continue }
                if rule.triggers.contains(.asksLike(name)) || rule.name.rawValue == name {
                    return id
                }
            }
            let words = bundle.defaults.noneOfThese.variants.map { variant in
                variant.parts.map { part in
                    if case .literal(let text) = part { text } else { "" }
                }.joined()
            }
            if words.contains(name) { return bundle.defaults.noneOfTheseID }
        }
        return nil
    }
}

extension BundleDefinition {
    /// Every item as steps name it.
    fileprivate var itemNames: [String] {
        (menus + surveys.map(\.menu)).flatMap { menu in menu.items.map { "\(menu.name).\($0.key)" }
        }
    }
}
