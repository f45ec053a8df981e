package import RuleEngine

/// Rewrites files of an older format (`kf:`) in the newest.
///
/// Format 1 is the first, so there is nothing to rewrite yet: it tells the formats apart, and is
/// where a rewriting step belongs when format 2 comes.
package enum FormatUpgrade {
    /// What became of a file.
    package enum Outcome: Hashable, Sendable {
        /// It is in the newest format.
        case newest
        /// It names no format: a file of tests, or a part of a bundle.
        case withoutFormat
        /// It is in a format this version doesn't know; where it says so, and what it says.
        case unknown(String, SourcePlace)
        /// It is no YAML; `check` says why.
        case unreadable
    }

    /// The newest format there is.
    package static let newest = BundleReader.formatVersion

    /// The text in the newest format, and what was done to get there.
    package static func upgrade(_ source: RuleSource) -> (text: String, outcome: Outcome) {
        let roots = YAMLDocument.parse(source, allowsSeveral: true, log: DiagnosticLog())
        guard let root = roots.first else { return (source.text, .unreadable) }
        let names = ["kf", KeyVocabulary.chinese(for: "kf")]
        guard let format = root.map?.first(where: { names.contains($0.name) })?.value else {
            return (source.text, .withoutFormat)
        }
        guard format.text == newest else {
            return (source.text, .unknown(format.text ?? "", format.place))
        }
        return (source.text, .newest)
    }
}
