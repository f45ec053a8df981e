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
            ':help' lists them. At a terminal lines can be edited, Up brings earlier ones back, \
            and Tab completes commands, menu items and names.

            EXAMPLES
              switchboard chat
              switchboard chat --simulator http://127.0.0.1:8090
              switchboard chat --rules rules/ --account flagship
              switchboard chat --rules rules/ --at "2027-02-05 21:30" --speed 60x
              printf '你好\\n人工\\n' | switchboard chat --rules rules/
            """)

    @Option(help: "The simulator to write through.")
    var simulator: String = "http://127.0.0.1:8090"

    @Option(help: "Rule files to talk to, without anything running.", completion: .directory)
    var rules: String?

    @Option(help: "Which account of --rules is written to. Default: the first.")
    var account: String?

    @Option(help: "Who writes.")
    var customer: String = "wmCHAT0000000000000001"

    @Option(help: "When the chat takes place, in China time: \"2027-02-05 21:30\". Not before now.")
    var at: String?

    @Option(help: "How fast time passes: 60x is a minute a second.")
    var speed: String?

    @Option(help: "The bot's database, for ':why'.")
    var store: String?

    @OptionGroup var languageOptions: LanguageOptions

    /// Where `serve` keeps its database unless told otherwise; `nil` when there is none here.
    private static var usualStore: String? {
        let path = "data/switchboard.db"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    func validate() throws {
        if let at, LocalTime.moment(at) == nil {
            throw ValidationError(
                Bilingual(
                    en: "--at takes a date and a time such as \"2027-02-05 21:30\"",
                    zh: "--at 要写日期和时间，比如 \"2027-02-05 21:30\""))
        }
        if speed != nil, factor == nil {
            throw ValidationError(
                Bilingual(
                    en: "--speed takes a factor from 2x to 3600x, such as 60x",
                    zh: "--speed 要写 2x 到 3600x 的倍数，比如 60x"))
        }
        if account != nil, rules == nil {
            throw ValidationError(
                Bilingual(
                    en: "--account chooses among the accounts of --rules",
                    zh: "--account 要和 --rules 一起用"))
        }
    }

    private var factor: Int? {
        guard let speed, speed.hasSuffix("x"), let factor = Int(speed.dropLast()) else {
            return nil
        }
        return (2...3600).contains(factor) ? factor : nil
    }

    func run() async throws {
        if let rules {
            let cast = try cast(of: rules)
            let stage = try await DemoStage.start(
                rules: rules, account: cast.account, servicers: cast.servicers)
            defer { stage.stop() }
            try await chat(stage.control, cast, database: stage.database)
        } else {
            let transport = CurlTransport()
            defer { transport.shutDown() }
            try await chat(
                SimulatorControl(base: simulator, transport: transport), ChatCast(),
                database: store ?? Self.usualStore)
        }
    }

    /// Says what is wrong with the rules here, instead of leaving it in the log of a bot that
    /// could not start.
    private func cast(of rules: String) throws -> ChatCast {
        let loaded = RuleFiles.check(
            RuleFiles.load(try RuleFolder.ruleSources(at: [rules])))
        guard let definition = loaded.definition, !loaded.hasErrors else {
            Terminal.standardError(loaded.report(language: languageOptions.language))
            throw CommandFailure(
                .findings, Bilingual(en: "the rules have errors", zh: "规则有错"),
                cure: Bilingual(en: "mend what is listed above", zh: "改好上面列出的"))
        }
        if let cast = ChatCast(definition, account: account) { return cast }
        let known = ChatCast.accounts(of: definition)
        throw CommandFailure(
            .usage,
            Bilingual(
                en: "no rules serve the account '\(account ?? "")'",
                zh: "没有规则服务账号「\(account ?? "")」"),
            cure: Bilingual(
                en: "one of: \(known.joined(separator: ", "))",
                zh: "可以写：\(known.joined(separator: "、"))"))
    }

    private func chat(
        _ control: SimulatorControl, _ cast: ChatCast, database: String?
    ) async throws {
        let isTerminal = isatty(STDIN_FILENO) == 1
        if let at = at.flatMap(LocalTime.moment) { try await control.advance(to: at) }
        var chat = ChatSession(
            control: control, customer: ExternalUserID(customer), cast: cast,
            printer: DemoPrinter(usesColor: isTerminal, language: languageOptions.language),
            database: database,
            language: languageOptions.language)
        try await chat.begin()
        if isTerminal { Terminal.line(ChatSession.hint[languageOptions.language]) }
        let clock = factor.map { factor in
            Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(1))
                    try await control.advance(seconds: factor - 1)
                }
            }
        }
        defer { clock?.cancel() }
        // Ctrl-C ends the chat the way ':quit' does: what was started for it is stopped, too.
        let interrupted = Interruption()
        defer { withExtendedLifetime(interrupted) {} }
        let input = ChatInput(
            isTerminal: isTerminal, words: chat.completions, until: interrupted.signals)
        defer { input.end() }
        input.next()
        for await line in input.lines {
            if [":quit", ":q"].contains(line) { return }
            do {
                try await chat.take(line)
            } catch let failure as CommandFailure {
                // A wrong command ends a script, but not a person's chat.
                guard isTerminal else { throw failure }
                Terminal.complain(failure)
            }
            input.next()
        }
    }
}
