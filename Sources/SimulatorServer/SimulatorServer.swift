package import Boundary
package import CallbackCrypto
package import ChatModel
import Hummingbird
package import Logging
import NIOCore
package import PlatformSimulator
import ServiceLifecycle

/// The simulated platform behind real sockets: the platform's own paths under `/cgi-bin/`, a
/// control API for customers, servicers, faults and time under `/simulator/`, and encrypted
/// callbacks pushed to whoever is registered for them.
///
/// Listens on loopback only, since whoever reaches the control API plays every customer. A
/// `Service`: ``run()`` ends after a graceful shutdown or when its task is cancelled.
package final class SimulatorServer: Service {
    /// Where an app's callbacks go, and how they are sealed.
    package struct CallbackTarget: Sendable {
        /// The whole URL, without a query.
        package var url: String
        /// The app's token and AES key, and the corp's id.
        package var key: CallbackKey

        /// A target.
        package init(url: String, key: CallbackKey) {
            self.url = url
            self.key = key
        }
    }

    private let world: ServedWorld
    private let port: Int
    private let transport: any HTTPTransport
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// A server that does not listen yet; its world does not begin to live before ``run()``.
    ///
    /// - Parameters:
    ///   - simulator: The world as it begins. Its `noticeTime` should be about 2 s, as calls and
    ///     pages cross on the way.
    ///   - port: The port on 127.0.0.1; 0 for any free one.
    ///   - wallClock: The time; the simulated time is ahead of it by what was advanced.
    ///   - transport: What pushes callbacks.
    ///   - onListening: Told the bound port once requests are accepted.
    package init(
        _ simulator: PlatformSimulator, port: Int = 0,
        wallClock: @escaping @Sendable () -> Timestamp, transport: any HTTPTransport,
        logger: Logger, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.world = ServedWorld(simulator, wallClock: wallClock)
        self.port = port
        self.transport = transport
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown or cancellation; to be called once.
    package func run() async throws {
        let router = Router(context: SimulatorContext.self)
        router.add(middleware: UnknownPaths(world: world))
        PlatformRoutes(world: world).add(to: router)
        let pusher = CallbackPusher(world: world, transport: transport, logger: logger)
        ControlRoutes(world: world, verify: pusher.flaw).add(to: router)
        let onListening = onListening
        let application = Application(
            router: router,
            configuration: .init(
                address: .hostname("127.0.0.1", port: port), serverName: nil, backlog: 1024),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await application.run() }
            group.addTask { await pusher.run() }
            // Whichever ends first ends the other: the pusher only ends when cancelled.
            try await group.next()
            group.cancelAll()
        }
    }

    /// Registers where an app's callbacks go, replacing what was registered; `nil` for nowhere.
    ///
    /// Callbacks that fall due while an app has no target are lost.
    package func setCallbackTarget(_ target: CallbackTarget?, for app: AppAlias) {
        world.with { $0.targets[app] = target }
    }

    /// Acts on the world, or looks at it, at its present time.
    package func withSimulator<Value: Sendable, Failure>(
        _ body: (inout PlatformSimulator) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try world.with { (contents) throws(Failure) in try body(&contents.simulator) }
    }

    /// The simulated time.
    package var now: Timestamp { world.with { $0.simulator.now } }

    /// Moves the simulated time ahead.
    ///
    /// Unlike the control API this asks nobody whether a bot's clock follows: a bot whose clock
    /// does not will refuse callbacks sealed in its future.
    package func advance(by duration: Duration) { world.advance(by: duration) }
}
