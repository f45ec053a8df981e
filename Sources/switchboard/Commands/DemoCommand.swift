import ArgumentParser
import Foundation
import RuleFiles

/// `switchboard demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play a customer's day on the simulator, and leave it running.",
        discussion: """
            Starts the simulated platform and the bot as two processes, wired as for real: \
            encrypted callbacks, HTTP, SQLite. Everything stays on loopback. Ctrl-C stops it.

            EXAMPLES
              switchboard demo
              switchboard demo --once
            """)

    @Flag(help: "Stop after the timeline; exit with 1 if anything was not as expected.")
    var once = false

    @Option(help: "The folder of rule files.")
    var rules: String = "rules/"

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let language = languageOptions.language
        let isOnce = once || ProcessInfo.processInfo.environment["CI"] == "true"
        // A signal must reach the end of this function, so that nothing is left running.
        let interrupted = Interruption()
        let stage = try await DemoStage.start(rules: rules)
        defer { stage.stop() }
        let problems = try await DemoDay(
            stage: stage, usesColor: color.isWanted, language: language
        ).play()
        Terminal.line()
        if problems.isEmpty {
            Terminal.say(
                Bilingual(en: "Everything was as it should be.", zh: "一切都和预期一样。"), in: language)
        } else {
            Terminal.say(
                Bilingual(
                    en: "\(problems.count) things were not as they should be:",
                    zh: "有 \(problems.count) 处和预期不一样："), in: language)
            for problem in problems { Terminal.line("  ✗ \(problem)") }
        }
        if isOnce {
            if !problems.isEmpty { throw CommandEnd(status: .findings) }
            return
        }
        let program = CommandLine.arguments.first ?? "switchboard"
        Terminal.say(Self.outlook(on: stage, program: program), in: language)
        await interrupted.wait()
        Terminal.say(Bilingual(en: "stopping", zh: "正在停止"), in: language)
    }

    /// What goes on running, and where.
    private static func outlook(on stage: DemoStage, program: String) -> Bilingual {
        Bilingual(
            en: """

                It goes on running on this machine only:
                  the simulated platform   \(stage.simulatorURL)   (control API: docs/simulator.md)
                  the bot                  \(stage.botURL)   (/healthz, /readyz)
                  its database and logs    \(stage.folder)

                Talk to it from another terminal:
                  \(program) chat --simulator \(stage.simulatorURL)
                Stop it with Ctrl-C.
                """,
            zh: """

                它继续运行，只在这台机器上：
                  模拟平台       \(stage.simulatorURL)   （控制接口：docs/simulator.md）
                  机器人         \(stage.botURL)   （/healthz、/readyz）
                  数据库和日志   \(stage.folder)

                在另一个终端里和它聊一聊：
                  \(program) chat --simulator \(stage.simulatorURL)
                按 Ctrl-C 停止。
                """)
    }
}

/// SIGINT, SIGTERM, or the terminal that was closed, as something to wait for.
final class Interruption {
    /// Ends with the first signal.
    let signals: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        signals = stream
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.finish() }
            source.resume()
            return source
        }
    }

    func wait() async { for await _ in signals {} }
}
