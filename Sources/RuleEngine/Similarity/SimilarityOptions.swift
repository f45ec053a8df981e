/// What an FAQ's authors know about their words.
///
/// All of it is compared folded: case, width and script don't matter.
package struct SimilarityOptions: Hashable, Sendable, Codable {
    /// Words read as another one, in wordings and messages.
    package var synonyms: [Synonym]
    /// What people say around a question, besides the shipped list; counts half.
    package var fillers: [String]
    /// Words that exclude each other (开通, 关闭), usually two, each in a list of its own: a
    /// message with one is never answered outright by a wording with another one.
    package var opposites: [[String]]
    /// What holds a negating character and negates nothing (不粘锅), besides the shipped list.
    package var notNegations: [String]

    /// A word and what is read as it.
    package struct Synonym: Hashable, Sendable, Codable {
        /// The word the variants are read as.
        package var head: String
        /// What is replaced by ``head``, the longest first.
        package var variants: [String]

        /// A word and what is read as it.
        package init(head: String, variants: [String]) {
            self.head = head
            self.variants = variants
        }
    }

    /// Lists that add to the shipped ones.
    package init(
        synonyms: [Synonym] = [], fillers: [String] = [], opposites: [[String]] = [],
        notNegations: [String] = []
    ) {
        self.synonyms = synonyms
        self.fillers = fillers
        self.opposites = opposites
        self.notNegations = notNegations
    }
}

/// From which probability on a message is answered, or asked back.
package struct SimilarityThresholds: Hashable, Sendable, Codable {
    /// Answer if the first candidate is right with at least this probability, 0…1.
    package var answer: Double
    /// Else ask back if the right one is among the first three with at least this probability.
    package var ask: Double

    /// 0.75 and 0.35; a cautious house takes 0.85 for the first.
    package init(answer: Double = 0.75, ask: Double = 0.35) {
        self.answer = answer
        self.ask = ask
    }
}
