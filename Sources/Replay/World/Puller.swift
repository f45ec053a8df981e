import ChatModel
import PlatformSimulator
import Routing
import RuleFiles

/// What the bot's puller remembers: when it may pull, and with which token.
struct Puller: Sendable {
    /// Pulls without a callback's token are limited strictly; the pace production keeps.
    static let tokenlessPace: Duration = .seconds(65)
    /// How long a callback's token is used; the platform honours it for ten minutes.
    static let tokenLife: Duration = .seconds(9 * 60)
    /// Pages that bring nothing and move nothing, though the platform says there is more.
    static let mostStandstills = 20

    var isWanted = true
    var hasPosition = false
    var token: (value: SyncToken, until: Timestamp)?
    var lastTokenless: Timestamp?
    var pulledAt: Timestamp?
    var startedAt: Timestamp
    var failures = 0
    /// Not before this, after a failure.
    var restsUntil: Timestamp?

    init(startedAt: Timestamp) { self.startedAt = startedAt }

    /// A callback says that there is news.
    mutating func woken(with token: SyncToken, createdAt: Timestamp, at now: Timestamp) {
        startedAt = min(startedAt, createdAt)
        self.token = (token, now + Self.tokenLife)
        isWanted = true
    }

    /// When the account has been silent for so long that a callback may have been missed.
    var sweepsAt: Timestamp {
        max(lastTokenless ?? startedAt, pulledAt ?? startedAt) + Self.tokenlessPace
    }

    /// When it pulls next by itself.
    func nextPull(after now: Timestamp) -> Timestamp {
        guard isWanted else { return sweepsAt }
        if let restsUntil, restsUntil > now { return restsUntil }
        return max(now, (lastTokenless ?? startedAt) + Self.tokenlessPace)
    }
}

/// Pulling as production pulls: until there is nothing more, or until trying further must wait.
extension World {
    /// - Returns: Whether anything was pulled or tried.
    mutating func pull() -> Bool {
        if now >= puller.sweepsAt { puller.isWanted = true }
        var hasPulled = false
        while puller.isWanted {
            if let rest = puller.restsUntil, rest > now { break }
            if !puller.hasPosition { loadPosition() }
            if let token = puller.token, token.until <= now { puller.token = nil }
            if puller.token == nil {
                if let last = puller.lastTokenless, now - last < Puller.tokenlessPace { break }
                puller.lastTokenless = now
            }
            puller.isWanted = false
            hasPulled = true
            if let failure = pullAll(token: puller.token?.value) {
                recover(from: failure)
            } else {
                puller.failures = 0
            }
        }
        return hasPulled
    }

    private mutating func loadPosition() {
        puller.hasPosition = true
        if puller.token == nil, let position, let token = position.token {
            puller.token = (token, position.committedAt + Puller.tokenLife)
        }
    }

    /// Pulls page by page and commits each; the failure that stopped it, if one did.
    private mutating func pullAll(token: SyncToken?) -> PlatformFailure? {
        guard position != nil else { return pullHistory(token: token) }
        var hasMore = true
        var standstill = 0
        while hasMore {
            // An empty cursor is none: the client leaves it out.
            let cursor = position.flatMap { $0.cursor.rawValue.isEmpty ? nil : $0.cursor }
            switch calls.pull(account, cursor: cursor, token: token, on: &platform) {
            case .failure(let failure): return failure
            case .success(let page):
                if !page.rows.isEmpty || page.next != position?.cursor {
                    commit(
                        .page(
                            Work.Page(
                                account: account, rows: rows(of: page), next: page.next,
                                token: token)))
                } else if page.hasMore {
                    standstill += 1
                    if standstill > Puller.mostStandstills { return .standstill }
                }
                hasMore = page.hasMore
                puller.pulledAt = now
            }
        }
        return nil
    }

    /// The very first pull of an account: its history becomes one page.
    private mutating func pullHistory(token: SyncToken?) -> PlatformFailure? {
        var rows: [Inbound] = []
        var cursor: SyncCursor?
        while true {
            switch calls.pull(account, cursor: cursor, token: token, on: &platform) {
            case .failure(let failure): return failure
            case .success(let page):
                rows += self.rows(of: page)
                puller.pulledAt = now
                cursor = page.next
                if page.hasMore { continue }
                let history = Work.Page(
                    account: account, rows: rows, next: page.next, token: token)
                let first = FirstStart.skip.page(
                    history, startedAt: puller.startedAt, answered: [], now: now)
                commit(.page(first))
                return nil
            }
        }
    }

    private mutating func recover(from failure: PlatformFailure) {
        puller.failures += 1
        puller.isWanted = true
        chronicle.note(.bot, Bilingual("sync_msg"), at: now, result: Self.words(failure))
        let pause: Duration
        switch failure.handling {
        case .withoutToken where puller.failures == 1:
            puller.token = nil
            pause = .zero
        case .resetCursor where puller.failures == 1:
            position?.cursor = ""
            pause = .zero
        case .wait: pause = RetryPolicy.restAfterLimit
        case .stop, .refresh: pause = RetryPolicy.restAfterStop
        default:
            pause = RetryPolicy.pause(afterFailed: puller.failures, jitter: jitter())
        }
        puller.restsUntil = pause > .zero ? now + pause : nil
    }

    /// The page's rows, without the welcome codes the platform keeps to itself.
    private func rows(of page: SyncPage) -> [Inbound] {
        guard !withheldCodes.isEmpty else { return page.rows }
        return page.rows.map { row in
            guard withheldCodes.contains(row.msgID),
                case .event(.entered(let customer, var entrance)) = row.content
            else { return row }
            entrance.welcomeCode = nil
            return Inbound(
                msgID: row.msgID, account: row.account, sentAt: row.sentAt,
                content: .event(.entered(customer, entrance)), raw: row.raw)
        }
    }
}

extension PlatformFailure {
    fileprivate static let standstill = PlatformFailure(
        code: nil, handling: .retry,
        meaning: "sync_msg keeps saying there is more, but its cursor stands still")
}
