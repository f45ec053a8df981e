import ChatModel

/// A condition made ready: scenes as patterns, states as bits, schedules at hand.
indirect enum Guard: Sendable {
    case scene(SceneGlob)
    case state(UInt8)
    case misses(Int)
    case hours(CompiledSchedule, isOpen: Bool)
    case value(ValueName, Test)
    case inFlow(FlowName?)
    case returning(Bool)
    case tagged(TagName)
    case speaks(Language)
    case any([Guard])
    case all([Guard])
    case not(Guard)

    /// A value's test made ready: texts folded.
    enum Test: Sendable {
        case known(Bool)
        case isAny([String])
        case atLeast(Double)
        case atMost(Double)
    }

    /// Makes conditions ready.
    static func guards(
        _ conditions: [Condition], _ schedules: [ScheduleName: CompiledSchedule], of owner: Int
    ) throws(RuleTable.UnknownSchedule) -> [Guard] {
        var guards: [Guard] = []
        for condition in conditions { guards.append(try Guard(condition, schedules, of: owner)) }
        return guards
    }

    private init(
        _ condition: Condition, _ schedules: [ScheduleName: CompiledSchedule], of owner: Int
    ) throws(RuleTable.UnknownSchedule) {
        switch condition {
        case .scene(let pattern): self = .scene(SceneGlob(pattern))
        case .state(let names):
            self = .state(
                (0...4).reduce(0) { bits, state in
                    names.contains { $0.covers(state) } ? bits | 1 << UInt8(state) : bits
                })
        case .misses(let count): self = .misses(count)
        case .hours(let name, let isOpen):
            guard let schedule = schedules[name] else {
                throw RuleTable.UnknownSchedule(name: name, owner: owner)
            }
            self = .hours(schedule, isOpen: isOpen)
        case .value(let name, let test): self = .value(name, Test(test))
        case .inFlow(let name): self = .inFlow(name)
        case .returning(let isReturning): self = .returning(isReturning)
        case .tagged(let tag): self = .tagged(tag)
        case .speaks(let language): self = .speaks(language)
        case .any(let conditions): self = .any(try Self.guards(conditions, schedules, of: owner))
        case .all(let conditions): self = .all(try Self.guards(conditions, schedules, of: owner))
        case .not(let condition): self = .not(try Guard(condition, schedules, of: owner))
        }
    }

    /// Whether it holds; `misses` counts the stimulus itself where it is a miss.
    func holds(_ facts: Facts, misses: Int) -> Bool {
        switch self {
        case .scene(let glob): facts.scene.map(glob.matches) ?? false
        case .state(let states): (0...4).contains(facts.state) && states >> facts.state & 1 == 1
        case .misses(let count): misses >= count
        case .hours(let schedule, let isOpen):
            (facts.now.map(schedule.isOpen) ?? true) == isOpen
        case .value(let name, let test): test.holds(facts.values[name])
        case .inFlow(let name): name.map { facts.flow == $0 } ?? (facts.flow != nil)
        case .returning(let isReturning): facts.isReturning == isReturning
        case .tagged(let tag): facts.tags.contains(tag)
        case .speaks(let language): facts.language == language
        case .any(let guards): guards.contains { $0.holds(facts, misses: misses) }
        case .all(let guards): guards.allSatisfy { $0.holds(facts, misses: misses) }
        case .not(let inner): !inner.holds(facts, misses: misses)
        }
    }
}

extension Guard.Test {
    fileprivate init(_ test: ValueTest) {
        self =
            switch test {
            case .known(let isKnown): .known(isKnown)
            case .isAny(let texts): .isAny(texts.map(Self.folded))
            case .atLeast(let number): .atLeast(number)
            case .atMost(let number): .atMost(number)
            }
    }

    /// Whether it holds; an empty text is no value.
    fileprivate func holds(_ value: String?) -> Bool {
        let value = value.flatMap { $0.isEmpty ? nil : $0 }
        return switch self {
        case .known(let isKnown): (value != nil) == isKnown
        case .isAny(let texts): value.map { texts.contains(Self.folded($0)) } ?? false
        case .atLeast(let least): value.flatMap(Self.number).map { $0 >= least } ?? false
        case .atMost(let most): value.flatMap(Self.number).map { $0 <= most } ?? false
        }
    }

    /// Marks stay, so that -1 isn't 1; spaces around don't count.
    private static func folded(_ text: String) -> String {
        let bytes = FoldedKeywords.foldKeepingMarks(text)
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (9...13).contains($0) }
        let end = (bytes.lastIndex { !isSpace($0) } ?? -1) + 1
        return String(decoding: bytes[..<end].drop(while: isSpace), as: UTF8.self)
    }

    /// `1,299.50` and `￥５` are numbers, too.
    private static func number(_ text: String) -> Double? {
        let digits = folded(text).filter { $0 != "," && $0 != "¥" && $0 != "元" }
        return Double(digits).flatMap { $0.isFinite ? $0 : nil }
    }
}
