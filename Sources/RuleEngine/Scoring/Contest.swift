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
        var rule: Int
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

        /// Whether a rule cannot do better, or as well and first.
        @inline(__always)
        func outranks(_ other: RuleTable.Bound) -> Bool {
            if priority != other.priority { return priority > other.priority }
            if score != other.score { return score > other.score }
            return rule < other.rule
        }
    }

    /// Why a rule may not win.
    enum Obstacle: Equatable {
        case notValid
        case otherAccount
        case answered(until: Timestamp)
        /// The first `if` that fails, by its index.
        case condition(Int)
        /// The first `unless` that holds, by its index.
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
    /// Where Latin words begin and end, once a keyword's sound was found.
    private var breaks: WordBreaks?

    /// A contest without contenders; `isTracing` also writes down where words are found.
    init(_ reading: Explanation.Reading, isTracing: Bool) {
        self.isTracing = isTracing
        if case .event = reading { mayMiss = false } else { mayMiss = true }
    }

    /// Lets everybody in who has a claim on a stimulus.
    ///
    /// Not done by `init`, which would copy all of it in the end.
    mutating func open(
        _ reading: Explanation.Reading, words: String, _ index: TriggerIndex
    ) {
        switch reading {
        case .click(let item): offer(index.clicks[item], Score.click)
        case .message(let kind): offer(index.sends[kind], Score.messageKind)
        case .event(let event): offer(index.events[event], Score.event)
        case .words, .unknownClick:
            FoldedKeywords.withFolded(words) { text in
                meaningful = text.count
                findAnywhere(text, words, index)
                findAnchored(text, words, index.anchored)
                if !index.endings.isEmpty { findEndings(text, words, index.endings) }
            }
            if !index.expressions.isEmpty { findExpressions(words, index.expressions) }
        }
    }

    private mutating func offer(_ claims: [TriggerIndex.Claim]?, _ score: Double) {
        for claim in claims ?? [] { offer(Int(claim.rule), Int(claim.trigger), score) }
    }

    /// Gives a rule a claim that no index found.
    mutating func offer(_ rule: Int, _ trigger: Int, _ score: Double) {
        tallies.update(Int32(rule)) { $0.offer(Int32(trigger), score) }
    }

    private mutating func findAnywhere(
        _ text: Span<UInt32>, _ words: String, _ index: TriggerIndex
    ) {
        let keywords = index.says
        var places: [Place] = []
        keywords.scan(text) { end, output in
            if places.isEmpty { places.reserveCapacity(64) }
            places.append(Place(end: Int32(end), output: output))
        }
        guard !places.isEmpty else { return }
        tallies.reserve(places.count)
        let complete = index.parts.isEmpty ? [] : completeWholes(places, words, index)
        // From the last to the first: the order Tally needs.
        for place in places.reversed() {
            keywords.claims(on: place.output) { claim, length in
                let start = place.end - length
                guard claim.isPlain else {
                    return addSpecial(claim, start, place.end, words, index, complete)
                }
                tallies.update(claim.rule) {
                    $0.says(claim.trigger, from: start, to: place.end, length: length)
                }
                if isTracing { trace(claim, Int(start)..<Int(place.end)) }
            }
        }
    }

    /// The `says_all` triggers all of whose words were found.
    private mutating func completeWholes(
        _ places: [Place], _ words: String, _ index: TriggerIndex
    ) -> Set<Int32> {
        var found: Set<Int32> = []
        for place in places {
            index.says.claims(on: place.output) { claim, length in
                guard claim.isPart, !found.contains(claim.trigger),
                    !claim.isSpelled || isWord(Int(place.end - length)..<Int(place.end), words)
                else { return }
                found.insert(claim.trigger)
            }
        }
        var counts: [Int32: Int32] = [:]
        for part in found { counts[index.parts[Int(part)].whole, default: 0] += 1 }
        return Set(counts.filter { index.wholes[Int($0.key)].parts == $0.value }.keys)
    }

    /// A hit that counts only with others, or only where it is a whole word.
    @inline(never)
    private mutating func addSpecial(
        _ claim: TriggerIndex.Claim, _ start: Int32, _ end: Int32, _ words: String,
        _ index: TriggerIndex, _ complete: Set<Int32>
    ) {
        let range = Int(start)..<Int(end)
        if claim.isSpelled, !isWord(range, words) { return }
        var trigger = claim.trigger
        var length = end - start
        if claim.isPart {
            let part = index.parts[Int(claim.trigger)]
            guard complete.contains(part.whole) else { return }
            trigger = part.trigger
            length = index.wholes[Int(part.whole)].length
        }
        tallies.update(claim.rule) { $0.says(trigger, from: start, to: end, length: length) }
        if isTracing {
            trace(TriggerIndex.Claim(rule: Int(claim.rule), trigger: Int(trigger)), range)
        }
    }

    private mutating func findAnchored(
        _ text: Span<UInt32>, _ words: String, _ keywords: KeywordAutomaton
    ) {
        keywords.walk(text) { claim, end in
            guard !claim.isExact || end == text.count else { return }
            if claim.isSpelled, !isWord(0..<end, words) { return }
            let score = claim.isExact ? Score.exactWords : Score.prefix(end, of: text.count)
            tallies.update(claim.rule) {
                $0.offer(claim.trigger, score, matched: claim.isExact ? -1 : Int32(end))
            }
            if isTracing { trace(claim, 0..<end) }
        }
    }

    private mutating func findEndings(
        _ text: Span<UInt32>, _ words: String, _ keywords: KeywordAutomaton
    ) {
        keywords.walk(text, backwards: true) { claim, length in
            let range = text.count - length..<text.count
            if claim.isSpelled, !isWord(range, words) { return }
            tallies.update(claim.rule) {
                $0.offer(
                    claim.trigger, Score.prefix(length, of: text.count), matched: Int32(length))
            }
            if isTracing { trace(claim, range) }
        }
    }

    /// Whether no Latin word reaches into or out of a range of folded characters.
    private mutating func isWord(_ range: Range<Int>, _ words: String) -> Bool {
        let breaks = self.breaks ?? WordBreaks(words)
        self.breaks = breaks
        return breaks.isWord(range)
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
    /// `no_match` rules win only when no other rule may, and are weighed only then. Unless
    /// somebody wants to hear of it, the conditions of rules that can't win aren't looked at.
    func winner(
        _ rules: RuleTable, _ index: TriggerIndex, _ facts: Facts,
        weighed: ((Standing) -> Void)? = nil
    ) -> Standing? {
        var winner: Standing?
        func consider(_ standing: Standing) {
            weighed?(standing)
            guard standing.obstacle == nil else { return }
            if let best = winner, best.outranks(standing) { return }
            winner = standing
        }
        for tally in tallies.all {
            let rule = Int(tally.rule)
            let (trigger, score, matched) = tally.best(of: meaningful)
            if weighed == nil, let best = winner, best.outranks(rules.bound(of: rule, score)) {
                continue
            }
            consider(
                rules.standing(
                    of: rule, Int(trigger), score, matched: matched < 0 ? nil : Int(matched),
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

/// Where the Latin words of a text begin and end, by folded characters: folding takes away the
/// spaces that tell `tui kuan` from the middle of a longer word.
struct WordBreaks {
    /// Whether a word may begin or end before each character; one more for the end.
    private var isBreak: [Bool] = []

    init(_ words: String) {
        var wasLetter = false
        var wasMark = true
        FoldingTable.shared.fold(words.utf8Span.span) { scalar, isMark, _ in
            if isMark {
                wasMark = true
                return
            }
            let isLetter = (0x61...0x7A).contains(scalar)
            isBreak.append(wasMark || !wasLetter || !isLetter)
            wasLetter = isLetter
            wasMark = false
        }
        isBreak.append(true)
    }

    func isWord(_ range: Range<Int>) -> Bool {
        isBreak[range.lowerBound] && isBreak[range.upperBound]
    }
}
