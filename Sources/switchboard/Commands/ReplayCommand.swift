import ArgumentParser
import Foundation
import Replay
import RuleFiles

/// `switchboard replay`.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play recorded conversations on a virtual clock.",
        discussion: """
            Plays the conversations of *.test.yml files, and the inline tests of rule files, against \
            the rules and the simulator, through the same core as in production. No network, no \
            database, no waiting.

            EXAMPLES
              switchboard replay
              switchboard replay fixtures/conversations/hand-over --run 排队
              switchboard replay rules/ --format junit > report.xml
            """)

    @Argument(help: "Test files, rule files, or folders of them.")
    var paths: [String] = ["fixtures/conversations/"]

    @Option(name: .customLong("run"), help: "Only tests whose name this regular expression finds.")
    var pattern: String?

    @Option(help: "text, json or junit.")
    var format: Format = .text

    @Option(help: "A seed for every test, instead of its own.")
    var seed: UInt64?

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, junit
    }

    func validate() throws {
        if let pattern, (try? Regex(pattern)) == nil {
            throw ValidationError("--run: '\(pattern)' is no regular expression")
        }
    }

    func run() throws {
        var files: [RuleSource] = []
        for path in paths {
            let tests = try? RuleFolder.sources(at: [path], suffix: ".test.yml")
            let rules =
                path.hasSuffix(".test.yml")
                ? nil : try? RuleFolder.sources(at: [path], suffix: ".kf.yml")
            if let tests { files += tests }
            // Rule files beside test files are what those test; their inline tests play, too.
            if let rules { files += rules }
            if tests == nil, rules == nil {
                _ = try RuleFolder.sources(at: [path], suffix: ".test.yml")
            }
        }
        let name = try pattern.map { try Regex($0) }
        let report = ReplayRunner.run(
            files: files, load: { try? RuleFolder.source(at: $0) },
            filter: { test in name.map { test.contains($0) } ?? true }, seed: seed)
        switch format {
        case .text: Terminal.report(report.text(usesColor: color.isWanted))
        case .json: Terminal.report(try report.json)
        case .junit: Terminal.report(report.junit)
        }
        if report.hasUnreadableInput { throw CommandEnd(status: .unreadable) }
        if !report.isGreen { throw CommandEnd(status: .findings) }
        if report.tests.isEmpty {
            throw CommandFailure(
                .findings, "no test was played",
                cure: pattern.map { "no name is found by --run '\($0)'" }
                    ?? "name *.test.yml files, or rule files with 'tests:' in them")
        }
    }
}
