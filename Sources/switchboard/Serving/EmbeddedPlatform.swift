import Boundary
import CallbackCrypto
import ChatModel
import Logging
import PlatformSimulator
import SimulatorServer

/// The built-in simulator, set up for the embedded default.
enum EmbeddedPlatform {
    /// A simulator on `port` of loopback, 0 for any free one, where `servicers` receive.
    static func server(
        port: Int, servicers: [ServicerID], transport: any HTTPTransport, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) -> SimulatorServer {
        var settings = EmbeddedDefault.simulator(servicers: servicers)
        settings.noticeTime = .seconds(2)
        var seed = SystemRandomNumberGenerator()
        return SimulatorServer(
            PlatformSimulator(
                settings: settings, startingAt: Environment.live.now(), seed: seed.next()),
            port: port, wallClock: Environment.live.now, transport: transport, logger: logger,
            onListening: onListening)
    }

    /// Where the embedded bot's callbacks go.
    static func callbackTarget(url: String) throws -> SimulatorServer.CallbackTarget {
        SimulatorServer.CallbackTarget(
            url: url,
            key: try CallbackKey(
                token: EmbeddedDefault.token, encodingAESKey: EmbeddedDefault.aesKey,
                receiveID: EmbeddedDefault.corp.rawValue))
    }
}
