/// The characters a set of keywords uses, numbered from 1 by how often they are used.
///
/// Common characters get small numbers, which packs ``KeywordAutomaton``'s cells. 0 stands for
/// every character no keyword uses. Two levels of 256, like ``FoldingTable``.
struct Alphabet: Sendable {
    private var pageOf = [UInt16](repeating: 0, count: 0x1100)
    private var codes = [UInt16](repeating: 0, count: 256)
    /// The highest number given.
    let count: Int

    /// More characters than fit the numbers.
    struct TooManyCharacters: Error {}

    init(of keywords: [KeywordAutomaton.Keyword]) throws(TooManyCharacters) {
        var uses: [UInt32: Int] = [:]
        for keyword in keywords {
            for scalar in keyword.scalars { uses[scalar, default: 0] += 1 }
        }
        guard uses.count <= Int(UInt16.max) else { throw TooManyCharacters() }
        let ranked = uses.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        count = ranked.count
        for (rank, (scalar, _)) in ranked.enumerated() {
            if pageOf[Int(scalar >> 8)] == 0 {
                pageOf[Int(scalar >> 8)] = UInt16(codes.count >> 8)
                codes += [UInt16](repeating: 0, count: 256)
            }
            codes[Int(pageOf[Int(scalar >> 8)]) << 8 | Int(scalar & 255)] = UInt16(rank + 1)
        }
    }

    /// The number of a scalar, 0 if no keyword uses it.
    @inline(__always)
    subscript(scalar: UInt32) -> Int {
        Int(codes[Int(pageOf[Int(scalar >> 8)]) << 8 | Int(scalar & 255)])
    }
}
