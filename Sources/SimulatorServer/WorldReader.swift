import CallbackCrypto
package import ChatModel
package import PlatformSimulator

/// What a description of a world says.
package struct WorldDescription: Sendable {
    /// What exists.
    package var settings: SimulatorSettings
    /// Where callbacks go, of the apps whose `callback` is described.
    package var targets: [AppAlias: SimulatorServer.CallbackTarget] = [:]

    /// A world whose apps' callbacks go nowhere.
    package init(settings: SimulatorSettings) { self.settings = settings }
}

/// Reads the description of a world: corps with their consoles, apps and accounts, quotas.
///
/// One set of keys for world files and control requests; docs/simulator.md lists them.
package struct WorldReader<Map: WorldMap> {
    /// What a callback is sealed with where nothing is said of it.
    package struct Seals: Sendable {
        /// The signing secret.
        package var token: String
        /// 43 characters.
        package var aesKey: String

        /// A token and a key.
        package init(token: String, aesKey: String) {
            self.token = token
            self.aesKey = aesKey
        }
    }

    private let base: SimulatorSettings
    private let isWhole: Bool
    private let seals: Seals?
    private var world: WorldDescription

    /// A reader that knows `base`: what is not said of a corp, an app or an account in it is as
    /// there.
    ///
    /// - Parameters:
    ///   - isWhole: Whether only the corps that are described exist, as in a file; else the others
    ///     of `base` stay.
    ///   - seals: For callbacks without `token` and `aes_key`; without it both have to be there.
    package init(onto base: SimulatorSettings, isWhole: Bool, seals: Seals? = nil) {
        self.base = base
        self.isWhole = isWhole
        self.seals = seals
        self.world = WorldDescription(settings: base)
    }

    /// What the map says.
    ///
    /// Worth nothing if the map has noted a mistake.
    package mutating func read(_ map: Map) -> WorldDescription {
        if let corps = map.items("corps", as: .corp) {
            if isWhole {
                (world.settings.corps, world.settings.apps) = ([], [])
                world.settings.accounts = []
            }
            var seen: Set<String> = []
            for case .map(let corp) in maps(corps, in: map, "corps") { read(corp: corp, &seen) }
        }
        if let quotas = map.map("quotas", as: .quotas) { read(quotas: quotas) }
        if let ceilings = map.items("concurrency", as: .ceiling) {
            world.settings.concurrency = [:]
            for case .map(let ceiling) in maps(ceilings, in: map, "concurrency") {
                read(ceiling: ceiling)
            }
        }
        map.finish()
        return world
    }

    /// The items, all of which have to be maps.
    private func maps(
        _ items: [WorldItem<Map>], in map: Map, _ key: String
    ) -> [WorldItem<Map>] {
        for case .name(let name) in items { map.refuse(key, .noMap(name)) }
        return items
    }

    // MARK: Corps

    private mutating func read(corp map: Map, _ seen: inout Set<String>) {
        guard let name = map.text("corp_id") else {
            if !map.has("corp_id") { map.missing("corp_id") }
            return
        }
        if !seen.insert(name).inserted { map.refuse("corp_id", .taken(name)) }
        let id = CorpID(name)
        var corp = base.corps.first { $0.id == id } ?? SimulatorSettings.Corp(id: id)
        read(facts: map, of: &corp)
        if let upgrade = map.map("upgrade", as: .upgrade) { read(upgrade: upgrade, of: &corp) }
        world.settings.corps.removeAll { $0.id == id }
        world.settings.corps.append(corp)
        if let apps = map.items("apps", as: .app) {
            for case .map(let app) in maps(apps, in: map, "apps") { read(app: app, of: corp) }
        } else if base.apps.contains(where: { $0.corp == id }) {
            if isWhole { bringAlong(id) }
        } else if !map.has("apps") {
            map.missing("apps")
        }
        if map.has("members") { dismissStrangers(of: corp) }
        map.finish()
    }

    /// The apps and accounts of a corp that says nothing of them.
    private mutating func bringAlong(_ corp: CorpID) {
        let apps = base.apps.filter { $0.corp == corp }
        world.settings.apps += apps
        world.settings.accounts += base.accounts.filter { account in
            apps.contains { $0.alias == account.app }
        }
    }

    /// Who is no member of the corp any more serves none of its accounts.
    private mutating func dismissStrangers(of corp: SimulatorSettings.Corp) {
        let apps = Set(world.settings.apps.lazy.filter { $0.corp == corp.id }.map(\.alias))
        for place in world.settings.accounts.indices
        where apps.contains(world.settings.accounts[place].app) {
            let servicers = world.settings.accounts[place].servicers
            world.settings.accounts[place].servicers = servicers.compactMap { servicer in
                guard let member = corp.member(servicer.id) else { return nil }
                var known = servicer
                known.isActivated = member.isActivated
                return known
            }
        }
    }

    private func read(facts map: Map, of corp: inout SimulatorSettings.Corp) {
        if let members = map.items("members", as: .member) {
            corp.members = members.compactMap { read(member: $0) }
            if let twice = repeated(corp.members?.map(\.id.rawValue) ?? []) {
                map.refuse("members", .taken(twice))
            }
        }
        if let departments = map.items("departments", as: .department) {
            corp.departments = maps(departments, in: map, "departments").compactMap { item in
                if case .map(let map) = item { read(department: map, of: corp) } else { nil }
            }
            if let twice = repeated(corp.departments?.map { String($0.id) } ?? []) {
                map.refuse("departments", .taken(twice))
            }
        }
        corp.isVerified = map.flag("verified") ?? corp.isVerified
        corp.isRarelyUsed = map.flag("rarely_used") ?? corp.isRarelyUsed
        corp.hasChannels = map.flag("channels") ?? corp.hasChannels
        corp.bindsDeveloper = map.flag("developer") ?? corp.bindsDeveloper
        corp.isAPIOff = map.flag("api_off") ?? corp.isAPIOff
        corp.mostAccounts = map.integer("most_accounts", in: 1...100_000) ?? corp.mostAccounts
        corp.mostServicers = map.integer("most_servicers", in: 0...100_000) ?? corp.mostServicers
        corp.mostDepartments =
            map.integer("most_departments", in: 0...100_000) ?? corp.mostDepartments
    }

    private func read(member: WorldItem<Map>) -> SimulatorSettings.Corp.Member? {
        switch member {
        case .name(let name): return .init(id: ServicerID(name))
        case .map(let map):
            let name = required("userid", of: map)
            let isActivated = map.flag("activated") ?? true
            map.finish()
            return name.map { .init(id: ServicerID($0), isActivated: isActivated) }
        }
    }

    private func read(
        department map: Map, of corp: SimulatorSettings.Corp
    ) -> SimulatorSettings.Corp.Department? {
        let id = map.integer("id", in: 1...Int(UInt32.max))
        if !map.has("id") { map.missing("id") }
        let members = people("members", of: map, in: corp)
        map.finish()
        return id.map { .init(id: $0, members: members ?? []) }
    }

    private func read(upgrade map: Map, of corp: inout SimulatorSettings.Corp) {
        if let members = people("members", of: map, in: corp) { corp.upgrade.members = members }
        if let departments = departments(of: map, in: corp) {
            corp.upgrade.departments = departments
        }
        if let groups = map.items("groups", as: .upgrade) {
            corp.upgrade.groupChats = names(groups, in: map, "groups")
        }
        corp.upgrade.isExclusive = map.flag("exclusive") ?? corp.upgrade.isExclusive
        map.finish()
    }

    // MARK: Apps

    private mutating func read(app map: Map, of corp: SimulatorSettings.Corp) {
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

    // MARK: Limits

    private mutating func read(quotas map: Map) {
        func limit(_ key: String, _ present: Int?) -> Int? {
            map.integer(key, in: 1...1_000_000_000) ?? present
        }
        var quotas = world.settings.quotas
        if map.flag("off") ?? false { quotas = .off }
        quotas.perMinute = limit("per_minute", quotas.perMinute)
        quotas.perHour = limit("per_hour", quotas.perHour)
        quotas.perAddressMinute = limit("per_address_minute", quotas.perAddressMinute)
        quotas.perAddressHour = limit("per_address_hour", quotas.perAddressHour)
        if let seconds = map.integer("pull_without_token_seconds", in: 0...86_400) {
            quotas.tokenlessPullEvery = seconds == 0 ? nil : .seconds(seconds)
        }
        world.settings.quotas = quotas
        map.finish()
    }

    private mutating func read(ceiling map: Map) {
        let endpoints = map.choices("endpoint", of: Endpoint.self) ?? Endpoint.allCases
        let calls = map.integer("calls", in: 1...100_000)
        if !map.has("calls") { map.missing("calls") }
        for endpoint in endpoints { world.settings.concurrency[endpoint] = calls }
        map.finish()
    }

    // MARK: Names

    private func required(_ key: String, of map: Map) -> String? {
        let text = map.text(key)
        if !map.has(key) { map.missing(key) }
        return text
    }

    private func names(_ items: [WorldItem<Map>], in map: Map, _ key: String) -> [String] {
        items.compactMap { item in
            switch item {
            case .name(let name): return name
            case .map:
                map.refuse(key, .noName)
                return nil
            }
        }
    }

    /// Members of the corp, by name.
    private func people(
        _ key: String, of map: Map, in corp: SimulatorSettings.Corp
    ) -> [ServicerID]? {
        guard let items = map.items(key, as: .member) else { return nil }
        let names = names(items, in: map, key)
        for name in names where corp.member(ServicerID(name)) == nil {
            map.refuse(key, .unknown(name, .member, known: Self.members(of: corp)))
        }
        return names.map { ServicerID($0) }
    }

    /// Departments of the corp, by number.
    private func departments(of map: Map, in corp: SimulatorSettings.Corp) -> [Int]? {
        guard let items = map.items("departments", as: .department) else { return nil }
        return names(items, in: map, "departments").compactMap { name in
            guard let number = Int(name), number > 0 else {
                map.refuse("departments", .noNumber(name))
                return nil
            }
            if corp.department(number) == nil {
                let known = corp.departments?.map { String($0.id) } ?? []
                map.refuse("departments", .unknown(name, .department, known: known))
            }
            return number
        }
    }

    private static func members(of corp: SimulatorSettings.Corp) -> [String] {
        corp.members?.map(\.id.rawValue) ?? []
    }

    private func repeated(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
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
