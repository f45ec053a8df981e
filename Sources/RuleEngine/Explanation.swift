package import ChatModel

/// Why a stimulus was answered as it was: every rule that had a claim, and what became of it.
///
/// The decision is reached by the very computation that ``CompiledBundle/decision(for:facts:)``
/// makes; this only writes it down.
package struct Explanation: Hashable, Sendable {
    /// What was asked about.
    package let stimulus: Stimulus
    /// What conditions looked at.
    package let facts: Facts
    /// What the stimulus was looked at as.
    package let reading: Reading
    /// The folded words; `nil` where words were not looked at.
    package let folded: FoldedText?
    /// Rules with a trigger that fired.
    ///
    /// The winner first, then the eligible by rank, then the rest in file order. `no_match` rules
    /// are always among them, except for events.
    package let contenders: [Contender]
    /// How many rules had no trigger that fired.
    package let silentRules: Int
    /// What similar questions said; `nil` where there are none or words were not looked at.
    package let similar: Similar?
    /// The bundle's schedules at the time of the decision; empty where time is left open.
    package let schedules: [ScheduleState]
    /// The notice that goes before the answer, by its index.
    package let notice: Int?
    /// What was decided.
    package let decision: Decision

    /// The winner; `nil` when no rule applies or the customer is asked back.
    package var verdict: Verdict? { if case .rule(let verdict) = decision { verdict } else { nil } }

    /// By how much a contender's score falls short of the winner's; `nil` for the winner, and
    /// where something else than the score decided.
    package func shortfall(of contender: Contender) -> Double? {
        guard case .lost(.lowerScore) = contender.outcome, let verdict else { return nil }
        return verdict.score - contender.score
    }

    /// What a stimulus was looked at as.
    package enum Reading: Hashable, Sendable {
        /// Words; only triggers on words were looked at.
        case words
        /// A tap on a menu item; only `clicks` were looked at.
        case click(WireID)
        /// A tap on an item this bundle doesn't know, looked at as the words of its label.
        case unknownClick(WireID)
        case message(MessageKind)
        case event(AnswerableEvent)
    }

    /// A rule with a claim.
    package struct Contender: Hashable, Sendable {
        /// Index into the bundle's rules.
        package let rule: Int
        /// Its name.
        package let name: RuleName
        /// Where it begins.
        package let place: SourcePlace
        /// Its coarse override.
        package let priority: RuleDefinition.Priority
        /// Index into the rule's triggers: its best.
        package let trigger: Int
        /// That trigger.
        package let triggerDefinition: Trigger
        /// Where its patterns were found, by place in the text; at most ``hitLimit``.
        package let hits: [Hit]
        /// What the best trigger covers of the meaningful characters; `nil` where the score
        /// doesn't depend on it.
        package let coverage: Coverage?
        /// The best trigger's score.
        package let baseScore: Double
        /// One for each `if` that holds and each `unless` that doesn't; 0 if not eligible.
        package let conditionPoints: Int
        /// Whether it contends as `no_match`.
        package let isMiss: Bool
        /// What became of it.
        package let outcome: Outcome

        /// The printed score.
        package var score: Double { baseScore + Double(conditionPoints) }

        /// More hits than this are not listed; they do count.
        package static let hitLimit = 100
    }

    /// Characters matched, of the meaningful ones.
    package struct Coverage: Hashable, Sendable {
        /// Matched by at least one hit.
        package let matched: Int
        /// In the whole text.
        package let meaningful: Int

        /// 0…1; 0 for a text without meaningful characters.
        package var fraction: Double { Score.coverage(matched, of: meaningful) }
    }

    /// A place where a pattern was found.
    package struct Hit: Hashable, Sendable {
        /// Index into the rule's triggers.
        package let trigger: Int
        /// UTF-8 offsets in the original text.
        package let range: Range<Int>
        /// The original's words there.
        package let words: String
    }

    /// What became of a contender.
    package enum Outcome: Hashable, Sendable {
        case won
        case lost(Loss)
    }

    /// Why a contender lost.
    package enum Loss: Hashable, Sendable {
        /// The bundle isn't in force.
        case bundleNotValid(ActiveSpan)
        /// The rule isn't in force.
        case notValidNow(ActiveSpan)
        /// The rule is for these accounts only.
        case otherAccount([AccountAlias])
        /// The rule answered this customer already and is silent until then.
        case answeredRecently(until: Timestamp)
        /// The first `if` that doesn't hold, by its index.
        case conditionFailed(Int, Condition)
        /// The first `unless` that holds, by its index.
        case vetoed(Int, Condition)
        /// A `no_match` rule while another rule applies.
        case notAMiss
        /// A `no_match` rule that would have won, had the question not resembled some.
        case askedBack
        case lowerPriority
        case lowerScore
        /// The same priority and score as the winner, further down.
        case laterInFile
    }

    /// What the similar questions said to the words.
    package struct Similar: Hashable, Sendable {
        /// What they would do by themselves.
        package let band: Similarity.Band
        /// Best first; at most three questions, also those that resemble too little.
        package let candidates: [Candidate]
        /// A candidate answers from this similarity on.
        package let answerFrom: Double
        /// The customer is asked back from this probability on.
        package let askFrom: Double
        /// 0…1: how likely the right one is among the candidates.
        package let rightAmongThree: Double
        /// What forbade to answer outright.
        package let objection: Similarity.Guard?
        /// The part of a long message that was looked at, in UTF-8 offsets; `nil` for all of it.
        package let clause: Range<Int>?

        /// A question, for each rule that has it.
        package struct Candidate: Hashable, Sendable {
            /// Index into the bundle's rules.
            package let rule: Int
            /// Its name.
            package let name: RuleName
            /// The rule's wording that is most like the words.
            package let wording: String
            /// 0…1: how likely this is what the customer means.
            package let similarity: Double
        }
    }
}
