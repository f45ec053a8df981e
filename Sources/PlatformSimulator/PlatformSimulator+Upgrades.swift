package import ChatModel

/// Whom a customer is recommended to (`customer/upgrade_service`).
package enum Recommendation: Hashable, Sendable {
    /// `type` 1: a specialist.
    case member(ServicerID)
    /// `type` 2: a customer group, by its `chat_id`.
    case groupChat(String)
}

extension Recommendation {
    /// The field that names whom.
    fileprivate var field: String {
        switch self {
        case .member: "member.userid"
        case .groupChat: "groupchat.chat_id"
        }
    }
}

/// One recommendation shown to a servicer, and what became of it.
struct UpgradeOffer: Hashable, Sendable {
    let at: Timestamp
    let recommendation: Recommendation
    /// Who served when it was made.
    let servicer: ServicerID?
    var isWithdrawn = false
    var acceptedAt: Timestamp?
}

extension PlatformSimulator {
    /// `customer/get_upgrade_service_config`.
    package mutating func upgradeServiceConfig(
        by app: AppAlias
    ) -> Result<SimulatorSettings.Corp.UpgradeService, SimulatedRefusal> {
        carryOut(.getUpgradeConfig, by: app) { (world) throws(Errcode) in
            try world.corpFacts(of: app).upgrade
        }
    }

    /// `customer/upgrade_service`: recommends a specialist or a group; only the servicer sees it.
    ///
    /// Refused with 95015 where the console has exclusive service, 95021 where the specialist or
    /// the group is not in its configuration.
    package mutating func upgradeService(
        _ id: ConversationID, to recommendation: Recommendation, by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        carryOut(
            .upgradeService, "\(recommendation)", account: id.account, customer: id.customer,
            by: app
        ) { (world) throws(Errcode) in
            let index = try world.met(id, by: app)
            let corp = try world.corpFacts(of: app)
            if corp.upgrade.isExclusive { throw Errcode(95015, "the console has it") }
            let isConfigured =
                switch recommendation {
                case .member(let user):
                    corp.upgrade.members.contains(user)
                        || corp.upgrade.departments.contains {
                            corp.department($0)?.members.contains(user) ?? false
                        }
                case .groupChat(let chat): corp.upgrade.groupChats.contains(chat)
                }
            guard isConfigured else { throw Errcode(95021, "\(recommendation.field): not offered") }
            world.conversations[index].offers.append(
                UpgradeOffer(
                    at: world.now, recommendation: recommendation,
                    servicer: world.conversations[index].servicer))
        }
    }

    /// `customer/cancel_upgrade_service`: withdraws what was recommended and not accepted yet.
    package mutating func cancelUpgradeService(
        _ id: ConversationID, by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        carryOut(.cancelUpgrade, account: id.account, customer: id.customer, by: app) {
            (world) throws(Errcode) in
            let index = try world.met(id, by: app)
            for place in world.conversations[index].offers.indices
            where world.conversations[index].offers[place].acceptedAt == nil {
                world.conversations[index].offers[place].isWithdrawn = true
            }
        }
    }

    /// The customer adds the specialist, or joins the group, recommended last.
    ///
    /// - Returns: `false` when nothing is recommended.
    @discardableResult
    package mutating func acceptsUpgrade(
        _ customer: ExternalUserID, _ account: OpenKfID
    ) throws(IllegalAct) -> Bool {
        let index = try known(ConversationID(account: account, customer: customer))
        guard
            let last = conversations[index].offers.lastIndex(where: {
                !$0.isWithdrawn && $0.acceptedAt == nil
            })
        else { return false }
        conversations[index].offers[last].acceptedAt = now
        return true
    }

    // MARK: The corp

    /// `get_corp_qualification`: whether a Channels account is bound.
    package mutating func corpQualification(by app: AppAlias) -> Result<Bool, SimulatedRefusal> {
        carryOut(.getQualification, by: app) { (world) throws(Errcode) in
            try world.corpFacts(of: app).hasChannels
        }
    }

    /// `getcallbackip` and `get_api_domain_ip`: where callbacks come from and calls go to.
    package mutating func addresses(
        _ endpoint: Endpoint, by app: AppAlias
    ) -> Result<[String], SimulatedRefusal> {
        carryOut(endpoint, by: app) { _ in ["127.0.0.1"] }
    }
}
