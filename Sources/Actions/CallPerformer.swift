package import Boundary
package import ChatModel
package import Routing

/// Makes the calls to the company's own systems, beside the ``OutboxPerformer`` and never in its
/// way: such a system may be slow, or not answer at all.
///
/// Every call is completed within its timeout, whatever the other side does; one that the core
/// withdraws is broken off and has no outcome.
package actor CallPerformer {
    /// The calls under way at the same time, to all systems.
    package static let mostUnderWay = CallMachine.mostUnderWay

    /// What calls under way get to come back when the performer stops; then they are made again
    /// after the next start, under the same key.
    static let patienceAtStop: Duration = .seconds(3)

    private var machine: CallMachine
    private let api: CompanyAPI
    private let environment: Environment
    private let sink: CallSink
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private var running: [CallMachine.Key: Task<Void, Never>] = [:]
    private var sleepingUntil: Timestamp?
    private var isStopping = false

    /// A performer with nothing to do.
    ///
    /// - Parameters:
    ///   - api: The systems there are.
    ///   - environment: Time, chance and the hash that makes a call's key.
    ///   - sink: Where outcomes go.
    package init(api: CompanyAPI, environment: Environment, sink: CallSink) {
        machine = CallMachine(tries: api.tries)
        self.api = api
        self.environment = environment
        self.sink = sink
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Calls not completed yet.
    package var count: Int { machine.count }

    /// New entries; those that aren't calls are left to others.
    package func enqueue(_ entries: [OutboxEntry]) {
        machine.enqueue(entries, at: environment.now())
        signal.yield()
    }

    /// The core withdrew what these conversations have pending.
    package func cancel(_ conversations: [ConversationID]) {
        for conversation in conversations {
            for key in machine.cancel(conversation) { breakOff(key) }
        }
        signal.yield()
    }

    /// The core withdrew these entries.
    package func withdraw(_ entries: [(ActionID, ConversationID)]) {
        for (id, conversation) in entries {
            if let key = machine.withdraw(CallMachine.Key(id, conversation)) { breakOff(key) }
        }
        signal.yield()
    }

    /// Makes calls until ``stop()``, then lets those under way come back, for a while.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                if isStopping { break }
                startJobs()
                scheduleWakeUp(in: &group)
            }
        }
        let patience = environment.now() + Self.patienceAtStop
        while !running.isEmpty, !Task.isCancelled, environment.now() < patience {
            await environment.sleep(.milliseconds(20))
        }
        for key in running.keys { breakOff(key) }
    }

    /// Ends ``run()``: nothing new is started; what is pending stays in the store.
    package func stop() {
        isStopping = true
        signal.yield()
        signal.finish()
    }

    private func startJobs() {
        while let job = machine.next(at: environment.now()) {
            switch job {
            case .make(let call): running[call.key] = Task { await self.make(call) }
            case .fail(let call, let failure):
                sink.failed(call.entry, failure)
                complete(call, .failed(failure.why))
            case .abandon(let call):
                breakOff(call.key)
                sink.failed(call.entry, .timeout)
                complete(call, .failed(CompanyFailure.timeout.why))
            }
        }
        for service in machine.takeBeganToRest() { sink.rests(service) }
    }

    private func scheduleWakeUp(in group: inout DiscardingTaskGroup) {
        guard let wakeUp = machine.wakeUp() else { return }
        if let sleepingUntil, sleepingUntil <= wakeUp { return }
        sleepingUntil = wakeUp
        group.addTask { await self.sleep(until: wakeUp) }
    }

    private func sleep(until time: Timestamp) async {
        // In slices, so that stopping and a clock that jumps are noticed soon.
        while !isStopping, !Task.isCancelled, sleepingUntil == time {
            let left = time - environment.now()
            if left <= .zero { break }
            await environment.sleep(min(left, .milliseconds(100)))
        }
        if sleepingUntil == time { sleepingUntil = nil }
        signal.yield()
    }

    /// Tries until there is an answer or an end.
    private func make(_ call: CallMachine.Call) async {
        while !Task.isCancelled {
            let left = min(call.end - environment.now(), call.request.timeout)
            let result = await answer(
                CompanyRequest(
                    operation: call.operation, parameters: call.request.parameters,
                    idempotencyKey: environment.outgoingMsgID(
                        of: call.entry.id, account: call.entry.conversation.account
                    ).rawValue,
                    timeout: max(left, .milliseconds(1))))
            if Task.isCancelled { return }
            let disposition = machine.returned(
                call, result, at: environment.now(), jitter: environment.random())
            if disposition == .forgotten { return }
            if case .failure(let failure) = result { sink.failed(call.entry, failure) }
            for service in machine.takeBeganToRest() { sink.rests(service) }
            switch disposition {
            case .completed(let answer):
                running[call.key] = nil
                complete(call, answer)
                signal.yield()
                return
            case .again(let pause):
                // Stopping breaks the pause off, and the call is made again after the start.
                if isStopping {
                    running[call.key] = nil
                    return
                }
                await environment.sleep(pause)
            case .forgotten: return
            }
        }
    }

    private func answer(
        _ request: CompanyRequest
    ) async -> Result<[String: String], CompanyFailure> {
        do throws(CompanyFailure) {
            return .success(try await api.answer(request))
        } catch {
            return .failure(error)
        }
    }

    private func breakOff(_ key: CallMachine.Key) {
        running.removeValue(forKey: key)?.cancel()
    }

    private func complete(_ call: CallMachine.Call, _ answer: CompanyAnswer) {
        sink.completed(CompletedAction(entry: call.entry, outcome: .answered(answer)))
    }
}

/// Where the outcomes of calls go; all return at once.
package struct CallSink: Sendable {
    /// A call was completed.
    package var completed: @Sendable (CompletedAction) -> Void
    /// A try failed, or none was made, whatever follows: for the operator's log.
    package var failed: @Sendable (OutboxEntry, CompanyFailure) -> Void
    /// The system of this name failed so often that it is left alone for a while.
    package var rests: @Sendable (String) -> Void

    /// A sink.
    package init(
        completed: @escaping @Sendable (CompletedAction) -> Void,
        failed: @escaping @Sendable (OutboxEntry, CompanyFailure) -> Void,
        rests: @escaping @Sendable (String) -> Void
    ) {
        self.completed = completed
        self.failed = failed
        self.rests = rests
    }
}
