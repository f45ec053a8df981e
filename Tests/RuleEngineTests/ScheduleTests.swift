import ChatModel
import RuleEngine
import Testing

@Suite("Schedules")
struct ScheduleTests {
    typealias Hours = ScheduleDefinition.Hours
    typealias Day = ScheduleDefinition.Day

    private static let workday = [Hours(from: 540, until: 720), Hours(from: 810, until: 1080)]
    private static let shop = ScheduleDefinition(
        name: "营业时间", zone: "Asia/Shanghai",
        weekly: Array(repeating: workday, count: 5) + [[Hours(from: 600, until: 960)], []],
        calendar: "cn",
        exceptions: [
            ScheduleDefinition.Exception(
                from: Day(year: 2026, month: 2, day: 15),
                through: Day(year: 2026, month: 2, day: 21),
                hours: []),
            ScheduleDefinition.Exception(
                from: Day(year: 2026, month: 2, day: 18),
                through: Day(year: 2026, month: 2, day: 18),
                hours: [Hours(from: 600, until: 660)]),
            ScheduleDefinition.Exception(
                from: Day(year: 2026, month: 11, day: 11),
                through: Day(year: 2026, month: 11, day: 11), hours: [Hours(from: 480, until: 1440)]
            ),
        ])

    private static let moments: [(String, Bool)] = [
        // Ends are exclusive, breaks are breaks.
        ("2026-03-02 08:59", false), ("2026-03-02 09:00", true), ("2026-03-02 11:59", true),
        ("2026-03-02 12:00", false), ("2026-03-02 13:30", true), ("2026-03-02 18:00", false),
        ("2026-03-07 10:00", true), ("2026-03-07 16:00", false), ("2026-03-08 10:00", false),
        // 国庆: a Thursday off, a Saturday worked with Monday's hours.
        ("2026-10-01 10:00", false), ("2026-10-10 09:30", true), ("2026-10-10 12:30", false),
        ("2026-10-10 17:59", true),
        // A Sunday worked.
        ("2026-09-20 10:00", true),
        // `except` beats the calendar, and the narrower span the wider one.
        ("2026-02-14 17:00", true), ("2026-02-16 10:00", false), ("2026-02-18 10:30", true),
        ("2026-02-18 11:00", false), ("2026-02-23 10:00", false), ("2026-02-24 10:00", true),
        ("2026-11-11 23:59", true), ("2026-11-12 00:00", false), ("2026-11-11 08:00", true),
    ]

    @Test("except beats calendar beats weekly; ends are not part of it", arguments: moments)
    func hours(moment: String, isOpen: Bool) throws {
        let schedule = try CompiledSchedule(Self.shop)
        #expect(schedule.isOpen(at: shanghai(moment)) == isOpen)
        #expect(schedule.explanation(at: shanghai(moment)).isOpen == isOpen)
    }

    @Test("a stretch past midnight belongs to the day it begins on")
    func overnight() throws {
        let night = ScheduleDefinition(
            name: "夜班", zone: "Asia/Shanghai",
            weekly: [[], [], [], [], [Hours(from: 1320, until: 1560)], [], []],
            exceptions: [
                ScheduleDefinition.Exception(
                    from: Day(year: 2026, month: 3, day: 14),
                    through: Day(year: 2026, month: 3, day: 14), hours: [])
            ])
        let schedule = try CompiledSchedule(night)
        #expect(!schedule.isOpen(at: shanghai("2026-03-06 21:59")))
        #expect(schedule.isOpen(at: shanghai("2026-03-06 22:00")))
        #expect(schedule.isOpen(at: shanghai("2026-03-07 01:59")))
        #expect(!schedule.isOpen(at: shanghai("2026-03-07 02:00")))
        // The closed Saturday doesn't cut Friday's shift.
        #expect(schedule.isOpen(at: shanghai("2026-03-14 01:00")))
        let state = schedule.explanation(at: shanghai("2026-03-14 01:00"))
        #expect(state.source == .dayBefore)
        #expect(state.nextChange == shanghai("2026-03-14 02:00"))
        #expect(
            schedule.nextChange(after: shanghai("2026-03-07 02:00")) == shanghai("2026-03-13 22:00")
        )
    }

    @Test("says why, in words")
    func explanations() throws {
        let schedule = try CompiledSchedule(Self.shop)
        func text(_ moment: String) -> String { schedule.explanation(at: shanghai(moment)).dayText }
        #expect(text("2026-10-10 10:00") == "2026-10-10 周六，调休补班")
        #expect(text("2026-10-01 10:00") == "2026-10-01 周四，法定假日")
        #expect(text("2026-11-11 10:00") == "2026-11-11 周三，特别安排")
        #expect(text("2026-03-02 10:00") == "2026-03-02 周一")
        let state = schedule.explanation(at: shanghai("2026-10-10 10:00"))
        #expect(state.dayTextInEnglish == "2026-10-10 Saturday, make-up working day")
        #expect(state.hours == Self.workday)
        #expect(state.moment.minute == 600)
    }

    @Test("knows when it next changes, over holidays too")
    func changes() throws {
        let schedule = try CompiledSchedule(Self.shop)
        func next(_ moment: String) -> Timestamp? { schedule.nextChange(after: shanghai(moment)) }
        #expect(next("2026-03-02 10:00") == shanghai("2026-03-02 12:00"))
        #expect(next("2026-03-02 12:00") == shanghai("2026-03-02 13:30"))
        #expect(next("2026-03-07 16:00") == shanghai("2026-03-09 09:00"))
        #expect(next("2026-09-30 18:00") == shanghai("2026-10-08 09:00"))
        let always = ScheduleDefinition(
            name: "全天", zone: "Asia/Shanghai",
            weekly: Array(repeating: [Hours(from: 0, until: 1440)], count: 7))
        #expect(try CompiledSchedule(always).nextChange(after: shanghai("2026-03-02 10:00")) == nil)
    }

    @Test("follows summer time where there is some")
    func summerTime() throws {
        let definition = ScheduleDefinition(
            name: "New York", zone: "America/New_York",
            weekly: Array(repeating: [Hours(from: 540, until: 1020)], count: 7))
        let schedule = try CompiledSchedule(definition)
        let zone = try #require(CivilZone("America/New_York"))
        // 14:00 UTC is 9:00 in winter and 10:00 in summer.
        #expect(schedule.isOpen(at: Timestamp(seconds: 1_772_460_000)))
        #expect(!schedule.isOpen(at: Timestamp(seconds: 1_772_460_000 - 1)))
        #expect(schedule.isOpen(at: Timestamp(seconds: 1_783_432_800 - 3600)))
        // 2026-03-08 02:30 doesn't exist, 2026-11-01 01:30 exists twice.
        let spring = Day(year: 2026, month: 3, day: 8)
        #expect(zone.moment(at: zone.timestamp(of: spring, minute: 150)).minute == 210)
        let autumn = Day(year: 2026, month: 11, day: 1)
        let first = zone.timestamp(of: autumn, minute: 90)
        #expect(zone.moment(at: first).minute == 90)
        #expect(zone.moment(at: first + .seconds(3600)).minute == 90)
        // Clocks set forward over an opening time open the shop.
        let dawn = ScheduleDefinition(
            name: "dawn", zone: "America/New_York",
            weekly: Array(repeating: [Hours(from: 150, until: 240)], count: 7))
        let jump = Timestamp(seconds: 1_772_953_200)
        #expect(try CompiledSchedule(dawn).nextChange(after: jump - .seconds(60)) == jump)
    }

    @Test("days and numbers of days are the same, and so are weekdays")
    func days() {
        #expect(Day(year: 1970, month: 1, day: 1).daysSince1970 == 0)
        #expect(Day(year: 1970, month: 1, day: 1).weekday == 3)
        #expect(Day(year: 2026, month: 3, day: 2).weekday == 0)
        #expect(Day(year: 1969, month: 12, day: 28).weekday == 6)
        var day = Day(year: 1899, month: 12, day: 31)
        for _ in 0..<120_000 {
            let next = day.adding(days: 1)
            if next <= day || !next.isValid || next.weekday != (day.weekday + 1) % 7
                || next.daysSince1970 != day.daysSince1970 + 1
            {
                Issue.record("\(next) follows \(day)")
                return
            }
            day = next
        }
        #expect(!Day(year: 2026, month: 2, day: 29).isValid)
        #expect(Day(year: 2028, month: 2, day: 29).isValid)
        #expect(!Day(year: 2026, month: 13, day: 1).isValid)
    }

    @Test("no moment is too far away")
    func farAway() throws {
        let schedule = try CompiledSchedule(Self.shop)
        for time in [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            _ = schedule.isOpen(at: time)
        }
    }

    @Test("names the zone or calendar that nobody knows")
    func problems() {
        var definition = Self.shop
        definition.zone = "Asia/Beijing2"
        #expect(throws: CompiledSchedule.Problem.unknownZone("Asia/Beijing2")) {
            try CompiledSchedule(definition)
        }
        definition = Self.shop
        definition.calendar = "us"
        #expect(throws: CompiledSchedule.Problem.unknownCalendar("us")) {
            try CompiledSchedule(definition)
        }
    }

    @Test("the holidays of 2026 are the State Council's")
    func holidays() throws {
        let calendar = try #require(HolidayCalendar.named("cn"))
        #expect(calendar.years == 2026...2026)
        var off = 0
        var work = 0
        for number in 0..<365 {
            let day = Day(year: 2026, month: 1, day: 1).adding(days: number)
            switch calendar.kind(of: day) {
            case .off: off += 1
            case .work:
                work += 1
                #expect(day.weekday >= 5, "\(day)")
            case nil: break
            }
        }
        #expect(off == 33)
        #expect(work == 6)
        #expect(HolidayCalendar.named("us") == nil)
    }

    private static let texts: [([[Hours]], String)] = [
        (shop.weekly, "周一至周五 9:00–12:00、13:30–18:00，周六 10:00–16:00"),
        (Array(repeating: [Hours(from: 0, until: 1440)], count: 7), "每天 全天"),
        (Array(repeating: [Hours(from: 540, until: 1320)], count: 7), "每天 9:00–22:00"),
        (Array(repeating: [], count: 5) + [workday, workday], "周六、周日 9:00–12:00、13:30–18:00"),
        ([[Hours(from: 1320, until: 1565)]], "周一 22:00–次日2:05"), ([], "休息"),
        ([workday, [], workday], "周一 9:00–12:00、13:30–18:00，周三 9:00–12:00、13:30–18:00"),
    ]

    @Test("opening hours in words", arguments: texts)
    func words(weekly: [[Hours]], text: String) {
        #expect(ScheduleText.words(weekly: weekly) == text)
    }
}

/// `2026-03-02 10:00` on a clock in Shanghai.
func shanghai(_ moment: String) -> Timestamp {
    let numbers = moment.split { "- :".contains($0) }.compactMap { Int($0) }
    let day = ScheduleDefinition.Day(year: numbers[0], month: numbers[1], day: numbers[2])
    return CivilZone.shanghai.timestamp(of: day, minute: numbers[3] * 60 + numbers[4])
}
