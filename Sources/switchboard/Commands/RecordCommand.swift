import ArgumentParser
import Boundary
import ChatModel
import Foundation
import Operations
import Replay
import Routing
import RuleEngine
import RuleFiles
import SQLiteStore

/// `switchboard record`.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Turn a real conversation into a conversation test, redacted.",
        discussion: """
            Telephone, order and card numbers, names and addresses become others of the same \
            shape that the same rules still answer. The test is played against the version that \
            decided the conversation before it is written. It belongs into the rules' folder.

            EXAMPLES
              switchboard record 17 > rules/退款被抢答.test.yml
              switchboard record wmDEMO0001 --account wkDEMO0001 --test 退款被抢答
            """)

    @Argument(help: "The conversation's number, or the customer's external_userid.")
    var conversation: String

    @Option(help: "The account's open_kfid, where the customer writes to several.")
    var account: String?

    @Option(help: "The test's name.")
    var test: String?

    @Flag(help: "Write the test even if it does not pass.")
    var force = false

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let language = languageOptions.language
        let store = try storeOptions.open()
        let id = try await NamedConversation(name: conversation, account: account).id(in: store)
        let log = try await store.conversationLog(id)
        let version = try await deciding(log, in: store)
        let rules: RuleSet
        do throws(RuleSetError) { rules = try RuleSet(version.definition) } catch {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "version \(version.id): \(error)", zh: "版本 \(version.id)：\(error)"))
        }
        guard let bundle = try bundle(for: id, log, in: rules) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "no bundle of version \(version.id) serves this account",
                    zh: "版本 \(version.id) 里没有规则包服务这个账号"),
                cure: Bilingual(
                    en: "name the configuration with --config: it says which account is which",
                    zh: "用 --config 写上配置文件：哪个账号是哪个写在里面"))
        }
        // As the test names them, which stands in the rules' folder.
        let files = version.sources.sorted { $0.key < $1.key }
        let sources = zip(Publishing.relativePaths(files.map(\.key)), files)
            .map { RuleSource(path: $0, text: $1.value) }
        var recording = Recording(
            bundle: bundle, files: sources.map(\.path).filter { $0.hasSuffix(".kf.yml") })
        let memory = try await store.conversation(id)?.memory
        let values = (memory?.lasting ?? [:]).merging(memory?.values ?? [:]) { $1 }
        let number = try await store.number(of: id)
        let name = test ?? "录自会话 \(number.map(String.init) ?? "")"
        guard let text = recording.test(named: name, of: log, values: values) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "the customer has not written or entered yet", zh: "客户还没有说过话，也没有打开过聊天窗口"))
        }
        if recording.unredactable > 0 {
            Terminal.warn(
                Bilingual(
                    en: "\(counted(recording.unredactable, "message")) left out: no replacement "
                        + "of what it tells about the customer is answered by the same rule",
                    zh: "有 \(recording.unredactable) 条消息没有写进去：里面的客户信息换成别的，就不再由同一条规则回答"),
                in: language)
        }
        let report = RuleFolder.play(
            [RuleSource(path: "recorded.test.yml", text: text)], beside: sources)
        guard report.isGreen || force else {
            var style = ReplayReport.TextStyle()
            style.language = language
            Terminal.standardError(report.text(style))
            throw CommandFailure(
                .findings,
                Bilingual(
                    en: "the recorded test does not pass against version \(version.id)",
                    zh: "录下的测试用版本 \(version.id) 播放，没有通过"),
                cure: Bilingual(
                    en: "something happened that no step tells, or the rules changed on the way; "
                        + "--force writes it all the same, to be mended by hand",
                    zh: "有些事没有步骤能写，或者中途换过规则；加 --force 照样写出来，再手工改"))
        }
        Terminal.report(text)
    }

    /// The version that decided last.
    private func deciding(
        _ log: [LogEntry], in store: SQLiteStore
    ) async throws -> PublishedVersion {
        var versions: [RuleSetVersion] = []
        for case .row(let record) in log {
            if let version = record.version, !versions.contains(version) {
                versions.append(version)
            }
        }
        if versions.count > 1 {
            Terminal.warn(
                Bilingual(
                    en: "\(versions.count) versions decided this conversation; the test is "
                        + "played against the last one",
                    zh: "这个会话前后用过 \(versions.count) 个版本；测试按最后一个来播放"),
                in: languageOptions.language)
        }
        guard let last = versions.last, let version = try await store.version(last) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "no stored version decided this conversation", zh: "这个会话当时用的版本不在数据库里"))
        }
        return version
    }

    private func bundle(
        for id: ConversationID, _ log: [LogEntry], in rules: RuleSet
    ) throws -> CompiledBundle? {
        let recorded = log.lazy.compactMap { entry -> AccountAlias? in
            if case .row(let record) = entry { record.facts?.account } else { nil }
        }.first
        let configured = try storeOptions.config.flatMap {
            try ConfigurationReader.configuration(at: $0).aliases[id.account]
        }
        if let alias = recorded ?? configured { return rules.bundle(serving: alias) }
        return rules.bundles.count == 1 ? rules.bundles[0] : nil
    }
}
