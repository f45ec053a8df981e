package import ChatModel
import Foundation
package import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server: callbacks, health, and whatever routes the executable adds.
///
/// A `Service`: ``run()`` ends after a graceful shutdown, when requests under way are answered.
package struct WebServer: Service {
    /// Where to listen and what bounds a request.
    package struct Options: Sendable {
        /// The address to bind; loopback unless a proxy sits elsewhere.
        package var host = "127.0.0.1"
        /// The port to bind; 0 for any free one.
        package var port = 8080
        /// The largest body of a callback, in bytes.
        package var largestCallback = 1 << 20
        /// The longest a connection may take to deliver a request's head, idle time included.
        package var headTimeout = Duration.seconds(30)
        /// The longest the body may take after its head; the platform itself gives up after 5 s.
        package var bodyTimeout = Duration.seconds(5)
        /// Connections open at once; further ones wait in the kernel's queue.
        package var connections = 4096

        /// The defaults: 127.0.0.1:8080, 1 MiB, 30 s for a head, 5 s for a body, 4096 connections.
        package init() {}
    }

    private let options: Options
    private let apps: [CallbackApp]
    private let now: @Sendable () -> Timestamp
    private let readiness: @Sendable () async -> Readiness
    private let metrics: @Sendable () async -> String
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void
    private let onRefused: @Sendable (RefusedCallback) -> Void
    private let addRoutes: @Sendable (Router<BasicRequestContext>) -> Void

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - apps: The apps whose callbacks are received; their aliases differ.
    ///   - now: The wall clock, asked once per callback.
    ///   - readiness: Asked for every `/readyz`; answers within a second.
    ///   - metrics: Asked for every `/metrics`: text in Prometheus' format.
    ///   - onListening: Told the bound port once requests are accepted.
    ///   - onRefused: Told of callbacks that verification refused, however many come: it notes and
    ///     returns, and never waits.
    ///   - addRoutes: Adds routes of one's own; `/callback`, `/healthz`, `/readyz` and
    ///     `/metrics` are taken.
    package init(
        options: Options = Options(), apps: [CallbackApp],
        now: @escaping @Sendable () -> Timestamp,
        readiness: @escaping @Sendable () async -> Readiness,
        metrics: @escaping @Sendable () async -> String = { "" }, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in },
        onRefused: @escaping @Sendable (RefusedCallback) -> Void = { _ in },
        addRoutes: @escaping @Sendable (Router<BasicRequestContext>) -> Void = { _ in }
    ) {
        self.options = options
        self.apps = apps
        self.now = now
        self.readiness = readiness
        self.metrics = metrics
        self.logger = logger
        self.onListening = onListening
        self.onRefused = onRefused
        self.addRoutes = addRoutes
    }

    /// Listens and answers until the task is cancelled or its service group shuts down.
    ///
    /// - Throws: ``WebServerError`` when the address cannot be bound.
    package func run() async throws {
        let head = TimeAmount(options.headTimeout)
        let body = TimeAmount(options.bodyTimeout)
        let application = Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [RequestDeadlines(head: head, body: body)])),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: .maximum(options.connections, logger: logger)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw WebServerError.cannotListen(
                host: options.host, port: options.port, reason: "\(error)")
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        let callbacks = CallbackRoutes(
            apps: apps, largestBody: options.largestCallback, now: now, logger: logger,
            onRefused: onRefused)
        router.add(middleware: CallbackMethodGuard(routes: callbacks))
        callbacks.add(to: router)
        router.get("/healthz") { _, _ in "ok" }
        router.get("/readyz") { _, _ in try Self.response(await readiness()) }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics())))
        }
        addRoutes(router)
        return router
    }

    private static func response(_ readiness: Readiness) throws -> Response {
        struct Page: Encodable {
            var ready: Bool
            var checks: [Readiness.Check]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let page = try encoder.encode(Page(ready: readiness.isReady, checks: readiness.checks))
        return Response(
            status: readiness.isReady ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: page)))
    }
}

/// Why the server could not start.
package enum WebServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address is taken, forbidden or not this machine's.
    case cannotListen(host: String, port: Int, reason: String)

    /// What happened and what to do.
    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port) (\(reason)); choose another address under “listen”, "
                + "or stop what uses this one"
        }
    }
}
