import ArgumentParser
import Foundation

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

    func run() async throws {
        let isOnce = once || ProcessInfo.processInfo.environment["CI"] == "true"
        // A signal must reach the end of this function, so that nothing is left running.
        let interrupted = Interruption()
        let stage = try await DemoStage.start(rules: rules)
        defer { stage.stop() }
        let problems = try await DemoDay(stage: stage, usesColor: color.isWanted).play()
        Terminal.line()
        if problems.isEmpty {
            Terminal.line("Everything was as it should be.")
        } else {
            Terminal.line("\(problems.count) things were not as they should be:")
            for problem in problems { Terminal.line("  ✗ \(problem)") }
        }
        if isOnce {
            if !problems.isEmpty { throw CommandEnd(status: .findings) }
            return
        }
        let program = CommandLine.arguments.first ?? "switchboard"
        Terminal.line(
            """

            It goes on running on this machine only:
              the simulated platform   \(stage.simulatorURL)   (control API: docs/simulator.md)
              the bot                  \(stage.botURL)   (/healthz, /readyz)
              its database and logs    \(stage.folder)

            Talk to it from another terminal:
              \(program) chat --simulator \(stage.simulatorURL)
            Stop it with Ctrl-C.
            """)
        await interrupted.wait()
        Terminal.line("stopping")
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
