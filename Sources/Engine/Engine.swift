import Actions
package import Boundary
package import ChatModel
package import Logging
package import Routing
import RuleEngine
import ServiceLifecycle

/// The thin shell: pullers, performers, timers, recovery and rule reload around the pure core.
///
/// Every part is a task of one tree. On a graceful shutdown pullers and performers finish the call
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
        /// The quota of each endpoint; `nil` for none.
        package var callsPerMinute: Int?

        /// An app.
        package init(
            alias: AppAlias, api: PlatformAPI, accounts: [AccountAlias: OpenKfID],
            callsPerMinute: Int?
        ) {
            self.alias = alias
            self.api = api
            self.accounts = accounts
            self.callsPerMinute = callsPerMinute
        }
    }

    private let apps: [App]
    private let store: any ConversationStore
    private let environment: Environment
    private let logger: Logger
    private let aliases: [OpenKfID: AccountAlias]
    private let committer: Committer
    private let performers: [AppAlias: OutboxPerformer]
    private let pullers: [AppAlias: [AccountPuller]]
    private let stopping: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    /// An engine that decides with no rules until ``run()`` has loaded the active version.
    package init(
        apps: [App], store: any ConversationStore, environment: Environment,
        firstStart: FirstStart, logger: Logger
    ) {
        self.apps = apps
        self.store = store
        self.environment = environment
        self.logger = logger
        var aliases: [OpenKfID: AccountAlias] = [:]
        for app in apps { for (alias, id) in app.accounts { aliases[id] = alias } }
        self.aliases = aliases

        // Performers hand outcomes to the committer, which hands entries to performers: the relay
        // closes the circle once both exist.
        let relay = OutcomeRelay()
        let sink = OutcomeSink(
            completed: { relay.committer?.completed($0) },
            failed: { entry, failure in
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
        var performers: [AppAlias: OutboxPerformer] = [:]
        var byAccount: [OpenKfID: OutboxPerformer] = [:]
        for app in apps {
            let performer = OutboxPerformer(
                api: app.api, environment: environment, callsPerMinute: app.callsPerMinute,
                sink: sink)
            performers[app.alias] = performer
            for id in app.accounts.values { byAccount[id] = performer }
        }
        self.performers = performers
        let committer = Committer(
            router: Router(rules: nil, aliases: aliases), version: nil, store: store,
            environment: environment, performers: byAccount, logger: logger)
        relay.set(committer)
        self.committer = committer
        pullers = Dictionary(
            uniqueKeysWithValues: apps.map { app in
                let pullers = app.accounts.values.sorted().map { account in
                    AccountPuller(
                        account: account, api: app.api, store: store, committer: committer,
                        environment: environment, firstStart: firstStart, logger: logger)
                }
                return (app.alias, pullers)
            })
        (stopping, stop) = AsyncStream.makeStream()
    }

    /// A callback of `app` arrived; returns at once, the pull happens elsewhere.
    package func wake(_ app: AppAlias, by wakeUp: WakeUp) {
        for puller in pullers[app] ?? [] {
            if wakeUp.account == nil || wakeUp.account == puller.account {
                Task { await puller.woken(by: wakeUp) }
            }
        }
    }

    /// Runs until a graceful shutdown.
    ///
    /// - Throws: ``StoreError`` when the store can't be read at start.
    package func run() async throws {
        await reloadRules()
        let pending = try await store.pendingOutbox()
        try await withGracefulShutdownHandler {
            try await run(recovering: pending)
        } onGracefulShutdown: {
            self.stop.finish()
        }
    }

    private func run(recovering pending: [OutboxEntry]) async throws {
        async let committing: Void = committer.run()
        await withTaskGroup { group in
            for performer in performers.values { group.addTask { await performer.run() } }
            let transferring = Set(pending.lazy.filter(\.isTransfer).map(\.conversation))
            await recover(pending.filter { !transferring.contains($0.conversation) })
            for puller in pullers.values.joined() { group.addTask { await puller.run() } }
            group.addTask { await self.recoverTransfers(of: transferring, among: pending) }
            // Cancelled when this scope ends, unlike the calls under way, which come back.
            async let _ = tick()
            for await _ in stopping {}
            for puller in pullers.values.joined() { await puller.stop() }
            for performer in performers.values { await performer.stop() }
        }
        committer.stop()
        await committing
    }

    /// Hands the performers what a stop or a crash left over, as possibly done already.
    private func recover(_ pending: [OutboxEntry]) async {
        guard !pending.isEmpty else { return }
        logger.info("taking up the outbox", metadata: ["entries": "\(pending.count)"])
        for app in apps {
            let ids = Set(app.accounts.values)
            let own = pending.filter { ids.contains($0.conversation.account) }
            await performers[app.alias]?.enqueue(
                own.map { entry in
                    var entry = entry
                    entry.isUncertain = true
                    return entry
                })
        }
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

    /// Once a second: timers that fell due, a newly activated version, accounts long silent.
    private func tick() async {
        // A version that can't be compiled is tried once, not every second.
        var tried: RuleSetVersion?
        while !Task.isCancelled {
            await environment.sleep(.seconds(1))
            if Task.isCancelled { return }
            do throws(StoreError) {
                committer.fired(try await store.timers(dueBy: environment.now(), limit: 500))
                let active = try await store.activeVersionID()
                if active != committer.version, active != tried, await reloadRules() {
                    tried = active
                }
            } catch {
                logger.error("reading the store failed", metadata: ["reason": "\(error.reason)"])
            }
            for puller in pullers.values.joined() { await puller.sweep() }
        }
    }

    /// Compiles the active version and lets it decide from the next piece of news on.
    ///
    /// - Returns: Whether it could at least be read.
    @discardableResult
    private func reloadRules() async -> Bool {
        do {
            guard let active = try await store.activeVersion() else { return true }
            let rules = try RuleSet(active.definition)
            committer.activate(Router(rules: rules, aliases: aliases), version: active.id)
            logger.notice(
                "rules are active",
                metadata: [
                    "version": "\(active.id)",
                    "rules": "\(active.definition.bundles.reduce(0) { $0 + $1.rules.count })",
                ])
            noteAccounts(of: active.definition)
            return true
        } catch {
            // Whatever decided before goes on deciding.
            logger.error("loading rules failed", metadata: ["reason": "\(error)"])
            return !(error is StoreError)
        }
    }

    /// Says which accounts have no rules, and which rules have no account: either is easily a
    /// misspelt alias.
    private func noteAccounts(of definition: RuleSetDefinition) {
        let served = Set(definition.bundles.flatMap(\.accounts))
        let configured = Set(aliases.values)
        func list(_ aliases: Set<AccountAlias>) -> Logger.MetadataValue {
            "\(aliases.sorted().map(\.rawValue).joined(separator: ", "))"
        }
        let silent = configured.subtracting(served)
        if !silent.isEmpty {
            logger.warning(
                "no rules serve these accounts: nobody who writes to them is answered",
                metadata: ["accounts": list(silent)])
        }
        let unknown = served.subtracting(configured)
        if !unknown.isEmpty {
            logger.notice(
                "rules name accounts that the configuration does not have",
                metadata: ["accounts": list(unknown)])
        }
    }

    // MARK: Readiness

    /// How each account's pulling stands.
    package func pullStatuses() async -> [OpenKfID: PullStatus] {
        var statuses: [OpenKfID: PullStatus] = [:]
        for puller in pullers.values.joined() { statuses[puller.account] = await puller.status }
        return statuses
    }

    /// Entries waiting or under way, by app.
    package func outboxCounts() async -> [AppAlias: Int] {
        var counts: [AppAlias: Int] = [:]
        for (alias, performer) in performers { counts[alias] = await performer.count }
        return counts
    }

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
        }
    }
}
