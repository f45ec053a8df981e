import ArgumentParser
import Boundary
import ChatModel
import Operations
import RuleFiles
import SQLiteStore

/// `switchboard sessions`.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List conversations, and show one.",
        discussion: """
            The number a conversation has here is what 'record' and 'explain --as' take; the \
            msgids of its messages are what 'explain --msg' takes.

            EXAMPLES
              switchboard sessions
              switchboard sessions show 17
            """,
        subcommands: [SessionsListCommand.self, SessionsShowCommand.self],
        defaultSubcommand: SessionsListCommand.self)
}

/// `switchboard sessions list`.
struct SessionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List conversations, the latest first.",
        discussion: """
            Of the last 20 000 messages: each conversation's number, when the last one was decided, the session's state, \
            the customer's external_userid, and why the latest message was answered as it was. \
            Nothing that was said.

            EXAMPLES
              switchboard sessions
              switchboard sessions list --limit 100 --format json
            """,
        aliases: ["ls"])

    @Option(help: "How many at most.")
    var limit = 20

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws {
        if limit < 1 {
            throw ValidationError(
                Bilingual(en: "--limit takes 1 or more", zh: "--limit 要写 1 或更大的数"))
        }
    }

    func run() async throws {
        let language = languageOptions.language
        let found = try await storeOptions.open().recentConversations(limit: limit)
        switch format {
        case .json: try Terminal.json(found.map(Listed.init))
        case .text:
            if found.isEmpty {
                Terminal.say(
                    Bilingual(en: "nobody has written yet", zh: "还没有客户说过话"), in: language)
            }
            for summary in found {
                Terminal.line(
                    "\(summary.number)  \(LocalTime.text(summary.at)) +08:00  "
                        + SessionStateName.text(summary.state)[language]
                        + "  \(summary.id.customer)  "
                        + summary.reason)
            }
        }
    }

    /// What scripts read.
    private struct Listed: Encodable {
        let conversation: Int
        let account: String
        let customer: String
        let state: String
        let at: Int64
        let reason: String

        init(_ summary: ConversationSummary) {
            conversation = summary.number
            account = summary.id.account.rawValue
            customer = summary.id.customer.rawValue
            state = SessionStateName.of(summary.state)
            at = summary.at.milliseconds
            reason = summary.reason
        }
    }
}

/// `switchboard sessions show`.
struct SessionsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a conversation: what was said, decided and sent.",
        discussion: """
            Prints customers' words as they are: mind who reads along. What was refused is \
            explained below, with what helps.

            EXAMPLES
              switchboard sessions show 17
              switchboard sessions show wmDEMO0001 --account wkDEMO0001
            """)

    @Argument(help: "The conversation's number, or the customer's external_userid.")
    var conversation: String

    @Option(help: "The account's open_kfid, where the customer writes to several.")
    var account: String?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let language = languageOptions.language
        let store = try storeOptions.open()
        let id = try await NamedConversation(name: conversation, account: account).id(in: store)
        let lines = try await store.transcript(of: id)
        switch format {
        case .json: try Terminal.json(lines.map(Shown.init))
        case .text:
            if lines.isEmpty {
                Terminal.say(
                    Bilingual(en: "nothing has happened yet", zh: "还没有发生什么"), in: language)
            }
            for line in lines {
                let said = line.text.isEmpty ? line.kind : line.text.replacing("\n", with: " | ")
                let words = Terminal.printable(said)
                let score = line.score.map { " \(ExplanationText.number($0))" } ?? ""
                let id = line.msgID.map { "  \($0)" } ?? ""
                let who = Self.speaker(line.who)[language]
                Terminal.line(
                    "\(LocalTime.text(line.at))  \(who)  \(words)  (\(line.reason)\(score))\(id)")
            }
            for refusal in Self.refusals(in: lines) {
                Terminal.line("\(refusal.rawValue): \(refusal.remedy(in: language))")
            }
        }
    }

    /// Why something was not said or not done, each once, in the order of the transcript.
    private static func refusals(in lines: [TranscriptLine]) -> [Refusal] {
        var found: [Refusal] = []
        for line in lines {
            for word in line.reason.split(whereSeparator: { ", :".contains($0) }) {
                guard let refusal = Refusal(rawValue: String(word)), !found.contains(refusal)
                else { continue }
                found.append(refusal)
            }
        }
        return found
    }

    /// Who a line of a transcript is by.
    private static func speaker(_ who: String) -> Bilingual {
        let inChinese = [
            "customer": "客户", "servicer": "接待人员", "bot": "机器人", "event": "平台", "note": "记录",
        ]
        return Bilingual(en: who, zh: inChinese[who] ?? who)
    }

    /// What scripts read.
    private struct Shown: Encodable {
        let at: Int64
        let who: String
        let kind: String
        let text: String
        let reason: String
        let score: Double?
        let version: String?
        let msgid: String?

        init(_ line: TranscriptLine) {
            at = line.at.milliseconds
            who = line.who
            kind = line.kind
            text = line.text
            reason = line.reason
            score = line.score
            version = line.version?.rawValue
            msgid = line.msgID?.rawValue
        }
    }
}

/// The states of a session as the command line names them.
enum SessionStateName {
    /// In the order of the platform's numbers.
    static let all = ["untreated", "assistant", "pool", "human", "ended"]

    /// The name of a state's number.
    static func of(_ state: Int) -> String {
        all.indices.contains(state) ? all[state] : "unknown"
    }

    /// The name as a person reads it.
    static func text(_ state: Int) -> Bilingual {
        let inChinese = ["未处理", "机器人接待", "排队中", "人工接待", "已结束"]
        return Bilingual(
            en: of(state), zh: inChinese.indices.contains(state) ? inChinese[state] : "未知")
    }
}
