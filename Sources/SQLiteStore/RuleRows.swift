import Boundary
import ChatModel
import RuleEngine

/// A trigger as a row; what the rows of `rule_triggers` mean.
struct TriggerRow {
    var kind: String
    var pattern = ""
    var menu: String?
    var item: String?
}

extension TriggerRow {
    init(_ trigger: Trigger) throws {
        switch trigger {
        case .says(let words): self.init(kind: "says", pattern: words)
        case .saysExactly(let words): self.init(kind: "says_exactly", pattern: words)
        case .startsWith(let words): self.init(kind: "starts_with", pattern: words)
        case .endsWith(let words): self.init(kind: "ends_with", pattern: words)
        case .saysAll(let words): self.init(kind: "says_all", pattern: try JSON.text(of: words))
        case .asksLike(let question): self.init(kind: "asks_like", pattern: question)
        case .matches(let pattern): self.init(kind: "matches", pattern: pattern)
        case .clicks(let menu, let item, let id):
            self.init(kind: "clicks", pattern: id.rawValue, menu: menu.rawValue, item: item)
        case .sends(let kind): self.init(kind: "sends", pattern: kind.rawValue)
        case .event(let event): self.init(kind: "event", pattern: event.rawValue)
        case .noMatch: self.init(kind: "no_match")
        }
    }

    func trigger() throws -> Trigger {
        switch kind {
        case "says": return .says(pattern)
        case "says_exactly": return .saysExactly(pattern)
        case "starts_with": return .startsWith(pattern)
        case "ends_with": return .endsWith(pattern)
        case "says_all": return .saysAll(try JSON.value([String].self, of: pattern))
        case "asks_like": return .asksLike(pattern)
        case "matches": return .matches(pattern)
        case "clicks":
            if let menu, let item {
                return .clicks(menu: MenuName(menu), item: item, WireID(pattern))
            }
        case "sends":
            if let kind = MessageKind(rawValue: pattern) { return .sends(kind) }
        case "event":
            if let event = AnswerableEvent(rawValue: pattern) { return .event(event) }
        case "no_match": return .noMatch
        default: break
        }
        throw StoreError.damaged("a rule's trigger")
    }
}

/// A message of a reply as a row of `rule_replies`.
struct ReplyRow {
    var kind: String
    var content: String
}

extension ReplyRow {
    init(_ part: ReplyPart) throws {
        switch part {
        case .text(let text) where text.isPlain: self.init(kind: "text", content: text.shown)
        case .text(let text): self.init(kind: "template", content: try JSON.text(of: text))
        case .menu(let name): self.init(kind: "menu", content: name.rawValue)
        case .survey(let name): self.init(kind: "survey", content: name.rawValue)
        case .body(let body): self.init(kind: "body", content: try JSON.text(of: body))
        }
    }

    func part() throws -> ReplyPart {
        switch kind {
        case "text": .text(Template(content))
        case "template": .text(try JSON.value(Template.self, of: content))
        case "menu": .menu(MenuName(content))
        case "survey": .survey(SurveyName(content))
        case "body": .body(try JSON.value(OutgoingBody.self, of: content))
        default: throw StoreError.damaged("a rule's reply")
        }
    }
}

/// A menu item as a row of `menu_items`.
struct MenuItemRow {
    var key: String
    var kind: String
    var label: String
    var target: String?
    var pagePath: String?
    var noNewline: Bool?
    var rest: Rest?

    /// What has no column.
    struct Rest: Codable {
        /// The label, unless it is plain.
        var label: Template?
        var formerIDs: [WireID]?
    }
}

extension MenuItemRow {
    init(_ item: MenuDefinition.Item) {
        key = item.key
        let label = item.item.label
        self.label = label.shown
        switch item.item {
        case .click(let id, _):
            kind = "click"
            target = id.rawValue
        case .view(let url, _):
            kind = "view"
            target = url
        case .miniprogram(let appID, let pagePath, _):
            kind = "miniprogram"
            target = appID
            self.pagePath = pagePath
        case .text(_, let noNewline):
            kind = "text"
            self.noNewline = noNewline
        }
        if !label.isPlain || !item.formerIDs.isEmpty {
            rest = Rest(
                label: label.isPlain ? nil : label,
                formerIDs: item.formerIDs.isEmpty ? nil : item.formerIDs)
        }
    }

    func item() throws(StoreError) -> MenuDefinition.Item {
        MenuDefinition.Item(key: key, item: try content(), formerIDs: rest?.formerIDs ?? [])
    }

    private func content() throws(StoreError) -> MenuDefinition.Content {
        let label = rest?.label ?? Template(label)
        switch kind {
        case "click":
            if let target { return .click(id: WireID(target), label: label) }
        case "view":
            if let target { return .view(url: target, label: label) }
        case "miniprogram":
            if let target, let pagePath {
                return .miniprogram(appID: target, pagePath: pagePath, label: label)
            }
        case "text": return .text(label, noNewline: noNewline ?? false)
        default: break
        }
        throw .damaged("a menu's item")
    }
}

/// What of a menu has no column: head and tail, unless they are plain.
struct MenuRest: Codable {
    var head: Template?
    var tail: Template?

    /// `nil` when there is nothing to keep.
    init?(_ menu: MenuDefinition) {
        head = menu.head.flatMap { $0.isPlain ? nil : $0 }
        tail = menu.tail.flatMap { $0.isPlain ? nil : $0 }
        if head == nil && tail == nil { return nil }
    }
}

/// What of a rule has no column; rare, so that loading many rules decodes little.
struct RuleRest: Codable {
    var upgrade: ServiceUpgrade?
    var tags: [TagName]?
    var sets: [Assignment]?
    var valid: ActiveSpan?
    var oncePer: Duration?
    var accounts: [AccountAlias]?
    var renamedFrom: [RuleName]?

    /// `nil` when there is nothing to keep.
    init?(_ rule: RuleDefinition) {
        upgrade = rule.upgrade
        tags = rule.tags.isEmpty ? nil : rule.tags
        sets = rule.sets.isEmpty ? nil : rule.sets
        valid = rule.valid
        oncePer = rule.oncePer
        accounts = rule.accounts
        renamedFrom = rule.renamedFrom.isEmpty ? nil : rule.renamedFrom
        if upgrade == nil, tags == nil, sets == nil, valid == nil, oncePer == nil, accounts == nil,
            renamedFrom == nil
        {
            return nil
        }
    }
}
