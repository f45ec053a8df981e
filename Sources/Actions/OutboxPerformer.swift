package import Boundary
package import ChatModel
package import Routing

/// Performs the outbox of one app: takes jobs from the ``DispatchMachine``, makes the calls, and
/// hands every outcome on.
///
/// The machine decides; this actor only performs. Calls of different conversations run at the same
/// time, those of one conversation never do.
package actor OutboxPerformer {
    private var machine: DispatchMachine
    private let calls: ActionCalls
    private let environment: Environment
    private let sink: OutcomeSink
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private var sleepingUntil: Timestamp?
    private var isStopping = false

    /// A performer with nothing to do.
    ///
    /// - Parameters:
    ///   - api: The app's calls.
    ///   - environment: Time, chance and the outgoing msgid's hash.
    ///   - callsPerMinute: The quota of each endpoint; `nil` for none.
    ///   - mostInFlight: Calls under way at the same time.
    ///   - sink: Where outcomes go.
    package init(
        api: PlatformAPI, environment: Environment, callsPerMinute: Int?, mostInFlight: Int = 64,
        sink: OutcomeSink
    ) {
        machine = DispatchMachine(callsPerMinute: callsPerMinute, mostInFlight: mostInFlight)
        calls = ActionCalls(api: api, environment: environment)
        self.environment = environment
        self.sink = sink
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Entries not completed yet.
    package var count: Int { machine.count }

    /// New entries, in the order they were committed.
    package func enqueue(_ entries: [OutboxEntry]) {
        guard !entries.isEmpty else { return }
        machine.enqueue(entries)
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

    /// The core has heard of the outcomes of these conversations: they may go on.
    package func release(_ conversations: [ConversationID]) {
        for conversation in conversations { machine.release(conversation) }
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
        while let job = machine.next(at: environment.now()) {
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

    private func scheduleWakeUp(in group: inout DiscardingTaskGroup) {
        let now = environment.now()
        guard let wakeUp = machine.wakeUp(after: now) else { return }
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
        let calledAt = environment.now()
        let result = await calls.perform(entry)
        let disposition = machine.returned(
            entry, result, calledAt: calledAt, at: environment.now(), jitter: environment.random())
        var failure: PlatformFailure?
        if case .failure(let reason) = result {
            failure = reason
            sink.failed(entry, reason)
        }
        await followUp(disposition, of: entry, after: failure)
    }

    private func readSession(_ entry: OutboxEntry, after refusal: PlatformFailure?) async {
        let session = await calls.session(of: entry.conversation)
        if case .failure(let reason) = session { sink.failed(entry, reason) }
        let disposition = machine.sessionRead(
            entry, session, after: refusal, at: environment.now(), jitter: environment.random())
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
