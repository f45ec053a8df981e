import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleFiles
import SQLiteStore

/// `switchboard versions`.
struct VersionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions",
        abstract: "List the published versions, newest first.",
        discussion: """
            ▶ marks the active version, ◐ one that is tried on a share of new conversations.

            EXAMPLES
              switchboard versions
              switchboard versions --format json
            """)

    @OptionGroup var storeOptions: StoreOptions

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let store = try storeOptions.open()
        let canary = try await store.activation().canary
        let versions = try await store.versions().map { version in
            ListedVersion(
                summary: version, canaryShare: canary?.version == version.id ? canary?.share : nil)
        }
        switch format {
        case .json: try Terminal.json(versions)
        case .text:
            let language = languageOptions.language
            if versions.isEmpty {
                Terminal.say(
                    Bilingual(en: "no version has been published", zh: "还没有发布过"), in: language)
            }
            for version in versions { Terminal.line(version.line(in: language)) }
        }
    }
}

/// A version in the list of versions.
private struct ListedVersion: Encodable {
    let summary: VersionSummary
    /// 0…1 of new conversations, while it is a canary.
    let canaryShare: Double?

    private enum CodingKeys: String, CodingKey { case canaryShare }

    func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(canaryShare, forKey: .canaryShare)
    }

    func line(in language: MessageLanguage) -> String {
        let mark = summary.isActive ? "▶" : canaryShare == nil ? " " : "◐"
        let time = "\(LocalTime.text(summary.publishedAt)) +08:00"
        let tried = canaryShare.map { share in
            let percent = (share * 100).formatted(.number.precision(.fractionLength(0...2)))
            return Bilingual(en: "tried on \(percent) %", zh: "试运行 \(percent) %")[language]
        }
        let rules = Bilingual(en: counted(summary.rules, "rule"), zh: "\(summary.rules) 条规则")
        return [
            "\(mark) \(summary.id)", time, rules[language], summary.author,
            [tried, summary.note].compactMap(\.self).joined(separator: "  "),
        ].joined(separator: "  ")
    }
}

/// `switchboard rollback`.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier version active again.",
        discussion: """
            Without a version: while one is tried on a share of new conversations (publish \
            --canary), that ends and nothing else changes; otherwise the version that was active \
            before this one becomes active. With a version, that one becomes active for everybody. \
            A running server takes it over within a second.

            EXAMPLES
              switchboard rollback
              switchboard rollback 9f31c2a04b7e --note "wrong prices"
            """)

    @Argument(help: "The version's id, as 'versions' lists it; its beginning is enough.")
    var version: String?

    @Option(help: "Why, for the audit.")
    var note: String = ""

    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var languageOptions: LanguageOptions

    func run() async throws {
        let language = languageOptions.language
        let store = try storeOptions.open()
        if version == nil, let canary = try await store.activation().canary {
            try await store.clearCanary(
                by: Author.current, note: note, at: Environment.live.now())
            let active = try await store.activeVersionID()
            Terminal.say(
                Bilingual(
                    en: "\(canary.version) is no longer tried; "
                        + "\(active?.rawValue ?? "none") stays active",
                    zh: "\(canary.version) 不再试运行"
                        + (active.map { "；\($0) 照旧生效" } ?? "；没有生效的版本")),
                in: language)
            return
        }
        let versions = try await store.versions()
        let target = try target(among: versions)
        try await store.activate(
            target.id, by: Author.current, note: note, at: Environment.live.now())
        Terminal.say(
            Bilingual(en: "\(target.id) is active now", zh: "\(target.id) 现在生效"), in: language)
    }

    private static let list = Bilingual(
        en: "'switchboard versions' lists them", zh: "运行 switchboard versions 看有哪些")

    private func target(among versions: [VersionSummary]) throws -> VersionSummary {
        guard let version else {
            let earlier = versions.filter { !$0.isActive && $0.activatedAt != nil }
            guard
                let last = earlier.max(by: {
                    ($0.activatedAt ?? $0.publishedAt) < ($1.activatedAt ?? $1.publishedAt)
                })
            else {
                throw CommandFailure(
                    .refused,
                    Bilingual(
                        en: "there is no earlier version to go back to", zh: "没有更早的版本可以回去"),
                    cure: Self.list)
            }
            return last
        }
        let matching = versions.filter { $0.id.rawValue.hasPrefix(version) }
        guard let only = matching.first, matching.count == 1 else {
            throw CommandFailure(
                .usage,
                matching.isEmpty
                    ? Bilingual(
                        en: "no version begins with '\(version)'", zh: "没有以「\(version)」开头的版本")
                    : Bilingual(
                        en: "\(matching.count) versions begin with '\(version)'",
                        zh: "有 \(matching.count) 个版本以「\(version)」开头"),
                cure: Self.list)
        }
        return only
    }
}
