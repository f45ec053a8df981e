package import ChatModel
import HeapModule

/// Which outbox entry to perform next, and what its answer means: the pure half of the outbox.
///
/// Within a conversation entries go strictly in order, one at a time; across conversations the
/// earliest deadline goes first. A failure holds only its own conversation, a quota only its own
/// endpoint.
///
///     enqueued ──▶ ready ──next()──▶ in flight ──▶ completed, or ready again after a pause
///
/// One machine serves one app (corp and secret). Pure: time and jitter are arguments.
package struct DispatchMachine: Sendable {
    /// The endpoints actions go to; each has its own quota.
    package enum Endpoint: Int, CaseIterable, Sendable {
        case send, sendOnEvent, transfer

        /// The endpoint `action` is performed on; `nil` for a company's own systems, which have
        /// a performer of their own: slow as they may be, they must hold up nothing here.
        package init?(_ action: Action) {
            switch action {
            case .send: self = .send
            case .sendOnEvent: self = .sendOnEvent
            case .transfer: self = .transfer
            case .call: return nil
            }
        }
    }

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

    private struct Lane: Sendable {
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

    private struct Ticket: Comparable, Sendable {
        var at: Timestamp
        var order: Int
        var conversation: ConversationID
        var ticket: Int

        static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.at, lhs.order) < (rhs.at, rhs.order)
        }
        static func == (lhs: Self, rhs: Self) -> Bool { lhs.order == rhs.order }
    }

    private var lanes: [ConversationID: Lane] = [:]
    /// Ready lanes by the deadline of their head, one heap an endpoint.
    private var ready: [Heap<Ticket>]
    /// Lanes that wait for a time to come, by that time.
    private var parked = Heap<Ticket>()
    private var meters: [RateMeter]
    private var pausedUntil: [Timestamp?]
    private var restingAccounts: [OpenKfID: Timestamp] = [:]
    private var counter = 0
    private var inFlight = 0
    /// The latest time `next` was asked at.
    private var latest = Timestamp(milliseconds: .min)
    private let mostInFlight: Int

    /// A machine with nothing to do.
    ///
    /// - Parameters:
    ///   - callsPerMinute: The quota of each endpoint; `nil` for none.
    ///   - mostInFlight: Calls under way at the same time.
    package init(callsPerMinute: Int?, mostInFlight: Int = 64) {
        ready = Endpoint.allCases.map { _ in Heap() }
        meters = Endpoint.allCases.map { _ in RateMeter(limit: callsPerMinute) }
        pausedUntil = Endpoint.allCases.map { _ in nil }
        self.mostInFlight = mostInFlight
    }

    /// Entries not completed yet, those in flight included.
    package private(set) var count = 0

    /// Whether calls are under way.
    package var isCalling: Bool { inFlight > 0 }

    // MARK: News from the core

    /// New entries, in the order the core decided them; those of no endpoint are left out.
    package mutating func enqueue(_ entries: [OutboxEntry]) {
        for entry in entries where Endpoint(entry.action) != nil {
            count += 1
            let isFirst = lanes[entry.conversation]?.isEmpty ?? true
            lanes[entry.conversation, default: Lane()].entries.append(entry)
            if isFirst, lanes[entry.conversation]?.status == .ready {
                ticket(for: entry.conversation)
            }
        }
    }

    /// The core withdrew what the conversation has pending; a call under way runs to its end, and
    /// is not made again.
    package mutating func cancel(_ conversation: ConversationID) {
        guard var lane = lanes[conversation] else { return }
        let kept = lane.status == .inFlight ? lane.head + 1 : lane.head
        count -= lane.entries.count - kept
        if lane.status == .inFlight { lane.isHeadWithdrawn = true }
        lane.entries.removeSubrange(kept...)
        counter += 1
        lane.ticket = counter
        lanes[conversation] = lane
        drop(conversation)
    }

    /// The core withdrew one entry; a call under way runs to its end, and is not made again.
    package mutating func withdraw(_ id: ActionID, of conversation: ConversationID) {
        guard var lane = lanes[conversation] else { return }
        if lane.status == .inFlight, lane.entries[lane.head].id == id {
            lanes[conversation]?.isHeadWithdrawn = true
            return
        }
        let first = lane.status == .inFlight ? lane.head + 1 : lane.head
        guard let index = lane.entries[first...].firstIndex(where: { $0.id == id }) else { return }
        count -= 1
        lane.entries.remove(at: index)
        let wasHead = index == lane.head
        if wasHead {
            lane.attempts = 0
            lane.hasReconciled = false
        }
        lanes[conversation] = lane
        // A parked head's ticket is stale now: the next entry is ready at once.
        if wasHead, lane.status == .ready { ticket(for: conversation) }
        drop(conversation)
    }

    /// The core has heard of the completed entry: the conversation may go on.
    package mutating func release(_ conversation: ConversationID) {
        guard lanes[conversation]?.status == .held else { return }
        lanes[conversation]?.status = .ready
        ticket(for: conversation)
        drop(conversation)
    }

    // MARK: What to do

    /// The next thing to do at `now`; `nil` when there is none, see ``wakeUp(after:)``.
    package mutating func next(at now: Timestamp) -> Job? {
        noticeClock(at: now)
        unpark(at: now)
        while inFlight < mostInFlight, let ticket = popEarliest(at: now) {
            guard var lane = lanes[ticket.conversation], lane.ticket == ticket.ticket,
                lane.status == .ready, !lane.isEmpty
            else { continue }
            let entry = lane.entries[lane.head]
            if let until = restingAccounts[ticket.conversation.account] {
                if until > now, !(entry.expires && entry.deadline < now) {
                    // A code that runs out meanwhile is reported when it does.
                    let runsOut = entry.deadline + .milliseconds(1)
                    park(
                        ticket.conversation, until: entry.expires ? min(until, runsOut) : until)
                    continue
                }
                if until <= now { restingAccounts[ticket.conversation.account] = nil }
            }
            lane.status = .inFlight
            lanes[ticket.conversation] = lane
            if entry.expires, now > entry.deadline {
                complete(ticket.conversation, holding: true)
                return .expired(entry)
            }
            inFlight += 1
            if let endpoint = Endpoint(entry.action) { meters[endpoint.rawValue].count(at: now) }
            if case .transfer = entry.action, entry.isUncertain { return .readSession(entry) }
            return .perform(entry)
        }
        return nil
    }

    /// When `next` may have something again; `nil` when only news can bring it.
    package mutating func wakeUp(after now: Timestamp) -> Timestamp? {
        guard inFlight < mostInFlight else { return nil }
        var earliest = parked.min?.at
        for endpoint in Endpoint.allCases where !ready[endpoint.rawValue].isEmpty {
            let opens = opening(of: endpoint, at: now)
            earliest = earliest.map { min($0, opens) } ?? opens
        }
        return earliest
    }

    // MARK: What came back

    /// The call of `entry` answered.
    ///
    /// - Parameters:
    ///   - entry: As ``Job/perform(_:)`` gave it.
    ///   - result: The code it handed out, if any, or the failure.
    ///   - calledAt: When the call was made.
    ///   - now: When the answer came.
    ///   - jitter: A fraction in `0..<1`.
    package mutating func returned(
        _ entry: OutboxEntry, _ result: Result<EventCode?, PlatformFailure>, calledAt: Timestamp,
        at now: Timestamp, jitter: Double
    ) -> Disposition {
        let conversation = entry.conversation
        switch result {
        case .success(let code):
            inFlight -= 1
            // Only a transfer's outcome changes what the core would decide next.
            if case .transfer = entry.action {
                complete(conversation, holding: true)
            } else {
                complete(conversation, holding: false)
            }
            return .completed(.accepted(code: code, at: calledAt))
        case .failure(let failure):
            return failed(entry, failure, at: now, jitter: jitter)
        }
    }

    private mutating func failed(
        _ entry: OutboxEntry, _ failure: PlatformFailure, at now: Timestamp, jitter: Double
    ) -> Disposition {
        let conversation = entry.conversation
        let attempts = (lanes[conversation]?.attempts ?? 0) + 1
        lanes[conversation]?.attempts = attempts
        switch failure.handling {
        case .retry:
            let isWorthTrying =
                failure.isOutcomeUnknown
                ? now - entry.decidedAt < RetryPolicy.longestOutage
                : attempts <= RetryPolicy.mostRetriesWhenBusy
            guard isWorthTrying else { return completed(entry, .gaveUp(failure)) }
            let pause = RetryPolicy.pause(afterFailed: attempts, jitter: jitter)
            return again(
                entry, at: now + pause, uncertain: failure.isOutcomeUnknown, or: .gaveUp(failure))
        case .wait:
            let until = now + RetryPolicy.restAfterLimit
            if let endpoint = Endpoint(entry.action) { pausedUntil[endpoint.rawValue] = until }
            return again(entry, at: until, uncertain: false, or: .gaveUp(failure))
        case .stop, .refresh:
            // Configuration or rights: a person must act. Until then the messages wait, as long
            // as the platform would still take them.
            guard now - entry.decidedAt < RetryPolicy.longestWaitForOperator else {
                return completed(entry, .gaveUp(failure))
            }
            let until = now + RetryPolicy.restAfterStop
            restingAccounts[conversation.account] = until
            return again(entry, at: until, uncertain: false, or: .gaveUp(failure))
        case .reconcile:
            return .readSession
        case .drop, .otherServicer, .withoutToken, .resetCursor, .uploadAgain:
            if entry.isUncertain, isRepeatsRefusal(failure, of: entry) {
                return completed(entry, .alreadyDone)
            }
            return completed(entry, .refused(failure, actual: nil))
        }
    }

    /// Whether a refusal of an uncertain entry says that the earlier attempt had arrived.
    ///
    /// The platform publishes neither the number for a repeated msgid nor the one for a used code
    /// (wecom-kf reference §18), so an undocumented number on a repeat is taken as that.
    private func isRepeatsRefusal(_ failure: PlatformFailure, of entry: OutboxEntry) -> Bool {
        guard failure.handling == .drop else { return false }
        switch entry.action {
        case .send: return !failure.isDocumented
        case .sendOnEvent: return true
        case .transfer, .call: return false
        }
    }

    /// `service_state/get` answered for `entry`.
    ///
    /// - Parameters:
    ///   - entry: The entry whose session was read.
    ///   - actual: The session, or why it could not be read.
    ///   - refusal: What the platform had refused the entry with; `nil` when it was read before
    ///     an uncertain transfer.
    ///   - now: When the answer came.
    ///   - jitter: A fraction in `0..<1`.
    package mutating func sessionRead(
        _ entry: OutboxEntry, _ actual: Result<Outcome.ActualSession, PlatformFailure>,
        after refusal: PlatformFailure?, at now: Timestamp, jitter: Double
    ) -> Disposition {
        let session: Outcome.ActualSession
        switch actual {
        case .success(let read): session = read
        case .failure(let failure):
            if failure.handling == .reconcile || failure.handling == .drop {
                return completed(entry, .refused(refusal ?? failure, actual: nil))
            }
            return failed(entry, failure, at: now, jitter: jitter)
        }
        switch entry.action {
        case .transfer(let target):
            let servicer: ServicerID? = if case .human(let wanted) = target { wanted } else { nil }
            if session.number == target.number,
                servicer == nil || session.servicer == nil || servicer == session.servicer
            {
                return completed(entry, .alreadyDone)
            }
            let moved = Outcome.refused(refusal ?? .unreadable, actual: session)
            if refusal != nil || lanes[entry.conversation]?.isHeadWithdrawn == true {
                return completed(entry, moved)
            }
            // Anywhere else it may be another session, or a person's: not ours to move blindly.
            if session.number != 1 { return completed(entry, .foundElsewhere(session)) }
            return again(entry, at: now, uncertain: false, or: moved)
        case .send:
            if session.number <= 1, lanes[entry.conversation]?.hasReconciled == false {
                lanes[entry.conversation]?.hasReconciled = true
                return again(
                    entry, at: now, uncertain: entry.isUncertain,
                    or: .refused(refusal ?? .unreadable, actual: session))
            }
            return completed(entry, .refused(refusal ?? .unreadable, actual: session))
        case .sendOnEvent, .call:
            return completed(entry, .refused(refusal ?? .unreadable, actual: session))
        }
    }

    // MARK: Lanes

    private mutating func completed(
        _ entry: OutboxEntry, _ outcome: Outcome
    ) -> Disposition {
        inFlight -= 1
        complete(entry.conversation, holding: true)
        return .completed(outcome)
    }

    /// Makes the call again at `time`, or completes it with `outcome` when the core withdrew it
    /// meanwhile: the session is somebody else's, and a repeat would be an illegal call.
    private mutating func again(
        _ entry: OutboxEntry, at time: Timestamp, uncertain: Bool, or outcome: Outcome
    ) -> Disposition {
        if lanes[entry.conversation]?.isHeadWithdrawn == true { return completed(entry, outcome) }
        inFlight -= 1
        if var lane = lanes[entry.conversation] {
            lane.status = .ready
            lane.entries[lane.head].isUncertain = uncertain || entry.isUncertain
            if case .transfer = entry.action, !uncertain {
                lane.entries[lane.head].isUncertain = false
            }
            lanes[entry.conversation] = lane
        }
        park(entry.conversation, until: time)
        return .again
    }

    /// Takes the head off the lane.
    private mutating func complete(_ conversation: ConversationID, holding: Bool) {
        guard var lane = lanes[conversation] else { return }
        count -= 1
        lane.head += 1
        lane.attempts = 0
        lane.hasReconciled = false
        lane.isHeadWithdrawn = false
        lane.status = holding ? .held : .ready
        if lane.head > 16, lane.head * 2 > lane.entries.count {
            lane.entries.removeSubrange(..<lane.head)
            lane.head = 0
        }
        lanes[conversation] = lane
        if !holding { ticket(for: conversation) }
        drop(conversation)
    }

    /// Forgets a lane that has nothing left.
    private mutating func drop(_ conversation: ConversationID) {
        if let lane = lanes[conversation], lane.isEmpty, lane.status == .ready {
            lanes[conversation] = nil
        }
    }

    private mutating func ticket(for conversation: ConversationID) {
        guard let made = makeTicket(conversation, at: nil) else { return }
        ready[made.endpoint.rawValue].insert(made.ticket)
    }

    private mutating func park(_ conversation: ConversationID, until time: Timestamp) {
        guard let made = makeTicket(conversation, at: time) else { return }
        parked.insert(made.ticket)
    }

    private mutating func makeTicket(
        _ conversation: ConversationID, at time: Timestamp?
    ) -> (ticket: Ticket, endpoint: Endpoint)? {
        guard var lane = lanes[conversation], !lane.isEmpty,
            let endpoint = Endpoint(lane.entries[lane.head].action)
        else { return nil }
        // Tickets are numbered through, so that one of a lane that was dropped and made anew can
        // never pass for a valid one.
        counter += 1
        lane.ticket = counter
        lanes[conversation] = lane
        let head = lane.entries[lane.head]
        return (
            Ticket(
                at: time ?? head.deadline, order: counter, conversation: conversation,
                ticket: lane.ticket),
            endpoint
        )
    }

    /// A clock that was set back must not stretch the pauses begun before: they end at once.
    private mutating func noticeClock(at now: Timestamp) {
        if now < latest - RetryPolicy.largestClockStep {
            pausedUntil = Endpoint.allCases.map { _ in nil }
            restingAccounts = [:]
            let waiting = parked
            parked = Heap()
            for ticket in waiting.unordered
            where lanes[ticket.conversation]?.ticket == ticket.ticket {
                self.ticket(for: ticket.conversation)
            }
            latest = now
        }
        latest = max(latest, now)
    }

    private mutating func unpark(at now: Timestamp) {
        while let first = parked.min, first.at <= now {
            parked.removeMin()
            guard let lane = lanes[first.conversation], lane.ticket == first.ticket else {
                continue
            }
            ticket(for: first.conversation)
        }
    }

    private mutating func popEarliest(at now: Timestamp) -> Ticket? {
        var best: (at: Timestamp, endpoint: Endpoint)?
        for endpoint in Endpoint.allCases {
            guard let first = ready[endpoint.rawValue].min, opening(of: endpoint, at: now) <= now
            else { continue }
            if best.map({ first.at < $0.at }) ?? true { best = (first.at, endpoint) }
        }
        return best.map { ready[$0.endpoint.rawValue].removeMin() }
    }

    /// When `endpoint` takes calls again: `now` when at once.
    private mutating func opening(of endpoint: Endpoint, at now: Timestamp) -> Timestamp {
        if let until = pausedUntil[endpoint.rawValue] {
            if until > now { return until }
            pausedUntil[endpoint.rawValue] = nil
        }
        return meters[endpoint.rawValue].nextCall(at: now)
    }
}

extension PlatformFailure {
    /// The session could not be told; stands in where no refusal came first.
    fileprivate static let unreadable = PlatformFailure(
        code: 95016, handling: .reconcile, meaning: "the session is in another state")
}
