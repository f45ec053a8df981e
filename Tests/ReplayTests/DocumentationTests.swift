import ChatModel
import Replay
import RuleFiles
import Testing

/// What `docs/conversations.md` shows is so.
@Suite struct DocumentationTests {
    /// A fenced block of the page.
    private struct Sample {
        /// What stands after the three backticks.
        var language: String
        /// The line of the page its text begins in.
        var line: Int
        var text: String
        /// Whether the page says that it fails, and shows how in its next block.
        var isFailing: Bool

        /// Where the page says its files are saved, so that `tests_for` leads to real rules.
        var path: String {
            text.hasPrefix("kf:")
                ? "fixtures/conversations/sample.kf.yml" : "fixtures/conversations/sample.test.yml"
        }
    }

    private static func page() throws -> String {
        try #require(Fixtures.load("docs/conversations.md")).text
    }

    private static func samples() throws -> [Sample] {
        var samples: [Sample] = []
        var open: Sample?
        var isFailing = false
        let lines = try page().split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("<!-- fails") { isFailing = true }
            if !line.hasPrefix("```") {
                open?.text += line + "\n"
            } else if let sample = open {
                samples.append(sample)
                open = nil
            } else {
                open = Sample(
                    language: String(line.dropFirst(3)), line: index + 2, text: "",
                    isFailing: isFailing)
                isFailing = false
            }
        }
        try #require(open == nil, "a block of the page has no end")
        return samples
    }

    private static func report(of sample: Sample) -> ReplayReport {
        ReplayRunner.run(
            files: [RuleSource(path: sample.path, text: sample.text)], load: Fixtures.load)
    }

    /// Every YAML block is a complete file; it plays, and comes out as the page says.
    @Test func samplesPlay() throws {
        let samples = try Self.samples().filter { $0.language == "yaml" && !$0.isFailing }
        #expect(samples.count >= 4)
        for sample in samples {
            let report = Self.report(of: sample)
            let isGreen = report.isGreen && !report.tests.isEmpty
            #expect(
                isGreen,
                "the sample in line \(sample.line) of the page: \(report.text(.init(showsPassed: false)))"
            )
        }
    }

    /// A sample that fails does so with the very report the page shows after it.
    @Test func failuresReadAsShown() throws {
        let samples = try Self.samples()
        var count = 0
        for (sample, shown) in zip(samples, samples.dropFirst()) where sample.isFailing {
            let text = Self.report(of: sample).text()
            #expect(text == shown.text)
            count += 1
        }
        #expect(count == 1)
    }

    /// A rule file of the page is one that `check` takes, too.
    @Test func ruleFilesAreClean() throws {
        let files = try Self.samples().filter { $0.language == "yaml" && $0.text.hasPrefix("kf:") }
        #expect(!files.isEmpty)
        for file in files {
            let loaded = RuleFiles.load([RuleSource(path: file.path, text: file.text)])
            #expect(loaded.diagnostics.map(\.message) == [])
        }
    }

    /// The page names every refusal, so that none has to be looked for in the sources.
    @Test func refusalsAreNamed() throws {
        let page = try Self.page()
        let missing = Refusal.allCases.map(\.rawValue).filter { !page.contains("`\($0)`") }
        #expect(missing == [])
    }

    /// The page names every word a wrong step's or a wrong value's message offers.
    @Test func offeredWordsAreNamed() throws {
        let page = try Self.page()
        let mistakes =
            "- {}\n- sends: nothing\n- expect: { state: nothing }\n"
            + "- expect: { code: { scene: nothing } }"
        var words: [String] = []
        for diagnostic in Fixtures.play(mistakes).files.flatMap(\.diagnostics) {
            for text in [diagnostic.message.en, diagnostic.help?.en ?? ""] {
                guard let list = text.firstRange(of: "one of: ") else { continue }
                words += text[list.upperBound...].split(separator: ", ").map(String.init)
            }
        }
        #expect(words.count > 25)
        let missing = words.filter { !page.contains("`\($0)`") && !page.contains("`\($0):") }
        #expect(missing == [])
    }
}
