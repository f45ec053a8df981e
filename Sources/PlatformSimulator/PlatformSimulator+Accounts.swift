package import ChatModel

/// A row of `account/list`.
package struct AccountView: Hashable, Sendable {
    /// The account.
    package let id: OpenKfID
    /// Its name.
    package let name: String
    /// Where its picture is.
    package let avatar: String
    /// Whether the calling app may use it.
    package let isManaged: Bool
}

extension PlatformSimulator {
    /// `account/add`: an account that the calling app manages and the API allocates.
    ///
    /// - Parameters:
    ///   - name: 1…16 characters (95006), counted as Unicode scalars.
    ///   - avatar: A live image (40007).
    package mutating func addAccount(
        name: String, avatar: MediaID, by app: AppAlias
    ) -> Result<OpenKfID, SimulatedRefusal> {
        carryOut(.addAccount, name, by: app) { (world) throws(Errcode) in
            try PlatformRules.checkAccountName(name)
            try world.checkAvatar(avatar, by: app)
            try world.checkRoomForAccount(of: app)
            let id = OpenKfID(
                "wk" + String(world.nextNumber(), radix: 36)
                    + String(world.nextNumber(), radix: 36))
            world.open(SimulatorSettings.Account(id: id, name: name, app: app))
            world.accounts[world.accounts.count - 1].avatar = avatar
            return id
        }
    }

    /// `account/del`: afterwards the account exists for nobody (95004); the corp's last one stays
    /// (95005).
    package mutating func deleteAccount(
        _ id: OpenKfID, by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        carryOut(.deleteAccount, account: id, by: app) { (world) throws(Errcode) in
            let place = try world.managed(id, by: app)
            guard try world.accountsOfCorp(of: app).count > 1 else {
                throw Errcode(95005, "the last account stays")
            }
            world.accounts[place].isDeleted = true
            world.accountIndex[id] = nil
        }
    }

    /// `account/update`; what is `nil` stays.
    package mutating func updateAccount(
        _ id: OpenKfID, name: String?, avatar: MediaID?, by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        carryOut(.updateAccount, name ?? "", account: id, by: app) { (world) throws(Errcode) in
            let place = try world.managed(id, by: app)
            if let name { try PlatformRules.checkAccountName(name) }
            if let avatar { try world.checkAvatar(avatar, by: app) }
            if let name { world.accounts[place].facts.name = name }
            if let avatar { world.accounts[place].avatar = avatar }
        }
    }

    /// `account/list`: the corp's accounts; `limit` 1…100.
    package mutating func accountList(
        offset: Int = 0, limit: Int = 100, by app: AppAlias
    ) -> Result<[AccountView], SimulatedRefusal> {
        let entry = entry(.listAccounts, .listAccounts, by: app)
        if let refusal = admit(entry) { return .failure(refusal) }
        guard offset >= 0 else {
            return .failure(refuse(entry, Errcode(40058, "offset: below 0"), .illegal))
        }
        guard (1...100).contains(limit), let ofCorp = try? accountsOfCorp(of: app) else {
            return .failure(refuse(entry, Errcode(40058, "limit: \(limit), 1 to 100"), .illegal))
        }
        accept(entry)
        return .success(
            ofCorp.dropFirst(offset).prefix(limit).map { account in
                AccountView(
                    id: account.facts.id, name: account.facts.name,
                    avatar: "https://wework.example/"
                        + (account.avatar.map { "avatar/\($0).png" } ?? "avatar.png"),
                    isManaged: account.facts.app == app && !account.isWithdrawn)
            })
    }

    /// `add_contact_way`: a link that opens a chat with the account; the same for the same scene.
    ///
    /// - Parameter scene: At most 32 bytes of `[0-9a-zA-Z_-]` (40058); `nil` or empty for none.
    package mutating func addContactWay(
        _ id: OpenKfID, scene: String?, by app: AppAlias
    ) -> Result<String, SimulatedRefusal> {
        carryOut(.addContactWay, scene ?? "", account: id, by: app) { (world) throws(Errcode) in
            let place = try world.managed(id, by: app)
            let scene = scene ?? ""
            try PlatformRules.require(0...32, of: "scene", scene)
            try PlatformRules.require(
                scene.isEmpty || PlatformRules.isMsgID(MsgID(scene)), orRefuse: 40058,
                "scene: not of [0-9a-zA-Z_-]")
            let made = world.accounts[place].sealedScenes.first { $0.value == scene }?.key
            let sealed = made ?? "ENC" + String(world.nextNumber(), radix: 36)
            world.accounts[place].sealedScenes[sealed] = scene
            return ContactLink.prefix + world.accounts[place].linkName + "?enc_scene=" + sealed
        }
    }

    // MARK: Customers with a link

    /// The customer opens the chat by a link of `add_contact_way`, with a `scene_param` or without.
    ///
    /// - Returns: The event's id; `nil` for a link that was tampered with, moved to another
    ///   account, or whose account is gone: no event tells of it.
    @discardableResult
    package mutating func enters(
        _ customer: ExternalUserID, by link: String
    ) throws(IllegalAct) -> MsgID? {
        guard let link = ContactLink(link),
            let account = accounts.first(where: { $0.linkName == link.name && !$0.isDeleted }),
            let scene = account.sealedScenes[link.sealedScene],
            (link.parameter ?? "").utf8.count <= PlatformRules.longestSceneParameter
        else { return nil }
        return try enters(
            customer, account.facts.id, scene: scene.isEmpty ? nil : scene,
            sceneParameter: link.parameter)
    }

    // MARK: Parts

    /// Makes an account exist.
    mutating func open(_ facts: SimulatorSettings.Account) {
        guard let app = appIndex[facts.app], accountIndex[facts.id] == nil else { return }
        let place = accounts.count
        accountIndex[facts.id] = place
        // Keys of their own, not drawn: what was drawn before stays what it is.
        let key = SplitMix64.mixed(idKey ^ UInt64(place) &* 0x9E37_79B9_7F4A_7C15)
        accounts.append(
            AccountRecord(
                facts: facts, app: app, cursors: Seal(prefix: "CUR", key: random.next()),
                // As many lengths as a callback's padding has, so that each padding comes up.
                tokens: Seal(prefix: "ENC", key: random.next(), lengths: 32),
                linkName: "kfc" + String(key >> 4 | 1 << 59, radix: 16)))
        for department in facts.departments { staff(place, from: department) }
    }

    private func accountsOfCorp(of app: AppAlias) throws(Errcode) -> [AccountRecord] {
        let corp = try corp(of: app)
        return accounts.filter { !$0.isDeleted && settings.apps[$0.app].corp == corp }
    }

    private func checkAvatar(_ id: MediaID, by app: AppAlias) throws(Errcode) {
        try PlatformRules.require(0...PlatformRules.longestMediaID, of: "media_id", id.rawValue)
        _ = try liveFile(id, .image, by: app)
    }

    private func checkRoomForAccount(of app: AppAlias) throws(Errcode) {
        let ofCorp = try accountsOfCorp(of: app)
        // An app begins with an account that was granted to it in the console (§5, A1).
        guard ofCorp.contains(where: { $0.facts.app == app }) else {
            throw Errcode(48002, "the app manages no account yet")
        }
        let corp = corps[try corp(of: app)]?.facts
        guard let corp else { return }
        if !corp.isVerified, ofCorp.count >= PlatformRules.mostAccountsUnverified {
            throw Errcode(
                95027,
                "\(ofCorp.count) accounts, at most \(PlatformRules.mostAccountsUnverified)")
        }
        if ofCorp.count >= corp.mostAccounts {
            throw Errcode(95005, "\(ofCorp.count) accounts, at most \(corp.mostAccounts)")
        }
        if corp.isRarelyUsed { throw Errcode(95026, "its accounts are used too little") }
    }
}

extension PlatformRules {
    /// Refuses a name that an account can't have (95006): empty, blank, over 16 Unicode scalars,
    /// or with control characters.
    static func checkAccountName(_ name: String) throws(Errcode) {
        let scalars = name.unicodeScalars
        try require(
            (1...16).contains(scalars.count), orRefuse: 95006,
            "name: \(scalars.count) characters, 1 to 16")
        try require(
            scalars.allSatisfy { $0.properties.generalCategory != .control }
                && scalars.contains { !$0.properties.isWhitespace },
            orRefuse: 95006, "name: blank, or with control characters")
    }
}
