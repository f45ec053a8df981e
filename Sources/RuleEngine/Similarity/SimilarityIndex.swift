/// The questions of an FAQ, ready to be compared with messages.
///
/// Lexical: characters, sounds and their neighbours, weighted by how few entries have them. The
/// sixteen entries nearest by that are looked at closely, and two probabilities decide between
/// answering, asking back and silence (`docs/decisions/0009-similar-questions.md`). The same
/// entries, options and calibration give the same answers to the last bit.
///
/// Immutable, and cheap to copy. An FAQ of fewer than 50 entries gets the company of about 60
/// entries of small talk that are never chosen: without rivals any lead looks large.
package struct SimilarityIndex: Sendable {
    /// What an FAQ answers: one question in several wordings.
    package struct Entry: Hashable, Sendable, Codable {
        /// The standard question first, then the similar ones.
        package var wordings: [String]

        /// A question in several wordings.
        package init(wordings: [String]) { self.wordings = wordings }
    }

    /// The entries, as given.
    package let entries: [Entry]
    /// What the authors know about their words.
    package let options: SimilarityOptions
    /// The numbers in use.
    package let calibration: Calibration

    let store: SimilarityStore
    let coefficients: SimilarityCoefficients

    /// Indexes entries.
    ///
    /// Takes about 10 µs a wording. Wordings without a letter or digit are kept and never match.
    package init(
        entries: [Entry], options: SimilarityOptions = SimilarityOptions(),
        calibration: Calibration? = nil
    ) {
        var wordings = entries.map(\.wordings)
        if !entries.isEmpty, entries.count < Self.fewEntries {
            wordings += SmallTalk.entries
        }
        self.entries = entries
        self.options = options
        store = SimilarityStore(wordings, choosable: entries.count, options: options)
        self.calibration = calibration ?? .shipped
        coefficients = SimilarityCoefficients(self.calibration)
    }

    private init(_ index: SimilarityIndex, _ calibration: Calibration) {
        entries = index.entries
        options = index.options
        store = index.store
        self.calibration = calibration
        coefficients = SimilarityCoefficients(calibration)
    }

    /// The same entries with other numbers; nothing is indexed again.
    package func calibrated(_ calibration: Calibration) -> SimilarityIndex {
        SimilarityIndex(self, calibration)
    }

    /// An FAQ of fewer entries gets company.
    static let fewEntries = 50

    /// A wording: an entry's index, and an index into its wordings.
    package struct Place: Hashable, Sendable {
        /// Index of the entry.
        package let entry: Int
        /// Index into the entry's wordings.
        package let wording: Int

        /// A wording.
        package init(entry: Int, wording: Int) {
            self.entry = entry
            self.wording = wording
        }
    }

    /// Wordings that equal, once folded, an earlier one of another entry, which always wins: an
    /// author's mistake.
    package var duplicates: [(place: Place, earlier: Place)] {
        store.duplicates.compactMap { wording, earlier in
            let (place, first) = (place(ofWording: wording), place(ofWording: earlier))
            return place.entry < store.choosable ? (place, first) : nil
        }
    }

    func place(ofWording wording: Int) -> Place {
        let entry = Int(store.owners[wording])
        return Place(entry: entry, wording: wording - store.wordingStarts[entry])
    }

    // MARK: Answering

    /// What the entries say to a message.
    ///
    /// Some tens of microseconds for a usual message and 10 000 entries; the time grows with
    /// both.
    package func answer(
        to text: String, thresholds: SimilarityThresholds = SimilarityThresholds()
    ) -> Similarity {
        let text = store.reader.tokens(of: text)
        let ranking = rank(text)
        let whole = similarity(ranking, thresholds)
        guard whole.band == .none, text.tokens.count > Self.longMessage else { return whole }
        return byClauses(of: text, thresholds) ?? whole
    }

    /// A message's candidates in order, background included.
    struct Ranking {
        let query: SimilarityQuery
        /// Best first, at most ``SimilarityStore/mostCandidates``.
        var looks: [CloseLook] = []
    }

    func rank(_ text: TokenizedText) -> Ranking {
        let query = SimilarityQuery(store.reader.read(text), in: store)
        var ranking = Ranking(query: query)
        guard !query.characters.known.isEmpty || !query.sounds.known.isEmpty else {
            return ranking
        }
        let found = store.candidates(for: query)
        var scratch: [Double] = []
        ranking.looks.reserveCapacity(found.count)
        for candidate in found {
            guard var look = store.look(at: candidate.entry, query, &scratch) else { continue }
            look.z = (look.features * coefficients.rank).sum()
            ranking.looks.append(look)
        }
        ranking.looks.sort(by: CloseLook.isBefore)
        return ranking
    }

    private func similarity(_ ranking: Ranking, _ thresholds: SimilarityThresholds) -> Similarity {
        let looks = ranking.looks
        let tokens = ranking.query.reading.tokens
        let choosable = looks.indices.filter { looks[$0].entry < store.choosable }.prefix(3)
        if let wording = store.wording(equalTo: tokens) {
            return exact(place(ofWording: wording), ranking, choosable)
        }
        guard let first = choosable.first else { return .nothing }
        let confidence = self.confidence(of: first, ranking)
        let found = candidates(choosable, ranking, atMost: 1)
        var band = Similarity.Band.none
        var silenced: Similarity.Guard?
        if confidence.isRight >= thresholds.answer {
            silenced = objection(to: looks[first], tokens)
            band = silenced == nil ? .answer : .ask
        } else if confidence.isAmongThree >= thresholds.ask {
            silenced = objection(to: looks[first], tokens)
            band = .ask
        }
        return Similarity(
            band: band, candidates: found, firstIsRight: confidence.isRight,
            rightAmongThree: confidence.isAmongThree, guard: silenced, isExact: false,
            clause: nil)
    }

    /// The message is a wording, of an entry or of the background.
    private func exact(
        _ place: Place, _ ranking: Ranking, _ choosable: ArraySlice<Int>
    ) -> Similarity {
        let isChoosable = place.entry < store.choosable
        let equal = ranking.looks.first { $0.entry == place.entry }
        let others = choosable.filter { ranking.looks[$0].entry != place.entry }
        var found = candidates(others[...], ranking, atMost: 1)
        if isChoosable {
            let first = Similarity.Candidate(
                entry: place.entry, wording: place.wording, score: 1, z: equal?.z ?? 0)
            found = [first] + found.prefix(2)
        }
        return Similarity(
            band: isChoosable ? .answer : .none, candidates: found,
            firstIsRight: isChoosable ? 1 : 0, rightAmongThree: isChoosable ? 1 : 0, guard: nil,
            isExact: isChoosable, clause: nil)
    }

    private func candidates(
        _ places: ArraySlice<Int>, _ ranking: Ranking, atMost limit: Double
    ) -> [Similarity.Candidate] {
        var least = limit
        return places.map { place in
            least = min(least, confidence(of: place, ranking).isRight)
            let look = ranking.looks[place]
            return Similarity.Candidate(
                entry: look.entry, wording: look.wording, score: least, z: look.z)
        }
    }

    func confidence(of place: Int, _ ranking: Ranking) -> Confidence {
        Confidence(
            of: place, among: ranking.looks, unknownShare: ranking.query.unknownShare,
            length: ranking.query.tokens.count, coefficients)
    }

    /// What forbids to answer with a candidate.
    func objection(to look: CloseLook, _ tokens: [Token]) -> Similarity.Guard? {
        if look.features[CloseLook.neg] > 0, look.features[CloseLook.plcs] >= Self.guardFrom {
            return .negation
        }
        guard !store.opposites.isEmpty, look.entry < entries.count else { return nil }
        let wording = store.reader.tokens(of: entries[look.entry].wordings[look.wording])
        return store.opposites.clash(message: tokens, wording: wording.tokens).map {
            .opposites(message: $0.message, wording: $0.wording)
        }
    }

    /// From this likeness of sounds on, a negation on one side only is a contradiction.
    static let guardFrom = 0.75

    // MARK: Long messages

    /// More tokens make a message long: its clauses may be found where the whole wasn't.
    static let longMessage = 16
    /// Shorter clauses say too little.
    static let shortestClause = 3
    /// From this probability on a clause's candidates are offered.
    static let clauseFrom = 0.5
    /// The first clauses of a very long message are enough, and bound its cost.
    static let mostClauses = 16

    /// A clause of a long message, and what it found.
    struct Clause {
        let tokens: Range<Int>
        let ranking: Ranking
        let found: Similarity
    }

    /// The clauses whose candidates may be offered, the surest first.
    func clauses(of text: TokenizedText, _ thresholds: SimilarityThresholds) -> [Clause] {
        let starts = [0] + text.tokens.indices.dropFirst().filter { text.tokens[$0].beginsClause }
        guard starts.count > 1 else { return [] }
        let ranges = zip(starts, starts.dropFirst() + [text.tokens.count]).map { $0..<$1 }
            .filter { $0.count >= Self.shortestClause }.prefix(Self.mostClauses)
        let clauses = ranges.compactMap { range -> Clause? in
            let ranking = rank(text.part(range))
            let found = similarity(ranking, thresholds)
            guard found.rightAmongThree >= Self.clauseFrom else { return nil }
            return Clause(tokens: range, ranking: ranking, found: found)
        }
        return clauses.sorted {
            let (left, right) = ($0.found.firstIsRight, $1.found.firstIsRight)
            return left != right ? left > right : $0.tokens.lowerBound < $1.tokens.lowerBound
        }
    }

    /// Asks back with what the clauses found: the first of each, then the second of each.
    private func byClauses(
        of text: TokenizedText, _ thresholds: SimilarityThresholds
    ) -> Similarity? {
        let clauses = clauses(of: text, thresholds)
        guard let best = clauses.first else { return nil }
        var found: [Similarity.Candidate] = []
        for rank in 0..<3 {
            for clause in clauses where rank < clause.found.candidates.count && found.count < 3 {
                let candidate = clause.found.candidates[rank]
                if !found.contains(where: { $0.entry == candidate.entry }) {
                    found.append(candidate)
                }
            }
        }
        found.sort { $0.score > $1.score }
        return Similarity(
            band: .ask, candidates: found, firstIsRight: best.found.firstIsRight,
            rightAmongThree: best.found.rightAmongThree, guard: best.found.guard, isExact: false,
            clause: text.tokens[best.tokens.lowerBound].origin
                .lowerBound..<text.tokens[best.tokens.upperBound - 1].origin.upperBound)
    }
}
