package import ChatModel

/// A whole rule set as plain values: what rule files say and what a store keeps.
///
/// Everything is resolved: texts are literal, menus complete. ``RuleSet`` is its compiled form.
package struct RuleSetDefinition: Hashable, Sendable, Codable {
    /// One bundle a `.kf.yml` file, in the files' order.
    package var bundles: [BundleDefinition]

    /// A rule set of `bundles`.
    package init(bundles: [BundleDefinition]) { self.bundles = bundles }
}

/// One bundle: the rules and menus that serve some accounts.
package struct BundleDefinition: Hashable, Sendable, Codable {
    /// Unique in the rule set.
    package var name: BundleName
    /// The accounts it serves; an account is served by one bundle at most.
    package var accounts: [AccountAlias]
    /// Menus by declaration order.
    package var menus: [MenuDefinition]
    /// Rules by declaration order, which settles equal scores.
    package var rules: [RuleDefinition]

    /// A bundle.
    package init(
        name: BundleName, accounts: [AccountAlias], menus: [MenuDefinition],
        rules: [RuleDefinition]
    ) {
        self.name = name
        self.accounts = accounts
        self.menus = menus
        self.rules = rules
    }

    /// The menu called `name`.
    package func menu(_ name: MenuName) -> MenuDefinition? { menus.first { $0.name == name } }
}

/// A place in a rule file; columns count characters from 1.
package struct SourcePlace: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The path as the user gave it.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, in characters.
    package var column: Int

    /// A place.
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// A menu: what a customer sees, and the key of each item.
package struct MenuDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: MenuName
    /// Above the items.
    package var head: String?
    /// In the order shown; 1…10.
    package var items: [Item]
    /// Below the items.
    package var tail: String?

    /// One line of a menu and the key rules refer to it by (`menu.key`).
    package struct Item: Hashable, Sendable, Codable {
        /// Unique in its menu.
        package var key: String
        /// What is shown and sent.
        package var item: OutgoingBody.Menu.Item

        /// A line of a menu.
        package init(key: String, item: OutgoingBody.Menu.Item) {
            self.key = key
            self.item = item
        }
    }

    /// A menu.
    package init(name: MenuName, head: String?, items: [Item], tail: String?) {
        self.name = name
        self.head = head
        self.items = items
        self.tail = tail
    }

    /// The message that shows this menu.
    package var body: OutgoingBody {
        .menu(OutgoingBody.Menu(head: head, items: items.map(\.item), tail: tail))
    }
}

/// A rule: when it applies, what it does, and the sentences it promises to hear.
package struct RuleDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: RuleName
    /// Where the rule begins.
    package var place: SourcePlace
    /// A coarse override of the score.
    package var priority: Priority
    /// Alternatives: any one is enough.
    package var triggers: [Trigger]
    /// All must hold; each adds a point.
    package var conditions: [Condition]
    /// None may hold; each adds a point.
    package var exceptions: [Condition]
    /// Messages, in order.
    package var reply: [ReplyPart]
    /// A person takes over after the reply.
    package var handoff: HandoffDefinition?
    /// The session ends after the reply.
    package var end: EndDefinition?
    /// Sentences this rule must win.
    package var examples: [String]
    /// Sentences this rule must not win.
    package var notExamples: [String]

    /// A rule; everything but name, place and triggers may be empty.
    package init(
        name: RuleName, place: SourcePlace, priority: Priority = .normal, triggers: [Trigger],
        conditions: [Condition] = [], exceptions: [Condition] = [], reply: [ReplyPart] = [],
        handoff: HandoffDefinition? = nil, end: EndDefinition? = nil, examples: [String] = [],
        notExamples: [String] = []
    ) {
        self.name = name
        self.place = place
        self.priority = priority
        self.triggers = triggers
        self.conditions = conditions
        self.exceptions = exceptions
        self.reply = reply
        self.handoff = handoff
        self.end = end
        self.examples = examples
        self.notExamples = notExamples
    }

    /// Four steps instead of a race of numbers.
    package enum Priority: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
        case low, normal, high, urgent

        private var rank: Int {
            switch self {
            case .low: 0
            case .normal: 1
            case .high: 2
            case .urgent: 3
            }
        }

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
    }
}

/// One alternative of `when`; patterns are as the author wrote them, compiling folds them.
package enum Trigger: Hashable, Sendable, Codable {
    /// The folded text contains these words.
    case says(String)
    /// The folded text is these words.
    case saysExactly(String)
    /// The folded text begins with these words.
    case startsWith(String)
    /// A regular expression (RE2) finds something in the text folded in width, case and script.
    case matches(String)
    /// A menu item was tapped.
    case clicks(menu: MenuName, item: String, WireID)
    /// A message of this kind came.
    case sends(MessageKind)
    /// An event rules can answer.
    case event(AnswerableEvent)
    /// No other rule of the bundle applies.
    case noMatch
}

/// The events a rule can name after `event:`.
package enum AnswerableEvent: String, Hashable, Sendable, Codable, CaseIterable {
    /// The customer opened the chat; answered with the welcome code.
    case enterSession = "enter_session"
}

/// One line of `if` or `unless`.
package indirect enum Condition: Hashable, Sendable, Codable {
    /// The scene of the last entrance matches a pattern: `*` stands for any run of characters.
    case scene(String)
    /// The session is in one of these states.
    case state(Set<StateName>)
    /// At least this many consecutive misses, this one included.
    case misses(Int)
    case any([Condition])
    case all([Condition])
    case not(Condition)
}

/// The names rule files and tests give session states.
package enum StateName: String, Hashable, Sendable, Codable, CaseIterable {
    /// 0 or 1: the bot's turn.
    case bot
    case untreated, assistant, pool, human, ended

    /// Whether the name stands for the platform's state `number`.
    package func covers(_ number: Int) -> Bool {
        switch self {
        case .bot: number == 0 || number == 1
        case .untreated: number == 0
        case .assistant: number == 1
        case .pool: number == 2
        case .human: number == 3
        case .ended: number == 4
        }
    }
}

/// One message of a reply.
package enum ReplyPart: Hashable, Sendable, Codable {
    case text(String)
    case menu(MenuName)
    /// Media, cards and places, sent as they are.
    case body(OutgoingBody)
}

/// What is sent with a code: one text or one menu.
package enum ClosingMessage: Hashable, Sendable, Codable {
    case text(String)
    case menu(MenuName)
}

/// How a session is handed to a person.
package struct HandoffDefinition: Hashable, Sendable, Codable {
    /// Who takes over.
    package enum Destination: Hashable, Sendable, Codable {
        case pool
        case servicer(ServicerID)
    }

    /// Who takes over.
    package var to: Destination
    /// Sent with the transfer's code: one text, all the platform allows.
    package var waitingText: String?
    /// Sent with the end code when the servicer ends the session.
    package var ended: ClosingMessage?

    /// A hand-off.
    package init(to: Destination, waitingText: String?, ended: ClosingMessage?) {
        self.to = to
        self.waitingText = waitingText
        self.ended = ended
    }
}

/// How a rule ends a session.
package struct EndDefinition: Hashable, Sendable, Codable {
    /// Sent with the end code.
    package var goodbye: ClosingMessage?

    /// An ending.
    package init(goodbye: ClosingMessage?) { self.goodbye = goodbye }
}
