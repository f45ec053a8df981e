import Boundary
package import ChatModel
import Logging
import Routing

/// Pulls one account: serially, woken by callbacks, and now and then without one.
///
/// Wake-ups that arrive during a pull, or while it waits for its turn within the quota, are merged
/// into one more pull. The cursor moves only with a
/// committed page, so a crash anywhere pulls the same rows again and the inbox knows them.
actor AccountPuller {
    /// The platform limits pulls without a token strictly and doesn't say how: once a minute and
    /// account is taken as safe (wecom-kf reference §15).
    static let tokenlessPace: Duration = .seconds(65)
    /// Pages that bring nothing and move nothing, though the platform says there is more.
    static let mostStandstills = 20
    /// How long trouble keeps us from trying again, whatever callbacks come.
    static let shortestRest: Duration = .seconds(1)
    /// How long the platform honours a callback's token, with a margin.
    static let tokenLife: Duration = .seconds(9 * 60)

    let account: OpenKfID
    private let api: PlatformAPI
    private let store: any ConversationStore
    private let committer: Committer
    private let environment: Environment
    private let firstStart: FirstStart
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    private var position: AccountPosition?
    private var hasPosition = false
    /// Whether there is, or may be, something to pull.
    private var isWanted = true
    /// The newest token, from a callback or from before a restart, until its time is over.
    private var token: (value: SyncToken, until: Timestamp)?
    /// The token of the pull under way; a newer one may have come meanwhile.
    private var pullingWith: SyncToken?
    private var startedAt: Timestamp
    private var lastTokenless: Timestamp?
    private var failures = 0
    private var isStopping = false
    private(set) var status = PullStatus()
    /// Whether the first pull is over: what came while nobody pulled is known, or can't be had now.
    private(set) var hasCaughtUp = false

    init(
        account: OpenKfID, api: PlatformAPI, store: any ConversationStore, committer: Committer,
        environment: Environment, firstStart: FirstStart, logger: Logger
    ) {
        self.account = account
        self.api = api
        self.store = store
        self.committer = committer
        self.environment = environment
        self.firstStart = firstStart
        self.logger = logger
        startedAt = environment.now()
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A callback says that there is news.
    func woken(by wakeUp: WakeUp) {
        if let created = wakeUp.createdAt { startedAt = min(startedAt, created) }
        let now = environment.now()
        if let value = wakeUp.token { token = (value, now + Self.tokenLife) }
        status.wokenAt = now
        status.wakeUps += 1
        isWanted = true
        signal.yield()
    }

    /// A callback says that the account was taken from the app, or given back: known before a pull
    /// is refused, or comes through.
    func noteGrant(_ isGranted: Bool) {
        let code = PlatformErrorCode.accountNotGranted.rawValue
        if isGranted, status.code != code { return }
        status.problem = isGranted ? nil : "the account was withdrawn from the app"
        status.code = isGranted ? nil : code
    }

    func stop() {
        isStopping = true
        signal.yield()
        signal.finish()
    }

    /// Pulls at once, then whenever woken, until ``stop()``.
    func run() async {
        await catchUp()
        hasCaughtUp = true
        for await _ in signals {
            if isStopping { return }
            await catchUp()
        }
    }

    /// Wakes the puller when something is left to pull, or when it was silent for so long that a
    /// callback may have been missed.
    func sweep() {
        let last = max(lastTokenless ?? startedAt, status.pulledAt ?? startedAt)
        let silence = environment.now() - last
        // Negative after the clock was set back: don't wait for it to catch up.
        if silence >= Self.tokenlessPace || silence < .zero { isWanted = true }
        if isWanted { signal.yield() }
    }

    // MARK: Pulling

    /// Pulls until there is nothing more, or until trying further must wait.
    private func catchUp() async {
        while isWanted, !isStopping {
            do throws(PullProblem) {
                if !hasPosition { try await loadPosition() }
                let now = environment.now()
                if let token, token.until <= now { self.token = nil }
                if token == nil {
                    // Too soon for a pull without a token: a sweep comes back to it.
                    if let lastTokenless, now >= lastTokenless,
                        now - lastTokenless < Self.tokenlessPace
                    {
                        return
                    }
                    lastTokenless = now
                }
                isWanted = false
                pullingWith = token?.value
                try await pullAll(token: pullingWith)
                failures = 0
                status.problem = nil
                status.code = nil
            } catch {
                isWanted = true
                await recover(from: error)
            }
        }
    }

    private func loadPosition() async throws(PullProblem) {
        do throws(StoreError) {
            position = try await store.position(of: account)
        } catch {
            throw .store(error)
        }
        hasPosition = true
        // A restart: the token of the last page may still open the door.
        if token == nil, let stored = position, let value = stored.token {
            token = (value, stored.committedAt + Self.tokenLife)
        }
    }

    private enum PullProblem: Error {
        case platform(PlatformFailure)
        case store(StoreError)
    }

    private func pullAll(token: SyncToken?) async throws(PullProblem) {
        guard position != nil else { return try await pullHistory(token: token) }
        var standstill = 0
        var coming: PulledPage? = try await pull(token: token)
        while let page = coming, !isStopping {
            // "More" without moving on must not keep us busy for ever.
            standstill = page.next == position?.cursor ? standstill + 1 : 0
            if page.hasMore, standstill > Self.mostStandstills { throw .platform(.standstill) }
            // The next page comes while this one is committed. If that fails it is thrown away,
            // and pulled again: the cursor moves with what is committed alone.
            async let following = page.hasMore ? pulled(token: token, from: page.next) : nil
            if !page.rows.isEmpty || page.next != position?.cursor {
                try await commit(
                    Work.Page(
                        account: account, rows: page.rows, next: page.next, token: token))
            }
            status.pulledAt = environment.now()
            coming = try await following?.get()
        }
    }

    /// The very first pull: the whole history becomes one page, so that a crash in between can't
    /// leave half of it to be answered as news.
    private func pullHistory(token: SyncToken?) async throws(PullProblem) {
        var rows: [Inbound] = []
        var cursor: SyncCursor?
        var hasMore = true
        var standstill = 0
        while hasMore, !isStopping {
            let page = try await pull(token: token, from: cursor)
            standstill = page.next == cursor ? standstill + 1 : 0
            if page.hasMore, standstill > Self.mostStandstills { throw .platform(.standstill) }
            rows.append(contentsOf: page.rows)
            (cursor, hasMore) = (page.next, page.hasMore)
        }
        guard let cursor, !hasMore else { return }
        let customers = Set(rows.lazy.compactMap(\.customer))
        let answered: Set<ExternalUserID>
        do throws(StoreError) {
            answered = try await store.answeredCustomers(of: account, among: customers)
        } catch {
            throw .store(error)
        }
        let page = Work.Page(account: account, rows: rows, next: cursor, token: token)
        try await commit(
            firstStart.page(
                page, startedAt: startedAt, answered: answered, now: environment.now()))
        logger.info(
            "first pull of an account",
            metadata: ["account": "\(account)", "rows": "\(rows.count)"])
        status.pulledAt = environment.now()
    }

    private func pulled(
        token: SyncToken?, from cursor: SyncCursor
    ) async -> Result<PulledPage, PullProblem> {
        do throws(PullProblem) {
            return .success(try await pull(token: token, from: cursor))
        } catch {
            return .failure(error)
        }
    }

    private func pull(
        token: SyncToken?, from cursor: SyncCursor? = nil
    ) async throws(PullProblem) -> PulledPage {
        status.pulls += 1
        do throws(PlatformFailure) {
            return try await api.pull(
                PullRequest(account: account, cursor: cursor ?? position?.cursor, token: token))
        } catch {
            throw .platform(error)
        }
    }

    private func commit(_ page: Work.Page) async throws(PullProblem) {
        do throws(StoreError) {
            _ = try await committer.commit(.page(page))
        } catch {
            throw .store(error)
        }
        position = AccountPosition(
            cursor: page.next, token: page.token, committedAt: environment.now())
    }

    // MARK: Trouble

    private func recover(from problem: PullProblem) async {
        failures += 1
        let pause: Duration
        switch problem {
        case .platform(let failure):
            status.problem = failure.meaning
            status.code = failure.code
            logger.warning(
                "pulling failed",
                metadata: [
                    "account": "\(account)", "code": "\(failure.code.map(String.init) ?? "none")",
                    "meaning": "\(failure.meaning)", "handling": "\(failure.handling.rawValue)",
                ])
            switch failure.handling {
            case .withoutToken:
                // One that came during the pull may well be good.
                if token?.value == pullingWith { token = nil }
                pause = .zero
            case .resetCursor where position.map({ $0.cursor != "" }) ?? false:
                // The inbox tells the rows it has from those it hasn't.
                position?.cursor = ""
                pause = .zero
            case .wait:
                // Without a token the pace sees to it, and a callback's token needn't wait; with
                // one the next pull waits at the gate until the block is over.
                pause = .zero
            case .stop, .refresh:
                pause = RetryPolicy.restAfterStop
            default:
                pause = RetryPolicy.pause(
                    afterFailed: failures, jitter: environment.random())
            }
        case .store(let error):
            status.problem = error.reason
            status.code = nil
            logger.error(
                "recording a page failed",
                metadata: ["account": "\(account)", "reason": "\(error.reason)"])
            pause = RetryPolicy.pause(afterFailed: failures, jitter: environment.random())
        }
        await rest(for: pause)
    }

    /// Rests, in slices, so that stopping is noticed soon.
    ///
    /// A callback ends it: the platform speaks to us, and what it speaks of may be a welcome code
    /// with 20 seconds to live. Not within ``shortestRest``, since in a storm callbacks never end.
    private func rest(for pause: Duration) async {
        let wakeUpsBefore = status.wakeUps
        var rested: Duration = .zero
        while rested < pause, !isStopping {
            if rested >= Self.shortestRest, status.wakeUps > wakeUpsBefore { return }
            let slice = min(pause - rested, .milliseconds(200))
            await environment.sleep(slice)
            rested += slice
        }
    }
}

extension PlatformFailure {
    fileprivate static let standstill = PlatformFailure(
        code: nil, handling: .retry,
        meaning: "sync_msg keeps saying there is more, but its cursor stands still")
}

/// What a callback says: an account has news.
package struct WakeUp: Hashable, Sendable {
    /// Which account; `nil` when the callback didn't say, and all of the app's are meant.
    package var account: OpenKfID?
    /// Opens `sync_msg` for 10 minutes.
    package var token: SyncToken?
    /// When the platform made the callback.
    package var createdAt: Timestamp?

    /// A wake-up.
    package init(account: OpenKfID?, token: SyncToken?, createdAt: Timestamp?) {
        self.account = account
        self.token = token
        self.createdAt = createdAt
    }
}

/// How an account's pulling stands: what readiness and `doctor` show.
package struct PullStatus: Hashable, Sendable {
    /// When a pull last came through.
    package var pulledAt: Timestamp?
    /// When a callback last came.
    package var wokenAt: Timestamp?
    /// Callbacks since the start.
    package var wakeUps = 0
    /// Calls of `sync_msg` since the start: fewer than callbacks in a storm.
    package var pulls = 0
    /// What the last pull failed with; `nil` when it came through.
    package var problem: String?
    /// The platform's code, where it refused the last pull.
    package var code: Int?
    /// Whether that is a block (45009), which ends by itself.
    package var isBlocked: Bool { code == PlatformErrorCode.rateLimit.rawValue }

    /// Nothing pulled yet.
    package init() {}
}
