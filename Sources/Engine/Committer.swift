import Actions
import Boundary
import ChatModel
import Logging
import Routing
import Synchronization

/// The one place where news becomes rows: pages, outcomes, timers and rosters are carried through the core
/// one after another, and what they order is handed to the performer in the same order.
///
/// One at a time, because a page that withdraws a conversation's answers must not overtake, or be
/// overtaken by, the page that ordered them. The database has one writer anyway. Outcomes that
/// arrive while a transaction runs are committed together with the next.
final class Committer: Sendable {
    private struct State {
        var router: Router
        var version: RuleSetVersion?
        var outcomes: [CompletedAction] = []
        var settlements: [Effects.Settlement] = []
        var timers: [Timer] = []
        var jobs: [Job] = []
        var isStopping = false
    }

    /// A piece of news that somebody waits to see committed: a page, or a list of servicers.
    private struct Job {
        var work: Work
        var done: CheckedContinuation<Result<Effects, StoreError>, Never>
    }

    private let state: Mutex<State>
    private let store: any ConversationStore
    private let environment: Environment
    private let performer: OutboxPerformer
    private let calls: CallPerformer
    /// Hears of the servicers that events speak of.
    private let heardOf: @Sendable (OpenKfID, ServicerID) -> Void
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// A committer that routes with `router` until told otherwise.
    init(
        router: Router, version: RuleSetVersion?, store: any ConversationStore,
        environment: Environment, performer: OutboxPerformer,
        calls: CallPerformer, heardOf: @escaping @Sendable (OpenKfID, ServicerID) -> Void,
        logger: Logger
    ) {
        state = Mutex(State(router: router, version: version))
        self.store = store
        self.environment = environment
        self.performer = performer
        self.calls = calls
        self.heardOf = heardOf
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: News

    /// Commits a page, or a list of servicers, and hands out what it ordered.
    ///
    /// - Throws: ``StoreError`` when nothing of it was written; doing it again is safe.
    func commit(_ work: Work) async throws(StoreError) -> Effects {
        let result = await withCheckedContinuation { done in
            state.withLock { $0.jobs.append(Job(work: work, done: done)) }
            signal.yield()
        }
        return try result.get()
    }

    /// An action came back; returns at once.
    func completed(_ action: CompletedAction) {
        state.withLock { state in
            if case .accepted = action.outcome, !action.entry.changesSessionWhenAccepted {
                state.settlements.append(
                    Effects.Settlement(
                        id: action.entry.id, conversation: action.entry.conversation,
                        status: .done, note: "", at: environment.now()))
            } else {
                state.outcomes.append(action)
            }
        }
        signal.yield()
    }

    /// Timers fell due; returns at once.
    func fired(_ timers: [Timer]) {
        guard !timers.isEmpty else { return }
        // Those not committed yet are still in the store, and so among the new ones.
        state.withLock { $0.timers = timers }
        signal.yield()
    }

    /// From the next piece of news on, `version` decides.
    func activate(_ router: Router, version: RuleSetVersion?) {
        state.withLock { ($0.router, $0.version) = (router, version) }
    }

    /// The version that decides now.
    var version: RuleSetVersion? { state.withLock { $0.version } }

    // MARK: Running

    /// Commits until ``stop()``, then commits what is left.
    func run() async {
        for await _ in signals {
            await commitAll()
            if state.withLock({ $0.isStopping }) { break }
        }
        await commitAll()
        let abandoned = state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in abandoned {
            job.done.resume(returning: .failure(StoreError(.busy, reason: "stopping")))
        }
    }

    /// Ends ``run()``.
    func stop() {
        state.withLock { $0.isStopping = true }
        signal.yield()
        signal.finish()
    }

    private func commitAll() async {
        while true {
            await flushSettlements()
            // In turns: neither a storm of outcomes keeps a page waiting, nor the other way round.
            let outcomesCame = await commitOutcomes()
            let timersCame = await commitTimers()
            let job = state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
            guard let job else {
                if outcomesCame || timersCame { continue }
                return
            }
            do throws(StoreError) {
                job.done.resume(returning: .success(try await carryOut(job.work)))
            } catch {
                job.done.resume(returning: .failure(error))
            }
        }
    }

    /// Marks plain successes; what a failure leaves unmarked is marked with the next news, since
    /// until then it counts against its customer's budget as under way.
    private func flushSettlements() async {
        let settlements = state.withLock { state in
            defer { state.settlements = [] }
            return state.settlements
        }
        guard !settlements.isEmpty else { return }
        do throws(StoreError) {
            try await store.settle(settlements)
        } catch {
            logger.error("marking sent messages failed", metadata: ["reason": "\(error.reason)"])
            state.withLock { $0.settlements.insert(contentsOf: settlements, at: 0) }
        }
    }

    private func commitOutcomes() async -> Bool {
        let outcomes = state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
        guard !outcomes.isEmpty else { return false }
        do throws(StoreError) {
            _ = try await carryOut(.outcomes(outcomes))
            await release(outcomes)
            return true
        } catch {
            logger.error("recording outcomes failed", metadata: ["reason": "\(error.reason)"])
            if error.isTransient || outcomes.count == 1 { return await keep(outcomes) }
            // One bad row must not hold up the others: each on its own, and the bad ones again.
            var bad: [CompletedAction] = []
            for outcome in outcomes {
                do throws(StoreError) {
                    _ = try await carryOut(.outcomes([outcome]))
                    await release([outcome])
                } catch {
                    bad.append(outcome)
                }
            }
            return bad.isEmpty ? true : await keep(bad)
        }
    }

    /// Lets the conversations go on whose outcomes the core has heard of.
    ///
    /// Calls hold nothing up, and must not release what another outcome holds.
    private func release(_ outcomes: [CompletedAction]) async {
        await performer.release(outcomes.map(\.entry).filter { !$0.isCall })
    }

    /// Keeps outcomes that could not be recorded: their conversations stay held meanwhile, so
    /// that order is kept and nothing is forgotten.
    private func keep(_ outcomes: [CompletedAction]) async -> Bool {
        state.withLock { $0.outcomes.insert(contentsOf: outcomes, at: 0) }
        await environment.sleep(.seconds(1))
        signal.yield()
        return false
    }

    private func commitTimers() async -> Bool {
        let timers = state.withLock { state in
            defer { state.timers = [] }
            return state.timers
        }
        guard !timers.isEmpty else { return false }
        do throws(StoreError) {
            _ = try await carryOut(.timers(timers))
        } catch {
            // Still due, so the next look finds them again.
            logger.error("recording timers failed", metadata: ["reason": "\(error.reason)"])
            return false
        }
        return true
    }

    /// One transaction, and what it ordered handed out in its order.
    private func carryOut(_ work: Work) async throws(StoreError) -> Effects {
        let (router, version) = state.withLock { ($0.router, $0.version) }
        let now = environment.now()
        let effects = try await store.commit(work, version: version, now: now) { snapshot in
            router.step(work, on: snapshot, now: now)
        }
        let cancelled = effects.cancelled.map(\.conversation)
        if !cancelled.isEmpty {
            await performer.cancel(cancelled)
            await calls.cancel(cancelled)
        }
        for entry in effects.journal where entry.what.hasPrefix("delivery_failed:") {
            logger.warning(
                "the platform did not deliver a message it had accepted",
                metadata: ["account": "\(entry.account)", "reason": "\(entry.what)"])
        }
        let withdrawn = effects.settled.filter { $0.status == .cancelled }
        if !withdrawn.isEmpty {
            await performer.withdraw(withdrawn.map { ($0.id, $0.conversation) })
            await calls.withdraw(withdrawn.map { ($0.id, $0.conversation) })
        }
        await performer.enqueue(effects.outbox.filter { !$0.isCall })
        let ordered = effects.outbox.filter(\.isCall)
        if !ordered.isEmpty { await calls.enqueue(ordered) }
        for row in work.rows {
            guard case .event(.servicerStatusChanged(let servicer, _)) = row.content else {
                continue
            }
            heardOf(row.account, servicer)
        }
        return effects
    }
}

extension OutboxEntry {
    /// Whether success is more than a mark: a transfer's may carry a code and moves the session.
    fileprivate var changesSessionWhenAccepted: Bool {
        if case .transfer = action { true } else { false }
    }

    /// Whether it is a call to the company's own systems.
    var isCall: Bool { if case .call = action { true } else { false } }
}
