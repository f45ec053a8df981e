/// Where readers put what they find, in the order they find it.
///
/// Bounded: a file of nothing but mistakes yields ``limit`` of them, which is more than anyone
/// reads.
package final class DiagnosticLog {
    /// The most findings kept.
    package static let limit = 1000

    /// What was found so far.
    package private(set) var diagnostics: [Diagnostic] = []

    private var seen: Set<Diagnostic> = []

    /// An empty log.
    package init() {}

    /// Whether nothing more is kept: no use in looking further.
    package var isFull: Bool { diagnostics.count >= Self.limit }

    /// Whether anything found makes the file unusable.
    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Adds a finding, unless the very same is there already.
    package func report(_ diagnostic: Diagnostic) {
        guard !isFull, seen.insert(diagnostic).inserted else { return }
        diagnostics.append(diagnostic)
    }

    /// Adds a finding about `node`.
    package func report(
        _ id: DiagnosticID, at node: YAMLNode, _ message: Bilingual, help: Bilingual? = nil
    ) {
        report(Diagnostic(id, at: node.place, length: node.length, message, help: help))
    }

    /// Adds a finding about `node` whose message has one language.
    package func report(
        _ id: DiagnosticID, at node: YAMLNode, _ message: String, help: String? = nil
    ) {
        report(Diagnostic(id, at: node.place, length: node.length, message, help: help))
    }
}
