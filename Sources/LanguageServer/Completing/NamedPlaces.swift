import RuleFiles

/// Which names belong where: for each key that takes a name, the kinds of things it may name.
enum NamedPlaces {
    /// The kinds a value may name, by its map and key; empty where no declared name belongs.
    static func kinds(of key: String, in map: String?) -> [SymbolKind] {
        if let map, let kinds = own[map]?[key] { return kinds }
        return everywhere[key] ?? []
    }

    /// The kinds the keys of a map of names may name: `slot: { 订单号: … }`.
    static func kindsOfKeys(below key: String?) -> [SymbolKind] {
        switch key {
        case "slot": [.slot, .value]
        case "set": [.slot, .value]
        default: []
        }
    }

    private static let everywhere: [String: [SymbolKind]] = [
        "clicks": [.menuItem], "start": [.flow], "handoff": [.policy], "template": [.text],
        "menu": [.menu], "survey": [.survey], "in_flow": [.flow], "tag": [.tag],
        "tagged": [.tag], "hours": [.schedule], "not_tag": [.tag],
    ]

    private static let own: [String: [String: [SymbolKind]]] = [
        "openHours": ["open": [.schedule], "closed": [.schedule]],
        "policy": ["open": [.schedule]],
        "step": ["ask": [.slot]],
        "conditions": ["slot": [.slot, .value]],
        "act": ["clicks": [.menuItem]],
        "clicks": ["menu": [.menu]],
        "expectation": [
            "rule": [.rule], "not_rule": [.rule], "menu": [.menu, .survey], "notice": [.notice],
            "flow": [.flow], "asked": [.slot], "not_slot": [.slot], "asked_back": [.rule],
        ],
        // Here these are not names.
        "question": ["ask": []], "slot": ["ask": []],
    ]
}
