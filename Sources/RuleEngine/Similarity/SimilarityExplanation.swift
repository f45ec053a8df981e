/// Why a message got the answer it got, as values; words are found elsewhere.
///
/// The same message, entries, options and numbers give an equal explanation.
package struct SimilarityExplanation: Hashable, Sendable {
    /// What was answered.
    package let similarity: Similarity
    /// The first three candidates, as ``Similarity/candidates`` has them.
    package let candidates: [Candidate]
    /// How far the first candidate's z stands above the best other entry's.
    ///
    /// Negative where small talk is nearer; 0 where two entries can't be told apart, an author's
    /// mistake; `nil` without candidates.
    package let lead: Double?
    /// Which entry that is; `nil` where nothing else has anything in common with the message.
    package let rival: Rival?
    /// The heaviest parts of the message that the first candidate doesn't have, heaviest first:
    /// at most five.
    package let uncovered: [Uncovered]

    /// What stands behind the first candidate, or before it.
    package enum Rival: Hashable, Sendable {
        /// An entry, by its index.
        case entry(Int)
        /// The background that keeps small FAQs company.
        case smallTalk
    }

    /// A feature of a close look; the raw value is its short name in reports.
    package enum Feature: String, Hashable, Sendable, Codable, CaseIterable {
        case wordingCharacters = "cw"
        case entryCharacters = "ce"
        case wordingSounds = "pw"
        case entrySounds = "pe"
        case wordingCovered = "covw"
        case messageCovered = "covqe"
        case commonCharacters = "lcs"
        case commonSounds = "plcs"
        case negation = "neg"
        case lengthDifference = "ldiff"
        case entryCharactersBySize = "ceL"
        case wordingCharactersBySize = "cwL"
    }

    /// A candidate in detail.
    package struct Candidate: Hashable, Sendable {
        /// The candidate.
        package let candidate: Similarity.Candidate
        /// Its twelve features, in the order of ``Feature``.
        package let features: [Double]
        /// By feature, in that order: its part of this candidate's z less the best other
        /// entry's.
        package let shares: [Double]
        /// The stretches of the message that make most of the likeness, from left to right.
        package let covered: [Covered]
        /// Other characters of the same sound, from left to right.
        package let typos: [Typo]
    }

    /// A stretch of the message that a candidate has too.
    package struct Covered: Hashable, Sendable {
        /// In UTF-8 offsets of the message.
        package let range: Range<Int>
        /// Its part of the likeness that the stretches of this list make, 0…1.
        package let share: Double
    }

    /// A part of the message that a candidate doesn't have.
    package struct Uncovered: Hashable, Sendable {
        /// In UTF-8 offsets of the message.
        package let range: Range<Int>
        /// Its part of the message's weight, 0…1.
        package let share: Double
        /// Whether any entry has it.
        package let isKnown: Bool
    }

    /// A character in place of another one that sounds the same.
    package struct Typo: Hashable, Sendable {
        /// In UTF-8 offsets of the message.
        package let range: Range<Int>
        /// What the matched wording has there.
        package let meant: String
    }
}

extension SimilarityIndex {
    /// Why ``answer(to:thresholds:)`` says what it says; costs several times as much.
    ///
    /// Where a clause was answered, everything is said of the surest clause and the candidates
    /// it found.
    package func explanation(
        of text: String, thresholds: SimilarityThresholds = SimilarityThresholds()
    ) -> SimilarityExplanation {
        let similarity = answer(to: text, thresholds: thresholds)
        var tokens = store.reader.tokens(of: text)
        if similarity.clause != nil, let best = clauses(of: tokens, thresholds).first {
            tokens = tokens.part(best.tokens)
        }
        let ranking = rank(tokens)
        let looks = ranking.looks
        let candidates = similarity.candidates.compactMap { candidate in
            looks.firstIndex { $0.entry == candidate.entry }.map { place in
                detail(candidate, place, ranking)
            }
        }
        let first = similarity.candidates.first.flatMap { candidate in
            looks.firstIndex { $0.entry == candidate.entry }
        }
        let rival = first.flatMap { first in looks.indices.first { $0 != first } }
        return SimilarityExplanation(
            similarity: similarity, candidates: candidates,
            lead: first.map { looks[$0].z - (rival.map { looks[$0].z } ?? 0) },
            rival: rival.map {
                looks[$0].entry < store.choosable ? .entry(looks[$0].entry) : .smallTalk
            },
            uncovered: first.map { uncovered(by: looks[$0].entry, ranking.query) } ?? [])
    }

    private func detail(
        _ candidate: Similarity.Candidate, _ place: Int, _ ranking: Ranking
    ) -> SimilarityExplanation.Candidate {
        let look = ranking.looks[place]
        let rival = ranking.looks.indices.first { $0 != place }.map { ranking.looks[$0].features }
        let shares = (look.features - (rival ?? .zero)) * coefficients.rank
        let lanes = SimilarityExplanation.Feature.allCases.indices
        return SimilarityExplanation.Candidate(
            candidate: candidate, features: lanes.map { look.features[$0] },
            shares: lanes.map { shares[$0] }, covered: covered(by: look.entry, ranking.query),
            typos: typos(look, ranking.query))
    }

    /// Merges the grams that make nine tenths of the likeness with an entry.
    private func covered(
        by entry: Int, _ query: SimilarityQuery
    ) -> [SimilarityExplanation.Covered] {
        let tokens = query.reading.tokens
        var components = Array(repeating: 0.0, count: query.characters.known.count)
        store.characters.forEachCommon(query.characters, entry) { term, rooted, _ in
            components[term] = query.characters.known[term].component * rooted
        }
        func component(_ gram: UInt64) -> Double {
            let number = store.characters.grams[gram]
            guard number != KeyTable.unknown else { return 0 }
            return components[query.characters.index(of: number)]
        }
        var found: [(tokens: ClosedRange<Int>, component: Double)] = []
        for index in tokens.indices {
            found.append((index...index, component(GramKey.single(tokens[index].key))))
            guard index + 1 < tokens.count else { continue }
            let pair = GramKey.pair(tokens[index].key, tokens[index + 1].key)
            found.append((index...index + 1, component(pair)))
        }
        for trigram in query.reading.text.trigrams {
            found.append((trigram.token...trigram.token, component(trigram.key)))
        }
        found = found.filter { $0.component > 0 }.sorted {
            ($1.component, $0.tokens.lowerBound) < ($0.component, $1.tokens.lowerBound)
        }
        let total = found.reduce(0) { $0 + $1.component }
        var kept = 0.0
        let heaviest = found.prefix { one in
            defer { kept += one.component }
            return kept < 0.9 * total
        }
        return merged(Array(heaviest), tokens)
    }

    private func merged(
        _ found: [(tokens: ClosedRange<Int>, component: Double)], _ tokens: [Token]
    ) -> [SimilarityExplanation.Covered] {
        let total = found.reduce(0) { $0 + $1.component }
        var stretches: [(tokens: ClosedRange<Int>, component: Double)] = []
        for one in found.sorted(by: { $0.tokens.lowerBound < $1.tokens.lowerBound }) {
            if let last = stretches.last, one.tokens.lowerBound <= last.tokens.upperBound + 1 {
                let end = max(last.tokens.upperBound, one.tokens.upperBound)
                stretches[stretches.count - 1] = (
                    last.tokens.lowerBound...end, last.component + one.component
                )
            } else {
                stretches.append(one)
            }
        }
        return stretches.map { stretch in
            SimilarityExplanation.Covered(
                range: tokens[stretch.tokens.lowerBound].origin
                    .lowerBound..<tokens[stretch.tokens.upperBound].origin.upperBound,
                share: stretch.component / total)
        }
    }

    private func uncovered(
        by entry: Int, _ query: SimilarityQuery
    ) -> [SimilarityExplanation.Uncovered] {
        var had: Set<UInt32> = []
        store.characters.forEachCommon(query.characters, entry) { term, _, _ in
            had.insert(query.characters.known[term].gram)
        }
        let weights = query.tokens.map { token in
            token == KeyTable.unknown
                ? store.characters.unknownWeight : store.characters.weights[Int(token)]
        }
        let total = weights.reduce(0, +)
        return query.tokens.indices.filter { !had.contains(query.tokens[$0]) }
            .sorted { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1 }
            .prefix(5).map { index in
                SimilarityExplanation.Uncovered(
                    range: query.reading.tokens[index].origin, share: weights[index] / total,
                    isKnown: query.tokens[index] != KeyTable.unknown)
            }
    }

    /// Where the longest common row of sounds pairs different characters.
    private func typos(
        _ look: CloseLook, _ query: SimilarityQuery
    ) -> [SimilarityExplanation.Typo] {
        guard look.entry < entries.count else { return [] }
        let text = entries[look.entry].wordings[look.wording]
        let wording = store.reader.tokens(of: text).tokens
        let message = query.reading.tokens
        // lengths[i][j]: the longest row that what follows i and j have in common.
        var lengths = Array(
            repeating: Array(repeating: 0, count: wording.count + 1), count: message.count + 1)
        for i in message.indices.reversed() {
            for j in wording.indices.reversed() {
                lengths[i][j] =
                    message[i].sound == wording[j].sound
                    ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var found: [SimilarityExplanation.Typo] = []
        var (i, j) = (0, 0)
        let bytes = Array(text.utf8)
        while i < message.count, j < wording.count {
            if message[i].sound == wording[j].sound {
                if message[i].key != wording[j].key {
                    found.append(
                        SimilarityExplanation.Typo(
                            range: message[i].origin,
                            meant: String(decoding: bytes[wording[j].origin], as: UTF8.self)))
                }
                (i, j) = (i + 1, j + 1)
            } else if lengths[i + 1][j] >= lengths[i][j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return found
    }
}
