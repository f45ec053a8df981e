import ChatModel

/// A moment as systems write it: `2026-03-02`, `2026/3/2 09:30`, `2026-03-02T09:30:00+08:00`,
/// `09:30`, or seconds or milliseconds since 1970.
struct WrittenMoment {
    /// On a clock of the zone that was asked for; 1970-01-01 for a time without a day.
    let moment: CivilMoment
    /// Whether more than a day was written.
    let hasTime: Bool

    init?(_ text: String, _ zone: CivilZone) {
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text) {
            switch text.utf8.count {
            case 9...10: moment = zone.moment(at: Timestamp(seconds: number))
            case 12...13: moment = zone.moment(at: Timestamp(milliseconds: number))
            case 8:
                let number = Int(number)
                let day = ScheduleDefinition.Day(
                    year: number / 10_000, month: number / 100 % 100, day: number % 100)
                guard day.isValid else { return nil }
                moment = CivilMoment(day: day, second: 0)
                hasTime = false
                return
            default: return nil
            }
            hasTime = true
            return
        }
        var reader = Reader(text)
        if let second = reader.time(), reader.isAtEnd {
            moment = CivilMoment(
                day: ScheduleDefinition.Day(year: 1970, month: 1, day: 1), second: second)
            hasTime = true
            return
        }
        reader = Reader(text)
        guard let day = reader.day() else { return nil }
        if reader.isAtEnd {
            moment = CivilMoment(day: day, second: 0)
            hasTime = false
            return
        }
        guard reader.skip({ $0 == 0x20 || $0 == 0x54 || $0 == 0x74 }), let second = reader.time()
        else { return nil }
        hasTime = true
        if reader.isAtEnd {
            moment = CivilMoment(day: day, second: second)
        } else {
            guard let offset = reader.offset(), reader.isAtEnd else { return nil }
            let seconds = day.daysSince1970 * 86_400 + second - offset
            moment = zone.moment(at: Timestamp(seconds: Int64(seconds)))
        }
    }

    /// By a pattern of `yyyy` `yy` `MM` `M` `dd` `d` `HH` `H` `mm` `m` `ss` `s` and `E` (周一);
    /// all else stands for itself.
    func text(_ pattern: String) -> String {
        let day = moment.day
        var text = ""
        var rest = Substring(pattern)
        while let letter = rest.first {
            let run = rest.prefix { $0 == letter }
            rest = rest[run.endIndex...]
            let number: Int? =
                switch letter {
                case "y": run.count == 2 ? day.year % 100 : day.year
                case "M": day.month
                case "d": day.day
                case "H": moment.second / 3600
                case "m": moment.second / 60 % 60
                case "s": moment.second % 60
                default: nil
                }
            if let number {
                text += number.padded(to: min(run.count, 4))
            } else if letter == "E" {
                text += ScheduleText.weekday(day.weekday)
            } else {
                text += run
            }
        }
        return text
    }

    /// Takes a moment apart, byte by byte.
    private struct Reader {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = Substring(text).utf8 }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func skip(_ isExpected: (UInt8) -> Bool) -> Bool {
            guard let byte = rest.first, isExpected(byte) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(_ digits: ClosedRange<Int>) -> Int? {
            let run = rest.prefix { (0x30...0x39).contains($0) }
            guard digits.contains(run.count) else { return nil }
            rest = rest[run.endIndex...]
            return Int(Substring(run))
        }

        mutating func day() -> ScheduleDefinition.Day? {
            let isSeparator: (UInt8) -> Bool = { $0 == 0x2D || $0 == 0x2F || $0 == 0x2E }
            guard let year = number(4...4), skip(isSeparator), let month = number(1...2),
                skip(isSeparator), let day = number(1...2)
            else { return nil }
            let date = ScheduleDefinition.Day(year: year, month: month, day: day)
            return date.isValid ? date : nil
        }

        /// Seconds since midnight.
        mutating func time() -> Int? {
            guard let hour = number(1...2), skip({ $0 == 0x3A }), let minute = number(2...2) else {
                return nil
            }
            var second = 0
            if skip({ $0 == 0x3A }) {
                guard let seconds = number(2...2) else { return nil }
                second = seconds
                if skip({ $0 == 0x2E }), number(1...9) == nil { return nil }
            }
            guard hour < 24, minute < 60, second < 60 else { return nil }
            return hour * 3600 + minute * 60 + second
        }

        /// Seconds ahead of UTC: `Z`, `+08:00`, `+0800`, `+08`.
        mutating func offset() -> Int? {
            if skip({ $0 == 0x5A || $0 == 0x7A }) { return 0 }
            let sign = rest.first == 0x2D ? -1 : 1
            guard skip({ $0 == 0x2B || $0 == 0x2D }) else { return nil }
            guard let first = number(2...4) else { return nil }
            if first > 99 { return sign * (first / 100 * 3600 + first % 100 * 60) }
            guard skip({ $0 == 0x3A }) else { return sign * first * 3600 }
            return number(2...2).map { sign * (first * 3600 + $0 * 60) }
        }
    }
}
