package import ChatModel
package import Routing

/// The calls the engine makes on the platform, as values: a test replaces one and keeps the rest.
///
/// One value serves one app of one corp. Every call throws a ``PlatformFailure`` that says what
/// may be done next; tokens are fetched and refreshed behind these calls.
package struct PlatformAPI: Sendable {
    /// `kf/sync_msg`.
    package var pull: @Sendable (PullRequest) async throws(PlatformFailure) -> PulledPage
    /// `kf/send_msg`; returns the accepted msgid.
    package var send:
        @Sendable (ConversationID, MsgID, OutgoingBody) async throws(PlatformFailure) -> MsgID
    /// `kf/send_msg_on_event`; returns the accepted msgid.
    package var sendOnEvent:
        @Sendable (EventCode, MsgID, OutgoingBody) async throws(PlatformFailure) -> MsgID
    /// `kf/service_state/get`.
    package var session:
        @Sendable (ConversationID) async throws(PlatformFailure) -> Outcome.ActualSession
    /// `kf/service_state/trans`; returns the code it hands out, if any.
    package var transfer:
        @Sendable (ConversationID, SessionTarget) async throws(PlatformFailure) -> EventCode?
    /// `kf/servicer/list`.
    package var servicers: @Sendable (OpenKfID) async throws(PlatformFailure) -> [ListedServicer]
    /// `kf/account/list`, all pages.
    package var accounts: @Sendable () async throws(PlatformFailure) -> [ListedAccount]
    /// `kf/customer/batchget`, however many customers; the flag asks for their last entrance, too.
    ///
    /// Throws only where nobody was told of; otherwise see ``CustomerBatch/shortfall``.
    package var customers:
        @Sendable ([ExternalUserID], Bool) async throws(PlatformFailure) -> CustomerBatch
    /// `kf/customer/upgrade_service`; withdraws the recommendation with `nil`.
    package var upgrade:
        @Sendable (ConversationID, ServiceUpgrade?) async throws(PlatformFailure) -> Void
    /// `media/upload`.
    package var upload: @Sendable (MediaUpload) async throws(PlatformFailure) -> UploadedMedia
    /// `media/get`.
    package var download: @Sendable (MediaID) async throws(PlatformFailure) -> DownloadedMedia
    /// Whether an access token is at hand or can be had: what readiness asks.
    package var authenticate: @Sendable () async throws(PlatformFailure) -> Void

    /// The calls.
    package init(
        pull: @escaping @Sendable (PullRequest) async throws(PlatformFailure) -> PulledPage,
        send:
            @escaping @Sendable (ConversationID, MsgID, OutgoingBody) async throws(PlatformFailure)
            -> MsgID,
        sendOnEvent:
            @escaping @Sendable (EventCode, MsgID, OutgoingBody) async throws(PlatformFailure) ->
            MsgID,
        session:
            @escaping @Sendable (ConversationID) async throws(PlatformFailure) ->
            Outcome.ActualSession,
        transfer:
            @escaping @Sendable (ConversationID, SessionTarget) async throws(PlatformFailure) ->
            EventCode?,
        servicers:
            @escaping @Sendable (OpenKfID) async throws(PlatformFailure) -> [ListedServicer],
        accounts: @escaping @Sendable () async throws(PlatformFailure) -> [ListedAccount],
        customers:
            @escaping @Sendable ([ExternalUserID], Bool) async throws(PlatformFailure) ->
            CustomerBatch,
        upgrade:
            @escaping @Sendable (ConversationID, ServiceUpgrade?) async throws(PlatformFailure) ->
            Void,
        upload: @escaping @Sendable (MediaUpload) async throws(PlatformFailure) -> UploadedMedia,
        download: @escaping @Sendable (MediaID) async throws(PlatformFailure) -> DownloadedMedia,
        authenticate: @escaping @Sendable () async throws(PlatformFailure) -> Void
    ) {
        self.pull = pull
        self.send = send
        self.sendOnEvent = sendOnEvent
        self.session = session
        self.transfer = transfer
        self.servicers = servicers
        self.accounts = accounts
        self.customers = customers
        self.upgrade = upgrade
        self.upload = upload
        self.download = download
        self.authenticate = authenticate
    }
}

/// What `sync_msg` is asked.
package struct PullRequest: Hashable, Sendable {
    /// The account.
    package var account: OpenKfID
    /// Where to begin; `nil` for the earliest message of the last 3 days.
    package var cursor: SyncCursor?
    /// A callback's token; without one the platform limits strictly.
    package var token: SyncToken?
    /// The most rows wanted, 1…1000.
    package var limit: Int
    /// What voice messages are to be fetched as; AMR where `nil`.
    package var voiceFormat: VoiceFormat?

    /// A pull.
    package init(
        account: OpenKfID, cursor: SyncCursor?, token: SyncToken?, limit: Int = 1000,
        voiceFormat: VoiceFormat? = nil
    ) {
        self.account = account
        self.cursor = cursor
        self.token = token
        self.limit = limit
        self.voiceFormat = voiceFormat
    }

    /// The formats voice messages come in.
    package enum VoiceFormat: String, Hashable, Sendable, CaseIterable {
        case amr, silk

        /// `voice_format`.
        package var number: Int { self == .amr ? 0 : 1 }
    }
}

/// What `sync_msg` answers.
package struct PulledPage: Hashable, Sendable {
    /// Where the next pull begins; to be kept even when ``rows`` is empty.
    package var next: SyncCursor
    /// Whether to pull again at once; says nothing about ``rows`` being empty.
    package var hasMore: Bool
    /// The rows in the platform's order.
    package var rows: [Inbound]

    /// A page.
    package init(next: SyncCursor, hasMore: Bool, rows: [Inbound]) {
        self.next = next
        self.hasMore = hasMore
        self.rows = rows
    }
}

/// A row of `servicer/list`.
package enum ListedServicer: Hashable, Sendable {
    /// A member; the status only where the caller manages the account.
    case member(ServicerID, ServicerStatus?)
    /// A whole department.
    case department(Int)
}

/// A row of `account/list`.
package struct ListedAccount: Hashable, Sendable {
    /// The account.
    package var id: OpenKfID
    /// Its name.
    package var name: String
    /// Where its picture is; `nil` where the platform doesn't say.
    package var avatar: String?
    /// Whether this app may manage it; `nil` where the platform doesn't say.
    package var isManaged: Bool?

    /// An account.
    package init(id: OpenKfID, name: String, avatar: String? = nil, isManaged: Bool?) {
        self.id = id
        self.name = name
        self.avatar = avatar
        self.isManaged = isManaged
    }
}

/// What `customer/batchget` answers.
package struct CustomerBatch: Hashable, Sendable {
    /// One customer's profile.
    package struct Profile: Hashable, Sendable {
        /// The customer.
        package var id: ExternalUserID
        /// The WeChat nickname.
        package var nickname: String
        /// Where the picture is; not told to third-party apps.
        package var avatar: String?
        /// As the customer's WeChat says.
        package var gender: CustomerProfile.Gender
        /// Only where the corp has bound a WeChat developer account.
        package var unionID: String?
        /// The last entrance within 48 hours, where it was asked for; without a welcome code.
        package var entrance: Entrance?

        /// A profile.
        package init(
            id: ExternalUserID, nickname: String, avatar: String? = nil,
            gender: CustomerProfile.Gender = .unknown, unionID: String? = nil,
            entrance: Entrance? = nil
        ) {
            self.id = id
            self.nickname = nickname
            self.avatar = avatar
            self.gender = gender
            self.unionID = unionID
            self.entrance = entrance
        }
    }

    /// The known ones.
    package var profiles: [Profile]
    /// The ids the platform doesn't know, or no longer shows.
    package var unknown: [ExternalUserID]
    /// Who was not told of, because a later one of several calls failed.
    package var shortfall: Shortfall<[ExternalUserID]>?

    /// An answer.
    package init(
        profiles: [Profile], unknown: [ExternalUserID],
        shortfall: Shortfall<[ExternalUserID]>? = nil
    ) {
        self.profiles = profiles
        self.unknown = unknown
        self.shortfall = shortfall
    }
}

/// What is missing of something that took several calls: one of them failed, and the later ones
/// were not made.
package struct Shortfall<Missed: Hashable & Sendable>: Hashable, Sendable {
    /// What the failed call and those not made were about.
    package var missed: Missed
    /// Why the call failed.
    package var failure: PlatformFailure

    /// A shortfall.
    package init(of missed: Missed, after failure: PlatformFailure) {
        self.missed = missed
        self.failure = failure
    }
}
