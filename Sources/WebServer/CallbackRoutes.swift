import ChatModel
import Foundation
import Hummingbird
import Logging
import NIOCore

/// `/callback/<app alias>`: GET verifies the URL, POST delivers events.
///
/// The outside hears as little as possible: the echo, `success`, or a bare status.
struct CallbackRoutes: Sendable {
    static let prefix = "/callback/"

    private let endpoints: [AppAlias: CallbackEndpoint]
    private let largestBody: Int
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let refusals: RefusalLog
    private let onRefused: @Sendable (RefusedCallback) -> Void

    init(
        apps: [CallbackApp], largestBody: Int, now: @escaping @Sendable () -> Timestamp,
        logger: Logger, onRefused: @escaping @Sendable (RefusedCallback) -> Void
    ) {
        let pairs = apps.map { ($0.alias, CallbackEndpoint(app: $0)) }
        // Configuration refuses two apps of one alias; here the later one would win.
        endpoints = Dictionary(pairs, uniquingKeysWith: { $1 })
        self.largestBody = largestBody
        self.now = now
        self.logger = logger
        self.onRefused = onRefused
        refusals = RefusalLog(logger: logger)
    }

    func add(to router: Router<BasicRequestContext>) {
        router.get("/callback/:app") { request, context in
            await respond(to: request, context) { endpoint, query, now in
                let echo = try telling(of: request, to: endpoint.app, at: now) {
                    () throws(CallbackRefusal) in try endpoint.verification(query, at: now)
                }
                return Response(
                    status: .ok, headers: [.contentType: "text/plain"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: echo)))
            }
        }
        router.post("/callback/:app") { request, context in
            await respond(to: request, context) { endpoint, query, now in
                let body = try await body(of: request)
                let receipt = try telling(of: request, body, to: endpoint.app, at: now) {
                    () throws(CallbackRefusal) in
                    try endpoint.receipt(query, body: body, at: now)
                }
                accept(receipt, for: endpoint.app)
                return Response(
                    status: .ok, headers: [.contentType: "text/plain"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: "success")))
            }
        }
    }

    /// Whether a path names a configured app.
    func knows(path: String) -> Bool {
        guard path.hasPrefix(Self.prefix) else { return false }
        return endpoints[Self.alias(path.dropFirst(Self.prefix.count))] != nil
    }

    private func respond(
        to request: Request, _ context: BasicRequestContext,
        _ answer: (CallbackEndpoint, CallbackQuery, Timestamp) async throws -> Response
    ) async -> Response {
        let now = now()
        let alias = context.parameters.get("app").map { Self.alias($0[...]) }
        guard let alias, let endpoint = endpoints[alias] else {
            refusals.record(.unknownApp, app: nil, at: now)
            return Response(status: .notFound)
        }
        do {
            return try await answer(endpoint, try Self.query(of: request), now)
        } catch let refusal as CallbackRefusal {
            refusals.record(refusal, app: alias, at: now)
            return Response(status: refusal == .bodyTooLarge ? .contentTooLarge : .badRequest)
        } catch {
            refusals.record(.bodyIncomplete, app: alias, at: now)
            return Response(status: .badRequest)
        }
    }

    /// Does `check`, and tells of the request when that refuses it.
    private func telling<Value>(
        of request: Request, _ body: [UInt8] = [], to app: CallbackApp, at now: Timestamp,
        _ check: () throws(CallbackRefusal) -> Value
    ) throws(CallbackRefusal) -> Value {
        do throws(CallbackRefusal) {
            return try check()
        } catch {
            let refused = RefusedCallback(
                app: app.alias, receivedAt: now, refusal: error, query: request.uri.query ?? "",
                body: body)
            if let refused { onRefused(refused) }
            throw error
        }
    }

    private func accept(_ receipt: CallbackEndpoint.Receipt, for app: CallbackApp) {
        switch receipt {
        case .news(let notice):
            app.onWakeUp(notice)
        case .grants(let grants):
            app.onGrants(grants)
        case .duplicate:
            logger.debug("callback repeated", metadata: ["app": "\(app.alias)"])
        case .other(let name):
            logger.info(
                "callback without news", metadata: ["app": "\(app.alias)", "event": "\(name)"])
        }
    }

    private func body(of request: Request) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > largestBody {
            throw CallbackRefusal.bodyTooLarge
        }
        do {
            return Array(buffer: try await request.body.collect(upTo: largestBody))
        } catch is NIOTooManyBytesError {
            throw CallbackRefusal.bodyTooLarge
        }
    }

    private static func query(of request: Request) throws(CallbackRefusal) -> CallbackQuery {
        let parameters = request.uri.queryParameters
        func value(_ name: String) throws(CallbackRefusal) -> String {
            let values = parameters.getAll(name)
            guard values.count == 1, let value = values.first, !value.isEmpty else {
                throw .parameter(name: name)
            }
            return String(value)
        }
        return CallbackQuery(
            signature: try value("msg_signature"), timestamp: try value("timestamp"),
            nonce: try value("nonce"),
            echo: request.method == .get ? try value("echostr") : nil)
    }

    private static func alias(_ text: Substring) -> AppAlias {
        AppAlias(text.removingPercentEncoding ?? String(text))
    }
}

/// Answers 405 to any method but GET and POST on a known callback path.
struct CallbackMethodGuard: RouterMiddleware {
    typealias Context = BasicRequestContext

    let routes: CallbackRoutes

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .post, routes.knows(path: request.uri.path)
        else { return try await next(request, context) }
        return Response(status: .methodNotAllowed, headers: [.allow: "GET, POST"])
    }
}
