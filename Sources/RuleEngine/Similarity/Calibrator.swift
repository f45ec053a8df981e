import Foundation

/// Fits the numbers of a matcher to its own FAQ by leaving wordings out.
struct Calibrator {
    /// A wording asked as if it, or its whole entry, had never been written.
    ///
    /// What the rest knows of words (weights, unknown tokens, the entry's size) stays as it is.
    struct Example {
        let place: SimilarityIndex.Place
        let tokens: [Token]
        let unknownShare: Double
        /// The candidates with the entry's other wordings; `nil` where it has none.
        var answerable: [CloseLook]?
        /// The candidates without the entry.
        var unanswerable: [CloseLook]
    }

    /// More wordings than this are drawn from.
    static let mostExamples = 1500
    /// With fewer answerable ones the shipped numbers stay.
    static let fewestExamples = 60

    private let index: SimilarityIndex
    private(set) var examples: [Example] = []

    /// Asks up to 1500 wordings, drawn with this seed.
    init(_ index: SimilarityIndex, seed: UInt64) {
        self.index = index
        var places: [SimilarityIndex.Place] = []
        for (entry, wordings) in index.entries.map(\.wordings).enumerated() {
            places += wordings.indices.map { SimilarityIndex.Place(entry: entry, wording: $0) }
        }
        var scratch: [Double] = []
        for place in Self.drawn(places, seed: seed) {
            if let example = example(place, &scratch) { examples.append(example) }
        }
    }

    /// Some of them, each as likely as another, in the file's order.
    static func drawn(
        _ places: [SimilarityIndex.Place], seed: UInt64
    ) -> [SimilarityIndex.Place] {
        guard places.count > mostExamples else { return places }
        var order = Array(places.indices)
        for position in 0..<mostExamples {
            // Any spread of the seed will do: fairness to one part in 10⁹ isn't asked for.
            let drawn = GramKey.pair(seed, UInt64(position)) % UInt64(order.count - position)
            order.swapAt(position, position + Int(drawn))
        }
        return order.prefix(mostExamples).sorted().map { places[$0] }
    }

    private func example(
        _ place: SimilarityIndex.Place, _ scratch: inout [Double]
    ) -> Example? {
        let store = index.store
        let text = store.reader.tokens(of: index.entries[place.entry].wordings[place.wording])
        guard !text.tokens.isEmpty else { return nil }
        let query = SimilarityQuery(store.reader.read(text), in: store)
        let found = store.candidates(for: query, leaving: place.entry)
        let others = found.compactMap { store.look(at: $0.entry, query, &scratch) }
        var example = Example(
            place: place, tokens: text.tokens, unknownShare: query.unknownShare, answerable: nil,
            unanswerable: others)
        if let own = store.look(at: place.entry, query, leaving: place.wording, &scratch) {
            let score = Float(
                0.7 * own.features[CloseLook.ce] + 0.3 * own.features[CloseLook.pe])
            var looks = others
            if score > 0, found.count < SimilarityStore.mostCandidates {
                looks.append(own)
            } else if let last = found.last, score > last.score {
                looks[looks.count - 1] = own
            }
            example.answerable = looks
        }
        return example
    }

    // MARK: Fitting

    /// The numbers that fit, rounded to six decimals; `nil` if there is too little to fit.
    func fitted() -> Calibration? {
        guard examples.count(where: { $0.answerable != nil }) >= Self.fewestExamples else {
            return nil
        }
        var coefficients = SimilarityCoefficients(.shipped)
        coefficients.rank = fittedRank(from: coefficients.rank)
        let cases = ordered(by: coefficients.rank)
        coefficients.first = fittedConfidence(from: coefficients.first, cases) { $0 == 0 }
        coefficients.amongThree = fittedConfidence(from: coefficients.amongThree, cases) {
            $0 < 3
        }
        func numbers(_ lanes: SIMD16<Double>) -> [Double] {
            (0..<Calibration.count).map { (lanes[$0] * 1e6).rounded() / 1e6 }
        }
        return Calibration(
            rank: numbers(coefficients.rank), firstIsRight: numbers(coefficients.first),
            rightAmongThree: numbers(coefficients.amongThree))
    }

    /// Mean of −ln softmax(z)[right] over the candidates, pulled towards the shipped weights.
    private func fittedRank(from shipped: SIMD16<Double>) -> SIMD16<Double> {
        let contests = examples.compactMap { example -> (right: Int, looks: [CloseLook])? in
            guard let looks = example.answerable,
                let right = looks.firstIndex(where: { $0.entry == example.place.entry })
            else { return nil }
            return (right, looks)
        }
        guard !contests.isEmpty else { return shipped }
        let count = Double(contests.count)
        return NewtonMethod.minimum(from: shipped) { weights in
            var evaluation = NewtonMethod.Evaluation()
            for (right, looks) in contests {
                let scores = looks.map { ($0.features * weights).sum() }
                let highest = scores.max() ?? 0
                let total = scores.reduce(0) { $0 + exp($1 - highest) }
                evaluation.value += (log(total) + highest - scores[right]) / count
                var mean = SIMD16<Double>()
                for (look, score) in zip(looks, scores) {
                    let share = exp(score - highest) / total
                    mean += share * look.features
                    evaluation.addSquare(of: look.features, times: share / count)
                }
                evaluation.addSquare(of: mean, times: -1 / count)
                evaluation.gradient += (mean - looks[right].features) / count
            }
            evaluation.pull(weights, towards: shipped, 0.3 / count)
            return evaluation
        }
    }

    /// A case in its final order.
    struct Judged {
        let example: Int
        let isAnswerable: Bool
        /// Best first.
        let looks: [CloseLook]
        /// Where the right entry is among ``looks``.
        let right: Int?
        /// What confidence in the first looks at; `nil` without candidates.
        let features: SIMD16<Double>?
    }

    /// Every case with its candidates in order.
    func ordered(by rank: SIMD16<Double>) -> [Judged] {
        examples.indices.flatMap { number in
            let example = examples[number]
            let cases = [(true, example.answerable), (false, example.unanswerable)]
            return cases.compactMap { isAnswerable, found -> Judged? in
                guard var looks = found else { return nil }
                for index in looks.indices { looks[index].z = (looks[index].features * rank).sum() }
                looks.sort(by: CloseLook.isBefore)
                let features =
                    looks.isEmpty
                    ? nil
                    : Confidence.features(
                        among: looks, unknownShare: example.unknownShare,
                        length: example.tokens.count)
                return Judged(
                    example: number, isAnswerable: isAnswerable, looks: looks,
                    right: looks.firstIndex { $0.entry == example.place.entry },
                    features: features)
            }
        }
    }

    /// Logistic loss over both kinds, the unanswerable a quarter of the answerable in all,
    /// pulled towards the shipped numbers.
    private func fittedConfidence(
        from shipped: SIMD16<Double>, _ cases: [Judged], _ isRight: (Int) -> Bool
    ) -> SIMD16<Double> {
        let judged = cases.filter { $0.features != nil }
        let answerable = judged.count(where: \.isAnswerable)
        let others = judged.count - answerable
        let otherWeight = others > 0 ? 0.25 * Double(answerable) / Double(others) : 0
        return NewtonMethod.minimum(from: shipped) { weights in
            var evaluation = NewtonMethod.Evaluation()
            for one in judged {
                guard let features = one.features else { continue }
                let weight = one.isAnswerable ? 1 : otherWeight
                let label = one.isAnswerable && one.right.map(isRight) == true ? 1.0 : 0
                let score = (features * weights).sum()
                let probability = SimilarityMath.logistic(score)
                // ln(1 + eˢ) − label·s, without overflow.
                let loss = max(score, 0) + log(1 + exp(-abs(score))) - label * score
                evaluation.value += weight * loss
                evaluation.gradient += weight * (probability - label) * features
                evaluation.addSquare(
                    of: features, times: weight * probability * (1 - probability))
            }
            evaluation.pull(weights, towards: shipped, 10)
            return evaluation
        }
    }
}
