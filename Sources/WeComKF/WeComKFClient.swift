package import Boundary
import ChatModel
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
    ///   - base: Scheme and host, e.g. `https://qyapi.weixin.qq.com`; `/cgi-bin/…` is appended.
    ///   - tokens: Keeps the app's access token.
    ///   - transport: Performs the calls. URLs it is given hold the secret or a token.
    ///   - environment: The clock of statistics and uploads, and the hash that names a row without
    ///     a msgid.
    package init(
        base: String, tokens: TokenKeeper, transport: any HTTPTransport, environment: Environment
    ) {
        self.base = base.withoutTrailingSlashes
        self.tokens = tokens
        self.transport = transport
        self.environment = environment
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
            customers: { (ids, withEntrance) async throws(PlatformFailure) in
                try await customers(ids, withEntrance: withEntrance)
            },
            upgrade: { (conversation, upgrade) async throws(PlatformFailure) in
                if let upgrade {
                    try await self.upgrade(conversation, to: upgrade)
                } else {
                    try await cancelUpgrade(of: conversation)
                }
            },
            upload: { (file) async throws(PlatformFailure) in try await upload(file) },
            download: { (id) async throws(PlatformFailure) in try await download(id) },
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
        let request = HTTPRequest(
            method: method, url: "\(base)/cgi-bin/\(path)", body: body,
            largestResponse: largestResponse)
        return try await authorized(request, query: query) {
            (request) async throws(PlatformFailure) in
            try await ReplyReader.fields(of: request, from: transport, read: read)
        }
    }

    /// Makes one call and gives the whole answer as a tree.
    func answer(
        _ method: HTTPRequest.Method, _ path: String, query: String = "", body: [UInt8] = [],
        largestResponse: Int = 8 << 20
    ) async throws(PlatformFailure) -> WireValue {
        try await call(
            method, path, query: query, body: body, largestResponse: largestResponse,
            read: WireValue.members)
    }

    /// Performs `exchange` with an access token in the request's query, and once more with a fresh
    /// one when the platform refuses the token; each is noted in the ``Boundary/CallRecord``
    /// around.
    ///
    /// - Parameters:
    ///   - request: The call; its URL has no query yet.
    ///   - query: What follows the access token, beginning with `&`; already percent-encoded.
    func authorized<Value>(
        _ request: HTTPRequest, query: String,
        _ exchange: (HTTPRequest) async throws(PlatformFailure) -> Value
    ) async throws(PlatformFailure) -> Value {
        var isRepeat = false
        while true {
            let token = try await token()
            var request = request
            request.url += "?access_token=\(token.percentEncoded)\(query)"
            CallRecord.current?.note(at: environment.now())
            do throws(PlatformFailure) {
                return try await exchange(request)
            } catch  where error.handling == .refresh {
                if isRepeat { throw await tokens.refuse(token, after: error) }
                await tokens.invalidate(token)
                isRepeat = true
            }
        }
    }
}

extension WeComKFClient {
    /// A token to call with; without one nothing leaves.
    private func token() async throws(PlatformFailure) -> AccessToken {
        do throws(PlatformFailure) {
            return try await tokens.token()
        } catch {
            var failure = error
            failure.wasSent = false
            throw failure
        }
    }
}

extension String {
    /// A base URL to which a path that begins with a slash can be appended.
    var withoutTrailingSlashes: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
