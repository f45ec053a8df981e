import Boundary
import ChatModel
import CurlTransport
import Foundation
import Logging
import PlatformSimulator
import SimulatorServer
import Synchronization
import Testing

let shop: OpenKfID = "wkDEMO0000000000000001"
let lin = "wmDEMO00000000000000aa"
/// 2026-03-02 10:00 in Shanghai.
let ten = Timestamp(seconds: 1_772_416_800)

/// A wall clock that only the test moves.
final class TestClock: Sendable {
    private let time = Mutex(ten)
    var now: Timestamp { time.withLock { $0 } }
    func move(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// A decoded JSON object.
struct Reply {
    let status: Int
    let json: [String: Any]

    init(_ response: HTTPResponse) throws {
        status = response.status
        let object = try JSONSerialization.jsonObject(with: Data(response.body))
        json = try #require(object as? [String: Any])
    }

    var errcode: Int? { json["errcode"] as? Int }
    func text(_ name: String) -> String? { json[name] as? String }
    func number(_ name: String) -> Int? { json[name] as? Int }
    func objects(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }
}

/// A server on a free port, its clock, and a client that talks to it over sockets.
struct Bench: Sendable {
    let server: SimulatorServer
    let clock: TestClock
    let transport: CurlTransport
    let port: Int

    static func with(
        transport pusher: (any HTTPTransport)? = nil,
        _ adjust: (inout SimulatorSettings) -> Void = { _ in },
        _ body: (Bench) async throws -> Void
    ) async throws {
        var settings = SimulatorSettings(
            apps: [.init(alias: "kf", corp: "ww1436e0e65a779aee", secret: "s3cret")],
            accounts: [
                .init(
                    id: shop, name: "旗舰店", app: "kf",
                    servicers: [.init(id: "anna"), .init(id: "bo")])
            ])
        adjust(&settings)
        let clock = TestClock()
        let transport = CurlTransport()
        defer { transport.shutDown() }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = SimulatorServer(
            PlatformSimulator(settings: settings, startingAt: ten, seed: 7),
            wallClock: { clock.now }, transport: pusher ?? transport,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { port.yield($0) })
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            let bound = try #require(await ports.first { _ in true })
            try await body(
                Bench(server: server, clock: clock, transport: transport, port: bound))
            group.cancelAll()
            // Stopping by cancellation may or may not count as an error; either way it ends.
            _ = await group.nextResult()
        }
    }

    func get(_ path: String) async throws -> Reply {
        try Reply(
            await transport.response(
                to: HTTPRequest(method: .get, url: "http://127.0.0.1:\(port)\(path)")))
    }

    func post(_ path: String, _ body: String = "{}") async throws -> Reply {
        try Reply(
            await transport.response(
                to: HTTPRequest(
                    method: .post, url: "http://127.0.0.1:\(port)\(path)", body: Array(body.utf8))))
    }

    func accessToken() async throws -> String {
        let path = "/cgi-bin/gettoken?corpid=ww1436e0e65a779aee&corpsecret=s3cret"
        return try #require(try await get(path).text("access_token"))
    }

    /// Calls one of the KF endpoints with a good access token.
    func call(_ path: String, _ body: String) async throws -> Reply {
        try await post("/cgi-bin/kf/\(path)?access_token=\(try await accessToken())", body)
    }

    func customerWrites(_ text: String) async throws {
        let reply = try await post("/simulator/customers/\(lin)/messages", #"{"text":"\#(text)"}"#)
        #expect(reply.status == 200)
    }

    /// The whole log, without a token.
    func rows() async throws -> [[String: Any]] {
        try await call("sync_msg", #"{"open_kfid":"\#(shop)"}"#).objects("msg_list")
    }
}
