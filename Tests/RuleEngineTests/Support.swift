import ChatModel
import RuleEngine

/// Random numbers that are the same on every run: Vigna's splitmix64.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Short words over few characters, so that they overlap, repeat and contain each other.
    mutating func word(over characters: [Character], _ lengths: ClosedRange<Int>) -> String {
        String(
            (0..<Int.random(in: lengths, using: &self)).map { _ in
                characters[below(characters.count)]
            })
    }
}

/// A rule called `name`; its place is only there to be reported.
func rule(
    _ name: RuleName, _ triggers: Trigger..., priority: RuleDefinition.Priority = .normal,
    if conditions: [Condition] = [], unless exceptions: [Condition] = []
) -> RuleDefinition {
    RuleDefinition(
        name: name, place: SourcePlace(file: "shop.kf.yml", line: 7, column: 5),
        priority: priority, triggers: triggers, conditions: conditions, exceptions: exceptions)
}

/// The bundle of these rules and menus, compiled.
func bundle(
    _ rules: RuleDefinition..., menus: [MenuDefinition] = []
) throws -> CompiledBundle {
    try bundle(of: rules, menus: menus)
}

func bundle(of rules: [RuleDefinition], menus: [MenuDefinition] = []) throws -> CompiledBundle {
    try bundle(
        of: BundleDefinition(name: "小店", accounts: ["shop"], menus: menus, rules: rules))
}

func bundle(of definition: BundleDefinition) throws -> CompiledBundle {
    let ruleSet = try RuleSet(RuleSetDefinition(bundles: [definition]))
    guard let bundle = ruleSet.bundles.first else { throw NoBundle() }
    return bundle
}

struct NoBundle: Error {}

extension CompiledBundle {
    /// Who wins, as `name score`.
    func winner(_ stimulus: Stimulus, _ facts: Facts = Facts()) -> String {
        guard let verdict = verdict(for: stimulus, facts: facts) else { return "nobody" }
        return "\(definition.rules[verdict.rule].name) \(verdict.score)"
    }

    func winner(_ words: String, _ facts: Facts = Facts()) -> String {
        winner(.text(words, menuItem: nil), facts)
    }
}
