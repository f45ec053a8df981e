import CurlTransport
import Foundation
import GRDB

/// Simulator and bot as two real processes in a folder of their own; the bot dies and comes back.
actor Stage {
    static let app = "kf"
    static let token = "kfDemoToken2026"
    static let aesKey = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"

    let control: PlatformControl
    let folder: String
    /// When the bot was killed, by the wall clock in milliseconds.
    private(set) var kills: [Int64] = []
    /// Whether the bot is left alone from now on.
    private(set) var isKillingOver = false
    private let transport: CurlTransport
    private let simulator: SwitchboardProcess
    private let configuration: String
    private var bot: SwitchboardProcess?
    private var starts = 0

    private init(
        control: PlatformControl, folder: String, transport: CurlTransport,
        simulator: SwitchboardProcess, configuration: String
    ) {
        (self.control, self.folder, self.transport) = (control, folder, transport)
        (self.simulator, self.configuration) = (simulator, configuration)
    }

    /// Starts the simulator, with small pages and empty ones between, and writes the bot's files.
    static func setUp(seed: UInt64) async throws -> Stage {
        let folder = NSTemporaryDirectory() + "switchboard-crash-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder + "/rules", withIntermediateDirectories: true)
        try CrashRules.file.write(
            toFile: folder + "/rules/crash.kf.yml", atomically: true, encoding: .utf8)
        let simulator = try SwitchboardProcess(
            [
                "simulate", "--port", "0", "--quotas", "off", "--page-size", "50",
                "--empty-page-every", "3", "--seed", "\(seed)",
            ], log: folder + "/simulator.log")
        let port = try await port(of: simulator, after: "platform is at http://127.0.0.1:")
        let configuration = folder + "/switchboard.yml"
        try """
        corps:
          - alias: demo
            corp_id: ww0000demo00000001
            api: http://127.0.0.1:\(port)
            apps:
              - alias: \(app)
                secret: { env: CRASH_SECRET }
                token: { env: CRASH_TOKEN }
                aes_key: { env: CRASH_AES_KEY }
                accounts: { shop: wkDEMO0000000000000001 }
        listen: 127.0.0.1:0
        store: switchboard.db
        rules: rules
        quotas: "off"

        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        let transport = CurlTransport()
        return Stage(
            control: PlatformControl(base: "http://127.0.0.1:\(port)", transport: transport),
            folder: folder, transport: transport, simulator: simulator,
            configuration: configuration)
    }

    private static func port(
        of process: SwitchboardProcess, after words: String
    ) async throws -> Int {
        for _ in 0..<1500 {
            if let port = await process.port(after: words) { return port }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CrashTestError("a process did not come up:\n" + (await process.lastWords()))
    }

    // MARK: The bot

    /// Starts the bot; it is under way, not up.
    func startBot() throws {
        starts += 1
        bot = try SwitchboardProcess(
            ["serve", "--config", configuration],
            environment: [
                "CRASH_SECRET": "demo-secret-of-the-simulator", "CRASH_TOKEN": Self.token,
                "CRASH_AES_KEY": Self.aesKey,
            ], log: folder + "/bot-\(starts).log")
    }

    /// Waits until the bot listens, and has callbacks sent there.
    ///
    /// Each start has a port of its own: the former one may be anybody's by now.
    func connectCallbacks() async throws {
        guard let bot else { return }
        let port = try await Self.port(of: bot, after: "listening on http://127.0.0.1:")
        try await control.sendCallbacks(to: "http://127.0.0.1:\(port)/callback/\(Self.app)")
    }

    /// Waits until the bot listens; nobody tells it anything.
    func waitForBot() async throws {
        guard let bot else { return }
        _ = try await Self.port(of: bot, after: "listening on http://127.0.0.1:")
    }

    /// Ends the bot with SIGKILL.
    ///
    /// - Throws: ``CrashTestError`` when it had ended by itself.
    func killBot() async throws {
        guard let bot else { return }
        self.bot = nil
        let status = try await bot.kill()
        kills.append(Int64(Date().timeIntervalSince1970 * 1000))
        guard status == SwitchboardProcess.killed else {
            throw CrashTestError(
                "the bot ended by itself with \(status):\n" + (await bot.lastWords()))
        }
    }

    /// Kills the bot as soon as it has ordered what it has not sent yet.
    ///
    /// On a thread of its own: where all tests run, a task may wait for half a minute.
    func killBotWithWorkPending() async throws {
        guard let bot else { return }
        let path = folder + "/switchboard.db"
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let deadline = Date() + 60
                while Date() < deadline, (try? Self.pendingEntries(at: path)) ?? 0 == 0 {
                    usleep(5000)
                }
                bot.cutLifeline()
                continuation.resume()
            }
        }
        try await killBot()
    }

    private nonisolated static func pendingEntries(at path: String) throws -> Int {
        var settings = GRDB.Configuration()
        settings.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: settings)
        defer { try? queue.close() }
        return try queue.read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM outbox WHERE status = 'pending'") ?? 0
        }
    }

    /// From now on the bot is left alone.
    func endKilling() { isKillingOver = true }

    /// The bot's log since its last start.
    func botsLastWords() async -> String { await bot?.lastWords() ?? "(no bot)" }

    /// Ends everything; keeps the folder when `keeping`.
    func tearDown(keeping: Bool) async {
        _ = try? await bot?.kill()
        _ = try? await simulator.kill()
        transport.shutDown()
        if keeping {
            print("crash test: logs and database are kept in \(folder)")
        } else {
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    // MARK: The bot's own records

    /// Reads the bot's database, whether or not the bot runs.
    nonisolated func records<Value: Sendable>(
        _ read: @Sendable (Database) throws -> Value
    ) async throws -> Value {
        var settings = GRDB.Configuration()
        settings.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: folder + "/switchboard.db", configuration: settings)
        defer { try? queue.close() }
        return try await queue.read(read)
    }

    /// Outbox entries that are neither done nor given up.
    func pendingEntries() async throws -> Int {
        try await records { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM outbox WHERE status = 'pending'") ?? 0
        }
    }
}
