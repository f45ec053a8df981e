import ChatModel
import RuleEngine

/// A text for each trigger of each rule, equal for triggers that hear the same.
///
/// Folding is most of what checks of keywords cost, so it is done once.
struct TriggerKeys {
    /// By rule, by trigger.
    let all: [[String]]

    init(_ rules: [RuleDefinition]) { all = rules.map { $0.triggers.map(\.key) } }

    /// The folded words of a `says`, without what the key begins with.
    static func word(ofSays key: String) -> String { String(key.dropFirst("says ".count)) }
}

extension Trigger {
    fileprivate var key: String {
        func folded(_ words: String) -> String { FoldedText(words).keywords }
        return switch self {
        case .says(let words): "says \(folded(words))"
        case .saysExactly(let words): "says_exactly \(folded(words))"
        case .startsWith(let words): "starts_with \(folded(words))"
        case .endsWith(let words): "ends_with \(folded(words))"
        case .saysAll(let words): "says_all \(words.map(folded).sorted())"
        case .asksLike(let question): "asks_like \(folded(question))"
        case .matches(let pattern): "matches \(pattern)"
        case .clicks(_, _, let item): "clicks \(item)"
        case .sends(let kind): "sends \(kind.rawValue)"
        case .event(let event): "event \(event.rawValue)"
        case .noMatch: "no_match"
        }
    }
}
