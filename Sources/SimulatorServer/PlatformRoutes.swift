import Foundation
import Hummingbird
import NIOCore
import PlatformSimulator

/// The platform's own paths: always HTTP 200 and JSON, whatever is wrong (wecom-kf reference §1);
/// only a file comes as it is.
struct PlatformRoutes: Sendable {
    let world: ServedWorld

    /// More than any call of the platform's takes, but for an upload.
    private static let largestBody = 1 << 20
    /// The largest file and what a form puts around it.
    private static let largestUpload = (20 << 20) + (64 << 10)

    func add(to router: Router<SimulatorContext>) {
        for endpoint in Endpoint.allCases {
            for method in Self.methods {
                let isRight = endpoint.methods.contains(method)
                router.on("/cgi-bin/\(endpoint.path)", method: method) { request, context in
                    try await answer(endpoint, request, context, isRightMethod: isRight)
                }
            }
        }
    }

    private static let methods: [HTTPRequest.Method] = [
        .get, .post, .put, .patch, .delete, .head, .options,
    ]

    private func answer(
        _ endpoint: Endpoint, _ request: Request, _ context: SimulatorContext,
        isRightMethod: Bool
    ) async throws -> Response {
        let parameters = request.uri.queryParameters
        let call = try await Self.call(endpoint, request, isRightMethod: isRightMethod) {
            parameters[Substring($0)].map { String($0) }
        }
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
            case .success(.object(let write)): Self.response(PlatformAnswer.json(write))
            case .success(.file(let file)): FileResponse(file, request).response
            case .failure(let refusal): Self.response(Self.json(refusal, call, caller))
            }
        return try await context.answer(response, struck: strike)
    }

    private static func call(
        _ endpoint: Endpoint, _ request: Request, isRightMethod: Bool,
        query: @escaping @Sendable (String) -> String?
    ) async throws -> PlatformCall {
        let isUpload = endpoint == .uploadMedia
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: isUpload ? largestUpload : largestBody)
        } catch is NIOTooManyBytesError {
            return .unreadable(isUpload ? 45001 : 40206, "too large")
        }
        guard isRightMethod else { return .unreadable(40058, "HTTP method") }
        return PlatformCall(
            PlatformRequest(
                endpoint, query: query, contentType: request.headers[.contentType],
                body: Array(buffer: body)))
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

/// Notes requests to paths the platform does not have, so that whoever mistyped one can find it.
struct UnknownPaths: RouterMiddleware {
    let world: ServedWorld

    func handle(
        _ request: Request, context: SimulatorContext,
        next: @concurrent (Request, SimulatorContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            // What is wrong below the control API's path concerns no bot.
            if !request.uri.path.hasPrefix("/simulator") {
                world.with { contents in
                    contents.simulator.caller = context.caller
                    contents.simulator.unknownPath(
                        "\(request.method.rawValue) \(request.uri.path)")
                }
            }
            throw error
        }
    }
}

extension Endpoint {
    /// How it may be called (wecom-kf reference §4).
    fileprivate var methods: Set<HTTPRequest.Method> {
        switch self {
        case .getToken, .listServicers, .getUpgradeConfig, .getQualification, .getMedia,
            .callbackAddresses, .domainAddresses:
            [.get]
        case .listAccounts:
            [.post, .get]
        default:
            [.post]
        }
    }
}
