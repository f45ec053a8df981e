package import RuleEngine

/// What editors ask of files that may still be wrong.
extension RuleFiles {
    /// A file's tree with its keys in English; where the whole can't be read, a map of those
    /// top-level sections that can, and `nil` if there are none.
    package static func readable(_ source: RuleSource) -> YAMLNode? {
        let log = DiagnosticLog()
        let whole = YAMLDocument.parse(source, allowsSeveral: true, log: log).first
        return (whole ?? YAMLSections.root(of: source)).map {
            KeyVocabulary.english($0, log: log)
        }
    }
}

extension LoadedRules {
    /// Every bundle as far as it was understood, in spite of mistakes; not for running.
    package var understood: [BundleDefinition] { bundles.map(\.definition) }
}
