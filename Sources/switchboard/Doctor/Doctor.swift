import Boundary
import CallbackCrypto
import ChatModel
import Foundation
import Operations
import RuleFiles

/// Looks at everything a bot needs, in the order in which one thing rests on another.
struct Doctor {
    let configuration: Configuration
    /// The apps asked about.
    let apps: [(corp: Configuration.Corp, app: Configuration.App)]
    /// Whether the platform is left alone.
    let isOffline: Bool
    /// A callback that an operator handed in.
    let callback: (source: String, text: CallbackText)?
    let transport: any HTTPTransport
    /// The bot's clock.
    let environment: Environment
    let secrets = SecretReader()

    /// How `corp/app` is written.
    static func name(_ corp: Configuration.Corp, _ app: Configuration.App) -> String {
        "\(corp.alias)/\(app.alias)"
    }

    func findings() async -> [DoctorFinding] {
        let store = await StoreVisit(
            path: configuration.store, rules: configuration.rules, accounts: accounts,
            environment: environment
        ).record()
        var findings = settings() + (await server(store.holder)) + store.findings + callbacks()
        if isOffline {
            findings.append(
                .skipped(
                    .reachable, "",
                    Bilingual(
                        en: "the platform was not asked (--offline)", zh: "没有问平台（--offline）")))
        } else {
            findings += await PlatformVisit(self, store: store).findings()
        }
        return findings
    }

    /// The accounts asked about.
    var accounts: [AccountAlias: OpenKfID] {
        apps.reduce(into: [:]) { all, entry in
            all.merge(entry.app.accounts) { first, _ in first }
        }
    }

    // MARK: Settings

    private func settings() -> [DoctorFinding] {
        var places = apps.flatMap { corp, app in
            let name = Self.name(corp, app)
            let credential = app.credential.secret.map { [("\(name): \($0.key)", $0.secret)] } ?? []
            return credential + [("\(name): token", app.token), ("\(name): aes_key", app.aesKey)]
        }
        for (operation, call) in configuration.calls.sorted(by: { $0.key < $1.key }) {
            if let secret = call.secret { places.append(("calls: \(operation): secret", secret)) }
        }
        var findings: [DoctorFinding] = []
        for (place, secret) in places {
            do {
                _ = try secrets.value(of: secret, for: place)
            } catch let failure as CommandFailure {
                findings.append(.secret(place, failure.message, cure: failure.cure))
            } catch {
                findings.append(
                    .secret(place, Bilingual(en: "can't be read", zh: "读不了"), cure: nil))
            }
        }
        if findings.isEmpty {
            findings.append(
                .well(
                    .secrets, "",
                    Bilingual(
                        en: "all \(places.count) secrets can be had", zh: "\(places.count) 个密钥都能读到")
                ))
        }
        let files = Set(
            places.compactMap { if case .file(let path) = $0.1 { path } else { nil } })
        findings += files.sorted().compactMap { path in
            FileMode.of(path).map { .rights(.secretFiles, path, mode: $0) }
        }
        for (corp, app) in apps {
            do throws(CallbackKeyError) {
                _ = try key(of: app, corp)
            } catch {
                findings.append(.callbackKey(Self.name(corp, app), error.description))
            }
        }
        return findings
    }

    /// What opens an app's callbacks; `nil` where a secret can't be had.
    private func key(
        of app: Configuration.App, _ corp: Configuration.Corp
    ) throws(CallbackKeyError) -> CallbackKey? {
        guard let token = try? secrets.value(of: app.token, for: "token"),
            let aesKey = try? secrets.value(of: app.aesKey, for: "aes_key")
        else { return nil }
        return try CallbackKey(
            token: token, encodingAESKey: aesKey, receiveID: corp.id.rawValue)
    }

    // MARK: Callbacks

    /// Tries what was refused with the settings of every app, also of those not asked about.
    private func callbacks() -> [DoctorFinding] {
        let all = configuration.apps.compactMap { corp, app -> CallbackSettings? in
            guard let key = try? key(of: app, corp) else { return nil }
            return CallbackSettings(
                name: Self.name(corp, app), alias: app.alias, corp: corp.alias, key: key)
        }
        let corps = configuration.corps.map { (alias: $0.alias, id: $0.id) }
        let asked = Set(apps.map(\.app.alias))
        if let callback {
            let alias = callback.text.alias ?? (asked.count == 1 ? asked.first : nil)
            guard let own = all.first(where: { $0.alias == alias }) else {
                return [
                    .skipped(
                        .recorded, callback.source,
                        Bilingual(
                            en: "nothing says whose callback it is: name the app with --app",
                            zh: "看不出是哪个应用的回调，用 --app 写明"))
                ]
            }
            let trial = callback.text.trial(
                of: own, among: all, corps: corps, source: callback.source, receivedAt: nil)
            return DoctorFinding.callbacks(of: own.name, trials: [trial])
        }
        return all.filter { asked.contains($0.alias) }.flatMap { own in
            let kept = RefusedCallbacks(store: configuration.store, app: own.alias).requests
            let trials = kept.map { request in
                let at = Timestamp(milliseconds: request.at)
                return CallbackText(query: request.query, body: request.body).trial(
                    of: own, among: all, corps: corps,
                    source: "\(LocalTime.text(at)) +08:00", receivedAt: at)
            }
            return DoctorFinding.callbacks(of: own.name, trials: trials)
        }
    }

    // MARK: Server

    /// How `/readyz` calls a check of an endpoint that is blocked.
    private static let blockPrefix = "quota "

    private func server(_ holder: Bilingual?) async -> [DoctorFinding] {
        let running = DoctorFinding.server(holder: holder)
        guard let holder,
            let address = holder.en.firstMatch(of: /listening on (\S+), since/)?.1,
            let listen = Configuration.Listen(String(address))
        else { return [running] }
        guard listen.port != 0 else {
            return [
                running,
                .skipped(
                    .ready, listen.text,
                    Bilingual(
                        en: "the system chose its port, so nothing tells where to ask",
                        zh: "端口是系统选的，不知道去哪里问")),
            ]
        }
        // Everywhere is no address to call; this machine is part of it.
        let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][listen.host] ?? listen.host
        let place = "http://\(Configuration.Listen(host: host, port: listen.port).text)/readyz"
        return [running] + (await readiness(at: place))
    }

    private func readiness(at place: String) async -> [DoctorFinding] {
        struct Page: Decodable {
            struct Check: Decodable {
                var name: String
                var ok: Bool
                var detail: String
                /// The platform's, where it refused.
                var code: Int?

                var words: Bilingual {
                    code.map {
                        PlatformFailure(code: $0, handling: .drop, meaning: detail).words
                    } ?? Bilingual(en: detail, zh: ReadinessProbe.chinese(detail))
                }
            }
            var checks: [Check]
        }
        do throws(TransportError) {
            let response = try await transport.response(
                to: HTTPRequest(method: .get, url: place, timeout: .seconds(5)))
            guard let page = try? JSONDecoder().decode(Page.self, from: Data(response.body)) else {
                return [.silent(at: place, "HTTP \(response.status)")]
            }
            let failing = page.checks.filter { !$0.ok }.map { (name: $0.name, detail: $0.words) }
            let blocks = page.checks.filter { $0.name.hasPrefix(Self.blockPrefix) }
            return [.ready(at: place, failing: failing)]
                + blocks.map {
                    .blocked(String($0.name.dropFirst(Self.blockPrefix.count)), $0.words)
                }
        } catch {
            return [.silent(at: place, error.reason)]
        }
    }
}

/// The permission bits of files.
enum FileMode {
    /// Of the file at `path`, links followed; `nil` where there is none.
    static func of(_ path: String) -> Int? {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }
}
