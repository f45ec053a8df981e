import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleEngine
import RuleFiles
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
    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let language = languageOptions.language
        let now = Environment.live.now()
        let notices = try await storeOptions.open().notices(inForceAt: all ? nil : now)
        switch format {
        case .json: try Terminal.json(notices.map(Listed.init))
        case .text:
            if notices.isEmpty {
                Terminal.say(
                    Bilingual(en: "no notice is in force", zh: all ? "没有公告" : "现在没有公告"),
                    in: language)
            }
            let until = Bilingual(en: "until", zh: "到")[language]
            for notice in notices {
                let words = notice.words.isEmpty ? "*" : notice.words.joined(separator: ", ")
                Terminal.line(
                    "\(notice.name)  \(until) \(LocalTime.text(notice.until)) +08:00  "
                        + "\(notice.bundle?.rawValue ?? "*")  \(words)  \(notice.author)  "
                        + Terminal.printable(notice.text))
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
            It is sent before the answer to what customers write with one of the words in it; \
            without words, before every answer, to taps and pictures, too. It costs one of the \
            five messages the platform allows.

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
    @OptionGroup var languageOptions: LanguageOptions

    func validate() throws {
        let bytes = text.utf8.count
        if text.allSatisfy(\.isWhitespace) {
            throw ValidationError(Bilingual(en: "the text is empty", zh: "要说的话是空的"))
        }
        if bytes > 2048 {
            throw ValidationError(
                Bilingual(
                    en: "the text has \(bytes) bytes; the platform takes 2048",
                    zh: "这段话有 \(bytes) 字节，平台最多收 2048（约 680 个汉字）"))
        }
        if words.contains(where: { FoldedText($0).meaningfulCount == 0 }) {
            throw ValidationError(Bilingual(en: "--when takes a word", zh: "--when 后面写一个词"))
        }
        if name == nil, words.isEmpty {
            throw ValidationError(
                Bilingual(
                    en: "give it a name with --name, or words with --when",
                    zh: "用 --name 起个名字，或用 --when 写几个词"))
        }
    }

    func run() async throws {
        let now = Environment.live.now()
        guard let end = LocalTime.moment(until), end > now else {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "--until '\(until)' is no time to come",
                    zh: "--until「\(until)」不是将来的时间"),
                cure: Bilingual(
                    en: "write 2026-11-22 18:00, or a day; its first minute is meant",
                    zh: "写成 2026-11-22 18:00；只写日期就是那天零点"))
        }
        let store = try storeOptions.open()
        if let bundle, let active = try await store.activeVersion() {
            let known = active.definition.bundles.map(\.name.rawValue)
            guard known.contains(bundle) else {
                throw CommandFailure(
                    .usage,
                    Bilingual(
                        en: "the active version has no bundle '\(bundle)'",
                        zh: "线上的版本没有规则包「\(bundle)」"),
                    cure: Bilingual(
                        en: "one of: \(known.joined(separator: ", "))",
                        zh: "可以写：\(known.joined(separator: "、"))"))
            }
        }
        let notice = LiveNotice(
            name: NoticeName(name ?? words.first ?? ""), bundle: bundle.map { BundleName($0) },
            words: words, text: text, until: end, author: Author.current, at: now)
        try await store.addNotice(notice)
        Terminal.say(
            Bilingual(
                en: "'\(notice.name)' is said until \(LocalTime.text(end)) +08:00",
                zh: "公告「\(notice.name)」说到 \(LocalTime.text(end)) +08:00 为止"),
            in: languageOptions.language)
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
    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let store = try storeOptions.open()
        do throws(StoreError) {
            try await store.removeNotice(
                NoticeName(name), by: Author.current, note: note, at: Environment.live.now())
        } catch {
            guard error.code == .notFound else { throw error }
            throw CommandFailure(
                .usage, Bilingual(en: "there is no notice '\(name)'", zh: "没有公告「\(name)」"),
                cure: Bilingual(
                    en: "'switchboard notice' lists them", zh: "运行 switchboard notice 看有哪些"))
        }
        Terminal.say(
            Bilingual(en: "'\(name)' is not said any more", zh: "公告「\(name)」不再说了"),
            in: languageOptions.language)
    }
}
