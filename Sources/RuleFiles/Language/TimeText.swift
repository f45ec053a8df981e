import ChatModel
import RuleEngine

/// Days, times of day and spans of them, as rule files write them.
enum TimeText {
    /// `2026-03-02`, one digit being enough for month and day; `nil` for what no calendar has.
    static func day(_ text: some StringProtocol) -> ScheduleDefinition.Day? {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].count == 4, let year = number(fields[0], 1970...9999),
            let month = number(fields[1], 1...12), let dayOfMonth = number(fields[2], 1...31)
        else { return nil }
        let day = ScheduleDefinition.Day(year: year, month: month, day: dayOfMonth)
        return day.isValid ? day : nil
    }

    /// `9:00`, `09:00` or `24:00` in minutes since midnight.
    static func minute(_ text: some StringProtocol) -> Int? {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 2, fields[1].count == 2, let hour = number(fields[0], 0...24),
            let minute = number(fields[1], 0...59), hour < 24 || minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    /// `09:00-12:00`; an end before the beginning is on the next day.
    static func hours(_ text: some StringProtocol) -> ScheduleDefinition.Hours? {
        let ends = text.split(
            omittingEmptySubsequences: false, whereSeparator: { "-–~～至".contains($0) })
        guard ends.count == 2, let from = minute(ends[0].trimmed),
            let until = minute(ends[1].trimmed), from < 1440, until > 0, from != until
        else { return nil }
        return ScheduleDefinition.Hours(from: from, until: until > from ? until : until + 1440)
    }

    /// One end of a span: a day, or a day and a time.
    ///
    /// - Returns: The moment it begins or, for a last day, the moment behind it.
    static func moment(_ text: some StringProtocol, isEnd: Bool) -> SpanSyntax.Moment? {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard let first = fields.first, let day = day(first) else { return nil }
        if fields.count == 1 {
            return SpanSyntax.Moment(day: isEnd ? day.adding(days: 1) : day, minute: 0)
        }
        guard fields.count == 2, let minute = minute(fields[1]) else { return nil }
        return SpanSyntax.Moment(day: day, minute: minute)
    }

    private static func number(_ text: some StringProtocol, _ range: ClosedRange<Int>) -> Int? {
        guard (1...4).contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }),
            let number = Int(text), range.contains(number)
        else { return nil }
        return number
    }
}

extension BundleReader {
    /// A span such as `2026-11-01 .. 2026-11-12`.
    ///
    /// Days count whole, both included; a time as an end is not part of it. One side may be
    /// missing; a day alone is that day.
    func span(_ words: Words, of key: String) -> SpanSyntax? {
        if let day = TimeText.day(words.text.trimmed) {
            return SpanSyntax(
                words: words, from: SpanSyntax.Moment(day: day, minute: 0),
                until: SpanSyntax.Moment(day: day.adding(days: 1), minute: 0))
        }
        let ends = words.text.split(separator: "..", omittingEmptySubsequences: false)
            .map(\.trimmed)
        let from = ends.first.flatMap { TimeText.moment($0, isEnd: false) }
        let until = ends.last.flatMap { TimeText.moment($0, isEnd: true) }
        let isRight =
            ends.count == 2 && (from != nil || ends[0].isEmpty) && (until != nil || ends[1].isEmpty)
            && (from != nil || until != nil)
        guard isRight else {
            log.report(
                words.diagnostic(
                    .badValue,
                    Bilingual(
                        en: "'\(key)' takes a span of days, not '\(words.text)'",
                        zh: "「\(key)」要写一段日期，不是「\(words.text)」"),
                    help: Bilingual(
                        en: "for example: 2026-11-01 .. 2026-11-12, or 2026-07-01 00:00 .. "
                            + "2026-07-05 24:00",
                        zh: "例如：2026-11-01 .. 2026-11-12，或 2026-07-01 00:00 .. 2026-07-05 24:00")))
            return nil
        }
        if let from, let until,
            (until.day, until.minute) <= (from.day, from.minute)
        {
            log.report(
                words.diagnostic(
                    .badValue,
                    Bilingual(en: "'\(key)' ends before it begins", zh: "「\(key)」的结束早于开始")))
            return nil
        }
        return SpanSyntax(words: words, from: from, until: until)
    }
}
