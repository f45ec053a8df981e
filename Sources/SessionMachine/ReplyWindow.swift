package import ChatModel

/// The platform's allowance for `send_msg`: 48 hours and 5 messages since the customer last wrote
/// (wecom-kf reference §9.2).
package struct ReplyWindow: Hashable, Sendable, Codable {
    /// Messages allowed for one message of the customer.
    package static let budget = 5
    /// Time allowed since the customer last wrote.
    package static let length: Duration = .seconds(48 * 3600)

    /// When the customer last wrote; `nil` before the first time.
    package private(set) var openedAt: Timestamp?
    /// Messages ordered since, whether or not the platform has confirmed them yet.
    package private(set) var ordered = 0

    /// When the last message was ordered, by our clock; `nil` when we were not told.
    package private(set) var orderedAt: Timestamp?

    /// A window that was never opened.
    package init() {}

    /// A window as a store kept it.
    package init(openedAt: Timestamp?, ordered: Int, orderedAt: Timestamp? = nil) {
        self.openedAt = openedAt
        self.ordered = ordered
        self.orderedAt = orderedAt
    }

    /// Messages that may still be ordered.
    package var left: Int { max(0, Self.budget - ordered) }

    /// The customer wrote at `time`, while `pending` earlier messages are ordered but unconfirmed.
    ///
    /// The platform's counter starts anew at `time`. What is still under way will count against
    /// it, and so does what we ordered after `time` because the news reached us late. A message
    /// older than the last one restarts nothing.
    package mutating func customerWrote(at time: Timestamp, pending: Int) {
        if let openedAt, time.seconds < openedAt.seconds { return }
        openedAt = max(openedAt ?? time, time)
        let isNews = orderedAt.map { $0.seconds < time.seconds } ?? true
        ordered = isNews ? pending : max(ordered, pending)
    }

    /// One more message was ordered at `time`.
    package mutating func orderedOne(at time: Timestamp?) {
        ordered += 1
        orderedAt = time ?? orderedAt
    }

    /// Why a message may not be ordered at `time`; `nil` when it may.
    package func refusal(at time: Timestamp) -> Refusal? {
        guard let openedAt else { return .customerNeverWrote }
        if time - openedAt >= Self.length { return .windowClosed }
        return ordered >= Self.budget ? .replyBudgetSpent : nil
    }
}
