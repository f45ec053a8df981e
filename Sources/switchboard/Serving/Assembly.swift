import Actions
import Boundary
import CallbackCrypto
import ChatModel
import CurlTransport
import Engine
import Foundation
import Logging
import Operations
import Routing
import RuleFiles
import SQLiteStore
import ServiceLifecycle
import WeComKF
import WebServer

/// All the wiring of a bot, in one place: configuration in, services out.
struct Assembly {
    let store: SQLiteStore
    let engine: Engine
    /// Fetches what customers send.
    let media: MediaFetcher
    /// Asks who customers are.
    let profiles: ProfileFetcher
    let web: WebServer

    /// Held for as long as the bot may run.
    private let lock: ServerLock

    /// Wires a bot; nothing runs yet.
    ///
    /// - Parameters:
    ///   - configuration: What it serves, and where.
    ///   - environment: Its clock, chance and hash.
    ///   - transport: Makes the platform's calls.
    ///   - companyTransport: Makes the calls to the company's own systems: another client, so that
    ///     neither waits for the other's connections.
    ///   - logger: What the operator reads.
    ///   - onListening: Called with the port once callbacks can come.
    /// - Throws: ``CommandFailure`` for a secret that can't be had or is malformed, a folder that
    ///   is missing, and another process that serves already; ``Boundary/StoreError`` for a store
    ///   that can't be opened.
    init(
        _ configuration: Configuration, environment: Environment,
        transport: any HTTPTransport, companyTransport: any HTTPTransport, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) throws {
        let secrets = SecretReader()
        try Self.check(configuration, secrets)
        let company = CompanyClient(
            endpoints: try Self.endpoints(of: configuration.calls, secrets: secrets),
            transport: companyTransport)
        let lock = try ServerLock(
            store: configuration.store,
            who: "listening on \(configuration.listen.text), since "
                + "\(LocalTime.text(environment.now())) +08:00")
        let store = try SQLiteStore(path: configuration.store, hash: Environment.live.shortHash)
        let gate = QuotaGate(configuration.quotas, environment: environment)
        var apps: [Engine.App] = []
        var fetching: [FetchedApp] = []
        var libraries: [CorpID: MediaLibrary] = [:]
        var keys: [(AppAlias, CallbackKey)] = []
        var clients = PlatformClients(
            secrets: secrets, transport: transport, environment: environment)
        for (corp, app) in configuration.apps {
            keys.append((app.alias, try Self.key(of: app, corp: corp, secrets: secrets)))
            let api = try clients.client(of: app, in: corp).api
            // The engine meters its own calls; these are made beside it.
            let metered = api.metered(by: gate, as: corp.id, now: environment.now)
            let library =
                libraries[corp.id]
                ?? MediaLibrary(corp: corp.id, store: store, now: environment.now)
            libraries[corp.id] = library
            apps.append(
                Engine.App(
                    alias: app.alias, corp: corp.id,
                    api: api.sending(filesOf: library, through: metered),
                    accounts: app.accounts))
            fetching.append(.init(api: metered, accounts: Array(app.accounts.values)))
        }

        media = MediaFetcher(
            apps: fetching, store: store, retention: configuration.mediaRetention,
            environment: environment, logger: logger)
        profiles = ProfileFetcher(
            apps: fetching, store: store, environment: environment, logger: logger)
        let engine = Engine(
            apps: apps, company: company.api, store: store, environment: environment,
            firstStart: configuration.firstStart, gate: gate, logger: logger)
        var options = WebServer.Options()
        options.host = configuration.listen.host
        options.port = configuration.listen.port
        let readiness = ReadinessProbe(
            apps: apps, store: store, engine: engine, environment: environment)
        let refused = RefusedCallbackRecorder(store: configuration.store)
        self.lock = lock
        self.store = store
        self.engine = engine
        web = WebServer(
            options: options,
            apps: keys.map { alias, key in
                CallbackApp(
                    alias: alias, key: key,
                    onGrants: {
                        engine.accountsChanged(
                            of: alias, granted: $0.granted, withdrawn: $0.withdrawn)
                    }
                ) { notice in
                    engine.wake(
                        alias,
                        by: WakeUp(
                            account: notice.account, token: notice.token,
                            createdAt: notice.createdAt))
                }
            }, now: environment.now, readiness: { await readiness.readiness() },
            metrics: { QuotaMetrics.text(await engine.quotas(), now: environment.now()) },
            logger: logger,
            onListening: onListening, onRefused: { refused.record($0) })
    }

    /// Looks for everything that must be there, so that one run names all that is missing.
    private static func check(_ configuration: Configuration, _ secrets: SecretReader) throws {
        let ofApps = configuration.apps.flatMap { corp, app in
            let credential = app.credential.secret.map { [($0.key, $0.secret)] } ?? []
            return (credential + [("token", app.token), ("aes_key", app.aesKey)]).map {
                (secret: $1, what: "\(corp.alias)/\(app.alias): \($0)")
            }
        }
        let ofCalls = configuration.calls.sorted { $0.key < $1.key }.compactMap { name, call in
            call.secret.map { (secret: $0, what: "calls: \(name): secret") }
        }
        var failures = secrets.missing(ofApps + ofCalls)
        let folder = URL(fileURLWithPath: configuration.store).deletingLastPathComponent().path
        if !FileManager.default.fileExists(atPath: folder) {
            failures.append(
                CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "the folder \(folder) of the database does not exist",
                        zh: "找不到放数据库的文件夹 \(folder)"),
                    cure: Bilingual(
                        en: "create it, or name another 'store'", zh: "建好它，或者改写配置里的 store")))
        }
        guard let first = failures.first else { return }
        if failures.count == 1 { throw first }
        throw CommandFailure(
            .unreadable,
            Bilingual(
                en: "\(failures.count) things are missing\n"
                    + failures.map { "  \($0.message.en)" }.joined(separator: "\n"),
                zh: "缺 \(failures.count) 样东西\n"
                    + failures.map { "  \($0.message.zh)" }.joined(separator: "\n")),
            cure: Bilingual(
                en: "set or create them, or name other places in the configuration",
                zh: "补上它们，或者在配置里改写别的位置"))
    }

    private static func endpoints(
        of calls: [CompanyOperation: Configuration.Call], secrets: SecretReader
    ) throws -> [CompanyOperation: CompanyEndpoint] {
        var endpoints: [CompanyOperation: CompanyEndpoint] = [:]
        for (name, call) in calls {
            let secret = try call.secret.map { place in
                let value = try secrets.value(of: place, for: "calls: \(name): secret")
                let header = HTTPRequest.Header(call.header, secret: value)
                guard header.isSendable else {
                    throw CommandFailure(
                        .unreadable,
                        Bilingual(
                            en: "calls: \(name): secret: it holds a line end or the like",
                            zh: "calls: \(name): secret：里面有换行之类的字符"),
                        cure: Bilingual(
                            en: "a secret that goes in a header is one line",
                            zh: "放在请求头里的密钥只能有一行"))
                }
                return header
            }
            endpoints[name] = CompanyEndpoint(
                method: call.method == .get ? .get : .post, url: call.url, secret: secret,
                answer: call.answer, tries: call.tries)
        }
        return endpoints
    }

    private static func key(
        of app: Configuration.App, corp: Configuration.Corp, secrets: SecretReader
    ) throws -> CallbackKey {
        let place = "\(corp.alias)/\(app.alias)"
        let token = try secrets.value(of: app.token, for: "\(place): token")
        let aesKey = try secrets.value(of: app.aesKey, for: "\(place): aes_key")
        do {
            return try CallbackKey(
                token: token, encodingAESKey: aesKey, receiveID: corp.id.rawValue)
        } catch {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "\(place): \(error)", zh: "\(place)：\(error)"),
                cure: Bilingual(
                    en: "copy Token and EncodingAESKey again from the app's callback settings",
                    zh: "从应用的回调设置里重新复制 Token 和 EncodingAESKey"))
        }
    }
}

extension HTTPRequest.Header {
    /// The header a company's system knows us by: in `Authorization` a secret without a scheme of
    /// its own is a bearer's token; elsewhere it stands as it is.
    init(_ name: String, secret: String) {
        let isPlain = name == "Authorization" && !secret.contains(" ")
        self.init(name: name, value: isPlain ? "Bearer \(secret)" : secret)
    }
}

/// What `/readyz` asks: store, rules, tokens, and how far pulling is behind.
struct ReadinessProbe: Sendable {
    let apps: [Engine.App]
    let store: SQLiteStore
    let engine: Engine
    let environment: Environment

    /// A pull comes through at least once in ``AccountPuller``'s pace; three times that is late.
    static let longestSilence: Duration = .seconds(200)

    func readiness() async -> Readiness {
        var checks: [Readiness.Check] = []
        do throws(StoreError) {
            let version = try await store.activeVersionID()
            checks.append(.init(name: "store", ok: true))
            checks.append(
                .init(
                    name: "rules", ok: engine.version != nil && engine.version == version,
                    detail: engine.version?.rawValue ?? "nothing has been published"))
        } catch {
            checks.append(.init(name: "store", ok: false, detail: error.reason))
        }
        for app in apps { checks.append(await token(of: app)) }
        // A block ends by itself: worth knowing, and no reason to call the process unready.
        let blocks = await engine.quotas().filter { $0.blockedUntil != nil }
        checks += pulls(await engine.pullStatuses(), blocks)
        let now = environment.now()
        for block in blocks {
            guard let until = block.blockedUntil else { continue }
            checks.append(
                .init(
                    name: "quota \(block.corp) \(block.endpoint.path)", ok: true,
                    detail: "blocked for \(max(0, (until - now).components.seconds)) s more, "
                        + "\(block.waiting) waiting"))
        }
        return Readiness(checks: checks)
    }

    private func pulls(
        _ statuses: [OpenKfID: PullStatus], _ blocks: [QuotaStatus]
    ) -> [Readiness.Check] {
        let now = environment.now()
        let pull = PlatformEndpoint.pull
        let blockedCorps = Set(blocks.filter { $0.endpoint == pull }.map(\.corp))
        let blocked = Set(
            apps.filter { blockedCorps.contains($0.corp) }.flatMap(\.accounts.values))
        var checks: [Readiness.Check] = []
        for (account, status) in statuses.sorted(by: { $0.key < $1.key }) {
            let silence = status.pulledAt.map { now - $0 }
            let isRecent = silence.map { $0 < Self.longestSilence } ?? false
            checks.append(
                .init(
                    name: "pull \(account)",
                    ok: status.isBlocked
                        || status.problem == nil && (isRecent || blocked.contains(account)),
                    detail: status.problem
                        ?? silence.map { "\(max(0, $0.components.seconds)) s ago" }
                        ?? "not pulled yet", code: status.code))
        }
        // Pulls without a callback's token have a limit of their own, which the ledger leaves
        // alone.
        let alone = statuses.filter { $0.value.isBlocked && !blocked.contains($0.key) }.keys
        return checks
            + alone.sorted().map {
                .init(
                    name: "quota \($0) \(pull.path)", ok: true,
                    detail: "blocked, tried again in about a minute")
            }
    }

    /// What a check's detail says, in Chinese; as it is where it is somebody else's words.
    static func chinese(_ detail: String) -> String {
        if let block = detail.wholeMatch(of: /blocked for (\d+) s more, (\d+) waiting/) {
            return "平台还要限流 \(block.1) 秒，\(block.2) 个调用在等"
        }
        if let ago = detail.wholeMatch(of: /(\d+) s ago/) { return "\(ago.1) 秒前" }
        return [
            "blocked, tried again in about a minute": "被平台限流，大约一分钟后再试",
            "not pulled yet": "还没有拉取过", "nothing has been published": "还没有发布过规则",
        ][detail] ?? detail
    }

    private func token(of app: Engine.App) async -> Readiness.Check {
        do throws(PlatformFailure) {
            try await app.api.authenticate()
            return .init(name: "token \(app.alias)", ok: true)
        } catch {
            return .init(
                name: "token \(app.alias)", ok: false, detail: error.meaning, code: error.code)
        }
    }
}
