/// A whole rule set as plain values: what rule files say and what a store keeps.
///
/// Everything is resolved: texts stand where they are used, wire ids are known. ``RuleSet`` is its compiled form.
package struct RuleSetDefinition: Hashable, Sendable, Codable {
    /// One bundle a `.kf.yml` file, in the files' order.
    package var bundles: [BundleDefinition]

    /// A rule set of `bundles`.
    package init(bundles: [BundleDefinition]) { self.bundles = bundles }
}

/// A place in a rule file; columns count characters from 1.
package struct SourcePlace: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The path as the user gave it.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, in characters.
    package var column: Int

    /// A place.
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}
