import CallbackCrypto
import ChatModel
import PlatformSimulator

/// A corp's apps, and their accounts.
extension WorldReader {
    mutating func read(app map: Map, of corp: SimulatorSettings.Corp) {
        guard let name = required("alias", of: map) else { return }
        let alias = AppAlias(name)
        let known = base.apps.first { $0.alias == alias && $0.corp == corp.id }
        if world.settings.apps.contains(where: {
            $0.alias == alias && (isWhole || $0.corp != corp.id)
        }) {
            map.refuse("alias", .taken(name))
        }
        let secret = map.text("secret") ?? known?.secret
        if secret == nil, !map.has("secret") { map.missing("secret") }
        var app = known ?? SimulatorSettings.App(alias: alias, corp: corp.id, secret: "")
        app.secret = secret ?? ""
        app.agentID = map.integer("agent_id", in: 1...Int(UInt32.max)) ?? app.agentID
        if let addresses = map.items("trusted_ips", as: .app) {
            app.trustedAddresses = Set(names(addresses, in: map, "trusted_ips"))
        }
        if let callback = map.map("callback", as: .callback) {
            world.targets[alias] = read(callback: callback, of: corp.id)
        }
        if let place = world.settings.apps.firstIndex(where: { $0.alias == alias }) {
            world.settings.apps[place] = app
        } else {
            world.settings.apps.append(app)
        }
        if let accounts = map.items("accounts", as: .account) {
            for case .map(let account) in maps(accounts, in: map, "accounts") {
                read(account: account, of: alias, corp)
            }
        } else if isWhole {
            world.settings.accounts += base.accounts.filter { $0.app == alias && known != nil }
        }
        map.finish()
    }

    private func read(callback map: Map, of corp: CorpID) -> SimulatorServer.CallbackTarget? {
        defer { map.finish() }
        let url = required("url", of: map)
        let token = map.text("token") ?? seals?.token
        let key = map.text("aes_key") ?? seals?.aesKey
        guard let url, let token, let key else {
            if token == nil { map.missing("token") }
            if key == nil { map.missing("aes_key") }
            return nil
        }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            map.refuse("url", .noURL(url))
            return nil
        }
        do {
            return SimulatorServer.CallbackTarget(
                url: url,
                key: try CallbackKey(token: token, encodingAESKey: key, receiveID: corp.rawValue))
        } catch {
            map.refuse(map.has("token") ? "token" : "aes_key", .noCallbackKey)
            return nil
        }
    }

    // MARK: Accounts

    private mutating func read(account map: Map, of app: AppAlias, _ corp: SimulatorSettings.Corp) {
        guard let name = required("open_kfid", of: map) else { return }
        let id = OpenKfID(name)
        if !name.hasPrefix("wk") || name.utf8.count > 64 {
            map.refuse("open_kfid", .noAccountID(name))
        }
        let known = base.accounts.first { $0.id == id && $0.app == app }
        if world.settings.accounts.contains(where: { $0.id == id && (isWhole || $0.app != app) }) {
            map.refuse("open_kfid", .taken(name))
        }
        var account = known ?? SimulatorSettings.Account(id: id, name: "客服", app: app)
        account.name = map.text("name") ?? account.name
        account.routing =
            map.choice("routing", of: SimulatorSettings.Routing.self) ?? account.routing
        if let servicers = map.items("servicers", as: .servicer) {
            account.servicers = servicers.compactMap { read(servicer: $0, in: map, corp) }
            if let twice = repeated(account.servicers.map(\.id.rawValue)) {
                map.refuse("servicers", .taken(twice))
            }
        }
        if let departments = departments(of: map, in: corp) { account.departments = departments }
        world.settings.accounts.removeAll { $0.id == id }
        world.settings.accounts.append(account)
        map.finish()
    }

    private func read(
        servicer: WorldItem<Map>, in list: Map, _ corp: SimulatorSettings.Corp
    ) -> SimulatorSettings.Servicer? {
        let name: String?
        var status = ServicerStatus.receiving
        var capacity: Int?
        switch servicer {
        case .name(let text): name = text
        case .map(let map):
            name = required("userid", of: map)
            status = map.choice("status", of: StatusWord.self)?.status ?? .receiving
            capacity = map.integer("capacity", in: 0...100_000)
            map.finish()
        }
        guard let name else { return nil }
        guard let member = corp.member(ServicerID(name)) else {
            list.refuse("servicers", .unknown(name, .member, known: Self.members(of: corp)))
            return nil
        }
        return .init(
            id: member.id, status: status, isActivated: member.isActivated, capacity: capacity)
    }
}

/// How a servicer's status is written.
private enum StatusWord: String, CaseIterable {
    case receiving, stopped, paused

    var status: ServicerStatus {
        switch self {
        case .receiving: .receiving
        case .stopped: .stopped
        case .paused: .paused
        }
    }
}
