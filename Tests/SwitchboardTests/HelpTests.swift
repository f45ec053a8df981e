import Foundation
import Testing

/// What every command's help must have, whatever else it says.
@Suite struct HelpTests {
    static let commands = [
        "serve", "demo", "chat", "simulate", "replay", "test", "cover", "check", "publish",
        "versions", "rollback", "explain", "diff", "record", "fmt", "init", "schema",
        "completion", "lsp", "notice", "plan", "import", "export", "sessions", "doctor",
    ]

    @Test(arguments: commands) func showsExamplesThatCallThisVeryCommand(
        _ command: String
    ) async throws {
        let help = try await Binary.withFolder {
            try await Run.shell("switchboard \(command) --help", in: $0)
        }
        #expect(help.status == 0)
        #expect(help.error.isEmpty)
        let examples = help.output.components(separatedBy: "EXAMPLES\n").last ?? ""
        #expect(help.output.contains("EXAMPLES\n"))
        #expect(examples.contains("switchboard \(command)"))
    }

    @Test func listsEveryCommand() async throws {
        let help = try await Binary.withFolder { try await Run.shell("switchboard --help", in: $0) }
        let listed = help.output.components(separatedBy: "SUBCOMMANDS:\n").last ?? ""
        let names = listed.split(separator: "\n").compactMap { line in
            line.hasPrefix("  ") && !line.hasPrefix("   ") ? line.split(separator: " ").first : nil
        }.map(String.init).filter { $0 != "See" }
        #expect(names.sorted() == Self.commands.sorted())
    }

    @Test(arguments: commands + ["--help"]) func fitsATerminal(_ command: String) async throws {
        let help = try await Binary.withFolder {
            try await Run.shell("switchboard \(command) --help", in: $0)
        }
        let long = help.output.split(separator: "\n").filter {
            $0.count > 80 && !$0.hasPrefix("USAGE:")
        }
        #expect(long.isEmpty)
    }
}
