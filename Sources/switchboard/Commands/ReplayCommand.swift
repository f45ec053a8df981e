import ArgumentParser
import Foundation
import Operations
import Replay
import RuleFiles

/// `switchboard replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play recorded conversations on a virtual clock.",
        discussion: """
            Plays the conversations of *.test.yml files, and the inline tests of rule files, against \
            the rules and the simulator, through the same core as in production. No network, no \
            database, no waiting. See also 'switchboard test'.

            With --last, what customers wrote in that time is decided by two versions: the active \
            one and --against, by default the rule files. Nothing is sent.

            EXAMPLES
              switchboard replay
              switchboard replay fixtures/conversations/hand-over --run 排队
              switchboard replay rules/ --format junit > report.xml
              switchboard replay --last 7d --against rules/ --config switchboard.yml
            """)

    private static let usualPaths = ["fixtures/conversations/"]

    @Argument(help: "Test files, rule files, or folders of them.")
    var paths = Self.usualPaths

    @Option(name: .customLong("run"), help: "Only tests whose name this regular expression finds.")
    var pattern: String?

    @Option(help: "text, json, junit or github.")
    var format: TestFormat = .text

    @Option(help: "A seed for every test, instead of its own.")
    var seed: UInt64?

    @Option(help: "Recorded messages of this time instead of files: 7d, 12h. Needs --config.")
    var last: String?

    @Option(help: "With --last: rule files or a published version to compare the active one with.")
    var against: String?

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws {
        try TestRun.validate(pattern)
        if against != nil, last == nil {
            throw ValidationError(
                Bilingual(en: "--against needs --last", zh: "--against 要和 --last 一起用"))
        }
        if last != nil, pattern != nil || seed != nil || paths != Self.usualPaths {
            throw ValidationError(
                Bilingual(
                    en: "--last replays recorded messages: it takes no paths, --run or --seed",
                    zh: "--last 重放真实消息，不能再写路径、--run 或 --seed"))
        }
        if last != nil, format == .junit || format == .github {
            throw ValidationError(
                Bilingual(
                    en: "--last takes --format text or json",
                    zh: "用 --last 时 --format 只能是 text 或 json"))
        }
    }

    func run() async throws {
        if let last { return try await compare(last) }
        let run = TestRun(paths: paths, pattern: pattern)
        let report = try run.report(.init(seed: seed))
        try format.write(
            report, .init(language: languageOptions.language, usesColor: color.isWanted))
        try run.judge(report)
    }

    /// Recorded messages through two versions; ends with 1 where an answer changes.
    private func compare(_ last: String) async throws {
        let language = languageOptions.language
        let sides = RuleSides(storeOptions: storeOptions, language: language)
        let old = try await sides.rules(ofVersion: "active")
        let new = try await sides.rules(of: against ?? (try storeOptions.rulePaths([])[0]))
        let traffic = try await TrafficReader(storeOptions: storeOptions)
            .comparison(last: last, from: old, to: new)
        if format == .json {
            try Terminal.json(TrafficReport(traffic))
        } else {
            for line in DiffText(in: language).lines(traffic) { Terminal.line(line) }
        }
        if !traffic.moves.isEmpty { throw CommandEnd(status: .findings) }
    }
}
