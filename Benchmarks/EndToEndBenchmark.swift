import Actions
import Boundary
import CallbackCrypto
import ChatModel
import CurlTransport
import Engine
import Foundation
import Glibc
import Logging
import PlatformSimulator
import Routing
import RuleEngine
import SQLiteStore
import ServiceLifecycle
import SimulatorServer
import WeComKF

/// What bot and simulator do together over loopback HTTP: pull, route, commit, send, mark done.
///
/// Both share one process and the machine's cores, so the bot alone does better.
///
/// - A backlog: messages a second, and CPU a message.
/// - The same with a platform that answers sends after 50 ms, once sending has begun: the aim is
///   0.97 × the calls that may be under way / 50 ms.
/// - 150 texts a second alone, then with 2 000 greetings at once: the texts' 99th percentile. A
///   greeting's code lives 20 s, a text's target is 2 s; the texts should hardly notice.
func measureEndToEnd() async throws {
    let (rate, _, cpu) = try await EndToEnd().backlog(of: 20_000)
    print(
        String(
            format: "end to end      %7.0f messages/s  %5.1f µs CPU, simulator included", rate, cpu)
    )
    let latency: Duration = .milliseconds(50)
    let slow = try await EndToEnd().backlog(of: 20_000, answeredAfter: latency).steadyRate
    var control = FlightControl(.init())
    for _ in 0..<100 { control.answered(after: latency) }
    let possible = Double(control.most) / (latency / .seconds(1))
    print(
        String(
            format: "end to end, answers after 50 ms: %7.0f messages/s, %.2f of what is possible",
            slow, slow / possible))
    let alone = try await EndToEnd().texts(besideGreetings: 0)
    let stormy = try await EndToEnd().texts(besideGreetings: 2000)
    print(
        String(
            format:
                "150 texts/s: p50 %d ms, p99 %d ms; beside 2 000 greetings: p50 %d ms, p99 %d ms",
            alone.p50, alone.p99, stormy.p50, stormy.p99))
}

/// One bot and one simulator.
private struct EndToEnd {
    private static let app: AppAlias = "kf"
    private static let account: OpenKfID = "wkBENCH000000000000001"

    /// Messages a second from the start, and while most of them are sent; µs of CPU for each.
    func backlog(
        of messages: Int, answeredAfter delay: Duration = .zero
    ) async throws -> (rate: Double, steadyRate: Double, cpu: Double) {
        try await run { server, start in
            try server.withSimulator { simulator in
                simulator.holdAnswers(delay, of: .sendMessage)
                for number in 0..<messages {
                    _ = try simulator.writes(
                        ExternalUserID("wm\(number)"), Self.account, .text("你好", menuItem: nil))
                }
            }
            let cpu = Glibc.clock()
            let begin = ContinuousClock.now
            _ = start()
            // Rarely: looking at them all costs the simulator as much as some messages.
            var sent: [(at: Double, count: Int)] = []
            while sent.last?.count ?? 0 < messages {
                try await Task.sleep(for: .milliseconds(100))
                let count = server.withSimulator { simulator in
                    simulator.book.count { $0.endpoint == .sendMessage && $0.errcode == 0 }
                }
                sent.append(((ContinuousClock.now - begin) / .seconds(1), count))
            }
            let used = Double(Glibc.clock() - cpu) / Double(CLOCKS_PER_SEC)
            let most = sent.filter { ($0.count * 10 / messages) % 9 > 0 }
            let steady =
                most.first.flatMap { first in
                    most.last.map { Double($0.count - first.count) / ($0.at - first.at) }
                } ?? .nan
            let rate = Double(messages) / (sent.last?.at ?? .nan)
            return (rate, steady, used * 1_000_000 / Double(messages))
        }
    }

    /// How long texts wait for their answers, in ms: 150 a second for 6 s, with so many customers
    /// entering at once after 2 s.
    func texts(besideGreetings greetings: Int) async throws -> (p50: Int, p99: Int) {
        try await run { server, start in
            let engine = start()
            @Sendable func act(
                _ body: (inout PlatformSimulator) throws -> Void
            ) throws {
                let push = try server.withSimulator { simulator in
                    try body(&simulator)
                    return simulator.takeDueCallbacks().last
                }
                guard let push else { return }
                engine.wake(
                    Self.app,
                    by: WakeUp(
                        account: push.account, token: push.token, createdAt: push.createdAt))
            }
            let begin = ContinuousClock.now
            for number in 0..<900 {
                try await Task.sleep(until: begin + .seconds(1) * number / 150)
                try act { simulator in
                    _ = try simulator.writes(
                        ExternalUserID("wm\(number)"), Self.account, .text("你好", menuItem: nil))
                    guard number == 300 else { return }
                    for number in 0..<greetings {
                        _ = try simulator.enters(
                            ExternalUserID("wg\(number)"), Self.account, scene: "storm")
                    }
                }
            }
            try await Task.sleep(for: .seconds(2))
            let waits = server.withSimulator { simulator in
                simulator.customerMessages.map {
                    $0.answeredAfter.map { Int($0.wholeMilliseconds) } ?? Int.max
                }
            }.sorted()
            return (waits[waits.count / 2], waits[waits.count * 99 / 100])
        }
    }

    /// - Parameter body: Gets the simulator, and what starts the bot.
    private func run<Result: Sendable>(
        _ body:
            @escaping @Sendable (
                SimulatorServer, _ start: @escaping @Sendable () -> Engine
            ) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = SimulatorSettings(
            apps: [.init(alias: Self.app, corp: "wwBENCH", secret: "secret")],
            accounts: [
                .init(
                    id: Self.account, name: "bench", app: Self.app, routing: .api, servicers: [])
            ])
        settings.quotas = .off
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        let now: @Sendable () -> Timestamp = {
            Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        }
        let environment = Environment(
            now: now, random: { 0 }, sleep: { try? await Task.sleep(for: $0) },
            shortHash: { Digests.sha256ShortName($0) })
        let transport = CurlTransport()
        defer { transport.shutDown() }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = SimulatorServer(
            PlatformSimulator(settings: settings, startingAt: now(), seed: 1),
            wallClock: now, transport: transport, logger: logger, onListening: { port.yield($0) })
        let store = try SQLiteStore(path: folder.appending(path: "store.db").path)
        try await store.publish(Self.rules(publishedAt: now()), activate: true)
        return try await store.close(after: {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                var bound = 0
                for await number in ports {
                    bound = number
                    break
                }
                let base = "http://127.0.0.1:\(bound)"
                let client = WeComKFClient(
                    base: base,
                    tokens: TokenKeeper(
                        corp: "wwBENCH", base: base, source: .secret({ "secret" }),
                        transport: transport, now: environment.now),
                    transport: transport, environment: environment)
                let engine = Engine(
                    apps: [
                        Engine.App(
                            alias: Self.app, corp: "wwBENCH", api: client.api,
                            accounts: ["shop": Self.account])
                    ], store: store, environment: environment, firstStart: .skip,
                    gate: QuotaGate(.off, environment: environment),
                    logger: logger)
                let services = ServiceGroup(
                    configuration: .init(services: [.init(service: engine)], logger: logger))
                let (starts, begin) = AsyncStream<Void>.makeStream()
                group.addTask {
                    for await _ in starts { break }
                    try await services.run()
                }
                let result = try await body(server) {
                    begin.yield()
                    return engine
                }
                await services.triggerGracefulShutdown()
                try await Task.sleep(for: .milliseconds(500))
                group.cancelAll()
                return result
            }
        })
    }

    /// Everybody is greeted, and everything gets the same answer.
    private static func rules(publishedAt time: Timestamp) -> PublishedVersion {
        let place = SourcePlace(file: "bench.kf.yml", line: 1, column: 1)
        return PublishedVersion(
            id: "bench",
            definition: RuleSetDefinition(bundles: [
                BundleDefinition(
                    name: "bench", accounts: ["shop"], menus: [],
                    rules: [
                        RuleDefinition(
                            name: "迎", place: place, triggers: [.event(.enterSession)],
                            reply: [.text("欢迎")]),
                        RuleDefinition(
                            name: "答", place: place, triggers: [.noMatch], reply: [.text("您好")]),
                    ])
            ]), sources: [:], author: "bench", note: "", publishedAt: time)
    }
}

extension SQLiteStore {
    fileprivate func close<Result>(
        after body: () async throws -> Result
    ) async throws -> Result {
        let result = try await body()
        try close()
        return result
    }
}
