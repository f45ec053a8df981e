import ChatModel

/// The pause after 45009: as long as the window that was overrun (wecom-kf reference §15).
///
/// Where the window isn't known it is a minute; when the first call after a pause is refused again
/// the next pause is twice as long, up to an hour. After a pause one call goes ahead alone, so that
/// a wrong guess costs one refusal.
struct QuotaBlock: Sendable {
    private var until: Timestamp?
    private var strikes = 0
    /// Whether the call that tells if the block is over is still to be answered.
    private(set) var isProbing = false

    private static let shortest: Duration = .seconds(60)
    private static let longest: Duration = .seconds(3600)

    /// When it ends; `nil` when it is over.
    func end(after now: Timestamp) -> Timestamp? { until.flatMap { $0 > now ? $0 : nil } }

    /// A call made at `calledAt` was refused; those that were under way when the block began
    /// change nothing.
    mutating func begin(calledAt: Timestamp, window: Duration?, at now: Timestamp) {
        if let until, calledAt < until { return }
        var pause = Self.shortest * (1 << min(strikes, 6))
        if let window { pause = max(pause, window) }
        until = now + min(pause, Self.longest)
        strikes += 1
        isProbing = true
    }

    /// A call made at `calledAt` was let in.
    mutating func passed(calledAt: Timestamp) {
        if let until, calledAt < until { return }
        if isProbing { self = QuotaBlock() }
    }
}
