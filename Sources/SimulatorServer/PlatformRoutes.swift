import Hummingbird
import NIOCore
import PlatformSimulator

/// The platform's own paths: always HTTP 200 and JSON, whatever is wrong (wecom-kf reference §1).
struct PlatformRoutes: Sendable {
    let world: ServedWorld

    /// More than any call of the platform's takes.
    private static let largestBody = 1 << 20

    func add(to router: Router<SimulatorContext>) {
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
        to router: Router<SimulatorContext>
    ) {
        for method: HTTPRequest.Method in [.get, .post] {
            router.on("/cgi-bin/\(path)", method: method) { request, context in
                try await answer(
                    endpoint, request, context, isRightMethod: methods.contains(method))
            }
        }
    }

    private func answer(
        _ endpoint: Endpoint, _ request: Request, _ context: SimulatorContext,
        isRightMethod: Bool
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
        let caller = context.caller
        let (result, strike) = world.with { contents in
            contents.simulator.caller = caller
            return (
                call.perform(endpoint, token: token, on: &contents.simulator),
                contents.simulator.strike
            )
        }
        let response =
            switch result {
            case .success(let answer): Self.response(answer.json)
            case .failure(let refusal): Self.response(Self.json(refusal, call, caller))
            }
        return try await context.answer(response, struck: strike)
    }

    private static func response(_ json: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json; charset=UTF-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
    }

    /// The form of every failure: the words, a hint that support asks for, and the caller's
    /// address.
    private static func json(
        _ refusal: SimulatedRefusal, _ call: PlatformCall, _ caller: String
    ) -> [UInt8] {
        var words = refusal.errmsg
        if case .unreadable(_, PlatformCall.malformed) = call {
            words += ", Warning: wrong json format."
        }
        let hint = UInt64.random(in: 1_000_000_000_000_000_000...9_999_999_999_999_999_999)
        return JSONText.object { text in
            text.member("errcode", refusal.errcode)
            text.member(
                "errmsg",
                "\(words), hint: [\(hint)], from ip: \(caller), more info at "
                    + "https://open.work.weixin.qq.com/devtool/query?e=\(refusal.errcode)")
        }
    }
}
