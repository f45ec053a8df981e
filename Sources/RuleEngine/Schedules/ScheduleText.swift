/// The words for opening hours, as `$(营业时间)` shows them to customers.
package enum ScheduleText {
    /// The hours of Monday … Sunday in words: `周一至周五 9:00–12:00、13:30–18:00，周六 10:00–16:00`.
    ///
    /// Days in a row with the same hours are joined, and closed days left out; `休息` if there is
    /// none left.
    package static func words(weekly: [[ScheduleDefinition.Hours]]) -> String {
        let week = (0..<7).map { $0 < weekly.count ? weekly[$0].sorted { $0.from < $1.from } : [] }
        var runs: [(days: ClosedRange<Int>, hours: [ScheduleDefinition.Hours])] = []
        for (day, hours) in week.enumerated() {
            if let last = runs.last, last.hours == hours {
                runs[runs.count - 1].days = last.days.lowerBound...day
            } else {
                runs.append((day...day, hours))
            }
        }
        let spans = runs.filter { !$0.hours.isEmpty }
        if spans.isEmpty { return "休息" }
        return spans.map { run in
            let name =
                run.days.count == 7
                ? "每天"
                : run.days.count == 1
                    ? weekday(run.days.lowerBound)
                    : run.days.count == 2
                        ? "\(weekday(run.days.lowerBound))、\(weekday(run.days.upperBound))"
                        : "\(weekday(run.days.lowerBound))至\(weekday(run.days.upperBound))"
            return "\(name) \(words(for: run.hours))"
        }.joined(separator: "，")
    }

    /// The hours of one day in words: `9:00–12:00、13:30–18:00`; `休息` for none.
    package static func words(for hours: [ScheduleDefinition.Hours]) -> String {
        if hours.isEmpty { return "休息" }
        if hours == [ScheduleDefinition.Hours(from: 0, until: 1440)] { return "全天" }
        return hours.map { "\(clock($0.from))–\(clock($0.until))" }.joined(separator: "、")
    }

    /// `周一` for 0 … `周日` for 6.
    static func weekday(_ weekday: Int) -> String {
        "周" + ["一", "二", "三", "四", "五", "六", "日"][weekday]
    }

    private static func clock(_ minute: Int) -> String {
        let inDay = minute > 1440 ? minute - 1440 : minute
        return (minute > 1440 ? "次日" : "") + "\(inDay / 60):\((inDay % 60).padded(to: 2))"
    }
}
