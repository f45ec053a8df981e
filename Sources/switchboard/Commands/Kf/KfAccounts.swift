import ArgumentParser
import Boundary
import ChatModel
import RuleFiles
import WeComKF

/// `switchboard kf accounts`.
struct KfAccountsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "List, make, change and remove KF accounts.",
        discussion: """
            EXAMPLES
              switchboard kf accounts
              switchboard kf accounts add --name 夜班客服 --avatar night.png
              switchboard kf accounts rename shop 旗舰店客服
              switchboard kf accounts remove wkDEMO0000000000000002
            """,
        subcommands: [
            KfAccountsList.self, KfAccountsShow.self, KfAccountsAdd.self, KfAccountsRename.self,
            KfAccountsAvatar.self, KfAccountsRemove.self,
        ],
        defaultSubcommand: KfAccountsList.self)
}

/// What scripts read of an account.
private struct ShownAccount: Encodable {
    let account: String
    let name: String
    let alias: String?
    let avatar: String?
    let managed: Bool?

    init(_ account: ListedAccount, on platform: KfPlatform) {
        self.account = account.id.rawValue
        name = account.name
        alias = platform.alias(of: account.id)
        avatar = account.avatar
        managed = account.isManaged
    }

    /// Whether this app may manage it, in words.
    func managed(in language: MessageLanguage) -> String {
        switch managed {
        case true?: Bilingual(en: "yes", zh: "是")[language]
        case false?: Bilingual(en: "no", zh: "否")[language]
        case nil: ""
        }
    }
}

/// `switchboard kf accounts list`.
struct KfAccountsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the corp's accounts.",
        discussion: """
            'managed' says whether this app may manage the account; calls on others are refused.

            EXAMPLES
              switchboard kf accounts
              switchboard kf accounts list --format json
            """,
        aliases: ["ls"])

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform { platform in
            let accounts = try await platform.reads.accounts().map {
                ShownAccount($0, on: platform)
            }
            try platform.list(accounts, none: Bilingual(en: "no account", zh: "没有账号")) {
                TextTable(
                    [
                        .init(Bilingual("open_kfid")), .init(en: "name", zh: "名称"),
                        .init(en: "alias", zh: "别名"), .init(en: "managed", zh: "可管理"),
                    ],
                    rows: accounts.map {
                        [$0.account, $0.name, $0.alias ?? "", $0.managed(in: platform.language)]
                    })
            }
        }
    }
}

/// `switchboard kf accounts show`.
struct KfAccountsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one account.",
        discussion: """
            EXAMPLES
              switchboard kf accounts show shop
            """)

    @Argument(help: "Its alias or open_kfid.")
    var account: String

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(of: account) { platform in
            let shown = ShownAccount(
                try await platform.listed(platform.account(account)), on: platform)
            switch platform.format {
            case .json: try Terminal.json(shown)
            case .text:
                let rows = [
                    (Bilingual("open_kfid"), shown.account),
                    (Bilingual(en: "name", zh: "名称"), shown.name),
                    (Bilingual(en: "alias", zh: "别名"), shown.alias ?? ""),
                    (Bilingual(en: "managed", zh: "可管理"), shown.managed(in: platform.language)),
                    (Bilingual(en: "avatar", zh: "头像"), shown.avatar ?? ""),
                ]
                let table = TextTable(
                    [.init(en: "field", zh: "项目"), .init(en: "value", zh: "内容")],
                    rows: rows.map { [$0[platform.language], $1] })
                Terminal.report(table.text(in: platform.language))
            }
        }
    }
}

extension KfPlatform {
    /// An account as the platform lists it.
    fileprivate func listed(_ id: OpenKfID) async throws -> ListedAccount {
        if let account = try await reads.accounts().first(where: { $0.id == id }) {
            return account
        }
        throw CommandFailure(
            .findings,
            Bilingual(en: "the corp has no account \(id)", zh: "公司里没有账号 \(id)"),
            cure: Bilingual(
                en: "'switchboard kf accounts' lists them", zh: "运行 switchboard kf accounts 看有哪些"))
    }

    /// Uploads a picture for an account.
    fileprivate func uploadedAvatar(_ path: String) async throws -> MediaID {
        try await changes.upload(LocalFile.upload(path, as: .image)).id
    }
}

/// `switchboard kf accounts add`.
struct KfAccountsAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make an account.",
        discussion: """
            This app manages it from then on. Write its open_kfid into 'accounts' of \
            switchboard.yml, and 'serve' answers there.

            EXAMPLES
              switchboard kf accounts add --name 夜班客服 --avatar night.png
            """)

    @Option(help: "What customers see; at most 16 characters.")
    var name: String

    @Option(help: "Its picture, a JPG or PNG file.")
    var avatar: String

    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            let picture = try await platform.uploadedAvatar(avatar)
            let id = try await platform.changes.addAccount(name: name, avatar: picture)
            try platform.done(
                Bilingual(en: "made the account \(id)", zh: "建好了账号 \(id)"),
                json: ["account": id.rawValue])
        }
    }
}

/// `switchboard kf accounts rename`.
struct KfAccountsRename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give an account another name.",
        discussion: """
            EXAMPLES
              switchboard kf accounts rename shop 旗舰店客服
            """)

    @Argument(help: "Its alias or open_kfid.")
    var account: String

    @Argument(help: "The new name; at most 16 characters.")
    var name: String

    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(of: account, isRehearsal: dryRun.dryRun) { platform in
            let id = try platform.account(account)
            try await platform.changes.updateAccount(id, name: name, avatar: nil)
            try platform.done(
                Bilingual(en: "\(id) is called '\(name)' now", zh: "\(id) 改名为「\(name)」"),
                json: ["account": id.rawValue, "name": name])
        }
    }
}

/// `switchboard kf accounts avatar`.
struct KfAccountsAvatar: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "avatar", abstract: "Give an account another picture.",
        discussion: """
            EXAMPLES
              switchboard kf accounts avatar shop logo.png
            """)

    @Argument(help: "Its alias or open_kfid.")
    var account: String

    @Argument(help: "A JPG or PNG file.")
    var file: String

    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(of: account, isRehearsal: dryRun.dryRun) { platform in
            let id = try platform.account(account)
            let picture = try await platform.uploadedAvatar(file)
            try await platform.changes.updateAccount(id, name: nil, avatar: picture)
            try platform.done(
                Bilingual(en: "\(id) has another picture now", zh: "\(id) 换好了头像"),
                json: ["account": id.rawValue])
        }
    }
}

/// `switchboard kf accounts remove`.
struct KfAccountsRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an account for ever.",
        discussion: """
            Its links stop working, and its customers reach nobody there. Asks for the account's \
            name on a terminal; elsewhere it wants --yes. The last account can't be removed.

            EXAMPLES
              switchboard kf accounts remove wkDEMO0000000000000002
              switchboard kf accounts remove wkDEMO0000000000000002 --yes
            """,
        aliases: ["rm"])

    @Argument(help: "Its alias or open_kfid.")
    var account: String

    @OptionGroup var confirmation: ConfirmationOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(of: account, isRehearsal: dryRun.dryRun) { platform in
            let id = try platform.account(account)
            if !platform.isRehearsal, !confirmation.yes {
                let name = try await platform.listed(id).name
                try confirmation.confirm(
                    Bilingual(
                        en: "this removes the account '\(Terminal.printable(name))' (\(id))",
                        zh: "要删除账号「\(Terminal.printable(name))」（\(id)）"),
                    by: name, in: platform.language)
            }
            try await platform.changes.deleteAccount(id)
            try platform.done(
                Bilingual(en: "removed \(id)", zh: "删除了 \(id)"), json: ["account": id.rawValue])
        }
    }
}
