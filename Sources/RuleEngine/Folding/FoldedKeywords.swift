/// The two folded views of a message, without the way back that ``FoldedText`` keeps: what
/// matching needs, in one pass each.
enum FoldedKeywords {
    /// Folded scalars without marks and spaces: ``FoldedText/keywords``.
    static func fold(_ text: String) -> [UInt32] {
        withFolded(text) { scalars in scalars.indices.map { scalars[$0] } }
    }

    /// Lends what ``fold(_:)`` gives, which is cheaper than giving it.
    @inline(__always)
    static func withFolded<Result>(_ text: String, _ body: (Span<UInt32>) -> Result) -> Result {
        let utf8 = text.utf8Span.span
        // unsafe: at most `growth` scalars come from each byte, which is the capacity, and only
        // those written are lent.
        return unsafe withUnsafeTemporaryAllocation(
            of: UInt32.self, capacity: utf8.count * FoldingData.growth + 1
        ) { buffer in
            var written = 0
            FoldingTable.shared.fold(utf8) { scalar, isMark, _ in
                // Written always and kept if it isn't a mark: cheaper than a branch.
                unsafe buffer[written] = scalar
                written += isMark ? 0 : 1
            }
            return body(unsafe buffer.span.extracting(first: written))
        }
    }

    /// Folded UTF-8 with marks and spaces: ``FoldedText/text``.
    static func foldKeepingMarks(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        FoldingTable.shared.fold(text.utf8Span.span) { value, _, _ in
            guard let scalar = Unicode.Scalar(value) else { return }
            if scalar.isASCII {
                bytes.append(UInt8(value))
            } else {
                bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return bytes
    }

    /// How many meaningful characters begin in a range of folded UTF-8.
    static func meaningful(in bytes: [UInt8], _ range: Range<Int>) -> Int {
        var count = 0
        FoldingTable.shared.fold(bytes.span) { _, isMark, origin in
            if !isMark, range.contains(origin.lowerBound) { count += 1 }
        }
        return count
    }
}
