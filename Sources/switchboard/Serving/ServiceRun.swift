import Engine
import Foundation
import Logging
import RuleFiles
import ServiceLifecycle
import Synchronization
import UnixSignals
import WebServer

/// Runs services until SIGTERM or SIGINT, and turns what ends them early into a clear failure.
enum ServiceRun {
    /// Runs `services`; on a signal the last stops first, each after the one behind it.
    static func run(_ services: [any Service], logger: Logger) async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var configuration = ServiceGroupConfiguration(
            // When one fails, the others end in good order, too, instead of complaining.
            services: services.map {
                .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        // A call under way has its own time-out of 10 s; what isn't back by then is taken up
        // after the next start.
        configuration.maximumGracefulShutdownDuration = .seconds(15)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch WebServerError.cannotListen(let host, let port, let reason) {
            throw cannotListen(
                on: "\(host):\(port)", reason,
                cure: Bilingual(
                    en: "choose another address with --listen or under 'listen', or stop what uses "
                        + "this one",
                    zh: "用 --listen 或配置里的 listen 换一个地址，或者停掉占用它的程序"))
        }
    }

    /// A port that can't be had, in the system's words instead of the library's.
    static func cannotListen(
        on address: String, _ reason: String, cure: Bilingual
    ) -> CommandFailure {
        var reason = reason
        if let number = reason.firstMatch(of: /errno: (\d+)/).flatMap({ Int32($0.1) }) {
            // The C library's message lives until the next call; it is copied at once.
            reason = unsafe String(cString: strerror(number))
        }
        return CommandFailure(
            .unreadable,
            Bilingual(
                en: "cannot listen on \(address): \(reason)", zh: "\(address) 用不了：\(reason)"),
            cure: cure)
    }
}

/// Has the engine look at once for published rules when the process is told to with SIGHUP.
struct ReloadOnHangUp: Service {
    let engine: Engine

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            await engine.reloadRules()
        }
    }
}

/// A service that can't start while something else has its port.
struct ListeningService<Wrapped: Service>: Service {
    private let wrapped: Wrapped
    private let address: String
    private let cure: Bilingual

    init(_ wrapped: Wrapped, _ address: String, cure: Bilingual) {
        self.wrapped = wrapped
        self.address = address
        self.cure = cure
    }

    func run() async throws {
        do {
            try await wrapped.run()
        } catch {
            throw ServiceRun.cannotListen(on: address, "\(error)", cure: cure)
        }
    }
}

/// Opens once; all who wait go on then.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        /// One for each who waits: a stream that several wait for ends for all when one of them
        /// is cancelled.
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Waits until ``open()``, or until the task is cancelled.
    func wait() async {
        let (stream, waiter) = AsyncStream.makeStream(of: Void.self)
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiters.append(waiter) }
            return state.isOpen
        }
        if isOpen { return }
        for await _ in stream {}
    }
}

/// A service that starts when a gate opens: the embedded bot after its platform.
struct AfterGate<Wrapped: Service>: Service {
    private let gate: Gate
    private let wrapped: Wrapped

    init(_ gate: Gate, _ wrapped: Wrapped) {
        self.gate = gate
        self.wrapped = wrapped
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await gate.wait() }
        if Task.isShuttingDownGracefully || Task.isCancelled { return }
        try await wrapped.run()
    }
}
