import ChatModel

/// Every trigger of a bundle by what makes it fire, so that a stimulus meets only those that do.
final class TriggerIndex: Sendable {
    /// Words that may stand anywhere.
    let says: KeywordAutomaton
    /// Words a text begins with, or is.
    let anchored: KeywordAutomaton
    /// Looked at one by one: RE2 takes about 0.3 µs each for a message, good for a few hundred.
    let expressions: [(claim: Claim, regex: RegularExpression)]
    let clicks: [WireID: [Claim]]
    /// The items whose taps are clicks here.
    let items: Set<WireID>
    let sends: [MessageKind: [Claim]]
    let events: [AnswerableEvent: [Claim]]
    /// At most one a rule, in file order.
    let noMatch: [Claim]

    /// One trigger of one rule.
    struct Claim: Sendable {
        let rule: Int32
        private let bits: Int32

        init(rule: Int, trigger: Int, isExact: Bool = false) {
            self.rule = Int32(rule)
            bits = Int32(trigger) << 1 | (isExact ? 1 : 0)
        }

        var trigger: Int32 { bits >> 1 }
        /// For anchored words: the text must end with them too.
        var isExact: Bool { bits & 1 != 0 }
    }

    init(_ bundle: BundleDefinition) throws(RuleSetError) {
        var says = KeywordList()
        var anchored = KeywordList()
        var expressions: [(Claim, RegularExpression)] = []
        var clicks: [WireID: [Claim]] = [:]
        var sends: [MessageKind: [Claim]] = [:]
        var events: [AnswerableEvent: [Claim]] = [:]
        var noMatch: [Claim] = []
        for (ruleIndex, rule) in bundle.rules.enumerated() {
            for (index, trigger) in rule.triggers.enumerated() {
                let claim = Claim(rule: ruleIndex, trigger: index)
                let isHeard: Bool
                switch trigger {
                case .says(let words): isHeard = says.add(words, claim)
                case .startsWith(let words): isHeard = anchored.add(words, claim)
                case .saysExactly(let words):
                    isHeard = anchored.add(
                        words, Claim(rule: ruleIndex, trigger: index, isExact: true))
                case .matches(let pattern):
                    isHeard = true
                    do {
                        expressions.append((claim, try RegularExpression(pattern)))
                    } catch {
                        throw RuleSetError(
                            .badRegularExpression(pattern: pattern, reason: error.description),
                            bundle: bundle.name, rule: rule, trigger: index)
                    }
                case .clicks(_, _, let item):
                    isHeard = true
                    clicks[item, default: []].append(claim)
                case .sends(let kind):
                    isHeard = true
                    sends[kind, default: []].append(claim)
                case .event(let event):
                    isHeard = true
                    events[event, default: []].append(claim)
                case .noMatch:
                    isHeard = true
                    if noMatch.last?.rule != claim.rule { noMatch.append(claim) }
                }
                guard isHeard else {
                    throw RuleSetError(
                        .nothingToHear(pattern: trigger.words ?? ""), bundle: bundle.name,
                        rule: rule, trigger: index)
                }
            }
        }
        do {
            self.says = try KeywordAutomaton(says.keywords, .anywhere)
            self.anchored = try KeywordAutomaton(anchored.keywords, .anchored)
        } catch {
            throw RuleSetError(.tooManyCharacters, bundle: bundle.name)
        }
        self.expressions = expressions.map { (claim: $0, regex: $1) }
        self.clicks = clicks
        self.sends = sends
        self.events = events
        self.noMatch = noMatch
        items = Set(bundle.menus.flatMap(\.wireIDs)).union(clicks.keys)
    }

    /// Folded keywords, each once, with everybody who claims it.
    private struct KeywordList {
        private(set) var keywords: [KeywordAutomaton.Keyword] = []
        private var indices: [[UInt32]: Int] = [:]

        /// Whether anything is left of the words once folded.
        mutating func add(_ words: String, _ claim: Claim) -> Bool {
            let folded = FoldedKeywords.fold(words)
            guard !folded.isEmpty else { return false }
            if let index = indices[folded] {
                keywords[index].claims.append(claim)
            } else {
                indices[folded] = keywords.count
                keywords.append(KeywordAutomaton.Keyword(scalars: folded, claims: [claim]))
            }
            return true
        }
    }
}

extension Trigger {
    /// The words that must be folded to be compared.
    fileprivate var words: String? {
        switch self {
        case .says(let words), .saysExactly(let words), .startsWith(let words): words
        case .matches, .clicks, .sends, .event, .noMatch: nil
        }
    }
}

extension MenuDefinition {
    /// The ids its items come back with.
    var wireIDs: [WireID] {
        items.compactMap { entry in
            if case .click(let id, _) = entry.item { id } else { nil }
        }
    }
}
