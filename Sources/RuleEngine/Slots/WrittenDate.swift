/// Finds the day a customer means, as in `3月2日`, `2026/3/2`, `明天`, `三天后`, `下周一`, `15号`.
enum WrittenDate {
    /// Characters that are looked at: a message of the platform has no more.
    private static let longest = 2048

    /// The first day a text names, most explicit forms first; `nil` if it names none, or one the
    /// calendar doesn't have, or one of the lunar calendar.
    ///
    /// Without a year the nearest such day is meant, a day of the month or a weekday is the next
    /// one from today on.
    static func day(
        in words: String, today: ScheduleDefinition.Day
    ) -> ScheduleDefinition.Day? {
        let text = FoldedText(String(words.prefix(longest))).text
        for lunar in ["农历", "阴历", "初", "正月", "腊月"] where text.contains(lunar) { return nil }
        let reader = DateReader(tokens: DateToken.tokens(of: text), today: today)
        let forms: [(Int) -> ScheduleDefinition.Day?] = [
            reader.withYear, reader.withNamedYear, reader.withNamedMonth, reader.withMonth,
            reader.counted, reader.named, reader.weekday, reader.dayOfMonth, reader.withPoint,
        ]
        for form in forms {
            for index in reader.tokens.indices {
                if let day = form(index) { return day.isValid ? day : nil }
            }
        }
        return nil
    }
}

/// A number, or a character that is none.
private enum DateToken: Equatable {
    case number(Int, digits: Int)
    case mark(Character)

    /// The tokens of a folded text, without spaces; Chinese numbers are numbers, except the day
    /// of a week, which is one character.
    static func tokens(of text: String) -> [DateToken] {
        let characters = text.filter { !$0.isWhitespace }.map(\.self)
        var tokens: [DateToken] = []
        var index = 0
        while index < characters.count {
            let character = characters[index]
            let before = characters[..<index]
            let isAfterWeek =
                before.last == "周" || before.suffix(2) == ["星", "期"]
                || before.suffix(2) == ["礼", "拜"]
            if character.isASCIIDigit {
                let run = characters[index...].prefix(while: \.isASCIIDigit)
                // Longer than any date: no number, so that no part of it is taken for one.
                tokens.append(
                    run.count > 8 ? .mark("#") : .number(Int(String(run)) ?? 0, digits: run.count))
                index = run.endIndex
            } else if isAfterWeek, let day = "一二三四五六".firstIndex(of: character) {
                let number = "一二三四五六".distance(from: "一二三四五六".startIndex, to: day) + 1
                tokens.append(.number(number, digits: 1))
                index += 1
            } else if character.chineseDigit != nil {
                let run = characters[index...].prefix { $0.chineseDigit != nil }
                tokens.append(number(run.compactMap(\.chineseDigit)))
                index = run.endIndex
            } else {
                tokens.append(.mark(character))
                index += 1
            }
        }
        return tokens
    }

    /// 二十一 is 21, 廿三 is 23, 二〇二六 is 2026.
    private static func number(_ digits: [Int]) -> DateToken {
        guard digits.count <= 4 else { return .mark("#") }
        guard let ten = digits.firstIndex(where: { $0 >= 10 }) else {
            return .number(digits.reduce(0) { $0 * 10 + $1 }, digits: digits.count)
        }
        guard ten <= 1, digits.count <= ten + 2, digits[(ten + 1)...].allSatisfy({ $0 < 10 }) else {
            return .mark("#")
        }
        let tens = ten == 0 ? digits[0] : digits[0] * 10
        return .number(tens + (digits.count > ten + 1 ? digits[ten + 1] : 0), digits: 2)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }

    /// 10 for 十, 20 for 廿, 30 for 卅.
    fileprivate var chineseDigit: Int? {
        switch self {
        case "〇", "零": 0
        case "一": 1
        case "二", "两": 2
        case "三": 3
        case "四": 4
        case "五": 5
        case "六": 6
        case "七": 7
        case "八": 8
        case "九": 9
        case "十": 10
        case "廿": 20
        case "卅": 30
        default: nil
        }
    }
}

/// The forms a day is written in; each looks at one place of the text.
private struct DateReader {
    typealias Day = ScheduleDefinition.Day

    let tokens: [DateToken]
    let today: Day

    /// `2026年3月2日`, `26年3月2号`, `2026-3-2`, `2026/3/2`, `2026.3.2`, `20260302`.
    func withYear(_ index: Int) -> Day? {
        if let date = number(index, digits: 8...8), (1900...2199).contains(date / 10_000) {
            return Day(year: date / 10_000, month: date / 100 % 100, day: date % 100)
        }
        if let year = number(index, digits: 4...4) ?? number(index, digits: 2...2),
            has(index + 1, "年"), let (month, day) = monthAndDay(index + 2)
        {
            return Day(year: year < 100 ? 2000 + year : year, month: month, day: day)
        }
        if let year = number(index, digits: 4...4), (1900...2199).contains(year),
            let separator = mark(index + 1), "-/.".contains(separator),
            let month = number(index + 2, digits: 1...2), has(index + 3, separator),
            let day = number(index + 4, digits: 1...2)
        {
            return Day(year: year, month: month, day: day)
        }
        return nil
    }

    /// `明年3月2日`.
    func withNamedYear(_ index: Int) -> Day? {
        guard let name = mark(index), has(index + 1, "年"), let years = Self.years[name],
            let (month, day) = monthAndDay(index + 2)
        else { return nil }
        return Day(year: today.year + years, month: month, day: day)
    }

    private static let years: [Character: Int] = ["前": -2, "去": -1, "今": 0, "明": 1, "后": 2]

    /// `下个月3号`, `本月15日`.
    func withNamedMonth(_ index: Int) -> Day? {
        guard let name = mark(index), let months = Self.steps[name] else { return nil }
        let month = has(index + 1, "个") ? index + 2 : index + 1
        guard has(month, "月"), let day = number(month + 1, digits: 1...2), isDayMark(month + 2)
        else { return nil }
        return inMonth(months, day)
    }

    private static let steps: [Character: Int] = ["上": -1, "这": 0, "本": 0, "下": 1]

    /// `3月2日`, `三月二号`, `3月2`.
    func withMonth(_ index: Int) -> Day? {
        guard let (month, day) = monthAndDay(index) else { return nil }
        return nearest(month, day)
    }

    /// `三天后`, `5天前`, `两周后`, `一个月后`.
    func counted(_ index: Int) -> Day? {
        guard let count = number(index, digits: 1...3) else { return nil }
        var next = index + 1
        if has(next, "个") { next += 1 }
        let unit = mark(next)
        next += 1
        if unit == "星", has(next, "期") { next += 1 }
        if unit == "礼", has(next, "拜") { next += 1 }
        if has(next, "之") || has(next, "以") { next += 1 }
        guard has(next, "后") || has(next, "前") else { return nil }
        let sign = has(next, "后") ? 1 : -1
        switch unit {
        case "天", "日": return today.adding(days: sign * count)
        case "周", "星", "礼": return today.adding(days: sign * count * 7)
        case "月":
            // The last day, where the month is shorter.
            return (0...3).lazy.compactMap { inMonth(sign * count, today.day - $0) }
                .first(where: \.isValid)
        default: return nil
        }
    }

    /// `今天`, `明晚`, `后天`, `大后天`, `tomorrow`.
    func named(_ index: Int) -> Day? {
        for (word, days) in Self.names where word.enumerated().allSatisfy({ has(index + $0, $1) }) {
            return today.adding(days: days)
        }
        return nil
    }

    private static let names: [(String, Int)] =
        [
            ("大后天", 3), ("大前天", -3), ("后天", 2), ("前天", -2), ("dayaftertomorrow", 2),
            ("daybeforeyesterday", -2), ("today", 0), ("tonight", 0), ("tomorrow", 1),
            ("yesterday", -1),
        ]
        + [("今", 0), ("明", 1), ("昨", -1)].flatMap { name, days in
            ["天", "日", "儿", "早", "晚"].map { (name + $0, days) }
        }

    /// `周三`, `这周五`, `下星期一`, `下下礼拜天`.
    func weekday(_ index: Int) -> Day? {
        var next = index
        var weeks: Int?
        while let name = mark(next), let step = Self.steps[name] {
            weeks = (weeks ?? 0) + step
            next += 1
        }
        if weeks != nil, has(next, "个") { next += 1 }
        if has(next, "周") {
            next += 1
        } else if (has(next, "星") && has(next + 1, "期")) || (has(next, "礼") && has(next + 1, "拜")) {
            next += 2
        } else {
            return nil
        }
        let weekday: Int
        if let number = number(next, digits: 1...1), (1...7).contains(number) {
            weekday = number - 1
        } else if has(next, "日") || has(next, "天") {
            weekday = 6
        } else {
            return nil
        }
        let monday = today.adding(days: -today.weekday)
        if let weeks { return monday.adding(days: weeks * 7 + weekday) }
        return monday.adding(days: weekday < today.weekday ? 7 + weekday : weekday)
    }

    /// `15号`.
    func dayOfMonth(_ index: Int) -> Day? {
        guard let day = number(index, digits: 1...2), (1...31).contains(day), isDayMark(index + 1)
        else { return nil }
        // Two months in a row are never both too short.
        return (0...2).lazy.map { inMonth($0, day) }.first { $0.isValid && $0 >= today }
    }

    /// `3.2`, `3/2`, `3-2`.
    func withPoint(_ index: Int) -> Day? {
        guard let month = number(index, digits: 1...2), (1...12).contains(month),
            let separator = mark(index + 1), "-/.".contains(separator),
            let day = number(index + 2, digits: 1...2), (1...31).contains(day),
            !isPart(index - 1), !isPart(index + 3)
        else { return nil }
        return nearest(month, day)
    }

    // MARK: Pieces

    private func number(_ index: Int, digits: ClosedRange<Int>) -> Int? {
        guard tokens.indices.contains(index), case .number(let value, let count) = tokens[index],
            digits.contains(count)
        else { return nil }
        return value
    }

    private func mark(_ index: Int) -> Character? {
        guard tokens.indices.contains(index), case .mark(let character) = tokens[index] else {
            return nil
        }
        return character
    }

    private func has(_ index: Int, _ character: Character) -> Bool { mark(index) == character }

    private func isDayMark(_ index: Int) -> Bool { has(index, "日") || has(index, "号") }

    /// Whether a number goes on there: `1.2.3`, `3.2%`, `3.2元`.
    private func isPart(_ index: Int) -> Bool {
        mark(index).map { "-/.%元块:".contains($0) } ?? tokens.indices.contains(index)
    }

    private func monthAndDay(_ index: Int) -> (month: Int, day: Int)? {
        guard let month = number(index, digits: 1...2), has(index + 1, "月"),
            let day = number(index + 2, digits: 1...2)
        else { return nil }
        return (month, day)
    }

    private func inMonth(_ months: Int, _ day: Int) -> Day {
        let month = today.year * 12 + today.month - 1 + months
        return Day(
            year: month.flooredQuotient(12), month: month - month.flooredQuotient(12) * 12 + 1,
            day: day)
    }

    /// The nearest such day; only leap years have a 29 February.
    private func nearest(_ month: Int, _ day: Int) -> Day {
        let days = [0, -1, 1, -2, 2, -3, 3, -4, 4].map {
            Day(year: today.year + $0, month: month, day: day)
        }.filter(\.isValid)
        return days.min {
            abs($0.daysSince1970 - today.daysSince1970)
                < abs($1.daysSince1970 - today.daysSince1970)
        } ?? Day(year: today.year, month: month, day: day)
    }
}
