import Boundary
import ChatModel
import Routing

/// Which call to the company's own systems to make next, and what came of it: the pure half.
///
///     enqueued ──▶ waiting ──next()──▶ under way ──▶ completed
///
/// A call has its timeout from the moment it was decided, waiting and repeating included. A
/// system that hangs takes up no more than its own share of the calls under way, and one that has
/// failed several times in a row is left alone for a while.
///
/// Pure: time and jitter are arguments.
struct CallMachine {
    /// The calls under way at the same time, to all systems.
    static let mostUnderWay = 32
    /// The same to one system.
    static let mostUnderWayOfService = 8
    /// Failures in a row after which a system is left alone.
    static let failuresToRest = 5
    /// How long it is left alone; then one call tries whether it is back.
    static let rest: Duration = .seconds(30)

    /// What tells calls apart: an action's id is unique within its account.
    struct Key: Hashable {
        let conversation: ConversationID
        let id: ActionID

        init(_ entry: OutboxEntry) { (conversation, id) = (entry.conversation, entry.id) }

        init(_ id: ActionID, _ conversation: ConversationID) {
            (self.conversation, self.id) = (conversation, id)
        }
    }

    /// A call to the company's own systems, as the outbox has it.
    struct Call {
        let entry: OutboxEntry
        let request: CompanyCall
        /// When its time is over.
        let end: Timestamp

        var key: Key { Key(entry) }
        var operation: CompanyOperation { CompanyOperation(of: request) }
    }

    /// Something to do now.
    enum Job {
        /// Make the first try, then report with `returned`.
        case make(Call)
        /// No try: the call is completed.
        case fail(Call, CompanyFailure)
        /// The try under way has run out of time: break it off. The call is completed.
        case abandon(Call)
    }

    /// What a try's answer leads to.
    enum Disposition: Equatable {
        /// The call is completed.
        case completed(CompanyAnswer)
        /// Try again after a pause.
        case again(after: Duration)
        /// The call was withdrawn or abandoned meanwhile: nobody waits for it.
        case forgotten
    }

    private struct Item {
        var call: Call
        var isUnderWay = false
        var attempts = 0
        var isProbe = false
    }

    private struct Service {
        /// Waiting calls, those that end first last; what was withdrawn is still among them.
        var waiting: [(end: Timestamp, order: Int, key: Key)] = []
        var underWay = 0
        /// In a row.
        var failures = 0
        /// Left alone until then.
        var restsUntil: Timestamp?
        /// Whether a call is under way that tries whether the system is back.
        var isProbing = false

        enum Door { case open, probe, closed }

        func door(at now: Timestamp) -> Door {
            guard let restsUntil else { return .open }
            if isProbing { return .closed }
            // Far in the future only after the clock was set back.
            return now < restsUntil && restsUntil - now <= CallMachine.rest ? .closed : .probe
        }
    }

    private let tries: [CompanyOperation: Int]
    private var items: [ConversationID: [ActionID: Item]] = [:]
    private var services: [String: Service] = [:]
    private var unconfigured: [Call] = []
    private var underWay: Set<Key> = []
    private var counter = 0
    private var beganToRest: [String] = []

    /// A machine with nothing to do, for operations that are tried so often.
    init(tries: [CompanyOperation: Int]) { self.tries = tries }

    /// Calls not completed yet.
    private(set) var count = 0

    // MARK: News from the core

    /// New entries; those that aren't calls are left out, and those that are known already.
    mutating func enqueue(_ entries: [OutboxEntry], at now: Timestamp) {
        for entry in entries {
            guard case .call(let request) = entry.action else { continue }
            // A decision of the future was made before the clock was set back.
            let end = min(entry.decidedAt, now) + request.timeout
            let call = Call(entry: entry, request: request, end: end)
            guard self[call.key] == nil else { continue }
            count += 1
            self[call.key] = Item(call: call)
            guard tries[call.operation] != nil else {
                unconfigured.append(call)
                continue
            }
            counter += 1
            let order = counter
            let place = (services[request.service]?.waiting ?? []).partitionPoint {
                ($0.end, $0.order) > (end, order)
            }
            services[request.service, default: Service()].waiting
                .insert((end, order, call.key), at: place)
        }
    }

    /// The core withdrew what the conversation has pending.
    ///
    /// - Returns: Those under way, to be broken off.
    mutating func cancel(_ conversation: ConversationID) -> [Key] {
        (items[conversation] ?? [:]).keys.compactMap { withdraw(Key($0, conversation)) }
    }

    /// The core withdrew one call.
    ///
    /// - Returns: The call if it is under way, to be broken off.
    mutating func withdraw(_ key: Key) -> Key? {
        guard let item = self[key] else { return nil }
        take(item)
        return item.isUnderWay ? key : nil
    }

    // MARK: What to do

    /// The next thing to do at `now`; `nil` when there is none, see ``wakeUp()``.
    mutating func next(at now: Timestamp) -> Job? {
        while let call = unconfigured.popLast() {
            guard let item = self[call.key] else { continue }
            take(item)
            return .fail(call, .notConfigured)
        }
        for key in underWay {
            guard let item = self[key], item.call.end <= now else { continue }
            take(item)
            failed(item, at: now)
            return .abandon(item.call)
        }
        var best: Call?
        for name in Array(services.keys) {
            dropWithdrawn(of: name)
            guard let service = services[name], let key = service.waiting.last?.key,
                let item = self[key]
            else { continue }
            if item.call.end <= now {
                take(item)
                return .fail(item.call, .timeout)
            }
            if service.door(at: now) == .closed {
                take(item)
                return .fail(item.call, .unavailable)
            }
            if service.underWay < Self.mostUnderWayOfService,
                best.map({ item.call.end < $0.end }) ?? true
            {
                best = item.call
            }
        }
        guard let best, underWay.count < Self.mostUnderWay else { return nil }
        begin(best, at: now)
        return .make(best)
    }

    /// When `next` may have something again without news; `nil` when only news can bring it.
    mutating func wakeUp() -> Timestamp? {
        var earliest = underWay.compactMap { self[$0]?.call.end }.min()
        for name in Array(services.keys) {
            dropWithdrawn(of: name)
            guard let end = services[name]?.waiting.last?.end else { continue }
            earliest = earliest.map { min($0, end) } ?? end
        }
        return earliest
    }

    // MARK: What came back

    /// A try of the call came back.
    ///
    /// - Parameters:
    ///   - call: As ``Job/make(_:)`` gave it.
    ///   - result: The answer's fields, or why there are none.
    ///   - now: When it came back.
    ///   - jitter: A fraction in `0..<1`.
    mutating func returned(
        _ call: Call, _ result: Result<[String: String], CompanyFailure>, at now: Timestamp,
        jitter: Double
    ) -> Disposition {
        guard var item = self[call.key], item.isUnderWay else { return .forgotten }
        let failure: CompanyFailure
        switch result {
        case .success(let fields):
            take(item)
            succeeded(item)
            return .completed(.fields(fields))
        case .failure(let reason): failure = reason
        }
        guard failure.isTrouble else {
            take(item)
            succeeded(item)
            return .completed(.failed(failure.why))
        }
        failed(item, at: now)
        item.attempts += 1
        item.isProbe = false
        self[call.key] = item
        // 0.2 s, 0.4 s, 0.8 s …, up to a quarter more.
        let doublings = min(item.attempts - 1, 4)
        let pause = Duration.milliseconds(Int64(200 * Double(1 << doublings) * (1 + jitter / 4)))
        if item.attempts < tries[call.operation] ?? 1, now + pause < call.end,
            services[call.request.service]?.door(at: now) == .open
        {
            return .again(after: pause)
        }
        take(item)
        // Whatever broke off at its end broke off because of it.
        return .completed(.failed(now < call.end ? failure.why : CompanyFailure.timeout.why))
    }

    /// The systems that are left alone since this was last asked.
    mutating func takeBeganToRest() -> [String] {
        defer { beganToRest = [] }
        return beganToRest
    }

    // MARK: Items

    private subscript(key: Key) -> Item? {
        get { items[key.conversation]?[key.id] }
        set {
            items[key.conversation, default: [:]][key.id] = newValue
            if items[key.conversation]?.isEmpty == true { items[key.conversation] = nil }
        }
    }

    private mutating func begin(_ call: Call, at now: Timestamp) {
        let service = call.request.service
        let isProbe = services[service]?.door(at: now) == .probe
        services[service]?.waiting.removeLast()
        services[service]?.underWay += 1
        if isProbe { services[service]?.isProbing = true }
        underWay.insert(call.key)
        self[call.key] = Item(call: call, isUnderWay: true, isProbe: isProbe)
    }

    /// Forgets a call; its place among the waiting is found empty later.
    private mutating func take(_ item: Item) {
        let key = item.call.key
        count -= 1
        self[key] = nil
        guard underWay.remove(key) != nil else { return }
        services[item.call.request.service]?.underWay -= 1
        if item.isProbe { services[item.call.request.service]?.isProbing = false }
    }

    private mutating func dropWithdrawn(of service: String) {
        while let key = services[service]?.waiting.last?.key, self[key].map(\.isUnderWay) ?? true {
            services[service]?.waiting.removeLast()
        }
    }

    private mutating func succeeded(_ item: Item) {
        services[item.call.request.service]?.failures = 0
        services[item.call.request.service]?.restsUntil = nil
    }

    private mutating func failed(_ item: Item, at now: Timestamp) {
        let name = item.call.request.service
        services[name]?.failures += 1
        if item.isProbe { services[name]?.isProbing = false }
        if item.isProbe || services[name]?.failures ?? 0 >= Self.failuresToRest {
            if services[name]?.restsUntil == nil { beganToRest.append(name) }
            services[name]?.restsUntil = now + Self.rest
        }
    }
}

extension Array {
    /// The index of the first element that `precedes` doesn't hold for; it holds for a prefix.
    fileprivate func partitionPoint(where precedes: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
