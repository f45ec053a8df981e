import ArgumentParser
import Boundary
import ChatModel
import RuleFiles
import WeComKF

/// `switchboard kf customers`.
struct KfCustomersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customers",
        abstract: "Show customers' profiles.",
        discussion: """
            EXAMPLES
              switchboard kf customers show wmDEMO0001 wmDEMO0002
            """,
        subcommands: [KfCustomersShow.self])
}

/// `switchboard kf customers show`.
struct KfCustomersShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the profiles of customers.",
        discussion: """
            Only of customers who have written in the last 48 hours; the others are named on \
            standard error, and the exit status is 1. A call is made for every 100; when a \
            later one fails, those before are shown all the same, the missing ones are named, and \
            the exit status is the failure's.

            EXAMPLES
              switchboard kf customers show wmDEMO0001
              switchboard kf customers show wmDEMO0001 wmDEMO0002 --entrance --format json
            """)

    @Argument(help: "Their external_userids.")
    var ids: [String]

    @Flag(help: "Also how they came in last: the link's scene and parameter.")
    var entrance = false

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform { platform in
            let batch = try await platform.reads.customers(
                ids.map { ExternalUserID($0) }, withEntrance: entrance)
            let rows = batch.profiles.map(Shown.init)
            try platform.list(rows, none: Bilingual(en: "nobody is known", zh: "一个也查不到")) {
                TextTable(
                    [
                        .init(Bilingual("external_userid")), .init(en: "nickname", zh: "昵称"),
                        .init(en: "gender", zh: "性别"), .init(Bilingual("unionid")),
                        .init(en: "scene", zh: "场景"), .init(en: "parameter", zh: "参数"),
                    ],
                    rows: rows.map {
                        [
                            $0.customer, $0.nickname, $0.gender(in: platform.language),
                            $0.unionid ?? "", $0.scene ?? "", $0.parameter ?? "",
                        ]
                    })
            }
            name(
                batch.unknown,
                Bilingual(
                    en: "unknown, or silent for 48 hours: ", zh: "查不到，或 48 小时内没有说过话："),
                on: platform)
            if let shortfall = batch.shortfall {
                name(shortfall.missed, Bilingual(en: "missing: ", zh: "没有查到："), on: platform)
                throw shortfall.failure
            }
            if !batch.unknown.isEmpty { throw CommandEnd(status: .findings) }
        }
    }

    private func name(_ ids: [ExternalUserID], _ what: Bilingual, on platform: KfPlatform) {
        if ids.isEmpty { return }
        Terminal.warn(
            what + Bilingual(ids.map(\.rawValue).joined(separator: ", ")), in: platform.language)
    }

    /// What scripts read.
    private struct Shown: Encodable {
        let customer: String
        let nickname: String
        let avatar: String?
        /// `unknown`, `male` or `female`.
        let gender: String
        let unionid: String?
        let scene: String?
        let parameter: String?
        let channels: String?

        init(_ profile: CustomerBatch.Profile) {
            customer = profile.id.rawValue
            nickname = profile.nickname
            avatar = profile.avatar
            gender = "\(profile.gender)"
            unionid = profile.unionID
            scene = profile.entrance?.scene
            parameter = profile.entrance?.sceneParameter
            channels = profile.entrance?.channelsName
        }

        func gender(in language: MessageLanguage) -> String {
            let inChinese = ["unknown": "未知", "male": "男", "female": "女"]
            return Bilingual(en: gender, zh: inChinese[gender] ?? gender)[language]
        }
    }
}
