import Foundation
import Testing

/// What every command's help must have, whatever else it says.
@Suite struct HelpTests {
    static let commands = [
        "serve", "demo", "chat", "simulate", "replay", "test", "cover", "check", "publish",
        "versions", "rollback", "explain", "diff", "record", "fmt", "init", "schema",
        "completion", "lsp", "notice", "plan", "import", "export", "sessions", "doctor",
        "kf",
    ]

    /// What 'kf' has below it: the platform's calls.
    static let calls = [
        "accounts", "accounts list", "accounts show", "accounts add", "accounts rename",
        "accounts avatar", "accounts remove", "links", "links add", "links qr", "servicers",
        "servicers list", "servicers add", "servicers remove", "state", "state show",
        "state move", "customers", "customers show", "upgrade", "upgrade range",
        "upgrade recommend", "upgrade withdraw", "stats", "knowledge", "knowledge groups",
        "knowledge list", "knowledge add-group", "knowledge rename-group",
        "knowledge remove-group", "knowledge add", "knowledge change", "knowledge remove",
        "knowledge export", "knowledge import", "media", "media upload", "media download",
        "messages", "messages send", "messages send-on-event", "messages pull", "qualification",
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

    @Test(arguments: commands + ["--help"]) func fitsATerminal(_ command: String)
        async throws
    {
        let help = try await Binary.withFolder {
            try await Run.shell("switchboard \(command) --help", in: $0)
        }
        let long = help.output.split(separator: "\n").filter {
            $0.count > 80 && !$0.hasPrefix("USAGE:")
        }
        #expect(long.isEmpty)
    }

    @Test func everyCallHasExamplesAndFitsATerminal() async throws {
        let script = Self.calls.map { "switchboard kf \($0) --help; echo '=='" }
        let help = try await Binary.withFolder {
            try await Run.shell(script.joined(separator: "\n"), in: $0)
        }
        let pages = help.output.components(separatedBy: "==\n").dropLast()
        #expect(pages.count == Self.calls.count)
        for (call, page) in zip(Self.calls, pages) {
            let examples = page.components(separatedBy: "EXAMPLES\n").last ?? ""
            #expect(examples.contains("switchboard kf \(call)"))
            let long = page.split(separator: "\n").filter {
                $0.count > 80 && !$0.hasPrefix("USAGE:")
            }
            #expect(long.isEmpty)
        }
    }
}
