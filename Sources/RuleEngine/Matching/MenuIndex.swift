import ChatModel

/// What a tap's id stands for: items of menus and surveys, under their own ids and earlier ones,
/// candidates of a question back, and the line below them.
struct MenuIndex: Sendable {
    /// By id, earlier ids included.
    let items: [WireID: CompiledBundle.MenuItem]
    /// Earlier ids and the id their item has now.
    let current: [WireID: WireID]
    /// The rule offered with each id.
    let candidates: [WireID: Int]
    /// The line below the candidates.
    let noneOfThese: WireID

    init(_ bundle: BundleDefinition) {
        var items: [WireID: CompiledBundle.MenuItem] = [:]
        var formerIDs: [(WireID, current: WireID, CompiledBundle.MenuItem)] = []
        for menu in bundle.menus + bundle.surveys.map(\.menu) {
            for entry in menu.items {
                guard case .click(let id, _) = entry.item else { continue }
                if items[id] == nil { items[id] = (menu.name, entry.key) }
                formerIDs += entry.formerIDs.map { ($0, id, (menu.name, entry.key)) }
            }
        }
        var current: [WireID: WireID] = [:]
        // After all others: an id that is in use stands for its own item.
        for (former, id, item) in formerIDs where items[former] == nil {
            items[former] = item
            current[former] = id
        }
        self.items = items
        self.current = current
        candidates = Dictionary(
            bundle.rules.enumerated().compactMap { index, rule in
                rule.candidateID.map { ($0, index) }
            }, uniquingKeysWith: { first, _ in first })
        noneOfThese = bundle.defaults.noneOfTheseID
    }

    func knows(_ id: WireID) -> Bool {
        items[id] != nil || candidates[id] != nil || id == noneOfThese
    }
}
