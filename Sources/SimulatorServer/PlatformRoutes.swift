import Hummingbird
import NIOCore
import PlatformSimulator

/// The platform's own paths: always HTTP 200 and JSON, whatever is wrong (wecom-kf reference §1).
struct PlatformRoutes: Sendable {
    let world: ServedWorld

    /// More than any call of the platform's takes.
    private static let largestBody = 1 << 20

    func add(to router: Router<BasicRequestContext>) {
        add(.getToken, at: "gettoken", [.get], to: router)
        add(.syncMessages, at: "kf/sync_msg", [.post], to: router)
        add(.sendMessage, at: "kf/send_msg", [.post], to: router)
        add(.sendOnEvent, at: "kf/send_msg_on_event", [.post], to: router)
        add(.getState, at: "kf/service_state/get", [.post], to: router)
        add(.transferState, at: "kf/service_state/trans", [.post], to: router)
        add(.listServicers, at: "kf/servicer/list", [.get], to: router)
        add(.listAccounts, at: "kf/account/list", [.post, .get], to: router)
        add(.getCustomers, at: "kf/customer/batchget", [.post], to: router)
    }

    private func add(
        _ endpoint: Endpoint, at path: String, _ methods: Set<HTTPRequest.Method>,
        to router: Router<BasicRequestContext>
    ) {
        for method: HTTPRequest.Method in [.get, .post] {
            router.on("/cgi-bin/\(path)", method: method) { request, _ in
                try await answer(endpoint, request, isRightMethod: methods.contains(method))
            }
        }
    }

    private func answer(
        _ endpoint: Endpoint, _ request: Request, isRightMethod: Bool
    ) async throws -> Response {
        let parameters = request.uri.queryParameters
        let body = try await request.body.collect(upTo: Self.largestBody)
        let call =
            isRightMethod
            ? PlatformCall(
                endpoint, query: { parameters[Substring($0)].map { String($0) } },
                body: Array(buffer: body))
            : .unreadable(40058, "HTTP method")
        let token = parameters["access_token"].map { String($0) }
        let (result, delay, isLost) = world.with { contents in
            let isLost = contents.answersToLose > 0
            if isLost { contents.answersToLose -= 1 }
            let isSlow = contents.slowEndpoint.map { $0 == endpoint } ?? true
            return (
                call.perform(endpoint, token: token, on: &contents.simulator),
                isSlow ? contents.answerDelay : .zero, isLost
            )
        }
        if delay > .zero { try await Task.sleep(for: delay) }
        if isLost { return Response(status: .badGateway) }
        switch result {
        case .success(let answer): return Self.response(answer.json)
        case .failure(let refusal): return Self.response(Self.json(refusal, call))
        }
    }

    private static func response(_ json: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json; charset=UTF-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
    }

    /// The form of every failure: the words, a hint that support asks for, and the caller's
    /// address.
    private static func json(_ refusal: SimulatedRefusal, _ call: PlatformCall) -> [UInt8] {
        var words = refusal.errmsg
        if case .unreadable(_, PlatformCall.malformed) = call {
            words += ", Warning: wrong json format."
        }
        let hint = UInt64.random(in: 1_000_000_000_000_000_000...9_999_999_999_999_999_999)
        return JSONText.object { text in
            text.member("errcode", refusal.errcode)
            text.member(
                "errmsg",
                "\(words), hint: [\(hint)], from ip: 127.0.0.1, more info at "
                    + "https://open.work.weixin.qq.com/devtool/query?e=\(refusal.errcode)")
        }
    }
}
