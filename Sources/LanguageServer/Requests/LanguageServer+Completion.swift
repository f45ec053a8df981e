import ChatModel
import RuleEngine
import RuleFiles

/// What may be written at the cursor.
extension LanguageServer {
    mutating func completion(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let spot = try spot(params)
        let path = absolute(spot.file)
        guard [.rules, .tests, .other].contains(DocumentPath.kind(of: path)) else { return [] }
        let folder = group(of: path)
        // Names as last known will do; nobody waits for a load while typing.
        if groups[folder]?.names.isEmpty ?? true { _ = rules(in: folder) }
        let names = NameBook(
            known: groups[folder]?.occurrences ?? [], file: spot.file,
            outline: outline(spot.file, spot.document))
        let column = spot.place.column - 1
        let before = spot.document.characters(ofLine: spot.position.line).prefix(column)
        if let opening = Placeholder(before) { return placeholder(opening, spot, names) }
        let context = CursorContext(spot.document, line: spot.position.line, column: column)
        let root = FormatPlace.root(
            DocumentPath.kind(of: path) == .tests ? ["tests_for"] : ["bundle"])
        let writer = ItemWriter(context, spot, in: language)
        var items: [JSONValue] = []
        switch context.role {
        case .nothing: return []
        case .key: items = keys(context, root, names, writer)
        case .value: items = values(context, root, names, writer)
        case .either:
            items = values(context, root, names, writer) + keys(context, root, names, writer)
        }
        return ["isIncomplete": false, "items": .array(items)]
    }

    // MARK: Keys

    private func keys(
        _ context: CursorContext, _ root: FormatPlace, _ names: NameBook, _ writer: ItemWriter
    ) -> [JSONValue] {
        let place = context.place(from: root)
        guard place.map != "names" else {
            return NamedPlaces.kindsOfKeys(below: english(context, root)).flatMap(names.all)
                .map { writer.name($0, as: "\($0): ") }
        }
        // The file's own map is known beyond the cursor's section.
        let elsewhere = context.path.isEmpty ? names.sections : []
        let present = Set(
            (context.siblings + writer.keysBelow + elsewhere).compactMap(place.english))
        // A file in Chinese keys is offered Chinese ones.
        let usesChinese = context.usesChineseKeys
        let dash = writer.needsDash(context, place) ? "- " : ""
        return place.keys.enumerated().filter { !present.contains($0.element) }
            .compactMap { index, key in
                guard let guide = place.guide(to: key) else { return nil }
                let word = usesChinese ? KeyVocabulary.chinese(for: key) ?? key : key
                return writer.key(guide, as: word, after: dash, rank: index)
            }
    }

    /// The English name of the key a context's path ends with.
    private func english(_ context: CursorContext, _ root: FormatPlace) -> String? {
        parent(context, root)?.key
    }

    /// The map, and the key in it, that a context's path ends with.
    private func parent(
        _ context: CursorContext, _ root: FormatPlace
    ) -> (map: FormatPlace, key: String)? {
        var place = root
        var last: (FormatPlace, String)?
        for step in context.path {
            switch step {
            case .key(let key):
                last = (place, place.english(for: key) ?? key)
                place = place.value(of: key)
            case .element: place = place.element
            }
        }
        return last
    }

    // MARK: Values

    private func values(
        _ context: CursorContext, _ root: FormatPlace, _ names: NameBook, _ writer: ItemWriter
    ) -> [JSONValue] {
        guard let (map, key) = parent(context, root) else { return [] }
        var items = (map.guide(to: key)?.values ?? []).map(writer.value)
        let kinds = NamedPlaces.kinds(of: key, in: map.map)
        if key == "in_flow" { items.append(writer.value("any")) }
        for kind in kinds {
            items += names.all(kind).map { writer.name($0, as: $0, kind.noun[language]) }
        }
        return items
    }

    // MARK: Placeholders

    private func placeholder(
        _ opening: Placeholder, _ spot: Spot, _ names: NameBook
    ) -> JSONValue {
        let writer = ItemWriter(start: opening.start, spot, in: language)
        var items: [JSONValue]
        if opening.isFilter {
            items = Template.Filter.Kind.allCases.map { writer.value($0.rawValue) }
        } else {
            items = [SymbolKind.slot, .text, .value, .schedule, .words].flatMap { kind in
                names.all(kind).map { writer.name($0, as: $0, kind.noun[language]) }
            }
            let builtIns = BuiltInValues.names.keys.sorted()
            items += builtIns.map { writer.name($0, as: $0, say("always there", "自带的值")) }
        }
        return ["isIncomplete": false, "items": .array(items)]
    }
}

/// `$(` before the cursor, not closed yet.
private struct Placeholder {
    /// The column, from 0, of what is written of the name or the filter.
    let start: Int
    let isFilter: Bool

    init?(_ before: ArraySlice<Character>) {
        let line = Array(before)
        guard
            let opening = line.indices.dropLast().last(where: {
                line[$0] == "$" && line[$0 + 1] == "("
            }), !line[opening...].contains(")")
        else { return nil }
        var start = opening + 2
        let bar = line[opening...].lastIndex(of: "|")
        if let bar { start = bar + 1 }
        isFilter = bar != nil
        while start < line.count, line[start] == " " { start += 1 }
        self.start = start
    }
}

/// The names a file can use: those of its bundles as last read, and its own as they stand.
struct NameBook {
    private let known: [SymbolIndex.Occurrence]
    private let outline: Outline

    init(known: [SymbolIndex.Occurrence], file: String, outline: Outline) {
        self.outline = outline
        let bundles = Set(known.filter { $0.place.file == file }.map(\.symbol.bundle))
        // A file no bundle is known of yet may become part of any.
        self.known = known.filter {
            ($0.isDeclaration || $0.symbol.kind == .tag)
                && (bundles.isEmpty || bundles.contains($0.symbol.bundle))
        }
    }

    /// The file's top-level keys.
    var sections: [String] { outline.sections.map(\.name) }

    /// Every name of a kind once: in the order of declaration, this file's own first.
    func all(_ kind: SymbolKind) -> [String] {
        var seen: Set<String> = []
        let others = known.filter { $0.symbol.kind == kind }
            .sorted { ($0.place.file, $0.place.line) < ($1.place.file, $1.place.line) }
            .map(\.symbol.name)
        return (outline.names(kind) + others).filter { seen.insert($0).inserted }
    }
}
