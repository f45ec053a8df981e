import Replay
import RuleFiles
import Testing

/// What the guides for support leads show is so: each block loads, and what it promises holds.
@Suite struct GuideTests {
    /// A block that is a file is one `check` has nothing against.
    @Test(arguments: GuidePage.allCases) func wholeFilesAreClean(_ page: GuidePage) throws {
        let files = try page.blocks().filter(\.isWhole)
        #expect(files.count >= 4)
        for file in files {
            let report = RuleFiles.check(RuleFiles.load(file.sources)).report()
            #expect(report == "", "line \(file.line) of \(page.rawValue)")
        }
    }

    /// What may be found in a part: the rest of its file is made up.
    private static let ofMadeUpFiles: Set<DiagnosticID> = [
        .unused, .unansweredItem, .noFallback, .menuNeverShown, .noGreeting,
    ]

    /// A block that is a part of a file is clean once the rest is there, and wins its examples.
    @Test(arguments: GuidePage.allCases) func partsLoad(_ page: GuidePage) throws {
        let parts = try page.blocks().filter { $0.surroundings != nil }
        #expect(parts.count >= 10)
        for part in parts {
            let loaded = RuleFiles.check(RuleFiles.load(part.sources))
            let findings = loaded.diagnostics.filter { !Self.ofMadeUpFiles.contains($0.id) }
            #expect(
                findings.map(\.message.en) == [], "line \(part.line) of \(page.rawValue)")
        }
    }

    /// Tests, in rule files and in files of their own, pass.
    @Test(arguments: GuidePage.allCases) func testsPass(_ page: GuidePage) throws {
        let blocks = try page.blocks()
        let files = blocks.filter { $0.isWhole || $0.isTests }.flatMap { block in
            block.isTests
                ? [RuleSource(path: "docs/样例.test.yml", text: block.text)] : block.sources
        }
        let report = ReplayRunner.run(files: files) { path in
            blocks.first { $0.path == path }?.sources.first
        }
        #expect(report.isGreen, "\(report.text())")
        #expect(report.tests.count >= 2)
    }

    /// The two languages teach by the same examples.
    @Test func languagesAgree() throws {
        let (chinese, english) = (try GuidePage.chinese.blocks(), try GuidePage.english.blocks())
        #expect(chinese.map(\.text) == english.map(\.text))
        #expect(chinese.map(\.surroundings) == english.map(\.surroundings))
    }
}
