import ChatModel
import RuleEngine
import RuleFiles

/// Names that tests mention: rules they expect, items they tap.
///
/// The loader leaves tests unread, so they are found by the format's table.
struct TestNames {
    /// Declared things, by kind and name, of the bundles that a file's tests are about.
    private var declared: [SymbolIndex.Symbol: SymbolIndex.Occurrence] = [:]
    private(set) var occurrences: [SymbolIndex.Occurrence] = []

    /// The names in the tests of `source`: a test file's, or those inside a rule file.
    ///
    /// - Parameter symbols: Those of the rules around it.
    init(_ source: RuleSource, _ symbols: [SymbolIndex.Occurrence]) {
        guard source.text.contains("tests") || source.text.contains("测试"),
            let root = RuleFiles.readable(source), let entries = root.map
        else { return }
        var file = source.path
        let isTestFile = DocumentPath.kind(of: source.path) == .tests
        if isTestFile {
            guard let subject = root[key: "tests_for"]?.text else { return }
            file = Self.resolved(subject, beside: source.path)
        }
        let bundles = Set(symbols.filter { $0.place.file == file }.map(\.symbol.bundle))
        for symbol in symbols where symbol.isDeclaration && bundles.contains(symbol.symbol.bundle) {
            declared[symbol.symbol] = symbol
        }
        guard !declared.isEmpty, let tests = entries.first(where: { $0.name == "tests" }) else {
            return
        }
        let place = FormatPlace.root(isTestFile ? ["tests_for"] : ["bundle"])
        walk(tests.value, place.value(of: "tests"), [], bundles)
    }

    /// A path relative to a file's folder.
    private static func resolved(_ path: String, beside file: String) -> String {
        var parts = DocumentPath.folder(of: file).split(separator: "/").map(String.init)
        for part in path.split(separator: "/") where part != "." {
            if part == "..", parts.last != nil {
                parts.removeLast()
            } else {
                parts.append(String(part))
            }
        }
        return (file.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    private mutating func walk(
        _ node: YAMLNode, _ place: FormatPlace, _ kinds: [SymbolKind], _ bundles: Set<BundleName>
    ) {
        switch node.content {
        case .map(let entries):
            for entry in entries {
                let inner = NamedPlaces.kinds(of: entry.name, in: place.map)
                if place.map == "names" { note(entry.key, kinds, bundles) }
                walk(entry.value, place.value(of: entry.name), inner, bundles)
            }
        case .list(let nodes):
            for node in nodes { walk(node, place.element, kinds, bundles) }
        case .scalar: note(node, kinds, bundles)
        }
    }

    private mutating func note(
        _ node: YAMLNode, _ kinds: [SymbolKind], _ bundles: Set<BundleName>
    ) {
        guard let text = node.text, !kinds.isEmpty else { return }
        // Plain, or in quotes without escapes; else its parts can't be placed.
        let offset = node.length == text.count ? 0 : node.length == text.count + 2 ? 1 : nil
        for bundle in bundles {
            for kind in kinds {
                if kind == .menuItem, let dot = text.firstIndex(of: "."), let offset {
                    let menu = String(text[..<dot])
                    for kind in [SymbolKind.menu, .survey] {
                        add(kind, menu, bundle, node, offset, menu.count)
                    }
                    add(
                        kind, text, bundle, node, offset + menu.count + 1,
                        text.count - menu.count - 1)
                } else {
                    add(kind, text, bundle, node, offset ?? 0, text.count)
                }
            }
        }
    }

    private mutating func add(
        _ kind: SymbolKind, _ name: String, _ bundle: BundleName, _ node: YAMLNode,
        _ offset: Int, _ length: Int
    ) {
        let symbol = SymbolIndex.Symbol(kind: kind, name: name, bundle: bundle)
        guard var occurrence = declared[symbol] else { return }
        occurrence.place = node.place
        occurrence.place.column += offset
        occurrence.length = length
        occurrence.isDeclaration = false
        occurrences.append(occurrence)
    }
}
