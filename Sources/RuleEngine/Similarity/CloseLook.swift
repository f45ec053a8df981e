import Foundation

/// A candidate looked at closely: twelve features and their weighted sum.
struct CloseLook: Sendable {
    let entry: Int
    /// Index into the entry's wordings: the one most like the message.
    let wording: Int
    let features: Features
    var z: Double

    /// In the order of ``SimilarityExplanation/Feature``.
    typealias Features = SIMD16<Double>

    /// The places of the features that others than z look at.
    static let cw = 0
    static let ce = 1
    static let pe = 3
    static let covw = 4
    static let covqe = 5
    static let plcs = 7
    static let neg = 8

    /// Best first: higher z, then nearer wording, then the file's order.
    static func isBefore(_ left: CloseLook, _ right: CloseLook) -> Bool {
        if left.z != right.z { return left.z > right.z }
        let (leftNear, rightNear) = (left.features[cw], right.features[cw])
        return leftNear != rightNear ? leftNear > rightNear : left.entry < right.entry
    }
}

/// A message ready to be compared.
struct SimilarityQuery: Sendable {
    let reading: QuestionReading
    let characters: GramQuery
    let sounds: GramQuery
    /// The tokens as grams of the index; ``KeyTable/unknown`` for those no entry has.
    let tokens: [UInt32]
    /// The tokens' sounds likewise.
    let sounded: [UInt32]
    /// By term of ``characters``: its share of the message's weight as a token, 0 for other
    /// grams.
    let shares: [Double]
    /// The weight share of tokens no entry has.
    let unknownShare: Double

    init(_ reading: QuestionReading, in store: SimilarityStore) {
        self.reading = reading
        characters = GramQuery(reading.characters, in: store.characters)
        sounds = GramQuery(reading.sounds, in: store.sounds)
        tokens = reading.tokens.map { store.characters.grams[GramKey.single($0.key)] }
        sounded = reading.tokens.map { store.sounds.grams[GramKey.single($0.sound)] }
        var total = 0.0
        var unknown = 0.0
        var shares = Array(repeating: 0.0, count: characters.known.count)
        for token in tokens {
            guard token != KeyTable.unknown else {
                unknown += store.characters.unknownWeight
                continue
            }
            let weight = store.characters.weights[Int(token)]
            total += weight
            shares[characters.index(of: token)] += weight
        }
        total += unknown
        if total > 0 {
            for index in shares.indices { shares[index] /= total }
            unknown /= total
        }
        self.shares = shares
        unknownShare = unknown
    }
}

extension SimilarityStore {
    /// Compares a message with an entry.
    ///
    /// `leaving` names a wording to look away from, as if it had never been written; `nil` if
    /// the entry has no other one. `scratch` saves an allocation a candidate.
    func look(
        at entry: Int, _ query: SimilarityQuery, leaving: Int? = nil, _ scratch: inout [Double]
    ) -> CloseLook? {
        let first = wordingStarts[entry]
        let count = wordingStarts[entry + 1] - first
        guard count > (leaving == nil ? 0 : 1) else { return nil }
        // Cosines by wording: characters, then sounds.
        if scratch.count < count * 2 { scratch = Array(repeating: 0, count: count * 2) }
        for index in 0..<count * 2 { scratch[index] = 0 }

        var features = CloseLook.Features()
        var nearEntry = 0.0
        var covered = 0.0
        characters.forEachCommon(query.characters, entry, leaving: leaving) {
            index, rooted, cells in
            let component = query.characters.known[index].component
            nearEntry += component * rooted
            covered += query.shares[index]
            for cell in cells.indices {
                scratch[Int(cells[cell].wording)] += component * Double(cells[cell].component)
            }
        }
        var soundsNear = 0.0
        sounds.forEachCommon(query.sounds, entry, leaving: leaving) { index, rooted, cells in
            let component = query.sounds.known[index].component
            soundsNear += component * rooted
            for cell in cells.indices {
                scratch[count + Int(cells[cell].wording)] +=
                    component * Double(cells[cell].component)
            }
        }
        var best = -1
        var bestNear = -1.0
        for wording in 0..<count where wording != leaving {
            let near = 0.7 * scratch[wording] + 0.3 * scratch[count + wording]
            if near > bestNear
                || near == bestNear && precedes(first + wording, first + best)
            {
                (best, bestNear) = (wording, near)
            }
        }
        let cw = scratch[best]
        let ce = nearEntry * characters.entryScale(of: entry, leaving: leaving)
        let size = log(1 + Double(count)) / 3.4
        let span = tokenStarts[first + best]..<tokenStarts[first + best + 1]
        let (wanted, had) = coverage(of: span, by: query.tokens)
        let message = query.tokens.count
        features[0] = cw
        features[1] = ce
        features[2] = scratch[count + best]
        features[3] = soundsNear * sounds.entryScale(of: entry, leaving: leaving)
        features[4] = wanted > 0 ? had / wanted : 0
        features[5] = covered
        features[6] = SimilarityMath.subsequenceShare(query.tokens, tokens, span)
        features[7] = SimilarityMath.subsequenceShare(query.sounded, sounded, span)
        features[8] = query.reading.isNegated == isNegated[first + best] ? 0 : 1
        features[9] =
            message > 0 && !span.isEmpty ? abs(log(Double(message) / Double(span.count))) : 0
        features[10] = ce * size
        features[11] = cw * size
        return CloseLook(
            entry: entry, wording: best, features: features, z: 0)
    }

    /// The weight of a wording's tokens, and of those among them that the message has.
    private func coverage(
        of wording: Range<Int>, by message: [UInt32]
    ) -> (wanted: Double, had: Double) {
        var wanted = 0.0
        var had = 0.0
        for token in tokens[wording] {
            let weight = characters.weights[Int(token)]
            wanted += weight
            if message.contains(token) { had += weight }
        }
        return (wanted, had)
    }

    /// An order of wordings that doesn't depend on where they stand.
    private func precedes(_ left: Int, _ right: Int) -> Bool {
        guard right >= wordingStarts[0] else { return true }
        return tokens[tokenStarts[left]..<tokenStarts[left + 1]].lexicographicallyPrecedes(
            tokens[tokenStarts[right]..<tokenStarts[right + 1]])
    }
}
