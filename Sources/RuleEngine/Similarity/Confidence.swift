import Foundation

/// How sure a ranking is: two probabilities from how its first stands above the others.
struct Confidence: Sendable {
    /// That this candidate is right.
    let isRight: Double
    /// That the right one is among it and the two behind it.
    let isAmongThree: Double

    /// Judges the candidate at `place` as if it were the first: its lead over the best other one
    /// is negative where it isn't.
    init(
        of place: Int = 0, among looks: [CloseLook], unknownShare: Double, length: Int,
        _ coefficients: SimilarityCoefficients
    ) {
        let features = Self.features(
            of: place, among: looks, unknownShare: unknownShare, length: length)
        isRight = SimilarityMath.logistic((features * coefficients.first).sum())
        isAmongThree = SimilarityMath.logistic((features * coefficients.amongThree).sum())
    }

    /// z1, m12, tanh12, m14, cw, ce, covqe, plcs, covw, unk, 1/len, scaled; then 1 for the bias.
    static func features(
        of place: Int = 0, among looks: [CloseLook], unknownShare: Double, length: Int
    ) -> SIMD16<Double> {
        let look = looks[place]
        let second = place == 0 ? 1 : 0
        let fourth = place < 3 ? 3 : 2
        let lead = min(look.z - (second < looks.count ? looks[second].z : 0), 6)
        let leadOfFour = min(look.z - (fourth < looks.count ? looks[fourth].z : 0), 8)
        var features = SIMD16<Double>()
        features[0] = look.z
        features[1] = lead
        features[2] = tanh(lead)
        features[3] = leadOfFour
        features[4] = look.features[CloseLook.cw]
        features[5] = look.features[CloseLook.ce]
        features[6] = look.features[CloseLook.covqe]
        features[7] = look.features[CloseLook.plcs]
        features[8] = look.features[CloseLook.covw]
        features[9] = unknownShare
        features[10] = length > 0 ? 1 / Double(length) : 0
        features = (features - SimilarityCoefficients.mean) / SimilarityCoefficients.scale
        features[11] = 1
        return features
    }
}
