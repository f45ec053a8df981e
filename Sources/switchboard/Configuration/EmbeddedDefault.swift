import ChatModel
import PlatformSimulator
import Routing

/// What runs when nothing is configured: one account and two servicers on the built-in simulator.
///
/// Its secrets protect nothing and are the same everywhere.
enum EmbeddedDefault {
    static let corp: CorpID = "ww0000demo00000001"
    static let app: AppAlias = "kf"
    static let account: OpenKfID = "wkDEMO0000000000000001"
    static let accountAlias: AccountAlias = "shop"
    static let secret = "demo-secret-of-the-simulator"
    static let token = "kfDemoToken2026"
    static let aesKey = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
    static let servicers: [ServicerID] = ["zhangsan", "lisi"]

    /// The configuration of a bot whose platform is the simulator at `simulator`.
    ///
    /// - Parameters:
    ///   - alias: What the rules call the simulator's account.
    static func configuration(
        simulator: String, listen: Configuration.Listen, store: String, rules: String,
        alias: AccountAlias = accountAlias
    ) -> Configuration {
        Configuration(
            corps: [
                Configuration.Corp(
                    alias: "demo", id: corp, api: simulator,
                    apps: [
                        Configuration.App(
                            alias: app, credential: .secret(.embedded(secret)),
                            token: .embedded(token),
                            aesKey: .embedded(aesKey), accounts: [alias: account])
                    ])
            ],
            listen: listen, store: store, rules: rules, firstStart: .skip, quotas: .platform,
            clock: .system)
    }

    /// The simulator's side of the same, where these receive.
    ///
    /// They work there, and so do two more: Wang Wu, and Zhao Liu, who has not activated WeCom. The
    /// first of them and one customer group are what 升级服务 offers.
    static func simulator(servicers: [ServicerID]) -> SimulatorSettings {
        var settings = SimulatorSettings(
            apps: [.init(alias: app, corp: corp, secret: secret)],
            accounts: [
                .init(
                    id: account, name: "小店客服", app: app, routing: .api,
                    servicers: servicers.map {
                        .init(id: $0, status: .receiving, isActivated: true)
                    })
            ])
        var company = SimulatorSettings.Corp(id: corp)
        let others: [ServicerID] = ["wangwu", "zhaoliu"].filter { !servicers.contains($0) }
        company.members =
            servicers.map { .init(id: $0) }
            + others.map { .init(id: $0, isActivated: $0 != "zhaoliu") }
        company.departments = [.init(id: 7, members: servicers + ["wangwu"])]
        company.upgrade.members = Array(servicers.prefix(1))
        company.upgrade.groupChats = ["wrDEMO1"]
        settings.corps = [company]
        return settings
    }
}
