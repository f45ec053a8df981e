/// Words that exclude each other, as users declared them.
struct Opposites: Sendable {
    private let lists: [(phrases: PhraseTable, words: [String])]

    init(_ lists: [[String]]) {
        self.lists = lists.map { words in
            (PhraseTable(words.map { TokenizedText($0).tokens.map(\.key) }), words)
        }
    }

    var isEmpty: Bool { lists.isEmpty }

    /// A word of the message and one of the wording that exclude each other; `nil` where both
    /// texts have one word of the list, or one of them has none.
    ///
    /// A word inside a longer one of its list isn't seen: 未到账 doesn't say 到账.
    func clash(message: [Token], wording: [Token]) -> (message: String, wording: String)? {
        for (phrases, words) in lists {
            let own = phrases.longestFirst(in: message).map(\.phrase)
            guard let first = own.first else { continue }
            let others = phrases.longestFirst(in: wording).map(\.phrase)
            guard let other = others.first, Set(own).isDisjoint(with: others) else { continue }
            return (words[first], words[other])
        }
        return nil
    }
}
