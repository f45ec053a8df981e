import ChatModel
import RuleEngine

/// Menus and surveys: head, items, tail.
extension BundleReader {
    func readMenus(_ map: MapCursor) -> [MenuSyntax] {
        map.namedEntries.compactMap { entry in
            guard let name = menuName(entry, of: SymbolKind.menu.noun),
                let map = MapCursor(
                    entry.value, as: SymbolKind.menu.noun.named(entry.name), log: log)
            else { return nil }
            var menu = readMenu(map, name: name)
            menu.hasNumbers = map.flag("numbers") ?? false
            menu.renamedFrom = map.text("renamed_from").map(Words.init)
            map.finish()
            return menu
        }
    }

    private func menuName(_ entry: YAMLNode.Entry, of noun: Bilingual) -> Words? {
        guard let name = name(entry.key, of: noun) else { return nil }
        if name.text.contains(".") {
            log.report(
                .badValue, at: entry.key,
                Bilingual(
                    en: "\(noun.en)'s name has no '.'",
                    zh: "\(noun.zh)的名字里不能有“.”"),
                help: Bilingual(
                    en: "the dot separates menu and item in 'clicks: menu.item'",
                    zh: "点号用来分隔“菜单.项”"))
        }
        return name
    }

    /// Head, items and tail; the caller finishes the map.
    private func readMenu(_ map: MapCursor, name: Words) -> MenuSyntax {
        var menu = MenuSyntax(name: name)
        menu.overrides = map.flag("override") ?? false
        menu.head = text(map, "head")
        menu.tail = text(map, "tail")
        if let items = map.requiredValue("items") {
            menu.itemsNode = items
            if let items = MapCursor(items, as: .quoted("items"), log: log) {
                menu.items = items.namedEntries.compactMap(readItem)
            }
        }
        return menu
    }

    private func readItem(_ entry: YAMLNode.Entry) -> MenuSyntax.Item? {
        let what = Bilingual(en: "the item '\(entry.name)'", zh: "菜单项「\(entry.name)」")
        guard let key = name(entry.key, of: SymbolKind.menuItem.noun) else { return nil }
        guard entry.value.map != nil, !Self.isLocalized(entry.value) else {
            return customerText(entry.value, as: what)
                .map { MenuSyntax.Item(key: key, kind: .click($0)) }
        }
        guard let map = MapCursor(entry.value, as: what, log: log) else { return nil }
        let kinds = ["click", "view", "mini"].filter { map.entry($0) != nil }
        let renamedFrom = map.text("renamed_from").map(Words.init)
        let kind = readKind(map, kinds)
        map.finish()
        return kind.map { MenuSyntax.Item(key: key, kind: $0, renamedFrom: renamedFrom) }
    }

    private func readKind(_ map: MapCursor, _ kinds: [String]) -> MenuSyntax.Item.Kind? {
        guard kinds.count <= 1 else {
            refuse(
                map.node, en: "an item is only one of: \(kinds.joined(separator: ", "))",
                zh: "一个菜单项只能是其中一种：\(kinds.joined(separator: "、"))")
            // Known all the same, so that only this is reported.
            _ = (map.entry("text"), map.entry("no_newline"))
            return nil
        }
        switch kinds.first {
        case "click":
            return text(map, "click").map(MenuSyntax.Item.Kind.click)
        case "view":
            let url = map.text("view")
            let label = map.requiredValue("text").flatMap { customerText($0, as: .quoted("text")) }
            guard let url, let label else { return nil }
            return .view(url: Words(url), label: label)
        case "mini":
            let mini = map.text("mini")
            let label = map.requiredValue("text").flatMap { customerText($0, as: .quoted("text")) }
            guard let mini, let label else { return nil }
            return readMini(mini, label: label)
        default:
            let noNewline = map.flag("no_newline") ?? false
            guard map.node[key: "text"] != nil else {
                if map.node.map?.isEmpty != false || map.entry("renamed_from") == nil {
                    log.report(
                        .missingKey, at: map.node,
                        Bilingual(
                            en: "\(map.what.en) needs one of: click, view, mini, text",
                            zh: "\(map.what.zh)要写其中一个：click、view、mini、text"))
                } else {
                    _ = map.requiredValue("click")
                }
                return nil
            }
            return text(map, "text").map { .text($0, noNewline: noNewline) }
        }
    }

    /// Splits `appid/path`.
    private func readMini(_ node: YAMLNode, label: LocalText) -> MenuSyntax.Item.Kind? {
        let parts = (node.text ?? "").split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else {
            refuse(
                node, en: "'mini' takes an appid and a page path with '/' between",
                zh: "「mini」要写小程序的 appid 和页面路径，中间用“/”隔开",
                help: Bilingual(
                    en: "for example: wx00demo/pages/order.html",
                    zh: "例如：wx00demo/pages/order.html"))
            return nil
        }
        return .mini(
            appID: String(parts[0]), pagePath: String(parts[1]), Words(node), label: label)
    }

    // MARK: Surveys

    func readSurveys(_ map: MapCursor) -> [SurveySyntax] {
        map.namedEntries.compactMap { entry in
            let noun = SymbolKind.survey.noun
            guard let name = menuName(entry, of: noun),
                let map = MapCursor(entry.value, as: noun.named(entry.name), log: log)
            else { return nil }
            var survey = SurveySyntax(menu: readMenu(map, name: name))
            if let low = map.map("low") {
                survey.lowAtMost =
                    low.requiredValue("at_most") == nil
                    ? nil : low.integer("at_most", in: -1000...1000)
                survey.lowTags = words(low, "tag")
                survey.lowReply = text(low, "reply")
                low.finish()
            }
            survey.thanks = text(map, "thanks")
            map.finish()
            checkMarks(survey)
            return survey
        }
    }

    /// The marks are numbers where low ones are told apart, and each item can be tapped.
    private func checkMarks(_ survey: SurveySyntax) {
        for item in survey.menu.items {
            if case .click = item.kind {
                guard survey.lowAtMost != nil, Int(item.key.text) == nil else { continue }
                log.report(
                    item.key.diagnostic(
                        .badValue,
                        Bilingual(
                            en: "with 'low' the marks are whole numbers, not '\(item.key.text)'",
                            zh: "写了「low」，评价的键就要是整数，不是「\(item.key.text)」"),
                        help: Bilingual(en: "for example: 5: 非常满意", zh: "例如：5: 非常满意")))
            } else if case .text = item.kind {
                continue
            } else {
                log.report(
                    item.key.diagnostic(
                        .notClickable,
                        Bilingual(
                            en: "an item of a survey is tapped to answer: 'key: 文字'",
                            zh: "评价的选项只能是点了就算回答的：键: 文字")))
            }
        }
    }
}
