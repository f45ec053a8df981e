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

    let base: SimulatorSettings
    let isWhole: Bool
    let seals: Seals?
    var world: WorldDescription

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
    func maps(
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

    func required(_ key: String, of map: Map) -> String? {
        let text = map.text(key)
        if !map.has(key) { map.missing(key) }
        return text
    }

    func names(_ items: [WorldItem<Map>], in map: Map, _ key: String) -> [String] {
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
    func departments(of map: Map, in corp: SimulatorSettings.Corp) -> [Int]? {
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

    static func members(of corp: SimulatorSettings.Corp) -> [String] {
        corp.members?.map(\.id.rawValue) ?? []
    }

    func repeated(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}
