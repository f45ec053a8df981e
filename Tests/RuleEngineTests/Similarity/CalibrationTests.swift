import Foundation
import Testing

@testable import RuleEngine

/// Numbers fitted to an FAQ by leaving its wordings out.
@Suite struct CalibrationTests {
    @Test func theSameTwiceToTheByte() throws {
        let fixture = try FAQFixture.five.get()
        let one = try FAQFixture.report.get()
        let other = SimilarityIndex(entries: fixture.entries).calibrate()
        #expect(one == other)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let bytes = try encoder.encode(one.calibration)
        #expect(try encoder.encode(other.calibration) == bytes)
        let read = try JSONDecoder().decode(Calibration.self, from: bytes)
        #expect(read == one.calibration)
    }

    @Test func whatIsFittedDoesNotDependOnWhatIsInUse() throws {
        let fixture = try FAQFixture.five.get()
        let report = try FAQFixture.report.get()
        #expect(fixture.index.calibrated(report.calibration).calibrate() == report)
    }

    @Test func storedNumbersGiveTheSameAnswers() throws {
        let fixture = try FAQFixture.five.get()
        let calibration = try FAQFixture.report.get().calibration
        let loaded = SimilarityIndex(entries: fixture.entries, calibration: calibration)
        let fitted = fixture.index.calibrated(calibration)
        for query in try fixture.queries().prefix(100) {
            #expect(loaded.answer(to: query.text) == fitted.answer(to: query.text))
        }
    }

    /// A wording that still counts in `covqe` sends that weight to about 12.
    @Test func noWeightRunsAway() throws {
        let report = try FAQFixture.report.get()
        #expect(report.isFitted)
        let place = SimilarityExplanation.Feature.allCases.firstIndex(of: .messageCovered)
        let weight = report.calibration.rank[try #require(place)]
        #expect((2...6).contains(weight))
        #expect(report.calibration.rank != Calibration.shipped.rank)
    }

    @Test func theReportAddsUp() throws {
        let report = try FAQFixture.report.get()
        #expect(report.answerable == 408)
        #expect(report.unanswerable == 408)
        for outcome in [report.outcome] + report.byThreshold.map(\.outcome) {
            let known =
                outcome.right + outcome.wrong + outcome.askedWithRight
                + outcome.askedWithoutRight + outcome.missed
            #expect(abs(known - 1) < 1e-9)
            let unknown = outcome.answeredAnyway + outcome.askedAnyway + outcome.refused
            #expect(abs(unknown - 1) < 1e-9)
        }
        #expect(report.byThreshold.map(\.answer) == [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9])
        let answered = report.byThreshold.map { $0.outcome.right + $0.outcome.wrong }
        #expect(answered == answered.sorted(by: >))
        #expect(report.firstIsRight > report.outcome.right)
        let lost = Double(report.strays.count) / Double(report.answerable)
        #expect(abs(lost + report.firstIsRight - 1) < 0.01)
        #expect(report.strays.map(\.score) == report.strays.map(\.score).sorted(by: >))
    }

    @Test func someOfManyWordingsAreDrawn() {
        let places = (0..<4000).map { SimilarityIndex.Place(entry: $0 / 4, wording: $0 % 4) }
        let one = Calibrator.drawn(places, seed: 1)
        #expect(one.count == 1500)
        #expect(Set(one).count == 1500)
        #expect(one == Calibrator.drawn(places, seed: 1))
        #expect(one != Calibrator.drawn(places, seed: 2))
        #expect(one.count { $0.entry < 500 } > 650)
        #expect(one.count { $0.entry < 500 } < 850)
        let few = Array(places.prefix(1500))
        #expect(Calibrator.drawn(few, seed: 1) == few)
    }

    @Test func tooFewWordingsKeepTheShippedNumbers() {
        let report = SimilarityIndex(entries: SimilarityIndexTests.shop).calibrate()
        #expect(!report.isFitted)
        #expect(report.calibration == .shipped)
        #expect(report.answerable == 12)
        let single = (0..<100).map { SimilarityIndex.Entry(wordings: ["第\($0)种情况怎么办"]) }
        let alone = SimilarityIndex(entries: single).calibrate()
        #expect(!alone.isFitted)
        #expect(alone.answerable == 0)
        #expect(alone.unanswerable == 100)
        #expect(alone.firstIsRight == 0)
    }

    @Test func entriesThatAnswerForEachOtherAreNamed() throws {
        let report = SimilarityIndex(entries: [
            SimilarityIndex.Entry(wordings: ["怎么退款", "我要退款", "退款怎么弄", "帮我退款"]),
            SimilarityIndex.Entry(wordings: ["什么时候发货", "多久发货", "几号能发货"]),
            SimilarityIndex.Entry(wordings: ["如何退款", "怎么退款呢", "我要退款呀", "帮我退款吧"]),
        ]).calibrate()
        let worst = try #require(report.entangled.first)
        #expect((worst.entry, worst.other) == (0, 2))
        #expect(worst.lost + worst.caught >= 4)
        #expect(report.strays.contains { $0.place.entry == 0 && $0.landing == 2 })
        #expect(!report.strays.contains { $0.place.entry == 1 })
    }

    @Test func aLeftOutWordingIsNotLookedAt() throws {
        let index = try FAQFixture.five.get().index
        let store = index.store
        var scratch: [Double] = []
        for entry in index.entries.indices {
            for (number, wording) in index.entries[entry].wordings.enumerated() {
                let query = SimilarityQuery(store.reader.read(wording), in: store)
                let whole = try #require(store.look(at: entry, query, &scratch))
                #expect(abs(whole.features[CloseLook.covqe] - 1) < 1e-9)
                let left = try #require(
                    store.look(at: entry, query, leaving: number, &scratch))
                #expect(left.wording != number)
                let others = Set(
                    index.entries[entry].wordings.enumerated().filter { $0.offset != number }
                        .flatMap { store.reader.tokens(of: $0.element).tokens.map(\.key) })
                let weights = query.reading.tokens.map { token in
                    (
                        weight: store.characters.weights[
                            Int(store.characters.grams[GramKey.single(token.key)])],
                        isCovered: others.contains(token.key)
                    )
                }
                let total = weights.reduce(0) { $0 + $1.weight }
                let covered = weights.reduce(0) { $0 + ($1.isCovered ? $1.weight : 0) }
                #expect(abs(left.features[CloseLook.covqe] - covered / total) < 1e-9)
            }
        }
    }

    @Test(arguments: [
        #"{"rank":[1],"firstIsRight":[],"rightAmongThree":[]}"#, #"{"rank":[]}"#,
    ])
    func damagedNumbersAreRefused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Calibration.self, from: Data(text.utf8))
        }
    }
}
