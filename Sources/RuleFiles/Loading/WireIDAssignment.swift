import ChatModel
import RuleEngine

/// Gives each item of a bundle's menus and surveys its id, by what the lock knows.
struct WireIDAssignment {
    let bundle: BundleName
    let lock: WireLock
    let log: DiagnosticLog

    /// The ids by `menu.item`; an item that can't be tapped has none.
    func assign(_ menus: [MenuSyntax]) -> [String: WireLock.Entry] {
        let locked = lock.bundles[bundle] ?? [:]
        let items = menus.flatMap { menu in
            menu.items.filter(\.isTapped).map { Item(menu: menu, item: $0) }
        }
        let current = Set(items.map(\.name))
        var taken: [WireID: String] = [:]
        for (name, entry) in locked {
            for id in [entry.id] + entry.formerIDs { taken[id] = name }
        }
        for (other, entries) in lock.bundles where other != bundle {
            for entry in entries.values {
                for id in [entry.id] + entry.formerIDs { taken[id] = "" }
            }
        }
        var assigned: [String: WireLock.Entry] = [:]
        let renamings = renamings(items, locked, current)
        for item in items where assigned[item.name] == nil {
            var entry = WireLock.Entry(
                id: "", label: item.label, formerIDs: [], isGone: false)
            if let own = locked[item.name] {
                entry.id = own.id
                entry.formerIDs = own.formerIDs
            }
            if let old = oldName(of: item, current) ?? renamings[item.name] {
                let past = locked[old].map { [$0.id] + $0.formerIDs } ?? [hash(old)]
                // Once carried over, the old name is no longer in the lock: nothing is new then.
                for id in past where !entry.formerIDs.contains(id) && id != entry.id {
                    if let owner = taken[id], owner != old, owner != item.name { continue }
                    entry.formerIDs.append(id)
                    taken[id] = item.name
                }
            }
            if entry.id == "" { entry.id = freshID(item, taken) }
            assigned[item.name] = entry
        }
        return assigned
    }

    private struct Item {
        let menu: MenuSyntax
        let item: MenuSyntax.Item

        var name: String { "\(menu.name.text).\(item.key.text)" }
        var label: String { item.label.words.text }
    }

    /// The id a name would have; the dot after the menu's name is the first one.
    private func hash(_ name: String) -> WireID {
        let menu = name.prefix { $0 != "." }
        return WireIDs.id(
            bundle: bundle, menu: MenuName(String(menu)),
            key: String(name.dropFirst(menu.count + 1)))
    }

    /// The item's own id, or the next that no item in the lock has or had.
    ///
    /// Two items of today with the same id are an error instead: an id must not depend on what
    /// else is there.
    private func freshID(_ item: Item, _ taken: [WireID: String]) -> WireID {
        let menu = MenuName(item.menu.name.text)
        var id = WireIDs.id(bundle: bundle, menu: menu, key: item.item.key.text)
        var attempt = 2
        while let owner = taken[id], owner != item.name {
            id = WireIDs.id(
                bundle: bundle, menu: menu, key: item.item.key.text, attempt: attempt)
            attempt += 1
        }
        return id
    }

    /// What `renamed_from` says, of the item or of its menu.
    private func oldName(of item: Item, _ current: Set<String>) -> String? {
        guard item.item.renamedFrom != nil || item.menu.renamedFrom != nil else { return nil }
        let menu = item.menu.renamedFrom?.text ?? item.menu.name.text
        let key = item.item.renamedFrom?.text ?? item.item.key.text
        let old = "\(menu).\(key)"
        guard current.contains(old), let words = item.item.renamedFrom ?? item.menu.renamedFrom
        else { return old }
        log.report(
            words.diagnostic(
                .badRename,
                Bilingual(
                    en: "'\(words.text)' is still there; '\(item.name)' can't have been it",
                    zh: "「\(words.text)」还在，「\(item.name)」不可能由它改名而来"),
                help: Bilingual(
                    en: "write the old key, or delete 'renamed_from'",
                    zh: "写改名前的键，或删掉 renamed_from")))
        return nil
    }

    /// New items that show what a vanished one of the same menu showed, one each.
    private func renamings(
        _ items: [Item], _ locked: [String: WireLock.Entry], _ current: Set<String>
    ) -> [String: String] {
        struct Place: Hashable {
            let menu: Substring
            let label: String
        }
        var vanished: [Place: [String]] = [:]
        for (name, entry) in locked where !entry.isGone && !current.contains(name) {
            let place = Place(menu: name.prefix { $0 != "." }, label: entry.label)
            vanished[place, default: []].append(name)
        }
        var appeared: [Place: [String]] = [:]
        for item in items where locked[item.name] == nil {
            let place = Place(menu: item.menu.name.text[...], label: item.label)
            appeared[place, default: []].append(item.name)
        }
        var found: [String: String] = [:]
        for (place, new) in appeared where new.count == 1 {
            guard let old = vanished[place], old.count == 1 else { continue }
            found[new[0]] = old[0]
        }
        return found
    }
}

extension MenuSyntax.Item {
    /// Whether a tap on it comes back.
    var isTapped: Bool { if case .click = kind { true } else { false } }
}
