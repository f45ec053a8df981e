import ChatModel
package import RuleEngine

/// Rule files: from the text people write to the definition the engine runs.
package enum RuleFiles {
    /// Reads bundles, looks up their names and checks what the platform can take.
    ///
    /// Finds every mistake of every file at once. It doesn't judge which rule wins which sentence;
    /// ``check(_:)`` does. `sources` should come in a stable order: it is the bundles' order.
    package static func load(_ sources: [RuleSource]) -> LoadedRules {
        let log = DiagnosticLog()
        var bundles: [LoadedBundle] = []
        for source in sources {
            let fileLog = DiagnosticLog()
            if let root = YAMLDocument.parse(source, log: fileLog),
                let syntax = BundleReader(log: fileLog).read(root)
            {
                var resolver = BundleResolver(syntax, log: fileLog)
                let definition = resolver.resolve()
                bundles.append(
                    LoadedBundle(syntax: syntax, definition: definition, used: resolver.used))
            }
            fileLog.diagnostics.forEach(log.report)
        }
        AcrossBundles(bundles: bundles, log: log).check()
        let definition = RuleSetDefinition(bundles: bundles.map(\.definition))
        return LoadedRules(
            definition: log.hasErrors ? nil : definition, diagnostics: log.diagnostics.sorted(),
            sources: sources, bundles: bundles)
    }

    /// Adds to what ``load(_:)`` found: who wins each example, and what is worth a second look.
    ///
    /// Files that couldn't be loaded come back as they are. The definition stays, whatever is
    /// found: whoever publishes looks at ``LoadedRules/hasErrors``.
    package static func check(_ loaded: LoadedRules) -> LoadedRules {
        guard let definition = loaded.definition else { return loaded }
        let log = DiagnosticLog()
        do throws(RuleSetError) {
            let rules = try RuleSet(definition)
            for (bundle, compiled) in zip(loaded.bundles, rules.bundles) {
                LintCheck(bundle: bundle, log: log).check()
                ExampleCheck(bundle: bundle, compiled: compiled, log: log).check()
            }
        } catch {
            let name = loaded.bundles.first { $0.definition.name == error.bundle }?.syntax.name
            let place = error.place ?? name?.place
            log.report(
                Diagnostic(
                    .badValue,
                    at: place ?? SourcePlace(file: error.bundle.rawValue, line: 1, column: 1),
                    error.message))
        }
        return LoadedRules(
            definition: definition, diagnostics: (loaded.diagnostics + log.diagnostics).sorted(),
            sources: loaded.sources, bundles: loaded.bundles)
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
    /// Syntax and definition side by side, for checks that need places.
    let bundles: [LoadedBundle]

    /// Whether anything found is an error.
    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// The inline tests of each bundle that has some: where the bundle was read, its name, and
    /// the node after `tests:`, unread.
    package var tests: [(path: String, bundle: String, node: YAMLNode)] {
        bundles.compactMap { bundle in
            bundle.syntax.tests.map {
                (bundle.syntax.name.place.file, bundle.syntax.name.text, $0)
            }
        }
    }

    /// The text report of ``diagnostics``, with source lines.
    package func report(usesColor: Bool = false) -> String {
        DiagnosticRenderer(sources: sources, usesColor: usesColor).text(diagnostics)
    }
}

/// A bundle as written and as understood.
struct LoadedBundle: Sendable {
    /// Names that something referred to.
    struct Used: Sendable {
        var texts: Set<String>
        var menus: Set<String>
        var policies: Set<String>
        /// Each as `menu.item`.
        var items: Set<String>
    }

    let syntax: BundleSyntax
    let definition: BundleDefinition
    let used: Used
}

extension BundleResolver {
    /// What rules and policies referred to.
    var used: LoadedBundle.Used {
        LoadedBundle.Used(
            texts: texts.used, menus: usedMenus, policies: usedPolicies, items: clickedItems)
    }
}
