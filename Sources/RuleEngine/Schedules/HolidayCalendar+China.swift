extension HolidayCalendar {
    /// Mainland China, from the State Council's yearly notices.
    ///
    /// A new year is one more entry here and the date of its notice.
    package static let china = HolidayCalendar(
        name: "cn", edition: "2025-11-04",
        years: [
            Year(
                year: 2026,
                off: "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 "
                    + "09-25..09-27 10-01..10-07",
                work: "01-04 02-14 02-28 05-09 09-20 10-10")
        ])
}
