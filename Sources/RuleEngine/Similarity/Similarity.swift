/// What the questions of an FAQ say to a message.
package struct Similarity: Hashable, Sendable {
    /// What to do with the message.
    package enum Band: String, Hashable, Sendable, Codable {
        case answer, ask, none
    }

    /// Why a message that is much like a wording is not answered outright.
    package enum Guard: Hashable, Sendable {
        /// The message denies what the wording says, or the other way round.
        case negation
        /// Each has one of two words that users declared to exclude each other.
        case opposites(message: String, wording: String)
    }

    /// An entry that the message may mean.
    package struct Candidate: Hashable, Sendable {
        /// Index of the entry.
        package let entry: Int
        /// Index into the entry's wordings: the one most like the message.
        package let wording: Int
        /// 0…1: how likely this is what the customer means; never rises down the list.
        package let score: Double
        /// What orders the candidates: the weighted sum of the features, on no scale of its own.
        package let z: Double
    }

    /// What to do.
    package let band: Band
    /// Best first, at most three; also where ``band`` is ``Band/none``.
    package let candidates: [Candidate]
    /// 0…1: the probability that the first candidate is right, which is the match's score.
    package let firstIsRight: Double
    /// 0…1: the probability that the right one is among the candidates.
    package let rightAmongThree: Double
    /// What forbade to answer, if anything did.
    package let `guard`: Guard?
    /// Whether the message is a wording of the first candidate, folded.
    package let isExact: Bool
    /// The part of a long message that the candidates were found by, in UTF-8 offsets: the best
    /// clause; `nil` where the whole message was looked at.
    package let clause: Range<Int>?

    /// Nothing in common with anything.
    static let nothing = Similarity(
        band: .none, candidates: [], firstIsRight: 0, rightAmongThree: 0, guard: nil,
        isExact: false, clause: nil)
}
