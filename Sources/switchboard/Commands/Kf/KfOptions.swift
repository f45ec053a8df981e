import ArgumentParser
import Boundary
import ChatModel
import CurlTransport
import Foundation
import Operations
import RuleFiles
import WeComKF

/// Whose calls they are, and how their results are told.
struct KfOptions: ParsableArguments {
    @Option(help: "The configuration. Default: switchboard.yml, if it is here.")
    var config: String?

    @Option(help: "The app's alias, where several are configured.")
    var app: String?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var languageOptions: LanguageOptions

    /// Does `work` as the app the options mean.
    ///
    /// - Parameters:
    ///   - account: The account it is about, as the command line names it: where several apps are
    ///     configured, it tells which one is meant.
    ///   - isRehearsal: Whether calls that change something are only written down. They are
    ///     printed when the work is done.
    func withPlatform<Value>(
        of account: String? = nil, isRehearsal: Bool = false,
        _ work: (KfPlatform) async throws -> Value
    ) async throws -> Value {
        let configuration = try configuration()
        let (corp, app) = try app(of: configuration, with: account)
        let transport = CurlTransport()
        defer { transport.shutDown() }
        var environment = Environment.live
        if configuration.clock == .simulator {
            let clock = SimulatorClock(base: corp.api, transport: transport)
            await clock.ask()
            environment = clock.environment
        }
        let trace = CallTrace()
        var clients = PlatformClients(
            secrets: SecretReader(),
            transport: PatientTransport(transport, changesSomething: false, trace: trace),
            environment: environment)
        let reads = try clients.client(of: app, in: corp)
        let rehearsal = isRehearsal ? Rehearsal() : nil
        let changes =
            if let rehearsal {
                WeComKFClient(
                    base: corp.api,
                    tokens: TokenKeeper(
                        corp: corp.id, base: corp.api, source: .secret({ "none" }),
                        transport: rehearsal, now: environment.now),
                    transport: rehearsal, environment: environment)
            } else {
                try clients.client(
                    of: app, in: corp,
                    over: PatientTransport(transport, changesSomething: true, trace: trace))
            }
        let platform = KfPlatform(
            accounts: app.accounts, reads: reads, changes: changes,
            isRehearsal: isRehearsal, format: format, language: languageOptions.language,
            now: environment.now())
        do {
            let value = try await work(platform)
            try rehearsal?.print(as: format)
            return value
        } catch let failure as PlatformFailure {
            throw CommandFailure(failure, at: corp.api, trace: trace)
        }
    }

    private func configuration() throws -> Configuration {
        if let config { return try ConfigurationReader.configuration(at: config) }
        if FileManager.default.fileExists(atPath: Self.usualFile) {
            return try ConfigurationReader.configuration(at: Self.usualFile)
        }
        return EmbeddedDefault.configuration(
            simulator: Self.usualSimulator, listen: .init(host: "127.0.0.1", port: 0), store: "",
            rules: "")
    }

    private static let usualFile = "switchboard.yml"
    /// Where 'serve' and 'simulate' put the simulator unless told otherwise.
    static let usualSimulator = "http://127.0.0.1:8090"

    private func app(
        of configuration: Configuration, with account: String?
    ) throws -> (Configuration.Corp, Configuration.App) {
        let apps = configuration.apps
        let names = apps.map(\.app.alias.rawValue)
        var wanted = app.map { name in apps.filter { $0.app.alias.rawValue == name } } ?? apps
        if app == nil, apps.count > 1, let account {
            // No two apps share an account.
            wanted = apps.filter { entry in
                entry.app.accounts.contains {
                    $0.key.rawValue == account || $0.value.rawValue == account
                }
            }
        }
        if let only = wanted.first, wanted.count == 1 { return only }
        throw CommandFailure(
            .usage,
            app.map { Bilingual(en: "there is no app '\($0)'", zh: "没有应用「\($0)」") }
                ?? Bilingual(en: "several apps are configured", zh: "配置里有几个应用"),
            cure: Bilingual(
                en: "--app takes one of: \(names.joined(separator: ", "))",
                zh: "--app 可以写：\(names.joined(separator: "、"))"))
    }
}

/// The account a call is about.
struct KfAccountOption: ParsableArguments {
    @Option(help: "The account's alias or open_kfid. Default: the only one.")
    var account: String?
}

/// Trying a change without making it.
struct KfDryRunOption: ParsableArguments {
    @Flag(help: "Print the calls that would change something; make none.")
    var dryRun = false
}

/// The platform, as one app may call it.
struct KfPlatform {
    /// The accounts the configuration names.
    let accounts: [AccountAlias: OpenKfID]
    /// For calls that only read.
    let reads: WeComKFClient
    /// For calls that change something: in a rehearsal none is made.
    let changes: WeComKFClient
    let isRehearsal: Bool
    let format: OutputFormat
    let language: MessageLanguage
    /// When the command began, on the platform's clock.
    let now: Timestamp

    /// The account called `name`, an alias or an id; the only one without a name.
    func account(_ name: String?) throws -> OpenKfID {
        if let name {
            if let id = accounts[AccountAlias(name)] { return id }
            // Accounts made a moment ago aren't in the configuration yet.
            if name.hasPrefix("wk") || accounts.values.contains(OpenKfID(name)) {
                return OpenKfID(name)
            }
        } else if let only = accounts.first, accounts.count == 1 {
            return only.value
        }
        let aliases = accounts.keys.map(\.rawValue).sorted()
        throw CommandFailure(
            .usage,
            name.map { Bilingual(en: "there is no account '\($0)'", zh: "没有账号「\($0)」") }
                ?? Bilingual(en: "several accounts are configured", zh: "配置里有几个账号"),
            cure: Bilingual(
                en: "an open_kfid (wk…), or one of: \(aliases.joined(separator: ", "))",
                zh: "可以写 open_kfid（wk 开头），或：\(aliases.joined(separator: "、"))"))
    }

    /// The customer's conversation with the account called `account`.
    func conversation(_ customer: String, _ account: String?) throws -> ConversationID {
        ConversationID(account: try self.account(account), customer: ExternalUserID(customer))
    }

    /// What the configuration calls an account.
    func alias(of id: OpenKfID) -> String? {
        accounts.filter { $0.value == id }.keys.map(\.rawValue).min()
    }

    /// Tells how a change ended; nothing of one that was only rehearsed.
    func done(_ message: Bilingual, json: some Encodable) throws {
        if !isRehearsal { try tell(message, json: json) }
    }

    /// Tells what is so, as JSON or in words.
    func tell(_ message: Bilingual, json: some Encodable) throws {
        switch format {
        case .json: try Terminal.json(json)
        case .text: Terminal.say(message, in: language)
        }
    }

    /// Tells rows as JSON or as a table, or in words that there are none.
    func list(_ rows: [some Encodable], none: Bilingual, _ table: () -> TextTable) throws {
        switch format {
        case .json: try Terminal.json(rows)
        case .text:
            if rows.isEmpty { return Terminal.say(none, in: language) }
            Terminal.report(table().text(in: language))
        }
    }
}

extension CommandFailure {
    /// A call the platform refused, or that never reached it.
    ///
    /// - Parameters:
    ///   - base: The platform's address.
    ///   - trace: The calls that were made.
    init(_ failure: PlatformFailure, at base: String, trace: CallTrace) {
        let platform = URLComponents(string: base).flatMap(CallTrace.host)
        let host = trace.host ?? base
        // Tokens may come from elsewhere.
        let isPlatform = host == platform || trace.host == nil
        let hint = failure.hint.map { ", hint \($0)" } ?? ""
        var message: Bilingual
        if let code = failure.code {
            let refused =
                failure.isRefusedHere
                ? Bilingual(en: "", zh: "没有发出：")
                : isPlatform
                    ? Bilingual(en: "", zh: "平台不接受：")
                    : Bilingual(
                        en: "the token service \(host): ", zh: "token 服务 \(host) 不给：")
            message =
                refused
                + Bilingual(
                    en: "\(failure.words.en) (\(code)\(hint))",
                    zh: "\(failure.words.zh)（\(code)\(hint)）")
        } else {
            message = Bilingual(
                en: "\(host): \(failure.words.en)", zh: "\(host)：\(failure.words.zh)")
        }
        if failure.code == nil, trace.doubtful != nil {
            message =
                message
                + Bilingual(en: "; it may have been carried out", zh: "；也可能已经做了")
        }
        self.init(
            failure.isRefusedHere ? .usage : .platform, message,
            cure: Self.cure(of: failure, at: base, isPlatform: isPlatform, trace: trace))
    }

    private static func cure(
        of failure: PlatformFailure, at base: String, isPlatform: Bool, trace: CallTrace
    ) -> Bilingual? {
        if failure.code == nil {
            if let doubtful = trace.doubtful { return doubtful.cure }
            if !isPlatform {
                return Bilingual(
                    en: "see whether the service under 'access_token' runs",
                    zh: "看看 access_token 写的服务有没有在运行")
            }
            guard base == KfOptions.usualSimulator else { return nil }
            return Bilingual(
                en: "start 'switchboard serve' or 'switchboard simulate', or name a configuration "
                    + "with --config",
                zh: "先启动 switchboard serve 或 switchboard simulate，或用 --config 写配置文件")
        }
        if failure.handling == .wait {
            return Bilingual(en: "try again in a minute", zh: "过一分钟再试")
        }
        if failure.code == 48007 {
            return Bilingual(
                en: "tick the account for this app in the admin console",
                zh: "在管理后台把这个账号授权给这个应用")
        }
        // The number for a repeated msgid is not published (wecom-kf reference §9.2).
        if !failure.isDocumented, trace.path == "kf/send_msg" {
            return Bilingual(
                en: "if a message of this msgid was sent before, the platform has that one",
                zh: "如果用这个 msgid 发过，那一条平台已经收下了")
        }
        return nil
    }
}
