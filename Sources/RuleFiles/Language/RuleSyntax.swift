import ChatModel
import RuleEngine

/// One rule, or one question of an FAQ.
struct RuleSyntax: Sendable, Overridable {
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
    var conditions: [ConditionSyntax] = []
    var exceptions: [ConditionSyntax] = []
    var priority: RuleDefinition.Priority = .normal
    /// The node after `reply:`, for findings about the number of messages.
    var replyNode: YAMLNode?
    var reply: [ReplySyntax] = []
    var tags: [Words] = []
    var sets: [AssignmentSyntax] = []
    var start: Words?
    var handoff: Handoff?
    var end: End?
    var upgrade: ServiceUpgrade?
    /// The key's node, for findings about it.
    var upgradeNode: YAMLNode?
    var valid: SpanSyntax?
    var oncePer: Duration?
    var accounts: [Words]?
    var id: Words?
    var renamedFrom: [Words] = []
    var owner: Words?
    var overrides = false
    var examples: [Words] = []
    var notExamples: [Words] = []
}

/// `set: { name: value }`.
struct AssignmentSyntax: Sendable {
    var name: Words
    var value: Words
}

/// One alternative of `when`.
struct TriggerSyntax: Sendable {
    enum Pattern: Sendable {
        case says, saysExactly, startsWith, endsWith, matches, asksLike
        /// The words, all of which must be there; `words` is then the first of them.
        case saysAll([Words])
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

/// One line of `if` or `unless`.
indirect enum ConditionSyntax: Sendable {
    /// Nothing to look up.
    case plain(Condition)
    case hours(Words, isOpen: Bool)
    case value(Words, ValueTest)
    case inFlow(Words)
    case any([ConditionSyntax])
    case all([ConditionSyntax])
    case not(ConditionSyntax)
}

/// One message of a reply.
enum ReplySyntax: Sendable {
    case text(LocalText)
    /// The name of a text.
    case template(Words)
    case menu(Words)
    case survey(Words)
    /// Places: nothing left to resolve.
    case body(OutgoingBody)
    /// A file beside the rules, or a `media_id`.
    case media(MediaKind, Words)
    case link(title: LocalText, description: LocalText?, url: Words, thumbnail: Words)
    case miniprogram(appID: Words, title: LocalText?, pagePath: Words, thumbnail: Words)
}

/// What goes with a code.
enum ClosingSyntax: Sendable {
    case text(LocalText)
    case template(Words)
    case menu(Words)
    case survey(Words)
}

/// A hand-off: inline after a rule's `handoff:`, or named under the bundle's.
struct PolicySyntax: Sendable {
    /// What is done instead of a transfer.
    enum Fallback: Sendable {
        case reply([ReplySyntax], YAMLNode)
        case policy(Words)
        case transfer(HandoffDefinition.Destination)
        case end(RuleSyntax.End)
    }

    /// A fallback and its place.
    struct Branch: Sendable {
        var place: Words
        var fallback: Fallback
    }

    /// `nil` where it stands in a rule.
    var name: Words?
    var place: Words
    var to: HandoffDefinition.Destination
    var pick: HandoffDefinition.Pick = .leastBusy
    var preferLastServed: Duration?
    var open: Words?
    var waitingText: LocalText?
    var closed: Branch?
    var nobody: Branch?
    var pickUpWithin: Duration?
    var overdue: Branch?
    var ended: ClosingSyntax?
    var overrides = false
}

/// One flow.
struct FlowSyntax: Sendable, Overridable {
    var name: Words
    var cancel: [Words]?
    var cancelled: LocalText?
    var expire: Duration?
    var steps: [StepSyntax] = []
    var overrides = false
}

/// One step of a flow.
struct StepSyntax: Sendable {
    indirect enum Action: Sendable {
        case ask(Question)
        case call(Request)
        case reply([ReplySyntax], YAMLNode)
        case branch([ConditionSyntax], then: [StepSyntax], otherwise: [StepSyntax])
        case set([AssignmentSyntax])
        case tag([Words])
        case start(Words)
        case handoff(RuleSyntax.Handoff)
        case end(RuleSyntax.End)
    }

    struct Question: Sendable {
        var slot: Words
        var tries: Int?
        var ask: LocalText?
        var retry: LocalText?
        var otherwise: [StepSyntax] = []
    }

    struct Request: Sendable {
        var service: String
        var operation: String
        var parameters: [AssignmentSyntax] = []
        var save: Words?
        var timeout: Duration?
        var failed: [StepSyntax] = []
    }

    var place: Words
    var action: Action
}
