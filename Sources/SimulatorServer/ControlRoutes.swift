import ChatModel
import Foundation
import Hummingbird
import NIOCore
import PlatformSimulator

/// The control API under `/simulator/`, documented in docs/simulator.md.
///
/// What customers and servicers do, faults, time, and what there is to see.
struct ControlRoutes: Sendable {
    let world: ServedWorld
    /// Checks a callback's URL; says what is wrong with it, `nil` when nothing is.
    let verify: @Sendable (SimulatorServer.CallbackTarget) async -> String?

    private static let largestBody = 1 << 20

    func add(to router: Router<SimulatorContext>) {
        let control = router.group("simulator")
        addActs(to: control)
        addPossessions(to: control)
        addGrants(to: control)
        addFaults(to: control)
        addPlan(to: control)
        addWorld(to: control)
        addTime(to: control)
        addViews(to: control)
    }

    /// Adds a route whose work is done in one use of the world.
    func on(
        _ method: HTTPRequest.Method, _ path: RouterPath,
        in group: RouterGroup<SimulatorContext>,
        _ work: @escaping @Sendable (Order, inout ServedWorld.Contents) throws -> [UInt8]
    ) {
        group.on(path, method: method) { request, context in
            await Self.answering {
                let order = try await Self.order(request, context)
                return try world.with { contents in try work(order, &contents) }
            }
        }
    }

    static func order(_ request: Request, _ context: SimulatorContext) async throws -> Order {
        let body = try await body(request)
        let details: Details
        if body.isEmpty {
            details = Details()
        } else {
            do {
                details = try JSONDecoder().decode(Details.self, from: Data(body))
            } catch {
                throw ControlError(what: "the body is no JSON object of the documented kind")
            }
        }
        return Order(details: details, id: context.parameters.get("id")) { name in
            request.uri.queryParameters[Substring(name)].map { String($0) }
        }
    }

    /// The body of a request that may come in.
    static func body(_ request: Request) async throws -> [UInt8] {
        // A page in someone's browser can reach loopback too; it cannot choose these headers.
        guard isLoopback(request.head.authority), request.headers[.origin] == nil else {
            throw ControlError(
                status: .forbidden, what: "the control API answers only to this machine",
                hint: "call it by 127.0.0.1, and not from a web page")
        }
        return Array(buffer: try await request.body.collect(upTo: largestBody))
    }

    private static func isLoopback(_ authority: String?) -> Bool {
        guard let authority else { return false }
        let host = authority.hasPrefix("[") ? authority : String(authority.prefix { $0 != ":" })
        return host == "127.0.0.1" || host == "localhost" || host.hasPrefix("[::1]")
    }

    /// Runs `work` and turns what it throws into an answer.
    static func answering(_ work: () async throws -> [UInt8]) async -> Response {
        do {
            return json(try await work(), .ok)
        } catch let error as ControlError {
            return failure(error.what, error.hint, error.status)
        } catch let act as IllegalAct {
            return failure(act.description, nil, .conflict)
        } catch {
            return failure("the request could not be read", nil, .badRequest)
        }
    }

    private static func failure(
        _ what: String, _ hint: String?, _ status: HTTPResponse.Status
    ) -> Response {
        json(
            JSONText.object { text in
                text.member("error", what)
                text.optional("hint", hint)
            }, status)
    }

    private static func json(_ bytes: [UInt8], _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=UTF-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// A control request that can't be met.
struct ControlError: Error {
    var status = HTTPResponse.Status.badRequest
    var what: String
    var hint: String?
}

/// A control request: the path's id, the query and the body.
struct Order: Sendable {
    let details: Details
    let id: String?
    let query: @Sendable (String) -> String?

    init(details: Details, id: String?, query: @escaping @Sendable (String) -> String?) {
        self.details = details
        self.id = id
        self.query = query
    }

    /// Who the path names.
    func name() throws(ControlError) -> String {
        guard let id = id?.removingPercentEncoding, !id.isEmpty, id.utf8.count <= 128 else {
            throw ControlError(what: "the path names nobody")
        }
        return id
    }

    /// The account meant; the only one when none is named.
    func account(in simulator: PlatformSimulator) throws(ControlError) -> OpenKfID {
        if let account = details.account ?? query("account") { return OpenKfID(account) }
        guard let only = simulator.settings.accounts.first, simulator.settings.accounts.count == 1
        else {
            throw ControlError(what: "account is missing", hint: "there are several accounts")
        }
        return only.id
    }

    /// The conversation of the customer the body names.
    func conversation(in simulator: PlatformSimulator) throws(ControlError) -> ConversationID {
        ConversationID(
            account: try account(in: simulator),
            customer: ExternalUserID(try required(details.customer, "customer")))
    }

    func required<Value>(_ value: Value?, _ name: String) throws(ControlError) -> Value {
        guard let value else { throw ControlError(what: "\(name) is missing") }
        return value
    }

    /// Seconds as a duration, 0 up to ten years.
    func seconds(_ value: Double?, _ name: String) throws(ControlError) -> Duration {
        let seconds = try required(value, name)
        guard (0...315_360_000).contains(seconds) else {
            throw ControlError(what: "\(name) is not between 0 and 315360000")
        }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    func count(_ value: Int?, _ name: String, most: Int) throws(ControlError) -> Int {
        let count = value ?? 1
        guard (0...most).contains(count) else {
            throw ControlError(what: "\(name) is not between 0 and \(most)")
        }
        return count
    }
}

/// Everything a control request's body may hold; each route reads what it documents.
struct Details: Decodable, Sendable {
    var account, customer, nickname: String?
    var scene, scene_param, link, avatar: String?
    var gender: Int?
    var channels_scene: Int?
    var text, click, type, msgid, media_id: String?
    var raw: [String: JSONValue]?
    var to, status: String?
    var rejects, granted: Bool?
    var endpoint: String?
    var count, errcode, fail_type, times: Int?
    var advance_seconds, after_seconds, delay_seconds: Double?
    var announce, verify, anyway: Bool?
    var delay_milliseconds, lose: Int?
    var prefix: String?
    var enter: Bool?
    var app, url, token, encoding_aes_key: String?
    var addresses: [String]?
    var routing: String?
}
