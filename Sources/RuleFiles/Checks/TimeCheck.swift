import ChatModel
import RuleEngine

/// What depends on the date: what is over, what no schedule allows, holidays nobody has announced.
struct TimeCheck {
    let bundle: LoadedBundle
    let compiled: CompiledBundle
    /// `nil` where time is left open: then only what holds at any time is said.
    let at: Timestamp?
    let log: DiagnosticLog

    /// What ends within this is worth a word.
    private static let soon = Duration.seconds(7 * 86_400)

    private var definition: BundleDefinition { bundle.definition }

    func check() {
        for (schedule, syntax) in zip(definition.schedules, bundle.syntax.schedules) {
            check(schedule, syntax.name)
        }
        for (rule, syntax) in zip(definition.rules, bundle.syntax.rules) {
            checkConditions(rule.conditions, rule.exceptions, syntax.name)
            checkSpan(
                rule.valid, SymbolKind.rule.noun.named(syntax.name.text), syntax.valid, syntax.name)
        }
        for (notice, syntax) in zip(definition.notices, bundle.syntax.notices) {
            checkConditions(notice.conditions, notice.exceptions, syntax.name)
            checkSpan(
                notice.active, SymbolKind.notice.noun.named(syntax.name.text), syntax.active,
                syntax.name)
        }
        let name = bundle.syntax.name
        checkSpan(
            definition.valid, SymbolKind.bundle.noun.named(name.text), bundle.syntax.valid, name)
    }

    // MARK: Spans

    private func checkSpan(
        _ span: ActiveSpan?, _ what: Bilingual, _ written: SpanSyntax?, _ name: Words
    ) {
        guard let at, let until = span?.until else { return }
        let words = written?.words ?? name
        if until <= at {
            log.report(
                words.diagnostic(
                    .expired,
                    Bilingual(
                        en: "the time of \(what.en) is over",
                        zh: "\(what.zh)已经过期"),
                    help: Bilingual(en: "delete it, or give it a new date", zh: "删掉，或者改日期")))
        } else if until - at <= Self.soon {
            let days = max(1, (until - at).components.seconds / 86_400)
            log.report(
                words.diagnostic(
                    .expiresSoon,
                    Bilingual(
                        en: "the time of \(what.en) is over in \(days) days",
                        zh: "\(what.zh)还有 \(days) 天过期"),
                    help: Bilingual(en: "give it a new date if it goes on", zh: "如果还要继续，改日期")))
        }
    }

    // MARK: Schedules

    private func check(_ schedule: ScheduleDefinition, _ name: Words) {
        let hasHours =
            schedule.weekly.contains { !$0.isEmpty }
            || schedule.exceptions.contains { !$0.hours.isEmpty }
        let compiled = compiled.schedule(schedule.name)
        let isOver = at.map { time in
            compiled.map { !$0.isOpen(at: time) && $0.nextChange(after: time) == nil } ?? false
        }
        if !hasHours || isOver == true {
            log.report(
                name.diagnostic(
                    .neverOpen,
                    Bilingual(
                        en: hasHours
                            ? "the schedule '\(name.text)' doesn't open again"
                            : "the schedule '\(name.text)' is never open",
                        zh: hasHours
                            ? "时间表「\(name.text)」以后都不会再开" : "时间表「\(name.text)」从来不开"),
                    help: Bilingual(en: "write its hours under 'weekly'", zh: "在 weekly 里写上时段")))
        }
        guard let at, let compiled, let calendar = compiled.calendar else { return }
        let year = compiled.zone.moment(at: at).day.year
        guard !calendar.years.contains(year) else { return }
        log.report(
            name.diagnostic(
                .calendarYear,
                Bilingual(
                    en: "the schedule '\(name.text)' follows the holidays of '\(calendar.name)', "
                        + "but those of \(year) aren't known (only \(calendar.years.lowerBound)…"
                        + "\(calendar.years.upperBound))",
                    zh: "时间表「\(name.text)」跟随法定假日「\(calendar.name)」，但没有 \(year) 年的数据"
                        + "（只有 \(calendar.years.lowerBound)～\(calendar.years.upperBound) 年）"),
                help: Bilingual(
                    en: "write that year's holidays under 'except', or update the program",
                    zh: "在 except 里写上这一年的假日，或者更新程序")))
    }

    // MARK: Conditions

    private func checkConditions(
        _ conditions: [Condition], _ exceptions: [Condition], _ name: Words
    ) {
        let conditions = conditions.flatMap(\.conjuncts).map(\.folded)
        guard conditions.count + exceptions.count > 1 else { return }
        let exceptions = exceptions.map(\.folded)
        let held = conditions + exceptions.compactMap(\.negation)
        let clashes =
            held.indices.contains { one in
                held[..<one].contains { $0.excludes(held[one]) }
            } || conditions.contains { one in exceptions.contains { one.implies($0) } }
        guard clashes || neverHoldTogether(held) else { return }
        log.report(
            name.diagnostic(
                .contradiction,
                Bilingual(
                    en: "the conditions of '\(name.text)' can never hold together",
                    zh: "「\(name.text)」的条件互相矛盾，永远不会同时成立"),
                help: Bilingual(
                    en: "'if' means all of them; use 'any' for one of several",
                    zh: "if 是全部成立；只要其中一个成立请用 any")))
    }

    /// Whether no quarter of an hour of four weeks, and of the days with hours of their own,
    /// satisfies several hours at once.
    private func neverHoldTogether(_ conditions: [Condition]) -> Bool {
        let hours = conditions.compactMap { condition -> (CompiledSchedule, Bool)? in
            guard case .hours(let name, let isOpen) = condition else { return nil }
            return compiled.schedule(name).map { ($0, isOpen) }
        }
        guard hours.count > 1 else { return false }
        let zone = hours[0].0.zone
        let today = zone.moment(at: at ?? Facts.someWorkday).day
        var days = (0..<28).map { today.adding(days: $0) }
        for (schedule, _) in hours {
            days += schedule.definition.exceptions.flatMap { [$0.from, $0.through] }
        }
        for day in days {
            for quarter in 0..<96 {
                let time = zone.timestamp(of: day, minute: quarter * 15)
                if hours.allSatisfy({ $0.0.isOpen(at: time) == $0.1 }) { return false }
            }
        }
        return true
    }
}

extension Condition {
    /// What must hold for it to hold: the parts of an `all`.
    fileprivate var conjuncts: [Condition] {
        if case .all(let conditions) = self { conditions.flatMap(\.conjuncts) } else { [self] }
    }
}
