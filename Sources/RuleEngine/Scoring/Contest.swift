import ChatModel

/// The one computation behind a verdict and its explanation: what a stimulus finds, and which
/// rule that makes the winner.
struct Contest {
    /// A place where a pattern was found, for explanations.
    struct Trace {
        let claim: TriggerIndex.Claim
        /// Characters of the keywords, or bytes of the folded text with marks.
        let range: Range<Int>
        let isInText: Bool
    }

    /// A rule with a claim, weighed.
    struct Standing {
        let rule: Int
        let trigger: Int
        let base: Double
        let matched: Int?
        let isMiss: Bool
        let priority: RuleDefinition.Priority
        /// `nil` if it may win.
        var obstacle: Obstacle?
        /// Points from conditions; 0 with an obstacle.
        var points = 0

        var score: Double { base + Double(points) }

        /// Priority, then score, then file order.
        func outranks(_ other: Standing) -> Bool {
            if priority != other.priority { return priority > other.priority }
            if score != other.score { return score > other.score }
            return rule < other.rule
        }
    }

    /// The first `if` that fails or `unless` that holds, by its index.
    enum Obstacle: Equatable {
        case condition(Int)
        case exception(Int)
    }

    /// Where keywords were found, for ``KeywordAutomaton/claims(on:found:)``.
    private struct Place {
        let end: Int32
        let output: Int32
    }

    private(set) var tallies = Tallies()
    /// Characters of the text that aren't marks.
    private(set) var meaningful = 0
    private(set) var traces: [Trace] = []
    private let isTracing: Bool
    private let mayMiss: Bool

    /// Looks a stimulus up; `isTracing` also writes down where words were found.
    init(_ reading: Explanation.Reading, words: String, _ index: TriggerIndex, isTracing: Bool) {
        self.isTracing = isTracing
        if case .event = reading { mayMiss = false } else { mayMiss = true }
        switch reading {
        case .click(let item): offer(index.clicks[item], Score.click)
        case .message(let kind): offer(index.sends[kind], Score.messageKind)
        case .event(let event): offer(index.events[event], Score.event)
        case .words, .unknownClick:
            FoldedKeywords.withFolded(words) { text in
                meaningful = text.count
                findAnywhere(text, index.says)
                findAnchored(text, index.anchored)
            }
            if !index.expressions.isEmpty { findExpressions(words, index.expressions) }
        }
    }

    private mutating func offer(_ claims: [TriggerIndex.Claim]?, _ score: Double) {
        for claim in claims ?? [] { tallies.update(claim.rule) { $0.offer(claim.trigger, score) } }
    }

    private mutating func findAnywhere(_ text: Span<UInt32>, _ keywords: KeywordAutomaton) {
        var places: [Place] = []
        keywords.scan(text) { end, output in
            if places.isEmpty { places.reserveCapacity(64) }
            places.append(Place(end: Int32(end), output: output))
        }
        if !places.isEmpty { tallies.reserve(places.count) }
        // From the last to the first: the order Tally needs.
        for place in places.reversed() {
            keywords.claims(on: place.output) { claim, length in
                let start = place.end - length
                tallies.update(claim.rule) { $0.says(claim.trigger, from: start, to: place.end) }
                if isTracing { trace(claim, Int(start)..<Int(place.end)) }
            }
        }
    }

    private mutating func findAnchored(_ text: Span<UInt32>, _ keywords: KeywordAutomaton) {
        keywords.walk(text) { claim, end in
            guard !claim.isExact || end == text.count else { return }
            let score = claim.isExact ? Score.exactWords : Score.prefix(end, of: text.count)
            tallies.update(claim.rule) {
                $0.offer(claim.trigger, score, matched: claim.isExact ? -1 : Int32(end))
            }
            if isTracing { trace(claim, 0..<end) }
        }
    }

    private mutating func findExpressions(
        _ words: String, _ expressions: [(claim: TriggerIndex.Claim, regex: RegularExpression)]
    ) {
        let text = FoldedKeywords.foldKeepingMarks(words)
        // Spaces around a match are not the author's concern: the match is the whole text.
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (9...13).contains($0) }
        let start = text.firstIndex { !isSpace($0) } ?? 0
        let end = (text.lastIndex { !isSpace($0) } ?? -1) + 1
        for (claim, regex) in expressions {
            guard let range = regex.firstMatch(in: text) else { continue }
            if range.lowerBound <= start, range.upperBound >= end {
                tallies.update(claim.rule) {
                    $0.offer(claim.trigger, Score.wholeRegularExpression)
                }
            } else if !range.isEmpty {
                let matched = FoldedKeywords.meaningful(in: text, range)
                tallies.update(claim.rule) {
                    $0.offer(
                        claim.trigger, Score.part(matched, of: meaningful), matched: Int32(matched))
                }
            } else {
                continue
            }
            if isTracing { trace(claim, range, isInText: true) }
        }
    }

    private mutating func trace(
        _ claim: TriggerIndex.Claim, _ range: Range<Int>, isInText: Bool = false
    ) {
        var isListed = false
        tallies.update(claim.rule) {
            isListed = $0.traced < Int32(Explanation.Contender.hitLimit)
            $0.traced += 1
        }
        if isListed { traces.append(Trace(claim: claim, range: range, isInText: isInText)) }
    }

    /// The winner, if any rule may win; `weighed` hears every rule with a claim.
    ///
    /// `no_match` rules win only when no other rule may, and are weighed only then.
    func winner(
        _ rules: RuleTable, _ index: TriggerIndex, _ facts: Facts,
        weighed: (Standing) -> Void = { _ in }
    ) -> Standing? {
        var winner: Standing?
        func consider(_ standing: Standing) {
            weighed(standing)
            guard standing.obstacle == nil else { return }
            if let best = winner, best.outranks(standing) { return }
            winner = standing
        }
        for tally in tallies.all {
            let (trigger, score, matched) = tally.best(of: meaningful)
            consider(
                rules.standing(
                    of: Int(tally.rule), Int(trigger), score,
                    matched: matched < 0 ? nil : Int(matched),
                    facts))
        }
        guard winner == nil, mayMiss else { return winner }
        for claim in index.noMatch {
            consider(
                rules.standing(
                    of: Int(claim.rule), Int(claim.trigger), Score.noMatch, isMiss: true, facts))
        }
        return winner
    }
}
