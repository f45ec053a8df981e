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
    package let message: Bilingual
    /// What to write instead, where there is something to say.
    package let help: Bilingual?
    /// Lines that prove it: the steps of a path, the rival rule and its place; `nil` for none.
    package let notes: [Bilingual]?
    /// The change that mends it, where a machine can make it.
    package let fix: Fix?

    /// A finding; `length` is raised to 1.
    package init(
        _ id: DiagnosticID, at place: SourcePlace, length: Int = 1, _ message: Bilingual,
        help: Bilingual? = nil, notes: [Bilingual] = [], fix: Fix? = nil
    ) {
        self.id = id
        severity = id.severity
        self.place = place
        self.length = max(1, length)
        self.message = message
        self.help = help
        self.notes = notes.isEmpty ? nil : notes
        self.fix = fix
    }

    /// A finding whose message has one language: for readers of other files than rule files.
    package init(
        _ id: DiagnosticID, at place: SourcePlace, length: Int = 1, _ message: String,
        help: String? = nil
    ) {
        self.init(
            id, at: place, length: length, Bilingual(message), help: help.map { Bilingual($0) })
    }
}

extension Diagnostic: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.place.file, lhs.place.line, lhs.place.column, lhs.id.rawValue, lhs.message.en)
            < (rhs.place.file, rhs.place.line, rhs.place.column, rhs.id.rawValue, rhs.message.en)
    }
}
