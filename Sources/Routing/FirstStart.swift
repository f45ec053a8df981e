package import ChatModel

/// What to do with the history an account has when it is pulled for the very first time.
package enum FirstStart: Hashable, Sendable {
    /// Record it and answer nothing of it. The default.
    case skip
    /// Answer what was written at this time or later.
    case since(Timestamp)
    /// Answer each customer's last message, when nobody has answered it.
    case unansweredOnly

    /// How much older than the start a message may be and still count as the one that woke us:
    /// the platform delivers a callback up to 1 + 3 times, 5 s apart (wecom-kf reference §3.3).
    package static let wakingSlack: Duration = .seconds(20)

    /// The page to commit for a whole history pulled at the first start.
    ///
    /// - Parameters:
    ///   - page: All rows of the last 3 days, in order.
    ///   - startedAt: When the process started, or the first callback was created if earlier.
    ///   - answered: Customers the store knows to be answered; our own sends never come back.
    ///   - now: The time of the pull.
    package func page(
        _ page: Work.Page, startedAt: Timestamp, answered: Set<ExternalUserID>, now: Timestamp
    ) -> Work.Page {
        var page = page
        switch self {
        case .skip:
            page.answersSince = startedAt - Self.wakingSlack
        case .since(let time):
            page.answersSince = min(time, startedAt - Self.wakingSlack)
        case .unansweredOnly:
            page.answersSince = startedAt - Self.wakingSlack
            page.answersAlso = Self.unanswered(in: page.rows, answered: answered, now: now)
        }
        return page
    }

    /// Each customer's last message that is under 48 hours old, has no servicer's message after
    /// it, and whose customer isn't among `answered`.
    package static func unanswered(
        in rows: [Inbound], answered: Set<ExternalUserID>, now: Timestamp
    ) -> Set<MsgID> {
        var last: [ExternalUserID: Inbound] = [:]
        for row in rows.inOrderOfSending {
            switch row.content {
            case .fromCustomer(let customer, _): last[customer] = row
            case .fromServicer(_, let customer, _): last[customer] = nil
            case .event, .unknown: break
            }
        }
        return Set(
            last.lazy
                .filter { !answered.contains($0.key) }
                .filter { now - $0.value.sentAt < .seconds(48 * 3600) }
                .map(\.value.msgID))
    }
}
