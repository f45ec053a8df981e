import Testing

@testable import RuleEngine

/// Texts taken apart.
@Suite struct QuestionReadingTests {
    let reader = QuestionReader(SimilarityOptions())

    private func parts(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return TokenizedText(text).tokens.map { String(decoding: bytes[$0.origin], as: UTF8.self) }
    }

    @Test(arguments: [
        ("退款，怎么弄？", ["退", "款", "怎", "么", "弄"]),
        ("iPhone15 Pro", ["iPhone", "15", "Pro"]),
        ("don't", ["don't"]), ("don’t", ["don’t"]), ("rock 'n' roll", ["rock", "n", "roll"]),
        ("3.14.15", ["3.14", "15"]), ("1.", ["1"]), ("￥19.9元", ["19.9", "元"]),
        ("ＡＢＣ１２", ["ＡＢＣ", "１２"]), ("Привет мир", ["Привет", "мир"]),
        ("好的[微笑]呀", ["好", "的", "呀"]), ("好[不是表情]呀", ["好", "不", "是", "表", "情", "呀"]),
        ("行/::)吗/:rose", ["行", "吗"]), ("[Smile]ok[OK]", ["ok"]), ("a/b", ["a", "b"]),
        ("", []), ("，。", []),
    ])
    func tokens(text: String, expected: [String]) {
        #expect(parts(text) == expected)
    }

    @Test func foldedTextsHaveEqualTokens() {
        func keys(_ text: String) -> [UInt64] { TokenizedText(text).tokens.map(\.key) }
        #expect(keys("怎麼退貨ＡＢＣ") == keys("怎么退货abc"))
        #expect(keys("don’t") == keys("DON'T"))
        #expect(keys("退款") != keys("款退"))
    }

    @Test func sameSoundsHaveEqualNames() {
        func sounds(_ text: String) -> [UInt64] { TokenizedText(text).tokens.map(\.sound) }
        #expect(sounds("腿款") == sounds("退款"))
        #expect(sounds("女") != sounds("努"))
        #expect(sounds("abc") == TokenizedText("abc").tokens.map(\.key))
    }

    @Test(arguments: [
        ("可以退款", false), ("不可以退款", true), ("能不能退款", false), ("可不可以退款", false),
        ("有没有发票", false), ("没有发票", true), ("不是不能退", false), ("吃没吃", false),
        ("不好意思我想退款", false), ("七天无理由退货", false), ("没收到", false), ("没有收到", true),
        ("I don't want it", true), ("I do not want it", true), ("never", true), ("nothing", false),
        ("非常不满意", true), ("未發貨", true), ("别发了", true), ("别人发了", false),
    ])
    func polarity(text: String, isNegated: Bool) {
        #expect(reader.read(text).isNegated == isNegated)
    }

    @Test func fillersCountHalf() {
        let plain = reader.read("怎么退款").characters.counts
        let wordy = reader.read("请问怎么退款呢").characters.counts
        let core = Set(plain.map(\.gram))
        for (gram, count) in wordy {
            let isPair = ![1.0, 0.5].contains(count)
            let whole = isPair ? 0.7 : 1
            #expect(count == (core.contains(gram) ? whole : whole / 2))
        }
        #expect(wordy.count == plain.count + 6)
        // A filler on its own is a question.
        #expect(reader.read("你好").characters.counts.allSatisfy { [1, 0.7].contains($0.count) })
        #expect(reader.read("请问呢").characters.counts.allSatisfy { [1, 0.7].contains($0.count) })
    }

    @Test func repeatedGramsAddUp() {
        #expect(reader.read("退退退").characters.counts.map(\.count).sorted() == [1.4, 3])
    }

    @Test func wordsHaveTrigrams() {
        // ^re ref efu fun und nd$ and the word itself.
        #expect(reader.read("refund").characters.counts.count == 7)
        #expect(reader.read("the").characters.counts.count == 1)
        #expect(reader.read("refund").sounds.counts.count == 1)
    }

    @Test func longSynonymsGoFirst() {
        let options = SimilarityOptions(synonyms: [
            SimilarityOptions.Synonym(head: "甲", variants: ["会员"]),
            SimilarityOptions.Synonym(head: "乙丙", variants: ["员工卡号", "vip card"]),
        ])
        let reader = QuestionReader(options)
        func keys(_ text: String) -> [UInt64] { reader.tokens(of: text).tokens.map(\.key) }
        #expect(keys("会员卡") == keys("甲卡"))
        #expect(keys("会员工卡号") == keys("会乙丙"))
        #expect(keys("VIP card会员") == keys("乙丙甲"))
        let replaced = reader.tokens(of: "一会员二").tokens
        #expect(replaced.map(\.origin) == [0..<3, 3..<9, 9..<12])
    }

    @Test(arguments: 0..<200) func commonSubsequencesAreAsLongAsTheyAre(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func row(_ lengths: ClosedRange<Int>) -> [UInt32] {
            (0..<Int.random(in: lengths, using: &random)).map { _ in
                let value = UInt32.random(in: 0..<6, using: &random)
                return value == 5 ? KeyTable.unknown : value
            }
        }
        let longest = seed % 4 == 0 ? 200 : 64
        let left = row(0...longest)
        let right = row(0...longest)
        var lengths = Array(repeating: Array(repeating: 0, count: right.count + 1), count: 1)
        for own in left {
            var next = [0]
            for (place, other) in right.enumerated() {
                let isEqual = own == other && own != KeyTable.unknown
                let before = lengths[lengths.count - 1]
                next.append(isEqual ? before[place] + 1 : max(before[place + 1], next[place]))
            }
            lengths.append(next)
        }
        let common = lengths[left.count][right.count]
        let total = left.count + right.count
        let share = SimilarityMath.subsequenceShare(left, right, 0..<right.count)
        #expect(share == (total == 0 ? 0 : 2 * Double(common) / Double(total)))
    }
}
