package import Boundary
package import ChatModel

extension WeComKFClient {
    /// The longest span one call takes, in days (wecom-kf reference §12).
    static let longestSpan: Int64 = 31
    /// How far back figures reach, in days.
    static let oldestDay: Int64 = 180

    /// `POST kf/get_corp_statistic` (wecom-kf reference §12), 31 days a call.
    ///
    /// - Throws: 40058 before any call, for days outside the last 180, and for yesterday before 06:00
    ///   China time, when its figures aren't whole; and what the first call fails with.
    /// - Returns: A line for each day the platform knows of. When a call after the first fails, the
    ///   days it was about and those behind them are the shortfall.
    package func accountStatistics(
        of account: OpenKfID, days: ClosedRange<ChinaDay>
    ) async throws(PlatformFailure) -> StatisticReport {
        try await statistics("kf/get_corp_statistic", account, servicer: nil, days)
    }

    /// `POST kf/get_servicer_statistic` (§12); of all servicers together with `nil`.
    ///
    /// Throws and returns as ``accountStatistics(of:days:)`` does.
    package func servicerStatistics(
        of servicer: ServicerID?, on account: OpenKfID, days: ClosedRange<ChinaDay>
    ) async throws(PlatformFailure) -> StatisticReport {
        try await statistics("kf/get_servicer_statistic", account, servicer: servicer, days)
    }

    private func statistics(
        _ path: String, _ account: OpenKfID, servicer: ServicerID?, _ days: ClosedRange<ChinaDay>
    ) async throws(PlatformFailure) -> StatisticReport {
        try FieldLimits.account(account)
        try check(days)
        var report = StatisticReport(lines: [])
        var first = days.lowerBound
        while first <= days.upperBound {
            let last = min(days.upperBound, first + (Self.longestSpan - 1))
            let body = JSONWriter.object { json in
                json.member("open_kfid", account.rawValue)
                json.optional("servicer_userid", servicer?.rawValue)
                json.member("start_time", Int(first.start.seconds))
                json.member("end_time", Int(last.start.seconds))
            }
            let answer: WireValue
            do throws(PlatformFailure) {
                answer = try await self.answer(.post, path, body: body)
            } catch  where first > days.lowerBound {
                report.shortfall = Shortfall(of: first...days.upperBound, after: error)
                break
            }
            report.lines += answer["statistic_list"].elements.compactMap { DayStatistic($0) }
            first = last + 1
        }
        report.lines.sort { $0.day < $1.day }
        return report
    }

    private func check(_ days: ClosedRange<ChinaDay>) throws(PlatformFailure) {
        let now = environment.now()
        let today = ChinaDay(of: now)
        if today - days.lowerBound > Self.oldestDay {
            throw .notSent(
                40058,
                "start_time is \(today - days.lowerBound) days ago; the platform keeps "
                    + "\(Self.oldestDay)")
        }
        if days.upperBound >= today {
            throw .notSent(40058, "end_time is not over yet; the platform has days until yesterday")
        }
        if today - days.upperBound == 1, now - today.start < .seconds(6 * 3600) {
            throw .notSent(
                40058, "end_time is yesterday, whose figures are whole after 06:00 China time")
        }
    }
}

/// What the platform told of some days.
package struct StatisticReport: Hashable, Sendable {
    /// A line for each day it knows of, oldest first.
    package var lines: [DayStatistic]
    /// The days it was not heard about, because a later one of several calls failed.
    package var shortfall: Shortfall<ClosedRange<ChinaDay>>?

    /// A report.
    package init(lines: [DayStatistic], shortfall: Shortfall<ClosedRange<ChinaDay>>? = nil) {
        self.lines = lines
        self.shortfall = shortfall
    }
}

/// A day in China time, which the platform counts in.
package struct ChinaDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package let number: Int64

    /// The day that began so many days after 1970-01-01.
    package init(number: Int64) { self.number = number }

    /// The day `time` is in.
    package init(of time: Timestamp) {
        let seconds = time.seconds + Self.offset
        number = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    /// When it begins.
    package var start: Timestamp { Timestamp(seconds: number * 86_400 - Self.offset) }

    private static let offset: Int64 = 8 * 3600

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }
    /// The day so many days later.
    package static func + (day: Self, days: Int64) -> Self { Self(number: day.number + days) }
    /// How many days lie between the two.
    package static func - (lhs: Self, rhs: Self) -> Int64 { lhs.number - rhs.number }
}

/// One figure of a day, by the platform's own name (wecom-kf reference §12).
package enum StatisticField: String, Hashable, Sendable, CaseIterable {
    case sessions = "session_cnt"
    case customers = "customer_cnt"
    case customerMessages = "customer_msg_cnt"
    case upgradedCustomers = "upgrade_service_customer_cnt"
    /// Sessions assigned to the assistant; those an app answers count.
    case assistantSessions = "ai_session_reply_cnt"
    case assistantTransferRate = "ai_transfer_rate"
    case knowledgeHitRate = "ai_knowledge_hit_rate"
    case rejectedCustomers = "msg_rejected_customer_cnt"
    case replyRate = "reply_rate"
    /// In seconds.
    case firstReply = "first_reply_average_sec"
    /// The platform's own spelling.
    case surveys = "satisfaction_investgate_cnt"
    case surveyParticipationRate = "satisfaction_participation_rate"
    case satisfiedRate = "satisfied_rate"
    case middlingRate = "middling_rate"
    case dissatisfiedRate = "dissatisfied_rate"
    case memberInvitations = "upgrade_service_member_invite_cnt"
    case memberCustomers = "upgrade_service_member_customer_cnt"
    case groupInvitations = "upgrade_service_groupchat_invite_cnt"
    case groupCustomers = "upgrade_service_groupchat_customer_cnt"

    /// Those of `get_corp_statistic`, in the page's order.
    package static let ofAccounts: [StatisticField] = [
        .sessions, .customers, .customerMessages, .upgradedCustomers, .assistantSessions,
        .assistantTransferRate, .knowledgeHitRate, .rejectedCustomers,
    ]

    /// Those of `get_servicer_statistic`, in the page's order.
    package static let ofServicers: [StatisticField] = [
        .sessions, .customers, .customerMessages, .replyRate, .firstReply, .surveys,
        .surveyParticipationRate, .satisfiedRate, .middlingRate, .dissatisfiedRate,
        .upgradedCustomers, .memberInvitations, .memberCustomers, .groupInvitations,
        .groupCustomers, .rejectedCustomers,
    ]

    /// Whether it is a share, 0…1, and not a count or a time.
    package var isRate: Bool { rawValue.hasSuffix("_rate") }
}

/// The figures of one day.
package struct DayStatistic: Hashable, Sendable {
    /// The day.
    package let day: ChinaDay
    /// The figures, without the rates that are undefined; `nil` for a day without data.
    package let figures: [StatisticField: Double]?

    /// A day's figures.
    package init(day: ChinaDay, figures: [StatisticField: Double]?) {
        self.day = day
        self.figures = figures
    }

    /// Reads one row; `nil` for one without a time.
    fileprivate init?(_ row: WireValue) {
        guard let seconds = row["stat_time"].integer else { return nil }
        day = ChinaDay(of: Timestamp(seconds: Int64(seconds)))
        guard case .object = row["statistic"] else {
            figures = nil
            return
        }
        let pairs = StatisticField.allCases.compactMap { field in
            row["statistic"][field.rawValue].number.map { (field, $0) }
        }
        figures = Dictionary(uniqueKeysWithValues: pairs)
    }
}
