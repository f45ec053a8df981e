/// How often and how soon a failed call is made again.
package enum RetryPolicy {
    /// Tries after the first for a platform that says it is busy (−1; wecom-kf reference §2.4).
    package static let mostRetriesWhenBusy = 3
    /// How long an action is kept trying while the platform can't be reached at all.
    ///
    /// A customer may well still want the answer after a short outage, and hardly after an hour.
    package static let longestOutage: Duration = .seconds(3600)
    /// How long an account rests after the platform refused the app or the account itself.
    package static let restAfterStop: Duration = .seconds(60)
    /// How long an action waits for an operator to mend configuration or rights: as long as the
    /// platform would still take a reply.
    package static let longestWaitForOperator: Duration = .seconds(48 * 3600)
    /// How long an endpoint rests after 45009 where no ``QuotaLedger`` keeps it shut: the
    /// platform's shortest block window.
    package static let restAfterLimit: Duration = .seconds(60)

    /// No pause before the next attempt is longer.
    package static let longestPause: Duration = .seconds(38)

    /// How far the wall clock may run back without being taken as set back.
    static let largestClockStep: Duration = .seconds(5)

    /// Returns the pause before the next attempt.
    ///
    /// 0.5 s, doubling to 30 s (1 → 0.5 s, 2 → 1 s, 3 → 2 s, 7 → 30 s); `jitter` adds up to a
    /// quarter.
    ///
    /// - Parameters:
    ///   - attempts: Failed attempts so far, 1 or more.
    ///   - jitter: A fraction in `0..<1`, drawn by the caller so that tests can fix it.
    package static func pause(afterFailed attempts: Int, jitter: Double) -> Duration {
        let doublings = min(max(attempts, 1) - 1, 6)
        let seconds = min(0.5 * Double(1 << doublings), 30)
        return .milliseconds(Int64(seconds * (1 + jitter / 4) * 1000))
    }
}
