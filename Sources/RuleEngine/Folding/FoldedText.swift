/// A text made comparable: full and half width, case, traditional and simplified, and Unicode's
/// compatibility forms are one.
///
/// Two views: ``text`` keeps marks and spaces (`matches` looks at it), ``keywords`` leaves them
/// out (`says`, `says_exactly` and `starts_with` look at it). Both lead back to the original.
/// Folding goes character by character: neither OpenCC's phrase rules nor the composition of
/// separate combining signs are applied. Folding a folded text changes nothing.
package struct FoldedText: Hashable, Sendable {
    /// The text as it came.
    package let original: String
    /// Folded, marks and spaces kept.
    package let text: String
    /// Folded, marks, spaces and emoji left out.
    package let keywords: String
    /// How many characters folding changed, by cause.
    package let changes: Changes
    /// The scalars of ``keywords``: the meaningful characters that coverage counts.
    package var meaningfulCount: Int { keywordOrigins.count }

    /// Where each scalar of ``keywords`` came from, in UTF-8 offsets of the original.
    private let keywordOrigins: [Range<Int>]
    /// Where each byte of ``text`` came from, in UTF-8 offsets of the original.
    private let textOrigins: [Range<Int>]

    /// How many characters folding changed; one character may count for width and for case.
    package struct Changes: Hashable, Sendable {
        /// Traditional to simplified.
        package var script = 0
        /// Upper to lower case.
        package var letterCase = 0
        /// Full to half width, or half-width kana to full.
        package var width = 0
        /// Any other compatibility form (①, ㎏, ligatures), and invisible characters dropped.
        package var compatibility = 0
        /// Marks, spaces and emoji that ``FoldedText/keywords`` leaves out.
        package var marks = 0

        /// No change.
        package init() {}

        /// Whether both views are the original.
        package var isEmpty: Bool { self == Changes() }

        fileprivate mutating func count(_ entry: FoldingTable.Entry) {
            if entry.bits & FoldingTable.Entry.script != 0 { script += 1 }
            if entry.bits & FoldingTable.Entry.letterCase != 0 { letterCase += 1 }
            if entry.bits & FoldingTable.Entry.width != 0 { width += 1 }
            if entry.bits & FoldingTable.Entry.compatibility != 0 { compatibility += 1 }
        }
    }

    /// Folds `original` and remembers where everything came from.
    package init(_ original: String) {
        var changes = Changes()
        var text = ""
        var keywords = ""
        var keywordOrigins: [Range<Int>] = []
        var textOrigins: [Range<Int>] = []
        FoldingTable.shared.fold(original.utf8Span.span) { value, isMark, origin in
            guard let scalar = Unicode.Scalar(value) else { return }
            text.unicodeScalars.append(scalar)
            for _ in 0..<UTF8.width(scalar) { textOrigins.append(origin) }
            if isMark {
                changes.marks += 1
            } else {
                keywords.unicodeScalars.append(scalar)
                keywordOrigins.append(origin)
            }
        } changed: {
            changes.count($0)
        }
        self.original = original
        self.text = text
        self.keywords = keywords
        self.changes = changes
        self.keywordOrigins = keywordOrigins
        self.textOrigins = textOrigins
    }

    /// The UTF-8 offsets in the original of a range of scalars of ``keywords``.
    package func originalRange(ofKeywords scalars: Range<Int>) -> Range<Int> {
        Self.hull(keywordOrigins, scalars)
    }

    /// The UTF-8 offsets in the original of a range of UTF-8 offsets of ``text``.
    package func originalRange(ofText bytes: Range<Int>) -> Range<Int> {
        Self.hull(textOrigins, bytes)
    }

    /// The part of the original at UTF-8 offsets that one of the two functions above gave.
    package func original(at range: Range<Int>) -> String {
        String(decoding: Array(original.utf8)[range], as: UTF8.self)
    }

    private static func hull(_ origins: [Range<Int>], _ range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else {
            let place =
                range.lowerBound < origins.count
                ? origins[range.lowerBound].lowerBound : origins.last?.upperBound ?? 0
            return place..<place
        }
        return origins[range.lowerBound].lowerBound..<origins[range.upperBound - 1].upperBound
    }
}
