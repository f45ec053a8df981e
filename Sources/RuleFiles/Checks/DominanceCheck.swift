import ChatModel
import RuleEngine
import SessionMachine

/// Rules and triggers that another rule always takes, whatever the customer does.
///
/// A rule that everybody has at any time (no `if`, `unless`, `valid`, `accounts`, `once_per`) takes
/// what a rule of lower priority hears wherever it hears it too, and what a rule of its own
/// priority hears where it scores no less and stands first.
struct DominanceCheck {
    private let bundle: LoadedBundle
    private let log: DiagnosticLog
    private let rules: [RuleDefinition]
    /// Rules by the triggers they have, in file order.
    private let owners: [String: [Int]]
    private let keys: [[String]]
    /// The unconditional rules above normal, hearing only words within sentences; and their
    /// indexes.
    private let strong: (finder: CompiledBundle, rules: [Int])?

    /// Of a trigger that many rules have, the first so many are enough to look at.
    private static let mostRivals = 16

    init(bundle: LoadedBundle, keys: TriggerKeys, log: DiagnosticLog) {
        self.bundle = bundle
        self.log = log
        rules = bundle.definition.rules
        let keys = keys.all
        self.keys = keys
        var owners: [String: [Int]] = [:]
        for (rule, keys) in keys.enumerated() {
            for key in Set(keys) { owners[key, default: []].append(rule) }
        }
        self.owners = owners
        strong = Self.strong(bundle.definition)
    }

    private static func strong(
        _ bundle: BundleDefinition
    ) -> (finder: CompiledBundle, rules: [Int])? {
        let lowest = bundle.rules.map(\.priority).min() ?? .normal
        var indexes: [Int] = []
        var probes: [RuleDefinition] = []
        for (index, rule) in bundle.rules.enumerated()
        where rule.isForEverybody && rule.priority > lowest {
            let words = rule.triggers.filter {
                if case .says = $0 { true } else { false }
            }
            guard !words.isEmpty else { continue }
            indexes.append(index)
            probes.append(
                RuleDefinition(
                    name: rule.name, place: rule.place, priority: rule.priority, triggers: words))
        }
        guard !probes.isEmpty else { return nil }
        let probe = BundleDefinition(
            name: "probe", accounts: [], defaults: bundle.defaults, menus: [], rules: probes)
        guard let finder = try? RuleSet(RuleSetDefinition(bundles: [probe])).bundles.first else {
            return nil
        }
        return (finder, indexes)
    }

    func check() {
        for (index, rule) in rules.enumerated() where !log.isFull {
            checkStates(rule, index)
            var takers: [Int?] = []
            for (place, trigger) in rule.triggers.enumerated() {
                takers.append(taker(of: trigger, keys[index][place], from: index))
            }
            let whole = wholeTaker(of: index)
            let first = takers.compactMap(\.self).first
            if let winner = whole ?? (takers.allSatisfy { $0 != nil } ? first : nil),
                rule.triggers.count > 1
            {
                reportRule(index, winner)
            } else {
                for (place, taker) in takers.enumerated() {
                    if let taker { reportTrigger(index, place, taker) }
                }
                if rule.triggers.count == 1, takers == [nil], let whole {
                    reportTrigger(index, 0, whole)
                }
            }
        }
    }

    /// Who always takes one trigger of a rule.
    private func taker(of trigger: Trigger, _ key: String, from index: Int) -> Int? {
        let rule = rules[index]
        if trigger.hasFixedScore {
            let rivals = (owners[key] ?? []).prefix(Self.mostRivals)
            // A rule may name one trigger twice.
            let winner = rivals.filter { $0 != index && rules[$0].isForEverybody }.max {
                (rules[$0].priority, -$0) < (rules[$1].priority, -$1)
            }
            if let winner {
                if rules[winner].priority > rule.priority { return winner }
                if rules[winner].priority == rule.priority, winner < index, rule.hasNoPoints {
                    return winner
                }
            }
        }
        guard let strong else { return nil }
        for word in trigger.words {
            let found = strong.finder.verdict(for: .text(word, menuItem: nil), facts: Facts())
            guard let found else { continue }
            let winner = strong.rules[found.rule]
            if winner != index, rules[winner].priority > rule.priority { return winner }
        }
        return nil
    }

    /// A rule above that has all of a rule's triggers.
    private func wholeTaker(of index: Int) -> Int? {
        let rule = rules[index]
        guard rule.hasNoPoints, !rule.triggers.isEmpty else { return nil }
        let lists = keys[index].map { owners[$0] ?? [] }
        guard let rarest = lists.min(by: { $0.count < $1.count }) else { return nil }
        let mine = Set(keys[index])
        return rarest.prefix(Self.mostRivals).first { other in
            guard other != index, rules[other].isForEverybody else { return false }
            let isFirst =
                rules[other].priority > rule.priority
                || (rules[other].priority == rule.priority && other < index)
            return isFirst && mine.isSubset(of: keys[other])
        }
    }

    private func checkStates(_ rule: RuleDefinition, _ index: Int) {
        let hearsCustomers = rule.triggers.contains { trigger in
            if case .event = trigger { false } else { true }
        }
        guard hearsCustomers, !rule.mayAnswer(in: .untreated), !rule.mayAnswer(in: .assistant)
        else { return }
        let name = bundle.syntax.rules[index].name
        log.report(
            name.diagnostic(
                .neverWins,
                Bilingual(
                    en: "'\(rule.name)' can never answer: its 'if' wants a state in which the bot "
                        + "is silent",
                    zh: "「\(rule.name)」永远不会回答：它的 if 要求的状态下机器人不说话"),
                help: Bilingual(
                    en: "the bot answers while the state is 'bot'; leave the condition out",
                    zh: "只有状态是 bot 时机器人才回答；去掉这个条件")))
    }

    private func reportRule(_ index: Int, _ winner: Int) {
        let name = bundle.syntax.rules[index].name
        log.report(
            name.diagnostic(
                .neverWins,
                Bilingual(
                    en: "'\(rules[index].name)' never wins: '\(rules[winner].name)' hears all it "
                        + "hears and goes first",
                    zh: "「\(rules[index].name)」永远轮不到：它听得到的「\(rules[winner].name)」都听得到，而且优先"),
                help: cure(winner)))
    }

    private func reportTrigger(_ index: Int, _ place: Int, _ winner: Int) {
        let trigger = bundle.syntax.rules[index].triggers[place]
        let words = trigger.words
        let heard = if case .noMatch = trigger.pattern { "no_match" } else { words.text }
        log.report(
            words.diagnostic(
                .neverWins,
                Bilingual(
                    en: "'\(rules[index].name)' never gets '\(heard)': "
                        + "'\(rules[winner].name)' answers it first",
                    zh: "「\(rules[index].name)」永远等不到“\(heard)”：「\(rules[winner].name)」先回答"),
                help: cure(winner)))
    }

    private func cure(_ winner: Int) -> Bilingual {
        let rule = rules[winner]
        return Bilingual(
            en: "take it out of one of them, or give one an 'if'; '\(rule.name)' is \(rule.place)",
            zh: "从其中一条去掉，或给其中一条加 if；「\(rule.name)」在 \(rule.place)")
    }
}

extension RuleDefinition {
    /// Whether nothing ever keeps it from answering.
    fileprivate var isForEverybody: Bool {
        conditions.isEmpty && exceptions.isEmpty && valid == nil && accounts == nil
            && oncePer == nil
    }

    /// Whether no condition adds to its score.
    fileprivate var hasNoPoints: Bool { conditions.isEmpty && exceptions.isEmpty }
}

extension Trigger {
    /// Whether it scores the same for whatever it hears.
    fileprivate var hasFixedScore: Bool {
        switch self {
        case .clicks, .saysExactly, .sends, .event, .noMatch: true
        case .says, .startsWith, .endsWith, .saysAll, .asksLike, .matches: false
        }
    }

    /// Words that stand in every message it hears.
    fileprivate var words: [String] {
        switch self {
        case .says(let word), .saysExactly(let word), .startsWith(let word), .endsWith(let word):
            [word]
        case .saysAll(let words): words
        case .asksLike, .matches, .clicks, .sends, .event, .noMatch: []
        }
    }
}
