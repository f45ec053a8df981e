import ArgumentParser
import Boundary
import CallbackCrypto
import ChatModel
import CurlTransport
import Foundation
import Logging
import PlatformSimulator
import RuleFiles
import SimulatorServer

/// `switchboard simulate`.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run the platform's simulator alone, for any client.",
        discussion: """
            Speaks the platform's own paths under /cgi-bin/ and pushes real encrypted callbacks; a \
            control API under /simulator/ plays customers and servicers. Loopback only. See \
            docs/simulator.md.

            EXAMPLES
              switchboard simulate
              switchboard simulate --port 9000 --callback http://127.0.0.1:8080/callback/kf
              switchboard simulate --routing human_first --quotas off
              switchboard simulate --faults faults.yml --trusted-ips 127.0.0.1
            """)

    @Option(help: "The port; 0 for any free one.")
    var port: Int = 8090

    @Option(help: "Where callbacks go.")
    var callback: String?

    @Option(help: "Where new sessions go: api, human_first or assistant.")
    var routing: String = "api"

    @Option(help: "platform, off, or calls a minute as a number.")
    var quotas: String = "platform"

    @Option(help: "Who receives customers: userids with commas between.")
    var servicers: String = EmbeddedDefault.servicers.map(\.rawValue).joined(separator: ",")

    @Option(help: "Rows in a page of sync_msg, 1 to 1000.")
    var pageSize: Int = 1000

    @Option(help: "Every so many pages an empty one that says there is more; 0 for none.")
    var emptyPageEvery: Int = 0

    @Option(help: "The seed of everything drawn: the same seed, the same ids and codes.")
    var seed: UInt64?

    @Option(help: "A file of faults: what goes wrong, how often and when.")
    var faults: String?

    @Option(
        name: .customLong("trusted-ips"),
        help: "The addresses calls may come from, with commas between. Default: any.")
    var trustedIPs: String?

    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws {
        if SimulatorSettings.Routing(rawValue: routing) == nil {
            throw ValidationError(
                Bilingual(
                    en: "--routing takes api, human_first or assistant",
                    zh: "--routing 可以写 api、human_first 或 assistant"))
        }
        if limits == nil {
            throw ValidationError(
                Bilingual(
                    en: "--quotas takes platform, off, or calls a minute as a number",
                    zh: "--quotas 可以写 platform、off，或每分钟的次数"))
        }
        if !(1...1000).contains(pageSize) {
            throw ValidationError(
                Bilingual(en: "--page-size takes 1 to 1000", zh: "--page-size 要写 1 到 1000"))
        }
        if let callback, URLComponents(string: callback)?.host == nil {
            throw ValidationError(
                Bilingual(
                    en: "--callback takes an address: http://127.0.0.1:8080/callback/kf",
                    zh: "--callback 要写地址：http://127.0.0.1:8080/callback/kf"))
        }
        if emptyPageEvery < 0 {
            throw ValidationError(
                Bilingual(
                    en: "--empty-page-every takes 0 or more", zh: "--empty-page-every 要写 0 或更大的数"))
        }
        if !(0...65_535).contains(port) {
            throw ValidationError(
                Bilingual(en: "--port takes 0 to 65535", zh: "--port 要写 0 到 65535"))
        }
    }

    private var limits: SimulatorSettings.Quotas? {
        switch quotas {
        case "platform": return .platform
        case "off": return .off
        default:
            guard let calls = Int(quotas), calls > 0 else { return nil }
            var limits = SimulatorSettings.Quotas.platform
            limits.perMinute = calls
            return limits
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "simulator")
        logger.logLevel = .warning
        var settings = EmbeddedDefault.simulator(
            servicers: servicers.split(separator: ",").map { ServicerID(String($0)) })
        settings.noticeTime = .seconds(2)
        settings.pageSize = pageSize
        settings.emptyPageEvery = emptyPageEvery
        settings.quotas = limits ?? .platform
        if quotas == "off" { settings.wrongSecretsAnHour = nil }
        settings.apps[0].trustedAddresses = trustedIPs.map { list in
            Set(list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        }
        if let routing = SimulatorSettings.Routing(rawValue: routing) {
            settings.accounts[0].routing = routing
        }
        let plan = try faults.map(FaultFileReader.plan)
        let transport = CurlTransport()
        defer { transport.shutDown() }
        let server = SimulatorServer(
            PlatformSimulator(
                settings: settings, startingAt: Environment.live.now(),
                // A bot's database outlives a simulator: the same ids anew would look like
                // messages it has answered already.
                seed: seed ?? .random(in: 0...UInt64.max)),
            port: port, wallClock: Environment.live.now, transport: transport, logger: logger,
            onListening: { [language = languageOptions.language] port in
                Terminal.say(EmbeddedPlatform.place(port: port), in: language)
                Terminal.line(
                    "corp_id \(EmbeddedDefault.corp)  secret \(EmbeddedDefault.secret)  "
                        + "open_kfid \(EmbeddedDefault.account)")
                Terminal.line(
                    "callback token \(EmbeddedDefault.token)  aes_key \(EmbeddedDefault.aesKey)")
            })
        if let plan { server.withSimulator { $0.setFaults(plan) } }
        if let callback {
            server.setCallbackTarget(
                try EmbeddedPlatform.callbackTarget(url: callback), for: EmbeddedDefault.app)
        }
        try await ServiceRun.run(
            [
                ListeningService(
                    server, "127.0.0.1:\(port)",
                    cure: Bilingual(
                        en: "choose another port with --port", zh: "用 --port 换一个端口"))
            ], logger: logger)
    }
}
