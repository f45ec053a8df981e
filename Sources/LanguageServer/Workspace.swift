package import RuleFiles

/// What the server asks of the disk; whoever starts it makes one.
package struct Workspace: Sendable {
    /// Everything the rules below a folder are made of: rule files, what they include, sheets and
    /// the lock file, by absolute paths in a stable order; nothing for a folder that can't be read.
    package var sources: @Sendable (_ folder: String) -> [RuleSource]
    /// The test files below such a folder, `*.test.yml`, likewise.
    package var tests: @Sendable (_ folder: String) -> [RuleSource]
    /// The address at which `docs/findings.md` can be read, given a workspace's folder; `nil` for
    /// none.
    package var findingsAddress: @Sendable (_ root: String) -> String?

    /// A disk; without arguments, an empty one.
    package init(
        sources: @escaping @Sendable (_ folder: String) -> [RuleSource] = { _ in [] },
        tests: @escaping @Sendable (_ folder: String) -> [RuleSource] = { _ in [] },
        findingsAddress: @escaping @Sendable (_ root: String) -> String? = { _ in nil }
    ) {
        self.sources = sources
        self.tests = tests
        self.findingsAddress = findingsAddress
    }
}
