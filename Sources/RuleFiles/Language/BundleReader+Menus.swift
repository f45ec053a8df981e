import RuleEngine

/// Menus: head, items, tail.
extension BundleReader {
    func readMenus(_ map: MapCursor) -> [MenuSyntax] {
        map.namedEntries.compactMap { entry in
            guard let name = name(entry.key, of: "a menu"),
                let menu = MapCursor(entry.value, as: "the menu '\(entry.name)'", log: log)
            else { return nil }
            if name.text.contains(".") {
                log.report(
                    .badValue, at: entry.key, "a menu's name has no '.'",
                    help: "the dot separates menu and item in 'clicks: menu.item'")
            }
            return readMenu(menu, name: name)
        }
    }

    private func readMenu(_ map: MapCursor, name: Words) -> MenuSyntax {
        var menu = MenuSyntax(name: name)
        menu.head = map.value("head").flatMap { customerText($0, as: "'head'") }
        menu.tail = map.value("tail").flatMap { customerText($0, as: "'tail'") }
        if let items = map.requiredValue("items") {
            menu.itemsNode = items
            if let items = MapCursor(items, as: "'items'", log: log) {
                menu.items = items.namedEntries.compactMap(readItem)
            }
        }
        map.finish()
        return menu
    }

    private func readItem(_ entry: YAMLNode.Entry) -> MenuSyntax.Item? {
        guard let key = name(entry.key, of: "a menu item") else { return nil }
        guard entry.value.map != nil, entry.value[key: "zh"] == nil else {
            return customerText(entry.value, as: "the item '\(entry.name)'")
                .map { MenuSyntax.Item(key: key, kind: .click($0)) }
        }
        guard let map = MapCursor(entry.value, as: "the item '\(entry.name)'", log: log) else {
            return nil
        }
        let url = map.text("view")
        let mini = map.text("mini")
        let label =
            url == nil && mini == nil || map.node[key: "text"] != nil
            ? map.value("text").flatMap { customerText($0, as: "'text'") }
            : map.requiredText("text").map(Words.init)
        let noNewline = url == nil && mini == nil ? map.flag("no_newline") : nil
        map.finish()
        switch (url, mini, label) {
        case (let url?, nil, let label?):
            return MenuSyntax.Item(key: key, kind: .view(url: Words(url), label: label))
        case (nil, let mini?, let label?):
            return readMini(mini, label: label).map { MenuSyntax.Item(key: key, kind: $0) }
        case (nil, nil, let label?):
            return MenuSyntax.Item(key: key, kind: .text(label, noNewline: noNewline ?? false))
        case (_?, _?, _):
            log.report(.badValue, at: map.node, "an item is a 'view' or a 'mini', not both")
        case (nil, nil, nil):
            if map.node[key: "text"] == nil, map.node[key: "view"] == nil,
                map.node[key: "mini"] == nil
            {
                log.report(
                    .missingKey, at: map.node,
                    "the item '\(entry.name)' needs one of: view, mini, text")
            }
        default: break
        }
        return nil
    }

    /// Splits `appid/path`.
    private func readMini(_ node: YAMLNode, label: Words) -> MenuSyntax.Item.Kind? {
        let parts = (node.text ?? "").split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else {
            log.report(
                .badValue, at: node, "'mini' takes an appid and a page path with '/' between",
                help: "for example: wx00demo/pages/order.html")
            return nil
        }
        return .mini(
            appID: String(parts[0]), pagePath: String(parts[1]), Words(node), label: label)
    }
}
