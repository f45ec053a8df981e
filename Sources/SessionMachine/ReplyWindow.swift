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

    /// A window that was never opened.
    package init() {}

    /// A window as a store kept it.
    package init(openedAt: Timestamp?, ordered: Int) {
        self.openedAt = openedAt
        self.ordered = ordered
    }

    /// Messages that may still be ordered.
    package var left: Int { max(0, Self.budget - ordered) }

    /// The customer wrote at `time`, while `pending` earlier messages are ordered but unconfirmed.
    ///
    /// The platform's counter starts anew; what is still under way will count against it.
    package mutating func customerWrote(at time: Timestamp, pending: Int) {
        openedAt = max(openedAt ?? time, time)
        ordered = pending
    }

    /// One more message was ordered.
    package mutating func orderedOne() { ordered += 1 }

    /// Why a message may not be ordered at `time`; `nil` when it may.
    package func refusal(at time: Timestamp) -> Refusal? {
        guard let openedAt else { return .customerNeverWrote }
        if time - openedAt >= Self.length { return .windowClosed }
        return ordered >= Self.budget ? .replyBudgetSpent : nil
    }
}
