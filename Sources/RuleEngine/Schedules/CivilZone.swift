package import ChatModel
import Foundation

/// A time zone, for turning moments into days and minutes and back.
package struct CivilZone: Hashable, Sendable {
    private let zone: TimeZone

    /// The zone of an IANA name such as `Asia/Shanghai`; `nil` for a name nobody knows.
    package init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    private init(secondsFromGMT seconds: Int) {
        zone = TimeZone(secondsFromGMT: seconds) ?? .gmt
    }

    /// The zone of rule files that name none: eight hours ahead, without summer time.
    package static let shanghai = CivilZone("Asia/Shanghai") ?? CivilZone(secondsFromGMT: 8 * 3600)

    /// The zone's day and time of day at `time`.
    package func moment(at time: Timestamp) -> CivilMoment {
        // Within 10 000 years of 1970, so that no sum below overflows.
        let seconds = Int(max(-Self.farAway, min(Self.farAway, time.seconds)))
        return CivilMoment(localSeconds: seconds + offset(atSecond: seconds))
    }

    private static let farAway: Int64 = 315_576_000_000

    /// When `minute` (since midnight, may be over 1440) of `day` is.
    ///
    /// A time that summer time skips is that much later; one that comes twice, the first.
    package func timestamp(of day: ScheduleDefinition.Day, minute: Int) -> Timestamp {
        let local = day.daysSince1970 * 86_400 + minute * 60
        let byDayBefore = local - offset(atSecond: local - 86_400)
        let byDayAfter = local - offset(atSecond: local + 86_400)
        let isTime = { second in second + offset(atSecond: second) == local }
        let second = !isTime(byDayBefore) && isTime(byDayAfter) ? byDayAfter : byDayBefore
        return Timestamp(seconds: Int64(second))
    }

    private func offset(atSecond second: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }

    /// When clocks are next set forward or back after `time`; `nil` where they never are.
    func nextTransition(after time: Timestamp) -> Timestamp? {
        let date = Date(timeIntervalSince1970: Double(time.seconds))
        return zone.nextDaylightSavingTimeTransition(after: date).map {
            Timestamp(seconds: Int64($0.timeIntervalSince1970))
        }
    }
}

/// A day and a time of day, as a clock on the wall shows them.
package struct CivilMoment: Hashable, Comparable, Sendable {
    /// The calendar's day.
    package var day: ScheduleDefinition.Day
    /// Since midnight, 0…86 399.
    package var second: Int

    /// A moment.
    package init(day: ScheduleDefinition.Day, second: Int) {
        self.day = day
        self.second = second
    }

    init(localSeconds seconds: Int) {
        let days = seconds.flooredQuotient(86_400)
        self.init(
            day: ScheduleDefinition.Day(daysSince1970: days), second: seconds - days * 86_400)
    }

    /// Since midnight, 0…1439.
    package var minute: Int { second / 60 }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.day, lhs.second) < (rhs.day, rhs.second)
    }
}

extension ScheduleDefinition.Day: CustomStringConvertible {
    /// The day so many days after 1970-01-01.
    ///
    /// The year begins in March here, so that the leap day is its last (Howard Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms").
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Days since 1970-01-01; negative before.
    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredQuotient(400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// 0 for Monday … 6 for Sunday.
    package var weekday: Int {
        let days = daysSince1970 + 3
        return days - days.flooredQuotient(7) * 7
    }

    /// Whether the calendar has it: no 30 February; years 1…9999.
    package var isValid: Bool {
        (1...9999).contains(year) && (1...12).contains(month) && (1...31).contains(day)
            && Self(daysSince1970: daysSince1970) == self
    }

    /// The day so many days later.
    package func adding(days: Int) -> Self { Self(daysSince1970: daysSince1970 + days) }

    /// `2026-03-02`.
    package var description: String {
        "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
    }
}

extension Int {
    /// Division that rounds down, also below zero.
    func flooredQuotient(_ divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    /// With zeros in front.
    func padded(to width: Int) -> String {
        let digits = String(magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, width - digits.count))
        return (self < 0 ? "-" : "") + zeros + digits
    }
}
