import Boundary
import ChatModel
import RuleFiles
import WeComKF

/// Makes the client of each configured app; apps that share a corp and a secret share its token.
struct PlatformClients {
    let secrets: SecretReader
    let transport: any HTTPTransport
    let environment: Environment
    private var keepers: [Key: TokenKeeper] = [:]

    private struct Key: Hashable {
        var base: String
        var corp: CorpID
        /// The app's secret, or the address of the service that gives its tokens.
        var credential: String
    }

    init(secrets: SecretReader, transport: any HTTPTransport, environment: Environment) {
        self.secrets = secrets
        self.transport = transport
        self.environment = environment
    }

    /// The client of `app`.
    ///
    /// - Parameter other: What performs its calls, but for its tokens; as they are with `nil`.
    /// - Throws: ``CommandFailure`` for a secret that can't be had.
    mutating func client(
        of app: Configuration.App, in corp: Configuration.Corp,
        over other: (any HTTPTransport)? = nil
    ) throws -> WeComKFClient {
        WeComKFClient(
            base: corp.api, tokens: try keeper(of: app, in: corp), transport: other ?? transport,
            environment: environment)
    }

    private mutating func keeper(
        of app: Configuration.App, in corp: Configuration.Corp
    ) throws -> TokenKeeper {
        let value = try app.credential.secret.map {
            try secrets.value(of: $0.secret, for: "\(corp.alias)/\(app.alias): \($0.key)")
        }
        let (source, credential) = try source(of: app, in: corp, secret: value)
        let key = Key(base: corp.api, corp: corp.id, credential: credential)
        if let keeper = keepers[key] { return keeper }
        let keeper = TokenKeeper(
            corp: corp.id, base: corp.api, source: source, transport: transport,
            now: environment.now)
        keepers[key] = keeper
        return keeper
    }

    private func source(
        of app: Configuration.App, in corp: Configuration.Corp, secret: String?
    ) throws -> (TokenKeeper.Source, credential: String) {
        switch app.credential {
        case .secret(let place):
            return (.secret(reading(place)), secret ?? "")
        case .service(let url, let place):
            let header = secret.map { HTTPRequest.Header("Authorization", secret: $0) }
            guard header?.isSendable ?? true else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "\(corp.alias)/\(app.alias): access_token: secret: it holds a line end "
                            + "or the like",
                        zh: "\(corp.alias)/\(app.alias)：access_token: secret：里面有换行之类的字符"),
                    cure: Bilingual(
                        en: "a secret that goes in a header is one line",
                        zh: "放在请求头里的密钥只能有一行"))
            }
            let read = place.map { place in
                let read = reading(place)
                return { @Sendable () -> HTTPRequest.Header? in
                    read().map { HTTPRequest.Header("Authorization", secret: $0) }
                        .flatMap { $0.isSendable ? $0 : nil }
                }
            }
            return (
                .hook(.service(url: url, header: read, transport: transport)),
                url + "\n" + (secret ?? "")
            )
        }
    }

    /// Reads a secret anew at every need, so that one that is changed while the server runs is
    /// taken up; `nil` while it can't be had.
    private func reading(_ place: Secret) -> @Sendable () -> String? {
        { [secrets] in try? secrets.value(of: place, for: "") }
    }
}
