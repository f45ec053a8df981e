import ChatModel
import RuleEngine

/// A text of a rule file and its place.
struct Words: Hashable, Sendable {
    let text: String
    let place: SourcePlace
    let length: Int
    /// Whether the text stands on one line just as it is, so that an offset into it is an offset
    /// into the line.
    let isVerbatim: Bool

    init(_ node: YAMLNode) {
        text = node.text ?? ""
        place = node.place
        length = node.length
        if case .scalar(let text, .plain) = node.content {
            isVerbatim = text.count == node.length
        } else {
            isVerbatim = false
        }
    }

    /// A finding about the whole text.
    func diagnostic(
        _ id: DiagnosticID, _ message: String, help: String? = nil
    ) -> Diagnostic {
        Diagnostic(id, at: place, length: length, message, help: help)
    }

    /// A finding about a part of the text; about the whole where the part's place isn't known.
    func diagnostic(
        _ id: DiagnosticID, in range: Range<String.Index>, _ message: String, help: String? = nil
    ) -> Diagnostic {
        guard isVerbatim else { return diagnostic(id, message, help: help) }
        var place = place
        place.column += text.distance(from: text.startIndex, to: range.lowerBound)
        return Diagnostic(
            id, at: place, length: text[range].count, message, help: help)
    }
}

/// One bundle as written: names not yet looked up, placeholders not yet filled.
///
/// Reading makes it, ``BundleResolver`` turns it into a definition, checks point into it.
struct BundleSyntax: Sendable {
    var name: Words
    var accounts: [Words] = []
    var texts: [TextSyntax] = []
    var menus: [MenuSyntax] = []
    var policies: [PolicySyntax] = []
    var rules: [RuleSyntax] = []
    /// The node after `tests:`, for whoever plays tests.
    var tests: YAMLNode?
}

/// `texts: { name: value }`.
struct TextSyntax: Sendable {
    var name: Words
    var value: Words
}

/// One menu.
struct MenuSyntax: Sendable {
    var name: Words
    var head: Words?
    /// The place of `items`, for findings about their number.
    var itemsNode: YAMLNode?
    var items: [Item] = []
    var tail: Words?

    struct Item: Sendable {
        enum Kind: Sendable {
            case click(Words)
            case view(url: Words, label: Words)
            case mini(appID: String, pagePath: String, Words, label: Words)
            case text(Words, noNewline: Bool)
        }

        var key: Words
        var kind: Kind
    }
}

/// A hand-off: inline after a rule's `handoff:`, or named under the bundle's.
struct PolicySyntax: Sendable {
    /// `nil` where it stands in a rule.
    var name: Words?
    var place: Words
    var to: HandoffDefinition.Destination
    var waitingText: Words?
    var ended: ClosingSyntax?
}

/// A text or a menu that goes with a code.
enum ClosingSyntax: Sendable {
    case text(Words)
    case menu(Words)
}

/// One rule.
struct RuleSyntax: Sendable {
    enum Handoff: Sendable {
        case inline(PolicySyntax)
        case named(Words)

        var place: Words {
            switch self {
            case .inline(let policy): policy.place
            case .named(let name): name
            }
        }
    }

    struct End: Sendable {
        var place: Words
        var goodbye: ClosingSyntax?
    }

    var name: Words
    var triggers: [TriggerSyntax] = []
    var conditions: [Condition] = []
    var exceptions: [Condition] = []
    var priority: RuleDefinition.Priority = .normal
    /// The node after `reply:`, for findings about the number of messages.
    var replyNode: YAMLNode?
    var reply: [ReplySyntax] = []
    var handoff: Handoff?
    var end: End?
    var examples: [Words] = []
    var notExamples: [Words] = []
}

/// One alternative of `when`.
struct TriggerSyntax: Sendable {
    enum Pattern: Sendable {
        case says, saysExactly, startsWith, matches
        /// Each as `menu.item`.
        case clicks
        case sends(MessageKind)
        case event(AnswerableEvent)
        case noMatch
    }

    var pattern: Pattern
    /// The words, the regular expression, the item or the name.
    var words: Words
}

/// One message of a reply.
enum ReplySyntax: Sendable {
    case text(Words)
    case menu(Words)
    /// Media and places: nothing left to resolve.
    case body(OutgoingBody)
    case link(title: Words, description: Words?, url: Words, thumbnail: MediaID)
    case miniprogram(appID: Words, title: Words?, pagePath: Words, thumbnail: MediaID)
}
