/// The numbers that turn features into an order and into probabilities.
struct SimilarityCoefficients: Sendable {
    /// What a close look weighs, in the order of ``CloseLook/Features``.
    var rank: SIMD16<Double>
    /// The first is right: ``Confidence``'s features, then the bias.
    var first: SIMD16<Double>
    /// The right one is among the first three: the same.
    var amongThree: SIMD16<Double>

    /// The mean of each of ``Confidence``'s features where the shipped numbers were fitted.
    static let mean = SIMD16<Double>(
        6.548, 1.959, 0.672, 3.109, 0.327, 0.223, 0.503, 0.5, 0.492, 0.28, 0.142,
        0, 0, 0, 0, 0)
    /// Their spread; 1 for the bias, and nothing is divided by zero.
    static let scale = SIMD16<Double>(
        3.249, 1.952, 0.348, 2.401, 0.211, 0.142, 0.267, 0.186, 0.218, 0.267, 0.065,
        1, 1, 1, 1, 1)

    init(_ calibration: Calibration) {
        rank = Self.lanes(calibration.rank)
        first = Self.lanes(calibration.firstIsRight)
        amongThree = Self.lanes(calibration.rightAmongThree)
    }

    private static func lanes(_ numbers: [Double]) -> SIMD16<Double> {
        var lanes = SIMD16<Double>()
        for (lane, number) in numbers.prefix(Calibration.count).enumerated() {
            lanes[lane] = number
        }
        return lanes
    }
}

/// The numbers of a matcher that an FAQ can fit to itself.
///
/// Stored with the rule-set version they were fitted for.
package struct Calibration: Hashable, Sendable, Codable {
    /// The weight of each feature in the order of candidates, as
    /// ``SimilarityExplanation/Feature`` lists them: 12.
    package let rank: [Double]
    /// How the 11 features of confidence and the bias tell that the first candidate is right.
    package let firstIsRight: [Double]
    /// How they tell that the right one is among the first three.
    package let rightAmongThree: [Double]

    /// How many numbers each part has.
    static let count = 12

    /// The numbers shipped, fitted on questions of several kinds.
    package static let shipped = Calibration(
        rank: [
            0.905, 2.265, 1.153, 1.732, 1.251, 3.911, 1.838, 2.688, -0.638, -0.571, 2.022, 1.368,
        ],
        firstIsRight: [
            1.371, 0.527, 0.328, 0.694, -0.884, 0.144, -0.021, 0.026, -0.021, -0.06, -0.364,
            -0.418,
        ],
        rightAmongThree: [
            0.876, -0.091, 0.053, 1.203, -0.544, 0.226, -0.038, 0.262, 0.013, -0.152, -0.376,
            0.169,
        ])

    init(rank: [Double], firstIsRight: [Double], rightAmongThree: [Double]) {
        self.rank = rank
        self.firstIsRight = firstIsRight
        self.rightAmongThree = rightAmongThree
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func numbers(_ key: CodingKeys) throws -> [Double] {
            let numbers = try container.decode([Double].self, forKey: key)
            guard numbers.count == Self.count, numbers.allSatisfy(\.isFinite) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "not \(Self.count) finite numbers; publish again")
            }
            return numbers
        }
        rank = try numbers(.rank)
        firstIsRight = try numbers(.firstIsRight)
        rightAmongThree = try numbers(.rightAmongThree)
    }
}
