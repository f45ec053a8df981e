extension SimilarityIndex {
    /// Asks the FAQ its own wordings, fits the numbers to what comes of it, and reports.
    ///
    /// At most 1500 wordings are asked, drawn with `seed`; less than a second even then. The
    /// numbers in use don't matter, only entries and options do: the same ones and the same seed
    /// give an equal report.
    package func calibrate(
        seed: UInt64 = 1, thresholds: SimilarityThresholds = SimilarityThresholds()
    ) -> CalibrationReport {
        let calibrator = Calibrator(self, seed: seed)
        let fitted = calibrator.fitted()
        return calibrator.report(
            calibrated(fitted ?? .shipped), isFitted: fitted != nil, thresholds)
    }
}

extension Calibrator {
    /// What becomes of the examples with the index's numbers.
    func report(
        _ index: SimilarityIndex, isFitted: Bool, _ thresholds: SimilarityThresholds
    ) -> CalibrationReport {
        let coefficients = index.coefficients
        let results = ordered(by: coefficients.rank).map { judged in
            Result(judged, self, index)
        }
        let answerable = results.filter(\.isAnswerable)
        let rows = stride(from: 60, through: 90, by: 5).map { percent in
            let answer = Double(percent) / 100
            return CalibrationReport.ThresholdRow(
                answer: answer,
                outcome: outcome(results, SimilarityThresholds(answer: answer, ask: thresholds.ask))
            )
        }
        let right = answerable.count { $0.landing == $0.place.entry }
        return CalibrationReport(
            calibration: index.calibration, isFitted: isFitted, answerable: answerable.count,
            unanswerable: results.count - answerable.count,
            firstIsRight: answerable.isEmpty ? 0 : Double(right) / Double(answerable.count),
            outcome: outcome(results, thresholds), byThreshold: rows,
            entangled: entangled(answerable, index), strays: strays(answerable, index))
    }

    /// A case, judged.
    struct Result {
        let place: SimilarityIndex.Place
        let isAnswerable: Bool
        /// Where the right entry came among the choosable; `nil` if it isn't there.
        let right: Int?
        /// The first candidate's entry, small talk included.
        let landing: Int?
        let firstIsRight: Double
        let rightAmongThree: Double
        let isSilenced: Bool

        init(_ judged: Judged, _ calibrator: Calibrator, _ index: SimilarityIndex) {
            let example = calibrator.examples[judged.example]
            place = example.place
            isAnswerable = judged.isAnswerable
            let choosable = judged.looks.indices.filter {
                judged.looks[$0].entry < index.entries.count
            }
            right = choosable.firstIndex { judged.looks[$0].entry == example.place.entry }
            landing = judged.looks.first?.entry
            if let first = choosable.first {
                let confidence = Confidence(
                    of: first, among: judged.looks, unknownShare: example.unknownShare,
                    length: example.tokens.count, index.coefficients)
                firstIsRight = confidence.isRight
                rightAmongThree = confidence.isAmongThree
                isSilenced = index.objection(to: judged.looks[first], example.tokens) != nil
            } else {
                (firstIsRight, rightAmongThree, isSilenced) = (0, 0, false)
            }
        }
    }

    private func outcome(
        _ results: [Result], _ thresholds: SimilarityThresholds
    ) -> CalibrationReport.Outcome {
        var outcome = CalibrationReport.Outcome()
        let answerable = Double(max(1, results.count(where: \.isAnswerable)))
        let others = Double(max(1, results.count { !$0.isAnswerable }))
        for result in results {
            let isSure = result.firstIsRight >= thresholds.answer
            let isAnswered = isSure && !result.isSilenced
            let isAsked = !isAnswered && (isSure || result.rightAmongThree >= thresholds.ask)
            switch (result.isAnswerable, isAnswered, isAsked) {
            case (true, true, _) where result.right == 0: outcome.right += 1 / answerable
            case (true, true, _): outcome.wrong += 1 / answerable
            case (true, _, true) where (result.right ?? 3) < 3:
                outcome.askedWithRight += 1 / answerable
            case (true, _, true): outcome.askedWithoutRight += 1 / answerable
            case (true, _, _): outcome.missed += 1 / answerable
            case (false, true, _): outcome.answeredAnyway += 1 / others
            case (false, _, true): outcome.askedAnyway += 1 / others
            case (false, _, _): outcome.refused += 1 / others
            }
        }
        return outcome
    }

    /// Pairs of entries between which at least two wordings change sides.
    private func entangled(
        _ results: [Result], _ index: SimilarityIndex
    ) -> [CalibrationReport.Entangled] {
        struct Pair: Hashable {
            let low: Int
            let high: Int
        }
        var moves: [Pair: (lost: Int, caught: Int)] = [:]
        for result in results {
            guard let landing = result.landing, landing != result.place.entry,
                landing < index.entries.count
            else { continue }
            let pair = Pair(
                low: min(landing, result.place.entry), high: max(landing, result.place.entry))
            if result.place.entry == pair.low {
                moves[pair, default: (0, 0)].lost += 1
            } else {
                moves[pair, default: (0, 0)].caught += 1
            }
        }
        return moves.filter { $0.value.lost + $0.value.caught >= 2 }.map { pair, count in
            CalibrationReport.Entangled(
                entry: pair.low, other: pair.high, lost: count.lost, caught: count.caught)
        }.sorted {
            let (left, right) = ($0.lost + $0.caught, $1.lost + $1.caught)
            return left != right ? left > right : ($0.entry, $0.other) < ($1.entry, $1.other)
        }
    }

    private func strays(
        _ results: [Result], _ index: SimilarityIndex
    ) -> [CalibrationReport.Stray] {
        results.compactMap { result -> CalibrationReport.Stray? in
            guard let landing = result.landing, landing != result.place.entry else { return nil }
            return CalibrationReport.Stray(
                place: result.place, landing: landing < index.entries.count ? landing : nil,
                score: result.firstIsRight)
        }.sorted {
            let (left, right) = ($0.place, $1.place)
            return $0.score != $1.score
                ? $0.score > $1.score
                : (left.entry, left.wording) < (right.entry, right.wording)
        }
    }
}
