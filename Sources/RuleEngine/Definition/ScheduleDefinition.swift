package import ChatModel

/// Opening hours: `except` beats `calendar` beats `weekly`.
package struct ScheduleDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: ScheduleName
    /// An IANA name, such as `Asia/Shanghai`.
    package var zone: String
    /// The hours of Monday … Sunday: seven lists.
    package var weekly: [[Hours]]
    /// Whose public holidays count: `cn`, or none.
    package var calendar: String?
    /// Days that have hours of their own.
    package var exceptions: [Exception]
    /// The hours in words, as `$(name)` shows them: made from ``weekly`` at loading.
    package var text: String

    /// A stretch of a day, in minutes since midnight; the end is not part of it.
    package struct Hours: Hashable, Sendable, Codable {
        /// 0…1439.
        package var from: Int
        /// 1…2880: more than 1440 reaches into the next day.
        package var until: Int

        /// A stretch of a day.
        package init(from: Int, until: Int) {
            self.from = from
            self.until = until
        }
    }

    /// A day of the calendar.
    package struct Day: Hashable, Comparable, Sendable, Codable {
        /// Gregorian.
        package var year: Int
        /// 1…12.
        package var month: Int
        /// 1…31.
        package var day: Int

        /// A day.
        package init(year: Int, month: Int, day: Int) {
            self.year = year
            self.month = month
            self.day = day
        }

        package static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.year, lhs.month, lhs.day) < (rhs.year, rhs.month, rhs.day)
        }
    }

    /// Days with hours of their own, both ends included; no hours is closed.
    package struct Exception: Hashable, Sendable, Codable {
        /// The first day.
        package var from: Day
        /// The last day.
        package var through: Day
        /// Empty for closed.
        package var hours: [Hours]

        /// Days with hours of their own.
        package init(from: Day, through: Day, hours: [Hours]) {
            self.from = from
            self.through = through
            self.hours = hours
        }
    }

    /// A schedule.
    package init(
        name: ScheduleName, zone: String, weekly: [[Hours]], calendar: String? = nil,
        exceptions: [Exception] = [], text: String = ""
    ) {
        self.name = name
        self.zone = zone
        self.weekly = weekly
        self.calendar = calendar
        self.exceptions = exceptions
        self.text = text
    }
}

/// A span of time; the end is not part of it.
package struct ActiveSpan: Hashable, Sendable, Codable {
    /// `nil` for always.
    package var from: Timestamp?
    /// `nil` for ever.
    package var until: Timestamp?

    /// A span.
    package init(from: Timestamp?, until: Timestamp?) {
        self.from = from
        self.until = until
    }

    /// Whether `time` lies in it.
    package func contains(_ time: Timestamp) -> Bool {
        from.map { $0 <= time } ?? true && until.map { time < $0 } ?? true
    }
}
