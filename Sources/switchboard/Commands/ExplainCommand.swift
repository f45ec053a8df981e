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
              switchboard explain "人工费" --by active
              switchboard explain "人工费" --by 9f31c2
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

    @Option(
        name: .customLong("as"),
        help: "Which customer: the conversation's number, or the external_userid.")
    var customer: String?

    @Option(help: "The scene the customer came by.")
    var scene: String?

    @Option(help: "Consecutive misses before this message.")
    var misses: Int?

    @Option(help: "The session's state: untreated, assistant, pool, human or ended.")
    var state: String?

    @Option(help: "What is known of the customer: 订单号=202603010001; may be repeated.")
    var value: [String] = []

    @Option(help: "A tag the customer bears; may be repeated.")
    var tag: [String] = []

    @Option(help: "The customer's language, as texts name it: zh or en.")
    var speaks: String?

    @Option(help: "The flow the customer is in.")
    var flow: String?

    @Flag(help: "The customer had a session before.")
    var returning = false

    @Option(help: "The rule files.")
    var rules: [String] = ["rules/"]

    @Option(help: "Ask a published version instead of the files: its id, or 'active'.")
    var by: String?

    @Option(help: "The account's alias, where several bundles are loaded.")
    var account: String?

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    private static let kinds = MessageKind.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        let given = [text != nil, click != nil, sends != nil, enter, msg != nil].count { $0 }
        if given != 1 {
            throw ValidationError(
                Bilingual(
                    en: "give exactly one of: a text, --click, --sends, --enter, --msg",
                    zh: "写一句话，或 --click、--sends、--enter、--msg 中的一个，只写一样"))
        }
        if let text, text.isEmpty {
            throw ValidationError(Bilingual(en: "the text is empty", zh: "这句话是空的"))
        }
        if let wrong = value.first(where: { Self.pair($0) == nil }) {
            throw ValidationError(
                Bilingual(
                    en: "--value takes a name and a value, such as 订单号=1, not '\(wrong)'",
                    zh: "--value 要写名字和值，比如 订单号=1，不是「\(wrong)」"))
        }
        if let misses, misses < 0 {
            throw ValidationError(
                Bilingual(en: "--misses takes 0 or more", zh: "--misses 要写 0 或更大的数"))
        }
    }

    func run() async throws {
        let language = languageOptions.language
        if let msg {
            let past = PastDecision(store: try storeOptions.open(), language: language)
            for line in try await past.lines(about: MsgID(msg)) { Terminal.line(line) }
            return
        }
        let rules = try await compiled()
        let bundles = rules.bundles.filter { bundle in
            account.map { bundle.definition.accounts.contains(AccountAlias($0)) } ?? true
        }
        guard !bundles.isEmpty else {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "no bundle serves the account '\(account ?? "")'",
                    zh: "没有规则包服务账号「\(account ?? "")」"),
                cure: Bilingual(
                    en: "use an alias from a bundle's 'accounts'", zh: "用规则包 accounts 里写的别名"))
        }
        let facts = try await facts()
        for (index, bundle) in bundles.enumerated() {
            if index > 0 { Terminal.line() }
            let stimulus = try stimulus(in: bundle.definition)
            for line in bundle.explanationLines(stimulus, facts, in: language) {
                Terminal.line(line)
            }
        }
    }

    // MARK: What is asked

    private func compiled() async throws -> RuleSet {
        let sides = RuleSides(
            storeOptions: storeOptions, language: languageOptions.language)
        if let by { return try await sides.rules(ofVersion: by) }
        let loaded = RuleFiles.load(try RuleFolder.ruleSources(at: rules))
        guard let definition = loaded.definition else {
            Terminal.standardError(loaded.report(language: languageOptions.language))
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
            let id = try await NamedConversation(name: customer, takesAccount: false)
                .id(in: store)
            guard let conversation = try await store.conversation(id) else {
                throw CommandFailure(
                    .usage,
                    Bilingual(
                        en: "nothing was ever decided for '\(customer)'",
                        zh: "还没有为「\(customer)」做过任何决定"),
                    cure: Bilingual(
                        en: "'switchboard sessions' lists the conversations",
                        zh: "运行 switchboard sessions 看有哪些会话"))
            }
            let memory = conversation.memory
            facts.scene = memory.scene
            facts.state = conversation.session.state.number
            facts.misses = memory.misses
            let lasting = memory.lasting.filter { name, _ in
                memory.expiries[name].map { $0 > facts.now ?? $0 } ?? true
            }
            facts.values = lasting.merging(memory.values) { $1 }
            facts.flow = memory.flow?.frames.first?.flow
            facts.isReturning = memory.sessions > (facts.state == 4 ? 0 : 1)
            facts.tags = Set(memory.tags)
            facts.language = memory.language
            facts.answered = memory.answered
        }
        if let scene { facts.scene = scene }
        if let misses { facts.misses = misses }
        if let state { facts.state = try number(of: state) }
        for (name, value) in value.compactMap(Self.pair) { facts.values[ValueName(name)] = value }
        facts.tags.formUnion(tag.map { TagName($0) })
        if let speaks { facts.language = Language(speaks) }
        if let flow { facts.flow = FlowName(flow) }
        if returning { facts.isReturning = true }
        return facts
    }

    /// A name and what stands behind the first `=`.
    private static func pair(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private func moment() throws -> Timestamp {
        guard let at else { return Environment.live.now() }
        guard let moment = LocalTime.moment(at) else {
            throw CommandFailure(
                .usage, Bilingual(en: "'\(at)' is no moment", zh: "「\(at)」不是一个时间"),
                cure: Bilingual(
                    en: "write 2026-10-10 10:00, or 2026-10-10",
                    zh: "写成 2026-10-10 10:00 或 2026-10-10"))
        }
        return moment
    }

    private func stimulus(in bundle: BundleDefinition) throws -> Stimulus {
        if let text { return .text(text, menuItem: nil) }
        if enter { return .event(.enterSession) }
        if let sends {
            guard let kind = MessageKind(rawValue: sends), kind != .text else {
                throw CommandFailure(
                    .usage,
                    Bilingual(
                        en: "'\(sends)' is no kind of message", zh: "没有「\(sends)」这种消息"),
                    cure: Bilingual(en: "one of: \(Self.kinds)", zh: "可以写：\(Self.kinds)"))
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
            .usage,
            Bilingual(
                en: "the bundle \(bundle.name) has no menu item '\(click)' to tap",
                zh: "规则包「\(bundle.name)」里没有能点的菜单项「\(click)」"),
            cure: Suggestion.help(
                for: click,
                among: menus.flatMap { menu in
                    menu.items.map { "\(menu.name).\($0.key)" }
                }))
    }

    private func number(of state: String) throws -> Int {
        if state == "bot" { return 0 }
        guard let number = SessionStateName.all.firstIndex(of: state) else {
            throw CommandFailure(
                .usage, Bilingual(en: "'\(state)' is no state", zh: "没有「\(state)」这种会话状态"),
                cure: Bilingual(en: "one of: ", zh: "可以写：")
                    + Bilingual(SessionStateName.all.joined(separator: ", ")))
        }
        return number
    }
}
