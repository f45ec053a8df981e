/// Reads questions: wordings of an FAQ and customers' messages alike.
struct QuestionReader: Sendable {
    private let fillers: PhraseTable
    private let notNegations: PhraseTable
    private let synonyms: PhraseTable
    /// By the phrase's number in ``synonyms``.
    private let heads: [TokenizedText]
    private let negations: Set<UInt64>
    private let parted: Set<UInt64>

    init(_ options: SimilarityOptions) {
        func table(_ phrases: [String]) -> PhraseTable {
            PhraseTable(phrases.map { TokenizedText($0).tokens.map(\.key) })
        }
        func keys(_ words: [String]) -> Set<UInt64> {
            Set(words.compactMap { TokenizedText($0).tokens.first?.key })
        }
        fillers = table(QuestionWords.fillers + options.fillers)
        notNegations = table(QuestionWords.notNegations + options.notNegations)
        negations = keys(QuestionWords.negations)
        parted = keys(QuestionWords.parting)
        var variants: [[UInt64]] = []
        var heads: [TokenizedText] = []
        for synonym in options.synonyms {
            let head = TokenizedText(synonym.head)
            guard !head.tokens.isEmpty else { continue }
            for variant in synonym.variants {
                variants.append(TokenizedText(variant).tokens.map(\.key))
                heads.append(head)
            }
        }
        synonyms = PhraseTable(variants)
        self.heads = heads
    }

    /// The tokens of a text, synonyms replaced.
    func tokens(of text: String) -> TokenizedText {
        let text = TokenizedText(text)
        if heads.isEmpty { return text }
        let hits = synonyms.longestFirst(in: text.tokens)
        return hits.isEmpty ? text : text.replacing(hits) { heads[$0.phrase] }
    }

    /// What matching looks at.
    func read(_ text: String) -> QuestionReading { read(tokens(of: text)) }

    /// What matching looks at, of a text already taken apart.
    func read(_ text: TokenizedText) -> QuestionReading {
        var reading = QuestionReading(text: text, isNegated: isNegated(text.tokens))
        reading.characters = GramCounts(characters: text)
        reading.sounds = GramCounts(sounds: text)
        let hits = fillers.leftmost(in: text.tokens)
        guard !hits.isEmpty else { return reading }
        let core = text.without(hits)
        guard core.tokens.count >= 2 else { return reading }
        // Sounds keep their weight: that is how the shipped numbers were fitted.
        reading.characters.halve(butNot: GramCounts(characters: core))
        return reading
    }

    /// Whether negations are odd in number, after removing what only looks like one.
    private func isNegated(_ tokens: [Token]) -> Bool {
        var isNegated = false
        var position = 0
        while position < tokens.count {
            let token = tokens[position]
            if let hit = notNegations.longest(in: tokens, at: position) {
                position = hit.tokens.upperBound
            } else if position + 2 < tokens.count, parted.contains(tokens[position + 1].key),
                token.key == tokens[position + 2].key
            {
                position += 3
            } else {
                if token.isNegative || negations.contains(token.key) { isNegated.toggle() }
                position += 1
            }
        }
        return isNegated
    }
}

/// A question as matching sees it.
struct QuestionReading: Sendable {
    let text: TokenizedText
    let isNegated: Bool
    var characters = GramCounts()
    var sounds = GramCounts()

    var tokens: [Token] { text.tokens }
}

/// How often each gram occurs, weighted, in the order of the grams' keys.
struct GramCounts: Sendable {
    private(set) var counts: [(gram: UInt64, count: Double)] = []

    init() {}

    /// Tokens 1, neighbours 0.7, trigrams of words 0.35.
    init(characters text: TokenizedText) {
        counts.reserveCapacity(text.tokens.count * 2 + text.trigrams.count)
        append(text.tokens, by: \.key, single: 1, pair: 0.7)
        for trigram in text.trigrams { counts.append((trigram.key, 0.35)) }
        merge()
    }

    /// Syllables 0.5, neighbours 1.
    init(sounds text: TokenizedText) {
        counts.reserveCapacity(text.tokens.count * 2)
        append(text.tokens, by: \.sound, single: 0.5, pair: 1)
        merge()
    }

    private mutating func append(
        _ tokens: [Token], by name: (Token) -> UInt64, single: Double, pair: Double
    ) {
        var before: UInt64?
        for token in tokens {
            let key = name(token)
            counts.append((GramKey.single(key), single))
            if let before { counts.append((GramKey.pair(before, key), pair)) }
            before = key
        }
    }

    private mutating func merge() {
        counts.sort { $0.gram < $1.gram }
        var kept = 0
        for index in counts.indices {
            if kept > 0, counts[kept - 1].gram == counts[index].gram {
                counts[kept - 1].count += counts[index].count
            } else {
                counts[kept] = counts[index]
                kept += 1
            }
        }
        counts.removeLast(counts.count - kept)
    }

    /// Halves every gram that `core` doesn't have.
    mutating func halve(butNot core: GramCounts) {
        var next = 0
        for index in counts.indices {
            while next < core.counts.count, core.counts[next].gram < counts[index].gram {
                next += 1
            }
            if next == core.counts.count || core.counts[next].gram != counts[index].gram {
                counts[index].count /= 2
            }
        }
    }
}
