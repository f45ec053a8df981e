import ArgumentParser
import Boundary
import ChatModel
import Foundation
import SQLiteStore

/// `switchboard versions`.
struct VersionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions",
        abstract: "List the published versions, newest first.",
        discussion: """
            EXAMPLES
              switchboard versions
              switchboard versions --format json
            """)

    @OptionGroup var storeOptions: StoreOptions

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        let versions = try await storeOptions.open().versions()
        switch format {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Terminal.line(String(decoding: try encoder.encode(versions), as: UTF8.self))
        case .text:
            if versions.isEmpty { Terminal.line("no version has been published") }
            for version in versions {
                Terminal.line(
                    "\(version.isActive ? "▶" : " ") \(version.id)  "
                        + "\(LocalTime.text(version.publishedAt)) +08:00  \(counted(version.rules, "rule"))  "
                        + "\(version.author)  \(version.note)")
            }
        }
    }
}

/// `switchboard rollback`.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier version active again.",
        discussion: """
            Without a version, the one that was active before this one. A running server takes it \
            over within a second.

            EXAMPLES
              switchboard rollback
              switchboard rollback 9f31c2a04b7e --note "wrong prices"
            """)

    @Argument(help: "The version's id, as 'versions' lists it; its beginning is enough.")
    var version: String?

    @Option(help: "Why, for the audit.")
    var note: String = ""

    @OptionGroup var storeOptions: StoreOptions

    func run() async throws {
        let store = try storeOptions.open()
        let versions = try await store.versions()
        let target = try target(among: versions)
        try await store.activate(
            target.id, by: Author.current, note: note, at: Environment.live.now())
        Terminal.line("\(target.id) is active now")
    }

    private func target(among versions: [VersionSummary]) throws -> VersionSummary {
        guard let version else {
            let earlier = versions.filter { !$0.isActive && $0.activatedAt != nil }
            guard
                let last = earlier.max(by: {
                    ($0.activatedAt ?? $0.publishedAt) < ($1.activatedAt ?? $1.publishedAt)
                })
            else {
                throw CommandFailure(
                    .refused, "there is no earlier version to go back to",
                    cure: "'switchboard versions' lists them")
            }
            return last
        }
        let matching = versions.filter { $0.id.rawValue.hasPrefix(version) }
        guard let only = matching.first, matching.count == 1 else {
            throw CommandFailure(
                .usage,
                matching.isEmpty
                    ? "no version begins with '\(version)'"
                    : "\(matching.count) versions begin with '\(version)'",
                cure: "'switchboard versions' lists them")
        }
        return only
    }
}
