import Boundary
import ChatModel
import Foundation
import ServiceLifecycle
import Synchronization

/// Follows the simulator's clock, so that a test or a person can let hours pass in a moment.
///
/// Asks five times a second; between two answers time goes on with this machine's clock. Only a
/// configuration with `clock: simulator` uses it, and only on loopback.
final class SimulatorClock: Service {
    private let url: String
    private let transport: any HTTPTransport
    private let aheadMilliseconds = Mutex<Int64>(0)

    /// A clock that follows the simulator at `base`.
    init(base: String, transport: any HTTPTransport) {
        url = "\(base)/simulator/clock?follow=1"
        self.transport = transport
    }

    /// The environment that lives on this clock.
    var environment: Environment {
        let live = Environment.live
        let now: @Sendable () -> Timestamp = {
            Timestamp(
                milliseconds: live.now().milliseconds + self.aheadMilliseconds.withLock { $0 })
        }
        return Environment(
            now: now, random: live.random,
            sleep: { duration in
                let end = now() + duration
                while now() < end, !Task.isCancelled {
                    await live.sleep(min(end - now(), .milliseconds(50)))
                }
            }, shortHash: live.shortHash)
    }

    /// Asks once; a simulator that doesn't answer changes nothing.
    func ask() async {
        struct Reply: Decodable { var ahead_milliseconds: Int64 }
        guard
            let response = try? await transport.response(to: HTTPRequest(method: .get, url: url)),
            let reply = try? JSONDecoder().decode(Reply.self, from: Data(response.body))
        else { return }
        // Time never runs back, not even when a simulator is started anew.
        aheadMilliseconds.withLock { $0 = max($0, reply.ahead_milliseconds) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.ask()
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
