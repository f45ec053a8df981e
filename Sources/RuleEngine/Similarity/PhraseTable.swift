/// Short phrases, found in a row of tokens wherever they stand.
struct PhraseTable: Sendable {
    /// A phrase found: which one, and the tokens it takes.
    struct Hit {
        let phrase: Int
        let tokens: Range<Int>
    }

    private let phrases: [[UInt64]]
    private let heads: KeyTable
    /// By the number of the first token: the phrases that begin with it, longest first.
    private let byHead: [[Int]]

    /// Phrases as tokens' keys; hits name them by their place here.
    ///
    /// Empty ones are never found.
    init(_ phrases: [[UInt64]]) {
        self.phrases = phrases
        var groups: [UInt64: [Int]] = [:]
        for (number, phrase) in phrases.enumerated() {
            if let head = phrase.first { groups[GramKey.single(head), default: []].append(number) }
        }
        let keys = groups.keys.sorted()
        heads = KeyTable(keys)
        byHead = keys.map { key in
            (groups[key] ?? []).sorted {
                (phrases[$1].count, $0) < (phrases[$0].count, $1)
            }
        }
    }

    /// The longest phrase that begins at token `start`.
    func longest(in tokens: [Token], at start: Int) -> Hit? {
        let head = heads[GramKey.single(tokens[start].key)]
        guard head != KeyTable.unknown else { return nil }
        for number in byHead[Int(head)] where fits(phrases[number], tokens, start) {
            return Hit(phrase: number, tokens: start..<start + phrases[number].count)
        }
        return nil
    }

    /// Phrases from left to right, each the longest at its place; none overlap.
    func leftmost(in tokens: [Token]) -> [Hit] {
        var hits: [Hit] = []
        var start = 0
        while start < tokens.count {
            if let hit = longest(in: tokens, at: start) {
                hits.append(hit)
                start = hit.tokens.upperBound
            } else {
                start += 1
            }
        }
        return hits
    }

    /// The longest phrases first, wherever they stand; none overlap, and they come in order.
    func longestFirst(in tokens: [Token]) -> [Hit] {
        var hits: [Hit] = []
        for start in tokens.indices {
            let head = heads[GramKey.single(tokens[start].key)]
            guard head != KeyTable.unknown else { continue }
            for number in byHead[Int(head)] where fits(phrases[number], tokens, start) {
                hits.append(Hit(phrase: number, tokens: start..<start + phrases[number].count))
            }
        }
        if hits.count < 2 { return hits }
        hits.sort {
            ($1.tokens.count, $0.tokens.lowerBound) < ($0.tokens.count, $1.tokens.lowerBound)
        }
        var taken = Array(repeating: false, count: tokens.count)
        hits = hits.filter { hit in
            guard hit.tokens.allSatisfy({ !taken[$0] }) else { return false }
            for token in hit.tokens { taken[token] = true }
            return true
        }
        return hits.sorted { $0.tokens.lowerBound < $1.tokens.lowerBound }
    }

    private func fits(_ phrase: [UInt64], _ tokens: [Token], _ start: Int) -> Bool {
        guard start + phrase.count <= tokens.count else { return false }
        return phrase.indices.allSatisfy { phrase[$0] == tokens[start + $0].key }
    }
}
