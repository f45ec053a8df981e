package import Actions
package import Boundary
package import ChatModel
package import Logging
package import Routing
import ServiceLifecycle

/// The thin shell: pullers, performer, timers, recovery, rosters and rule reload around the pure
/// core.
///
/// Every part is a task of one tree. On a graceful shutdown pullers and performer finish the call
/// they are in, the committer writes what came of it, and ``run()`` returns; a kill at any moment
/// loses nothing either, it only repeats.
package final class Engine: Service {
    /// One app of one corp, with its accounts.
    package struct App: Sendable {
        /// The name configuration gives it.
        package var alias: AppAlias
        /// Its calls.
        package var api: PlatformAPI
        /// Its accounts, by the names rule files use.
        package var accounts: [AccountAlias: OpenKfID]
        /// The corp it belongs to, whose quotas it shares with the corp's other apps.
        package var corp: CorpID

        /// An app.
        package init(
            alias: AppAlias, corp: CorpID, api: PlatformAPI, accounts: [AccountAlias: OpenKfID]
        ) {
            self.alias = alias
            self.corp = corp
            self.api = api
            self.accounts = accounts
        }
    }

    private let apps: [App]
    private let store: any ConversationStore
    private let environment: Environment
    private let logger: Logger
    private let committer: Committer
    private let rules: RuleKeeper
    private let gate: QuotaGate
    private let performer: OutboxPerformer
    private let calls: CallPerformer
    private let pullers: [AppAlias: [AccountPuller]]
    private let rosters: [RosterKeeper]
    private let stopping: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    /// An engine that decides with no rules until ``run()`` has loaded the active version.
    ///
    /// - Parameters:
    ///   - apps: The apps it serves.
    ///   - company: The company's own systems that flows may call.
    ///   - store: What it remembers; read and written by this engine alone.
    ///   - environment: Time, chance and the outgoing msgid's hash.
    ///   - firstStart: What to do with an account's history at its first pull.
    ///   - gate: Where calls wait for their turn; run and closed by the engine.
    ///   - logger: What the operator reads.
    package init(
        apps: [App], company: CompanyAPI = .none, store: any ConversationStore,
        environment: Environment, firstStart: FirstStart, gate: QuotaGate, logger: Logger
    ) {
        self.apps = apps
        self.store = store
        self.environment = environment
        self.logger = logger
        var aliases: [OpenKfID: AccountAlias] = [:]
        for app in apps { for (alias, id) in app.accounts { aliases[id] = alias } }

        // The performer hands outcomes to the committer, which hands it entries: the relay
        // closes the circle once both exist.
        let relay = OutcomeRelay()
        let sink = OutcomeSink(
            completed: { relay.committer?.completed($0) },
            failed: { entry, failure in
                if failure.handling == .otherServicer,
                    let keeper = relay.keeper(of: entry.conversation.account)
                {
                    Task { await keeper.want() }
                }
                logger.log(
                    level: failure.handling == .stop ? .error : .warning, "a call failed",
                    metadata: [
                        "account": "\(entry.conversation.account)",
                        "action": "\(entry.action.name)", "cause": "\(entry.id.cause.key)",
                        "code": "\(failure.code.map(String.init) ?? "none")",
                        "meaning": "\(failure.meaning)", "handling": "\(failure.handling.rawValue)",
                        "hint": "\(failure.hint ?? "")",
                    ])
            })
        self.gate = gate
        var accounts: [OpenKfID: OutboxPerformer.Access] = [:]
        for app in apps {
            for id in app.accounts.values {
                accounts[id] = OutboxPerformer.Access(api: app.api, corp: app.corp)
            }
        }
        let performer = OutboxPerformer(
            accounts: accounts, gate: gate, environment: environment, sink: sink)
        self.performer = performer
        let calls = CallPerformer(
            api: company, environment: environment,
            sink: Self.sink(of: relay, logger: logger))
        self.calls = calls
        let committer = Committer(
            router: Router(active: nil, aliases: aliases), version: nil, store: store,
            environment: environment, performer: performer, calls: calls,
            heardOf: { account, servicer in
                guard let keeper = relay.keeper(of: account) else { return }
                Task { await keeper.heard(of: servicer) }
            }, logger: logger)
        relay.set(committer)
        self.committer = committer
        rules = RuleKeeper(
            store: store, committer: committer, aliases: aliases,
            operations: Set(company.tries.keys), environment: environment, logger: logger)
        rosters = apps.flatMap { app in
            let api = app.api.metered(by: gate, as: app.corp, now: environment.now)
            return app.accounts.values.sorted().map { account in
                RosterKeeper(
                    account: account, api: api, committer: committer,
                    environment: environment, logger: logger)
            }
        }
        relay.set(rosters)
        pullers = Dictionary(
            uniqueKeysWithValues: apps.map { app in
                let api = app.api.metered(by: gate, as: app.corp, now: environment.now)
                let pullers = app.accounts.values.sorted().map { account in
                    AccountPuller(
                        account: account, api: api, store: store, committer: committer,
                        environment: environment, firstStart: firstStart, logger: logger)
                }
                return (app.alias, pullers)
            })
        (stopping, stop) = AsyncStream.makeStream()
    }

    /// Where outcomes of calls to the company's systems go.
    private static func sink(of relay: OutcomeRelay, logger: Logger) -> CallSink {
        CallSink(
            completed: { relay.committer?.completed($0) },
            failed: { entry, failure in
                guard case .call(let call) = entry.action else { return }
                logger.log(
                    // While a system is left alone, each of its calls says so: once is enough.
                    level: failure == .unavailable ? .debug : .warning,
                    "a call to a company's system failed",
                    metadata: [
                        "operation": "\(CompanyOperation(of: call))", "why": "\(failure.why)",
                        "detail": "\(failure.detail)",
                        "account": "\(entry.conversation.account)",
                        "cause": "\(entry.id.cause.key)",
                    ])
            },
            rests: { service in
                logger.error(
                    "a company's system failed repeatedly: it is left alone for a while",
                    metadata: ["service": "\(service)"])
            })
    }

    /// A callback of `app` arrived; returns at once, the pull happens elsewhere.
    package func wake(_ app: AppAlias, by wakeUp: WakeUp) {
        for puller in pullers[app] ?? [] {
            if wakeUp.account == nil || wakeUp.account == puller.account {
                Task { await puller.woken(by: wakeUp) }
            }
        }
    }

    /// The platform granted accounts to an app, or withdrew them.
    ///
    /// What was granted is pulled, answered and asked for its servicers at once, if it is one of
    /// ours. Calls on what was withdrawn are refused by the platform (48007) and tried again once a
    /// minute, so that nothing is lost when it is granted again.
    package func accountsChanged(
        of app: AppAlias, granted: [OpenKfID], withdrawn: [OpenKfID]
    ) {
        let ours = Set(apps.filter { $0.alias == app }.flatMap(\.accounts.values))
        for account in granted {
            let words =
                ours.contains(account)
                ? "an account was granted to the app"
                : "an account was granted that the configuration does not name; add it under "
                    + "'accounts' to serve it"
            logger.notice(
                "\(words)", metadata: ["app": "\(app)", "account": "\(account)"])
            guard ours.contains(account) else { continue }
            noteGrant(true, of: account, to: app)
            wake(app, by: WakeUp(account: account, token: nil, createdAt: nil))
            let roster = rosters.first { $0.account == account }
            Task {
                await performer.endRest(of: account)
                await roster?.want()
            }
        }
        for account in withdrawn {
            let words =
                "an account was withdrawn from the app; tick it again in the console (微信客服 → "
                + "通过API管理微信客服账号), or take it out of the configuration"
            logger.log(
                level: ours.contains(account) ? .error : .notice, "\(words)",
                metadata: ["app": "\(app)", "account": "\(account)"])
            noteGrant(false, of: account, to: app)
        }
    }

    private func noteGrant(_ isGranted: Bool, of account: OpenKfID, to app: AppAlias) {
        for puller in pullers[app] ?? [] where puller.account == account {
            Task { await puller.noteGrant(isGranted) }
        }
    }

    /// Runs until a graceful shutdown.
    ///
    /// - Throws: ``StoreError`` when the store can't be read at start.
    package func run() async throws {
        // The versions that conversations are on are at hand before the first page comes.
        await rules.refresh()
        let pending = try await store.pendingOutbox()
        try await rememberCalls()
        try await withGracefulShutdownHandler {
            try await run(recovering: pending)
        } onGracefulShutdown: {
            self.logger.notice("stopping: calls under way come back first")
            self.stop.finish()
        }
    }

    /// Takes over at once what the store says of the rules, instead of within a second, and tries
    /// versions again that could not be loaded.
    package func reloadRules() async { await rules.refresh(again: true) }

    private func run(recovering pending: [OutboxEntry]) async throws {
        async let committing: Void = committer.run()
        await withTaskGroup { group in
            group.addTask { await self.gate.run() }
            group.addTask { await self.performer.run() }
            group.addTask { await self.calls.run() }
            // Nothing else waits for what the company's systems answer.
            await calls.enqueue(pending.filter(\.isCall))
            let transferring = Set(pending.lazy.filter(\.isTransfer).map(\.conversation))
            await recover(pending.filter { !transferring.contains($0.conversation) })
            for puller in pullers.values.joined() { group.addTask { await puller.run() } }
            for roster in rosters { group.addTask { await roster.run() } }
            group.addTask { await self.recoverTransfers(of: transferring, among: pending) }
            // Cancelled when this scope ends, unlike the calls under way, which come back.
            async let _ = tick()
            for await _ in stopping {}
            for puller in pullers.values.joined() { await puller.stop() }
            for roster in rosters { await roster.stop() }
            await performer.stop()
            gate.close()
            await calls.stop()
        }
        committer.stop()
        await committing
    }

    /// What was called within the last hour counts against the quotas after a restart as before.
    private func rememberCalls() async throws(StoreError) {
        var corps: [OpenKfID: CorpID] = [:]
        for app in apps { for account in app.accounts.values { corps[account] = app.corp } }
        let calls = try await store.calls(since: environment.now() - .seconds(3600))
        gate.withLedger { ledger in
            for past in calls {
                guard let corp = corps[past.account] else { continue }
                ledger.remember(past.count, of: ledger.line(past.endpoint, of: corp), at: past.at)
            }
        }
    }

    /// Hands the performer what a stop or a crash left over, as possibly done already.
    private func recover(_ pending: [OutboxEntry]) async {
        guard !pending.isEmpty else { return }
        logger.info("taking up the outbox", metadata: ["entries": "\(pending.count)"])
        await performer.enqueue(
            pending.map { entry in
                var entry = entry
                entry.isUncertain = true
                return entry
            })
    }

    /// Takes up the conversations that wait for a transfer, once what their customers wrote since
    /// is known, or after 2 s: it can tell whether the session is still the one that was meant.
    ///
    /// Nothing overtakes them meanwhile, since the core says nothing while a transfer is under way.
    private func recoverTransfers(
        of conversations: Set<ConversationID>, among pending: [OutboxEntry]
    ) async {
        if conversations.isEmpty { return }
        for _ in 0..<100 {
            var isKnown = true
            for puller in pullers.values.joined() where await !puller.hasCaughtUp {
                isKnown = false
            }
            if isKnown { break }
            await environment.sleep(.milliseconds(20))
        }
        let left: Set<OutboxKey>
        do throws(StoreError) {
            // What was pulled may have withdrawn some of them.
            left = Set(try await store.pendingOutbox().map(OutboxKey.init))
        } catch {
            // The platform's word on the session protects a withdrawn one from being made.
            logger.error("reading the outbox failed", metadata: ["reason": "\(error.reason)"])
            left = Set(pending.map(OutboxKey.init))
        }
        await recover(
            pending.filter {
                conversations.contains($0.conversation) && left.contains(OutboxKey($0))
            })
    }

    /// What tells outbox entries apart: an action's id is unique within its account.
    private struct OutboxKey: Hashable {
        let id: ActionID
        let conversation: ConversationID

        init(_ entry: OutboxEntry) { (id, conversation) = (entry.id, entry.conversation) }
    }

    /// Once a second: timers that fell due, newly activated versions, accounts long silent.
    private func tick() async {
        while !Task.isCancelled {
            await environment.sleep(.seconds(1))
            if Task.isCancelled { return }
            do throws(StoreError) {
                committer.fired(try await store.timers(dueBy: environment.now(), limit: 500))
            } catch {
                logger.error("reading the store failed", metadata: ["reason": "\(error.reason)"])
            }
            await rules.refresh()
            for puller in pullers.values.joined() { await puller.sweep() }
            for roster in rosters { await roster.sweep() }
        }
    }

    // MARK: Readiness

    /// How each account's pulling stands.
    package func pullStatuses() async -> [OpenKfID: PullStatus] {
        var statuses: [OpenKfID: PullStatus] = [:]
        for puller in pullers.values.joined() { statuses[puller.account] = await puller.status }
        return statuses
    }

    /// Calls to the company's systems that are waiting or under way.
    package func callCount() async -> Int { await calls.count }

    /// Entries waiting or under way, by app.
    package func outboxCounts() async -> [AppAlias: Int] {
        let counts = await performer.counts
        return Dictionary(
            uniqueKeysWithValues: apps.map { app in
                (app.alias, app.accounts.values.reduce(0) { $0 + (counts[$1] ?? 0) })
            })
    }

    /// How every endpoint of every corp stands that was ever called: for metrics and pages.
    package func quotas() async -> [QuotaStatus] { await performer.quotas() }

    /// The version that decides now.
    package var version: RuleSetVersion? { committer.version }
}

extension OutboxEntry {
    fileprivate var isTransfer: Bool { if case .transfer = action { true } else { false } }
}

extension Action {
    /// The action's kind, for the log.
    fileprivate var name: String {
        switch self {
        case .send: "send_msg"
        case .sendOnEvent: "send_msg_on_event"
        case .transfer(let target): "trans:\(target.number)"
        case .upgrade: "upgrade"
        case .call: "call"
        }
    }
}
