import RuleEngine
import RuleFiles

/// What a file declares, section by section: for the editor's outline, for folding, and for names
/// while the rest of the file can't be read.
struct Outline {
    /// Something that is declared.
    struct Item {
        let name: String
        /// `nil` for a section.
        let kind: SymbolKind?
        /// Where its name stands.
        let place: SourcePlace
        let length: Int
        /// The line, from 1, with which it ends.
        var lastLine: Int
        var children: [Item] = []
    }

    private(set) var sections: [Item] = []

    /// Sections that declare names, and what.
    private static let kinds: [String: SymbolKind] = [
        "texts": .text, "templates": .text, "words": .words, "schedules": .schedule,
        "menus": .menu, "slots": .slot, "notices": .notice, "rules": .rule, "faq": .rule,
        "flows": .flow, "handoff": .policy, "surveys": .survey,
    ]

    /// The keys that name an element of a list of such things.
    private static let nameKeys: [String: [String]] = [
        "rules": ["rule"], "faq": ["rule", "ask"], "notices": ["notice"], "tests": ["test"],
    ]

    init(_ source: RuleSource, lineCount: Int, isBlank: (Int) -> Bool) {
        guard let entries = RuleFiles.readable(source)?.map else { return }
        let sorted = entries.sorted { $0.key.place < $1.key.place }
        for (index, entry) in sorted.enumerated() {
            let next = index + 1 < sorted.count ? sorted[index + 1].key.place.line : lineCount + 1
            var section = Item(
                name: entry.key.text ?? entry.name, kind: nil, place: entry.key.place,
                length: entry.key.length, lastLine: max(next - 1, entry.key.place.line))
            Self.trim(&section, isBlank)
            section.children = Self.children(of: entry, until: section.lastLine)
            for index in section.children.indices {
                Self.trim(&section.children[index], isBlank)
            }
            sections.append(section)
        }
    }

    /// Blank lines and comments before the next thing belong to that.
    private static func trim(_ item: inout Item, _ isBlank: (Int) -> Bool) {
        while item.lastLine > item.place.line, isBlank(item.lastLine) { item.lastLine -= 1 }
    }

    private static func children(of entry: YAMLNode.Entry, until last: Int) -> [Item] {
        var items: [Item] = []
        if let map = entry.value.map, let kind = kinds[entry.name] {
            for entry in map {
                var item = Item(
                    name: entry.name, kind: kind, place: entry.key.place,
                    length: entry.key.length, lastLine: last)
                if [.menu, .survey].contains(kind), let inner = entry.value[key: "items"]?.map {
                    item.children = inner.map {
                        Item(
                            name: $0.name, kind: .menuItem, place: $0.key.place,
                            length: $0.key.length, lastLine: $0.key.place.line)
                    }
                }
                items.append(item)
            }
        } else if let list = entry.value.list, let keys = nameKeys[entry.name] {
            for element in list {
                let names = keys.lazy.compactMap { element[key: $0] }
                guard let node = names.first, let name = node.text, !name.isEmpty else { continue }
                items.append(
                    Item(
                        name: name, kind: kinds[entry.name], place: node.place,
                        length: node.length, lastLine: last))
            }
        }
        items.sort { $0.place < $1.place }
        for index in items.indices.dropLast() {
            let next = items[index + 1].place.line
            items[index].lastLine = max(items[index].place.line, next - 1)
        }
        return items
    }

    /// The names of a kind; items as `menu.item`.
    func names(_ kind: SymbolKind) -> [String] {
        let items = sections.flatMap(\.children)
        if kind == .menuItem {
            return items.flatMap { menu in menu.children.map { "\(menu.name).\($0.name)" } }
        }
        return items.filter { $0.kind == kind }.map(\.name)
    }
}

extension SourcePlace {
    fileprivate static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.line, lhs.column) < (rhs.line, rhs.column)
    }
}

/// The editor's outline and its folding.
extension LanguageServer {
    func outline(_ file: String, _ document: TextDocument) -> Outline {
        Outline(
            RuleSource(path: file, text: document.text), lineCount: document.lineCount
        ) { number in
            let line = document.line(number - 1)
            return line.allSatisfy(\.isWhitespace)
                || line.first { !$0.isWhitespace } == "#"
        }
    }

    func documentSymbols(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let (file, document) = try document(of: params)
        guard DocumentPath.kind(of: file) != .sheet else { return [] }
        return .array(outline(file, document).sections.map { symbol($0, document) })
    }

    private func symbol(_ item: Outline.Item, _ document: TextDocument) -> JSONValue {
        let name = document.range(item.place, length: item.length)
        let end =
            item.children.map(\.lastLine).reduce(item.lastLine, max) > item.place.line
            ? document.endOfLine(max(item.lastLine, item.place.line) - 1)
            : document.endOfLine(item.place.line - 1)
        return .fields([
            "name": .string(item.name),
            "detail": item.kind.map { .string($0.noun[language]) },
            "kind": .int(Self.symbolKind(of: item)),
            "range": TextRange(name.start, max(end, name.end)).json,
            "selectionRange": name.json,
            "children": item.children.isEmpty
                ? nil : .array(item.children.map { symbol($0, document) }),
        ])
    }

    /// The protocol's kinds are a programmer's; these have fitting pictures.
    private static func symbolKind(of item: Outline.Item) -> Int {
        switch item.kind {
        case nil: 3
        case .rule, .notice: 12
        case .menu, .survey: 10
        case .menuItem: 22
        case .flow: 6
        case .slot, .value: 13
        case .text, .words: 15
        case .schedule, .policy, .bundle, .tag: 19
        }
    }

    func foldingRanges(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let (file, document) = try document(of: params)
        guard DocumentPath.kind(of: file) != .sheet else { return [] }
        let sections = outline(file, document).sections
        let items = (sections + sections.flatMap(\.children)).filter {
            $0.lastLine > $0.place.line
        }
        return .array(
            items.map {
                [
                    "startLine": .int($0.place.line - 1), "endLine": .int($0.lastLine - 1),
                    "kind": "region",
                ]
            })
    }
}
