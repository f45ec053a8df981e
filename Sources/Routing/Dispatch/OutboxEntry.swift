package import ChatModel

/// One action waiting to be performed.
///
/// Within a conversation entries are performed strictly in the order they were enqueued.
package struct OutboxEntry: Hashable, Sendable {
    /// Unique within the account.
    package var id: ActionID
    /// Whose it is.
    package var conversation: ConversationID
    /// What to do.
    package var action: Action
    /// When it was decided.
    package var decidedAt: Timestamp
    /// When it should be done: a code's last usable moment, or the soft target of 2 s.
    package var deadline: Timestamp
    /// Whether trying after ``deadline`` is useless: codes only.
    package var expires: Bool
    /// The rule or reason it comes from, for the transcript.
    package var reason: String
    /// Whether an earlier attempt may have reached the platform: after a time-out, or found
    /// pending at start.
    package var isUncertain: Bool

    /// An action to perform.
    package init(
        id: ActionID, conversation: ConversationID, action: Action, decidedAt: Timestamp,
        deadline: Timestamp, expires: Bool, reason: String, isUncertain: Bool = false
    ) {
        self.id = id
        self.conversation = conversation
        self.action = action
        self.decidedAt = decidedAt
        self.deadline = deadline
        self.expires = expires
        self.reason = reason
        self.isUncertain = isUncertain
    }

    /// The soft target of an answer (design: a text's 2 s).
    package static let softTarget: Duration = .seconds(2)
}

/// How an outbox entry ended.
package enum OutboxStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// Still to do, or under way.
    case pending
    /// The platform accepted it.
    case done
    /// The platform refused it, or trying became useless.
    case failed
    /// The core withdrew it before it was performed.
    case cancelled
}

/// What came of performing an entry: an input of the core, never a surprise.
package enum Outcome: Hashable, Sendable {
    /// The platform carried it out; a transfer may hand out a code. `at` is when the call was
    /// made: a code's clock starts no later.
    case accepted(code: EventCode?, at: Timestamp)
    /// A repeat found it done already. A transfer's code, if there was one, is lost.
    case alreadyDone
    /// The platform refused it for good; `actual` is the session as `service_state/get` then
    /// told it, where the refusal spoke of the session.
    case refused(PlatformFailure, actual: ActualSession?)
    /// An uncertain transfer was not made again: the session, read first, is neither at its target
    /// nor still the assistant's. Only the core knows whether it is the session that was meant.
    case foundElsewhere(ActualSession)
    /// Its time was over before a call could be made.
    case expired
    /// Every try failed, or the platform refuses this app altogether.
    case gaveUp(PlatformFailure)
    /// A company's system answered, or didn't.
    case answered(CompanyAnswer)

    /// The session as `service_state/get` told it.
    package struct ActualSession: Hashable, Sendable {
        /// 0…4.
        package var number: Int
        /// With state 3 only.
        package var servicer: ServicerID?

        /// A session's actual state.
        package init(number: Int, servicer: ServicerID?) {
            self.number = number
            self.servicer = servicer
        }
    }
}

/// An entry and what came of it.
package struct CompletedAction: Hashable, Sendable {
    /// The entry performed.
    package var entry: OutboxEntry
    /// What came of it.
    package var outcome: Outcome

    /// A completed action.
    package init(entry: OutboxEntry, outcome: Outcome) {
        self.entry = entry
        self.outcome = outcome
    }
}

/// What came of a request to the company's own systems.
package enum CompanyAnswer: Hashable, Sendable {
    /// Fields by their names, as texts; nested ones with dots (`收货.城市`), list elements counted
    /// from 1.
    case fields([String: String])
    /// No answer in time, or none that can be used; why, as a stable token such as `timeout`.
    case failed(String)
}
