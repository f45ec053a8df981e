package import Boundary
package import ChatModel

/// An app's access token, ready for a URL; never printed.
struct AccessToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The token, percent-encoded.
    let percentEncoded: String

    var description: String { "AccessToken(…)" }
    var debugDescription: String { description }
}

/// Keeps one app's access token (wecom-kf reference §2).
///
/// One for each corp and secret: apps that share both share the keeper. `gettoken` is called by one
/// caller at a time, at the first need, 5 minutes before the token
/// expires, and after the platform refused it. A wrong secret, asked often, bars the whole IP
/// address for an hour; so a refusal is remembered and answered from memory:
///
/// | `gettoken` answered | asked again after |
/// |---|---|
/// | corp id or secret wrong or missing (40001, 40013, 40091, 41002, 41004) | 60 s, doubling to 1 h; at once when the secret is another |
/// | anything else the platform refuses, also a token refused as soon as it was fetched | 60 s |
/// | −1, 6000, 45033, or no answer | 1 s |
package actor TokenKeeper {
    /// Where tokens come from.
    package enum Source: Sendable {
        /// `gettoken` with the app's secret, asked for each time; `nil` when it can't be had.
        case secret(@Sendable () -> String?)
        /// Somebody else's: see ``TokenHook``.
        case hook(TokenHook)
    }

    /// The first pause after a refusal, and the longest.
    static let firstPause: Duration = .seconds(60), longestPause: Duration = .seconds(3600)
    /// The pause after a failure that may pass by itself.
    static let shortPause: Duration = .seconds(1)
    /// How long before its end a token is replaced.
    private static let margin: Int64 = 300
    /// Codes that say the corp id or the secret is wrong.
    private static let credentialCodes: Set = [40001, 40013, 40091, 41002, 41004]

    private let corp: CorpID
    private let base: String
    private let source: Source
    private let transport: any HTTPTransport
    private let now: @Sendable () -> Timestamp

    private var cached: (token: AccessToken, freshUntil: Timestamp)?
    private var fetching: Task<Result<AccessToken, PlatformFailure>, Never>?
    private var refusal: Refusal?
    /// Whether the last token was refused by the platform before its time: told to a hook.
    private var wasRefused = false

    private struct Refusal {
        var failure: PlatformFailure
        var until: Timestamp
        /// The pause that led to `until`; the next one is twice as long.
        var pause: Duration
        var secret: String?
    }

    /// A keeper without a token; nothing is asked for before the first need.
    ///
    /// - Parameters:
    ///   - corp: The corp the app belongs to.
    ///   - base: Scheme and host, e.g. `https://qyapi.weixin.qq.com`; `/cgi-bin/…` is appended.
    ///   - source: Where tokens come from.
    ///   - transport: Performs `gettoken`. Its URL holds the secret.
    ///   - now: The clock a token's age is read from.
    package init(
        corp: CorpID, base: String, source: Source, transport: any HTTPTransport,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.corp = corp
        self.base = base.withoutTrailingSlashes
        self.source = source
        self.transport = transport
        self.now = now
    }

    /// A token that is fresh as far as we know.
    func token() async throws(PlatformFailure) -> AccessToken {
        if let cached, now() < cached.freshUntil { return cached.token }
        if let fetching { return try await fetching.value.get() }
        let secret = secret
        if let refusal, now() < refusal.until, refusal.secret == secret { throw refusal.failure }
        if case .secret = source, secret?.isEmpty ?? true {
            throw .notSent(41004, "the app's secret is not set; check its variable or file")
        }
        // Unstructured, so that a caller who gives up doesn't take the token from the others.
        let task = Task { await fetch(secret: secret) }
        fetching = task
        return try await task.value.get()
    }

    /// Forgets `token`, and no other: a slow call may fail with a token replaced long ago.
    func invalidate(_ token: AccessToken) {
        guard cached?.token == token else { return }
        cached = nil
        wasRefused = true
    }

    private var secret: String? {
        if case .secret(let provider) = source { provider() } else { nil }
    }

    /// A fresh token was refused as well: forgets it, and asks for none for a while.
    ///
    /// - Returns: The failure to throw: `failure`, to be handled as `stop`.
    func refuse(_ token: AccessToken, after failure: PlatformFailure) -> PlatformFailure {
        var failure = failure
        failure.handling = .stop
        failure.meaning += "; a fresh access token was refused as well"
        if cached?.token == token {
            cached = nil
            remember(failure, secret: secret)
        }
        return failure
    }

    private func fetch(secret: String?) async -> Result<AccessToken, PlatformFailure> {
        defer { fetching = nil }
        do throws(PlatformFailure) {
            let grant =
                switch source {
                case .secret: try await granted(secret: secret ?? "")
                case .hook(let hook): try await hook.token(wasRefused).get()
                }
            guard !grant.token.isEmpty else { throw .noAnswer("an empty access_token") }
            let token = AccessToken(percentEncoded: grant.token.percentEncoded)
            // A very short life must not turn every call into two.
            let granted = min(max(grant.seconds, 0), 7200)
            let life = max(granted - Self.margin, granted / 2, 60)
            cached = (token, now() + .seconds(life))
            refusal = nil
            wasRefused = false
            return .success(token)
        } catch {
            var failure = error
            // There is no token to refresh: the platform can only mean the request itself.
            if failure.handling == .refresh { failure.handling = .stop }
            remember(failure, secret: secret)
            return .failure(failure)
        }
    }

    /// `gettoken`.
    private func granted(secret: String) async throws(PlatformFailure) -> GrantedToken {
        let request = HTTPRequest(
            method: .get,
            url: "\(base)/cgi-bin/gettoken?corpid=\(corp.rawValue.percentEncoded)"
                + "&corpsecret=\(secret.percentEncoded)", largestResponse: 1 << 16)
        let answer = try await ReplyReader.fields(
            of: request, from: transport, read: WireValue.members)
        guard let token = answer["access_token"].text else {
            throw .noAnswer("gettoken without access_token")
        }
        return GrantedToken(
            token: token, seconds: Int64(answer["expires_in"].integer ?? 7200))
    }

    private func remember(_ failure: PlatformFailure, secret: String?) {
        let pause: Duration
        if failure.code == nil || failure.handling == .retry {
            pause = Self.shortPause
        } else if let code = failure.code, Self.credentialCodes.contains(code),
            let refusal, refusal.failure.code == code, refusal.secret == secret
        {
            pause = min(refusal.pause * 2, Self.longestPause)
        } else {
            pause = Self.firstPause
        }
        refusal = Refusal(failure: failure, until: now() + pause, pause: pause, secret: secret)
    }
}
