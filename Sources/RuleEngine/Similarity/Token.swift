/// One unit of a question: a Han character, a Latin word, a number or a run of other letters.
struct Token: Sendable {
    /// Its name (see ``GramKey``).
    var key: UInt64
    /// The name of its sound: a syllable, or ``key`` where none is known.
    var sound: UInt64
    /// Where it stands in the original, in UTF-8 offsets.
    var start: UInt32
    var end: UInt32
    /// Whether it is a Latin word that negates by its form: n't.
    var isNegative = false
    /// Whether a comma or another mark that ends a clause stands before it.
    var beginsClause = false

    /// Where it stands in the original, in UTF-8 offsets.
    var origin: Range<Int> { Int(start)..<Int(end) }
}

/// A text taken apart: folded, emoticons removed, marks and spaces dropped.
struct TokenizedText: Sendable {
    var tokens: [Token] = []
    /// Three neighbouring characters of `^word$`, of Latin words of four letters and more.
    var trigrams: [Trigram] = []

    struct Trigram: Sendable {
        let key: UInt64
        /// Index of the word.
        var token: Int
    }

    init() {}

    /// Takes a text apart.
    init(_ text: String) {
        var scalars: [UInt32] = []
        var marks: [Bool] = []
        var origins: [(start: UInt32, end: UInt32)] = []
        let utf8 = text.utf8Span.span
        scalars.reserveCapacity(utf8.count)
        marks.reserveCapacity(utf8.count)
        origins.reserveCapacity(utf8.count)
        FoldingTable.shared.fold(utf8) { scalar, isMark, origin in
            scalars.append(scalar)
            marks.append(isMark)
            origins.append((UInt32(origin.lowerBound), UInt32(origin.upperBound)))
        }
        tokens.reserveCapacity(scalars.count)
        var position = 0
        var beginsClause = false
        while position < scalars.count {
            let scalar = scalars[position]
            if scalar == 0x5B || scalar == 0x2F {
                let length = Emoticons.shared.length(in: scalars, from: position)
                if length > 0 {
                    position += length
                    continue
                }
            }
            let end = Self.end(of: scalars, marks, from: position)
            guard end > position else {
                beginsClause = beginsClause || Self.endsClause(scalar)
                position += 1
                continue
            }
            append(
                scalars[position..<end], start: origins[position].start,
                end: origins[end - 1].end, beginsClause: beginsClause && !tokens.isEmpty)
            beginsClause = false
            position = end
        }
    }

    private mutating func append(
        _ scalars: ArraySlice<UInt32>, start: UInt32, end: UInt32, beginsClause: Bool
    ) {
        let first = scalars[scalars.startIndex]
        if Self.isHan(first) {
            let syllable = PinyinTable.shared.number(of: first)
            let key = GramKey.character(first)
            tokens.append(
                Token(
                    key: key, sound: syllable == 0 ? key : GramKey.syllable(syllable),
                    start: start, end: end, beginsClause: beginsClause))
            return
        }
        // A typographic apostrophe is one too.
        let word = ArraySlice(scalars.map { $0 == 0x2019 ? 0x27 : $0 })
        let key = GramKey.word(word)
        tokens.append(
            Token(
                key: key, sound: key, start: start, end: end,
                isNegative: word.suffix(3).elementsEqual([0x6E, 0x27, 0x74]),
                beginsClause: beginsClause))
        guard Self.isLatin(first), word.count >= 4 else { return }
        let framed = [0x5E] + word + [0x24]
        for index in 0..<framed.count - 2 {
            let key = GramKey.trigram(framed[index], framed[index + 1], framed[index + 2])
            trigrams.append(Trigram(key: key, token: tokens.count - 1))
        }
    }

    /// Where the token that begins at `start` ends; `start` if none begins there.
    private static func end(of scalars: [UInt32], _ marks: [Bool], from start: Int) -> Int {
        func run(from start: Int, _ belongs: (UInt32) -> Bool) -> Int {
            var end = start
            while end < scalars.count, belongs(scalars[end]) { end += 1 }
            return end
        }
        let first = scalars[start]
        if isHan(first) { return start + 1 }
        if isLatin(first) {
            let end = run(from: start, isLatin)
            guard end + 1 < scalars.count, scalars[end] == 0x27 || scalars[end] == 0x2019,
                isLatin(scalars[end + 1])
            else { return end }
            return run(from: end + 1, isLatin)
        }
        if isDigit(first) {
            let end = run(from: start, isDigit)
            guard end + 1 < scalars.count, scalars[end] == 0x2E, isDigit(scalars[end + 1])
            else { return end }
            return run(from: end + 1, isDigit)
        }
        var end = start
        while end < scalars.count, !marks[end], isOtherLetter(scalars[end]) { end += 1 }
        return end
    }

    private static func isHan(_ scalar: UInt32) -> Bool { scalar >= 0x3400 && scalar <= 0x9FFF }
    private static func isLatin(_ scalar: UInt32) -> Bool { scalar >= 0x61 && scalar <= 0x7A }
    private static func isDigit(_ scalar: UInt32) -> Bool { scalar >= 0x30 && scalar <= 0x39 }

    /// Of what is no mark: neither ASCII nor Han nor currency.
    private static func isOtherLetter(_ scalar: UInt32) -> Bool {
        scalar >= 0x80 && !isHan(scalar)
            && Unicode.Scalar(scalar)?.properties.generalCategory != .currencySymbol
    }

    /// Marks that part clauses, as folding leaves them; line breaks do too.
    private static func endsClause(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x0A, 0x0D, 0x21, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x7E, 0x3001, 0x3002: true
        default: false
        }
    }
}

extension TokenizedText {
    /// A part of the text, as if it stood alone.
    func part(_ range: Range<Int>) -> TokenizedText {
        var part = TokenizedText()
        part.tokens = Array(tokens[range])
        part.trigrams = trigrams.filter { range.contains($0.token) }.map {
            Trigram(key: $0.key, token: $0.token - range.lowerBound)
        }
        return part
    }

    /// The text without some tokens.
    func without(_ removed: [PhraseTable.Hit]) -> TokenizedText {
        replacing(removed) { _ in TokenizedText() }
    }

    /// The text with phrases replaced; what replaces them stands where they stood.
    func replacing(
        _ hits: [PhraseTable.Hit], with replacement: (PhraseTable.Hit) -> TokenizedText
    ) -> TokenizedText {
        var result = TokenizedText()
        var next = 0
        for hit in hits {
            result.append(self, next..<hit.tokens.lowerBound)
            var head = replacement(hit)
            for index in head.tokens.indices {
                head.tokens[index].start = tokens[hit.tokens.lowerBound].start
                head.tokens[index].end = tokens[hit.tokens.upperBound - 1].end
                head.tokens[index].beginsClause =
                    index == 0 && tokens[hit.tokens.lowerBound].beginsClause
            }
            result.append(head, head.tokens.indices)
            next = hit.tokens.upperBound
        }
        result.append(self, next..<tokens.count)
        return result
    }

    private mutating func append(_ other: TokenizedText, _ range: Range<Int>) {
        let shift = tokens.count - range.lowerBound
        tokens += other.tokens[range]
        for trigram in other.trigrams where range.contains(trigram.token) {
            trigrams.append(Trigram(key: trigram.key, token: trigram.token + shift))
        }
    }
}
