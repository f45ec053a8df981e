import ChatModel
package import RuleEngine

/// Rule files: from the text people write to the definition the engine runs.
package enum RuleFiles {
    /// Reads bundles, looks up their names and checks what the platform can take.
    ///
    /// Finds every mistake of every file at once. It doesn't judge which rule wins which sentence;
    /// ``check(_:_:)`` does. `sources` should come in a stable order: it is the bundles' order.
    ///
    /// Similar questions are calibrated on themselves, which takes 0.1 s for a thousand of them;
    /// an editor that loads at every key passes `false` for `calibrates`.
    package static func load(_ sources: [RuleSource], calibrates: Bool = true) -> LoadedRules {
        let log = DiagnosticLog()
        let set = SourceSet(sources, log: log)
        var symbols = SymbolIndex()
        var occurrences: [SymbolIndex.Occurrence] = []
        let bundles = set.bundles().map { merged in
            var resolver = BundleResolver(
                merged, lock: set.lock, media: set.media, log: log)
            let definition = resolver.resolve()
            occurrences += resolver.names.occurrences
            return LoadedBundle(
                syntax: resolver.syntax, definition: definition, used: resolver.used,
                wireIDs: resolver.wireIDs)
        }
        symbols.add(occurrences)
        AcrossBundles(bundles: bundles, log: log).check()
        var definition = RuleSetDefinition(bundles: bundles.map(\.definition))
        if calibrates, !log.hasErrors {
            for index in definition.bundles.indices {
                definition.bundles[index].defaults.similar.calibration =
                    definition.bundles[index].fittedCalibration()
            }
        }
        return LoadedRules(
            definition: log.hasErrors ? nil : definition, diagnostics: log.diagnostics.sorted(),
            sources: sources, symbols: symbols, wireLock: set.lock, bundles: bundles)
    }
}

/// What reading rule files gave.
package struct LoadedRules: Sendable {
    /// The rules, if nothing is wrong with the files.
    package let definition: RuleSetDefinition?
    /// Everything found, by file, line and column.
    package let diagnostics: [Diagnostic]
    /// What was read.
    package let sources: [RuleSource]
    /// Where every name is declared and used.
    package let symbols: SymbolIndex
    /// What the lock file among the sources says; empty where there is none.
    package let wireLock: WireLock
    /// Syntax and definition side by side, for checks that need places.
    let bundles: [LoadedBundle]

    /// Whether anything found is an error.
    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// The inline tests of each bundle that has some: the file, the bundle's name, and the node
    /// after `tests:`, unread.
    package var tests: [(path: String, bundle: String, node: YAMLNode)] {
        bundles.flatMap { bundle in
            bundle.syntax.tests.map { ($0.place.file, bundle.syntax.name.text, $0) }
        }
    }

    /// The text report of ``diagnostics``, with source lines.
    package func report(language: MessageLanguage = .en, usesColor: Bool = false) -> String {
        DiagnosticRenderer(sources: sources, language: language, usesColor: usesColor)
            .text(diagnostics)
    }
}

/// A bundle as written and as understood.
struct LoadedBundle: Sendable {
    /// The bundle with all it includes; its rules and their triggers stand beside the
    /// definition's.
    let syntax: BundleSyntax
    let definition: BundleDefinition
    /// Names that something referred to; an item as `menu.item`.
    let used: Used
    /// The id of each item that can be tapped, by `menu.item`.
    let wireIDs: [String: WireLock.Entry]

    /// Names that something referred to, by kind.
    struct Used: Sendable {
        let names: [SymbolKind: Set<String>]

        func contains(_ kind: SymbolKind, _ name: String) -> Bool {
            names[kind]?.contains(name) == true
        }
    }
}

extension BundleResolver {
    /// What anything referred to.
    var used: LoadedBundle.Used { LoadedBundle.Used(names: names.used) }
}
