import ArgumentParser
import Foundation
import Replay
import RuleFiles

/// `switchboard cover`.
struct CoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cover",
        abstract: "Say which places of the rules no test and no example goes through.",
        discussion: """
            Counts rules and their triggers, menu items, the ways through flows and hand-off \
            policies, and the states of the session.

            EXAMPLES
              switchboard cover
              switchboard cover rules/ --full
              switchboard cover rules/ --min 90
              switchboard cover rules/ --format json
            """)

    @Argument(help: "Test files, rule files, or folders of them.")
    var paths: [String] = ["rules/"]

    @Flag(help: "Name every place nothing goes through, not only the first few.")
    var full = false

    @Option(
        name: .customLong("min"), help: "Exit with 1 when less than this is covered, in percent.")
    var minimum: Double?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws {
        if let minimum, !(0...100).contains(minimum) {
            throw ValidationError(
                Bilingual(en: "--min takes a percentage from 0 to 100", zh: "--min 要写 0 到 100 的百分数")
            )
        }
    }

    func run() throws {
        let run = TestRun(paths: paths, pattern: nil)
        let report = try run.report(.init(judgesExamples: true, countsCoverage: true))
        guard let coverage = report.coverage, !report.hasUnreadableInput else {
            Terminal.report(
                report.text(.init(language: languageOptions.language, showsPassed: false)))
            throw CommandEnd(status: .unreadable)
        }
        switch format {
        case .text:
            Terminal.report(
                coverage.text(language: languageOptions.language, showsAllUncovered: full))
        case .json: Terminal.report(try coverage.json)
        }
        if !report.isGreen {
            throw CommandFailure(
                .findings,
                Bilingual(
                    en: "\(counted(report.failed, "test")) and "
                        + "\(counted(report.failedExamples, "example")) failed",
                    zh: "\(report.failed) 个测试、\(report.failedExamples) 条例句没有通过"),
                cure: Bilingual(
                    en: "'switchboard test' says why", zh: "运行 switchboard test 看原因"))
        }
        if let minimum, coverage.percent < minimum {
            throw CommandFailure(
                .findings,
                Bilingual(
                    en: "\(coverage.percent) % is less than --min \(minimum)",
                    zh: "\(coverage.percent) % 不到 --min \(minimum)"),
                cure: Bilingual(
                    en: "write tests for the places above; --full names them all",
                    zh: "给上面这些地方补测试；加 --full 列出全部"))
        }
    }
}
