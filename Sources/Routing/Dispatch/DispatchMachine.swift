package import ChatModel
import HeapModule

/// Which outbox entry to perform next, and what its answer means: the pure half of the outbox.
///
/// Within a conversation entries go strictly in order, one at a time; across conversations the
/// earliest deadline goes first, as long as it can still be made (see ``DispatchLine``). A failure
/// holds only its own conversation, a quota only its own endpoint of its own corp.
///
/// Recommendations of the upgrade service go beside their conversation, in an order of their own:
/// they are hints to a servicer (wecom-kf reference §11), which no customer should wait for.
///
///     enqueued ──▶ ready ──next()──▶ in flight ──▶ completed, or ready again after a pause
///
/// One machine serves all accounts of a process. What may be called, the ``QuotaLedger`` says,
/// which every other caller of the platform shares. Pure: time, ledger and jitter are arguments.
package struct DispatchMachine: Sendable {
    /// Something to do now.
    package enum Job: Hashable, Sendable {
        /// Make the entry's call, then report with `returned`.
        case perform(OutboxEntry)
        /// Ask `service_state/get`, then report with `sessionRead`.
        case readSession(OutboxEntry)
        /// The code's time is over: no call. The entry is completed.
        case expired(OutboxEntry)
    }

    /// What a call's answer leads to.
    package enum Disposition: Hashable, Sendable {
        /// The entry is completed; the core must hear of it. The conversation is held until
        /// `release`, unless this is a plain success.
        case completed(Outcome)
        /// The entry is ready again, now or later; `next` will tell.
        case again
        /// The platform speaks of the session: read it, then report with `sessionRead`.
        case readSession
    }

    /// What goes in one order: a conversation's messages and transfers, or its recommendations.
    struct LaneKey: Hashable, Sendable {
        var conversation: ConversationID
        var isUpgrade = false

        init(_ entry: OutboxEntry) {
            conversation = entry.conversation
            if case .upgrade = entry.action { isUpgrade = true }
        }

        private init(_ conversation: ConversationID, isUpgrade: Bool) {
            (self.conversation, self.isUpgrade) = (conversation, isUpgrade)
        }

        static func all(of conversation: ConversationID) -> [LaneKey] {
            [.init(conversation, isUpgrade: false), .init(conversation, isUpgrade: true)]
        }
    }

    /// What goes in one order; its place is kept as long as there is any.
    struct Lane: Sendable {
        var key: LaneKey
        /// The place of its account.
        var account: Int
        var entries: [OutboxEntry] = []
        /// Position of the first entry not completed.
        var head = 0
        var status = Status.ready
        var attempts = 0
        /// Whether the head has been tried again after the session turned out to be the bot's.
        var hasReconciled = false
        /// Whether the core withdrew the head while its call was under way: it is not made again.
        var isHeadWithdrawn = false
        /// Tells a heap's stale tickets from the valid one.
        var ticket = 0

        enum Status { case ready, inFlight, held }

        var isEmpty: Bool { head == entries.count }
    }

    private struct Account: Sendable {
        var id: OpenKfID
        /// The place of its corp.
        var corp: Int
        /// Its entries not completed.
        var count = 0
        /// For each endpoint, until when it isn't called: the platform refused app or account
        /// there. Elsewhere it may still serve, as a right is one endpoint's.
        var rests = Array(repeating: Timestamp?.none, count: DispatchMachine.endpoints.count)

        mutating func noLongerRests() { for index in rests.indices { rests[index] = nil } }
    }

    /// The endpoints actions go to; `readSession` is asked before an uncertain transfer.
    private static let endpoints: [PlatformEndpoint] = [
        .send, .sendOnEvent, .transfer, .readSession, .upgradeService,
    ]

    var lanes: [Lane] = []
    private var freeLanes: [Int] = []
    private var places: [LaneKey: Int] = [:]
    private var accounts: [Account] = []
    private var accountPlaces: [OpenKfID: Int] = [:]
    private let corpOf: [OpenKfID: CorpID]
    private var corps: [CorpID] = []
    /// Ready lanes, for each corp one line an endpoint.
    private var lines: [DispatchLine] = []
    /// The same lines as the ledger knows them, as soon as it was asked.
    private var ledgerLines: [QuotaLedger.Line] = []
    /// Lanes that wait for a time to come, by that time.
    private var parked = Heap<DispatchLine.Ticket>()
    private var counter = 0
    private var inFlight = 0
    /// The latest time `next` was asked at.
    private var latest = Timestamp(milliseconds: .min)

    /// A machine with nothing to do.
    ///
    /// - Parameter corps: Whose quota an account's calls are counted for. Accounts that aren't
    ///   listed are taken for one corp's.
    package init(corps: [OpenKfID: CorpID] = [:]) { corpOf = corps }

    /// Entries not completed yet, those in flight included.
    package private(set) var count = 0

    /// Entries not completed yet, by account.
    package var counts: [OpenKfID: Int] {
        Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0.count) })
    }

    /// Whether calls are under way.
    package var isCalling: Bool { inFlight > 0 }

    // MARK: News from the core

    /// New entries, in the order the core decided them; those that no platform call performs are
    /// left out.
    package mutating func enqueue(_ entries: [OutboxEntry]) {
        for entry in entries where PlatformEndpoint(entry) != nil {
            let key = LaneKey(entry)
            let place = places[key] ?? open(key)
            add(1, toCountOf: place)
            let isFirst = lanes[place].isEmpty
            lanes[place].entries.append(entry)
            if isFirst, lanes[place].status == .ready { ticket(for: place) }
        }
    }

    /// The core withdrew what the conversation has pending; a call under way runs to its end, and
    /// is not made again.
    package mutating func cancel(_ conversation: ConversationID) {
        for key in LaneKey.all(of: conversation) { cancel(key) }
    }

    private mutating func cancel(_ key: LaneKey) {
        guard let place = places[key] else { return }
        let isInFlight = lanes[place].status == .inFlight
        let kept = isInFlight ? lanes[place].head + 1 : lanes[place].head
        add(kept - lanes[place].entries.count, toCountOf: place)
        if isInFlight { lanes[place].isHeadWithdrawn = true }
        lanes[place].entries.removeSubrange(kept...)
        counter += 1
        lanes[place].ticket = counter
        drop(place)
    }

    /// The core withdrew one entry; a call under way runs to its end, and is not made again.
    package mutating func withdraw(_ id: ActionID, of conversation: ConversationID) {
        for key in LaneKey.all(of: conversation) { withdraw(id, from: key) }
    }

    private mutating func withdraw(_ id: ActionID, from key: LaneKey) {
        guard let place = places[key] else { return }
        let head = lanes[place].head
        let isInFlight = lanes[place].status == .inFlight
        if isInFlight, lanes[place].entries[head].id == id {
            lanes[place].isHeadWithdrawn = true
            return
        }
        let first = isInFlight ? head + 1 : head
        guard let index = lanes[place].entries[first...].firstIndex(where: { $0.id == id })
        else { return }
        add(-1, toCountOf: place)
        lanes[place].entries.remove(at: index)
        if index == head {
            lanes[place].attempts = 0
            lanes[place].hasReconciled = false
            // A parked head's ticket is stale now: the next entry is ready at once.
            if lanes[place].status == .ready { ticket(for: place) }
        }
        drop(place)
    }

    /// The core has heard what came of the entry: its conversation may go on. Recommendations
    /// hold nothing.
    package mutating func release(_ entry: OutboxEntry) {
        let key = LaneKey(entry)
        guard !key.isUpgrade, let place = places[key], lanes[place].status == .held else { return }
        lanes[place].status = .ready
        ticket(for: place)
        drop(place)
    }

    /// What made the platform refuse the account may be over: it rests no longer, and what failed
    /// is tried again at once.
    package mutating func endRest(of account: OpenKfID) {
        guard let place = accountPlaces[account] else { return }
        accounts[place].noLongerRests()
        unpark { [lanes] in lanes[$0.lane].account == place }
    }

    // MARK: What to do

    /// The next thing to do at `now`, booked in the ledger when it is a call; `nil` when there is
    /// none, see ``wakeUp(after:within:)``.
    package mutating func next(at now: Timestamp, within ledger: inout QuotaLedger) -> Job? {
        noticeClock(at: now)
        unpark(at: now)
        learnLines(from: &ledger)
        if let expired = popExpired(at: now) { return expired }
        while let line = openLine(at: now, within: &ledger) {
            let popped = lines[line].popFirst { [lanes] in Self.isWaiting($0, in: lanes) }
            guard let ticket = popped else { continue }
            let entry = lanes[ticket.lane].entries[lanes[ticket.lane].head]
            let endpoint = line % Self.endpoints.count
            if let until = accounts[ticket.account].rests[endpoint] {
                if until > now {
                    // A code that runs out meanwhile is reported when it does.
                    let runsOut = entry.deadline + .milliseconds(1)
                    park(ticket.lane, until: entry.expires ? min(until, runsOut) : until)
                    continue
                }
                accounts[ticket.account].rests[endpoint] = nil
            }
            lanes[ticket.lane].status = .inFlight
            inFlight += 1
            ledger.begin(ledgerLines[line], at: now)
            return entry.isUncertainTransfer ? .readSession(entry) : .perform(entry)
        }
        return nil
    }

    /// When `next` may have something again; `nil` when only news can bring it.
    package mutating func wakeUp(
        after now: Timestamp, within ledger: inout QuotaLedger
    ) -> Timestamp? {
        learnLines(from: &ledger)
        var earliest = parked.min?.at ?? Timestamp(milliseconds: .max)
        for index in lines.indices where !lines[index].isEmpty {
            switch ledger.opening(of: ledgerLines[index], at: now) {
            case .open: earliest = min(earliest, now)
            case .opens(let time): earliest = min(earliest, time)
            case .afterAnswer: break
            }
            // A code whose time passes is reported, however the quota stands.
            if let expiry = lines[index].firstExpiry {
                earliest = min(earliest, expiry + .milliseconds(1))
            }
        }
        return earliest.milliseconds == .max ? nil : earliest
    }

    /// The line whose turn it is; `nil` when none has anything, or none may call.
    private mutating func openLine(at now: Timestamp, within ledger: inout QuotaLedger) -> Int? {
        var best: (isLate: Bool, at: Timestamp, line: Int)?
        for index in lines.indices where !lines[index].isEmpty {
            let latency = ledger.latency(of: ledgerLines[index])
            switch ledger.opening(of: ledgerLines[index], at: now) {
            case .open:
                lines[index].sweep(at: now, latency: latency)
            case .opens(let time):
                lines[index].fallShort()
                lines[index].sweep(at: time, latency: latency)
                continue
            case .afterAnswer: continue
            }
            guard let first = lines[index].first else { continue }
            if let best, (best.isLate ? 1 : 0, best.at) <= (first.isLate ? 1 : 0, first.at) {
                continue
            }
            best = (first.isLate, first.at, index)
        }
        return best?.line
    }

    private mutating func popExpired(at now: Timestamp) -> Job? {
        for index in lines.indices {
            while let ticket = lines[index].popExpired(at: now) {
                guard Self.isWaiting(ticket, in: lanes) else { continue }
                let entry = lanes[ticket.lane].entries[lanes[ticket.lane].head]
                complete(ticket.lane, holding: true)
                return .expired(entry)
            }
        }
        return nil
    }

    /// Whether the ticket's lane still waits with it.
    private static func isWaiting(_ ticket: DispatchLine.Ticket, in lanes: [Lane]) -> Bool {
        lanes[ticket.lane].ticket == ticket.number && lanes[ticket.lane].status == .ready
            && !lanes[ticket.lane].isEmpty
    }

    /// How many conversations wait for each endpoint of each corp, whatever for, and how many of
    /// them can't be answered in time any more.
    package func waiting() -> [(corp: CorpID, endpoint: PlatformEndpoint, waiting: Int, late: Int)]
    {
        var counts = lines.map { line in line.counts { Self.isWaiting($0, in: lanes) } }
        // Those that failed and pause, or whose account rests.
        for ticket in parked.unordered where Self.isWaiting(ticket, in: lanes) {
            let head = lanes[ticket.lane].entries[lanes[ticket.lane].head]
            guard let line = line(of: head, in: ticket.lane) else { continue }
            counts[line].waiting += 1
            if ticket.deadline < latest { counts[line].late += 1 }
        }
        return counts.indices.map { index in
            (
                corps[index / Self.endpoints.count], Self.endpoints[index % Self.endpoints.count],
                counts[index].waiting, counts[index].late
            )
        }
    }

    // MARK: What came back, for DispatchMachine+Answers

    /// The place of the entry's lane; `nil` for one the machine doesn't have.
    func lane(of entry: OutboxEntry) -> Int? { places[LaneKey(entry)] }

    /// Books what came of a call the machine had made.
    mutating func close(
        _ entry: OutboxEntry, calledAt: Timestamp, _ answer: QuotaLedger.Answer,
        at now: Timestamp, requests: Int, within ledger: inout QuotaLedger
    ) {
        guard let place = lane(of: entry), let line = line(of: entry, in: place) else { return }
        learnLines(from: &ledger)
        ledger.end(ledgerLines[line], calledAt: calledAt, answer, at: now, calls: requests)
    }

    /// The endpoint that refused the head of a lane isn't called for its account until `time`.
    mutating func rest(_ place: Int, until time: Timestamp) {
        guard let line = line(of: lanes[place].entries[lanes[place].head], in: place) else {
            return
        }
        accounts[lanes[place].account].rests[line % Self.endpoints.count] = time
    }

    mutating func completed(_ place: Int?, _ outcome: Outcome, holding: Bool) -> Disposition {
        inFlight -= 1
        if let place { complete(place, holding: holding) }
        return .completed(outcome)
    }

    /// Makes the head's call again at `time`.
    mutating func again(_ place: Int, at time: Timestamp, uncertain: Bool) -> Disposition {
        inFlight -= 1
        let head = lanes[place].head
        let isTransfer =
            if case .transfer = lanes[place].entries[head].action { true } else { false }
        lanes[place].status = .ready
        // A transfer that is known not to have been made is no longer uncertain.
        lanes[place].entries[head].isUncertain =
            uncertain || (lanes[place].entries[head].isUncertain && !isTransfer)
        park(place, until: time)
        return .again
    }

    // MARK: Lanes

    private mutating func open(_ key: LaneKey) -> Int {
        let lane = Lane(key: key, account: account(key.conversation.account))
        let place: Int
        if let free = freeLanes.popLast() {
            place = free
            lanes[place] = lane
        } else {
            place = lanes.count
            lanes.append(lane)
        }
        places[key] = place
        return place
    }

    private mutating func account(_ id: OpenKfID) -> Int {
        if let place = accountPlaces[id] { return place }
        let corp = corpOf[id] ?? CorpID("")
        var corpPlace = corps.firstIndex(of: corp)
        if corpPlace == nil {
            corpPlace = corps.count
            corps.append(corp)
            lines += Self.endpoints.map { _ in DispatchLine() }
        }
        accountPlaces[id] = accounts.count
        accounts.append(Account(id: id, corp: corpPlace ?? 0))
        return accounts.count - 1
    }

    private mutating func learnLines(from ledger: inout QuotaLedger) {
        while ledgerLines.count < lines.count {
            let (corp, endpoint) = ledgerLines.count.quotientAndRemainder(
                dividingBy: Self.endpoints.count)
            ledgerLines.append(ledger.line(Self.endpoints[endpoint], of: corps[corp]))
        }
    }

    private mutating func add(_ entries: Int, toCountOf place: Int) {
        count += entries
        accounts[lanes[place].account].count += entries
    }

    /// Takes the head off the lane.
    private mutating func complete(_ place: Int, holding: Bool) {
        add(-1, toCountOf: place)
        lanes[place].head += 1
        lanes[place].attempts = 0
        lanes[place].hasReconciled = false
        lanes[place].isHeadWithdrawn = false
        lanes[place].status = holding && !lanes[place].key.isUpgrade ? .held : .ready
        if lanes[place].head > 16, lanes[place].head * 2 > lanes[place].entries.count {
            lanes[place].entries.removeSubrange(..<lanes[place].head)
            lanes[place].head = 0
        }
        if lanes[place].status == .ready { ticket(for: place) }
        drop(place)
    }

    /// Forgets a lane that has nothing left.
    private mutating func drop(_ place: Int) {
        guard lanes[place].isEmpty, lanes[place].status == .ready else { return }
        places[lanes[place].key] = nil
        lanes[place].entries = []
        lanes[place].head = 0
        freeLanes.append(place)
    }

    private mutating func ticket(for place: Int) {
        guard let made = makeTicket(place, at: nil),
            let line = line(of: lanes[place].entries[lanes[place].head], in: place)
        else { return }
        lines[line].insert(made)
    }

    private func line(of entry: OutboxEntry, in place: Int) -> Int? {
        guard let endpoint = PlatformEndpoint(entry),
            let index = Self.endpoints.firstIndex(of: endpoint)
        else { return nil }
        return accounts[lanes[place].account].corp * Self.endpoints.count + index
    }

    private mutating func park(_ place: Int, until time: Timestamp) {
        if let made = makeTicket(place, at: time) { parked.insert(made) }
    }

    private mutating func makeTicket(_ place: Int, at time: Timestamp?) -> DispatchLine.Ticket? {
        guard !lanes[place].isEmpty else { return nil }
        // Tickets are numbered through, so that one of a lane that was dropped and whose place
        // was given away can never pass for a valid one.
        counter += 1
        lanes[place].ticket = counter
        let deadline = lanes[place].entries[lanes[place].head].deadline
        return DispatchLine.Ticket(
            at: time ?? deadline, number: counter, lane: place, account: lanes[place].account,
            deadline: deadline, expires: lanes[place].entries[lanes[place].head].expires)
    }

    /// A clock that was set back must not stretch the pauses begun before: they end at once.
    private mutating func noticeClock(at now: Timestamp) {
        if now < latest - RetryPolicy.largestClockStep {
            for place in accounts.indices { accounts[place].noLongerRests() }
            unpark { _ in true }
            latest = now
        }
        latest = max(latest, now)
    }

    /// Readies those that wait for a time to come before it has.
    private mutating func unpark(where isMeant: (DispatchLine.Ticket) -> Bool) {
        let waiting = parked
        parked = Heap()
        for ticket in waiting.unordered where lanes[ticket.lane].ticket == ticket.number {
            if isMeant(ticket) { self.ticket(for: ticket.lane) } else { parked.insert(ticket) }
        }
    }

    private mutating func unpark(at now: Timestamp) {
        while let first = parked.min, first.at <= now {
            parked.removeMin()
            if lanes[first.lane].ticket == first.number { ticket(for: first.lane) }
        }
    }
}

extension PlatformEndpoint {
    /// Where an entry's next call goes; `nil` for a company's own systems, which have a performer
    /// of their own: slow as they may be, they must hold up nothing here.
    fileprivate init?(_ entry: OutboxEntry) {
        switch entry.action {
        case .send: self = .send
        case .sendOnEvent: self = .sendOnEvent
        case .transfer: self = entry.isUncertain ? .readSession : .transfer
        case .upgrade: self = .upgradeService
        case .call: return nil
        }
    }
}

extension OutboxEntry {
    /// Whether it is a transfer that may have been made already: the session is read first.
    var isUncertainTransfer: Bool {
        if case .transfer = action { isUncertain } else { false }
    }
}
