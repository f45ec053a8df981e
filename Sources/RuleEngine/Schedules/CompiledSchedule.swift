package import ChatModel

/// A schedule made ready to be asked: `except` beats `calendar` beats `weekly`.
///
/// Asking takes well under a microsecond. A stretch that reaches past midnight belongs to the day
/// it begins on, also where the next day has hours of its own.
package final class CompiledSchedule: Sendable {
    /// What it was compiled from.
    package let definition: ScheduleDefinition
    /// The zone its hours are in.
    package let zone: CivilZone
    /// The holidays it knows; `nil` for none.
    package let calendar: HolidayCalendar?

    /// The narrowest first: one day's hours stand out from those of the week around it.
    private let exceptions: [Exception]

    private struct Exception: Sendable {
        let from: Int
        let through: Int
        let definition: ScheduleDefinition.Exception
    }

    /// Why a schedule can't be used.
    package enum Problem: Error, Hashable, Sendable {
        case unknownZone(String)
        case unknownCalendar(String)
    }

    /// Compiles a schedule; days without a list are closed.
    package init(_ definition: ScheduleDefinition) throws(Problem) {
        guard let zone = CivilZone(definition.zone) else { throw .unknownZone(definition.zone) }
        self.definition = definition
        self.zone = zone
        if let name = definition.calendar {
            guard let calendar = HolidayCalendar.named(name) else { throw .unknownCalendar(name) }
            self.calendar = calendar
        } else {
            calendar = nil
        }
        exceptions = definition.exceptions.enumerated().map { place, exception in
            (
                place,
                Exception(
                    from: exception.from.daysSince1970, through: exception.through.daysSince1970,
                    definition: exception)
            )
        }.sorted { one, other in
            // Among equals the one written last.
            (one.1.through - one.1.from, other.0) < (other.1.through - other.1.from, one.0)
        }.map(\.1)
    }

    /// Whether `time` lies in its hours.
    package func isOpen(at time: Timestamp) -> Bool {
        let moment = zone.moment(at: time)
        return stretch(moment.day, moment.minute) != nil
    }

    /// What it says at `time`, and why.
    package func explanation(at time: Timestamp) -> ScheduleState {
        let moment = zone.moment(at: time)
        let stretch = stretch(moment.day, moment.minute)
        let plan = plan(of: moment.day)
        return ScheduleState(
            schedule: definition.name, isOpen: stretch != nil, moment: moment,
            source: stretch?.beganDayBefore == true ? .dayBefore : plan.source, hours: plan.hours,
            nextChange: nextChange(after: time))
    }

    /// When it next opens or closes after `time`; `nil` if it doesn't within 400 days.
    package func nextChange(after time: Timestamp) -> Timestamp? {
        let wasOpen = isOpen(at: time)
        let today = zone.moment(at: time).day
        var transition = zone.nextTransition(after: time)
        for days in 0...400 {
            let day = today.adding(days: days)
            let before = plan(of: day.adding(days: -1)).hours.map {
                ($0.from - 1440, $0.until - 1440)
            }
            let own = plan(of: day).hours.map { ($0.from, $0.until) }
            var moments = (before + own).flatMap { [$0.0, $0.1] }.filter { (0..<1440).contains($0) }
                .map { zone.timestamp(of: day, minute: $0) }
            // Clocks that are set forward can open or close a schedule, too.
            if let next = transition, zone.moment(at: next).day <= day {
                moments.append(next)
                transition = zone.nextTransition(after: next)
            }
            for moment in moments.sorted() where moment > time && isOpen(at: moment) != wasOpen {
                return moment
            }
        }
        return nil
    }

    /// The stretch that a minute of a day lies in.
    private func stretch(
        _ day: ScheduleDefinition.Day, _ minute: Int
    ) -> (hours: ScheduleDefinition.Hours, beganDayBefore: Bool)? {
        for hours in plan(of: day).hours where hours.from <= minute && minute < hours.until {
            return (hours, false)
        }
        guard reachesPastMidnight else { return nil }
        for hours in plan(of: day.adding(days: -1)).hours
        where hours.from <= minute + 1440 && minute + 1440 < hours.until {
            return (hours, true)
        }
        return nil
    }

    private var reachesPastMidnight: Bool {
        definition.weekly.contains { $0.contains { $0.until > 1440 } }
            || exceptions.contains { $0.definition.hours.contains { $0.until > 1440 } }
    }

    /// A day's hours and where they come from.
    private func plan(
        of day: ScheduleDefinition.Day
    ) -> (source: ScheduleState.Source, hours: [ScheduleDefinition.Hours]) {
        let number = day.daysSince1970
        for exception in exceptions where exception.from <= number && number <= exception.through {
            return (
                .exception(from: exception.definition.from, through: exception.definition.through),
                exception.definition.hours
            )
        }
        switch calendar?.kind(of: day) {
        case .off: return (.holiday, [])
        case .work: return (.makeUpDay, weekly(0))
        case nil: return (.weekly, weekly(day.weekday))
        }
    }

    private func weekly(_ weekday: Int) -> [ScheduleDefinition.Hours] {
        weekday < definition.weekly.count ? definition.weekly[weekday] : []
    }
}

/// What a schedule says at a moment, and why.
package struct ScheduleState: Hashable, Sendable {
    /// Which schedule.
    package let schedule: ScheduleName
    /// Whether the moment lies in its hours.
    package let isOpen: Bool
    /// The moment, in the schedule's zone.
    package let moment: CivilMoment
    /// Where the hours of that day come from.
    package let source: Source
    /// The hours of that day; empty for closed.
    package let hours: [ScheduleDefinition.Hours]
    /// When it next opens or closes; `nil` if not within 400 days.
    package let nextChange: Timestamp?

    /// Where a day's hours come from.
    package enum Source: Hashable, Sendable {
        case weekly
        /// A public holiday: closed.
        case holiday
        /// A weekend's day that makes up for a holiday: Monday's hours.
        case makeUpDay
        /// A day under `except`.
        case exception(from: ScheduleDefinition.Day, through: ScheduleDefinition.Day)
        /// A stretch that began the day before reaches to this moment.
        case dayBefore
    }

    /// The day and what is special about it, as in `2026-10-10 周六，调休补班`.
    package var dayText: String {
        let day = "\(moment.day) \(ScheduleText.weekday(moment.day.weekday))"
        return switch source {
        case .weekly: day
        case .holiday: day + "，法定假日"
        case .makeUpDay: day + "，调休补班"
        case .exception: day + "，特别安排"
        case .dayBefore: day + "，前一天的班次"
        }
    }

    /// The same in English, as in `2026-10-10 Saturday, make-up working day`.
    package var dayTextInEnglish: String {
        let names = [
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        ]
        let day = "\(moment.day) \(names[moment.day.weekday])"
        return switch source {
        case .weekly: day
        case .holiday: day + ", public holiday"
        case .makeUpDay: day + ", make-up working day"
        case .exception: day + ", under 'except'"
        case .dayBefore: day + ", hours of the day before"
        }
    }
}
