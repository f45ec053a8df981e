import Foundation

/// The few formulae that several files share.
enum SimilarityMath {
    /// How much a gram or token weighs that `count` of `entries` entries have.
    static func weight(entries: Int, having count: Int) -> Double {
        log(1 + (Double(entries) + 0.5) / (Double(count) + 0.5))
    }

    /// What makes a vector of this squared length one of length 1; 0 for no vector at all.
    static func reciprocalLength(_ square: Double) -> Double {
        square > 0 ? 1 / square.squareRoot() : 0
    }

    /// The logistic function.
    static func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

    /// 2·LCS/(length + length) of a row and a part of `all`: 1 for equal rows, 0 for rows with
    /// nothing in common.
    static func subsequenceShare(
        _ row: [UInt32], _ all: [UInt32], _ part: Range<Int>
    ) -> Double {
        let lengths = row.count + part.count
        guard lengths > 0 else { return 0 }
        let left = row.span
        let whole = all.span
        let right = whole.extracting(part)
        let common =
            left.count < right.count
            ? longestCommonSubsequence(left, right) : longestCommonSubsequence(right, left)
        return 2 * Double(common) / Double(lengths)
    }

    /// Hyyrö's bit-parallel algorithm: 64 elements of the shorter row at a time.
    ///
    /// ``KeyTable/unknown`` equals nothing, not even itself.
    static func longestCommonSubsequence(_ short: Span<UInt32>, _ long: Span<UInt32>) -> Int {
        if short.count > 64 { return longCommonSubsequence(short, long) }
        var open = UInt64.max
        for index in long.indices where long[index] != KeyTable.unknown {
            var matches: UInt64 = 0
            for bit in short.indices {
                matches |= (short[bit] == long[index] ? 1 : 0) &<< UInt64(bit)
            }
            let hit = open & matches
            open = (open &+ hit) | (open &- hit)
        }
        let length = short.count == 64 ? UInt64.max : 1 << UInt64(short.count) - 1
        return (~open & length).nonzeroBitCount
    }

    private static func longCommonSubsequence(_ short: Span<UInt32>, _ long: Span<UInt32>) -> Int {
        let words = (short.count + 63) / 64
        var open = Array(repeating: UInt64.max, count: words)
        var masks: [UInt32: [UInt64]] = [:]
        for bit in short.indices where short[bit] != KeyTable.unknown {
            masks[short[bit], default: Array(repeating: 0, count: words)][bit / 64] |=
                1 << UInt64(bit % 64)
        }
        for index in long.indices {
            guard let matches = masks[long[index]] else { continue }
            var carry = false
            for word in 0..<words {
                let hit = open[word] & matches[word]
                let (sum, first) = open[word].addingReportingOverflow(hit)
                let (carried, second) = sum.addingReportingOverflow(carry ? 1 : 0)
                carry = first || second
                open[word] = carried | (open[word] &- hit)
            }
        }
        var common = 0
        for word in 0..<words {
            let bits = min(64, short.count - word * 64)
            let length = bits == 64 ? UInt64.max : 1 << UInt64(bits) - 1
            common += (~open[word] & length).nonzeroBitCount
        }
        return common
    }
}
