package import RuleEngine

/// A change of a file that mends a finding: what `check --fix` makes.
package struct Fix: Hashable, Sendable, Codable {
    /// What the change does, in a few words.
    package let title: Bilingual
    /// The edits, which do not overlap.
    package let edits: [Edit]

    /// One stretch of one line and what stands there instead.
    package struct Edit: Hashable, Sendable, Codable {
        /// Where it begins.
        package let place: SourcePlace
        /// How many characters of the line go, from 0.
        package let length: Int
        /// What is written instead; without line ends.
        package let replacement: String

        /// Replaces `length` characters at `place`.
        package init(at place: SourcePlace, length: Int, with replacement: String) {
            self.place = place
            self.length = max(0, length)
            self.replacement = replacement
        }
    }

    /// A change of some edits.
    package init(_ title: Bilingual, _ edits: [Edit]) {
        self.title = title
        self.edits = edits
    }
}
