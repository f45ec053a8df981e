import ChatModel
import RuleEngine

extension Facts {
    /// Facts under which a rule's conditions hold, as far as one straight reading finds them:
    /// examples are judged under these.
    ///
    /// Time is left open, so that everything is in force, unless the rule asks for hours in which a
    /// schedule is closed; then it is the next such time.
    init(satisfying rule: RuleDefinition, of bundle: CompiledBundle, at time: Timestamp?) {
        self.init(now: time, account: rule.accounts?.first)
        if let now, let valid = rule.valid, !valid.contains(now) { self.now = valid.from }
        let isMiss = rule.triggers.contains(.noMatch)
        for condition in rule.conditions {
            satisfy(condition, isWanted: true, isMiss: isMiss, bundle)
        }
        for exception in rule.exceptions {
            satisfy(exception, isWanted: false, isMiss: isMiss, bundle)
        }
    }

    private mutating func satisfy(
        _ condition: Condition, isWanted: Bool, isMiss: Bool, _ bundle: CompiledBundle
    ) {
        switch condition {
        case .hours(let name, let isOpen): go(to: name, isOpen: isOpen == isWanted, bundle)
        case .not(let inner): satisfy(inner, isWanted: !isWanted, isMiss: isMiss, bundle)
        case .any(let conditions) where isWanted:
            if let first = conditions.first {
                satisfy(first, isWanted: true, isMiss: isMiss, bundle)
            }
        case .all(let conditions) where !isWanted:
            if let first = conditions.first {
                satisfy(first, isWanted: false, isMiss: isMiss, bundle)
            }
        case .any(let conditions), .all(let conditions):
            for one in conditions { satisfy(one, isWanted: isWanted, isMiss: isMiss, bundle) }
        case .returning(let isReturning): self.isReturning = isReturning == isWanted
        case .state(let names):
            // The bot's own states first: only there can a rule reply.
            state =
                (0...4).first { number in names.contains { $0.covers(number) } == isWanted }
                ?? state
        case .value(let name, let test): satisfy(test, of: name, isWanted: isWanted)
        // Of the rest nothing holds by itself.
        case .scene, .misses, .inFlow, .tagged, .speaks:
            if isWanted { satisfyPlain(condition, isMiss: isMiss) }
        }
    }

    private mutating func satisfyPlain(_ condition: Condition, isMiss: Bool) {
        switch condition {
        case .scene(let pattern): scene = pattern.filter { $0 != "*" }
        case .misses(let count): misses = max(misses, isMiss ? count - 1 : count)
        case .inFlow(let name): flow = name ?? "flow"
        case .tagged(let tag): tags.insert(tag)
        case .speaks(let language): self.language = language
        default: break
        }
    }

    private mutating func satisfy(_ test: ValueTest, of name: ValueName, isWanted: Bool) {
        switch test {
        case .known(let isKnown): values[name] = isKnown == isWanted ? "1" : nil
        case .isAny(let texts): if isWanted { values[name] = texts.first }
        case .atLeast(let number), .atMost(let number): if isWanted { values[name] = "\(number)" }
        }
    }

    /// Moves to a time at which a schedule is open or closed.
    private mutating func go(to name: ScheduleName, isOpen: Bool, _ bundle: CompiledBundle) {
        // Time left open has every schedule open.
        guard let schedule = bundle.schedule(name), now != nil || !isOpen else { return }
        var time = now ?? Self.someWorkday
        if schedule.isOpen(at: time) != isOpen { time = schedule.nextChange(after: time) ?? time }
        now = time
    }

    /// 2026-03-02 10:00 in Shanghai, a Monday: the time of tests that name none.
    static let someWorkday = Timestamp(seconds: 1_772_416_800)
}
