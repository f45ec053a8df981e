import ChatModel
import RuleEngine

/// The names of one bundle: what is declared, what was looked up, and where all of it stands.
final class BundleNames {
    let bundle: BundleName
    /// Where names stand, in the order they were met.
    private(set) var occurrences: [SymbolIndex.Occurrence] = []
    /// Names that something referred to.
    private(set) var used: [SymbolKind: Set<String>] = [:]

    private let log: DiagnosticLog
    private var declared: [SymbolKind: Set<String>] = [:]
    private var order: [SymbolKind: [String]] = [:]

    init(bundle: BundleName, log: DiagnosticLog) {
        self.bundle = bundle
        self.log = log
    }

    /// Notes that `words` declares a name; an item's name is `menu.item`.
    func declare(_ kind: SymbolKind, _ words: Words, as name: String? = nil) {
        let name = name ?? words.text
        if declared[kind, default: []].insert(name).inserted {
            order[kind, default: []].append(name)
        }
        note(kind, name, (words.place, words.length), isDeclaration: true)
    }

    func isDeclared(_ kind: SymbolKind, _ name: String) -> Bool {
        declared[kind]?.contains(name) == true
    }

    /// Declared names in the file's order.
    func names(_ kind: SymbolKind) -> [String] { order[kind] ?? [] }

    /// Notes that a name is used.
    func refer(_ kind: SymbolKind, _ name: String, at extent: (place: SourcePlace, length: Int)) {
        used[kind, default: []].insert(name)
        note(kind, name, extent, isDeclaration: false)
    }

    /// Notes that `words` refers to a name, and reports one that isn't declared.
    ///
    /// - Returns: Whether it is.
    @discardableResult
    func find(_ kind: SymbolKind, _ words: Words, help: Bilingual? = nil) -> Bool {
        refer(kind, words.text, at: (words.place, words.length))
        if isDeclared(kind, words.text) { return true }
        let noun = kind.noun
        log.report(
            words.diagnostic(
                .unknownName,
                Bilingual(
                    en: "there is no \(noun.named(words.text).en.dropFirst("the ".count))",
                    zh: "没有\(noun.named(words.text).zh)"),
                help: help ?? suggestion(for: words.text, among: [kind])
                    ?? Self.declareUnder(kind)))
        return false
    }

    static func declareUnder(_ kind: SymbolKind) -> Bilingual {
        Bilingual(en: "declare it under '\(kind.section):'", zh: "先在 \(kind.section): 下面声明")
    }

    /// Looking for the nearest name costs time that a file of a thousand mistakes isn't worth.
    private var suggestionsLeft = 100

    func suggestion(
        for word: String, among kinds: [SymbolKind], and others: [String] = []
    ) -> Bilingual? {
        guard suggestionsLeft > 0 else { return nil }
        return suggestion(for: word, among: kinds.flatMap { names($0) } + others)
    }

    /// The nearest of some words.
    func suggestion(for word: String, among words: [String]) -> Bilingual? {
        guard suggestionsLeft > 0 else { return nil }
        suggestionsLeft -= 1
        return Suggestion.help(for: word, among: words)
    }

    private func note(
        _ kind: SymbolKind, _ name: String, _ extent: (place: SourcePlace, length: Int),
        isDeclaration: Bool
    ) {
        occurrences.append(
            SymbolIndex.Occurrence(
                symbol: SymbolIndex.Symbol(kind: kind, name: name, bundle: bundle),
                place: extent.place, length: extent.length, isDeclaration: isDeclaration))
    }
}
