package import ChatModel

/// The platform itself, as far as customer service goes: sessions, messages, codes, cursors,
/// quotas and faults, on a clock that only the caller moves.
///
/// Three parties meet here. Customers and servicers *act* (`PlatformSimulator+Customers`,
/// `+Servicers`); acts fill each account's log and announce it with callbacks. Apps *call*
/// (`+Messages`, `+Sessions`, `+Sync`, `+Accounts`, `+Staffing`, `+Media` and the rest), and every
/// call ends up in the ``book``, with a verdict when it was refused. Tests *look* (`+Queries`) and make things go wrong (`+Faults`).
///
/// Pure: no clock, no I/O; chance comes from a seeded generator. The same calls in the same order
/// give the same world, byte for byte. The rules are ``PlatformRules``, written from the wecom-kf
/// reference and from nothing of the client's.
package struct PlatformSimulator: Sendable {
    /// What the world was made of, and what its consoles changed since; see ``present``.
    package internal(set) var settings: SimulatorSettings
    /// The time, which never runs backwards.
    package internal(set) var now: Timestamp
    /// Every call in order, accepted or refused; bounded by `settings.bookLimit`.
    package internal(set) var book: [BookEntry] = []
    /// Every code ever handed out, oldest first.
    package internal(set) var codes: [IssuedCode] = []
    /// How long after an act its callback is due; for acts from now on.
    package var callbackDelay: Duration = .zero
    /// Whether acts are announced at all; what is not announced is still in the log.
    package var announces = true

    /// What the clock brings about.
    enum Due: Sendable {
        /// The 48 hours of this session of this conversation are over.
        case sessionOver(conversation: Int, session: Int)
        /// An accepted message turns out not to be deliverable.
        case deliveryFailed(conversation: Int, MsgID, DeliveryFailure)
    }

    /// One row of an account's log.
    struct LogRow: Sendable {
        let row: Inbound
        /// When it entered the log; never decreases along the log.
        let loggedAt: Timestamp
        let conversation: Int?
        /// The session's version a reader of this row knows; 0 when it tells nothing of the state.
        let shows: Int
        /// The version of the servicers' statuses a reader of this row knows.
        let showsServicers: Int
    }

    struct AccountRecord: Sendable {
        var facts: SimulatorSettings.Account
        let app: Int
        let cursors: Seal
        let tokens: Seal
        /// Names the account in links.
        let linkName: String
        /// The scene behind each `enc_scene` of the account's links; empty for none.
        var sealedScenes: [String: String] = [:]
        /// The picture given by `account/add` or `account/update`.
        var avatar: MediaID?
        /// Deleted accounts keep their place, so that conversations keep theirs.
        var isDeleted = false
        /// Whether its management was withdrawn from the app.
        var isWithdrawn = false
        var log: [LogRow] = []
        /// How many rows were dropped from the log's front: ``log``'s first row has this number.
        var dropped = 0
        var sentMsgIDs: Set<MsgID> = []
        /// When the last pull without a token began, and the cursor that continues it.
        var tokenlessPullAt: Timestamp?
        var tokenlessNext: SyncCursor?
        /// Changes with every servicer's status; 1 from the start, which nobody has been shown.
        var servicersVersion = 1
        var servicersKnowledge = Knowledge()
        /// Open sessions per servicer.
        var load: [ServicerID: Int] = [:]
    }

    struct CustomerRecord: Sendable {
        var corps: Set<CorpID> = []
        var profile: CustomerProfile
    }

    struct CorpRecord: Sendable {
        var facts: SimulatorSettings.Corp
        var knowledge: KnowledgeBase
        /// Whom `send_msg` ever reached, while that is limited.
        var served: Set<ExternalUserID> = []
    }

    struct AccessToken: Sendable {
        let app: Int
        let expiresAt: Timestamp
        /// Set when the platform withdrew it early: the number calls with it get.
        var withdrawnAs: Int?
    }

    /// Calls of one corp, or of one address, on one endpoint.
    struct Meter: Sendable {
        /// Whose calls are counted.
        enum Who: Hashable, Sendable {
            case corp(CorpID)
            /// For all corps together.
            case address(String)
        }
        struct Key: Hashable, Sendable {
            let who: Who
            let endpoint: Endpoint
        }
        var minuteBegan = Timestamp(milliseconds: .min / 2)
        var inMinute = 0
        var hourBegan = Timestamp(milliseconds: .min / 2)
        var inHour = 0
        var blockedUntil = Timestamp(milliseconds: .min / 2)
    }

    var random: SplitMix64
    let idKey: UInt64
    var idsMade: UInt64 = 0
    var bookEntriesMade = 0

    var appIndex: [AppAlias: Int] = [:]
    var accounts: [AccountRecord] = []
    var accountIndex: [OpenKfID: Int] = [:]
    var corps: [CorpID: CorpRecord] = [:]
    var shelf: MediaShelf
    var customers: [ExternalUserID: CustomerRecord] = [:]
    var conversations: [ConversationRecord] = []
    var conversationIndex: [ConversationID: Int] = [:]
    var codeIndex: [EventCode: Int] = [:]

    var accessTokens: [String: AccessToken] = [:]
    var currentToken: [Int: String] = [:]
    var meters: [Meter.Key: Meter] = [:]
    /// When each call under way is answered, where that is limited.
    var underWay: [Meter.Key: [Timestamp]] = [:]
    /// What single control calls asked for, and the plan; see `PlatformSimulator+Faults`.
    var injected = FaultRun()
    var planned = FaultRun()
    /// Calls and callbacks struck so far.
    package internal(set) var faultsStruck = 0
    /// What struck the call under way, or the last one.
    package internal(set) var strike = CallStrike.none
    /// What the accepted call under way has not done of what was asked, for the book.
    var remark: String?
    /// Whose address calls come from, as the platform sees it; set it before each call.
    package var caller = "127.0.0.1"
    var access = AccessControl()
    /// What the rows of raw messages hold.
    var rawMessages: [MsgID: RawMessage] = [:]
    var deliveryFailures: [(type: DeliveryFailure, after: Duration)] = []
    var pagesWithRows = 0

    var agenda = Agenda<Due>()
    var callbacks = Agenda<CallbackPush>()
    var callbacksMade = 0
    /// Callbacks that wait to be overtaken by their app's next one, at most one an app.
    var overtakable: [AppAlias: CallbackPush] = [:]
    /// What became of callbacks, oldest first; bounded by `settings.bookLimit`.
    package internal(set) var callbackBook: [CallbackRecord] = []

    /// A world in which nothing has happened yet.
    ///
    /// - Parameters:
    ///   - settings: What exists. An account whose app is not listed exists for nobody.
    ///   - start: The time it is.
    ///   - seed: What every id, token and code is drawn from. Two worlds that one client meets in
    ///     turn need two seeds, or their messages share ids.
    package init(settings: SimulatorSettings, startingAt start: Timestamp, seed: UInt64) {
        self.settings = settings
        self.now = start
        self.random = SplitMix64(seed: seed)
        self.idKey = random.next()
        self.shelf = MediaShelf(mostBytes: settings.mediaLimit)
        for (index, app) in settings.apps.enumerated() { appIndex[app.alias] = index }
        for app in settings.apps { found(app.corp) }
        for facts in settings.accounts { open(facts) }
    }

    // MARK: Time

    /// Moves the clock to `time`, letting happen on the way what is due.
    ///
    /// Sessions end after 48 hours, undeliverable messages are reported. A `time` in the past
    /// changes nothing.
    package mutating func advance(to time: Timestamp) {
        while let (due, item) = agenda.take(dueBy: time.milliseconds) {
            now = max(now, Timestamp(milliseconds: due))
            switch item {
            case .sessionOver(let conversation, let session):
                if conversations[conversation].session == session,
                    conversations[conversation].state != .ended
                {
                    move(conversation, to: .ended, servicer: nil, by: .clock)
                }
            case .deliveryFailed(let conversation, let msgID, let failure):
                let customer = conversations[conversation].id.customer
                report(
                    .sendFailed(customer, message: msgID, failure),
                    account: conversations[conversation].account, conversation: conversation,
                    showsState: false)
            }
        }
        now = max(now, time)
    }

    /// The next moment at which something happens by itself; `nil` when nothing is ahead.
    ///
    /// A callback falls due, a session ends, a delivery fails.
    package var nextDue: Timestamp? {
        [agenda.earliest, nextCallbackDue?.milliseconds].compactMap { $0 }.min().map {
            Timestamp(milliseconds: $0)
        }
    }

    /// When the next callback is due; `nil` when none waits.
    package var nextCallbackDue: Timestamp? {
        (overtakable.values.map(\.dueAt.milliseconds) + [callbacks.earliest].compactMap { $0 })
            .min().map { Timestamp(milliseconds: $0) }
    }

    // MARK: Sessions

    /// Moves a session and notes who did it.
    mutating func move(
        _ index: Int, to state: ServiceState, servicer: ServicerID?, by mover: TimelineEntry.Mover
    ) {
        let account = conversations[index].account
        if let former = conversations[index].servicer {
            accounts[account].load[former, default: 0] -= 1
        }
        if let servicer { accounts[account].load[servicer, default: 0] += 1 }
        conversations[index].state = state
        conversations[index].servicer = servicer
        if let servicer { conversations[index].lastServicer = servicer }
        conversations[index].version += 1
        note(.state(state, servicer, by: mover), in: index)
        if mover == .command || mover == .send {
            conversations[index].knowledge.caused(conversations[index].version)
        }
    }

    /// Begins a session that may last 48 hours.
    mutating func beginSession(_ index: Int) {
        conversations[index].session += 1
        conversations[index].replyCodeIssued = false
        conversations[index].commands.removeAll()
        agenda.add(
            .sessionOver(conversation: index, session: conversations[index].session),
            at: (now + PlatformRules.sessionLifetime).milliseconds)
    }

    /// The caller has been told the session's state.
    mutating func showState(of index: Int) {
        guard let heardAt else { return }
        conversations[index].knowledge.shown(
            conversations[index].version, at: heardAt, noticeTime: settings.noticeTime)
    }

    /// Hands out a code bound to the session as it now stands.
    mutating func issueCode(_ purpose: CodePurpose, to index: Int) -> EventCode {
        let name = purpose == .welcome ? "WELCOME" : "MSGCODE"
        let code = EventCode("\(name)-\(String(nextNumber(), radix: 36))")
        codeIndex[code] = codes.count
        codes.append(
            IssuedCode(
                code: code, purpose: purpose, conversation: conversations[index].id,
                issuedAt: now, session: conversations[index].session))
        return code
    }

    // MARK: The log

    /// Appends a row to an account's log and announces it.
    @discardableResult
    mutating func log(
        _ content: Inbound.Content, msgID: MsgID, account: Int, conversation: Int?,
        showsState: Bool, showsServicers: Bool = false
    ) -> MsgID {
        let row = Inbound(
            msgID: msgID, account: accounts[account].facts.id,
            sentAt: Timestamp(seconds: now.seconds), content: content)
        let version = showsState ? conversation.map { conversations[$0].version } ?? 0 : 0
        appendToLog(
            LogRow(
                row: row, loggedAt: now, conversation: conversation, shows: version,
                showsServicers: showsServicers ? accounts[account].servicersVersion : 0),
            account: account)
        announce(account)
        return msgID
    }

    mutating func appendToLog(_ row: LogRow, account: Int) {
        accounts[account].log.append(row)
        // Now and then, forget what no pull can reach any more.
        guard accounts[account].log.count.isMultiple(of: 4096) else { return }
        let horizon = now - PlatformRules.syncWindow
        let old = accounts[account].log.prefix { $0.loggedAt <= horizon }.count
        accounts[account].log.removeFirst(old)
        accounts[account].dropped += old
        if rawMessages.isEmpty { return }
        let kept = Set(accounts.lazy.flatMap(\.log).map(\.row.msgID))
        rawMessages = rawMessages.filter { kept.contains($0.key) }
    }

    /// Logs an event and notes it in its conversation.
    @discardableResult
    mutating func report(
        _ event: Event, account: Int, conversation: Int?, showsState: Bool,
        showsServicers: Bool = false
    ) -> MsgID {
        let msgID = log(
            .event(event), msgID: MsgID("event_\(nextNumber())"), account: account,
            conversation: conversation, showsState: showsState, showsServicers: showsServicers)
        if let conversation { note(.event(msgID, event), in: conversation) }
        return msgID
    }

    mutating func note(_ what: TimelineEntry.What, in conversation: Int) {
        conversations[conversation].timeline.append(TimelineEntry(at: now, what: what))
    }

    // MARK: Names

    /// A number no other id of this world has.
    mutating func nextNumber() -> UInt64 {
        idsMade += 1
        return SplitMix64.mixed(idKey &+ idsMade)
    }

    /// The account's and customer's record, made when they meet for the first time.
    mutating func meet(_ id: ConversationID, account: Int) -> Int {
        if let index = conversationIndex[id] { return index }
        let index = conversations.count
        conversations.append(ConversationRecord(id: id, account: account))
        conversationIndex[id] = index
        let corp = settings.apps[accounts[account].app].corp
        let profile = CustomerProfile(nickname: "客户\(customers.count + 1)")
        customers[id.customer, default: CustomerRecord(profile: profile)].corps.insert(corp)
        return index
    }
}
