import ChatModel

/// One session as statistics see it, read back from the timeline.
struct SessionHistory: Sendable {
    /// A stretch of the session during which one servicer had it.
    struct Service: Sendable {
        let servicer: ServicerID
        let at: Timestamp
        /// The customer's messages meanwhile.
        var written: [Timestamp] = []
        /// When the servicer first wrote after the customer had.
        var repliedAt: Timestamp?
    }

    let beganAt: Timestamp
    /// When the assistant, or the API in its place, took it.
    var assistantAt: Timestamp?
    /// Whether it went from the assistant to people, the pool included.
    var wentToPeople = false
    var services: [Service] = []

    /// The sessions of a conversation, oldest first.
    static func all(in timeline: [TimelineEntry]) -> [SessionHistory] {
        var sessions: [SessionHistory] = []
        var state = ServiceState.ended
        // The message that opens a session is noted before the session is.
        var opening: Timestamp?
        for entry in timeline {
            switch entry.what {
            case .customer:
                if state == .human, let last = sessions.indices.last {
                    sessions[last].written(at: entry.at)
                } else {
                    opening = entry.at
                }
            case .servicer(let servicer, _, _):
                if let last = sessions.indices.last {
                    sessions[last].replied(servicer, at: entry.at)
                }
            case .state(let next, let servicer, let mover):
                if state == .ended, next != .ended {
                    sessions.append(SessionHistory(beganAt: entry.at))
                }
                state = next
                guard let last = sessions.indices.last else { continue }
                sessions[last].moved(to: next, servicer, at: entry.at)
                if next == .human, mover == .customer, let opening {
                    sessions[last].written(at: opening)
                }
            case .api, .event:
                break
            }
        }
        return sessions
    }

    private mutating func moved(to state: ServiceState, _ servicer: ServicerID?, at time: Timestamp)
    {
        switch state {
        case .assistant:
            if assistantAt == nil { assistantAt = time }
        case .pool, .human:
            if assistantAt != nil { wentToPeople = true }
            if let servicer { services.append(Service(servicer: servicer, at: time)) }
        case .untreated, .ended:
            break
        }
    }

    private mutating func written(at time: Timestamp) {
        guard let last = services.indices.last else { return }
        services[last].written.append(time)
    }

    private mutating func replied(_ servicer: ServicerID, at time: Timestamp) {
        guard let last = services.indices.last, services[last].servicer == servicer,
            services[last].repliedAt == nil, !services[last].written.isEmpty
        else { return }
        services[last].repliedAt = time
    }
}
