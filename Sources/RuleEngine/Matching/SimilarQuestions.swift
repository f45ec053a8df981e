import ChatModel

/// The `asks_like` questions of some rules, and when looking at them can't matter.
final class SimilarQuestions: Sendable {
    let index: SimilarityIndex
    let thresholds: SimilarityThresholds
    /// By entry: the rules whose question it is.
    let claimants: [[Claimant]]

    /// The best any of these rules could do.
    private let bounds: [RuleTable.Bound]

    /// A rule whose question an entry is.
    struct Claimant: Sendable {
        let rule: Int
        /// By wording: the trigger it is written in.
        let triggers: [Int]
    }

    /// The questions of rules; `nil` if they have none.
    ///
    /// Rules with the same wordings share an entry, since they differ only in their conditions:
    /// as entries of their own they would be rivals and neither could ever lead.
    init?(
        _ rules: [[Trigger]], _ table: RuleTable, _ defaults: SimilarDefaults
    ) {
        var entries: [SimilarityIndex.Entry] = []
        var claimants: [[Claimant]] = []
        var places: [[String]: Int] = [:]
        var bounds: [RuleDefinition.Priority: RuleTable.Bound] = [:]
        for (rule, triggers) in rules.enumerated() {
            var wordings: [String] = []
            var own: [Int] = []
            for (index, trigger) in triggers.enumerated() {
                guard case .asksLike(let wording) = trigger else { continue }
                wordings.append(wording)
                own.append(index)
            }
            guard !wordings.isEmpty else { continue }
            let claimant = Claimant(rule: rule, triggers: own)
            if let place = places[wordings] {
                claimants[place].append(claimant)
            } else {
                places[wordings] = entries.count
                entries.append(SimilarityIndex.Entry(wordings: wordings))
                claimants.append([claimant])
            }
            // Of equal rules the first counts.
            let best = table.bound(of: rule, Score.similar(1))
            let other = bounds[best.priority] ?? best
            bounds[best.priority] = RuleTable.Bound(
                priority: best.priority, score: max(other.score, best.score), rule: other.rule)
        }
        guard !entries.isEmpty else { return nil }
        index = SimilarityIndex(
            entries: entries, options: defaults.options, calibration: defaults.calibration)
        thresholds = defaults.thresholds
        self.claimants = claimants
        self.bounds = Array(bounds.values)
    }

    /// What the questions say to a message.
    func answer(to words: String) -> Similarity {
        index.answer(to: words, thresholds: thresholds)
    }

    /// Whether `winner` stays the winner, whatever ``answer(to:)`` says.
    func cannotDisplace(_ winner: Contest.Standing?) -> Bool {
        guard let winner, !winner.isMiss else { return false }
        return bounds.allSatisfy { winner.outranks($0) }
    }
}
