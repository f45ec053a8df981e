package import RuleEngine
package import RuleFiles

/// What came of playing conversations: data, and renderings of it.
///
/// Holds no wall time, so the same files give the same report, byte for byte.
package struct ReplayReport: Sendable {
    /// One a file, in the order played; files none of whose tests were wanted are among them.
    package internal(set) var files: [FileReport] = []
    /// Tests the filter left out.
    package internal(set) var leftOut = 0
    /// What of the rules was gone through; `nil` where nobody asked.
    package internal(set) var coverage: CoverageReport?

    /// Quoted by the text rendering, and nowhere else.
    var sources: [RuleSource] = []

    /// The files that were read, rules that tests named included.
    package var sourcePaths: [String] { sources.map(\.path) }
    /// Every test played.
    package var tests: [TestReport] { files.flatMap(\.tests) }
    /// How many tests failed.
    package var failed: Int { files.reduce(0) { $0 + $1.tests.count { !$0.hasPassed } } }
    /// How many example sentences were asked.
    package var examples: Int { files.reduce(0) { $0 + ($1.examples?.count ?? 0) } }
    /// How many of them came out wrong.
    package var failedExamples: Int { files.reduce(0) { $0 + ($1.examples?.failures.count ?? 0) } }
    /// Whether every test and every example passed and no file has a mistake.
    package var isGreen: Bool {
        failed == 0 && failedExamples == 0
            && files.allSatisfy { file in
                !file.diagnostics.contains { $0.severity == .error }
            }
    }
    /// Whether a file could not be played at all: missing, or wrong.
    package var hasUnreadableInput: Bool { files.contains(where: \.isUnreadable) }
}

/// What came of one file.
package struct FileReport: Sendable, Encodable {
    /// Its path, as given.
    package let path: String
    /// What is wrong with it, or with the rules it names.
    package internal(set) var diagnostics: [Diagnostic] = []
    /// Whether its tests could not be played because of that.
    package internal(set) var isUnreadable = false
    /// What came of its examples; `nil` where nobody asked, and for test files.
    package internal(set) var examples: ExampleReport?
    /// One a test, in the order played.
    package internal(set) var tests: [TestReport] = []

    private enum CodingKeys: String, CodingKey {
        case path, diagnostics, isUnreadable = "unreadable", examples, tests
    }
}

/// What came of one test.
package struct TestReport: Hashable, Sendable, Encodable {
    /// Its name.
    package let name: String
    /// Where it begins.
    package let place: SourcePlace
    /// The clock's start, as `2026-03-02 10:00` in Asia/Shanghai.
    package let startsAt: String
    /// What chance was drawn from.
    package let seed: UInt64
    /// How many steps it has.
    package let steps: Int
    /// What did not come as expected, in the order of the steps.
    package let failures: [Failure]
    /// What happened, oldest first.
    package let timeline: [Line]

    /// Whether everything came as expected.
    package var hasPassed: Bool { failures.isEmpty }

    private enum CodingKeys: String, CodingKey {
        case name, place, startsAt = "starts_at", seed, steps, failures, timeline
    }

    /// One expectation that did not hold.
    package struct Failure: Hashable, Sendable {
        /// Where it stands.
        package let place: SourcePlace
        /// The step, as its file has it.
        package internal(set) var step: String
        /// What should have come.
        package internal(set) var expected: Bilingual
        /// What came.
        package internal(set) var actual: Bilingual
        /// The texts, where it was about what was said.
        package internal(set) var replies: Replies?
    }

    /// Texts a bot should have said, and those it said.
    package struct Replies: Hashable, Sendable, Encodable {
        /// In order.
        package let expected: [String]
        /// In order.
        package let actual: [String]
    }

    /// One line of the timeline.
    package struct Line: Hashable, Sendable {
        /// `10:00:25`, with the date on a later day.
        package let time: String
        /// Who: `customer`, `bot`, `servicer …`, `platform`, `systems`.
        package let actor: Bilingual
        /// What.
        package let words: Bilingual
        /// What came of it.
        package let result: Bilingual?
    }
}
