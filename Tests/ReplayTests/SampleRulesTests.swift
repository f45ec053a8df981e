import Foundation
import Replay
import RuleFiles
import Testing

/// The bundles in `rules/`, which people begin with: clean, tested, and tested through and through.
@Suite struct SampleRulesTests {
    /// A bundle, what it includes, and its tests.
    struct Sample: CustomTestStringConvertible {
        let folder: String
        let files: [String]

        var testDescription: String { folder }
        var sources: [RuleSource] { files.compactMap(Fixtures.load) }

        static let all: [Sample] = {
            let root = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let folder = root.appending(path: "rules").resolvingSymlinksInPath()
            let found = FileManager.default.enumerator(atPath: folder.path)
            let files = (found?.compactMap { $0 as? String } ?? [])
                .filter { $0.hasSuffix(".yml") }.map { "rules/" + $0 }.sorted()
            let folders = Dictionary(grouping: files) { file in
                file.split(separator: "/").dropLast().joined(separator: "/")
            }
            return folders.map(Sample.init).sorted { $0.folder < $1.folder }
        }()
    }

    @Test func everyTemplateIsThere() {
        #expect(Sample.all.map(\.folder) == ["rules", "rules/电商售后", "rules/软件支持", "rules/预约"])
        // They are embedded by name, without their folders.
        let names = Sample.all.flatMap(\.files).map { $0.split(separator: "/").last }
        #expect(Set(names).count == names.count)
    }

    /// All together, as `check` is given the folder: no error, no warning, no account twice.
    @Test func thereAreNoFindings() {
        let rules = Sample.all.flatMap(\.sources).filter { $0.path.hasSuffix(".kf.yml") }
        #expect(RuleFiles.check(RuleFiles.load(rules)).report() == "")
    }

    /// Every test passes, and together with the examples they go through every rule, trigger, menu
    /// item, step, branch and state.
    @Test(arguments: Sample.all) func testsGoThroughEverything(_ sample: Sample) throws {
        let sources = sample.sources
        let report = ReplayRunner.run(
            files: sources,
            options: ReplayRunner.Options(judgesExamples: true, countsCoverage: true),
            near: { path in sources.filter { $0.path != path } },
            load: { path in sources.first { $0.path == path } })
        #expect(report.isGreen, "\(report.text())")
        #expect(report.tests.count >= 6)
        let coverage = try #require(report.coverage)
        #expect(coverage.uncovered.map(\.name) == [])
        #expect(coverage.percent == 100)
    }
}
