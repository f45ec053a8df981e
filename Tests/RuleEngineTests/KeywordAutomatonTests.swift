import Testing

@testable import RuleEngine

@Suite("The keyword automaton")
struct KeywordAutomatonTests {
    /// Characters from every length of UTF-8, few enough to collide.
    private static let characters: [Character] = ["a", "b", "é", "退", "款", "货", "𠮷"]

    private static func keywords(_ words: [String]) -> [KeywordAutomaton.Keyword] {
        words.enumerated().map { index, word in
            KeywordAutomaton.Keyword(
                scalars: word.unicodeScalars.map(\.value),
                claims: [TriggerIndex.Claim(rule: index, trigger: 0)])
        }
    }

    @Test("finds what a plain search finds", arguments: 1...40 as ClosedRange<UInt64>)
    func agreesWithPlainSearch(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let size = 1 + random.below(200)
        let words = Array(
            Set((0..<size).map { _ in random.word(over: Self.characters, 1...5) })
        ).sorted()
        let automaton = try KeywordAutomaton(Self.keywords(words), .anywhere)
        for _ in 0..<20 {
            let text = random.word(over: Self.characters + ["x"], 0...60).unicodeScalars
                .map(\.value)
            let found = automaton.found(in: text)
            var expected: Set<Found> = []
            for (index, word) in words.enumerated() {
                let scalars = word.unicodeScalars.map(\.value)
                for end in scalars.count..<max(scalars.count, text.count + 1)
                where text[(end - scalars.count)..<end].elementsEqual(scalars) {
                    expected.insert(Found(word: index, end: end, length: scalars.count))
                }
            }
            #expect(found.count == expected.count, "seed \(seed)")
            #expect(Set(found) == expected, "seed \(seed)")
        }
    }

    @Test("anchored, finds what the text begins with", arguments: 1...20 as ClosedRange<UInt64>)
    func walks(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let words = Array(
            Set((0..<50).map { _ in random.word(over: Self.characters, 1...4) })
        ).sorted()
        let automaton = try KeywordAutomaton(Self.keywords(words), .anchored)
        for _ in 0..<50 {
            let text = random.word(over: Self.characters, 0...8)
            let found = automaton.found(at: text.unicodeScalars.map(\.value)).map { words[$0] }
            let expected = words.filter { text.unicodeScalars.starts(with: $0.unicodeScalars) }
            #expect(found.sorted() == expected, "seed \(seed)")
        }
    }

    @Test("finds each of many keywords that use many characters")
    func manyCharacters() throws {
        var random = SeededRandom(seed: 3)
        let characters = (0..<5000).compactMap { Unicode.Scalar(0x4E00 + UInt32($0)) }
            .map(Character.init)
        let words = Array(
            Set((0..<20_000).map { _ in random.word(over: characters, 1...4) })
        ).sorted()
        let automaton = try KeywordAutomaton(Self.keywords(words), .anywhere)
        for (index, word) in words.enumerated() {
            let found = automaton.found(in: word.unicodeScalars.map(\.value))
            let isFound = found.contains { $0.word == index }
            if !isFound { Issue.record("\(word) is lost") }
        }
    }

    @Test("finds nothing without keywords")
    func empty() throws {
        let automaton = try KeywordAutomaton([], .anywhere)
        #expect(automaton.found(in: [0x9000, 0x61]).isEmpty)
        #expect(automaton.found(at: [0x9000, 0x61]).isEmpty)
    }

    @Test("refuses more characters than it can number")
    func tooManyCharacters() {
        let scalars = (0x10000..<0x10000 + 65_536).map { UInt32($0) }
        let keyword = KeywordAutomaton.Keyword(scalars: scalars, claims: [])
        #expect(throws: Alphabet.TooManyCharacters.self) {
            _ = try KeywordAutomaton([keyword], .anywhere)
        }
    }
}

/// One keyword, by its index, and where it ends.
private struct Found: Hashable {
    let word: Int
    let end: Int
    let length: Int
}

extension KeywordAutomaton {
    fileprivate func found(in text: [UInt32]) -> [Found] {
        var found: [Found] = []
        scan(text.span) { end, state in
            claims(on: state) { claim, length in
                found.append(Found(word: Int(claim.rule), end: end, length: Int(length)))
            }
        }
        return found
    }

    fileprivate func found(at text: [UInt32]) -> [Int] {
        var found: [Int] = []
        walk(text.span) { claim, _ in found.append(Int(claim.rule)) }
        return found
    }
}
