import RuleEngine
import RuleFiles

/// A document the editor has open.
struct OpenDocument {
    /// As the editor writes it.
    let uri: String
    var version: Int?
    var document: TextDocument
    /// Whether it grew beyond what is kept; it is empty then, until it comes as a whole again.
    var isTooLarge = false
}

/// The rules of one folder: what is on disk, what is open, and what became of both.
struct RuleGroup {
    /// As on disk; `nil` before it was read, or when it changed.
    var disk: [RuleSource]?
    /// Test files on disk; likewise.
    var testsOnDisk: [RuleSource]?
    /// The rules as read last; `nil` when something changed since.
    var loaded: LoadedRules?
    /// Whether ``loaded`` has been checked, or can't be.
    var isChecked = false
    /// What the last check found beyond loading, by path: shown until the next one is through.
    var quality: [String: [Diagnostic]] = [:]
    /// Names in each file, of the last time it could be read.
    var names: [String: [SymbolIndex.Occurrence]] = [:]
    /// Every name and where it stands, in tests too; `nil` until somebody asks.
    var everyName: [SymbolIndex.Occurrence]?
    /// Bundles ready to answer; `nil` until somebody asks.
    var compiled: [CompiledBundle]?

    /// The disk changed: it is to be read again.
    mutating func forgetDisk() {
        disk = nil
        testsOnDisk = nil
    }

    /// Something changed; what was read is out of date.
    mutating func invalidate(_ path: String? = nil) {
        loaded = nil
        compiled = nil
        everyName = nil
        isChecked = false
        if let path { quality[path] = nil }
    }

    /// Takes what was read.
    mutating func take(_ rules: LoadedRules) {
        loaded = rules
        compiled = nil
        everyName = nil
        isChecked = rules.definition == nil
        let fresh = Dictionary(grouping: rules.symbols.occurrences, by: \.place.file)
        let paths = Set(rules.sources.map(\.path))
        // A file that can't be read just now keeps the names it had.
        names = names.filter { paths.contains($0.key) }.merging(fresh) { _, new in new }
    }

    /// Names in rule files, as last known.
    var occurrences: [SymbolIndex.Occurrence] { names.values.flatMap(\.self) }
}
