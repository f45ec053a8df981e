import ArgumentParser
import Boundary
import Foundation

/// The command line: parses, runs, and turns every end into a stable exit status.
@main
struct Switchboard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard",
        abstract: "The first line of a company's WeChat customer service.",
        discussion: """
            Hears every message, answers by rules a support lead can read and test, and puts the \
            rest through to a person.

            Exit status: 0 clean, 1 findings or failing tests, 2 usage, 3 input, file, database or \
            port, 4 platform or network, 5 refused by a gate.

            EXAMPLES
              switchboard demo                a customer's day, on the simulator
              switchboard serve               the bot, on the built-in simulator
              switchboard check rules/        what is wrong with the rules
              switchboard explain "我想退貨"   why it would answer what it would
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, DemoCommand.self, ChatCommand.self, SimulateCommand.self,
            ReplayCommand.self, CheckCommand.self, PublishCommand.self, VersionsCommand.self,
            RollbackCommand.self, ExplainCommand.self, DiffCommand.self, RecordCommand.self,
            TestCommand.self, CoverCommand.self, FmtCommand.self, InitCommand.self,
            SchemaCommand.self, CompletionCommand.self, LspCommand.self,
            ImportCommand.self, ExportCommand.self, SessionsCommand.self,
            NoticeCommand.self, PlanCommand.self, DoctorCommand.self, KfCommand.self,
        ])

    static func main() async {
        // A reader that goes away (`| head`) must not kill a server by signal.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let end as CommandEnd {
            Foundation.exit(end.status.rawValue)
        } catch let failure as CommandFailure {
            Terminal.complain(failure)
            Foundation.exit(failure.status.rawValue)
        } catch let error as StoreError {
            Terminal.complain(CommandFailure(error))
            Foundation.exit(ExitStatus.unreadable.rawValue)
        } catch {
            let status = exitCode(for: error)
            if status.isSuccess { exit(withError: error) }
            Terminal.standardError(UsageText(language: LanguageOptions.ofRun).text(of: error))
            Foundation.exit(
                status == .validationFailure
                    ? ExitStatus.usage.rawValue : ExitStatus.unreadable.rawValue)
        }
    }
}
