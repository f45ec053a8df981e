import ChatModel

/// The keywords of all triggers on words, folded, while a ``TriggerIndex`` is built.
struct KeywordLists {
    private(set) var anywhere = KeywordList()
    private(set) var anchored = KeywordList()
    private(set) var endings = KeywordList()
    private(set) var parts: [TriggerIndex.Part] = []
    private(set) var wholes: [TriggerIndex.Whole] = []
    private let hearsPinyin: Bool

    init(hearsPinyin: Bool) { self.hearsPinyin = hearsPinyin }

    /// Keywords, each once, with everybody who claims it.
    struct KeywordList {
        fileprivate(set) var keywords: [KeywordAutomaton.Keyword] = []
        private var indices: [[UInt32]: Int] = [:]

        fileprivate mutating func add(_ folded: [UInt32], _ claim: TriggerIndex.Claim) {
            if let index = indices[folded] {
                keywords[index].claims.append(claim)
            } else {
                indices[folded] = keywords.count
                keywords.append(KeywordAutomaton.Keyword(scalars: folded, claims: [claim]))
            }
        }
    }

    /// Adds a trigger on words; gives those of which folding leaves nothing, and adds nothing then.
    mutating func add(_ trigger: Trigger, _ rule: Int, _ index: Int) -> String? {
        let claim = TriggerIndex.Claim(rule: rule, trigger: index)
        switch trigger {
        case .says(let words): return add(words, claim, to: \.anywhere)
        case .startsWith(let words): return add(words, claim, to: \.anchored)
        case .saysExactly(let words):
            return add(
                words, TriggerIndex.Claim(rule: rule, trigger: index, .exact), to: \.anchored)
        case .endsWith(let words): return add(words, claim, to: \.endings, isBackwards: true)
        case .saysAll(let all):
            if all.isEmpty { return "" }
            var whole = TriggerIndex.Whole(parts: 0, length: 0)
            for words in all {
                let part = TriggerIndex.Claim(rule: rule, trigger: parts.count, .part)
                if add(words, part, to: \.anywhere) != nil { return words }
                parts.append(
                    TriggerIndex.Part(trigger: Int32(index), whole: Int32(wholes.count)))
                whole.parts += 1
                whole.length += Int32(FoldedKeywords.fold(words).count)
            }
            wholes.append(whole)
            return nil
        case .asksLike, .matches, .clicks, .sends, .event, .noMatch: return nil
        }
    }

    private mutating func add(
        _ words: String, _ claim: TriggerIndex.Claim,
        to list: WritableKeyPath<Self, KeywordList>, isBackwards: Bool = false
    ) -> String? {
        let folded = FoldedKeywords.fold(words)
        guard !folded.isEmpty else { return words }
        self[keyPath: list].add(isBackwards ? folded.reversed() : folded, claim)
        if hearsPinyin, let sound = Self.sound(of: folded) {
            self[keyPath: list].add(isBackwards ? sound.reversed() : sound, claim.spelled)
        }
        return nil
    }

    /// Letters below this are too few to be told from other words.
    private static let fewestLetters = 4

    /// A folded keyword with its Han characters spelled, at least two of them; the rest stays.
    private static func sound(of folded: [UInt32]) -> [UInt32]? {
        var han = 0
        var letters = 0
        var sound: [UInt32] = []
        for value in folded {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isIdeographic else {
                sound.append(value)
                continue
            }
            guard let spelling = Pinyin.spelling(of: String(scalar)) else { return nil }
            han += 1
            letters += spelling.utf8.count
            sound += spelling.unicodeScalars.map(\.value)
        }
        return han >= 2 && letters >= fewestLetters ? sound : nil
    }
}
