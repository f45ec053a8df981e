import Actions
import ArgumentParser
import Boundary
import ChatModel
import CurlTransport
import Foundation
import Logging
import Operations
import Routing
import RuleFiles
import ServiceLifecycle
import SimulatorServer
import SQLiteStore
import WebServer

/// `switchboard serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the bot.",
        discussion: """
            With a configuration, on the real platform. Without one, on the embedded default: the \
            built-in simulator as the platform, the database in ./data/, the rules in ./rules/, \
            everything on loopback.

            Rule files are published by themselves only into an empty database; after that, \
            'switchboard publish' does it, while the server runs. SIGTERM and SIGINT stop it in \
            good order; SIGHUP has it look at once for what was published.

            EXAMPLES
              switchboard serve
              switchboard serve --config switchboard.yml
              switchboard serve --config switchboard.yml --print-config
            """)

    @Option(help: "The configuration file.")
    var config: String?

    @Flag(help: "Show the effective configuration, secrets masked, and stop.")
    var printConfig = false

    @Flag(help: "Agree to what 'first_start: unanswered-only' does with an empty database.")
    var yes = false

    @Option(help: "Where to listen, instead of the configured address: 127.0.0.1:8080.")
    var listen: String?

    @Option(help: "The embedded simulator's port; 0 for any free one.")
    var simulatorPort: Int = 8090

    @Option(help: "The database file, instead of the configured one.")
    var store: String?

    @Option(help: "The folder of rule files, instead of the configured one.")
    var rules: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String = "notice"

    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws {
        if Logger.Level(rawValue: logLevel) == nil {
            throw ValidationError(
                Bilingual(en: "--log-level has no '\(logLevel)'", zh: "--log-level 没有「\(logLevel)」")
            )
        }
        if !(0...65_535).contains(simulatorPort) {
            throw ValidationError(
                Bilingual(
                    en: "--simulator-port takes 0 to 65535", zh: "--simulator-port 要写 0 到 65535"))
        }
        if let listen, Configuration.Listen(listen) == nil {
            throw ValidationError(
                Bilingual(
                    en: "--listen takes an address and a port: 127.0.0.1:8080",
                    zh: "--listen 要写地址和端口：127.0.0.1:8080"))
        }
    }

    func run() async throws {
        let configuration = try effectiveConfiguration()
        if printConfig {
            for line in ConfigurationText(configuration).lines { Terminal.line(line) }
            return
        }
        // From here on a hang-up is a request, and no end, even before anybody listens for it.
        signal(SIGHUP, SIG_IGN)
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "switchboard")
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .notice
        let transport = CurlTransport()
        defer { transport.shutDown() }
        if config == nil {
            try await serveEmbedded(configuration, transport: transport, logger: logger)
        } else {
            try await serveConfigured(configuration, transport: transport, logger: logger)
        }
        logger.notice("stopped")
    }

    private func serveConfigured(
        _ configuration: Configuration, transport: CurlTransport, logger: Logger
    ) async throws {
        var services: [any Service] = []
        var environment = Environment.live
        if configuration.clock == .simulator, let api = configuration.corps.first?.api {
            let clock = SimulatorClock(base: api, transport: transport)
            await clock.ask()
            environment = clock.environment
            services.append(clock)
        }
        var options = CurlTransport.Options()
        options.connections = CallPerformer.mostUnderWay
        let companyTransport = CurlTransport(options: options)
        defer { companyTransport.shutDown() }
        let listening = Gate()
        let assembly = try Assembly(
            configuration, environment: environment, transport: transport,
            companyTransport: companyTransport, logger: logger,
            onListening: { [language = languageOptions.language] port in
                Self.announce(configuration.listen.host, port, in: language)
                listening.open()
            })
        try await prepare(assembly.store, configuration, environment, logger)
        // A server that can't have its port must not pull and answer beside the one that has it.
        try await ServiceRun.run(
            services + [
                AfterGate(listening, assembly.engine), AfterGate(listening, assembly.media),
                AfterGate(listening, assembly.profiles),
                ReloadOnHangUp(engine: assembly.engine), assembly.web,
            ], logger: logger)
        try assembly.store.close()
    }

    private func serveEmbedded(
        _ configuration: Configuration, transport: CurlTransport, logger: Logger
    ) async throws {
        let simulatorPort =
            configuration.corps.first.flatMap { URLComponents(string: $0.api)?.port }
            ?? simulatorPort
        let language = languageOptions.language
        try makeDataFolder(of: configuration.store)
        let (platform, listening) = (Gate(), Gate())
        let simulator = EmbeddedPlatform.server(
            port: simulatorPort, servicers: Self.cast(of: configuration.rules).servicers,
            transport: transport, logger: logger,
            onListening: { port in
                Terminal.say(EmbeddedPlatform.place(port: port), in: language)
                platform.open()
            })
        let assembly = try Assembly(
            configuration, environment: .live, transport: transport, companyTransport: transport,
            logger: logger,
            onListening: { port in
                let url = "http://127.0.0.1:\(port)/callback/\(EmbeddedDefault.app)"
                if let target = try? EmbeddedPlatform.callbackTarget(url: url) {
                    simulator.setCallbackTarget(target, for: EmbeddedDefault.app)
                }
                Self.announce(configuration.listen.host, port, in: language)
                let chat = "switchboard chat --simulator http://127.0.0.1:\(simulatorPort)"
                Terminal.say(
                    Bilingual(en: "talk to it:  \(chat)", zh: "和它聊一聊：  \(chat)"), in: language)
                listening.open()
            })
        try await prepare(assembly.store, configuration, .live, logger)
        try await ServiceRun.run(
            [
                ListeningService(
                    simulator, "127.0.0.1:\(simulatorPort)",
                    cure: Bilingual(
                        en: "choose another port with --simulator-port",
                        zh: "用 --simulator-port 换一个端口")),
                AfterGate(listening, assembly.engine), AfterGate(listening, assembly.media),
                AfterGate(listening, assembly.profiles),
                ReloadOnHangUp(engine: assembly.engine), AfterGate(platform, assembly.web),
            ], logger: logger)
        try assembly.store.close()
    }

    /// What the options and the configuration file mean together.
    private func effectiveConfiguration() throws -> Configuration {
        var configuration: Configuration
        if let config {
            configuration = try ConfigurationReader.configuration(at: config)
        } else {
            // The bot has to know its platform's address before either runs.
            let port = simulatorPort == 0 && !printConfig ? try FreePort.any() : simulatorPort
            configuration = EmbeddedDefault.configuration(
                simulator: "http://127.0.0.1:\(port)",
                listen: .init(host: "127.0.0.1", port: 8080), store: "data/switchboard.db",
                rules: rules ?? "rules/", alias: Self.cast(of: rules ?? "rules/").account)
        }
        if let listen, let parsed = Configuration.Listen(listen) { configuration.listen = parsed }
        if let store { configuration.store = store }
        if let rules { configuration.rules = rules }
        return configuration
    }

    /// Who is on the embedded platform: the rules' own account and people.
    ///
    /// So `init`'s projects answer as they are. Rules that can't be read are refused later, with
    /// what is wrong.
    private static func cast(of rules: String) -> ChatCast {
        guard let sources = try? RuleFolder.ruleSources(at: [rules]),
            let definition = RuleFiles.load(sources, calibrates: false).definition
        else { return ChatCast() }
        return ChatCast(definition, account: nil) ?? ChatCast()
    }

    /// The embedded default makes its own folder; a configured one must exist.
    private func makeDataFolder(of store: String) throws {
        let folder = PathParts(store).folder
        guard !folder.isEmpty else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "the folder \(folder) can't be made", zh: "文件夹 \(folder) 建不了"),
                cure: Bilingual(
                    en: "name a database in a folder you may write to with --store",
                    zh: "用 --store 把数据库放到有权限写的文件夹"))
        }
    }

    /// Publishes into an empty store, and says when files and active version differ.
    private func prepare(
        _ store: SQLiteStore, _ configuration: Configuration, _ environment: Environment,
        _ logger: Logger
    ) async throws {
        if configuration.firstStart == .unansweredOnly, !yes, try await store.isEmpty() {
            throw CommandFailure(
                .refused,
                Bilingual(
                    en: "'first_start: unanswered-only' with an empty database: what was answered "
                        + "before is not known, because the platform never returns a bot's own "
                        + "answers",
                    zh: "first_start: unanswered-only 遇上空数据库：以前回过什么无从知道，因为平台不会交还机器人自己的回复"),
                cure: Bilingual(
                    en: "add --yes to answer every customer's last message under 48 hours old that "
                        + "no servicer answered, or use 'first_start: skip'",
                    zh: "加 --yes，就回复每位客户 48 小时内、还没有接待人员回复的最后一条消息；或者改用 first_start: skip"))
        }
        let active = try await store.activeVersionID()
        guard active == nil else {
            if let sources = try? RuleFolder.ruleSources(at: [configuration.rules]),
                Publishing.version(of: sources, hash: environment.shortHash) != active
            {
                logger.notice(
                    "the rule files differ from the active version; 'switchboard publish' takes them over",
                    metadata: ["active": "\(active?.rawValue ?? "")"])
            }
            return
        }
        let sources = try RuleFolder.ruleSources(at: [configuration.rules])
        let publishing = Publishing(store: store, environment: environment)
        try await RuleMedia.keep(filesOf: sources, in: store)
        let outcome = try await publishing.publish(
            Publishing.check(sources), author: Author.current, note: "the first start")
        if case .refused(let loaded) = outcome {
            Terminal.standardError(loaded.report(language: languageOptions.language))
            throw CommandFailure(
                .findings,
                Bilingual(
                    en: "the rules have errors, and nothing else has been published",
                    zh: "规则有错，以前也没有发布过"),
                cure: Bilingual(en: "mend what is listed above", zh: "改好上面列出的"))
        }
    }

    private static func announce(_ host: String, _ port: Int, in language: MessageLanguage) {
        let address = Configuration.Listen(host: host, port: port).text
        Terminal.say(
            Bilingual(
                en: "switchboard is listening on http://\(address)",
                zh: "机器人已启动：http://\(address)"), in: language)
    }
}
