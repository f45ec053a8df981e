import ArgumentParser
import Boundary
import ChatModel
import Foundation
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
              switchboard sessions file 8mYXPmQb3… --output photo.jpg
            """,
        subcommands: [
            SessionsListCommand.self, SessionsShowCommand.self, SessionsFileCommand.self,
        ],
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
            Prints customers' words as they are: mind who reads along. Of a picture, voice \
            message, video or file it says where it is kept; 'sessions file' copies it. What was \
            refused is explained below, with what helps.

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
        var files: [MsgID: KeptFile] = [:]
        for line in lines where MediaKind(rawValue: line.kind) != nil {
            guard let msgID = line.msgID, line.who == "customer" else { continue }
            files[msgID] = try await KeptFile(of: msgID, in: store)
        }
        switch format {
        case .json:
            try Terminal.json(
                lines.map { line in
                    Shown(line, file: line.msgID.flatMap { files[$0] }.map(ShownFile.init))
                })
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
                if let file = line.msgID.flatMap({ files[$0] }) {
                    Terminal.line("    \(Terminal.printable(file.summary))")
                }
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
        let file: ShownFile?

        init(_ line: TranscriptLine, file: ShownFile?) {
            at = line.at.milliseconds
            who = line.who
            kind = line.kind
            text = line.text
            reason = line.reason
            score = line.score
            version = line.version?.rawValue
            msgid = line.msgID?.rawValue
            self.file = file
        }
    }
}

/// `switchboard sessions file`.
struct SessionsFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "Copy the file a customer sent.",
        discussion: """
            The server fetches what customers send, and keeps it for as long as 'media: keep' \
            says; the platform forgets it after 3 days. 'sessions show' prints the msgids.

            EXAMPLES
              switchboard sessions file 8mYXPmQb3…
              switchboard sessions file 8mYXPmQb3… --output photo.jpg
            """)

    @Argument(help: "The message's msgid.")
    var msgid: String

    @Option(help: "Where it is written. Default: the name it was sent under, here.")
    var output: String?

    @Flag(help: "Write over a file that is there already.")
    var force = false

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        guard let file = try await KeptFile(of: MsgID(msgid), in: storeOptions.open()) else {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "no file of message \(msgid) is kept",
                    zh: "没有保存消息 \(msgid) 的文件"),
                cure: Bilingual(
                    en: "'switchboard sessions show' lists the msgids, and the files that are kept",
                    zh: "switchboard sessions show 会列出 msgid 和已保存的文件"))
        }
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "\(file.path) can't be read", zh: "\(file.path) 读不了"),
                cure: Bilingual(
                    en: "run it as the user the server runs as", zh: "请用运行服务的那个用户来执行"))
        }
        let path = output ?? file.name
        try LocalFile.write(data, to: path, overwrites: force)
        switch format {
        case .json:
            try Terminal.json(
                ShownFile(path: path, name: file.name, type: file.type, bytes: data.count))
        case .text: Terminal.line("\(path)  \(file.type)  \(data.count) B")
        }
    }
}

/// A customer's file that is kept beside the database.
private struct KeptFile {
    let path: String
    /// The name it was sent under, or one made of its kind; never a path.
    let name: String
    let type: String
    let bytes: Int

    var summary: String { "\(path)  \(name)  \(type)  \(bytes) B" }

    /// `nil` when none is kept.
    init?(of msgID: MsgID, in store: some MediaStore) async throws {
        guard let fetched = try await store.fetchedMedia(of: msgID),
            let stored = try await store.stored(fetched.hash)
        else { return nil }
        path = stored.path
        type = fetched.contentType
        bytes = stored.count
        let given = (fetched.filename ?? "").split(whereSeparator: { "/\\".contains($0) }).last
        let plain = given.map { String($0.drop { $0 == "." }) } ?? ""
        let ending = MediaFormat(of: stored.head).map { ".\($0.rawValue)" } ?? ""
        name = plain.isEmpty ? "file\(ending)" : plain
    }
}

/// A customer's file, as scripts read it.
private struct ShownFile: Encodable {
    let path: String
    let name: String
    let type: String
    let bytes: Int

    init(path: String, name: String, type: String, bytes: Int) {
        (self.path, self.name, self.type, self.bytes) = (path, name, type, bytes)
    }

    init(_ file: KeptFile) {
        self.init(path: file.path, name: file.name, type: file.type, bytes: file.bytes)
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
