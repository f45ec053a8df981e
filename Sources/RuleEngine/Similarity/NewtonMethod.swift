/// Newton's method for a convex function of twelve numbers.
///
/// Steps are halved where a whole one doesn't help. Deterministic: the same function gives the same numbers.
enum NewtonMethod {
    /// A function's value, slope and curvature at a point.
    struct Evaluation {
        var value = 0.0
        var gradient = SIMD16<Double>()
        /// Row by row; symmetric.
        var hessian = Array(repeating: SIMD16<Double>(), count: Calibration.count)

        /// Adds the pull towards a point: `strength` times the squared distance.
        mutating func pull(
            _ point: SIMD16<Double>, towards centre: SIMD16<Double>, _ strength: Double
        ) {
            let offset = point - centre
            value += strength * (offset * offset).sum()
            gradient += 2 * strength * offset
            for row in hessian.indices { hessian[row][row] += 2 * strength }
        }

        /// Adds `weight` times the outer product of a vector with itself to the curvature.
        mutating func addSquare(of vector: SIMD16<Double>, times weight: Double) {
            for row in hessian.indices { hessian[row] += weight * vector[row] * vector }
        }
    }

    /// Where `function` is least, close enough for six decimals.
    static func minimum(
        from start: SIMD16<Double>, of function: (SIMD16<Double>) -> Evaluation
    ) -> SIMD16<Double> {
        var point = start
        var here = function(point)
        for _ in 0..<50 {
            let step = solve(here.hessian, here.gradient)
            guard (step * step).sum() > 1e-18 else { break }
            var length = 1.0
            var next = function(point - step)
            while next.value > here.value, length > 1e-6 {
                length /= 2
                next = function(point - length * step)
            }
            guard next.value <= here.value else { break }
            point -= length * step
            here = next
        }
        return point
    }

    /// Solves a positive definite system by Cholesky's factors.
    private static func solve(
        _ matrix: [SIMD16<Double>], _ right: SIMD16<Double>
    ) -> SIMD16<Double> {
        var factor = matrix
        var solution = right
        for row in matrix.indices {
            for column in 0...row {
                var sum = matrix[row][column]
                for index in 0..<column { sum -= factor[row][index] * factor[column][index] }
                factor[row][column] =
                    row == column ? max(sum, 1e-12).squareRoot() : sum / factor[column][column]
            }
            for index in 0..<row { solution[row] -= factor[row][index] * solution[index] }
            solution[row] /= factor[row][row]
        }
        for row in matrix.indices.reversed() {
            for index in row + 1..<matrix.count {
                solution[row] -= factor[index][row] * solution[index]
            }
            solution[row] /= factor[row][row]
        }
        return solution
    }
}
