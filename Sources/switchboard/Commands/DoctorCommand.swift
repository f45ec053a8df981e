import ArgumentParser
import Boundary
import ChatModel
import CurlTransport
import Foundation
import Operations
import RuleFiles

/// `switchboard doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find out what is wrong with a set-up, and what mends it.",
        discussion: """
            Looks at the configuration and its secrets, the server, the database, the rules, the \
            clock, the app's rights, its accounts and servicers. Callbacks that 'serve' refused \
            are tried with the settings of today, so that it can tell whether the token, the \
            aes_key or the corp id is wrong. Nothing is changed anywhere; beside a running server \
            it costs a handful of calls.

            A file for --callback holds the query, or the whole address, on its first line, and \
            the XML of a POST after it.

            Exit status: 0 clean, 1 errors (with --fatal-warnings also warnings), 3 the \
            configuration can't be read, 4 the platform can't be reached.

            EXAMPLES
              switchboard doctor
              switchboard doctor --config switchboard.yml --format json
              switchboard doctor --app kf --callback refused.txt --offline
            """)

    @Option(help: "The configuration file.")
    var config = "switchboard.yml"

    @Option(help: "One app's alias, instead of all of them.")
    var app: String?

    @Option(help: "A file with a callback to try the settings with.")
    var callback: String?

    @Flag(help: "Leave the platform alone.")
    var offline = false

    @Flag(help: "Exit with 1 for warnings, too.")
    var fatalWarnings = false

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        if config == "switchboard.yml", !FileManager.default.fileExists(atPath: config) {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "there is no switchboard.yml here", zh: "这里没有 switchboard.yml"),
                cure: Bilingual(
                    en: "name a configuration with --config; docs/operating.md shows one",
                    zh: "用 --config 写配置文件的路径；docs/operating.md 里有样子"))
        }
        let configuration = try ConfigurationReader.configuration(at: config)
        let apps = configuration.apps.filter { app == nil || $0.app.alias.rawValue == app }
        if let app, apps.isEmpty {
            let known = configuration.apps.map(\.app.alias.rawValue).joined(separator: ", ")
            throw ValidationError(
                Bilingual(
                    en: "there is no app '\(app)' in \(config); there is \(known)",
                    zh: "\(config) 里没有应用「\(app)」，有 \(known)"))
        }
        let pasted = try callback.map { (source: $0, text: try Self.callback(at: $0)) }
        let transport = CurlTransport()
        defer { transport.shutDown() }
        let doctor = Doctor(
            configuration: configuration, apps: apps, isOffline: offline, callback: pasted,
            transport: transport,
            environment: await Self.environment(configuration, transport, offline))
        let report = DoctorReport(findings: await doctor.findings())
        let language = languageOptions.language
        switch format {
        case .json: try Terminal.json(report.page(in: language))
        case .text:
            for line in report.lines(in: language, coloured: color.isWanted) {
                Terminal.line(line)
            }
        }
        if report.isPlatformUnreachable { throw CommandEnd(status: .platform) }
        let counts = report.counts
        if counts.errors > 0 || fatalWarnings && counts.warnings > 0 {
            throw CommandEnd(status: .findings)
        }
    }

    /// The bot's clock: the simulator's where it follows that.
    private static func environment(
        _ configuration: Configuration, _ transport: CurlTransport, _ offline: Bool
    ) async -> Environment {
        guard configuration.clock == .simulator, !offline, let api = configuration.corps.first?.api
        else { return .live }
        let clock = SimulatorClock(base: api, transport: transport)
        await clock.ask()
        return clock.environment
    }

    private static func callback(at path: String) throws -> CallbackText {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "\(path) can't be read", zh: "\(path) 读不了"),
                cure: Bilingual(
                    en: "name a file of at most 1 MiB with the query on its first line",
                    zh: "写一个不超过 1 MiB 的文件，第一行是 query"))
        }
        return CallbackText(pasted: String(decoding: data, as: UTF8.self))
    }
}
