import RuleEngine
package import RuleFiles

/// What came of the examples of one rule file: each sentence a rule must win, or must not.
package struct ExampleReport: Sendable, Encodable {
    /// How many sentences were asked.
    package let count: Int
    /// Those that came out wrong, as `check` tells them.
    package let failures: [Diagnostic]

    /// What `check` reports of examples.
    private static let ids: Set<DiagnosticID> = [.hijackedExample, .unheardExample, .wonNotExample]

    init(_ loaded: LoadedRules) {
        let rules = loaded.definition?.bundles.flatMap(\.rules) ?? []
        count = rules.reduce(0) { $0 + $1.examples.count + $1.notExamples.count }
        failures =
            count == 0
            ? [] : RuleFiles.check(loaded).diagnostics.filter { Self.ids.contains($0.id) }
    }
}
