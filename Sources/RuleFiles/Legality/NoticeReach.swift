import ChatModel
import RuleEngine

/// Which notices may be sent before which answers: those that hear what the answer hears.
///
/// Conditions and times are left open, since a notice is written to meet the worst day.
struct NoticeReach {
    private let rules: [RuleDefinition]
    private let notices: [NoticeDefinition]
    /// A notice that may be sent before an answer to a flow's question.
    let beforeAnswers: NoticeDefinition?

    /// The notices of a bundle.
    init(_ bundle: BundleDefinition) {
        rules = bundle.rules
        notices = bundle.notices
        beforeAnswers = notices.first { $0.triggers.contains(where: \.hearsWords) }
    }

    /// A notice that may be sent before this rule's answer, and what the customer does for both.
    func before(rule index: Int) -> (NoticeDefinition, Trigger)? {
        for notice in notices {
            for other in notice.triggers {
                for trigger in rules[index].triggers where trigger.mayMeet(other) {
                    return (notice, trigger)
                }
            }
        }
        return nil
    }
}

extension Trigger {
    /// Whether it looks at what customers write.
    var hearsWords: Bool {
        switch self {
        case .says, .saysExactly, .startsWith, .endsWith, .saysAll, .asksLike, .matches: true
        case .clicks, .sends, .event, .noMatch: false
        }
    }

    /// Whether one message may set off both.
    fileprivate func mayMeet(_ other: Trigger) -> Bool {
        switch (self, other) {
        case (.clicks(_, _, let one), .clicks(_, _, let two)): one == two
        case (.sends(let one), .sends(let two)): one == two
        case (.noMatch, .sends), (.sends, .noMatch): true
        case (.event, _), (_, .event), (.clicks, _), (_, .clicks): false
        case (.noMatch, _): other.hearsWords
        case (_, .noMatch): hearsWords
        case (.saysExactly(let words), _): other.mayHear(words)
        case (_, .saysExactly(let words)): mayHear(words)
        default: hearsWords && other.hearsWords
        }
    }

    /// Whether it may hear a message that is just these words.
    private func mayHear(_ words: String) -> Bool {
        let text = FoldedText(words).keywords
        func fold(_ pattern: String) -> String { FoldedText(pattern).keywords }
        return switch self {
        case .says(let pattern): text.contains(fold(pattern))
        case .saysExactly(let pattern): text == fold(pattern)
        case .startsWith(let pattern): text.hasPrefix(fold(pattern))
        case .endsWith(let pattern): text.hasSuffix(fold(pattern))
        case .saysAll(let patterns): patterns.allSatisfy { text.contains(fold($0)) }
        case .asksLike, .matches: true
        case .clicks, .sends, .event, .noMatch: false
        }
    }
}
