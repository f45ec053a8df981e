import ChatModel

/// Every trigger of some rules by what makes it fire, so that a stimulus meets only those that do.
final class TriggerIndex: Sendable {
    /// Words that may stand anywhere.
    let says: KeywordAutomaton
    /// Words a text begins with, or is.
    let anchored: KeywordAutomaton
    /// Words a text ends with, spelled backwards.
    let endings: KeywordAutomaton
    /// The words of `says_all`, for claims that are ``Claim/isPart``.
    let parts: [Part]
    /// The `says_all` triggers.
    let wholes: [Whole]
    /// Looked at one by one: RE2 takes about 0.3 µs each for a message, good for a few hundred.
    let expressions: [(claim: Claim, regex: RegularExpression)]
    let clicks: [WireID: [Claim]]
    let sends: [MessageKind: [Claim]]
    let events: [AnswerableEvent: [Claim]]
    /// At most one a rule, in file order.
    let noMatch: [Claim]

    /// One trigger of one rule.
    struct Claim: Sendable {
        let rule: Int32
        private let bits: Int32

        /// What is special about a keyword.
        enum Trait: Int32 {
            /// For anchored words: the text must end with them too.
            case exact = 1
            /// One of the words of `says_all`.
            case part = 2
            /// The keyword's sound, written in Latin letters.
            case spelled = 4
        }

        init(rule: Int, trigger: Int, _ traits: Trait...) {
            self.rule = Int32(rule)
            bits = traits.reduce(Int32(trigger) << 3) { $0 | $1.rawValue }
        }

        private init(rule: Int32, bits: Int32) {
            self.rule = rule
            self.bits = bits
        }

        /// Index into the rule's triggers; for a part, into ``TriggerIndex/parts``.
        var trigger: Int32 { bits >> 3 }
        /// Whether nothing is special about it.
        @inline(__always)
        var isPlain: Bool { bits & 7 == 0 }
        var isExact: Bool { bits & Trait.exact.rawValue != 0 }
        var isPart: Bool { bits & Trait.part.rawValue != 0 }
        var isSpelled: Bool { bits & Trait.spelled.rawValue != 0 }
        /// The same for the keyword's sound.
        var spelled: Claim { Claim(rule: rule, bits: bits | Trait.spelled.rawValue) }
    }

    /// One of the words of a `says_all`.
    struct Part: Sendable {
        /// Index into the rule's triggers.
        let trigger: Int32
        /// Index into ``TriggerIndex/wholes``.
        let whole: Int32
    }

    /// A `says_all`.
    struct Whole: Sendable {
        /// How many parts it has.
        var parts: Int32
        /// The characters of all of its words.
        var length: Int32
    }

    /// Whose trigger is at fault, by its index and the trigger's; `nil` for all of them.
    typealias Fault = (RuleSetError.Cause, (owner: Int, trigger: Int)?) -> RuleSetError

    /// An index of rules, each with its triggers.
    init(
        _ rules: [[Trigger]], hearsPinyin: Bool, _ menus: MenuIndex, fault: Fault
    ) throws(RuleSetError) {
        var words = KeywordLists(hearsPinyin: hearsPinyin)
        var expressions: [(Claim, RegularExpression)] = []
        var clicks: [WireID: [Claim]] = [:]
        var sends: [MessageKind: [Claim]] = [:]
        var events: [AnswerableEvent: [Claim]] = [:]
        var noMatch: [Claim] = []
        for (rule, triggers) in rules.enumerated() {
            for (index, trigger) in triggers.enumerated() {
                let claim = Claim(rule: rule, trigger: index)
                switch trigger {
                case .says, .startsWith, .saysExactly, .endsWith, .saysAll:
                    if let unheard = words.add(trigger, rule, index) {
                        throw fault(.nothingToHear(pattern: unheard), (rule, index))
                    }
                case .matches(let pattern):
                    do {
                        expressions.append((claim, try RegularExpression(pattern)))
                    } catch {
                        throw fault(
                            .badRegularExpression(pattern: pattern, reason: error.description),
                            (rule, index))
                    }
                case .clicks(_, _, let item): clicks[item, default: []].append(claim)
                case .sends(let kind): sends[kind, default: []].append(claim)
                case .event(let event): events[event, default: []].append(claim)
                case .asksLike(let question):
                    // ``SimilarQuestions`` hears it.
                    if FoldedKeywords.fold(question).isEmpty {
                        throw fault(.nothingToHear(pattern: question), (rule, index))
                    }
                case .noMatch:
                    if noMatch.last?.rule != claim.rule { noMatch.append(claim) }
                }
            }
        }
        for (former, current) in menus.current {
            clicks[former, default: []] += clicks[current] ?? []
        }
        do {
            says = try KeywordAutomaton(words.anywhere.keywords, .anywhere)
            anchored = try KeywordAutomaton(words.anchored.keywords, .anchored)
            endings = try KeywordAutomaton(words.endings.keywords, .anchored)
        } catch {
            throw fault(.tooManyCharacters, nil)
        }
        parts = words.parts
        wholes = words.wholes
        self.expressions = expressions.map { (claim: $0, regex: $1) }
        self.clicks = clicks
        self.sends = sends
        self.events = events
        self.noMatch = noMatch
    }
}
