import ChatModel

/// A bundle's notices made ready: found as rules are, but the first that applies is taken.
struct CompiledNotices: Sendable {
    private let table: RuleTable
    private let index: TriggerIndex
    private let similar: SimilarQuestions?
    /// Before and after it none is in force.
    private let season: ActiveSpan

    /// The notices of a bundle; `nil` if it has none.
    init?(
        _ bundle: BundleDefinition, _ schedules: [ScheduleName: CompiledSchedule],
        _ menus: MenuIndex
    ) throws(RuleSetError) {
        let notices = bundle.notices
        guard let first = notices.first else { return nil }
        do {
            table = try RuleTable(notices, schedules)
        } catch {
            throw RuleSetError(
                .unknownSchedule(error.name), bundle: bundle.name, notice: notices[error.owner])
        }
        let triggers = notices.map(\.triggers)
        index = try TriggerIndex(
            triggers, hearsPinyin: bundle.defaults.hearsPinyin, menus
        ) { cause, fault in
            guard let fault else { return RuleSetError(cause, bundle: bundle.name) }
            return RuleSetError(
                cause, bundle: bundle.name, notice: notices[fault.owner], trigger: fault.trigger)
        }
        similar = SimilarQuestions(triggers, table, bundle.defaults.similar)
        season = notices.dropFirst().reduce(first.active) { season, notice in
            let (one, other) = (season, notice.active)
            return ActiveSpan(
                from: one.from.flatMap { from in other.from.map { min(from, $0) } },
                until: one.until.flatMap { until in other.until.map { max(until, $0) } })
        }
    }

    /// Whether any may be in force.
    func mayApply(_ facts: Facts) -> Bool { facts.now.map(season.contains) ?? true }

    /// The first that applies.
    func first(_ stimulus: (reading: Explanation.Reading, words: String), _ facts: Facts) -> Int? {
        var contest = Contest(stimulus.reading, isTracing: false)
        contest.open(stimulus.reading, words: stimulus.words, index)
        if let similar, stimulus.reading.isWords {
            let similarity = similar.answer(to: stimulus.words)
            if similarity.band == .answer, let entry = similarity.candidates.first?.entry {
                for claimant in similar.claimants[entry] {
                    contest.offer(claimant.rule, 0, Score.similar(1))
                }
            }
        }
        return contest.tallies.all.lazy.map { Int($0.rule) }.filter {
            table.standing(of: $0, 0, 0, facts).obstacle == nil
        }.min()
    }
}
