import RuleEngine
import Testing

/// Messages with every intermediate number, computed by an independent program.
@Suite struct SimilarityVectorTests {
    struct Vector: Decodable {
        let qid: String
        let text: String
        let candidates: [Candidate]
        let right1: Double
        let right3: Double
        let `guard`: Bool
        let band: String

        struct Candidate: Decodable {
            let id: String
            let wording: String
            let features: [String: Double]
            let z: Double
        }
    }

    @Test func everyNumberIsAsComputedElsewhere() throws {
        let fixture = try FAQFixture.five.get()
        let index = fixture.index
        for vector in try FAQFixture.lines("vectors.jsonl", of: Vector.self) {
            let explanation = index.explanation(of: vector.text)
            let similarity = explanation.similarity
            #expect(similarity.candidates.count == vector.candidates.count, "\(vector.qid)")
            #expect(abs(similarity.firstIsRight - vector.right1) < 0.002, "\(vector.qid)")
            #expect(abs(similarity.rightAmongThree - vector.right3) < 0.002, "\(vector.qid)")
            #expect(similarity.band.rawValue == vector.band, "\(vector.qid)")
            #expect((similarity.guard != nil) == vector.guard, "\(vector.qid)")
            for (own, other) in zip(explanation.candidates, vector.candidates) {
                let entry = own.candidate.entry
                #expect(fixture.ids[entry] == other.id, "\(vector.qid)")
                #expect(
                    fixture.entries[entry].wordings[own.candidate.wording] == other.wording,
                    "\(vector.qid)")
                #expect(abs(own.candidate.z - other.z) < 0.01, "\(vector.qid)")
                for (feature, value) in zip(
                    SimilarityExplanation.Feature.allCases, own.features)
                {
                    let expected = try #require(other.features[feature.rawValue])
                    let name = "\(vector.qid) \(feature.rawValue) \(other.id)"
                    #expect(abs(value - expected) < 0.002, "\(name)")
                }
            }
        }
    }
}
