/// The printed scores: what each kind of trigger is worth, out of 100.
enum Score {
    static let click = 100.0
    static let event = 100.0
    static let exactWords = 95.0
    static let wholeRegularExpression = 90.0
    static let messageKind = 30.0
    static let noMatch = 0.0

    /// `starts_with` and `ends_with`: 70…90.
    static func prefix(_ matched: Int, of meaningful: Int) -> Double {
        70 + share(20, matched, of: meaningful)
    }

    /// `says`, `says_all`, and a regular expression that covers a part: 50…80.
    static func part(_ matched: Int, of meaningful: Int) -> Double {
        50 + share(30, matched, of: meaningful)
    }

    /// `asks_like`: 40…95, by how likely it is what the customer means.
    static func similar(_ similarity: Double) -> Double { 40 + 55 * similarity }

    static func coverage(_ matched: Int, of meaningful: Int) -> Double {
        share(1, matched, of: meaningful)
    }

    /// Multiplies first: 30 · 1 / 3 is then exactly 10.
    private static func share(_ points: Double, _ matched: Int, of meaningful: Int) -> Double {
        meaningful == 0 ? 0 : points * Double(matched) / Double(meaningful)
    }
}
