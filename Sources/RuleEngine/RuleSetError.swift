package import ChatModel

/// Why a rule set cannot be compiled: the author's mistake, with its place.
package struct RuleSetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Cause: Hashable, Sendable {
        /// RE2 refuses the pattern, or it is over ``RegularExpression/longestPattern``.
        case badRegularExpression(pattern: String, reason: String)
        /// Words or a question with nothing but marks and spaces: they could never apply.
        case nothingToHear(pattern: String)
        /// Two bundles serve one account.
        case accountServedTwice(AccountAlias)
        /// More than 65 535 different characters in one bundle's keywords.
        case tooManyCharacters
        /// A condition on hours that the bundle doesn't define.
        case unknownSchedule(ScheduleName)
        /// A schedule whose zone or calendar nobody knows.
        case unusableSchedule(ScheduleName, CompiledSchedule.Problem)
        /// A slot whose regular expression RE2 refuses.
        case unusableSlot(SlotName, reason: String)
    }

    /// What is wrong.
    package let cause: Cause
    /// The bundle it is in.
    package let bundle: BundleName
    /// The rule it is in; `nil` for what concerns a notice or the whole bundle.
    package let rule: RuleName?
    /// The notice it is in.
    package let notice: NoticeName?
    /// Where that rule or notice begins.
    package let place: SourcePlace?
    /// Index into the triggers of the rule or notice.
    package let trigger: Int?

    /// An error in a bundle, or in one rule of it.
    init(
        _ cause: Cause, bundle: BundleName, rule: RuleDefinition? = nil, trigger: Int? = nil
    ) {
        self.cause = cause
        self.bundle = bundle
        self.rule = rule?.name
        notice = nil
        place = rule?.place
        self.trigger = trigger
    }

    /// An error in a notice.
    init(
        _ cause: Cause, bundle: BundleName, notice: NoticeDefinition, trigger: Int? = nil
    ) {
        self.cause = cause
        self.bundle = bundle
        rule = nil
        self.notice = notice.name
        place = notice.place
        self.trigger = trigger
    }

    package var description: String {
        let owner =
            rule.map { "rule '\($0)'" } ?? notice.map { "notice '\($0)'" } ?? "bundle '\(bundle)'"
        return [place?.description, owner, message].compactMap(\.self).joined(separator: ": ")
    }

    /// What is wrong and what to do, without the place.
    package var message: String {
        switch cause {
        case .badRegularExpression(let pattern, let reason):
            "the regular expression '\(pattern)' is not usable: \(reason)"
        case .nothingToHear(let pattern):
            "'\(pattern)' has only marks and spaces, which keywords ignore; use 'matches'"
        case .accountServedTwice(let account):
            "another bundle already serves account '\(account)'; leave it in one of them"
        case .tooManyCharacters:
            "the keywords use more than 65535 different characters; split the bundle"
        case .unknownSchedule(let name):
            "no schedule is called '\(name)'; define it under 'schedules'"
        case .unusableSchedule(let name, .unknownZone(let zone)):
            "schedule '\(name)': nobody knows the zone '\(zone)'; use one like Asia/Shanghai"
        case .unusableSchedule(let name, .unknownCalendar(let calendar)):
            "schedule '\(name)': there is no calendar '\(calendar)'; use "
                + HolidayCalendar.names.joined(separator: " or ")
        case .unusableSlot(let name, let reason):
            "slot '\(name)': its regular expression is not usable: \(reason)"
        }
    }
}
