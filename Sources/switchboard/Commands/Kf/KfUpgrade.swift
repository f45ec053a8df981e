import ArgumentParser
import Boundary
import ChatModel
import RuleFiles
import WeComKF

/// `switchboard kf upgrade`.
struct KfUpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Recommend specialists and customer groups (升级服务).",
        discussion: """
            A recommendation is a hint that the servicer sees; the customer is sent nothing.

            EXAMPLES
              switchboard kf upgrade range
              switchboard kf upgrade recommend wmDEMO0001 --member zhangsan
              switchboard kf upgrade withdraw wmDEMO0001
            """,
        subcommands: [KfUpgradeRange.self, KfUpgradeRecommend.self, KfUpgradeWithdraw.self])
}

/// `switchboard kf upgrade range`.
struct KfUpgradeRange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "range", abstract: "List whom the admin console lets this app recommend.",
        discussion: """
            EXAMPLES
              switchboard kf upgrade range
            """)

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform { platform in
            let range = try await platform.reads.upgradeRange()
            let (members, groups) = (range.members.map(\.rawValue), range.groups.map(\.rawValue))
            switch platform.format {
            case .json:
                try Terminal.json(
                    Shown(members: members, departments: range.departments, groups: groups))
            case .text:
                let rows =
                    members.map { (Bilingual(en: "specialist", zh: "专员"), $0) }
                    + range.departments.map { (Bilingual(en: "department", zh: "部门"), "\($0)") }
                    + groups.map { (Bilingual(en: "group", zh: "客户群"), $0) }
                if rows.isEmpty {
                    return Terminal.say(
                        Bilingual(en: "nobody is configured", zh: "管理后台还没有配置"),
                        in: platform.language)
                }
                let table = TextTable(
                    [.init(en: "kind", zh: "类型"), .init(en: "id", zh: "编号")],
                    rows: rows.map { [$0[platform.language], $1] })
                Terminal.report(table.text(in: platform.language))
            }
        }
    }

    /// What scripts read.
    private struct Shown: Encodable {
        let members: [String]
        let departments: [Int]
        let groups: [String]
    }
}

/// `switchboard kf upgrade recommend`.
struct KfUpgradeRecommend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommend", abstract: "Recommend a specialist or a group to a customer.",
        discussion: """
            EXAMPLES
              switchboard kf upgrade recommend wmDEMO0001 --member zhangsan
              switchboard kf upgrade recommend wmDEMO0001 --group wrDEMO01 --wording 老客户群
            """)

    @Argument(help: "The customer's external_userid.")
    var customer: String

    @Option(help: "The specialist's userid.")
    var member: String?

    @Option(help: "The customer group's chat_id.")
    var group: String?

    @Option(help: "What the servicer is suggested to say.")
    var wording: String?

    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func validate() throws {
        if (member == nil) == (group == nil) {
            throw ValidationError(
                Bilingual(
                    en: "write one of --member and --group", zh: "--member 和 --group 写一个"))
        }
    }

    func run() async throws {
        try await options.withPlatform(of: accountOption.account, isRehearsal: dryRun.dryRun) {
            platform in
            let upgrade =
                member.map { ServiceUpgrade.member(ServicerID($0), wording: wording) }
                ?? .group(GroupChatID(group ?? ""), wording: wording)
            try await platform.changes.upgrade(
                platform.conversation(customer, accountOption.account), to: upgrade)
            try platform.done(
                Bilingual(en: "recommended", zh: "推荐好了"), json: ["customer": customer])
        }
    }
}

/// `switchboard kf upgrade withdraw`.
struct KfUpgradeWithdraw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Withdraw a recommendation.",
        discussion: """
            EXAMPLES
              switchboard kf upgrade withdraw wmDEMO0001
            """)

    @Argument(help: "The customer's external_userid.")
    var customer: String

    @OptionGroup var accountOption: KfAccountOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(of: accountOption.account, isRehearsal: dryRun.dryRun) {
            platform in
            try await platform.changes.cancelUpgrade(
                of: platform.conversation(customer, accountOption.account))
            try platform.done(
                Bilingual(en: "withdrawn", zh: "撤回了"), json: ["customer": customer])
        }
    }
}
