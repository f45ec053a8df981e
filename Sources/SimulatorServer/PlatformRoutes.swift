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

    func add(to router: Router<BasicRequestContext>) {
        for endpoint in Endpoint.allCases {
            for method: HTTPRequest.Method in [.get, .post] {
                let isRight = endpoint.methods.contains(method)
                router.on("/cgi-bin/\(endpoint.path)", method: method) { request, _ in
                    try await answer(endpoint, request, isRightMethod: isRight)
                }
            }
        }
    }

    private func answer(
        _ endpoint: Endpoint, _ request: Request, isRightMethod: Bool
    ) async throws -> Response {
        let parameters = request.uri.queryParameters
        let call = try await Self.call(endpoint, request, isRightMethod: isRightMethod) {
            parameters[Substring($0)].map { String($0) }
        }
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
        case .success(.object(let write)): return Self.response(PlatformAnswer.json(write))
        case .success(.file(let file)): return FileResponse(file, request).response
        case .failure(let refusal): return Self.response(Self.json(refusal, call))
        }
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
