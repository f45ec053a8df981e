import RuleEngine
import Testing

/// Why a message was answered, in the message's own characters.
@Suite struct SimilarityExplanationTests {
    let index = SimilarityIndex(entries: SimilarityIndexTests.shop)

    private func part(_ text: String, _ range: Range<Int>) -> String {
        String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    @Test func stretchesArePartsOfTheOriginal() throws {
        let text = "請問，怎麼 申請 一下子呢[微笑]，謝謝"
        let explanation = index.explanation(of: text)
        let first = try #require(explanation.candidates.first)
        #expect(first.candidate.entry == 0)
        #expect(first.covered.map { part(text, $0.range) } == ["請", "怎麼 申請"])
        #expect(abs(first.covered.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        let rest = explanation.uncovered.map { part(text, $0.range) }
        #expect(rest.contains("子"))
        #expect(!rest.contains("申"))
        #expect(explanation.uncovered.count <= 5)
    }

    @Test func charactersOfTheSameSoundAreNamed() throws {
        let text = "怎么申请腿款"
        let first = try #require(index.explanation(of: text).candidates.first)
        #expect(first.candidate.entry == 0)
        #expect(first.typos.map { part(text, $0.range) } == ["腿"])
        #expect(first.typos.map(\.meant) == ["退"])
    }

    @Test func sharesAddUpToTheLead() throws {
        let fixture = try FAQFixture.five.get()
        let index = fixture.index
        for query in try fixture.queries().prefix(100) {
            let explanation = index.explanation(of: query.text)
            guard let first = explanation.candidates.first, !explanation.similarity.isExact else {
                continue
            }
            let lead = try #require(explanation.lead)
            #expect(abs(first.shares.reduce(0, +) - lead) < 1e-9)
            #expect(first.features.count == SimilarityExplanation.Feature.allCases.count)
        }
    }

    @Test func theRivalIsNamed() {
        #expect(index.explanation(of: "怎么申请开票").rival != nil)
        let chat = index.explanation(of: "今天天气怎么样呀")
        #expect(chat.rival == .smallTalk)
        #expect(chat.lead.map { $0 < 0 } == true)
    }

    @Test func aClauseIsExplainedInThePlaceWhereItStands() throws {
        let text = "昨天下午我家孩子在学校操场踢球把鞋弄坏了，邻居奶奶看见以后说了半天，怎么申请退款呀，门口那棵树也该修剪修剪了"
        let explanation = index.explanation(of: text)
        let first = try #require(explanation.candidates.first)
        #expect(first.covered.map { part(text, $0.range) } == ["怎么申请退款"])
    }

    @Test func theSameTwiceIsTheSame() throws {
        let fixture = try FAQFixture.five.get()
        let one = SimilarityIndex(entries: fixture.entries)
        let other = SimilarityIndex(entries: fixture.entries)
        for query in try fixture.queries().prefix(100) {
            #expect(one.explanation(of: query.text) == other.explanation(of: query.text))
        }
    }
}
