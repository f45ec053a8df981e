package import ChatModel

extension SimulatorSettings {
    /// A company on the platform, and what its administrators set up in the console.
    package struct Corp: Hashable, Sendable {
        /// A member of the company, who may become a servicer.
        package struct Member: Hashable, Sendable {
            /// The `userid`.
            package var id: ServicerID
            /// Whether the member has activated WeCom; without it an assignment is refused (95014).
            package var isActivated: Bool

            /// A member.
            package init(id: ServicerID, isActivated: Bool = true) {
                self.id = id
                self.isActivated = isActivated
            }
        }

        /// A department: added to an account, all its members serve.
        package struct Department: Hashable, Sendable {
            /// The platform's number for it.
            package var id: Int
            /// Who belongs to it.
            package var members: [ServicerID]

            /// A department of these members.
            package init(id: Int, members: [ServicerID] = []) {
                self.id = id
                self.members = members
            }
        }

        /// What 升级服务 offers (§11, U1).
        package struct UpgradeService: Hashable, Sendable {
            /// Specialists by name.
            package var members: [ServicerID] = []
            /// Departments whose members are specialists.
            package var departments: [Int] = []
            /// Customer groups (`chat_id`).
            package var groupChats: [String] = []
            /// Whether the console has set up exclusive service instead (95015).
            package var isExclusive = false

            /// Nothing configured.
            package init() {}
        }

        /// The company.
        package var id: CorpID
        /// Whether it is verified; if not, it has 10 accounts (95027) and 100 customers (95003).
        package var isVerified = true
        /// Whether its accounts are used too little for another one (95026).
        package var isRarelyUsed = false
        /// Accounts it may have (95005).
        package var mostAccounts = 5000
        /// Servicers and departments one account may have (§6).
        package var mostServicers = 2000
        /// See ``mostServicers``.
        package var mostDepartments = 20
        /// Who works there; `nil` when every `userid` names somebody.
        package var members: [Member]?
        /// Its departments; `nil` when every number names one without members.
        package var departments: [Department]?
        /// What it offers beyond customer service.
        package var upgrade = UpgradeService()
        /// Whether a Channels account is bound and confirmed (§11, Q1).
        package var hasChannels = false
        /// Whether a WeChat developer account is bound, so that customers have a `unionid`.
        package var bindsDeveloper = false
        /// Whether the API switch is off under basic permission (95017).
        package var isAPIOff = false

        /// A verified corp of which nothing more is known.
        package init(id: CorpID) { self.id = id }

        /// The department; `nil` when there is none of this number.
        package func department(_ id: Int) -> Department? {
            guard let departments else { return id > 0 ? Department(id: id) : nil }
            return departments.first { $0.id == id }
        }

        /// The member; `nil` when nobody has this `userid`.
        package func member(_ id: ServicerID) -> Member? {
            guard let members else { return Member(id: id) }
            return members.first { $0.id == id }
        }
    }
}
