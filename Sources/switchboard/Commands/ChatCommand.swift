import ArgumentParser
import Boundary
import ChatModel
import CurlTransport
import Foundation
import RuleFiles
import SQLiteStore

/// `switchboard chat`.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk to the bot from the terminal, as a customer of the simulator.",
        discussion: """
            With --simulator, to a bot that runs already ('serve' or 'demo' say where). With \
            --rules, to those rules alone: a simulator and a bot are started for the chat and \
            stopped with it.

            What you type is what the customer writes. Lines that begin with ':' are commands; \
            ':help' lists them.

            EXAMPLES
              switchboard chat
              switchboard chat --simulator http://127.0.0.1:8090
              switchboard chat --rules rules/
              printf '你好\\n人工\\n' | switchboard chat --rules rules/
            """)

    @Option(help: "The simulator to write through.")
    var simulator: String = "http://127.0.0.1:8090"

    @Option(help: "Rule files to talk to, without anything running.")
    var rules: String?

    @Option(help: "Who writes.")
    var customer: String = "wmCHAT0000000000000001"

    @Option(help: "The bot's database, for ':why'.")
    var store: String?

    /// Where `serve` keeps its database unless told otherwise; `nil` when there is none here.
    private static var usualStore: String? {
        let path = "data/switchboard.db"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    func run() async throws {
        if let rules {
            try refuseErrors(in: rules)
            let stage = try await DemoStage.start(rules: rules)
            defer { stage.stop() }
            try await chat(stage.control, database: stage.database)
        } else {
            let transport = CurlTransport()
            defer { transport.shutDown() }
            try await chat(
                SimulatorControl(base: simulator, transport: transport),
                database: store ?? Self.usualStore)
        }
    }

    /// Says what is wrong with the rules here, instead of leaving it in the log of a bot that
    /// could not start.
    private func refuseErrors(in rules: String) throws {
        let loaded = RuleFiles.check(
            RuleFiles.load(try RuleFolder.sources(at: [rules], suffix: ".kf.yml")))
        guard loaded.hasErrors else { return }
        Terminal.standardError(loaded.report())
        throw CommandFailure(
            .findings, "the rules have errors", cure: "mend what is listed above")
    }

    private func chat(_ control: SimulatorControl, database: String?) async throws {
        let isTerminal = isatty(STDIN_FILENO) == 1
        var chat = ChatSession(
            control: control, customer: ExternalUserID(customer),
            printer: DemoPrinter(usesColor: isTerminal), database: database)
        try await chat.begin()
        if isTerminal {
            Terminal.line("Type as the customer. ':help' lists commands, ':quit' ends.")
        }
        // Ctrl-C ends the chat the way ':quit' does: what was started for it is stopped, too.
        let interrupted = Interruption()
        defer { withExtendedLifetime(interrupted) {} }
        for await line in StandardInput.lines(until: interrupted.signals) {
            if line == ":quit" || line == ":q" { return }
            do {
                try await chat.take(line)
            } catch let failure as CommandFailure {
                // A wrong command ends a script, but not a person's chat.
                guard isTerminal else { throw failure }
                Terminal.complain(failure)
            }
        }
    }
}

/// Standard input, line by line, read on a thread of its own: reading blocks.
enum StandardInput {
    /// The lines until the input ends, or until `signals` does.
    static func lines(until signals: AsyncStream<Void>) -> AsyncStream<String> {
        AsyncStream { continuation in
            Task {
                for await _ in signals {}
                continuation.finish()
            }
            Thread.detachNewThread {
                while let line = readLine() {
                    if !line.trimmingCharacters(in: .whitespaces).isEmpty {
                        continuation.yield(line)
                    }
                }
                continuation.finish()
            }
        }
    }
}
