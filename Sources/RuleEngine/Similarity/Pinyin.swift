/// Mandarin sounds without tones: one syllable a Han character, its commonest.
///
/// A character with several readings (行, 重, 长) always has the same one here, whatever word it
/// stands in: enough to find a word by its sound, not to read it aloud.
package enum Pinyin {
    /// The syllable of each Han character of a text, in order, ü written v; other characters
    /// and Han characters without a known reading are left out.
    ///
    /// Traditional characters are read as their simplified form.
    package static func syllables(of text: String) -> [String] {
        FoldedKeywords.fold(text).compactMap(syllable)
    }

    /// A Han text spelled out without tones and spaces (退款 is tuikuan), ü written v.
    ///
    /// `nil` for an empty text, and if any of its characters, marks and spaces aside, has no
    /// known reading.
    package static func spelling(of text: String) -> String? {
        let scalars = FoldedKeywords.fold(text)
        let syllables = scalars.compactMap(syllable)
        return syllables.isEmpty || syllables.count < scalars.count ? nil : syllables.joined()
    }

    private static func syllable(of scalar: UInt32) -> String? {
        let number = PinyinTable.shared.number(of: scalar)
        return number == 0 ? nil : PinyinTable.shared.syllables[number - 1]
    }
}

/// The table of ``PinyinData``, unpacked at first use.
struct PinyinTable: Sendable {
    static let shared = PinyinTable()

    /// By number, from 1: syllable 1 is the first.
    let syllables: [String]
    private let numbers: [UInt16]

    private init() {
        syllables = PinyinData.syllables.split(whereSeparator: \.isWhitespace).map(String.init)
        // The digits run from # to ~ and skip the backslash.
        let digits = PinyinData.codes.utf8.map { UInt16($0) - 0x23 - ($0 > 0x5C ? 1 : 0) }
        numbers = stride(from: 0, to: digits.count - 1, by: 2).map {
            digits[$0] * 91 + digits[$0 + 1]
        }
    }

    /// The number of a folded character's syllable, or 0.
    func number(of scalar: UInt32) -> Int {
        guard scalar >= PinyinData.first else { return 0 }
        let index = Int(scalar - PinyinData.first)
        return index < numbers.count ? Int(numbers[index]) : 0
    }
}
