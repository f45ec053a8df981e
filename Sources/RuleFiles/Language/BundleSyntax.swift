import ChatModel
import RuleEngine

/// One file as written, or one bundle with all it includes: names not yet looked up, placeholders
/// not yet filled.
///
/// Reading makes it, ``BundleResolver`` turns it into a definition, checks point into it.
struct BundleSyntax: Sendable {
    /// The bundle's name; in a fragment, a text of the file's first place.
    var name: Words
    /// Whether the file names no bundle: only `include:` can use it.
    var isFragment = false
    var owner: Words?
    var accounts: [Words] = []
    var valid: SpanSyntax?
    var defaults = DefaultsSyntax()
    var includes: [Words] = []
    var schedules: [ScheduleSyntax] = []
    /// `texts` and `templates`: one kind of thing.
    var texts: [TextSyntax] = []
    var wordLists: [WordListSyntax] = []
    var menus: [MenuSyntax] = []
    var slots: [SlotSyntax] = []
    var notices: [NoticeSyntax] = []
    /// Rules, and questions of `faq`.
    var rules: [RuleSyntax] = []
    var flows: [FlowSyntax] = []
    var policies: [PolicySyntax] = []
    var surveys: [SurveySyntax] = []
    /// The nodes after `tests:`, for whoever plays tests.
    var tests: [YAMLNode] = []
}

/// Something with a name that may replace one of the same name.
protocol Overridable {
    var name: Words { get }
    /// Whether `override: true` stands there.
    var overrides: Bool { get }
}

/// `defaults:`; what is `nil` wasn't said.
struct DefaultsSyntax: Sendable {
    var hearsPinyin: Bool?
    var idle: Duration?
    var budgetKeep: Int?
    var zone: String?
    var askBack: LocalText?
    var noneOfThese: LocalText?
    var similar = SimilarSyntax()
    var cancel: [Words]?
    var cancelled: LocalText?
    var expire: Duration?
}

/// `defaults: { similar: … }`; what is `nil` wasn't said.
struct SimilarSyntax: Sendable {
    var answer: Double?
    var askBack: Double?
    var options = SimilarityOptions()
}

/// A span of days or moments, on the clock of the bundle's zone.
struct SpanSyntax: Sendable {
    struct Moment: Sendable {
        var day: ScheduleDefinition.Day
        /// Since midnight, 0…1440.
        var minute: Int
    }

    var words: Words
    var from: Moment?
    /// Not part of the span: a day's end is the next day's beginning.
    var until: Moment?
}

/// `texts: { name: value }`.
struct TextSyntax: Sendable, Overridable {
    var name: Words
    var value: LocalText
    var overrides = false
}

/// `words: { name: [word, …] }`.
struct WordListSyntax: Sendable, Overridable {
    var name: Words
    var words: [Words]
    var overrides = false
}

/// One schedule.
struct ScheduleSyntax: Sendable, Overridable {
    var name: Words
    var zone: String?
    var weekly: [[ScheduleDefinition.Hours]] = Array(repeating: [], count: 7)
    var calendar: String?
    var exceptions: [ScheduleDefinition.Exception] = []
    var text: Words?
    var overrides = false
}

/// One menu.
struct MenuSyntax: Sendable, Overridable {
    var name: Words
    var head: LocalText?
    /// The place of `items`, for findings about their number.
    var itemsNode: YAMLNode?
    var items: [Item] = []
    var tail: LocalText?
    var hasNumbers = false
    var renamedFrom: Words?
    var overrides = false

    struct Item: Sendable {
        enum Kind: Sendable {
            case click(LocalText)
            case view(url: Words, label: LocalText)
            case mini(appID: String, pagePath: String, Words, label: LocalText)
            case text(LocalText, noNewline: Bool)
        }

        var key: Words
        var kind: Kind
        /// The key it had before.
        var renamedFrom: Words?

        /// What is shown, as written.
        var label: LocalText {
            switch kind {
            case .click(let label), .view(_, let label), .mini(_, _, _, let label),
                .text(let label, _):
                label
            }
        }
    }
}

/// One survey; its menu bears its name.
struct SurveySyntax: Sendable, Overridable {
    var menu: MenuSyntax
    var lowAtMost: Int?
    var lowTags: [Words] = []
    var lowReply: LocalText?
    var thanks: LocalText?

    var name: Words { menu.name }
    var overrides: Bool { menu.overrides }
}

/// One slot.
struct SlotSyntax: Sendable, Overridable {
    enum Acceptance: Sendable {
        case anything, date, phone, order
        case digits(ClosedRange<Int>)
        case regex(Words)
        case choice([Option])
    }

    struct Option: Sendable {
        var value: Words
        var words: [Words]
    }

    var name: Words
    var accept = Acceptance.anything
    var tries: Int?
    var ask: LocalText
    var retry: LocalText?
    var mask: SlotDefinition.Mask?
    var keep = SlotDefinition.Keep.session
    var keepFor: Duration?
    var overrides = false

    /// Whether the question is sent as a menu: up to ten choices are.
    var isMenu: Bool {
        if case .choice(let options) = accept {
            options.count <= PlatformLimits.menuItems
        } else {
            false
        }
    }
}

/// One notice.
struct NoticeSyntax: Sendable, Overridable {
    var name: Words
    var active: SpanSyntax?
    var triggers: [TriggerSyntax] = []
    var conditions: [ConditionSyntax] = []
    var exceptions: [ConditionSyntax] = []
    /// The node after `reply:`, for findings about the number of messages.
    var replyNode: YAMLNode?
    var reply: [ReplySyntax] = []
    var overrides = false
}
