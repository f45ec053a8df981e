import Boundary
import CallbackCrypto
import ChatModel
import CurlTransport
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import WebServer

/// A status and a body.
struct Answer: Hashable, CustomStringConvertible {
    var status: Int
    var text: String

    init(_ status: Int, _ text: String) { (self.status, self.text) = (status, text) }

    var description: String { "\(status) “\(text)”" }
}

/// What the server under test is given, and what it did with it.
final class World: Sendable {
    /// 2023-11-14, the time of the reference vectors.
    static let start = Timestamp(seconds: 1_700_000_000)

    let shop: CallbackKey
    let help: CallbackKey
    let clock = Mutex(World.start)
    let readiness = Mutex(Readiness(checks: []))
    let notices = Mutex<[String: [CallbackNotice]]>([:])
    let refused = Mutex<[RefusedCallback]>([])
    let log = RecordedLog()
    let client: CurlTransport

    init() throws {
        shop = try CallbackKey(
            token: "seededToken7shop",
            encodingAESKey: "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
            receiveID: "ww1436e0e65a779aee")
        help = try CallbackKey(
            token: "seededToken7help",
            encodingAESKey: "cD0d7jx4tYvVtzqrmh3Dm3QFCXe6f8SlHoMtMh3qQEP",
            receiveID: "wwf181555a13a31443")
        var options = CurlTransport.Options()
        options.usesProxyOfEnvironment = false
        client = CurlTransport(options: options)
    }

    /// Accounts granted and withdrawn, in the order they were told.
    let grants = Mutex<[CallbackGrants]>([])

    /// The notices an app received.
    func notices(of alias: String) -> [CallbackNotice] { notices.withLock { $0[alias] ?? [] } }

    /// Runs a server while `body` runs, and stops it gracefully.
    func serve(
        _ change: (inout WebServer.Options) -> Void = { _ in },
        addRoutes: @escaping @Sendable (Router<BasicRequestContext>) -> Void = { _ in },
        _ body: (Int) async throws -> Void
    ) async throws {
        var options = WebServer.Options()
        options.port = 0
        change(&options)
        let apps = [("shop", shop), ("客服 2", help)].map { alias, key in
            CallbackApp(
                alias: AppAlias(alias), key: key,
                onGrants: { [self] grants in self.grants.withLock { $0.append(grants) } }
            ) { [self] notice in
                notices.withLock { $0[alias, default: []].append(notice) }
            }
        }
        let logger = Logger(label: "test") { [log] _ in log.handler() }
        let ports = AsyncStream.makeStream(of: Int.self)
        let server = WebServer(
            options: options, apps: apps, now: { [self] in clock.withLock { $0 } },
            readiness: { [self] in readiness.withLock { $0 } }, logger: logger,
            onListening: { ports.continuation.yield($0) },
            onRefused: { [self] callback in refused.withLock { $0.append(callback) } },
            addRoutes: addRoutes)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { ports.continuation.finish() }
                try await group.run()
            }
            for await port in ports.stream {
                let result: Result<Void, any Error>
                do {
                    try await body(port)
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return try result.get()
            }
            // The server ended before it listened: say why.
            try await tasks.waitForAll()
        }
    }

    /// Seals `message` as the platform would, a second ago.
    func sealed(
        _ message: String, by key: CallbackKey? = nil, nonce: String = "998877",
        timestamp: Timestamp? = nil
    ) throws -> SealedEnvelope {
        let time = timestamp ?? clock.withLock { $0 } - .seconds(1)
        return try (key ?? shop).seal(
            message: Array(message.utf8), random16: Array("0123456789abcdef".utf8),
            timestamp: "\(time.seconds)", nonce: nonce)
    }

    /// Posts `body` with a query to an app.
    func post(
        _ port: Int, _ query: String, _ body: [UInt8], to app: String = "shop"
    ) async throws -> Answer {
        let response = try await client.response(
            to: Boundary.HTTPRequest(
                method: .post, url: "http://127.0.0.1:\(port)/callback/\(app)?\(query)",
                body: body))
        return Answer(response.status, String(decoding: response.body, as: UTF8.self))
    }

    /// Posts a sealed envelope.
    func post(
        _ port: Int, _ sealed: SealedEnvelope, to app: String = "shop"
    ) async throws -> Answer {
        try await post(port, sealed.query, sealed.xml(toUserName: "ww1"), to: app)
    }

    /// Fetches a path.
    func get(_ port: Int, _ path: String) async throws -> Answer {
        let response = try await client.get("http://127.0.0.1:\(port)\(path)")
        return Answer(response.status, String(decoding: response.body, as: UTF8.self))
    }

    /// The message of a `kf_msg_or_event`.
    static func news(account: String = "wkDEMO0000000000000001", token: String = "T1") -> String {
        "<xml><ToUserName>ww1</ToUserName><CreateTime>1700000000</CreateTime>"
            + "<MsgType>event</MsgType><Event>kf_msg_or_event</Event><Token>\(token)</Token>"
            + "<OpenKfId>\(account)</OpenKfId></xml>"
    }
}

/// Keeps log lines with their metadata.
final class RecordedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    /// The lines about refused callbacks.
    var refusals: [String] { all.filter { $0.hasPrefix("callback refused") } }

    func handler() -> any LogHandler { Handler(log: self) }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value)" }
            let line = ([event.message.description] + pairs).joined(separator: " ")
            log.lines.withLock { $0.append(line) }
        }
    }
}
