import Boundary
import ChatModel
import Synchronization
import Testing
import WeComKF

/// An HTTP transport in memory: records what is asked and answers from a script.
///
/// `gettoken` answers itself, `TOKEN-1`, `TOKEN-2`, …, until the script says otherwise.
final class ScriptedTransport: HTTPTransport {
    typealias Answer = @Sendable (HTTPRequest) async -> Result<String, TransportError>

    private struct State {
        var requests: [HTTPRequest] = []
        var tokens = 0
    }

    private let state = Mutex(State())
    private let answer: Answer
    private let tokenAnswer: Answer?
    private let status: Int

    /// Answers every call but `gettoken` by `answer`; `gettoken` too when `token` is given.
    init(status: Int = 200, token: Answer? = nil, answer: @escaping Answer) {
        self.status = status
        self.answer = answer
        self.tokenAnswer = token
    }

    /// Answers every call but `gettoken` with the same JSON.
    convenience init(_ json: String, status: Int = 200) {
        self.init(status: status) { _ in .success(json) }
    }

    func response(to request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let isToken = request.isTokenRequest
        let number = state.withLock { state in
            state.requests.append(request)
            if isToken { state.tokens += 1 }
            return state.tokens
        }
        let json: String
        if !isToken {
            json = try await answer(request).get()
        } else if let tokenAnswer {
            json = try await tokenAnswer(request).get()
        } else {
            json =
                #"{"errcode":0,"errmsg":"ok","access_token":"TOKEN-\#(number)","expires_in":7200}"#
        }
        let isOwnToken = isToken && tokenAnswer == nil
        return HTTPResponse(status: isOwnToken ? 200 : status, body: Array(json.utf8))
    }

    var requests: [HTTPRequest] { state.withLock(\.requests) }
    /// Everything but `gettoken`.
    var calls: [HTTPRequest] { requests.filter { !$0.isTokenRequest } }
    var tokenRequests: Int { requests.count - calls.count }
}

extension HTTPRequest {
    var isTokenRequest: Bool { url.contains("/cgi-bin/gettoken?") }
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A wall clock that stands still until told.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(seconds: 1_700_000_000))

    var now: Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// The secret all tests use; it may appear in a `gettoken` URL and nowhere else.
let secret = "s3cr3t/KF+demo"

/// A client of `transport`; `hash` is told apart by the number of bytes.
func client(
    _ transport: ScriptedTransport, clock: TestClock = TestClock(),
    secret provider: @escaping @Sendable () -> String?
) -> WeComKFClient {
    client(transport, clock: clock, source: .secret(provider))
}

/// A client of `transport` whose tokens come from `source`.
func client(
    _ transport: any HTTPTransport, clock: TestClock = TestClock(),
    base: String = "https://qyapi.weixin.qq.com/", source: TokenKeeper.Source = .secret({ secret })
) -> WeComKFClient {
    WeComKFClient(
        base: base,
        tokens: TokenKeeper(
            corp: "ww0000demo00000001", base: base, source: source, transport: transport,
            now: { clock.now }), transport: transport,
        environment: Environment(
            now: { clock.now }, random: { 0 }, sleep: { _ in }, shortHash: { "hash\($0.count)" }))
}

let shop: OpenKfID = "wkDEMO0000000000000001"
let lin: ExternalUserID = "wmDEMO00000000000000aa"
let conversation = ConversationID(account: shop, customer: lin)

/// Runs `work` and returns the platform failure it throws.
func failure(
    _ work: () async throws(PlatformFailure) -> Void, at location: SourceLocation = #_sourceLocation
) async -> PlatformFailure? {
    do throws(PlatformFailure) {
        try await work()
        Issue.record("nothing was thrown", sourceLocation: location)
        return nil
    } catch {
        return error
    }
}
