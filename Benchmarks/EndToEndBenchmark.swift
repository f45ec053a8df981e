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

/// How many messages a second bot and simulator together answer over loopback HTTP.
///
/// Pull, route, commit, send, mark done, in one process: both sides share the machine's cores, so
/// the bot alone does better.
func measureEndToEnd() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let messages = 20_000
    let (app, account) = (AppAlias("kf"), OpenKfID("wkBENCH000000000000001"))
    var settings = SimulatorSettings(
        apps: [.init(alias: app, corp: "wwBENCH", secret: "secret")],
        accounts: [.init(id: account, name: "bench", app: app, routing: .api, servicers: [])])
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
    let place = SourcePlace(file: "bench.kf.yml", line: 1, column: 1)
    let store = try SQLiteStore(path: folder.appending(path: "store.db").path)
    try await store.publish(
        PublishedVersion(
            id: "bench",
            definition: RuleSetDefinition(bundles: [
                BundleDefinition(
                    name: "bench", accounts: ["shop"], menus: [],
                    rules: [
                        RuleDefinition(
                            name: "答", place: place, triggers: [.noMatch], reply: [.text("您好")])
                    ])
            ]), sources: [:], author: "bench", note: "", publishedAt: now()), activate: true)
    try await store.close(after: {
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
                        alias: app, corp: "wwBENCH", api: client.api,
                        accounts: ["shop": account])
                ], store: store, environment: environment, firstStart: .skip,
                gate: QuotaGate(.off, environment: environment),
                logger: logger)
            for number in 0..<messages {
                _ = try server.withSimulator { simulator in
                    try simulator.writes(
                        ExternalUserID("wm\(number)"), account, .text("你好", menuItem: nil))
                }
            }
            let cpu = Glibc.clock()
            let start = ContinuousClock.now
            let services = ServiceGroup(
                configuration: .init(services: [.init(service: engine)], logger: logger))
            group.addTask { try await services.run() }
            while server.withSimulator({ $0.conversationViews.contains { $0.sends == 0 } }) {
                try await Task.sleep(for: .milliseconds(100))
            }
            let wall = (ContinuousClock.now - start) / .seconds(1)
            let used = Double(Glibc.clock() - cpu) / Double(CLOCKS_PER_SEC)
            print(
                String(
                    format: "end to end      %7.0f messages/s  %5.1f µs CPU, simulator included",
                    Double(messages) / wall, used * 1_000_000 / Double(messages)))
            await services.triggerGracefulShutdown()
            try await Task.sleep(for: .milliseconds(500))
            group.cancelAll()
        }
    })
}

extension SQLiteStore {
    fileprivate func close(after body: () async throws -> Void) async throws {
        try await body()
        try close()
    }
}
