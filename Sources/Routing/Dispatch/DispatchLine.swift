import ChatModel
import HeapModule

/// The conversations that wait for one line: first those that can still make their deadline, the
/// earliest first, then the late ones, an account after the other.
///
/// Who can't be in time gives way to who still can: otherwise, once more is wanted than the quota
/// gives, everything would be a little too late. The late ones get what is left over, and one call
/// in ten when nothing is: so each account's oldest goes within ten calls for every account that
/// has late ones, and the others lose a tenth at most.
///
/// Accounts take turns among the late ones and among equal deadlines. While the line is short of
/// quota, deadlines within the same second are equal: the meter opens on whole seconds, so no
/// order among them brings more of them through in time.
struct DispatchLine: Sendable {
    /// A conversation that waits.
    struct Ticket: Comparable, Sendable {
        /// When it should be done at the latest, or when it may be looked at again.
        var at: Timestamp
        /// How many the account has before it with the same `at`.
        var turn = 0
        /// Unique; tells a heap's stale tickets from the valid one.
        var number: Int
        /// The place of the conversation's lane.
        var lane: Int
        /// The place of its account.
        var account: Int
        /// The real deadline, which `at` may round down.
        var deadline: Timestamp
        /// Whether trying after the deadline is useless.
        var expires: Bool

        static func < (lhs: Self, rhs: Self) -> Bool {
            if lhs.at != rhs.at { return lhs.at < rhs.at }
            return lhs.turn != rhs.turn ? lhs.turn < rhs.turn : lhs.number < rhs.number
        }
        static func == (lhs: Self, rhs: Self) -> Bool { lhs.number == rhs.number }
    }

    private var onTime = Heap<Ticket>()
    private var late = TurnQueue()
    /// For each account, by its place: the newest `at`, and how many tickets it has there.
    private var newest: [(at: Timestamp, count: Int)] = []
    /// Whether more is wanted than the quota gives.
    private var isShort = false
    /// Calls in time since a late one went, or began to wait.
    private var inTimeInARow = 0

    /// Late ones get one call in this many.
    static let lateShare = 10

    /// Whether nothing waits, stale tickets aside.
    var isEmpty: Bool { onTime.isEmpty && late.isEmpty }

    /// What would go next: late ones after all others, the earliest first; `nil` for nothing.
    var first: (isLate: Bool, at: Timestamp)? {
        if !late.isEmpty {
            if inTimeInARow >= Self.lateShare - 1 || onTime.isEmpty {
                return (onTime.isEmpty, late.oldest)
            }
        }
        return onTime.min.map { (false, $0.at) }
    }

    /// The end of the first deadline that makes a call useless; `nil` when there is none.
    var firstExpiry: Timestamp? { onTime.min.flatMap { $0.expires ? $0.deadline : nil } }

    /// A conversation is ready to go.
    mutating func insert(_ ticket: Ticket) {
        var ticket = ticket
        if isShort, !ticket.expires {
            ticket.at = Timestamp(seconds: ticket.deadline.seconds)
        }
        while newest.count <= ticket.account { newest.append((Timestamp(milliseconds: .min), 0)) }
        if newest[ticket.account].at == ticket.at {
            newest[ticket.account].count += 1
            ticket.turn = newest[ticket.account].count
        } else {
            newest[ticket.account] = (ticket.at, 0)
        }
        onTime.insert(ticket)
    }

    /// The quota keeps calls waiting.
    mutating func fallShort() { if !onTime.isEmpty { isShort = true } }

    /// Sets aside what can't be in time any more when a call made at `now` takes `latency`.
    mutating func sweep(at now: Timestamp, latency: Duration) {
        while let ticket = onTime.min, isLate(ticket, at: now, latency: latency) {
            onTime.removeMin()
            if late.isEmpty { inTimeInARow = 0 }
            late.insert(ticket)
        }
        if onTime.isEmpty { isShort = false }
    }

    private func isLate(_ ticket: Ticket, at now: Timestamp, latency: Duration) -> Bool {
        // A code may be used to its last moment, and is reported once that has passed.
        !ticket.expires && now + latency > ticket.deadline
    }

    /// Takes the code whose time has passed first, if any.
    mutating func popExpired(at now: Timestamp) -> Ticket? {
        guard let first = onTime.min, first.expires, first.deadline < now else { return nil }
        return onTime.removeMin()
    }

    /// Takes what ``first`` promised; `nil` when it was stale.
    ///
    /// - Parameter isValid: Whether a ticket's conversation still waits with it.
    mutating func popFirst(where isValid: (Ticket) -> Bool) -> Ticket? {
        guard let first else { return nil }
        if first.isLate || (inTimeInARow >= Self.lateShare - 1 && !late.isEmpty) {
            guard let ticket = late.popFirst(where: isValid) else { return nil }
            inTimeInARow = 0
            return ticket
        }
        let ticket = onTime.removeMin()
        guard isValid(ticket) else { return nil }
        if !late.isEmpty { inTimeInARow += 1 }
        return ticket
    }

    /// How many wait, and how many of them are late.
    func counts(where isValid: (Ticket) -> Bool) -> (waiting: Int, late: Int) {
        let late = late.count(where: isValid)
        return (onTime.unordered.count(where: isValid) + late, late)
    }
}

/// Tickets of several accounts, served one of each in turn, each account's oldest first.
private struct TurnQueue: Sendable {
    private struct Turn: Comparable, Sendable {
        var number: Int
        var account: Int

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }
    }

    /// By the account's place.
    private var tickets: [Heap<DispatchLine.Ticket>] = []
    /// One for each account that has tickets.
    private var turns = Heap<Turn>()
    private var counter = 0

    var isEmpty: Bool { turns.isEmpty }

    /// When the next account's oldest ticket should have gone.
    var oldest: Timestamp {
        turns.min.flatMap { tickets[$0.account].min?.at } ?? Timestamp(milliseconds: .max)
    }

    mutating func insert(_ ticket: DispatchLine.Ticket) {
        while tickets.count <= ticket.account { tickets.append(Heap()) }
        if tickets[ticket.account].isEmpty { queue(ticket.account) }
        tickets[ticket.account].insert(ticket)
    }

    private mutating func queue(_ account: Int) {
        counter += 1
        turns.insert(Turn(number: counter, account: account))
    }

    /// Takes the next account's oldest valid ticket; stale ones cost an account no turn.
    mutating func popFirst(where isValid: (DispatchLine.Ticket) -> Bool) -> DispatchLine.Ticket? {
        while let turn = turns.popMin() {
            while let ticket = tickets[turn.account].popMin() {
                guard isValid(ticket) else { continue }
                if !tickets[turn.account].isEmpty { queue(turn.account) }
                return ticket
            }
        }
        return nil
    }

    func count(where isValid: (DispatchLine.Ticket) -> Bool) -> Int {
        tickets.reduce(0) { $0 + $1.unordered.count(where: isValid) }
    }
}
