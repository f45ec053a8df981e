import ArgumentParser
import Boundary
import ChatModel
import Foundation
import Operations
import RuleEngine
import RuleFiles
import SQLiteStore

/// `switchboard diff`.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two versions of the rules by what they mean.",
        discussion: """
            Each side is a published version, 'active', or rule files. Layout, comments and the \
            order of keys make no difference. Lists the rules, menus, flows and policies that \
            differ, and every example sentence that another rule answers now; with --last, the \
            messages customers really sent, too.

            Exit status: 0 no difference, 1 differences, 3 a side has errors or can't be read.

            EXAMPLES
              switchboard diff active rules/
              switchboard diff 9f31c2d0aa41 2b07de119c3e
              switchboard diff active rules/ --last 7d --config switchboard.yml
            """)

    @Argument(help: "A version, 'active', or rule files: what it was.")
    var before: String

    @Argument(help: "A version, 'active', or rule files: what it is.")
    var after: String

    @Option(help: "Also compare what customers wrote in this time: 7d, 12h. Needs --config.")
    var last: String?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let sides = RuleSides(
            storeOptions: storeOptions, language: languageOptions.language)
        let old = try await sides.rules(of: before)
        let new = try await sides.rules(of: after)
        let diff = VersionDiff(from: old, to: new)
        var traffic: TrafficComparison?
        if let last {
            traffic = try await TrafficReader(storeOptions: storeOptions)
                .comparison(last: last, from: old, to: new)
        }
        switch format {
        case .text:
            let text = DiffText(in: languageOptions.language)
            for line in text.lines(diff) { Terminal.line(line) }
            if let traffic {
                Terminal.line()
                for line in text.lines(traffic) { Terminal.line(line) }
            }
        case .json: try Terminal.json(Report(diff, traffic))
        }
        if !diff.isEmpty || traffic?.moves.isEmpty == false {
            throw CommandEnd(status: .findings)
        }
    }

    /// What scripts read.
    private struct Report: Encodable {
        var changes: [VersionDiff.Change]
        var sentences: [VersionDiff.Sentence]
        var compared: Int
        var traffic: TrafficReport?

        init(_ diff: VersionDiff, _ traffic: TrafficComparison?) {
            changes = diff.changes
            sentences = diff.sentences
            compared = diff.compared
            self.traffic = traffic.map(TrafficReport.init)
        }
    }
}

/// A comparison on real traffic, as scripts read it.
struct TrafficReport: Encodable {
    var messages: Int
    var conversations: Int
    var leftOut: Int
    var before: TrafficComparison.Tally
    var after: TrafficComparison.Tally
    var moves: [TrafficComparison.Move]

    init(_ comparison: TrafficComparison) {
        messages = comparison.messages
        conversations = comparison.conversations
        leftOut = comparison.leftOut
        before = comparison.before
        after = comparison.after
        moves = comparison.moves
    }
}

/// Rules as a command line names them: a published version, `active`, or files.
struct RuleSides {
    let storeOptions: StoreOptions
    /// Of what is said about rule files with errors.
    let language: MessageLanguage

    /// The compiled rules of one side.
    func rules(of side: String) async throws -> RuleSet {
        try compiled(try await definition(of: side), named: side)
    }

    /// The compiled rules of a published version.
    func rules(ofVersion name: String) async throws -> RuleSet {
        try compiled(try await version(name).definition, named: name)
    }

    private func compiled(_ definition: RuleSetDefinition, named side: String) throws -> RuleSet {
        do throws(RuleSetError) {
            return try RuleSet(definition)
        } catch {
            throw CommandFailure(.unreadable, "\(side): \(error)")
        }
    }

    /// What one side says.
    func definition(of side: String) async throws -> RuleSetDefinition {
        if FileManager.default.fileExists(atPath: side) {
            let loaded = RuleFiles.load(try RuleFolder.ruleSources(at: [side]))
            guard let definition = loaded.definition else {
                Terminal.standardError(loaded.report(language: language))
                throw CommandFailure(
                    .unreadable,
                    Bilingual(en: "the rules at \(side) have errors", zh: "\(side) 里的规则有错"),
                    cure: Bilingual(en: "mend what is listed above", zh: "改好上面列出的"))
            }
            return definition
        }
        return try await version(side).definition
    }

    /// A published version, by its id, a beginning of it that only one has, or `active`.
    func version(_ name: String) async throws -> PublishedVersion {
        let store = try storeOptions.open()
        if name == "active" {
            guard let active = try await store.activeVersion() else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(en: "nothing has been published yet", zh: "还没有发布过"),
                    cure: Bilingual(
                        en: "'switchboard publish rules/' makes the first version",
                        zh: "运行 switchboard publish rules/ 发布第一个版本"))
            }
            return active
        }
        let known = try await store.versions().map(\.id)
        let meant = known.filter { $0.rawValue.hasPrefix(name) }
        guard meant.count == 1, let version = try await store.version(meant[0]) else {
            throw CommandFailure(
                .usage, try problem(name, meant),
                cure: meant.isEmpty
                    ? Bilingual(
                        en: "'switchboard versions' lists them",
                        zh: "运行 switchboard versions 看有哪些")
                    : Bilingual(en: "write more of it: ", zh: "多写几位：")
                        + Bilingual(meant.prefix(5).map(\.rawValue).joined(separator: ", ")))
        }
        return version
    }

    private func problem(_ name: String, _ meant: [RuleSetVersion]) throws -> Bilingual {
        let path = try storeOptions.path()
        return meant.isEmpty
            ? Bilingual(
                en: "'\(name)' is no file, and no version of \(path)",
                zh: "「\(name)」既不是文件，也不是 \(path) 里的版本")
            : Bilingual(
                en: "'\(name)' is the beginning of \(meant.count) versions",
                zh: "有 \(meant.count) 个版本以「\(name)」开头")
    }
}

/// Reads recent traffic for comparisons.
struct TrafficReader {
    let storeOptions: StoreOptions

    /// Recent messages decided by two versions.
    func comparison(
        last: String, from old: RuleSet, to new: RuleSet
    ) async throws -> TrafficComparison {
        let store = try storeOptions.open()
        let since = Environment.live.now() - (try Self.duration(last))
        let traffic = try await store.traffic(since: since, limit: Self.mostMessages)
        return TrafficComparison(of: traffic, aliases: try aliases(), from: old, to: new)
    }

    /// The latest messages of a longer time are compared.
    static let mostMessages = 200_000

    /// The names the configuration gives the accounts.
    func aliases() throws -> [OpenKfID: AccountAlias] {
        guard let config = storeOptions.config else {
            throw CommandFailure(
                .usage,
                Bilingual(
                    en: "recent traffic needs --config, which says which account is which",
                    zh: "要看近期消息，得用 --config 说明哪个账号是哪个"),
                cure: Bilingual("--config switchboard.yml"))
        }
        return try ConfigurationReader.configuration(at: config).aliases
    }

    /// `7d`, `12h`, `90m` as a duration.
    static func duration(_ text: String) throws -> Duration {
        let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()),
            (1...100_000).contains(number)
        else {
            throw CommandFailure(
                .usage, Bilingual(en: "'\(text)' is no time", zh: "「\(text)」不是一段时间"),
                cure: Bilingual(
                    en: "write 7d, 12h, 90m or 30s", zh: "写成 7d（天）、12h（小时）、90m（分）或 30s（秒）"))
        }
        return .seconds(number * unit)
    }
}

extension Configuration {
    /// The names rule files give the accounts, by the platform's ids.
    var aliases: [OpenKfID: AccountAlias] {
        Dictionary(
            corps.flatMap(\.apps).flatMap(\.accounts).map { ($0.value, $0.key) },
            uniquingKeysWith: { first, _ in first })
    }
}
