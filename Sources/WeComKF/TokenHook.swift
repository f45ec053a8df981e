package import Boundary
package import ChatModel

/// An access token and how long it lives.
package struct GrantedToken: Sendable {
    /// At most 512 bytes; a secret.
    package var token: String
    /// Seconds it lives from now.
    package var seconds: Int64

    /// A token that lives for so many seconds.
    package init(token: String, seconds: Int64) {
        self.token = token
        self.seconds = seconds
    }
}

/// Tokens that somebody else gets: those of third-party and 代开发 apps come of the provider's suite,
/// whose tickets this program never sees (wecom-kf reference §2.2).
///
/// The provider's own service answers with a token of the authorised corp. It is asked by one
/// caller at a time, before the last one ends, and when the platform refused the last one.
package struct TokenHook: Sendable {
    /// Gives a token; `true` when the platform refused the last one before its time, so that one
    /// kept in a cache must not be given again.
    package var token: @Sendable (Bool) async -> Result<GrantedToken, PlatformFailure>

    /// A hook.
    package init(
        token: @escaping @Sendable (Bool) async -> Result<GrantedToken, PlatformFailure>
    ) {
        self.token = token
    }

    /// A hook that asks a service: `GET url`, with `refused=1` when the last token was refused.
    ///
    /// The service answers `{"access_token":"…","expires_in":7200}`, as `gettoken` does;
    /// an `errcode` other than 0 is a refusal.
    ///
    /// - Parameters:
    ///   - url: With its scheme.
    ///   - header: The secret by which the service knows us, read anew for every request, and `nil`
    ///     while it can't be had; itself `nil` for a service that wants none.
    ///   - transport: Performs the request.
    package static func service(
        url: String, header: (@Sendable () -> HTTPRequest.Header?)?, transport: any HTTPTransport
    ) -> TokenHook {
        TokenHook { wasRefused in
            let secret = header?()
            if header != nil, secret == nil {
                return .failure(.tokenService("the secret it wants can't be read"))
            }
            let mark = url.contains("?") ? "&" : "?"
            let request = HTTPRequest(
                method: .get, url: wasRefused ? url + mark + "refused=1" : url,
                headers: secret.map { [$0] } ?? [], largestResponse: 1 << 16)
            do throws(PlatformFailure) {
                return .success(try await answer(to: request, from: transport))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func answer(
        to request: HTTPRequest, from transport: any HTTPTransport
    ) async throws(PlatformFailure) -> GrantedToken {
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.response(to: request)
        } catch {
            throw .tokenService(error.reason)
        }
        guard response.status == 200 else {
            throw .tokenService("HTTP status \(response.status)")
        }
        let answer: WireValue
        do throws(JSONScanner.SyntaxError) {
            answer = try JSONScanner.reading(response.body) {
                (json) throws(JSONScanner.SyntaxError) in
                var json = json
                let value = try WireValue(reading: &json)
                try json.end()
                return value
            }
        } catch {
            throw .tokenService(error.reason)
        }
        if let code = answer["errcode"].integer, code != 0 {
            throw PlatformFailure(code: code, errmsg: answer["errmsg"].text ?? "")
        }
        guard let token = answer["access_token"].text else {
            throw .tokenService("no access_token in its answer")
        }
        return GrantedToken(token: token, seconds: Int64(answer["expires_in"].integer ?? 7200))
    }
}

extension PlatformFailure {
    /// The token service gave nothing that can be used; the platform was not asked.
    fileprivate static func tokenService(_ what: String) -> PlatformFailure {
        PlatformFailure(
            code: nil, handling: .retry, meaning: "not sent, the token service failed: \(what)")
    }
}
