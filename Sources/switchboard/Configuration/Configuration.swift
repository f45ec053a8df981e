import Boundary
import ChatModel
import Routing

/// What `switchboard.yml` says, checked and complete; secrets are named here, not held.
struct Configuration: Hashable, Sendable {
    var corps: [Corp]
    /// Where callbacks and health checks are served.
    var listen: Listen
    /// The database file.
    var store: String
    /// The folder of rule files, published by itself only into an empty store.
    var rules: String
    var firstStart: FirstStart
    /// How often the platform may be called, by all apps together.
    var quotas: QuotaLimits
    var clock: Clock
    /// How long what customers send is kept.
    var mediaRetention: Duration = .seconds(30 * 86_400)
    /// The company's own systems that flows may call.
    var calls: [CompanyOperation: Call] = [:]

    struct Corp: Hashable, Sendable {
        var alias: String
        var id: CorpID
        /// Scheme and host of the platform.
        var api: String
        var apps: [App]
    }

    struct App: Hashable, Sendable {
        var alias: AppAlias
        var credential: Credential
        var token: Secret
        var aesKey: Secret
        var accounts: [AccountAlias: OpenKfID]
    }

    /// By what an app's access token is had.
    enum Credential: Hashable, Sendable {
        /// The app's own secret.
        case secret(Secret)
        /// A service that gives tokens: a third-party (代开发) app's come of the provider's suite.
        case service(url: String, secret: Secret?)

        /// The secret that must be there, and the key it is written under.
        var secret: (secret: Secret, key: String)? {
            switch self {
            case .secret(let secret): (secret, "secret")
            case .service(_, let secret): secret.map { ($0, "access_token: secret") }
            }
        }
    }

    /// Where an operation of a company's own system is, and how it is asked.
    struct Call: Hashable, Sendable {
        var method: Method
        var url: String
        /// Sent in ``header``.
        var secret: Secret?
        /// `Authorization`, or one that begins with `X-`.
        var header: String
        /// The names that lead to the part of the answer that is meant; empty for all of it.
        var answer: [String]
        /// How often it is tried at most.
        var tries: Int

        enum Method: String, CaseIterable {
            case post = "POST"
            case get = "GET"
        }
    }

    struct Listen: Hashable, Sendable {
        var host: String
        /// 0 lets the system choose.
        var port: Int

        /// As it is written: an IPv6 address stands in brackets.
        var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    enum Clock: String, Hashable, Sendable, CaseIterable {
        case system
        /// Follows the simulator's clock; only with a simulator on loopback.
        case simulator
    }

    /// The platform's own address.
    static let platform = "https://qyapi.weixin.qq.com"

    var apps: [(corp: Corp, app: App)] {
        corps.flatMap { corp in corp.apps.map { (corp, $0) } }
    }
}

extension Configuration.Listen {
    /// The address `text` means: `127.0.0.1:8080`, `localhost:0` or `[::1]:8080`; `nil` for
    /// anything else.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            // Without brackets nobody can tell where the port begins.
            return nil
        }
        if host.isEmpty { return nil }
        self.init(host: String(host), port: port)
    }
}

/// Where a secret is to be had: never in the configuration file itself.
enum Secret: Hashable, Sendable {
    /// An environment variable.
    case environment(String)
    /// A file, e.g. a systemd credential; one line end at its end is dropped.
    case file(String)
    /// Given by the program itself: the embedded demo's, which protects nothing.
    case embedded(String)

    /// How the configuration names it; never its value.
    var name: String {
        switch self {
        case .environment(let name): "{ env: \(name) }"
        case .file(let path): "{ file: \(path) }"
        case .embedded: "(built in)"
        }
    }
}
