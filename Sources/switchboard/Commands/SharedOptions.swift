import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleFiles
import SQLiteStore

/// Where the database is, for commands that work on it beside a running server.
struct StoreOptions: ParsableArguments {
    @Option(help: "The configuration; its 'store' and 'rules' are used.")
    var config: String?

    @Option(help: "The database file. Default: data/switchboard.db.")
    var store: String?

    /// The path the options mean.
    func path() throws -> String {
        if let store { return store }
        if let config { return try ConfigurationReader.configuration(at: config).store }
        return "data/switchboard.db"
    }

    /// The rule files that `paths` mean: those given, else the configuration's, else `rules/`.
    func rulePaths(_ paths: [String]) throws -> [String] {
        if !paths.isEmpty { return paths }
        if let config { return [try ConfigurationReader.configuration(at: config).rules] }
        return ["rules/"]
    }

    /// The store, which must be there already unless `creating`.
    func open(creating: Bool = false) throws -> SQLiteStore {
        let path = try path()
        guard creating || FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "there is no database at \(path)", zh: "找不到数据库 \(path)"),
                cure: Bilingual(
                    en: "publish rules first, or name another file with --store",
                    zh: "先发布规则（switchboard publish），或用 --store 写另一个文件"))
        }
        // Where somebody named a path, a missing folder is a slip.
        if creating, store == nil, config == nil { try Self.makeFolder(of: path) }
        return try SQLiteStore(path: path, hash: Environment.live.shortHash)
    }
}

extension StoreOptions {
    /// The folder a project's first database goes into.
    private static func makeFolder(of path: String) throws {
        let folder = PathParts(path).folder
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "the folder \(folder) can't be made", zh: "建不了文件夹 \(folder)"),
                cure: Bilingual(
                    en: "name a database in a folder you may write to with --store",
                    zh: "用 --store 换一个能写的文件夹"))
        }
    }
}

extension Terminal.Color: ExpressibleByArgument {}

/// `--format` of commands that people and scripts read.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// `1 rule`, `2 rules`.
func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// Who does this: for the audit.
enum Author {
    /// The login name, from the environment or else from the system; `unknown` for a user the
    /// system has no name for.
    static var current: String {
        let environment = ProcessInfo.processInfo.environment
        let names = ["SWITCHBOARD_USER", "SUDO_USER", "USER"].compactMap { environment[$0] }
        // Foundation asks the system's list of users.
        return (names + [NSUserName()]).first { !$0.isEmpty } ?? "unknown"
    }
}

/// A time as people of the house read it: Asia/Shanghai, which has known no other offset since
/// 1991.
enum LocalTime {
    /// The moment that `2026-10-10 10:00`, with or without seconds or a time, stands for; `nil`
    /// for what is none.
    static func moment(_ text: String) -> Timestamp? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 8 * 3600)
        formatter.isLenient = false
        for format in ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd"] {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) {
                return Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
            }
        }
        return nil
    }

    static func text(_ time: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 8 * 3600)
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        return formatter.string(
            from: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
    }
}
