import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleEngine
import SQLiteStore

/// `switchboard notice`.
struct NoticeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice",
        abstract: "Say something before every answer for a while, without publishing.",
        discussion: """
            For incidents: parcels are late, a system is down. A running server takes a notice \
            over within a second, and forgets it when its time is over. Notices planned ahead \
            belong into the rule files ('notices:').

            EXAMPLES
              switchboard notice add "受暴雨影响，快递会晚到一两天。" --when 快递 --until "2026-11-22 18:00"
              switchboard notice
              switchboard notice remove 快递
            """,
        subcommands: [
            NoticeListCommand.self, NoticeAddCommand.self, NoticeRemoveCommand.self,
        ],
        defaultSubcommand: NoticeListCommand.self)
}

/// `switchboard notice list`.
struct NoticeListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the notices in force.",
        discussion: """
            EXAMPLES
              switchboard notice
              switchboard notice list --all --format json
            """,
        aliases: ["ls"])

    @Flag(help: "Also those whose time is over.")
    var all = false

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var storeOptions: StoreOptions

    func run() async throws {
        let now = Environment.live.now()
        let notices = try await storeOptions.open().notices(inForceAt: all ? nil : now)
        switch format {
        case .json: try Terminal.json(notices.map(Listed.init))
        case .text:
            if notices.isEmpty { Terminal.line("no notice is in force") }
            for notice in notices {
                let words = notice.words.isEmpty ? "*" : notice.words.joined(separator: ", ")
                Terminal.line(
                    "\(notice.name)  until \(LocalTime.text(notice.until)) +08:00  "
                        + "\(notice.bundle?.rawValue ?? "*")  \(words)  \(notice.author)  "
                        + notice.text)
            }
        }
    }

    /// What scripts read.
    private struct Listed: Encodable {
        let name: String
        let until: Int64
        let bundle: String?
        let words: [String]
        let text: String
        let author: String

        init(_ notice: LiveNotice) {
            name = notice.name.rawValue
            until = notice.until.milliseconds
            bundle = notice.bundle?.rawValue
            words = notice.words
            text = notice.text
            author = notice.author
        }
    }
}

/// `switchboard notice add`.
struct NoticeAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a notice, or replace the one of its name.",
        discussion: """
            It is sent before the answer to messages that contain one of the words, and costs one \
            of the five messages the platform allows.

            EXAMPLES
              switchboard notice add "快递会晚到一两天。" --when 快递 --when 物流 --until 2026-11-22
              switchboard notice add "系统维护中。" --name 维护 --until "2026-11-21 23:00"
            """)

    @Argument(help: "What is said.")
    var text: String

    @Option(help: "When its time is over: 2026-11-22 18:00, on Shanghai's clock.")
    var until: String

    @Option(
        name: .customLong("when"),
        help: "Only before answers to messages that contain this word; may be repeated.")
    var words: [String] = []

    @Option(help: "Its name. Default: the first word of --when.")
    var name: String?

    @Option(help: "Only in this bundle.")
    var bundle: String?

    @OptionGroup var storeOptions: StoreOptions

    func validate() throws {
        let bytes = text.utf8.count
        if text.allSatisfy(\.isWhitespace) { throw ValidationError("the text is empty") }
        if bytes > 2048 {
            throw ValidationError("the text has \(bytes) bytes; the platform takes 2048")
        }
        if words.contains(where: { $0.allSatisfy(\.isWhitespace) }) {
            throw ValidationError("--when takes a word")
        }
        if name == nil, words.isEmpty {
            throw ValidationError("give it a name with --name, or words with --when")
        }
    }

    func run() async throws {
        let now = Environment.live.now()
        guard let end = LocalTime.moment(until), end > now else {
            throw CommandFailure(
                .usage, "--until '\(until)' is no time to come",
                cure: "write 2026-11-22 18:00, or a day; its first minute is meant")
        }
        let store = try storeOptions.open()
        if let bundle, let active = try await store.activeVersion() {
            let known = active.definition.bundles.map(\.name.rawValue)
            guard known.contains(bundle) else {
                throw CommandFailure(
                    .usage, "the active version has no bundle '\(bundle)'",
                    cure: "one of: \(known.joined(separator: ", "))")
            }
        }
        let notice = LiveNotice(
            name: NoticeName(name ?? words.first ?? ""), bundle: bundle.map { BundleName($0) },
            words: words, text: text, until: end, author: Author.current, at: now)
        try await store.addNotice(notice)
        Terminal.line("'\(notice.name)' is said until \(LocalTime.text(end)) +08:00")
    }
}

/// `switchboard notice remove`.
struct NoticeRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a notice before its time is over.",
        discussion: """
            EXAMPLES
              switchboard notice remove 快递
            """,
        aliases: ["rm"])

    @Argument(help: "Its name, as 'notice list' shows it.")
    var name: String

    @Option(help: "Why, for the audit.")
    var note: String = ""

    @OptionGroup var storeOptions: StoreOptions

    func run() async throws {
        let store = try storeOptions.open()
        do throws(StoreError) {
            try await store.removeNotice(
                NoticeName(name), by: Author.current, note: note, at: Environment.live.now())
        } catch {
            guard error.code == .notFound else { throw error }
            throw CommandFailure(
                .usage, "there is no notice '\(name)'", cure: "'switchboard notice' lists them")
        }
        Terminal.line("'\(name)' is not said any more")
    }
}
