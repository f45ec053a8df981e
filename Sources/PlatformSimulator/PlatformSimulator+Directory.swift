package import ChatModel

/// What a customer's profile says.
package struct CustomerProfile: Hashable, Sendable {
    /// The nickname.
    package var nickname: String
    /// 0 unknown, 1 male, 2 female.
    package var gender: Int
    /// Where the picture is.
    package var avatar: String

    /// A profile.
    package init(
        nickname: String, gender: Int = 0, avatar: String = "https://wework.example/customer.png"
    ) {
        self.nickname = nickname
        self.gender = gender
        self.avatar = avatar
    }
}

/// What `customer/batchget` answers.
package struct CustomersView: Hashable, Sendable {
    /// One customer.
    package struct Profile: Hashable, Sendable {
        /// The customer.
        package let id: ExternalUserID
        /// What it says.
        package let facts: CustomerProfile
        /// The same for all corps of one WeChat developer account; `nil` where none is bound.
        package let unionID: String?
        /// The last entrance, when asked for and not older than 48 hours.
        package let entrance: Entrance?
    }

    /// Those who consulted the corp within 48 hours.
    package let profiles: [Profile]
    /// All others.
    package let unknown: [ExternalUserID]
}

extension PlatformSimulator {
    /// `customer/batchget` of 1…100 customers.
    package mutating func customers(
        _ ids: [ExternalUserID], withEntrance: Bool = false, by app: AppAlias
    ) -> Result<CustomersView, SimulatedRefusal> {
        var entry = entry(.getCustomers, .readCustomers(ids.count), by: app)
        if let refusal = admit(entry) { return .failure(refusal) }
        guard (1...PlatformRules.largestBatch).contains(ids.count) else {
            let words = "external_userid_list: \(ids.count), 1 to \(PlatformRules.largestBatch)"
            return .failure(refuse(entry, Errcode(40058, words), .illegal))
        }
        var profiles: [CustomersView.Profile] = []
        var unknown: [ExternalUserID] = []
        for id in ids {
            guard isKnown(id, to: app), let facts = customers[id]?.profile,
                let met = lastMeeting(with: id, of: app)
            else {
                unknown.append(id)
                continue
            }
            let entered = conversations[met].lastEnteredAt
            let isFresh = entered.map { now - $0 < PlatformRules.profileWindow } ?? false
            profiles.append(
                CustomersView.Profile(
                    id: id, facts: facts, unionID: unionID(of: id, for: app),
                    entrance: withEntrance && isFresh ? conversations[met].entrance : nil))
        }
        if !unknown.isEmpty {
            entry.reason = "\(unknown.count) not met within 48 hours"
        }
        accept(entry)
        return .success(CustomersView(profiles: profiles, unknown: unknown))
    }

    private func unionID(of customer: ExternalUserID, for app: AppAlias) -> String? {
        guard let corp = try? corpFacts(of: app), corp.bindsDeveloper else { return nil }
        let number = customer.rawValue.utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return "oU" + String(number, radix: 36)
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
