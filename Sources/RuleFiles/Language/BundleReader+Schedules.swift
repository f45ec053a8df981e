import ChatModel
import RuleEngine

/// Schedules: a week, a calendar, and the days that are different.
extension BundleReader {
    func readSchedules(_ map: MapCursor) -> [ScheduleSyntax] {
        map.namedEntries.compactMap { entry in
            let noun = SymbolKind.schedule.noun
            guard let name = name(entry.key, of: noun, isInPlaceholders: true),
                let map = MapCursor(entry.value, as: noun.named(entry.name), log: log)
            else { return nil }
            return readSchedule(map, name: name)
        }
    }

    private func readSchedule(_ map: MapCursor, name: Words) -> ScheduleSyntax {
        var schedule = ScheduleSyntax(name: name)
        schedule.overrides = map.flag("override") ?? false
        schedule.zone = readZone(map)
        if let weekly = map.requiredValue("weekly") { schedule.weekly = readWeek(weekly) }
        if let calendar = map.text("calendar") {
            if HolidayCalendar.named(calendar.text ?? "") != nil {
                schedule.calendar = calendar.text
            } else {
                refuse(
                    calendar, en: "there is no calendar '\(calendar.text ?? "")'",
                    zh: "没有「\(calendar.text ?? "")」这个日历",
                    help: Bilingual(
                        en: "one of: \(HolidayCalendar.names.joined(separator: ", "))",
                        zh: "可以写：\(HolidayCalendar.names.joined(separator: "、"))"))
            }
        }
        if let days = map.map("except") { schedule.exceptions = readExceptions(days) }
        schedule.text = map.text("text").map(Words.init)
        map.finish()
        return schedule
    }

    /// An IANA zone that the system knows.
    func readZone(_ map: MapCursor) -> String? {
        guard let node = map.text("zone"), let zone = node.text else { return nil }
        if CivilZone(zone) != nil { return zone }
        refuse(
            node, en: "there is no time zone '\(zone)'", zh: "没有「\(zone)」这个时区",
            help: Bilingual(en: "for example: Asia/Shanghai", zh: "例如：Asia/Shanghai"))
        return nil
    }

    // MARK: Hours

    private static let closedWords: Set<String> = ["closed", "休息", "关", "不营业"]

    /// `09:00-12:00`, a list of them, or `closed`.
    private func readHours(_ node: YAMLNode, as what: Bilingual) -> [ScheduleDefinition.Hours]? {
        if let text = node.text, Self.closedWords.contains(text) { return [] }
        let elements = node.list ?? [node]
        var found: [(hours: ScheduleDefinition.Hours, node: YAMLNode)] = []
        for element in elements {
            guard
                let element = MapCursor.text(
                    element, as: what, orList: node.list == nil, log: log),
                let text = element.text
            else { return nil }
            guard let hours = TimeText.hours(text) else {
                refuse(
                    element, en: "\(what.en) takes hours, not '\(text)'",
                    zh: "\(what.zh)要写时段，不是「\(text)」",
                    help: Bilingual(
                        en: "for example: 09:00-12:00, or closed", zh: "例如：09:00-12:00，或 closed（休息）"
                    ))
                return nil
            }
            found.append((hours, element))
        }
        let sorted = found.sorted { $0.hours.from < $1.hours.from }
        for (one, next) in zip(sorted, sorted.dropFirst()) where next.hours.from < one.hours.until {
            refuse(
                next.node, .overlappingHours, en: "these hours overlap \(one.node.text ?? "")",
                zh: "这个时段和 \(one.node.text ?? "") 重叠了",
                help: Bilingual(en: "join the two", zh: "合成一段"))
        }
        return sorted.map(\.hours)
    }

    // MARK: Week

    private func readWeek(_ node: YAMLNode) -> [[ScheduleDefinition.Hours]] {
        var week: [[ScheduleDefinition.Hours]] = Array(repeating: [], count: 7)
        let what = Bilingual.quoted("weekly")
        guard node.map != nil, let map = MapCursor(node, as: what, log: log) else {
            let hours = readHours(node, as: what) ?? []
            return Array(repeating: hours, count: 7)
        }
        var taken: Set<Int> = []
        for entry in map.namedEntries {
            guard let days = Weekdays.days(entry.name) else {
                refuse(
                    entry.key, en: "'\(entry.name)' is no day of the week",
                    zh: "「\(entry.name)」不是星期",
                    help: Bilingual(
                        en: "for example: 周一至周五, 周六, 周末, 每天, Mon-Fri",
                        zh: "例如：周一至周五、周六、周末、每天"))
                continue
            }
            if days.contains(where: taken.contains) {
                refuse(
                    entry.key, .overlappingHours, en: "'\(entry.name)' names a day a second time",
                    zh: "「\(entry.name)」里有一天写了两次",
                    help: Bilingual(
                        en: "write all hours of a day in one list", zh: "同一天的时段写在一个列表里"))
            }
            taken.formUnion(days)
            guard let hours = readHours(entry.value, as: .quoted(entry.name)) else { continue }
            for day in days { week[day] = hours }
        }
        return week
    }

    // MARK: Days that are different

    private func readExceptions(_ map: MapCursor) -> [ScheduleDefinition.Exception] {
        map.namedEntries.compactMap { entry in
            let ends = entry.name.split(separator: "..", omittingEmptySubsequences: false)
                .map(\.trimmed)
            guard (1...2).contains(ends.count), let first = ends.first.flatMap(TimeText.day),
                let last = ends.last.flatMap(TimeText.day), first <= last
            else {
                refuse(
                    entry.key, en: "'except' takes days, not '\(entry.name)'",
                    zh: "「except」下面要写日期，不是「\(entry.name)」",
                    help: Bilingual(
                        en: "for example: 2026-11-11, or 2026-02-15..2026-02-21",
                        zh: "例如：2026-11-11，或 2026-02-15..2026-02-21"))
                return nil
            }
            return readHours(entry.value, as: .quoted(entry.name)).map {
                ScheduleDefinition.Exception(from: first, through: last, hours: $0)
            }
        }
    }
}

/// Days of the week as people name them.
enum Weekdays {
    private static let names: [String: Int] = {
        var names: [String: Int] = [:]
        for (day, word) in ["一", "二", "三", "四", "五", "六", "日"].enumerated() {
            for prefix in ["周", "星期", "礼拜"] { names[prefix + word] = day }
        }
        for prefix in ["周", "星期", "礼拜"] { names[prefix + "天"] = 6 }
        let english = [
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        ]
        for (day, word) in english.enumerated() {
            names[word] = day
            names[String(word.prefix(3))] = day
        }
        return names
    }()

    private static let groups: [String: ClosedRange<Int>] = [
        "每天": 0...6, "每日": 0...6, "全周": 0...6, "daily": 0...6, "every day": 0...6,
        "工作日": 0...4, "平日": 0...4, "weekdays": 0...4, "周末": 5...6, "weekends": 5...6,
        "weekend": 5...6,
    ]

    /// The days that `周一至周五`, `周六`, `周二、周四`, `Mon-Fri` or `周末` name, 0 for Monday;
    /// `nil` for anything else.
    static func days(_ text: String) -> Set<Int>? {
        var days: Set<Int> = []
        for part in text.split(whereSeparator: { "、,，和".contains($0) }) {
            let part = part.trimmed.lowercased()
            if let group = groups[part] {
                days.formUnion(group)
                continue
            }
            let ends = part.split(whereSeparator: { "至到-–~～".contains($0) }).map(\.trimmed)
            guard (1...2).contains(ends.count), let first = ends.first.flatMap(day),
                let last = ends.last.flatMap(day)
            else { return nil }
            var current = first
            days.insert(current)
            while current != last {
                current = (current + 1) % 7
                days.insert(current)
            }
        }
        return days.isEmpty ? nil : days
    }

    /// One day; in `周一至五` the second has no `周`.
    private static func day(_ word: String) -> Int? { names[word] ?? names["周" + word] }
}
