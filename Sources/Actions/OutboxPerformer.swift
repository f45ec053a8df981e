package import Boundary
package import ChatModel
package import Routing

/// Performs the outbox of all apps: takes jobs from the ``DispatchMachine``, makes the calls, and
/// hands every outcome on.
///
/// The machine decides; this actor only performs. Calls of different conversations run at the same
/// time, those of one conversation never do. One performer for the process, because apps of a corp
/// share its quota, and all corps the address's: only who sees everything can say what is most
/// urgent.
package actor OutboxPerformer {
    /// Whose calls an account's entries are made with, and whose quota they are counted for.
    package struct Access: Sendable {
        /// The app's calls.
        package var api: PlatformAPI
        /// The app's corp.
        package var corp: CorpID

        /// An access.
        package init(api: PlatformAPI, corp: CorpID) {
            self.api = api
            self.corp = corp
        }
    }

    private var machine: DispatchMachine
    private let calls: ActionCalls
    /// The same calls, waiting at the gate for their turn.
    private let meteredCalls: ActionCalls
    private let gate: QuotaGate
    private let environment: Environment
    private let sink: OutcomeSink
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private var sleepingUntil: Timestamp?
    private var isStopping = false

    /// A performer with nothing to do.
    ///
    /// - Parameters:
    ///   - accounts: The accounts it performs for; entries of others are left out.
    ///   - gate: The quotas.
    ///   - environment: Time, chance and the outgoing msgid's hash.
    ///   - sink: Where outcomes go.
    package init(
        accounts: [OpenKfID: Access], gate: QuotaGate, environment: Environment, sink: OutcomeSink
    ) {
        machine = DispatchMachine(corps: accounts.mapValues(\.corp))
        self.gate = gate
        calls = ActionCalls(apis: accounts.mapValues(\.api), environment: environment)
        meteredCalls = ActionCalls(
            apis: accounts.mapValues {
                $0.api.metered(by: gate, as: $0.corp, now: environment.now)
            }, environment: environment)
        self.environment = environment
        self.sink = sink
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Entries not completed yet.
    package var count: Int { machine.count }

    /// Entries not completed yet, by account.
    package var counts: [OpenKfID: Int] { machine.counts }

    /// How every endpoint of every corp stands that was ever called.
    package func quotas() -> [QuotaStatus] {
        var waiting: [QuotaPlace: (waiting: Int, late: Int)] = [:]
        for line in machine.waiting() {
            waiting[QuotaPlace(corp: line.corp, endpoint: line.endpoint)] = (
                line.waiting, line.late
            )
        }
        return gate.report().map { status in
            var status = status
            let place = QuotaPlace(corp: status.corp, endpoint: status.endpoint)
            if let line = waiting[place] {
                status.waiting += line.waiting
                status.late += line.late
            }
            return status
        }
    }

    private struct QuotaPlace: Hashable {
        var corp: CorpID
        var endpoint: PlatformEndpoint
    }

    /// New entries, in the order they were committed.
    package func enqueue(_ entries: [OutboxEntry]) {
        let own = entries.filter { calls.apis[$0.conversation.account] != nil }
        guard !own.isEmpty else { return }
        machine.enqueue(own)
        signal.yield()
    }

    /// The core withdrew what these conversations have pending.
    package func cancel(_ conversations: [ConversationID]) {
        for conversation in conversations { machine.cancel(conversation) }
    }

    /// The core withdrew these entries.
    package func withdraw(_ entries: [(ActionID, ConversationID)]) {
        for (id, conversation) in entries { machine.withdraw(id, of: conversation) }
        signal.yield()
    }

    /// The core has heard of what came of these: their conversations may go on.
    package func release(_ entries: [OutboxEntry]) {
        guard !entries.isEmpty else { return }
        for entry in entries { machine.release(entry) }
        signal.yield()
    }

    /// What made the platform refuse this account may be over: it is tried again at once.
    package func endRest(of account: OpenKfID) {
        machine.endRest(of: account)
        signal.yield()
    }

    /// Performs until ``stop()``, then lets the calls under way come back.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                if isStopping { break }
                startJobs(in: &group)
                scheduleWakeUp(in: &group)
            }
        }
    }

    /// Ends ``run()``: nothing new is started; what is pending stays in the store.
    package func stop() {
        isStopping = true
        signal.yield()
        signal.finish()
    }

    private func startJobs(in group: inout DiscardingTaskGroup) {
        while let job = nextJob() {
            switch job {
            case .expired(let entry):
                sink.completed(CompletedAction(entry: entry, outcome: .expired))
            case .perform(let entry):
                group.addTask { await self.perform(entry) }
            case .readSession(let entry):
                group.addTask { await self.readSession(entry, after: nil) }
            }
        }
    }

    private func nextJob() -> DispatchMachine.Job? {
        let now = environment.now()
        return gate.withLedger { machine.next(at: now, within: &$0) }
    }

    private func scheduleWakeUp(in group: inout DiscardingTaskGroup) {
        let now = environment.now()
        let next = gate.withLedger { machine.wakeUp(after: now, within: &$0) }
        guard let wakeUp = next else { return }
        if let sleepingUntil, sleepingUntil <= wakeUp { return }
        sleepingUntil = wakeUp
        group.addTask { await self.sleep(until: wakeUp) }
    }

    private func sleep(until time: Timestamp) async {
        // In slices, so that stopping and a clock that jumps are noticed soon.
        while !isStopping, !Task.isCancelled, sleepingUntil == time {
            let left = time - environment.now()
            if left <= .zero { break }
            await environment.sleep(min(left, .milliseconds(200)))
        }
        if sleepingUntil == time { sleepingUntil = nil }
        signal.yield()
    }

    private func perform(_ entry: OutboxEntry) async {
        let startedAt = environment.now()
        let record = CallRecord()
        let result = await CallRecord.$current.withValue(record) { await calls.perform(entry) }
        // A file is uploaded first, and a forgotten one once more: neither is the call's own time.
        let (noted, madeAt) = (record.requests, record.lastMadeAt)
        let requests = result.hasLeft ? max(1, noted) : noted
        let (now, jitter) = (environment.now(), environment.random())
        let disposition = gate.withLedger { ledger in
            machine.returned(
                entry, result, calledAt: madeAt ?? startedAt, at: now, requests: requests,
                jitter: jitter, within: &ledger)
        }
        var failure: PlatformFailure?
        if case .failure(let reason) = result {
            failure = reason
            sink.failed(entry, reason)
        }
        await followUp(disposition, of: entry, after: failure)
    }

    private func readSession(_ entry: OutboxEntry, after refusal: PlatformFailure?) async {
        let startedAt = environment.now()
        let record = CallRecord()
        // The machine books the jobs it hands out; a refusal's session is read beside them.
        let reader = refusal == nil ? calls : meteredCalls
        let session = await CallRecord.$current.withValue(record) {
            await reader.session(of: entry.conversation)
        }
        let (noted, madeAt) = (record.requests, record.lastMadeAt)
        if case .failure(let reason) = session { sink.failed(entry, reason) }
        let (now, jitter) = (environment.now(), environment.random())
        let disposition = gate.withLedger { ledger in
            machine.sessionRead(
                entry, session, after: refusal, calledAt: madeAt ?? startedAt, at: now,
                requests: max(1, noted), jitter: jitter, within: &ledger)
        }
        await followUp(disposition, of: entry, after: refusal)
    }

    private func followUp(
        _ disposition: DispatchMachine.Disposition, of entry: OutboxEntry,
        after failure: PlatformFailure?
    ) async {
        switch disposition {
        case .completed(let outcome):
            sink.completed(CompletedAction(entry: entry, outcome: outcome))
        case .again:
            break
        case .readSession:
            await readSession(entry, after: failure)
        }
        signal.yield()
    }
}

extension Result where Failure == PlatformFailure {
    /// Whether the call itself was made.
    fileprivate var hasLeft: Bool {
        if case .failure(let failure) = self { failure.wasSent } else { true }
    }
}

/// Where outcomes go; both calls return at once.
package struct OutcomeSink: Sendable {
    /// An entry was completed.
    package var completed: @Sendable (CompletedAction) -> Void
    /// A call failed, whatever follows: for the operator's log and the metrics.
    package var failed: @Sendable (OutboxEntry, PlatformFailure) -> Void

    /// A sink.
    package init(
        completed: @escaping @Sendable (CompletedAction) -> Void,
        failed: @escaping @Sendable (OutboxEntry, PlatformFailure) -> Void
    ) {
        self.completed = completed
        self.failed = failed
    }
}
