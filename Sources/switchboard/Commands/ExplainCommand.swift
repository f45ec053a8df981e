import ArgumentParser
import Boundary
import ChatModel
import Operations
import RuleEngine
import RuleFiles
import SQLiteStore

/// `switchboard explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say which rule would answer, and why the others would not.",
        discussion: """
            Asks the rule files, or with --published the active version in the database.

            EXAMPLES
              switchboard explain "我想退貨"
              switchboard explain --click 主菜单.退款
              switchboard explain --sends image --misses 1
              switchboard explain --enter --scene live_1111
            """)

    @Argument(help: "What the customer writes.")
    var text: String?

    @Option(help: "A tapped menu item: menu.item.")
    var click: String?

    @Option(help: "Another kind of message: \(ExplainCommand.kinds).")
    var sends: String?

    @Flag(help: "The customer opens the chat.")
    var enter = false

    @Option(help: "The scene the customer came by.")
    var scene: String?

    @Option(help: "Consecutive misses before this message.")
    var misses: Int = 0

    @Option(help: "The session's state: untreated, assistant, pool, human or ended.")
    var state: String = "untreated"

    @Option(help: "The rule files.")
    var rules: [String] = ["rules/"]

    @Flag(help: "Ask the active version in the database instead of the files.")
    var published = false

    @Option(help: "The account's alias, where several bundles are loaded.")
    var account: String?

    @OptionGroup var storeOptions: StoreOptions

    private static let kinds = MessageKind.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        let given = [text != nil, click != nil, sends != nil, enter].count { $0 }
        if given != 1 {
            throw ValidationError("give exactly one of: a text, --click, --sends, --enter")
        }
        if let text, text.isEmpty { throw ValidationError("the text is empty") }
        if misses < 0 { throw ValidationError("--misses takes 0 or more") }
    }

    func run() async throws {
        let definition = try await definition()
        let rules: RuleSet
        do { rules = try RuleSet(definition) } catch {
            throw CommandFailure(.findings, "\(error)")
        }
        let bundles = rules.bundles.filter { bundle in
            account.map { bundle.definition.accounts.contains(AccountAlias($0)) } ?? true
        }
        guard !bundles.isEmpty else {
            throw CommandFailure(
                .usage, "no bundle serves the account '\(account ?? "")'",
                cure: "use an alias from a bundle's 'accounts'")
        }
        let facts = Facts(scene: scene, state: try stateNumber(), misses: misses)
        for (index, bundle) in bundles.enumerated() {
            if index > 0 { Terminal.line() }
            let explanation = bundle.explanation(
                of: try stimulus(in: bundle.definition), facts: facts)
            for line in ExplanationText(explanation, by: bundle.definition).lines {
                Terminal.line(line)
            }
        }
    }

    private func definition() async throws -> RuleSetDefinition {
        if published {
            guard let active = try await storeOptions.open().activeVersion() else {
                throw CommandFailure(
                    .unreadable, "nothing has been published yet",
                    cure: "'switchboard publish rules/', or leave out --published to ask the files")
            }
            return active.definition
        }
        let loaded = RuleFiles.load(try RuleFolder.sources(at: rules, suffix: ".kf.yml"))
        guard let definition = loaded.definition else {
            Terminal.report(loaded.report())
            throw CommandEnd(status: .findings)
        }
        return definition
    }

    private func stimulus(in bundle: BundleDefinition) throws -> Stimulus {
        if let text { return .text(text, menuItem: nil) }
        if enter { return .event(.enterSession) }
        if let sends {
            guard let kind = MessageKind(rawValue: sends), kind != .text else {
                throw CommandFailure(
                    .usage, "'\(sends)' is no kind of message",
                    cure: "one of: \(Self.kinds)")
            }
            return .message(kind)
        }
        let click = click ?? ""
        for menu in bundle.menus {
            for item in menu.items where "\(menu.name).\(item.key)" == click {
                if case .click(let id, let label) = item.item {
                    return .text(label, menuItem: id)
                }
            }
        }
        throw CommandFailure(
            .usage, "the bundle \(bundle.name) has no menu item '\(click)' to tap",
            cure: Suggestion.phrase(
                for: click,
                among: bundle.menus.flatMap { menu in
                    menu.items.map { "\(menu.name).\($0.key)" }
                }))
    }

    private func stateNumber() throws -> Int {
        switch state {
        case "untreated", "bot": return 0
        case "assistant": return 1
        case "pool": return 2
        case "human": return 3
        case "ended": return 4
        default:
            throw CommandFailure(
                .usage, "'\(state)' is no state",
                cure: "one of: untreated, assistant, pool, human, ended")
        }
    }
}
