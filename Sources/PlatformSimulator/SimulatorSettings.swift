package import ChatModel

/// The world a simulator begins with: corps, apps, accounts, servicers, and how strict it is.
package struct SimulatorSettings: Hashable, Sendable {
    /// One app of one corp: what a secret belongs to and a callback goes to.
    package struct App: Hashable, Sendable {
        /// The name calls in process use instead of a token.
        package var alias: AppAlias
        /// The corp the app belongs to.
        package var corp: CorpID
        /// The secret `gettoken` asks for.
        package var secret: String
        /// What callbacks name as `AgentID`.
        package var agentID: Int
        /// The addresses its calls may come from, `gettoken` aside; `nil` for any (§2.3).
        package var trustedAddresses: Set<String>?

        /// An app of `corp`.
        package init(alias: AppAlias, corp: CorpID, secret: String, agentID: Int = 1_000_007) {
            self.alias = alias
            self.corp = corp
            self.secret = secret
            self.agentID = agentID
        }
    }

    /// Where the console sends a customer who writes while no session is open (§7.5).
    package enum Routing: String, Hashable, Sendable, Codable, CaseIterable {
        /// The API allocates: 4→0.
        case api
        /// To people first: 4→3 when someone receives and has room, else 4→2.
        case humanFirst = "human_first"
        /// To the console's assistant: 4→1.
        case assistant
    }

    /// Someone who serves customers of one account.
    package struct Servicer: Hashable, Sendable {
        /// The member's `userid`.
        package var id: ServicerID
        /// Whether new sessions are taken.
        package var status: ServicerStatus
        /// Whether the member has activated WeCom; without it an assignment is refused (95014).
        package var isActivated: Bool
        /// Sessions after which `humanFirst` routing passes this servicer over; `nil` for no limit.
        package var capacity: Int?
        /// The department through which the servicer serves; `nil` for one that serves by name.
        package var department: Int?

        /// A servicer who receives.
        package init(
            id: ServicerID, status: ServicerStatus = .receiving, isActivated: Bool = true,
            capacity: Int? = nil, department: Int? = nil
        ) {
            self.id = id
            self.status = status
            self.isActivated = isActivated
            self.capacity = capacity
            self.department = department
        }
    }

    /// A KF account and the people behind it.
    package struct Account: Hashable, Sendable {
        /// Its `open_kfid`.
        package var id: OpenKfID
        /// Its name.
        package var name: String
        /// The app that manages it, and the only one that may use it.
        package var app: AppAlias
        /// Where new sessions go.
        package var routing: Routing
        /// Who serves, in the order `servicer/list` names them.
        package var servicers: [Servicer]
        /// Departments of the corp whose members serve too.
        package var departments: [Int]

        /// An account the API allocates.
        package init(
            id: OpenKfID, name: String, app: AppAlias, routing: Routing = .api,
            servicers: [Servicer] = [], departments: [Int] = []
        ) {
            self.id = id
            self.name = name
            self.app = app
            self.routing = routing
            self.servicers = servicers
            self.departments = departments
        }
    }

    /// How often a corp, and an address, may call (§15).
    ///
    /// A block lasts as long as the window that was overrun.
    package struct Quotas: Hashable, Sendable {
        /// Calls a minute, per corp and endpoint; `nil` for no limit.
        package var perMinute: Int?
        /// Calls an hour, per corp and endpoint; `nil` for no limit.
        package var perHour: Int?
        /// Calls a minute, per endpoint, from one address for whatever corps; `nil` for no limit.
        package var perAddressMinute: Int?
        /// Calls an hour, per endpoint, from one address; `nil` for no limit.
        package var perAddressHour: Int?
        /// The least time between pulls without a token, per account; `nil` for no limit.
        ///
        /// The platform's figure is unpublished. Further pages of such a pull are not counted.
        package var tokenlessPullEvery: Duration?

        /// Figures of one's own.
        package init(
            perMinute: Int?, perHour: Int?, perAddressMinute: Int? = nil,
            perAddressHour: Int? = nil, tokenlessPullEvery: Duration?
        ) {
            self.perMinute = perMinute
            self.perHour = perHour
            self.perAddressMinute = perAddressMinute
            self.perAddressHour = perAddressHour
            self.tokenlessPullEvery = tokenlessPullEvery
        }

        /// The published figures, and one pull a minute without a token.
        package static let platform = Quotas(
            perMinute: 10_000, perHour: 150_000, perAddressMinute: 20_000,
            perAddressHour: 600_000, tokenlessPullEvery: .seconds(60))
        /// No limit at all.
        package static let off = Quotas(perMinute: nil, perHour: nil, tokenlessPullEvery: nil)
    }

    /// The apps; an account names its own.
    package var apps: [App]
    /// The accounts.
    package var accounts: [Account]
    /// What is known of the corps; one that is not listed is verified and has everybody.
    package var corps: [Corp] = []
    /// Whether messages may only carry media that were uploaded, or came from a customer (40007).
    package var checksMedia = true
    /// Bytes of media kept at most; beyond it the oldest files expire early.
    package var mediaLimit = 256 << 20
    /// How often a corp may call.
    package var quotas = Quotas.platform
    /// Calls of one corp on an endpoint that may be under way at once (45033, §15); no limit where
    /// there is no number.
    ///
    /// A call is under way until it is answered, which takes no time unless a fault delays it.
    package var concurrency: [Endpoint: Int] = [:]
    /// The most rows a page holds, however many are asked for; at least 1.
    package var pageSize = 1000
    /// Every so many pulls that find rows answer an empty page with `has_more` 1; 0 for never.
    package var emptyPageEvery = 0
    /// How long an access token lives.
    package var accessTokenLifetime: Duration = .seconds(7200)
    /// How often a callback that failed is pushed again.
    package var callbackRetries = 3
    /// The time between two pushes of the same callback.
    package var callbackRetryAfter: Duration = .seconds(5)
    /// How long after being shown something a caller may still act on what it knew before.
    ///
    /// A refusal within that time counts as raced, not as illegal. Zero where calls follow each
    /// other in one thread; about 2 s over a network, where a call may be under way while a page
    /// arrives.
    package var noticeTime: Duration = .zero
    /// Calls of `gettoken` with a wrong secret, from one address within an hour, after which that
    /// address is blocked for an hour; `nil` for no limit (§2.1).
    package var wrongSecretsAnHour: Int? = 2000
    /// Entries the book keeps at most; older ones are dropped by halves.
    package var bookLimit = 500_000

    /// A world of these apps and accounts, everything else as on the platform.
    package init(apps: [App], accounts: [Account]) {
        self.apps = apps
        self.accounts = accounts
    }
}
