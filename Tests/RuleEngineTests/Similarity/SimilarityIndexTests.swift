import RuleEngine
import Testing

/// What a matcher of questions answers, and what may not change it.
@Suite struct SimilarityIndexTests {
    static let shop = [
        SimilarityIndex.Entry(wordings: ["怎么申请退款", "我要退钱", "钱能退给我吗"]),
        SimilarityIndex.Entry(wordings: ["什么时候发货", "多久能发出来", "还没发货吗"]),
        SimilarityIndex.Entry(wordings: ["可以开发票吗", "发票怎么开", "要一张电子发票"]),
        SimilarityIndex.Entry(wordings: ["怎么开通会员", "开通VIP", "how do I become a member"]),
    ]
    let index = SimilarityIndex(entries: shop)

    @Test(arguments: ["怎么申请退款", "怎麼申請退款？", "怎么申请退款[微笑]", "怎么 申请 退款/::)！"])
    func aWordingIsItself(text: String) {
        let similarity = index.answer(to: text)
        #expect(similarity.band == .answer)
        #expect(similarity.isExact)
        #expect(similarity.firstIsRight == 1)
        #expect(similarity.rightAmongThree == 1)
        #expect(similarity.guard == nil)
        #expect(similarity.candidates.first?.entry == 0)
        #expect(similarity.candidates.first?.wording == 0)
        #expect(similarity.candidates.first?.score == 1)
    }

    @Test(arguments: ["ＯＰＥＮ开通vip", "开通ｖｉｐ"])
    func widthAndCaseDoNotMatter(text: String) {
        #expect(index.answer(to: text).candidates.first?.entry == 3)
    }

    @Test(arguments: [("请问怎么申请退款呢", 0), ("腿款怎么申请", 0), ("我想问一下啥时候发货", 1), ("发票咋开", 2)])
    func whatIsMeantComesFirst(text: String, entry: Int) {
        let similarity = index.answer(to: text)
        #expect(similarity.band != .none, "\(similarity)")
        #expect(similarity.candidates.first?.entry == entry)
    }

    @Test(arguments: ["你好", "今天天气怎么样", "讲个笑话吧", "hello", "你是真人吗"])
    func smallTalkIsNoQuestion(text: String) {
        let similarity = index.answer(to: text)
        #expect(similarity.band == .none, "\(similarity)")
        #expect(similarity.candidates.allSatisfy { $0.entry < Self.shop.count })
    }

    @Test func nothingIsChosenOfNoEntries() {
        let nothing = SimilarityIndex(entries: [])
        #expect(nothing.answer(to: "你好").band == .none)
        #expect(nothing.answer(to: "你好").candidates.isEmpty)
        let empty = SimilarityIndex(entries: [
            SimilarityIndex.Entry(wordings: []), SimilarityIndex.Entry(wordings: ["？"]),
        ])
        #expect(empty.answer(to: "你好吗").candidates.isEmpty)
        #expect(empty.answer(to: "？").band == .none)
    }

    static let odd = [
        "", "？？！", "[微笑]", "/::D", "  \n\t", "❤️🎉", "member", "x", "123.45", "'t", "[", "/:",
        "[不是表情]", String(decoding: [0xD83D] as [UInt16], as: UTF16.self), "\u{0}", "ｶﾞ", "Привет",
        String(repeating: "退", count: 4000), String(repeating: "退款，怎么", count: 800),
        String(repeating: "a", count: 4000), String(repeating: "[微", count: 2000),
        "e" + String(repeating: "\u{301}", count: 300), "𠮷野家",
    ]

    @Test(arguments: odd)
    func oddTextsGetAnAnswerToo(text: String) {
        let similarity = index.answer(to: text)
        #expect((0...1).contains(similarity.firstIsRight))
        #expect((0...1).contains(similarity.rightAmongThree))
        #expect(similarity.candidates.count <= 3)
        let explanation = index.explanation(of: text)
        #expect(explanation.similarity == similarity)
        let places = explanation.candidates.flatMap { $0.covered.map(\.range) }
        #expect(places.allSatisfy { $0.upperBound <= text.utf8.count })
    }

    @Test(arguments: ["", "？？！", "[微笑]", "/::D", "  \n\t", "❤️🎉"])
    func whatHasNoWordsIsNothing(text: String) {
        let similarity = index.answer(to: text)
        #expect(similarity.band == .none)
        #expect(similarity.candidates.isEmpty)
    }

    @Test func probabilitiesAreProbabilities() throws {
        let fixture = try FAQFixture.five.get()
        let index = fixture.index
        for query in try fixture.queries().prefix(200) {
            let similarity = index.answer(to: query.text)
            #expect((0...1).contains(similarity.firstIsRight))
            #expect((0...1).contains(similarity.rightAmongThree))
            let scores = similarity.candidates.map(\.score)
            #expect(scores.allSatisfy { (0...1).contains($0) })
            #expect(scores == scores.sorted(by: >))
            #expect(scores.first.map { $0 == similarity.firstIsRight } ?? true)
        }
    }

    // MARK: Guards

    @Test(arguments: ["five", "thirty"])
    func aNegatedWordingIsNeverAnswered(folder: String) throws {
        let fixture = try FAQFixture.named(folder)
        let fitted = fixture.index.calibrated(try FAQFixture.report.get().calibration)
        for query in try fixture.queries("queries-negated") {
            for index in [fixture.index, fitted] {
                let similarity = index.answer(to: query.text)
                let first = similarity.candidates.first.map { fixture.ids[$0.entry] }
                #expect(similarity.band != .answer || first != query.near, "\(query.text)")
            }
        }
    }

    @Test func denyingIsAskedBack() {
        let similarity = index.answer(to: "不可以开发票吗")
        #expect(similarity.band == .ask)
        #expect(similarity.guard == .negation)
        #expect(similarity.candidates.first?.entry == 2)
    }

    @Test func oppositesAreAskedBack() {
        let options = SimilarityOptions(opposites: [["开通", "关闭", "取消"], ["国内", "国外"]])
        let entries = (0..<60).map { SimilarityIndex.Entry(wordings: ["第\($0)个问题"]) }
        let careful = SimilarityIndex(entries: Self.shop + entries, options: options)
        let similarity = careful.answer(to: "怎么關閉会员")
        #expect(similarity.candidates.first?.entry == 3)
        #expect(similarity.band == .ask)
        #expect(similarity.guard == .opposites(message: "关闭", wording: "开通"))
        #expect(careful.answer(to: "会员怎么开通").guard == nil)
        #expect(careful.answer(to: "会员怎么开通，怎么关闭").guard == nil)
    }

    // MARK: Users' words

    @Test func synonymsAreReadAsTheirHead() {
        let options = SimilarityOptions(synonyms: [
            SimilarityOptions.Synonym(head: "退款", variants: ["refund", "退票", "退票钱"])
        ])
        let index = SimilarityIndex(entries: Self.shop, options: options)
        for text in ["怎么申请Refund", "怎么申请退票", "怎么申请退票錢"] {
            #expect(index.answer(to: text).isExact, "\(text)")
        }
        #expect(!self.index.answer(to: "怎么申请Refund").isExact)
    }

    @Test func fillersWeighLess() throws {
        let text = "老铁怎么退款"
        let options = SimilarityOptions(fillers: ["老铁"])
        let friendly = SimilarityIndex(entries: Self.shop, options: options)
        let plain = try #require(index.answer(to: text).candidates.first)
        let better = try #require(friendly.answer(to: text).candidates.first)
        #expect(better.z > plain.z)
    }

    @Test func whatOnlyLooksLikeANegationIsNone() throws {
        let entries = [SimilarityIndex.Entry(wordings: ["不粘锅怎么清洗"])]
        let text = "粘锅怎么清洗呢"
        let strict = SimilarityIndex(entries: entries)
        let told = SimilarityIndex(
            entries: entries, options: SimilarityOptions(notNegations: ["不粘"]))
        #expect(strict.answer(to: text).guard == .negation)
        #expect(told.answer(to: text).guard == nil)
    }

    // MARK: Long messages

    @Test func aClauseOfALongMessageIsAskedBack() throws {
        let text = "昨天下午我家孩子在学校操场踢球把鞋弄坏了，邻居奶奶看见以后说了半天，怎么申请退款，门口那棵树也该修剪修剪了"
        let similarity = index.answer(to: text)
        #expect(similarity.band == .ask)
        #expect(similarity.candidates.first?.entry == 0)
        #expect(similarity.candidates.count <= 3)
        let clause = try #require(similarity.clause)
        #expect(String(decoding: Array(text.utf8)[clause], as: UTF8.self) == "怎么申请退款")
        let short = index.answer(to: "鞋弄坏了，怎么申请退款")
        #expect(short.clause == nil)
    }

    // MARK: What must not matter

    @Test func orderDoesNotMatter() throws {
        let fixture = try FAQFixture.five.get()
        let index = fixture.index
        let entries = fixture.entries.indices.map { ($0 * 37 + 11) % fixture.entries.count }
        let shuffled = SimilarityIndex(
            entries: entries.map { entry in
                SimilarityIndex.Entry(wordings: fixture.entries[entry].wordings.reversed())
            })
        for query in try fixture.queries().prefix(200) {
            let one = index.answer(to: query.text)
            let other = shuffled.answer(to: query.text)
            #expect(abs(one.firstIsRight - other.firstIsRight) < 1e-6, "\(query.text)")
            #expect(abs(one.rightAmongThree - other.rightAmongThree) < 1e-6, "\(query.text)")
            #expect(one.band == other.band, "\(query.text)")
            #expect(
                one.candidates.first?.entry == other.candidates.first.map { entries[$0.entry] }
                    || one.candidates.first?.z == other.candidates.first?.z, "\(query.text)")
        }
    }

    @Test func anUnrelatedEntryChangesLittle() throws {
        let fixture = try FAQFixture.five.get()
        let index = fixture.index
        let stranger = SimilarityIndex.Entry(wordings: ["锅炉压力表校验周期", "steam gauge interval"])
        let more = SimilarityIndex(entries: fixture.entries + [stranger])
        for query in try fixture.queries().prefix(200) {
            let change =
                more.answer(to: query.text).firstIsRight
                - index.answer(to: query.text).firstIsRight
            #expect(abs(change) < 0.1, "\(query.text)")
        }
    }

    @Test func aWordingAddedAndRemovedLeavesNoTrace() throws {
        let fixture = try FAQFixture.five.get()
        let index = fixture.index
        var entries = fixture.entries
        entries[7].wordings.append("这是后来才想到的问法")
        #expect(SimilarityIndex(entries: entries).answer(to: "这是后来才想到的问法").isExact)
        entries[7].wordings.removeLast()
        let restored = SimilarityIndex(entries: entries)
        for query in try fixture.queries().prefix(100) {
            #expect(restored.answer(to: query.text) == index.answer(to: query.text))
        }
    }

    @Test func equalWordingsOfTwoEntriesAreFound() {
        let twice = SimilarityIndex(
            entries: Self.shop + [SimilarityIndex.Entry(wordings: ["退货地址", "怎麼申請退款!"])])
        #expect(twice.duplicates.count == 1)
        #expect(twice.duplicates.first?.place == SimilarityIndex.Place(entry: 4, wording: 1))
        #expect(twice.duplicates.first?.earlier == SimilarityIndex.Place(entry: 0, wording: 0))
        #expect(twice.answer(to: "怎么申请退款").candidates.first?.entry == 0)
        #expect(index.duplicates.isEmpty)
    }
}
