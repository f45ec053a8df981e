package import Boundary
package import ChatModel
import Routing

/// A client of the WeCom KF interface, for one app of one corp.
///
/// It fetches and refreshes the app's access token, checks the platform's byte limits before a
/// call is made, and turns every answer into a value or a ``ChatModel/PlatformFailure``. It
/// repeats a call only once, and only after a token error: whether a send may be repeated after
/// −1 or a time-out is for whoever keeps its `msgid`.
package struct WeComKFClient: Sendable {
    /// Scheme, host and port, without a slash at its end.
    let base: String
    let transport: any HTTPTransport
    let environment: Environment
    let tokens: TokenKeeper

    /// A client; no call is made before the first one asked for.
    ///
    /// - Parameters:
    ///   - corp: The corp the app belongs to.
    ///   - base: Scheme and host, e.g. `https://qyapi.weixin.qq.com`; `/cgi-bin/…` is appended.
    ///   - secret: The app's secret, asked for at each `gettoken`; `nil` when it can't be had.
    ///   - transport: Performs the calls. URLs it is given hold the secret or a token.
    ///   - environment: The clock a token's age is read from, and the hash that names a row
    ///     without a msgid.
    package init(
        corp: CorpID, base: String, secret: @escaping @Sendable () -> String?,
        transport: any HTTPTransport, environment: Environment
    ) {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        self.transport = transport
        self.environment = environment
        self.tokens = TokenKeeper(
            corp: corp, base: base, secret: secret, transport: transport, now: environment.now)
    }

    /// The calls, as the engine knows them.
    package var api: PlatformAPI {
        PlatformAPI(
            pull: { (request) async throws(PlatformFailure) in try await pull(request) },
            send: { (conversation, id, body) async throws(PlatformFailure) in
                try await send(body, id: id, to: conversation)
            },
            sendOnEvent: { (code, id, body) async throws(PlatformFailure) in
                try await send(body, id: id, on: code)
            },
            session: { (conversation) async throws(PlatformFailure) in
                try await session(of: conversation)
            },
            transfer: { (conversation, target) async throws(PlatformFailure) in
                try await transfer(conversation, to: target)
            },
            servicers: { (account) async throws(PlatformFailure) in
                try await servicers(of: account)
            },
            accounts: { () async throws(PlatformFailure) in try await accounts() },
            customers: { (ids) async throws(PlatformFailure) in try await customers(ids) },
            authenticate: { () async throws(PlatformFailure) in _ = try await tokens.token() })
    }

    /// Makes one call and hands the fields of a successful answer to `read`.
    ///
    /// A token error costs one fresh token and one repetition; a second one stops the app.
    ///
    /// - Parameters:
    ///   - method: How.
    ///   - path: Below `/cgi-bin/`.
    ///   - query: What follows the access token, beginning with `&`; already percent-encoded.
    ///   - body: The JSON to send; empty for none.
    ///   - largestResponse: The longest answer accepted, in bytes.
    ///   - read: Reads the whole answer.
    func call<Fields>(
        _ method: HTTPRequest.Method, _ path: String, query: String = "", body: [UInt8] = [],
        largestResponse: Int = 1 << 20,
        read: (inout ReplyReader) throws(JSONScanner.SyntaxError) -> Fields
    ) async throws(PlatformFailure) -> Fields {
        var isRepeat = false
        while true {
            let token = try await tokens.token()
            let request = HTTPRequest(
                method: method,
                url: "\(base)/cgi-bin/\(path)?access_token=\(token.percentEncoded)\(query)",
                body: body, largestResponse: largestResponse)
            do throws(PlatformFailure) {
                return try await ReplyReader.fields(of: request, from: transport, read: read)
            } catch  where error.handling == .refresh {
                if isRepeat { throw await tokens.refuse(token, after: error) }
                await tokens.invalidate(token)
                isRepeat = true
            }
        }
    }
}
