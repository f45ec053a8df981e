import ArgumentParser
import Boundary
import ChatModel
import Foundation
import Operations
import Routing
import RuleEngine
import RuleFiles
import SQLiteStore
import SessionMachine

/// `switchboard explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say which rule would answer, and why the others would not.",
        discussion: """
            Asks the rule files, or a published version. With --msg, explains a decision of the \
            past as it was made: by the version, the session, the values and the clock of that \
            moment; and says what the active version would do.

            EXAMPLES
              switchboard explain "我想退貨"
              switchboard explain "转人工" --at "2026-10-10 12:30"
              switchboard explain --click 主菜单.退款
              switchboard explain --sends image --misses 1
              switchboard explain --enter --scene live_1111
              switchboard explain "还没到" --as 17            as the customer of conversation 17
              switchboard explain "人工费" --published 9f31c2
              switchboard explain --msg 4fJqxw8gD1RBbhqLuT1D
            """)

    @Argument(help: "What the customer writes.")
    var text: String?

    @Option(help: "A tapped menu item: menu.item.")
    var click: String?

    @Option(help: "Another kind of message: \(ExplainCommand.kinds).")
    var sends: String?

    @Flag(help: "The customer opens the chat.")
    var enter = false

    @Option(help: "A message decided about before: its msgid.")
    var msg: String?

    @Option(help: "When: 2026-10-10 10:00, on Shanghai's clock. Default: now.")
    var at: String?

    @Option(name: .customLong("as"), help: "Which customer: a conversation's number.")
    var customer: Int?

    @Option(help: "The scene the customer came by.")
    var scene: String?

    @Option(help: "Consecutive misses before this message.")
    var misses: Int?

    @Option(help: "The session's state: untreated, assistant, pool, human or ended.")
    var state: String?

    @Option(help: "The rule files.")
    var rules: [String] = ["rules/"]

    @Flag(help: "Ask the active version in the database instead of the files.")
    var published = false

    @Option(name: .customLong("version-id"), help: "Ask this published version.")
    var version: String?

    @Option(help: "The account's alias, where several bundles are loaded.")
    var account: String?

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    private static let kinds = MessageKind.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        let given = [text != nil, click != nil, sends != nil, enter, msg != nil].count { $0 }
        if given != 1 {
            throw ValidationError("give exactly one of: a text, --click, --sends, --enter, --msg")
        }
        if let text, text.isEmpty { throw ValidationError("the text is empty") }
        if let misses, misses < 0 { throw ValidationError("--misses takes 0 or more") }
    }

    func run() async throws {
        if let msg { return try await explainPast(MsgID(msg)) }
        let rules = try await compiled()
        let bundles = rules.bundles.filter { bundle in
            account.map { bundle.definition.accounts.contains(AccountAlias($0)) } ?? true
        }
        guard !bundles.isEmpty else {
            throw CommandFailure(
                .usage, "no bundle serves the account '\(account ?? "")'",
                cure: "use an alias from a bundle's 'accounts'")
        }
        let facts = try await facts()
        for (index, bundle) in bundles.enumerated() {
            if index > 0 { Terminal.line() }
            show(try stimulus(in: bundle.definition), facts, by: bundle)
        }
    }

    private func show(_ stimulus: Stimulus, _ facts: Facts, by bundle: CompiledBundle) {
        let language = languageOptions.language
        let explanation = bundle.explanation(of: stimulus, facts: facts)
        let text = ExplanationText(explanation, by: bundle.definition, in: language)
        for line in text.lines { Terminal.line(line) }
        for line in bundle.alternatives(to: explanation).lines(in: language) {
            Terminal.line(line)
        }
    }

    // MARK: The past

    /// Explains a stored decision under what it was made of, then under the active version.
    private func explainPast(_ id: MsgID) async throws {
        let store = try storeOptions.open()
        guard let record = try await store.decision(of: id) else {
            throw CommandFailure(
                .unreadable, "no message '\(id)' was ever decided about",
                cure: "the transcript of a conversation has the msgids; or name another --store")
        }
        Terminal.line("\(LocalTime.text(record.at))  \(record.reason)")
        guard let stimulus = record.stimulus, let facts = record.facts else {
            Terminal.line("no rule was asked")
            return
        }
        let active = try await store.activeVersion()
        if let version = record.version, let past = try await store.version(version) {
            Terminal.line("version   \(version)")
            try show(stimulus, facts, by: past)
            if let active, active.id != version {
                Terminal.line()
                Terminal.line("version   \(active.id), active now")
                try show(stimulus, facts, by: active)
            }
        } else if let active {
            Terminal.line("the version that decided is not known any more; by the active one:")
            try show(stimulus, facts, by: active)
        }
    }

    private func show(_ stimulus: Stimulus, _ facts: Facts, by version: PublishedVersion) throws {
        let rules: RuleSet
        do throws(RuleSetError) { rules = try RuleSet(version.definition) } catch {
            throw CommandFailure(.findings, "version \(version.id): \(error)")
        }
        let serving = facts.account.flatMap { rules.bundle(serving: $0) }
        guard let bundle = serving ?? (rules.bundles.count == 1 ? rules.bundles[0] : nil) else {
            Terminal.line("no bundle of version \(version.id) serves this account")
            return
        }
        show(stimulus, facts, by: bundle)
    }

    // MARK: What is asked

    private func compiled() async throws -> RuleSet {
        let sides = RuleSides(storeOptions: storeOptions)
        if let version { return try await sides.rules(of: version) }
        if published { return try await sides.rules(of: "active") }
        let loaded = RuleFiles.load(try RuleFolder.ruleSources(at: rules))
        guard let definition = loaded.definition else {
            Terminal.report(loaded.report(language: languageOptions.language))
            throw CommandEnd(status: .findings)
        }
        do throws(RuleSetError) { return try RuleSet(definition) } catch {
            throw CommandFailure(.findings, "\(error)")
        }
    }

    private func facts() async throws -> Facts {
        var facts = Facts(now: try moment(), account: account.map { AccountAlias($0) })
        if let customer {
            let store = try storeOptions.open()
            guard let id = try await store.conversation(numbered: customer),
                let conversation = try await store.conversation(id)
            else {
                throw CommandFailure(
                    .unreadable, "there is no conversation \(customer)",
                    cure: "use the number a transcript shows")
            }
            let memory = conversation.memory
            facts.scene = memory.scene
            facts.state = conversation.session.state.number
            facts.misses = memory.misses
            facts.values = memory.lasting.merging(memory.values) { $1 }
            facts.flow = memory.flow?.frames.first?.flow
            facts.isReturning = memory.sessions > (facts.state == 4 ? 0 : 1)
            facts.tags = Set(memory.tags)
            facts.language = memory.language
            facts.answered = memory.answered
        }
        if let scene { facts.scene = scene }
        if let misses { facts.misses = misses }
        if let state { facts.state = try number(of: state) }
        return facts
    }

    private func moment() throws -> Timestamp {
        guard let at else { return Environment.live.now() }
        guard let moment = LocalTime.moment(at) else {
            throw CommandFailure(
                .usage, "'\(at)' is no moment", cure: "write 2026-10-10 10:00, or 2026-10-10")
        }
        return moment
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
        let menus = bundle.menus + bundle.surveys.map(\.menu)
        for menu in menus {
            for item in menu.items where "\(menu.name).\(item.key)" == click {
                if case .click(let id, let label) = item.item {
                    return .text(label.literal ?? item.key, menuItem: id)
                }
            }
        }
        throw CommandFailure(
            .usage, "the bundle \(bundle.name) has no menu item '\(click)' to tap",
            cure: Suggestion.phrase(
                for: click,
                among: menus.flatMap { menu in
                    menu.items.map { "\(menu.name).\($0.key)" }
                }))
    }

    private func number(of state: String) throws -> Int {
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
