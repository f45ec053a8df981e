/// What the FAQ says about itself: each of its wordings asked as if it had never been written.
package struct CalibrationReport: Hashable, Sendable {
    /// The numbers fitted, or the shipped ones if there was too little to fit them on.
    package let calibration: Calibration
    /// Whether ``calibration`` was fitted: needs 60 wordings of entries with several.
    package let isFitted: Bool
    /// How many wordings were asked whose entry has others: the right answer is known.
    package let answerable: Int
    /// How many were asked with their whole entry left out: nothing is right.
    package let unanswerable: Int
    /// The share of the answerable whose first candidate is right, 0…1.
    package let firstIsRight: Double
    /// What comes of them at the thresholds in use.
    package let outcome: Outcome
    /// The same for other thresholds of answering, from 0.6 to 0.9, rising.
    package let byThreshold: [ThresholdRow]
    /// Entries that answer for each other, the most entangled first: merge or sharpen them.
    package let entangled: [Entangled]
    /// Wordings whose first candidate is another entry, the surest mistake first.
    package let strays: [Stray]

    /// What a threshold of answering gives.
    package struct ThresholdRow: Hashable, Sendable {
        /// Answer from this probability on.
        package let answer: Double
        /// What comes of it.
        package let outcome: Outcome
    }

    /// Shares of what was asked, each 0…1; of either kind they make 1 together.
    package struct Outcome: Hashable, Sendable {
        /// Answerable: answered by the right entry.
        package var right = 0.0
        /// Answerable: answered by a wrong entry.
        package var wrong = 0.0
        /// Answerable: asked back, the right entry among the candidates.
        package var askedWithRight = 0.0
        /// Answerable: asked back without it.
        package var askedWithoutRight = 0.0
        /// Answerable: counted as a miss.
        package var missed = 0.0
        /// Unanswerable: answered all the same.
        package var answeredAnyway = 0.0
        /// Unanswerable: asked back.
        package var askedAnyway = 0.0
        /// Unanswerable: counted as a miss, as it should be.
        package var refused = 0.0
    }

    /// Two entries that catch each other's wordings.
    package struct Entangled: Hashable, Sendable {
        /// Index of the entry that comes first in the file.
        package let entry: Int
        /// Index of the other one.
        package let other: Int
        /// How many wordings of ``entry`` land at ``other``.
        package let lost: Int
        /// How many wordings of ``other`` land at ``entry``.
        package let caught: Int
    }

    /// A wording that another entry would have caught.
    package struct Stray: Hashable, Sendable {
        /// The wording.
        package let place: SimilarityIndex.Place
        /// The entry where it lands; `nil` for small talk.
        package let landing: Int?
        /// 0…1: how sure the matcher was of that.
        package let score: Double
    }
}
