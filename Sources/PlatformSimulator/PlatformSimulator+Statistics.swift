package import ChatModel

/// A row of `get_corp_statistic` or `get_servicer_statistic`.
package struct DayStatistic<Figures: Hashable & Sendable>: Hashable, Sendable {
    /// Midnight in China, when the day began.
    package let day: Timestamp
    /// `nil` for a day without data.
    package let figures: Figures?
}

/// A day of an account, as `get_corp_statistic` counts it (§12).
package struct CorpFigures: Hashable, Sendable {
    /// Sessions that began.
    package var sessions = 0
    /// Customers who wrote.
    package var customers = 0
    /// Messages they wrote.
    package var messages = 0
    /// Customers who took up a recommendation.
    package var upgradedCustomers = 0
    /// Sessions the assistant, or the API in its place, took.
    package var assistantSessions = 0
    /// Sessions of the assistant's that went to people; `nil` when it had none.
    package var transferRate: Double?
    /// Customers whose messages were switched off.
    package var rejectedCustomers = 0

    /// A day on which nothing happened.
    package init() {}
}

/// A day of a servicer, or of all of an account's, as `get_servicer_statistic` counts it (§12).
///
/// The satisfaction survey is inactive where the API allocates, so its count is 0 and its rates are
/// undefined.
package struct ServicerFigures: Hashable, Sendable {
    /// Sessions a servicer had.
    package var sessions = 0
    /// Their customers.
    package var customers = 0
    /// What these wrote to a servicer.
    package var messages = 0
    /// Of sessions with a message to the servicer, those with a reply; `nil` without any.
    package var replyRate: Double?
    /// Seconds from such a message to the reply; `nil` without a reply.
    package var firstReplySeconds: Double?
    /// Customers whose messages were switched off.
    package var rejectedCustomers = 0
    /// Customers who took up a recommendation.
    package var upgradedCustomers = 0
    /// Specialists recommended, and customers who added one.
    package var memberInvites = 0
    /// See ``memberInvites``.
    package var memberCustomers = 0
    /// Groups recommended, and customers who joined one.
    package var groupInvites = 0
    /// See ``groupInvites``.
    package var groupCustomers = 0

    /// A day on which no servicer had anything to do.
    package init() {}
}

/// Days in China, counted from 1970-01-01; a new one begins at 16:00 UTC.
enum ChinaDay {
    private static let ahead: Int64 = 8 * 3600
    static let seconds: Int64 = 86_400

    static func number(of time: Timestamp) -> Int64 {
        // `Timestamp.seconds` is within ±2^54, so nothing here overflows.
        let local = time.seconds + ahead
        return local >= 0 ? local / seconds : (local + 1) / seconds - 1
    }

    static func start(of number: Int64) -> Timestamp {
        Timestamp(seconds: number * seconds - ahead)
    }
}

extension PlatformSimulator {
    /// `get_corp_statistic`: an account's days from `start`'s to `end`'s.
    ///
    /// Both are Unix seconds, floored to the day in China. Refused with 40058 unless the days lie
    /// between 180 days ago and yesterday and are at most 31.
    package mutating func corpStatistic(
        of id: OpenKfID, from start: Int64, to end: Int64, by app: AppAlias
    ) -> Result<[DayStatistic<CorpFigures>], SimulatedRefusal> {
        carryOut(.getCorpStatistic, account: id, by: app) { (world) throws(Errcode) in
            let place = try world.managed(id, by: app)
            let days = try world.days(from: start, to: end)
            let facts = world.dayFacts(of: place, within: days, servicer: nil)
            return days.map { day in
                DayStatistic(day: ChinaDay.start(of: day), figures: facts[day]?.corpFigures)
            }
        }
    }

    /// `get_servicer_statistic`: the days of one servicer, or of all of the account's.
    package mutating func servicerStatistic(
        of id: OpenKfID, servicer: ServicerID?, from start: Int64, to end: Int64,
        by app: AppAlias
    ) -> Result<[DayStatistic<ServicerFigures>], SimulatedRefusal> {
        let summary = servicer?.rawValue ?? ""
        return carryOut(.getServicerStatistic, summary, account: id, by: app) {
            (world) throws(Errcode) in
            let place = try world.managed(id, by: app)
            let days = try world.days(from: start, to: end)
            let facts = world.dayFacts(of: place, within: days, servicer: servicer)
            return days.map { day in
                DayStatistic(day: ChinaDay.start(of: day), figures: facts[day]?.servicerFigures)
            }
        }
    }

    private func days(from start: Int64, to end: Int64) throws(Errcode) -> ClosedRange<Int64> {
        let first = ChinaDay.number(of: Timestamp(seconds: start))
        let last = ChinaDay.number(of: Timestamp(seconds: end))
        let today = ChinaDay.number(of: now)
        try PlatformRules.require(
            first <= last, orRefuse: 40058, "start_time: later than end_time")
        try PlatformRules.require(
            last < today, orRefuse: 40058, "end_time: later than yesterday")
        try PlatformRules.require(
            first >= today - 180, orRefuse: 40058,
            "start_time: \(today - first) days ago, at most 180")
        try PlatformRules.require(
            last - first < 31, orRefuse: 40058, "\(last - first + 1) days, at most 31")
        return first...last
    }

    /// What happened on an account, by day; of one servicer's sessions when one is given.
    private func dayFacts(
        of account: Int, within days: ClosedRange<Int64>, servicer: ServicerID?
    ) -> [Int64: DayFacts] {
        var facts = FactsByDay(days: days)
        for record in conversations where record.account == account {
            let customer = record.id.customer
            for entry in record.timeline {
                switch entry.what {
                case .customer:
                    facts.note(entry.at) { day in
                        day.messages += 1
                        day.writers.insert(customer)
                    }
                case .event(_, .rejectSwitched(_, let by, rejects: true))
                where servicer == nil || by == servicer:
                    facts.note(entry.at) { $0.rejected.insert(customer) }
                case .servicer, .api, .event, .state:
                    break
                }
            }
            for session in SessionHistory.all(in: record.timeline) {
                facts.note(session, of: customer, servicer)
            }
            for offer in record.offers where servicer == nil || offer.servicer == servicer {
                facts.note(offer, to: customer)
            }
        }
        return facts.byDay
    }
}

/// What is counted of a day.
private struct DayFacts {
    var sessions = 0
    var writers: Set<ExternalUserID> = []
    var messages = 0
    var assistantSessions = 0
    var wentToPeople = 0
    var rejected: Set<ExternalUserID> = []

    var services = 0
    var served: Set<ExternalUserID> = []
    var messagesToServicers = 0
    var askedServices = 0
    var replySeconds: [Double] = []
    var memberInvites = 0
    var groupInvites = 0
    var joinedMembers: Set<ExternalUserID> = []
    var joinedGroups: Set<ExternalUserID> = []

    /// `nil` when the account did not come alive that day.
    var corpFigures: CorpFigures? {
        var figures = CorpFigures()
        figures.sessions = sessions
        figures.customers = writers.count
        figures.messages = messages
        figures.upgradedCustomers = joinedMembers.union(joinedGroups).count
        figures.assistantSessions = assistantSessions
        figures.transferRate =
            assistantSessions > 0 ? Double(wentToPeople) / Double(assistantSessions) : nil
        figures.rejectedCustomers = rejected.count
        return figures == CorpFigures() ? nil : figures
    }

    /// `nil` when no servicer had anything to do that day.
    var servicerFigures: ServicerFigures? {
        let replies = replySeconds.count
        var figures = ServicerFigures()
        figures.sessions = services
        figures.customers = served.count
        figures.messages = messagesToServicers
        figures.replyRate = askedServices > 0 ? Double(replies) / Double(askedServices) : nil
        figures.firstReplySeconds =
            replies > 0 ? replySeconds.reduce(0, +) / Double(replies) : nil
        figures.rejectedCustomers = rejected.count
        figures.upgradedCustomers = joinedMembers.union(joinedGroups).count
        figures.memberInvites = memberInvites
        figures.memberCustomers = joinedMembers.count
        figures.groupInvites = groupInvites
        figures.groupCustomers = joinedGroups.count
        return figures == ServicerFigures() ? nil : figures
    }
}

private struct FactsByDay {
    let days: ClosedRange<Int64>
    private(set) var byDay: [Int64: DayFacts] = [:]

    init(days: ClosedRange<Int64>) { self.days = days }

    mutating func note(_ time: Timestamp, _ change: (inout DayFacts) -> Void) {
        let day = ChinaDay.number(of: time)
        if days.contains(day) { change(&byDay[day, default: DayFacts()]) }
    }

    /// What came of a session counts for the day it, or the servicer's part of it, began.
    mutating func note(
        _ session: SessionHistory, of customer: ExternalUserID, _ servicer: ServicerID?
    ) {
        note(session.beganAt) { $0.sessions += 1 }
        if let taken = session.assistantAt {
            note(taken) { day in
                day.assistantSessions += 1
                if session.wentToPeople { day.wentToPeople += 1 }
            }
        }
        for service in session.services where servicer == nil || service.servicer == servicer {
            note(service.at) { day in
                day.services += 1
                day.served.insert(customer)
                guard let asked = service.written.first else { return }
                day.askedServices += 1
                if let replied = service.repliedAt {
                    day.replySeconds.append(
                        Double((replied - asked).wholeMilliseconds) / 1000)
                }
            }
            for time in service.written { note(time) { $0.messagesToServicers += 1 } }
        }
    }

    mutating func note(_ offer: UpgradeOffer, to customer: ExternalUserID) {
        note(offer.at) { day in
            switch offer.recommendation {
            case .member: day.memberInvites += 1
            case .groupChat: day.groupInvites += 1
            }
        }
        guard let accepted = offer.acceptedAt else { return }
        note(accepted) { day in
            switch offer.recommendation {
            case .member: day.joinedMembers.insert(customer)
            case .groupChat: day.joinedGroups.insert(customer)
            }
        }
    }
}
