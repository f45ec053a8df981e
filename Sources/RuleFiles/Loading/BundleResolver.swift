import ChatModel
import RuleEngine

/// Turns one bundle's syntax into its definition: looks up names, fills texts, checks limits.
struct BundleResolver {
    /// The bundle with all it includes and word lists written out: its triggers stand beside the
    /// definition's.
    private(set) var syntax: BundleSyntax
    let log: DiagnosticLog
    let limits: LimitCheck
    let media: MediaCheck
    let names: BundleNames
    let values: ValueNames
    let texts: TextResolver
    /// Ids by `menu.item`.
    let wireIDs: [String: WireLock.Entry]
    let zone: CivilZone
    let zoneName: String
    /// Menu and survey items by `menu.item`.
    let items: [String: MenuSyntax.Item]
    let surveyNames: Set<String>
    /// Slots whose question is a menu.
    let menuSlots: Set<String>
    /// Policies that go to the pool.
    let poolPolicies: Set<String>
    let flowGraph: FlowGraph
    /// By flow: what rules that start it set or require.
    let knownByRules: [String: Set<String>]
    var policies: [String: HandoffDefinition] = [:]
    private let schedules: [ScheduleDefinition]

    init(
        _ merged: BundleSyntax, lock: WireLock, media: [String: MediaListing],
        log: DiagnosticLog
    ) {
        self.log = log
        limits = LimitCheck(log: log)
        self.media = MediaCheck(listings: media, log: log)
        let name = BundleName(merged.name.text)
        names = BundleNames(bundle: name, log: log)
        zoneName = merged.defaults.zone ?? "Asia/Shanghai"
        zone = CivilZone(zoneName) ?? .shanghai
        let menus = merged.menus + merged.surveys.map(\.menu)
        var items: [String: MenuSyntax.Item] = [:]
        for menu in menus {
            for item in menu.items { items["\(menu.name.text).\(item.key.text)"] = item }
        }
        self.items = items
        surveyNames = Set(merged.surveys.map(\.name.text))
        menuSlots = Set(merged.slots.filter(\.isMenu).map(\.name.text))
        poolPolicies = Set(merged.policies.filter { $0.to == .pool }.compactMap(\.name?.text))
        Self.declareAll(merged, names)
        let lists = WordLists(merged.wordLists, names: names, log: log)
        syntax = merged.expandingWordLists(lists)
        values = ValueNames(syntax, names: names)
        flowGraph = FlowGraph(syntax.flows)
        knownByRules = Self.knownByRules(syntax.rules, values)
        let zoneName = zoneName
        schedules = merged.schedules.map { Self.schedule($0, zone: zoneName) }
        texts = TextResolver(
            syntax.texts,
            schedules: Dictionary(
                schedules.map { ($0.name.rawValue, $0.text) },
                uniquingKeysWith: { first, _ in first }), names: names, values: values, log: log)
        wireIDs = WireIDAssignment(bundle: name, lock: lock, log: log).assign(menus)
    }

    /// The definition; worth something only if the log has no errors afterwards.
    mutating func resolve() -> BundleDefinition {
        texts.resolveAll()
        let menus = syntax.menus.map { menu($0) }
        let surveys = syntax.surveys.map { survey($0) }
        let slots = syntax.slots.map { slot($0) }
        texts.known = []
        for policy in syntax.policies {
            if let name = policy.name { policies[name.text] = handoff(policy) }
        }
        checkPolicies()
        let notices = syntax.notices.map { notice($0) }
        let rules = syntax.rules.map { rule($0) }
        checkIDs()
        let flows = syntax.flows.map { flow($0) }
        checkFlowCycles()
        texts.known = nil
        let definition = BundleDefinition(
            name: names.bundle, accounts: syntax.accounts.map { AccountAlias($0.text) },
            owner: syntax.owner?.text, valid: span(syntax.valid), defaults: defaults(),
            schedules: schedules, menus: menus, slots: slots, notices: notices, rules: rules,
            flows: flows,
            policies: syntax.policies.compactMap { $0.name.flatMap { policies[$0.text] } },
            surveys: surveys)
        texts.checkLanguages()
        return definition
    }

    private static func declareAll(_ syntax: BundleSyntax, _ names: BundleNames) {
        names.declare(.bundle, syntax.name)
        for text in syntax.texts { names.declare(.text, text.name) }
        for list in syntax.wordLists { names.declare(.words, list.name) }
        for schedule in syntax.schedules { names.declare(.schedule, schedule.name) }
        for menu in syntax.menus { names.declare(.menu, menu.name) }
        for survey in syntax.surveys { names.declare(.survey, survey.name) }
        for menu in syntax.menus + syntax.surveys.map(\.menu) {
            for item in menu.items {
                names.declare(.menuItem, item.key, as: "\(menu.name.text).\(item.key.text)")
            }
        }
        for slot in syntax.slots { names.declare(.slot, slot.name) }
        for notice in syntax.notices { names.declare(.notice, notice.name) }
        for rule in syntax.rules { names.declare(.rule, rule.name) }
        for flow in syntax.flows { names.declare(.flow, flow.name) }
        for policy in syntax.policies { if let name = policy.name { names.declare(.policy, name) } }
    }

    // MARK: What the bundle says for all

    /// Words that leave every flow, whichever others the bundle or the flow names: customers
    /// know them.
    static let cancelWords = ["取消", "退出"]

    private func defaults() -> BundleDefinition.Defaults {
        let said = syntax.defaults
        let plain = BundleDefinition.Defaults()
        let line = Bilingual(en: "the line", zh: "这一行")
        return BundleDefinition.Defaults(
            hearsPinyin: said.hearsPinyin ?? plain.hearsPinyin, idle: said.idle ?? plain.idle,
            budgetKeep: budgetKeep,
            askBack: said.askBack.map { text($0, PlatformLimits.menuHead, line) } ?? plain.askBack,
            noneOfThese: said.noneOfThese.map { text($0, PlatformLimits.clickLabel, line) }
                ?? plain.noneOfThese,
            noneOfTheseID: WireIDs.noneOfThese(bundle: names.bundle),
            similar: SimilarDefaults(
                thresholds: SimilarityThresholds(
                    answer: said.similar.answer ?? plain.similar.thresholds.answer,
                    ask: said.similar.askBack ?? plain.similar.thresholds.ask),
                options: said.similar.options))
    }

    /// How many of the platform's messages no reply may use.
    var budgetKeep: Int { syntax.defaults.budgetKeep ?? PlatformLimits.reservedMessages }

    private static func schedule(
        _ schedule: ScheduleSyntax, zone: String
    ) -> ScheduleDefinition {
        ScheduleDefinition(
            name: ScheduleName(schedule.name.text), zone: schedule.zone ?? zone,
            weekly: schedule.weekly, calendar: schedule.calendar, exceptions: schedule.exceptions,
            text: schedule.text?.text ?? ScheduleText.words(weekly: schedule.weekly))
    }

    /// The span on the clock of the bundle's zone.
    func span(_ span: SpanSyntax?) -> ActiveSpan? {
        guard let span else { return nil }
        return ActiveSpan(
            from: span.from.map { zone.timestamp(of: $0.day, minute: $0.minute) },
            until: span.until.map { zone.timestamp(of: $0.day, minute: $0.minute) })
    }

    /// The template of a text, which may have so many bytes.
    func text(_ text: LocalText, _ limit: Int, _ what: Bilingual) -> Template {
        let template = texts.resolve(text)
        limits.length(template, limit, what, at: text)
        return template
    }

    // MARK: Tags and values

    func tags(_ tags: [Words]) -> [TagName] {
        for tag in tags { names.declare(.tag, tag) }
        return tags.map { TagName($0.text) }
    }

    func assignments(_ assignments: [AssignmentSyntax]) -> [Assignment] {
        assignments.map { assignment in
            let name = assignment.name.text
            if names.isDeclared(.slot, name) {
                names.refer(.slot, name, at: (assignment.name.place, assignment.name.length))
            } else if BuiltInValues.canonical(name) != nil {
                log.report(
                    assignment.name.diagnostic(
                        .badValue,
                        Bilingual(en: "'\(name)' can't be set", zh: "「\(name)」不能设置"),
                        help: Bilingual(
                            en: "it comes from the platform; choose another name",
                            zh: "它来自平台；换一个名字")))
            }
            return Assignment(
                ValueName(name), texts.resolve(LocalText(assignment.value)))
        }
    }

    // MARK: Conditions

    func conditions(_ conditions: [ConditionSyntax]) -> [Condition] {
        conditions.map { condition($0) }
    }

    private func condition(_ condition: ConditionSyntax) -> Condition {
        switch condition {
        case .plain(let condition): return condition
        case .hours(let words, let isOpen):
            names.find(.schedule, words)
            return .hours(ScheduleName(words.text), isOpen: isOpen)
        case .inFlow(let words):
            names.find(.flow, words)
            return .inFlow(FlowName(words.text))
        case .value(let words, let test): return .value(valueName(words), test)
        case .any(let inner): return .any(conditions(inner))
        case .all(let inner): return .all(conditions(inner))
        case .not(let inner): return .not(self.condition(inner))
        }
    }

    private func valueName(_ words: Words) -> ValueName {
        let text = words.text
        switch values.find(text, at: words) {
        case .value(let name):
            if BuiltInValues.isOnlyForTexts(name.rawValue) {
                log.report(
                    words.diagnostic(
                        .badValue,
                        Bilingual(
                            en: "'\(text)' is for texts, not for conditions",
                            zh: "「\(text)」只能写在文字里，不能当条件"),
                        help: Bilingual(
                            en: "conditions have 'scene' and 'hours' for the scene and the time",
                            zh: "入口用 scene，时间用 hours")))
            }
            return name
        case .fieldless: return ValueName(text)
        case nil:
            log.report(
                words.diagnostic(
                    .unknownName,
                    Bilingual(en: "there is no value '\(text)'", zh: "没有叫「\(text)」的值"),
                    help: names.suggestion(
                        for: text, among: [.slot, .value], and: BuiltInValues.allNames)
                        ?? Bilingual(
                            en: "declare it under 'slots:', set it with 'set:', or save it with "
                                + "'call' and 'save:'",
                            zh: "先在 slots: 下面声明，或用 set: 设置，或用 call 的 save: 保存")))
            return ValueName(text)
        }
    }
}

extension BundleSyntax {
    /// With every keyword that names a word list replaced by that list's words.
    func expandingWordLists(_ lists: WordLists) -> BundleSyntax {
        var syntax = self
        for index in rules.indices where rules[index].triggers.contains(where: \.namesLists) {
            syntax.rules[index].triggers = rules[index].triggers.flatMap { $0.expanding(lists) }
        }
        for index in notices.indices where notices[index].triggers.contains(where: \.namesLists) {
            syntax.notices[index].triggers = notices[index].triggers.flatMap { $0.expanding(lists) }
        }
        return syntax
    }
}

extension TriggerSyntax {
    /// Whether some word of it may name a list.
    fileprivate var namesLists: Bool {
        let words = if case .saysAll(let all) = pattern { all } else { [words] }
        return words.contains { $0.text.utf8.contains(UInt8(ascii: "$")) }
    }

    fileprivate func expanding(_ lists: WordLists) -> [TriggerSyntax] {
        switch pattern {
        case .says, .saysExactly, .startsWith, .endsWith:
            return lists.alternatives(words).map { TriggerSyntax(pattern: pattern, words: $0) }
        case .saysAll(let all):
            // Each word may be a list: one alternative for every choice of one word from each.
            var choices: [[Words]] = [[]]
            for words in all {
                let alternatives = lists.alternatives(words)
                guard lists.allows(choices.count * alternatives.count, of: words) else {
                    return []
                }
                choices = choices.flatMap { start in alternatives.map { start + [$0] } }
            }
            return choices.compactMap { choice in
                choice.first.map { TriggerSyntax(pattern: .saysAll(choice), words: $0) }
            }
        case .matches, .asksLike, .clicks, .sends, .event, .noMatch: return [self]
        }
    }
}
