import ChatModel

/// Times as test files write them and reports show them: Asia/Shanghai, which has been eight hours
/// ahead of UTC without a change since 1991.
enum ShanghaiTime {
    private static let offset: Int64 = 8 * 3600
    private static let day: Int64 = 86_400

    /// The moment `2026-03-02 10:00` or `2026-03-02 10:00:30` stands for; `nil` for anything else.
    static func timestamp(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { return nil }
        let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        let time = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard date.count == 3, date[0].count == 4, time.count == 2 || time.count == 3,
            let year = number(date[0], 1970...9999), let month = number(date[1], 1...12),
            let dayOfMonth = number(date[2], 1...31), let hour = number(time[0], 0...23),
            let minute = number(time[1], 0...59),
            let second = time.count == 3 ? number(time[2], 0...59) : 0
        else { return nil }
        let days = days(year, month, dayOfMonth)
        guard civil(days) == (year, month, dayOfMonth) else { return nil }
        return Timestamp(seconds: days * day + hour * 3600 + minute * 60 + second - offset)
    }

    /// `2026-03-02 10:00`, with seconds where there are some.
    static func text(_ time: Timestamp) -> String {
        let seconds = time.seconds + offset
        let clock = clock(time)
        return date(seconds) + " " + (clock.hasSuffix(":00") ? String(clock.dropLast(3)) : clock)
    }

    /// `10:00:25`, with milliseconds where there are some, and the date before it on another day
    /// than `start`'s.
    static func text(_ time: Timestamp, since start: Timestamp) -> String {
        let isSameDay =
            (time.seconds + offset) / day == (start.seconds + offset) / day
        return isSameDay ? clock(time) : date(time.seconds + offset) + " " + clock(time)
    }

    private static func clock(_ time: Timestamp) -> String {
        let seconds = (time.seconds + offset) % day
        let text = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
            .joined(separator: ":")
        let milliseconds = time.milliseconds - time.seconds * 1000
        return milliseconds == 0 ? text : text + "." + padded(milliseconds, 3)
    }

    private static func date(_ seconds: Int64) -> String {
        let (year, month, day) = civil(seconds / day)
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int64(text), range.contains(number)
        else { return nil }
        return number
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar, by counting years from March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}
