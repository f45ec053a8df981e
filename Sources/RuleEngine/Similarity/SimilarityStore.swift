/// The compiled entries: everything an index reads, in flat arrays that never change.
final class SimilarityStore: Sendable {
    let reader: QuestionReader
    let characters: GramChannel
    let sounds: GramChannel
    /// Entries from here on are background, never chosen.
    let choosable: Int

    /// By entry: its first wording, among all; one more for the end.
    let wordingStarts: [Int]
    /// By wording: its first token, among all; one more for the end.
    let tokenStarts: [Int]
    /// Tokens as grams of ``characters``, and their sounds as grams of ``sounds``.
    let tokens: [UInt32]
    let sounded: [UInt32]
    /// By wording: whether it denies.
    let isNegated: [Bool]
    /// By wording: the entry it belongs to.
    let owners: [UInt32]
    /// The first wording of each different row of tokens; by number of the row.
    private let rows: KeyTable
    private let firstWordings: [UInt32]
    /// Wordings with the same tokens as an earlier one of another entry, and that one.
    let duplicates: [(wording: Int, earlier: Int)]

    /// Lists of words that exclude each other.
    let opposites: Opposites

    init(_ entries: [[String]], choosable: Int, options: SimilarityOptions) {
        let reader = QuestionReader(options)
        var wordingStarts = [0]
        var tokenStarts = [0]
        var taken: [Token] = []
        var countedCharacters = CountedWordings()
        var countedSounds = CountedWordings()
        var isNegated: [Bool] = []
        var owners: [UInt32] = []
        var named: [(row: UInt64, wording: UInt32)] = []
        for (entry, wordings) in entries.enumerated() {
            for wording in wordings {
                let reading = reader.read(wording)
                countedCharacters.append(reading.characters)
                countedSounds.append(reading.sounds)
                taken += reading.tokens
                tokenStarts.append(taken.count)
                isNegated.append(reading.isNegated)
                if !reading.tokens.isEmpty {
                    named.append((Self.name(of: reading.tokens), UInt32(owners.count)))
                }
                owners.append(UInt32(entry))
            }
            wordingStarts.append(owners.count)
        }
        let characters = GramChannel(countedCharacters, entries: wordingStarts)
        let sounds = GramChannel(countedSounds, entries: wordingStarts)
        named.sort { ($0.row, $0.wording) < ($1.row, $1.wording) }
        var names: [UInt64] = []
        var firstWordings: [UInt32] = []
        var duplicates: [(wording: Int, earlier: Int)] = []
        for (row, wording) in named {
            if names.last != row {
                names.append(row)
                firstWordings.append(wording)
            } else if let first = firstWordings.last, owners[Int(first)] != owners[Int(wording)] {
                duplicates.append((Int(wording), Int(first)))
            }
        }
        self.reader = reader
        self.characters = characters
        self.sounds = sounds
        self.choosable = choosable
        self.wordingStarts = wordingStarts
        self.tokenStarts = tokenStarts
        tokens = taken.map { characters.grams[GramKey.single($0.key)] }
        sounded = taken.map { sounds.grams[GramKey.single($0.sound)] }
        self.isNegated = isNegated
        self.owners = owners
        rows = KeyTable(names)
        self.firstWordings = firstWordings
        self.duplicates = duplicates.sorted { $0.wording < $1.wording }
        opposites = Opposites(options.opposites)
    }

    /// The wording that has exactly these tokens, the earliest of several.
    func wording(equalTo tokens: [Token]) -> Int? {
        let number = rows[Self.name(of: tokens)]
        return number == KeyTable.unknown ? nil : Int(firstWordings[Int(number)])
    }

    private static func name(of tokens: [Token]) -> UInt64 {
        tokens.reduce(GramKey.single(UInt64(tokens.count))) { GramKey.pair($0, $1.key) }
    }

    /// The best entries by a quick score, best first; the file's order decides between equals.
    ///
    /// `leaving` names an entry to look away from.
    func candidates(for query: SimilarityQuery, leaving: Int? = nil) -> [Found] {
        var scores = Array(repeating: Float(0), count: wordingStarts.count - 1)
        characters.score(query.characters, times: 0.7, into: &scores)
        sounds.score(query.sounds, times: 0.3, into: &scores)
        if let leaving { scores[leaving] = 0 }
        var best: [Found] = []
        best.reserveCapacity(Self.mostCandidates + 1)
        var least: Float = 0
        let span = scores.span
        for entry in span.indices where span[entry] > least {
            Self.insert(Found(entry: entry, score: span[entry]), into: &best)
            if best.count == Self.mostCandidates { least = best[best.count - 1].score }
        }
        return best
    }

    /// Puts a candidate in its place, behind those as good, and drops what is one too many.
    static func insert(_ found: Found, into best: inout [Found]) {
        var place = best.count
        while place > 0, best[place - 1].score < found.score { place -= 1 }
        best.insert(found, at: place)
        if best.count > mostCandidates { best.removeLast() }
    }

    /// A candidate and its quick score.
    struct Found: Sendable {
        let entry: Int
        let score: Float
    }

    /// From 4 to 32 the first stays within 0.2 points; 16 leave room for other weights.
    static let mostCandidates = 16
}
