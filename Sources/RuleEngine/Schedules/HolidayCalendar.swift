/// The public holidays of a country and the days on which they are made up for.
///
/// The days are law, not arithmetic: governments announce them year by year. A year that isn't
/// here has no holidays, which is why `check` warns about it.
package struct HolidayCalendar: Sendable {
    /// As rule files name it after `calendar:`.
    package let name: String
    /// The newest announcement in it, as `2025-11-04`.
    package let edition: String
    /// The years whose holidays are known.
    package let years: ClosedRange<Int>

    private let days: [Int: Kind]

    /// What a day of the calendar is.
    package enum Kind: Hashable, Sendable {
        /// A public holiday.
        case off
        /// A weekend's day that is worked, with Monday's hours.
        case work
    }

    /// Holidays of one year, as `MM-DD` and `MM-DD..MM-DD`, separated by spaces.
    struct Year {
        let year: Int
        let off: String
        let work: String
    }

    init(name: String, edition: String, years: [Year]) {
        self.name = name
        self.edition = edition
        let numbers = years.map(\.year).sorted()
        self.years = (numbers.first ?? 1)...(numbers.last ?? 1)
        var days: [Int: Kind] = [:]
        for year in years {
            for day in Self.days(year.off, of: year.year) { days[day] = .off }
            for day in Self.days(year.work, of: year.year) { days[day] = .work }
        }
        self.days = days
    }

    /// What the day is; `nil` for any other day, and in years that aren't known.
    package func kind(of day: ScheduleDefinition.Day) -> Kind? { days[day.daysSince1970] }

    /// The calendar of that name; `nil` if there is none.
    package static func named(_ name: String) -> HolidayCalendar? {
        name == china.name ? china : nil
    }

    /// The names rule files may use.
    package static let names = [china.name]

    private static func days(_ text: String, of year: Int) -> [Int] {
        text.split(separator: " ").flatMap { span -> [Int] in
            let ends = span.split(separator: ".").map { text in
                let numbers = text.split(separator: "-").compactMap { Int($0) }
                return ScheduleDefinition.Day(year: year, month: numbers[0], day: numbers[1])
                    .daysSince1970
            }
            return Array(ends[0]...max(ends[0], ends[ends.count - 1]))
        }
    }
}
