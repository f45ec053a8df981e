/// A condition made ready: scenes as patterns, states as bits.
indirect enum Guard: Sendable {
    case scene(SceneGlob)
    case state(UInt8)
    case misses(Int)
    case any([Guard])
    case all([Guard])
    case not(Guard)

    init(_ condition: Condition) {
        self =
            switch condition {
            case .scene(let pattern): .scene(SceneGlob(pattern))
            case .state(let names):
                .state(
                    (0...4).reduce(0) { bits, state in
                        names.contains { $0.covers(state) } ? bits | 1 << UInt8(state) : bits
                    })
            case .misses(let count): .misses(count)
            case .any(let conditions): .any(conditions.map(Guard.init))
            case .all(let conditions): .all(conditions.map(Guard.init))
            case .not(let condition): .not(Guard(condition))
            }
    }

    /// Whether it holds; `misses` counts the stimulus itself where it is a miss.
    func holds(_ facts: Facts, misses: Int) -> Bool {
        switch self {
        case .scene(let glob): facts.scene.map(glob.matches) ?? false
        case .state(let states): (0...4).contains(facts.state) && states >> facts.state & 1 == 1
        case .misses(let count): misses >= count
        case .any(let guards): guards.contains { $0.holds(facts, misses: misses) }
        case .all(let guards): guards.allSatisfy { $0.holds(facts, misses: misses) }
        case .not(let inner): !inner.holds(facts, misses: misses)
        }
    }
}
