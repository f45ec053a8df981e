import ArgumentParser
import Boundary
import ChatModel
import Operations
import RuleFiles
import SQLiteStore

/// `switchboard publish`.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Check rule files and make them the active version.",
        discussion: """
            A running server takes the version over within a second, without a restart. Files with \
            errors are refused and nothing changes.

            EXAMPLES
              switchboard publish rules/ --note "opening hours for the holiday"
              switchboard publish --config switchboard.yml
            """)

    @Argument(help: "Rule files, or folders of them. Default: the configuration's, or rules/.")
    var paths: [String] = []

    @Option(help: "Why, for the audit.")
    var note: String = ""

    @OptionGroup var storeOptions: StoreOptions

    @Option(help: "auto, always or never.")
    var color: Terminal.Color = .auto

    func run() async throws {
        let sources = try RuleFolder.sources(
            at: try storeOptions.rulePaths(paths), suffix: ".kf.yml")
        // Before the database is opened, too: refused rules don't leave a new one behind.
        let checked = Publishing.check(sources)
        if checked.hasErrors { throw refusal(of: checked) }
        let store = try storeOptions.open(creating: true)
        let publishing = Publishing(store: store, environment: .live)
        switch try await publishing.publish(sources, author: Author.current, note: note) {
        case .refused(let loaded): throw refusal(of: loaded)
        case .unchanged(let version, _):
            Terminal.line("\(version) is active already: nothing to do")
        case .published(let version, let loaded):
            if !loaded.diagnostics.isEmpty {
                Terminal.line(loaded.report(usesColor: color.isWanted))
            }
            Terminal.line("published \(version), active now")
        }
    }

    private func refusal(of loaded: LoadedRules) -> CommandFailure {
        Terminal.line(loaded.report(usesColor: color.isWanted))
        return CommandFailure(
            .refused, "not published: the rules have errors",
            cure: "mend what is listed above, then publish again")
    }
}
