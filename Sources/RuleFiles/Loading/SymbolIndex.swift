package import ChatModel
package import RuleEngine

/// The kinds of things that have names in rule files.
package enum SymbolKind: String, Hashable, Sendable, Codable, CaseIterable {
    case bundle, text, words, schedule, menu, slot, notice, rule, flow, policy, survey
    /// An item of a menu or a survey; its name is `menu.item`, and only `item` is written there.
    case menuItem = "menu_item"
    /// What a call's answer is kept as (`save:`), or what `set:` sets.
    case value
    /// A tag that rules put on customers.
    case tag

    /// What messages call it.
    package var noun: Bilingual {
        switch self {
        case .bundle: Bilingual(en: "a bundle", zh: "规则包")
        case .text: Bilingual(en: "a text", zh: "文本")
        case .words: Bilingual(en: "a word list", zh: "词表")
        case .schedule: Bilingual(en: "a schedule", zh: "时间表")
        case .menu: Bilingual(en: "a menu", zh: "菜单")
        case .menuItem: Bilingual(en: "a menu item", zh: "菜单项")
        case .slot: Bilingual(en: "a slot", zh: "槽位")
        case .notice: Bilingual(en: "a notice", zh: "公告")
        case .rule: Bilingual(en: "a rule", zh: "规则")
        case .flow: Bilingual(en: "a flow", zh: "流程")
        case .policy: Bilingual(en: "a hand-off policy", zh: "转人工方案")
        case .survey: Bilingual(en: "a survey", zh: "评价")
        case .value: Bilingual(en: "a value", zh: "值")
        case .tag: Bilingual(en: "a tag", zh: "标签")
        }
    }

    /// The key under which it is declared.
    package var section: String {
        switch self {
        case .bundle: "bundle"
        case .text: "texts"
        case .words: "words"
        case .schedule: "schedules"
        case .menu: "menus"
        case .menuItem: "items"
        case .slot: "slots"
        case .notice: "notices"
        case .rule: "rules"
        case .flow: "flows"
        case .policy: "handoff"
        case .survey: "surveys"
        case .value: "set"
        case .tag: "tag"
        }
    }
}

extension Bilingual {
    /// `the menu 'name'`, of a noun such as `a menu`.
    func named(_ name: String) -> Bilingual {
        let noun = en.split(separator: " ", maxSplits: 1)
        let bare = noun.count == 2 && ["a", "an"].contains(noun[0]) ? String(noun[1]) : en
        return Bilingual(en: "the \(bare) '\(name)'", zh: "\(zh)「\(name)」")
    }
}

/// Where every name of the rule files is declared and where it is used: what an editor needs to
/// jump, to rename and to find uses.
///
/// Complete as far as the files could be read, even where they have mistakes. A name that isn't
/// declared has only uses.
package struct SymbolIndex: Hashable, Sendable {
    /// A thing with a name.
    package struct Symbol: Hashable, Sendable {
        /// What it is.
        package var kind: SymbolKind
        /// Its name; of an item `menu.item`.
        package var name: String
        /// The bundle it belongs to; a bundle belongs to itself.
        package var bundle: BundleName

        /// A thing with a name.
        package init(kind: SymbolKind, name: String, bundle: BundleName) {
            self.kind = kind
            self.name = name
            self.bundle = bundle
        }
    }

    /// One place where a name is written.
    package struct Occurrence: Hashable, Sendable {
        /// What is named.
        package var symbol: Symbol
        /// Where the name begins.
        package var place: SourcePlace
        /// How many characters of the line it covers, from 1.
        ///
        /// That is the name itself, without `$(`, and for an item without its menu; where the text
        /// is written with escapes, the whole text.
        package var length: Int
        /// Whether it is declared here.
        package var isDeclaration: Bool
    }

    /// All of them, by file, line and column.
    ///
    /// A file that two bundles include has each of its names once for each of them.
    package private(set) var occurrences: [Occurrence] = []

    /// Where the symbol is declared.
    package func declarations(of symbol: Symbol) -> [Occurrence] {
        occurrences.filter { $0.isDeclaration && $0.symbol == symbol }
    }

    /// Where the symbol is used.
    package func references(to symbol: Symbol) -> [Occurrence] {
        occurrences.filter { !$0.isDeclaration && $0.symbol == symbol }
    }

    /// What is written at a place.
    package func occurrences(at place: SourcePlace) -> [Occurrence] {
        occurrences.filter {
            $0.place.file == place.file && $0.place.line == place.line
                && ($0.place.column..<$0.place.column + $0.length).contains(place.column)
        }
    }

    mutating func add(_ more: some Sequence<Occurrence>) {
        var seen = Set(occurrences)
        for occurrence in more where seen.insert(occurrence).inserted {
            occurrences.append(occurrence)
        }
        occurrences.sort {
            ($0.place.file, $0.place.line, $0.place.column, $0.symbol.name)
                < ($1.place.file, $1.place.line, $1.place.column, $1.symbol.name)
        }
    }
}
