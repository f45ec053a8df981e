package import ChatModel

/// How a session is handed to a person: a policy with a name, or one that stands in a rule.
package struct HandoffDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle; `nil` where it stands in a rule or a flow.
    package var name: PolicyName?
    /// Who takes over.
    package var to: Destination
    /// How one of a team is chosen.
    package var pick: Pick
    /// Within this time the servicer who last served the customer goes first.
    package var preferLastServed: Duration?
    /// The hours in which people are there; `nil` for always.
    package var open: ScheduleName?
    /// Sent with the transfer's code: one text, all the platform allows.
    package var waitingText: Template?
    /// What happens outside ``open``; `nil` replies nothing and stays with the bot.
    package var closed: Fallback?
    /// What happens when nobody can take over; `nil` is the pool.
    package var nobody: Fallback?
    /// How soon somebody must pick the session up; `nil` for whenever.
    package var pickUpWithin: Duration?
    /// What happens when nobody did: a legal move from the pool or from a person.
    package var overdue: Fallback?
    /// Sent with the end code when the servicer ends the session.
    package var ended: ClosingMessage?

    /// Who takes over.
    package enum Destination: Hashable, Sendable, Codable {
        case pool
        case servicer(ServicerID)
        /// One of these, as ``HandoffDefinition/pick`` says; in the order written.
        case team([ServicerID])
    }

    /// How one of a team is chosen among those who receive.
    package enum Pick: String, Hashable, Sendable, Codable, CaseIterable {
        /// Whoever was given a session longest ago.
        case roundRobin = "round_robin"
        /// Whoever has the fewest open sessions; ties in the order written.
        case leastBusy = "least_busy"
        /// Whoever served this customer last, else the least busy.
        case lastServed = "last_served"
    }

    /// What is done instead of a transfer that isn't made.
    package enum Fallback: Hashable, Sendable, Codable {
        /// The bot answers and keeps the session.
        case reply([ReplyPart])
        /// Another policy of the bundle decides.
        case policy(PolicyName)
        /// Someone else takes over, without further conditions.
        case transfer(Destination)
        /// The session ends.
        case end(EndDefinition)
    }

    /// A hand-off.
    package init(
        name: PolicyName? = nil, to: Destination, pick: Pick = .leastBusy,
        preferLastServed: Duration? = nil, open: ScheduleName? = nil,
        waitingText: Template? = nil, closed: Fallback? = nil, nobody: Fallback? = nil,
        pickUpWithin: Duration? = nil, overdue: Fallback? = nil, ended: ClosingMessage? = nil
    ) {
        self.name = name
        self.to = to
        self.pick = pick
        self.preferLastServed = preferLastServed
        self.open = open
        self.waitingText = waitingText
        self.closed = closed
        self.nobody = nobody
        self.pickUpWithin = pickUpWithin
        self.overdue = overdue
        self.ended = ended
    }
}

/// How a rule ends a session.
package struct EndDefinition: Hashable, Sendable, Codable {
    /// Sent with the end code.
    package var goodbye: ClosingMessage?

    /// An ending.
    package init(goodbye: ClosingMessage?) { self.goodbye = goodbye }
}
