package import RuleEngine

/// A mistake in a user's file, or something worth a second look: where, what, and the cure.
///
/// Mistakes of rule authors are collected and shown all at once; they are never thrown.
package struct Diagnostic: Hashable, Sendable, Codable {
    /// Whether the file can be used in spite of it.
    package enum Severity: String, Hashable, Sendable, Codable {
        case error, warning
    }

    /// What kind of mistake.
    package let id: DiagnosticID
    /// How bad; follows from the id.
    package let severity: Severity
    /// Where it begins.
    package let place: SourcePlace
    /// How many characters of the line it covers, from 1.
    package let length: Int
    /// One sentence: what is wrong.
    package let message: String
    /// What to write instead, where there is something to say.
    package let help: String?

    /// A finding; `length` is raised to 1.
    package init(
        _ id: DiagnosticID, at place: SourcePlace, length: Int = 1, _ message: String,
        help: String? = nil
    ) {
        self.id = id
        severity = id.severity
        self.place = place
        self.length = max(1, length)
        self.message = message
        self.help = help
    }
}

extension Diagnostic: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.place.file, lhs.place.line, lhs.place.column, lhs.id.rawValue, lhs.message)
            < (rhs.place.file, rhs.place.line, rhs.place.column, rhs.id.rawValue, rhs.message)
    }
}

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
        _ id: DiagnosticID, at node: YAMLNode, _ message: String, help: String? = nil
    ) {
        report(Diagnostic(id, at: node.place, length: node.length, message, help: help))
    }
}
