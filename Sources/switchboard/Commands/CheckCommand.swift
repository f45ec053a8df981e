import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleEngine
import RuleFiles

/// `switchboard check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find what is wrong with rule files.",
        discussion: """
            Reads every .kf.yml file, looks up every name, walks every path through rules, flows \
            and hand-offs for what the platform would refuse, and asks the rules about every \
            example. Each finding has a stable id, a place and a cure; docs/findings.md explains \
            them one by one.

            EXAMPLES
              switchboard check
              switchboard check rules/shop.kf.yml --format json
              switchboard check rules/ --fatal-warnings --at 2026-12-01
              switchboard check rules/ --fix
              switchboard check rules/ --changed main --format github
            """)

    @Argument(help: "Rule files, or folders of them.")
    var paths: [String] = ["rules/"]

    @Option(help: "text, json, sarif or github.")
    var format: CheckFormat = .text

    @Flag(help: "Exit with 1 on warnings, too.")
    var fatalWarnings = false

    @Option(help: "Say what is over at this time, or soon: 2026-12-01, or now.")
    var at: String?

    @Flag(help: "Also ask similar questions about each other.")
    var thorough = false

    @Flag(help: "Mend what a machine can mend, and say what was changed.")
    var fix = false

    @Option(
        help: """
            Show only findings in files that differ from this commit or branch, and errors \
            anywhere.
            """)
    var changed: String?

    @Option(help: "Also say which 'calls' of the rules this configuration doesn't have.")
    var config: String?

    @OptionGroup var languageOptions: LanguageOptions

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    func validate() throws {
        if let at, Self.moment(at) == nil {
            throw ValidationError(
                Bilingual(
                    en: "--at: '\(at)' is no time like 2026-12-01 or 2026-12-01 10:00",
                    zh: "--at「\(at)」不是时间，要写 2026-12-01 或 2026-12-01 10:00"))
        }
        if let changed, changed.isEmpty || changed.hasPrefix("-") {
            throw ValidationError(
                Bilingual(
                    en: "--changed: '\(changed)' is no commit or branch",
                    zh: "--changed「\(changed)」不是提交或分支"))
        }
    }

    /// How many slips of the keyboard a machine can mend.
    private static func mendable(_ sources: [RuleSource]) -> Int {
        sources.filter { $0.path.hasSuffix(".yml") }
            .reduce(0) { $0 + RuleRepair.repair($1).repairs.count }
    }

    /// Calls that would always fail.
    private static func unknownCalls(
        of loaded: LoadedRules, in config: String
    ) throws -> [Diagnostic] {
        let known = try ConfigurationReader.configuration(at: config).calls.keys
        return (loaded.definition?.companyCalls(notAmong: known) ?? []).map { call in
            Diagnostic(
                .unknownName, at: call.place,
                Bilingual(
                    en: "\(config) has no '\(call.operation)' under 'calls'",
                    zh: "\(config) 的 calls 里没有「\(call.operation)」"),
                help: Bilingual(
                    en: "declare it there, or correct the name: such a call always fails",
                    zh: "在那里写上它，或者改对名字：不然每次调用都会失败"))
        }
    }

    private static func moment(_ text: String) -> Timestamp? {
        text == "now"
            ? Timestamp(seconds: Int64(Date().timeIntervalSince1970)) : LocalTime.moment(text)
    }

    func run() throws {
        let start = ContinuousClock.now
        let language = languageOptions.language
        let options = CheckOptions(at: at.flatMap(Self.moment), isThorough: thorough)
        var sources = try RuleFolder.ruleSources(at: paths)
        if fix { sources = try RuleMending(options: options, language: language).mend(sources) }
        let loaded = RuleFiles.check(RuleFiles.load(sources), options)
        var diagnostics = loaded.diagnostics
        if let config {
            diagnostics = (diagnostics + (try Self.unknownCalls(of: loaded, in: config))).sorted()
        }
        if let changed {
            let files = try ChangedFiles.since(changed, at: paths)
            diagnostics.removeAll {
                $0.severity == .warning && !files.contains(ChangedFiles.normal($0.place.file))
            }
        }
        let summary = CheckSummary(loaded, showing: diagnostics)
        switch format {
        case .json: Terminal.line(try DiagnosticFormats.json(diagnostics, language: language))
        case .sarif:
            Terminal.line(
                try DiagnosticFormats.sarif(
                    diagnostics, language: language, version: Switchboard.configuration.version))
        case .github:
            if !diagnostics.isEmpty {
                Terminal.report(DiagnosticFormats.github(diagnostics, language: language))
            }
        case .text:
            let renderer = DiagnosticRenderer(
                sources: loaded.sources, language: language, usesColor: color.isWanted)
            if !diagnostics.isEmpty { Terminal.line(renderer.text(diagnostics)) }
            let mendable =
                fix || diagnostics.isEmpty
                ? 0 : Self.mendable(loaded.sources.filter { !$0.isMediaListing })
            if mendable > 0 {
                Terminal.say(
                    Bilingual(
                        en: "'switchboard check --fix' mends \(counted(mendable, "place"))",
                        zh: "switchboard check --fix 能自动改好 \(mendable) 处"), in: language)
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            Terminal.line(summary.line(language, seconds: seconds))
        }
        if summary.errors > 0 || (fatalWarnings && summary.warnings > 0) {
            throw CommandEnd(status: .findings)
        }
    }
}

/// `--format` of `check`.
enum CheckFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif, github
}
