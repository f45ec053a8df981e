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
              switchboard simulate --world world.yml

            A world file, whose keys docs/simulator.md lists:
              corps:
                - corp_id: ww0000demo00000001
                  members: [zhangsan, lisi, { userid: zhaoliu, activated: false }]
                  upgrade: { members: [zhangsan], groups: [wrDEMO1] }
                  verified: false
                  apps:
                    - alias: kf
                      secret: demo-secret-of-the-simulator
                      accounts:
                        - { open_kfid: wkDEMO0000000000000001, servicers: [lisi] }
              concurrency: [{ endpoint: send_msg, calls: 2 }]
            """)

    @Option(help: "The port; 0 for any free one.")
    var port: Int = 8090

    @Option(help: "Where callbacks go.")
    var callback: String?

    @Option(help: "A file of corps with their consoles, apps and accounts.")
    var world: String?

    @Option(help: "Where new sessions go: api, human_first or assistant. Default: api.")
    var routing: String?

    @Option(help: "platform, off, or calls a minute as a number. Default: platform.")
    var quotas: String?

    @Option(
        help: "Who receives customers: userids with commas between. Default: zhangsan,lisi.")
    var servicers: String?

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
        if world != nil, routing != nil || servicers != nil || trustedIPs != nil {
            throw ValidationError(
                Bilingual(
                    en: "--world says who serves, the routing and the trusted addresses: write "
                        + "them there",
                    zh: "用了 --world，接待人员、routing 和可信 IP 都写在那个文件里"))
        }
        if let routing, SimulatorSettings.Routing(rawValue: routing) == nil {
            throw ValidationError(
                Bilingual(
                    en: "--routing takes api, human_first or assistant",
                    zh: "--routing 可以写 api、human_first 或 assistant"))
        }
        if quotas != nil, limits == nil {
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
            guard let calls = quotas.flatMap({ Int($0) }), calls > 0 else { return nil }
            var limits = SimulatorSettings.Quotas.platform
            limits.perMinute = calls
            return limits
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "simulator")
        logger.logLevel = .warning
        let described = try describedWorld()
        let settings = described.settings
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
                Self.sayCredentials(settings)
            })
        for (app, target) in described.targets { server.setCallbackTarget(target, for: app) }
        if let plan { server.withSimulator { $0.setFaults(plan) } }
        try await ServiceRun.run(
            [
                ListeningService(
                    server, "127.0.0.1:\(port)",
                    cure: Bilingual(
                        en: "choose another port with --port", zh: "用 --port 换一个端口"))
            ], logger: logger)
    }

    /// What exists, by the world file or as in the demo, and where callbacks go.
    private func describedWorld() throws -> WorldDescription {
        let servicers = servicers?.split(separator: ",").map { ServicerID(String($0)) }
        let demo = EmbeddedDefault.simulator(servicers: servicers ?? EmbeddedDefault.servicers)
        var described =
            try world.map { try WorldFileReader.world(at: $0, onto: demo) }
            ?? WorldDescription(settings: demo)
        described.settings.noticeTime = .seconds(2)
        described.settings.pageSize = pageSize
        described.settings.emptyPageEvery = emptyPageEvery
        if quotas != nil, let limits { described.settings.quotas = limits }
        if quotas == "off" { described.settings.wrongSecretsAnHour = nil }
        if let trustedIPs {
            described.settings.apps[0].trustedAddresses = Set(
                trustedIPs.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        }
        if let routing = routing.flatMap({ SimulatorSettings.Routing(rawValue: $0) }) {
            described.settings.accounts[0].routing = routing
        }
        guard let callback else { return described }
        guard let app = described.settings.apps.first, described.settings.apps.count == 1 else {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "--callback does not say which of several apps it is for",
                    zh: "有好几个应用，--callback 没说是哪一个的"),
                cure: Bilingual(
                    en: "write it in the world file, with the app: callback: { url: \(callback) }",
                    zh: "写进世界文件里那个应用下面：callback: { url: \(callback) }"))
        }
        described.targets[app.alias] = try EmbeddedPlatform.callbackTarget(
            url: callback, corp: app.corp)
        return described
    }

    private static func sayCredentials(_ settings: SimulatorSettings) {
        for app in settings.apps {
            let accounts = settings.accounts.filter { $0.app == app.alias }.map {
                "  open_kfid \($0.id)"
            }
            for account in accounts.isEmpty ? [""] : accounts {
                Terminal.line("corp_id \(app.corp)  secret \(app.secret)\(account)")
            }
        }
        Terminal.line(
            "callback token \(EmbeddedDefault.token)  aes_key \(EmbeddedDefault.aesKey)")
    }
}
