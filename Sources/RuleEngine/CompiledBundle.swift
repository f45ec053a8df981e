package import ChatModel

/// One bundle made ready to answer.
package struct CompiledBundle: Sendable {
    /// What it was compiled from.
    package private(set) var definition: BundleDefinition

    let rules: RuleTable
    let index: TriggerIndex
    let similar: SimilarQuestions?
    let menus: MenuIndex
    private var notices: CompiledNotices?
    let schedules: [ScheduleName: CompiledSchedule]
    private let acceptors: [SlotName: SlotAcceptor]

    /// A menu and the key of one of its items.
    package typealias MenuItem = (menu: MenuName, key: String)

    init(_ definition: BundleDefinition) throws(RuleSetError) {
        self.definition = definition
        schedules = try Self.schedules(of: definition)
        acceptors = try Self.acceptors(of: definition)
        menus = MenuIndex(definition)
        do {
            rules = try RuleTable(definition.rules, schedules)
        } catch {
            throw RuleSetError(
                .unknownSchedule(error.name), bundle: definition.name,
                rule: definition.rules[error.owner])
        }
        let triggers = definition.rules.map(\.triggers)
        index = try TriggerIndex(
            triggers, hearsPinyin: definition.defaults.hearsPinyin, menus
        ) { cause, fault in
            RuleSetError(
                cause, bundle: definition.name, rule: fault.map { definition.rules[$0.owner] },
                trigger: fault?.trigger)
        }
        similar = SimilarQuestions(triggers, rules, definition.defaults.similar)
        notices = try CompiledNotices(definition, schedules, menus)
    }

    /// The bundle with more notices behind its own; costs what they cost, not what the rules do.
    package func announcing(
        _ more: [NoticeDefinition]
    ) throws(RuleSetError) -> CompiledBundle {
        var copy = self
        copy.definition.notices += more
        copy.notices = try CompiledNotices(copy.definition, schedules, menus)
        return copy
    }

    private static func schedules(
        of definition: BundleDefinition
    ) throws(RuleSetError) -> [ScheduleName: CompiledSchedule] {
        var schedules: [ScheduleName: CompiledSchedule] = [:]
        for schedule in definition.schedules {
            do {
                schedules[schedule.name] = try CompiledSchedule(schedule)
            } catch {
                throw RuleSetError(
                    .unusableSchedule(schedule.name, error), bundle: definition.name)
            }
        }
        return schedules
    }

    private static func acceptors(
        of definition: BundleDefinition
    ) throws(RuleSetError) -> [SlotName: SlotAcceptor] {
        var acceptors: [SlotName: SlotAcceptor] = [:]
        for slot in definition.slots {
            do {
                acceptors[slot.name] = try SlotAcceptor(slot)
            } catch {
                throw RuleSetError(
                    .unusableSlot(slot.name, reason: error.description), bundle: definition.name)
            }
        }
        return acceptors
    }

    /// The menu item that comes back with `wireID`, now or under an earlier name.
    ///
    /// `nil` if no menu or survey of this bundle has it. A survey's menu bears the survey's name.
    package func menuItem(wireID: WireID) -> MenuItem? { menus.items[wireID] }

    /// The rule that was offered with `wireID` when the customer was asked back.
    package func candidate(wireID: WireID) -> Int? { menus.candidates[wireID] }

    /// The schedule called `name`.
    package func schedule(_ name: ScheduleName) -> CompiledSchedule? { schedules[name] }

    /// What looks for the value of the slot called `name`.
    package func acceptor(for name: SlotName) -> SlotAcceptor? { acceptors[name] }

    /// The `asks_like` questions, compiled, for reports and calibration; `nil` for none.
    package var similarity: SimilarityIndex? { similar?.index }

    /// The rules of an entry of ``similarity``: several where their wordings are the same.
    package func rules(ofEntry entry: Int) -> [Int] {
        similar?.claimants[entry].map(\.rule) ?? []
    }

    // MARK: Deciding

    /// The rule that answers a stimulus; `nil` when none applies or the customer is asked back.
    package func verdict(for stimulus: Stimulus, facts: Facts) -> Verdict? {
        if case .rule(let verdict) = decision(for: stimulus, facts: facts) { verdict } else { nil }
    }

    /// What the rules say to a stimulus.
    ///
    /// The highest priority wins, then the highest score, then the rule that comes first. The
    /// cost depends on the length of the text and on how many rules it fires, not on how many
    /// there are (regular expressions excepted, about 0.3 µs each). Similar questions are only
    /// looked at while they could still win.
    package func decision(for stimulus: Stimulus, facts: Facts) -> Decision {
        guard isInForce(facts) else { return .none }
        let (reading, words) = reading(of: stimulus)
        var contest = Contest(reading, isTracing: false)
        open(&contest, reading, words)
        let winner = contest.winner(rules, index, facts)
        guard let similar, reading.isWords, !similar.cannotDisplace(winner) else {
            return winner.map { .rule(Verdict($0)) } ?? .none
        }
        return judge(words, facts, similar, winner, &contest).decision
    }

    /// Whether the bundle's time is now.
    func isInForce(_ facts: Facts) -> Bool {
        guard let valid = definition.valid, let now = facts.now else { return true }
        return valid.contains(now)
    }

    /// The index of the first notice in force that a stimulus calls for.
    ///
    /// Ask only about a stimulus that a rule or a flow answers.
    package func notice(for stimulus: Stimulus, facts: Facts) -> Int? {
        guard let notices, isInForce(facts), notices.mayApply(facts) else { return nil }
        return notices.first(reading(of: stimulus), facts)
    }

    /// Lets everybody in who has a claim on a stimulus, similar questions left aside.
    func open(_ contest: inout Contest, _ reading: Explanation.Reading, _ words: String) {
        contest.open(reading, words: words, index)
        if case .click(let item) = reading, let rule = menus.candidates[item] {
            let trigger = definition.rules[rule].triggers.firstIndex(where: \.isQuestion)
            contest.offer(rule, trigger ?? 0, Score.click)
        }
    }

    /// What similar questions make of a contest.
    struct Judgement {
        /// What would answer, were the customer not asked back.
        var winner: Contest.Standing?
        /// `nil` where there are no similar questions, or no words.
        var similarity: Similarity?
        /// What the customer is asked back about.
        var candidates: [Candidates.Candidate] = []

        var decision: Decision {
            if !candidates.isEmpty {
                return .askBack(
                    Candidates(rules: candidates, miss: winner.map(Verdict.init)))
            }
            return winner.map { .rule(Verdict($0)) } ?? .none
        }
    }

    /// Lets similar questions join a contest.
    func judge(
        _ words: String, _ facts: Facts, _ similar: SimilarQuestions,
        _ winner: Contest.Standing?, _ contest: inout Contest
    ) -> Judgement {
        let similarity = similar.answer(to: words)
        var judgement = Judgement(winner: winner, similarity: similarity)
        switch similarity.band {
        case .answer:
            guard let first = similarity.candidates.first else { break }
            for claimant in similar.claimants[first.entry] {
                contest.offer(
                    claimant.rule, claimant.triggers[first.wording], Score.similar(first.score))
            }
            judgement.winner = contest.winner(rules, index, facts)
        case .ask:
            guard winner?.isMiss ?? true else { break }
            judgement.candidates = candidates(similarity, similar, facts)
        case .none: break
        }
        return judgement
    }

    /// The rules to ask back about: of each question the one that would answer it now.
    private func candidates(
        _ similarity: Similarity, _ similar: SimilarQuestions, _ facts: Facts
    ) -> [Candidates.Candidate] {
        similarity.candidates.compactMap { candidate in
            var best: Contest.Standing?
            for claimant in similar.claimants[candidate.entry] {
                let standing = rules.standing(
                    of: claimant.rule, claimant.triggers[candidate.wording],
                    Score.similar(candidate.score), facts)
                guard standing.obstacle == nil else { continue }
                if let other = best, other.outranks(standing) { continue }
                best = standing
            }
            return best.map {
                Candidates.Candidate(rule: $0.rule, similarity: candidate.score)
            }
        }
    }

    func reading(of stimulus: Stimulus) -> (Explanation.Reading, words: String) {
        switch stimulus {
        case .text(let words, menuItem: nil): (.words, words)
        case .text(let words, let item?):
            (
                menus.knows(item) || index.clicks[item] != nil ? .click(item) : .unknownClick(item),
                words
            )
        case .message(let kind): (.message(kind), "")
        case .event(let event): (.event(event), "")
        }
    }
}

extension Verdict {
    init(_ standing: Contest.Standing) {
        self.init(
            rule: standing.rule, score: standing.score, trigger: standing.trigger,
            isMiss: standing.isMiss)
    }
}

extension Trigger {
    var isQuestion: Bool {
        if case .asksLike = self { true } else { false }
    }
}

extension Explanation.Reading {
    var isWords: Bool {
        switch self {
        case .words, .unknownClick: true
        case .click, .message, .event: false
        }
    }
}
