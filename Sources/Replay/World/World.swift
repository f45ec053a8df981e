import ChatModel
import PlatformSimulator
import Routing
import RuleEngine
import SessionMachine

/// The platform and the bot on one virtual clock, driven the way production drives them: callbacks
/// wake the puller, pages and outcomes and timers go through ``Routing/Router/step(_:on:now:)``,
/// what they order goes out through the ``Routing/DispatchMachine``.
///
/// The bot's memory is split as in production: what a store keeps survives a restart, the rest
/// does not. A plain loop: no task, no socket, no file.
struct World: Sendable {
    /// The platform; its clock is the only one.
    var platform: PlatformSimulator
    var calls: SimulatedCalls
    var chronicle = Chronicle()
    let account: OpenKfID
    /// The rules; changes when a test publishes others.
    private(set) var router: Router

    // What a store keeps.
    var conversations: [ConversationID: Conversation] = [:]
    var inbox: Set<MsgID> = []
    var outbox: [OutboxEntry] = []
    var timers: [TimerKey: Timer] = [:]
    var roster: [ServicerID: RosterRow] = [:]
    var position: Position?

    // What a process keeps.
    var machine: DispatchMachine
    var puller: Puller
    var answers: [PendingAnswer] = []
    /// Requests to the company's own systems that are under way.
    var companyCalls: [CompanyCallUnderWay] = []

    /// What the company's own systems answer, the next answer first.
    var mocks: [Step.MockedCall: [Step.MockedAnswer]] = [:]
    /// Requests that no step of the test answers.
    var unmocked: [Step.MockedCall] = []
    /// What is shown of values that people must not see whole.
    var masks = Masks()
    /// What of the rules was gone through; `nil` where nobody asks.
    var trail: Trail?

    /// Rows whose welcome code the platform keeps to itself.
    var withheldCodes: Set<MsgID> = []
    /// When the last callback of an act so far arrives.
    var callbacksUntil: Timestamp
    private var dice: Dice

    struct TimerKey: Hashable, Sendable {
        var kind: Timer.Kind
        var conversation: ConversationID
    }

    struct Position: Sendable {
        var cursor: SyncCursor
        var token: SyncToken?
        var committedAt: Timestamp
    }

    /// A call made whose answer is still on its way.
    struct PendingAnswer: Sendable {
        var entry: OutboxEntry
        var result: Result<EventCode?, PlatformFailure>
        var calledAt: Timestamp
        var at: Timestamp
    }

    /// A world in which the bot has just started and nothing has happened.
    init(
        _ test: ConversationTest, rules: Playbook, account alias: AccountAlias,
        servicers: [ServicerID], isTraced: Bool
    ) {
        let app = SimulatorSettings.App(
            alias: "replay", corp: "ww0000demo00000001", secret: "replay")
        let account: OpenKfID = "wkREPLAY0000000000000001"
        var settings = SimulatorSettings(
            apps: [app],
            accounts: [
                SimulatorSettings.Account(
                    id: account, name: alias.rawValue, app: app.alias, routing: test.routing,
                    servicers: servicers.map { SimulatorSettings.Servicer(id: $0) })
            ])
        // Rules name media by ids that only the real platform knows.
        settings.checksMedia = false
        settings.pageSize = test.pageSize
        settings.emptyPageEvery = test.emptyPageEvery
        platform = PlatformSimulator(
            settings: settings, startingAt: test.startsAt, seed: test.seed)
        calls = SimulatedCalls(app: app)
        self.account = account
        router = Router(active: rules, aliases: [account: alias])
        machine = Self.machine
        puller = Puller(startedAt: test.startsAt)
        callbacksUntil = test.startsAt
        dice = Dice(seed: test.seed)
        if isTraced { trail = Trail() }
        prepare(test, servicers)
        settle()
    }

    /// What is known before anything happens: who serves, and what the test says of its customer.
    private mutating func prepare(_ test: ConversationTest, _ servicers: [ServicerID]) {
        if !servicers.isEmpty {
            commit(
                .roster(
                    account,
                    servicers.map { ServicerListing(servicer: $0, isReceiving: true) }))
        }
        guard !test.slots.isEmpty || !test.tags.isEmpty else { return }
        var conversation = Conversation(id: id(of: ConversationTest.defaultCustomer))
        conversation.memory.values = test.slots
        conversation.memory.tags = test.tags
        conversations[conversation.id] = conversation
    }

    /// Makes other rules the active version; flows under way stay on theirs.
    mutating func publish(_ rules: Playbook) {
        var others = router.others
        if let active = router.active, let version = active.version { others[version] = active }
        if let version = rules.version { others[version] = nil }
        router = Router(active: rules, others: others, aliases: router.aliases)
    }

    /// The published quota of each endpoint, as production has it.
    private static var machine: DispatchMachine { DispatchMachine(callsPerMinute: 10_000) }

    var now: Timestamp { platform.now }

    func id(of customer: ExternalUserID) -> ConversationID {
        ConversationID(account: account, customer: customer)
    }

    /// A fraction in `0..<1`, the same in every run of the same test.
    mutating func jitter() -> Double { dice.fraction() }

    // MARK: Time

    /// Rounds of doing what is due at one moment; far beyond what any conversation needs.
    private static let mostRounds = 1_000_000

    /// Whether the world came to rest whenever it should.
    private(set) var isRestless = false

    /// Lets happen what is due now, until nothing is.
    mutating func settle() {
        for _ in 0..<Self.mostRounds {
            var isDone = true
            for push in platform.takeDueCallbacks() {
                puller.woken(with: push.token, createdAt: push.createdAt, at: now)
                isDone = false
            }
            if pull() { isDone = false }
            if takeAnswers() { isDone = false }
            if takeCompanyAnswers() { isDone = false }
            if fireTimers() { isDone = false }
            if let job = machine.next(at: now) {
                perform(job)
                isDone = false
            }
            if isDone { return }
        }
        isRestless = true
    }

    /// Lets time pass until `target`, doing on the way what falls due.
    mutating func advance(to target: Timestamp) {
        settle()
        while !isRestless, let next = nextMoment, next <= target {
            platform.advance(to: max(next, now + .milliseconds(1)))
            settle()
        }
        platform.advance(to: target)
        settle()
    }

    /// When something falls due by itself.
    private var nextMoment: Timestamp? {
        mutating get {
            [
                platform.nextDue, machine.wakeUp(after: now), timers.values.map(\.due).min(),
                answers.map(\.at).min(), companyCalls.map(\.at).min(),
                puller.nextPull(after: now),
            ].compactMap { $0 }.min()
        }
    }

    /// How long after the last callback the bot is given to finish what it has to do.
    private static let patience: Duration = .seconds(10)

    /// Lets time pass until the callbacks of everything that happened have arrived and the bot has
    /// made its calls, or has gone on trying for ``patience``; the company's own systems get the
    /// time their rules give them.
    mutating func comeToRest() {
        advance(to: max(now, callbacksUntil))
        let patience = now + Self.patience
        while machine.count > 0 || puller.isWanted || !companyCalls.isEmpty, !isRestless {
            let next = [
                machine.wakeUp(after: now), answers.map(\.at).min(),
                companyCalls.map(\.at).min(),
                puller.isWanted ? puller.nextPull(after: now) : nil,
            ].compactMap { $0 }.min()
            let limit = companyCalls.map(\.at).max().map { max($0, patience) } ?? patience
            guard let next, next <= limit else { return }
            advance(to: max(next, now + .milliseconds(1)))
        }
    }

    // MARK: The core

    /// Takes a piece of news through the core and does what it says, as one transaction.
    mutating func commit(_ work: Work) {
        var snapshot = Snapshot()
        for row in work.rows where inbox.contains(row.msgID) { snapshot.seen.insert(row.msgID) }
        for id in work.conversations {
            guard var conversation = conversations[id] else { continue }
            conversation.pendingSends = outbox.count { $0.conversation == id && $0.isSend }
            snapshot.conversations[id] = conversation
        }
        if !roster.isEmpty { snapshot.rosters[account] = Array(roster.values) }
        let effects = router.step(work, on: snapshot, now: now)
        chronicle(effects, of: work)
        trail?.note(effects, of: work, before: snapshot, active: router.active?.version)
        masks.learn(from: effects, of: work, before: snapshot)
        store(effects)
        for cancellation in effects.cancelled { machine.cancel(cancellation.conversation) }
        for settlement in effects.settled where settlement.status == .cancelled {
            machine.withdraw(settlement.id, of: settlement.conversation)
        }
        machine.enqueue(effects.outbox)
        for entry in effects.outbox { askCompany(entry) }
    }

    private mutating func store(_ effects: Effects) {
        for record in effects.inbox { inbox.insert(record.row.msgID) }
        for conversation in effects.conversations {
            conversations[conversation.id] = conversation
        }
        for settlement in effects.settled { settled(settlement.id, of: settlement.conversation) }
        for cancellation in effects.cancelled {
            outbox.removeAll { $0.conversation == cancellation.conversation }
            companyCalls.removeAll { $0.entry.conversation == cancellation.conversation }
        }
        outbox.append(contentsOf: effects.outbox)
        for timer in effects.timersFired {
            let key = TimerKey(kind: timer.kind, conversation: timer.conversation)
            if timers[key]?.due == timer.due { timers[key] = nil }
        }
        for timer in effects.timersSet {
            timers[TimerKey(kind: timer.kind, conversation: timer.conversation)] = timer
        }
        if effects.rosterReplaced.contains(account) { roster = [:] }
        for row in effects.roster { roster[row.servicer] = row }
        if let position = effects.position {
            self.position = Position(
                cursor: position.cursor, token: position.token, committedAt: now)
        }
    }

    mutating func settled(_ id: ActionID, of conversation: ConversationID) {
        outbox.removeAll { $0.id == id && $0.conversation == conversation }
        companyCalls.removeAll { $0.entry.id == id && $0.entry.conversation == conversation }
    }

    private mutating func chronicle(_ effects: Effects, of work: Work) {
        var fresh = Set(effects.inbox.map(\.row.msgID))
        for row in work.rows where fresh.remove(row.msgID) == nil {
            chronicle.recognised(row.msgID, in: row.conversation, at: now)
        }
        for record in effects.inbox {
            chronicle.decided(
                record.row.msgID, in: record.row.conversation, record.reason,
                score: record.score, version: record.version ?? router.active?.version, at: now)
        }
        for entry in effects.outbox where entry.reason.hasPrefix("notice:") {
            chronicle.tokened(entry.reason, in: entry.conversation)
        }
        let owner = effects.conversations.count == 1 ? effects.conversations.first?.id : nil
        for case .policy(let policy, let branch) in effects.trace {
            chronicle.policyBranches.append(
                Chronicle.PolicyBranch(conversation: owner, policy: policy, branch: branch))
        }
        for entry in effects.journal {
            chronicle.noted(entry.what, in: entry.conversation, at: now)
        }
        for settlement in effects.settled where !settlement.note.isEmpty {
            chronicle.noted(settlement.note, in: settlement.conversation, at: now)
        }
        for cancellation in effects.cancelled {
            let isAny = outbox.contains { $0.conversation == cancellation.conversation }
            guard isAny else { continue }
            chronicle.noted(
                "withdrawn:\(cancellation.reason)", in: cancellation.conversation, at: now)
        }
    }

    private mutating func fireTimers() -> Bool {
        let due = timers.values.filter { $0.due <= now }
            .sorted { ($0.due, $0.conversation) < ($1.due, $1.conversation) }
        guard !due.isEmpty else { return false }
        commit(.timers(due))
        return true
    }

    // MARK: Restart

    /// The bot is killed and started again: calls under way are forgotten, what the store holds is
    /// taken up as possibly done already.
    mutating func restart() {
        machine = Self.machine
        answers = []
        puller = Puller(startedAt: now)
        calls.forgetAccessToken()
        machine.enqueue(
            outbox.map { entry in
                var entry = entry
                entry.isUncertain = true
                return entry
            })
        companyCalls = []
        for entry in outbox { askCompany(entry) }
    }
}

extension OutboxEntry {
    /// Whether it counts among a conversation's pending sends.
    var isSend: Bool { if case .send = action { true } else { false } }
}

/// SplitMix64: jitter that is the same in every run.
struct Dice: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func fraction() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(UInt64(1) << 53)
    }
}
