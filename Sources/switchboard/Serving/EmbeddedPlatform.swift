import Boundary
import CallbackCrypto
import ChatModel
import Logging
import PlatformSimulator
import RuleFiles
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

    /// What is said once it listens.
    static func place(port: Int) -> Bilingual {
        Bilingual(
            en: "the simulated platform is at http://127.0.0.1:\(port)",
            zh: "模拟平台已启动：http://127.0.0.1:\(port)")
    }

    /// Where the embedded bot's callbacks go.
    static func callbackTarget(
        url: String, corp: CorpID = EmbeddedDefault.corp
    ) throws -> SimulatorServer.CallbackTarget {
        SimulatorServer.CallbackTarget(
            url: url,
            key: try CallbackKey(
                token: EmbeddedDefault.token, encodingAESKey: EmbeddedDefault.aesKey,
                receiveID: corp.rawValue))
    }
}
