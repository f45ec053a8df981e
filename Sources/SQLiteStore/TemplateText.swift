import ChatModel
import RuleEngine

// A text column holds a template as people read it. Where that is all of it, which is nearly
// always, no JSON is kept beside it, and loading thousands of rules decodes none.
extension Template {
    /// Whether ``shown`` says everything: one language without a name, and no placeholders.
    var isPlain: Bool { literal.map { self == Template($0) } ?? false }

    /// The words in the first language, placeholders as rule files write them.
    var shown: String {
        (variants.first?.parts ?? []).map { part in
            switch part {
            case .literal(let text): text
            case .value(let name, let filters):
                "$(" + ([name.rawValue] + filters.map(\.shown)).joined(separator: " | ") + ")"
            }
        }.joined()
    }

    /// The template that stands in a text column, and in a JSON column when that isn't all.
    init?(shown: String?, whole: Template?) {
        if let whole {
            self = whole
        } else if let shown {
            self.init(shown)
        } else {
            return nil
        }
    }
}

extension Template.Filter {
    fileprivate var shown: String { kind.rawValue + (argument.map { " " + $0 } ?? "") }
}
