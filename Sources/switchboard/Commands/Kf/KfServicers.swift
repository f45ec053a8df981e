import ArgumentParser
import Boundary
import ChatModel
import Operations
import RuleFiles
import WeComKF

/// `switchboard kf servicers`.
struct KfServicersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "servicers",
        abstract: "List, add and remove an account's servicers (接待人员).",
        discussion: """
            EXAMPLES
              switchboard kf servicers
              switchboard kf servicers add zhangsan lisi --department 7
              switchboard kf servicers remove lisi --dry-run
            """,
        subcommands: [KfServicersList.self, KfServicersAdd.self, KfServicersRemove.self],
        defaultSubcommand: KfServicersList.self)
}

/// `switchboard kf servicers list`.
struct KfServicersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List who receives an account's customers.",
        discussion: """
            EXAMPLES
              switchboard kf servicers
              switchboard kf servicers list --account shop --format json
            """,
        aliases: ["ls"])

    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(of: accountOption.account) { platform in
            let account = try platform.account(accountOption.account)
            let rows = try await platform.reads.servicers(of: account).map(Listed.init)
            try platform.list(rows, none: Bilingual(en: "no servicer", zh: "没有接待人员")) {
                TextTable(
                    [.init(en: "servicer", zh: "接待人员"), .init(en: "status", zh: "状态")],
                    rows: rows.map {
                        [$0.subject(in: platform.language), $0.status(in: platform.language)]
                    })
            }
        }
    }

    /// What scripts read.
    private struct Listed: Encodable {
        let servicer: String?
        let department: Int?
        let status: String?

        init(_ servicer: ListedServicer) {
            switch servicer {
            case .member(let id, let status):
                self.servicer = id.rawValue
                department = nil
                self.status = status.map { "\($0)" }
            case .department(let id):
                self.servicer = nil
                department = id
                status = nil
            }
        }

        func subject(in language: MessageLanguage) -> String {
            servicer ?? Bilingual.department(department ?? 0)[language]
        }

        func status(in language: MessageLanguage) -> String {
            let inChinese = ["receiving": "接待中", "stopped": "停止接待", "paused": "暂时挂起"]
            return status.map { Bilingual(en: $0, zh: inChinese[$0] ?? $0)[language] } ?? ""
        }
    }
}

extension Bilingual {
    fileprivate static func department(_ id: Int) -> Bilingual {
        Bilingual(en: "department \(id)", zh: "部门 \(id)")
    }
}

/// Whom `servicers add` and `servicers remove` are about.
struct KfServicerArguments: ParsableArguments {
    @Argument(help: "Members' userids.")
    var members: [String] = []

    @Option(name: .customLong("department"), help: "A department's number; may be repeated.")
    var departments: [Int] = []

    @OptionGroup var accountOption: KfAccountOption

    func validate() throws {
        if members.isEmpty, departments.isEmpty {
            throw ValidationError(
                Bilingual(
                    en: "name a userid, or a --department", zh: "要写 userid，或用 --department 写部门"))
        }
    }

    /// Tells what became of each; the command ends with 1 where some failed.
    func report(_ changes: [ServicerChange], on platform: KfPlatform) throws {
        if platform.isRehearsal { return }
        let rows = changes.map(Changed.init)
        try platform.list(rows, none: Bilingual(en: "the platform named nobody", zh: "平台没有回报")) {
            TextTable(
                [.init(en: "servicer", zh: "接待人员"), .init(en: "result", zh: "结果")],
                rows: zip(rows, changes).map { row, change in
                    [row.subject(in: platform.language), Self.result(change, platform.language)]
                })
        }
        if rows.contains(where: { $0.result == "failed" }) { throw CommandEnd(status: .findings) }
    }

    private static func result(_ change: ServicerChange, _ language: MessageLanguage) -> String {
        switch change.result {
        case .done: Bilingual(en: "done", zh: "完成")[language]
        case .unchanged: Bilingual(en: "unchanged", zh: "本来就是")[language]
        case .failed(let failure):
            Bilingual(en: "failed: ", zh: "失败：")[language]
                + (failure.code.map { "\($0) " } ?? "") + failure.words[language]
        }
    }

    /// What scripts read.
    private struct Changed: Encodable {
        let servicer: String?
        let department: Int?
        /// `done`, `unchanged` or `failed`.
        let result: String
        /// The platform's; with a failure only, and not with every one.
        let code: Int?
        /// Why it failed.
        let reason: String?

        init(_ change: ServicerChange) {
            switch change.subject {
            case .member(let id): (servicer, department) = (id.rawValue, nil)
            case .department(let id): (servicer, department) = (nil, id)
            }
            switch change.result {
            case .done: (result, code, reason) = ("done", nil, nil)
            case .unchanged: (result, code, reason) = ("unchanged", nil, nil)
            case .failed(let failure):
                (result, code, reason) = ("failed", failure.code, failure.meaning)
            }
        }

        func subject(in language: MessageLanguage) -> String {
            servicer ?? Bilingual.department(department ?? 0)[language]
        }
    }
}

/// `switchboard kf servicers add`.
struct KfServicersAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Let members and departments receive an account's customers.",
        discussion: """
            However many: calls of at most 100 members and 20 departments are made one after \
            another; when one of them fails, so have those it names and those behind them. Exit \
            status 1 when some failed; the others are in.

            EXAMPLES
              switchboard kf servicers add zhangsan lisi
              switchboard kf servicers add --department 7 --account shop
            """)

    @OptionGroup var arguments: KfServicerArguments
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(
            of: arguments.accountOption.account, isRehearsal: dryRun.dryRun
        ) {
            platform in
            let changes = try await platform.changes.addServicers(
                to: try platform.account(arguments.accountOption.account),
                members: arguments.members.map { ServicerID($0) },
                departments: arguments.departments)
            try arguments.report(changes, on: platform)
        }
    }
}

/// `switchboard kf servicers remove`.
struct KfServicersRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take members and departments off an account.",
        discussion: """
            They can be added again. Exit status 1 when some failed; the others are off.

            EXAMPLES
              switchboard kf servicers remove lisi
              switchboard kf servicers remove --department 7 --dry-run
            """,
        aliases: ["rm"])

    @OptionGroup var arguments: KfServicerArguments
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(
            of: arguments.accountOption.account, isRehearsal: dryRun.dryRun
        ) {
            platform in
            let changes = try await platform.changes.removeServicers(
                from: try platform.account(arguments.accountOption.account),
                members: arguments.members.map { ServicerID($0) },
                departments: arguments.departments)
            try arguments.report(changes, on: platform)
        }
    }
}
