import ChatModel
import RuleEngine

extension RuleFiles {
    /// Adds to what ``load(_:)`` found: what the platform would refuse on some path, who wins each
    /// example, and what is worth a second look.
    ///
    /// Files that couldn't be loaded come back as they are. The definition stays, whatever is
    /// found: whoever publishes looks at ``LoadedRules/hasErrors``.
    package static func check(
        _ loaded: LoadedRules, _ options: CheckOptions = CheckOptions()
    ) -> LoadedRules {
        guard let definition = loaded.definition else { return loaded }
        var found = loaded.diagnostics
        do throws(RuleSetError) {
            let rules = try RuleSet(definition)
            let sources = SourceLines(loaded.sources)
            for (bundle, compiled) in zip(loaded.bundles, rules.bundles) {
                // A log of its own for each bundle: a thousand findings in one must not hide
                // those of the next.
                let log = DiagnosticLog()
                BundleCheck(
                    bundle: bundle, compiled: compiled, sources: sources, options: options,
                    log: log
                ).check()
                found += log.diagnostics
            }
        } catch {
            let name = loaded.bundles.first { $0.definition.name == error.bundle }?.syntax.name
            let place = error.place ?? name?.place
            found.append(
                Diagnostic(
                    .badValue,
                    at: place ?? SourcePlace(file: error.bundle.rawValue, line: 1, column: 1),
                    Bilingual(en: error.message, zh: "规则用不了：\(error.message)")))
        }
        return LoadedRules(
            definition: definition, diagnostics: found.sorted(),
            sources: loaded.sources, symbols: loaded.symbols, wireLock: loaded.wireLock,
            bundles: loaded.bundles)
    }
}
