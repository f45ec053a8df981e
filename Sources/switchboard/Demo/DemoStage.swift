import Boundary
import ChatModel
import CurlTransport
import Foundation
import RuleFiles
import SQLiteStore

/// Simulator and bot as two processes of their own, wired as for real, in a folder of their own.
struct DemoStage {
    let folder: String
    let simulator: ChildProcess
    let bot: ChildProcess
    let simulatorURL: String
    let botURL: String
    let transport: CurlTransport

    var control: SimulatorControl { SimulatorControl(base: simulatorURL, transport: transport) }
    var database: String { folder + "/switchboard.db" }

    /// Starts both, and waits until the bot says it is ready.
    ///
    /// - Parameters:
    ///   - account: What the rules call the simulator's account.
    ///   - servicers: Who receives there.
    static func start(
        rules: String, account: AccountAlias = EmbeddedDefault.accountAlias,
        servicers: [ServicerID] = EmbeddedDefault.servicers
    ) async throws -> DemoStage {
        guard FileManager.default.fileExists(atPath: rules) else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "there is no folder \(rules)", zh: "找不到文件夹 \(rules)"),
                cure: Bilingual(
                    en: "run the demo in the repository, or name the rules with --rules",
                    zh: "在仓库里运行演示，或用 --rules 写规则在哪"))
        }
        let folder = NSTemporaryDirectory() + "switchboard-demo-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let (simulatorPort, botPort) = (try FreePort.any(), try FreePort.any())
        let simulatorURL = "http://127.0.0.1:\(simulatorPort)"
        let botURL = "http://127.0.0.1:\(botPort)"
        let configuration = """
            corps:
              - alias: demo
                corp_id: \(EmbeddedDefault.corp)
                api: \(simulatorURL)
                apps:
                  - alias: \(EmbeddedDefault.app)
                    secret: { env: DEMO_SECRET }
                    token: { env: DEMO_TOKEN }
                    aes_key: { env: DEMO_AES_KEY }
                    accounts: { \(account): \(EmbeddedDefault.account) }
            listen: 127.0.0.1:\(botPort)
            store: \(folder)/switchboard.db
            rules: \(URL(fileURLWithPath: rules).path)
            clock: simulator

            """
        let path = folder + "/switchboard.yml"
        try configuration.write(toFile: path, atomically: true, encoding: .utf8)
        let transport = CurlTransport()
        let simulator = try ChildProcess(
            Bilingual(en: "the simulator", zh: "模拟平台"),
            [
                "simulate", "--port", "\(simulatorPort)", "--callback",
                "\(botURL)/callback/\(EmbeddedDefault.app)", "--servicers",
                servicers.map(\.rawValue).joined(separator: ","),
            ], log: folder + "/simulator.log")
        try await wait(
            for: simulatorURL + "/simulator/clock", of: simulator, transport, log: folder)
        let bot = try ChildProcess(
            Bilingual(en: "the bot", zh: "机器人"), ["serve", "--config", path],
            environment: [
                "DEMO_SECRET": EmbeddedDefault.secret, "DEMO_TOKEN": EmbeddedDefault.token,
                "DEMO_AES_KEY": EmbeddedDefault.aesKey,
            ], log: folder + "/bot.log")
        do {
            try await wait(for: botURL + "/readyz", of: bot, transport, log: folder)
        } catch {
            bot.stop()
            simulator.stop()
            throw error
        }
        return DemoStage(
            folder: folder, simulator: simulator, bot: bot, simulatorURL: simulatorURL,
            botURL: botURL, transport: transport)
    }

    private static func wait(
        for url: String, of child: ChildProcess, _ transport: CurlTransport, log: String
    ) async throws {
        for _ in 0..<300 {
            guard child.isRunning else { break }
            let response = try? await transport.response(
                to: HTTPRequest(method: .get, url: url, timeout: .seconds(2)))
            if response?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        child.stop()
        throw CommandFailure(
            .unreadable, child.name + Bilingual(en: " did not come up", zh: "没有启动起来"),
            cure: Bilingual(en: "its log is in \(log)", zh: "日志在 \(log)"))
    }

    /// Ends both and takes the folder away.
    func stop() {
        bot.stop()
        simulator.stop()
        transport.shutDown()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
