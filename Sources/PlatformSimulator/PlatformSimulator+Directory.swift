package import ChatModel

/// A row of `account/list`.
package struct AccountView: Hashable, Sendable {
    /// The account.
    package let id: OpenKfID
    /// Its name.
    package let name: String
    /// Whether the calling app may use it.
    package let isManaged: Bool
}

/// What `customer/batchget` answers.
package struct CustomersView: Hashable, Sendable {
    /// One customer.
    package struct Profile: Hashable, Sendable {
        /// The customer.
        package let id: ExternalUserID
        /// The nickname.
        package let nickname: String
        /// The last entrance, when asked for and not older than 48 hours.
        package let entrance: Entrance?
    }

    /// Those who consulted the corp within 48 hours.
    package let profiles: [Profile]
    /// All others.
    package let unknown: [ExternalUserID]
}

extension PlatformSimulator {
    /// `servicer/list`.
    package mutating func servicers(
        of id: OpenKfID, by app: AppAlias
    ) -> Result<[SimulatorSettings.Servicer], SimulatedRefusal> {
        var entry = entry(.listServicers, .listServicers, by: app)
        entry.account = id
        if let refusal = admit(entry) { return .failure(refusal) }
        let (place, errcode) = account(id, for: app)
        guard let place else { return .failure(refuse(entry, errcode, .illegal)) }
        if let heardAt {
            accounts[place].servicersKnowledge.shown(
                accounts[place].servicersVersion, at: heardAt, noticeTime: settings.noticeTime)
        }
        accept(entry)
        return .success(accounts[place].facts.servicers)
    }

    /// `account/list`: the corp's accounts; `limit` 1…100.
    package mutating func accountList(
        offset: Int = 0, limit: Int = 100, by app: AppAlias
    ) -> Result<[AccountView], SimulatedRefusal> {
        let entry = entry(.listAccounts, .listAccounts, by: app)
        if let refusal = admit(entry) { return .failure(refusal) }
        guard offset >= 0, (1...100).contains(limit), let place = appIndex[app] else {
            return .failure(refuse(entry, 40058, .illegal))
        }
        accept(entry)
        let corp = settings.apps[place].corp
        let ofCorp = accounts.filter { settings.apps[$0.app].corp == corp }
        return .success(
            ofCorp.dropFirst(offset).prefix(limit).map {
                AccountView(id: $0.facts.id, name: $0.facts.name, isManaged: $0.facts.app == app)
            })
    }

    /// `customer/batchget` of 1…100 customers.
    package mutating func customers(
        _ ids: [ExternalUserID], withEntrance: Bool = false, by app: AppAlias
    ) -> Result<CustomersView, SimulatedRefusal> {
        let entry = entry(.getCustomers, .readCustomers(ids.count), by: app)
        if let refusal = admit(entry) { return .failure(refusal) }
        guard (1...PlatformRules.largestBatch).contains(ids.count) else {
            return .failure(refuse(entry, 40058, .illegal))
        }
        var profiles: [CustomersView.Profile] = []
        var unknown: [ExternalUserID] = []
        for id in ids {
            guard isKnown(id, to: app), let facts = customers[id],
                let met = lastMeeting(with: id, of: app)
            else {
                unknown.append(id)
                continue
            }
            let entered = conversations[met].lastEnteredAt
            let isFresh = entered.map { now - $0 < PlatformRules.profileWindow } ?? false
            profiles.append(
                CustomersView.Profile(
                    id: id, nickname: facts.nickname,
                    entrance: withEntrance && isFresh ? conversations[met].entrance : nil))
        }
        accept(entry)
        return .success(CustomersView(profiles: profiles, unknown: unknown))
    }

    /// The conversation in which the customer last wrote to or entered an account of the app's
    /// corp, within 48 hours.
    private func lastMeeting(with customer: ExternalUserID, of app: AppAlias) -> Int? {
        let corp = appIndex[app].map { settings.apps[$0].corp }
        let met = accounts.compactMap { account -> (Int, Timestamp)? in
            guard settings.apps[account.app].corp == corp,
                let index = conversationIndex[
                    ConversationID(account: account.facts.id, customer: customer)],
                let at = [conversations[index].lastWroteAt, conversations[index].lastEnteredAt]
                    .compactMap({ $0 }).max(),
                now - at < PlatformRules.profileWindow
            else { return nil }
            return (index, at)
        }
        return met.max { $0.1 < $1.1 }?.0
    }
}
