import ArgumentParser
import Foundation
import Replay
import RuleFiles

/// `switchboard test`.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Ask the rules every example and play every test.",
        discussion: """
            Every sentence under 'examples' and 'not_examples' is a check; the 'tests:' of rule \
            files and the conversations of *.test.yml files are played on a virtual clock against \
            the simulator.

            EXAMPLES
              switchboard test
              switchboard test rules/ --run 退款 --diff
              switchboard test --watch
              switchboard test --cover=full
              switchboard test --format github
            """)

    @Argument(help: "Test files, rule files, or folders of them. Default: rules/.")
    var paths: [String] = []

    @Option(
        name: .customLong("run"),
        help: "Only tests whose name this regular expression finds; no examples.")
    var pattern: String?

    @Flag(help: "Again whenever a file changes, until Ctrl-C.")
    var watch = false

    @Flag(help: "Expected and actual replies side by side.")
    var diff = false

    // Without a value it must not swallow the path that follows.
    @Option(
        defaultAsFlag: "summary", parsing: .next,
        help: "Count what the tests went through; --cover=full names every place they did not.")
    var cover: String?

    @Option(help: "A seed for every test, and for the order they are played in.")
    var seed: UInt64?

    @Option(help: "text, json, junit or github.")
    var format: TestFormat = .text

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws { try TestRun.validate(pattern) }

    func run() throws {
        let isFull = cover == "full"
        let taken = cover.flatMap { ["summary", "full"].contains($0) ? nil : $0 }
        let wanted = (taken.map { [$0] } ?? []) + paths
        let run = TestRun(paths: wanted.isEmpty ? ["rules/"] : wanted, pattern: pattern)
        let options = TestRun.Settings(
            seed: seed, isShuffled: seed != nil, judgesExamples: pattern == nil,
            countsCoverage: cover != nil)
        let style = ReplayReport.TextStyle(
            language: languageOptions.language, usesColor: color.isWanted, showsDifference: diff,
            showsAllUncovered: isFull)
        guard watch else {
            let report = try run.report(options)
            try format.write(report, style)
            return try run.judge(report)
        }
        while true {
            let before = FileStamps(run.paths)
            do {
                let report = try run.report(options)
                try format.write(report, style)
                before.wait(with: report.sourcePaths)
            } catch let failure as CommandFailure {
                // A file may be missing for a moment while an editor saves it.
                Terminal.complain(failure)
                before.wait(with: [])
            }
        }
    }
}

/// `--format` of commands that play tests.
enum TestFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit, github

    /// Writes a report to standard output.
    func write(
        _ report: ReplayReport, _ style: ReplayReport.TextStyle
    ) throws {
        switch self {
        case .text: Terminal.report(report.text(style))
        case .json: Terminal.report(try report.json)
        case .junit: Terminal.report(report.junit)
        case .github: Terminal.report(report.github(language: style.language))
        }
    }
}

/// What commands that play tests have in common: which files, which names, which exit.
struct TestRun {
    let paths: [String]
    let pattern: String?

    /// What is wanted of a run beside the names.
    struct Settings {
        var seed: UInt64?
        var isShuffled = false
        var judgesExamples = false
        var countsCoverage = false
    }

    static func validate(_ pattern: String?) throws {
        if let pattern, (try? Regex(pattern)) == nil {
            throw ValidationError(
                Bilingual(
                    en: "--run: '\(pattern)' is no regular expression",
                    zh: "--run「\(pattern)」不是正则表达式"))
        }
    }

    /// Plays everything at the paths.
    func report(_ settings: Settings) throws -> ReplayReport {
        let name = try pattern.map { try Regex($0) }
        return ReplayRunner.run(
            files: try files(),
            options: ReplayRunner.Options(
                filter: { test in name.map { test.contains($0) } ?? true }, seed: settings.seed,
                isShuffled: settings.isShuffled, judgesExamples: settings.judgesExamples,
                countsCoverage: settings.countsCoverage),
            near: { path in
                guard let source = try? RuleFolder.source(at: path) else { return [] }
                return RuleFolder.companions(of: source)
            },
            load: { try? RuleFolder.source(at: $0) })
    }

    /// Test files and rule files at the paths.
    private func files() throws -> [RuleSource] {
        var files: [RuleSource] = []
        for path in paths {
            let tests = try? RuleFolder.sources(at: [path], suffix: ".test.yml")
            let rules =
                path.hasSuffix(".test.yml")
                ? nil : try? RuleFolder.sources(at: [path], suffix: ".kf.yml")
            let isFolder = tests.map { $0.map(\.path) != [path] } ?? true
            if isFolder {
                // Rule files beside test files are what those test; their inline tests play, too.
                files += (tests ?? []) + (rules ?? [])
            } else {
                files += tests ?? []
            }
            if tests == nil, rules == nil {
                _ = try RuleFolder.sources(at: [path], suffix: ".test.yml")
            }
        }
        return files
    }

    /// Ends the command unless everything is as it should be.
    func judge(_ report: ReplayReport) throws {
        if report.hasUnreadableInput { throw CommandEnd(status: .unreadable) }
        if !report.isGreen { throw CommandEnd(status: .findings) }
        guard report.tests.isEmpty, report.examples == 0 else { return }
        if let pattern, report.leftOut > 0 {
            throw CommandFailure(
                .findings, Bilingual(en: "no test was played", zh: "一个测试也没有播放"),
                cure: Bilingual(
                    en: "none of the \(counted(report.leftOut, "name")) is found by --run "
                        + "'\(pattern)'",
                    zh: "\(report.leftOut) 个测试的名字都对不上 --run「\(pattern)」"))
        }
        let rules = report.files.count { $0.path.hasSuffix(".kf.yml") }
        throw CommandFailure(
            .findings,
            Bilingual(
                en: "no test was played: at \(paths.joined(separator: ", ")) there is no "
                    + "*.test.yml with tests, and no 'tests:' in \(counted(rules, "rule file"))",
                zh: "一个测试也没有播放：\(paths.joined(separator: "、")) 里没有写了测试的 *.test.yml，"
                    + "\(rules) 个规则文件里也没有 tests:"),
            cure: Bilingual(
                en: "write conversations into a *.test.yml file, or 'tests:' at the end of a rule "
                    + "file; 'switchboard test' also asks the examples of rules",
                zh: "把对话写进 *.test.yml，或写在规则文件最后的 tests: 里；switchboard test 也会问规则的例句"))
    }
}

/// When files were last written, for `--watch`.
struct FileStamps {
    private let paths: [String]
    private let stamps: [String: Date]

    /// So often files are looked at.
    private static let pause: TimeInterval = 0.3

    init(_ paths: [String]) {
        self.paths = paths
        stamps = Self.stamps(below: paths)
    }

    /// Returns when a file has been changed, added or taken away since.
    ///
    /// - Parameter others: Files that lie elsewhere.
    func wait(with others: [String]) {
        let known = stamps.merging(Self.stamps(below: others)) { first, _ in first }
        while Self.stamps(below: paths + others) == known {
            Thread.sleep(forTimeInterval: Self.pause)
        }
    }

    private static func stamps(below paths: [String]) -> [String: Date] {
        var stamps: [String: Date] = [:]
        func add(_ path: String) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            stamps[path] = attributes?[.modificationDate] as? Date ?? .distantPast
        }
        for path in paths {
            add(path)
            var names = FileManager.default.enumerator(atPath: path)
            // A file has nothing below it.
            if stamps[path] == .distantPast { names = nil }
            while let name = names?.nextObject() as? String {
                if name.hasSuffix(".yml") || name.hasSuffix(".csv") {
                    add(path.hasSuffix("/") ? path + name : path + "/" + name)
                }
            }
        }
        return stamps
    }
}
