import ChatModel

extension CompiledBundle {
    /// Why ``decision(for:facts:)`` says what it says.
    package func explanation(of stimulus: Stimulus, facts: Facts) -> Explanation {
        let (reading, words) = reading(of: stimulus)
        var contest = Contest(reading, isTracing: true)
        open(&contest, reading, words)
        var judgement = Judgement(winner: contest.winner(rules, index, facts))
        if let similar, reading.isWords {
            judgement = judge(words, facts, similar, judgement.winner, &contest)
        }
        var standings: [Contest.Standing] = []
        _ = contest.winner(rules, index, facts) { standings.append($0) }
        let account = Account(
            bundle: self, facts: facts, contest: contest, judgement: judgement,
            folded: reading.isWords ? FoldedText(words) : nil)
        var contenders = standings.map { account.contender($0, account.outcome(of: $0)) }
        if let winner = judgement.winner, !winner.isMiss, stimulus.mayMiss {
            let claimed = Set(standings.map(\.rule))
            for claim in index.noMatch where !claimed.contains(Int(claim.rule)) {
                let standing = rules.standing(
                    of: Int(claim.rule), Int(claim.trigger), Score.noMatch, isMiss: true, facts)
                contenders.append(account.contender(standing, .lost(.notAMiss)))
            }
        }
        let decision = isInForce(facts) ? judgement.decision : .none
        return Explanation(
            stimulus: stimulus, facts: facts, reading: reading, folded: account.folded,
            contenders: contenders.sorted(by: Self.isListedBefore),
            silentRules: definition.rules.count - Set(contenders.map(\.rule)).count,
            similar: judgement.similarity.map(account.similar),
            schedules: facts.now.map { now in
                definition.schedules.compactMap { schedule($0.name)?.explanation(at: now) }
            } ?? [],
            notice: decision.isAnswer ? notice(for: stimulus, facts: facts) : nil,
            decision: decision)
    }

    /// The winner, then the eligible by rank, then the rest in file order.
    private static func isListedBefore(
        _ one: Explanation.Contender, _ other: Explanation.Contender
    ) -> Bool {
        if one.outcome.listing != other.outcome.listing {
            return one.outcome.listing < other.outcome.listing
        }
        if one.outcome.listing == 1 {
            if one.priority != other.priority { return one.priority > other.priority }
            if one.score != other.score { return one.score > other.score }
        }
        return (one.rule, one.isMiss ? 1 : 0) < (other.rule, other.isMiss ? 1 : 0)
    }
}

/// Writes down what a judgement came to.
private struct Account {
    let bundle: CompiledBundle
    let facts: Facts
    let contest: Contest
    let judgement: CompiledBundle.Judgement
    let folded: FoldedText?

    func outcome(of standing: Contest.Standing) -> Explanation.Outcome {
        let rule = bundle.definition.rules[standing.rule]
        if let valid = bundle.definition.valid, !bundle.isInForce(facts) {
            return .lost(.bundleNotValid(valid))
        }
        switch standing.obstacle {
        case .notValid:
            return .lost(.notValidNow(rule.valid ?? ActiveSpan(from: nil, until: nil)))
        case .otherAccount: return .lost(.otherAccount(rule.accounts ?? []))
        case .answered(let until): return .lost(.answeredRecently(until: until))
        case .condition(let place):
            return .lost(.conditionFailed(place, rule.conditions[place]))
        case .exception(let place): return .lost(.vetoed(place, rule.exceptions[place]))
        case nil: break
        }
        guard let winner = judgement.winner,
            (winner.rule, winner.isMiss) != (standing.rule, standing.isMiss)
        else { return judgement.candidates.isEmpty ? .won : .lost(.askedBack) }
        if standing.priority != winner.priority { return .lost(.lowerPriority) }
        return .lost(standing.score < winner.score ? .lowerScore : .laterInFile)
    }

    func contender(
        _ standing: Contest.Standing, _ outcome: Explanation.Outcome
    ) -> Explanation.Contender {
        let rule = bundle.definition.rules[standing.rule]
        return Explanation.Contender(
            rule: standing.rule, name: rule.name, place: rule.place, priority: rule.priority,
            trigger: standing.trigger, triggerDefinition: rule.triggers[standing.trigger],
            hits: standing.isMiss ? [] : hits(of: standing.rule),
            coverage: standing.matched.map {
                Explanation.Coverage(matched: $0, meaningful: contest.meaningful)
            },
            baseScore: standing.base, conditionPoints: standing.points, isMiss: standing.isMiss,
            outcome: outcome)
    }

    private func hits(of rule: Int) -> [Explanation.Hit] {
        guard let folded else { return [] }
        return contest.traces.filter { Int($0.claim.rule) == rule }.map { trace in
            let range =
                trace.isInText
                ? folded.originalRange(ofText: trace.range)
                : folded.originalRange(ofKeywords: trace.range)
            return Explanation.Hit(
                trigger: Int(trace.claim.trigger), range: range, words: folded.original(at: range))
        }.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.trigger)
                < ($1.range.lowerBound, $1.range.upperBound, $1.trigger)
        }
    }

    func similar(_ similarity: Similarity) -> Explanation.Similar {
        let questions = bundle.similar
        let candidates = similarity.candidates.flatMap { candidate in
            (questions?.claimants[candidate.entry] ?? []).map { claimant in
                let rule = bundle.definition.rules[claimant.rule]
                let trigger = rule.triggers[claimant.triggers[candidate.wording]]
                let wording = if case .asksLike(let words) = trigger { words } else { "" }
                return Explanation.Similar.Candidate(
                    rule: claimant.rule, name: rule.name, wording: wording,
                    similarity: candidate.score)
            }
        }
        let thresholds = questions?.thresholds ?? SimilarityThresholds()
        return Explanation.Similar(
            band: similarity.band, candidates: candidates, answerFrom: thresholds.answer,
            askFrom: thresholds.ask, rightAmongThree: similarity.rightAmongThree,
            objection: similarity.guard, clause: similarity.clause)
    }
}

extension Stimulus {
    /// Whether `no_match` rules answer it when nothing else does.
    fileprivate var mayMiss: Bool {
        if case .event = self { false } else { true }
    }
}

extension Decision {
    /// Whether a rule answers that isn't a miss.
    fileprivate var isAnswer: Bool {
        if case .rule(let verdict) = self { !verdict.isMiss } else { false }
    }
}

extension Explanation.Outcome {
    fileprivate var listing: Int {
        switch self {
        case .won: 0
        case .lost(.lowerPriority), .lost(.lowerScore), .lost(.laterInFile): 1
        case .lost(.conditionFailed), .lost(.vetoed), .lost(.notAMiss), .lost(.askedBack),
            .lost(.bundleNotValid), .lost(.notValidNow), .lost(.otherAccount),
            .lost(.answeredRecently):
            2
        }
    }
}
