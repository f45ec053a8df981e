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
            database, no waiting. See also 'switchboard test'.

            EXAMPLES
              switchboard replay
              switchboard replay fixtures/conversations/hand-over --run 排队
              switchboard replay rules/ --format junit > report.xml
            """)

    @Argument(help: "Test files, rule files, or folders of them.")
    var paths: [String] = ["fixtures/conversations/"]

    @Option(name: .customLong("run"), help: "Only tests whose name this regular expression finds.")
    var pattern: String?

    @Option(help: "text, json, junit or github.")
    var format: TestFormat = .text

    @Option(help: "A seed for every test, instead of its own.")
    var seed: UInt64?

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws { try TestRun.validate(pattern) }

    func run() throws {
        let run = TestRun(paths: paths, pattern: pattern)
        let report = try run.report(.init(seed: seed))
        try format.write(
            report, .init(language: languageOptions.language, usesColor: color.isWanted))
        try run.judge(report)
    }
}
