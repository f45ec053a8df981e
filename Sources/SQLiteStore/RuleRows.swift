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
    init(_ trigger: Trigger) {
        switch trigger {
        case .says(let words): self.init(kind: "says", pattern: words)
        case .saysExactly(let words): self.init(kind: "says_exactly", pattern: words)
        case .startsWith(let words): self.init(kind: "starts_with", pattern: words)
        case .matches(let pattern): self.init(kind: "matches", pattern: pattern)
        case .clicks(let menu, let item, let id):
            self.init(kind: "clicks", pattern: id.rawValue, menu: menu.rawValue, item: item)
        case .sends(let kind): self.init(kind: "sends", pattern: kind.rawValue)
        case .event(let event): self.init(kind: "event", pattern: event.rawValue)
        case .noMatch: self.init(kind: "no_match")
        }
    }

    func trigger() throws(StoreError) -> Trigger {
        switch kind {
        case "says": return .says(pattern)
        case "says_exactly": return .saysExactly(pattern)
        case "starts_with": return .startsWith(pattern)
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
        throw .damaged("a rule's trigger")
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
        case .text(let text): self.init(kind: "text", content: text)
        case .menu(let name): self.init(kind: "menu", content: name.rawValue)
        case .body(let body): self.init(kind: "body", content: try JSON.text(of: body))
        }
    }

    func part() throws -> ReplyPart {
        switch kind {
        case "text": .text(content)
        case "menu": .menu(MenuName(content))
        case "body": .body(try JSON.value(OutgoingBody.self, of: content))
        default: throw StoreError.damaged("a rule's reply")
        }
    }
}

/// A menu item as a row of `menu_items`.
struct MenuItemRow {
    var kind: String
    var label: String
    var target: String?
    var pagePath: String?
    var noNewline: Bool?
}

extension MenuItemRow {
    init(_ item: OutgoingBody.Menu.Item) {
        switch item {
        case .click(let id, let label):
            self.init(kind: "click", label: label, target: id.rawValue)
        case .view(let url, let label): self.init(kind: "view", label: label, target: url)
        case .miniprogram(let appID, let pagePath, let label):
            self.init(kind: "miniprogram", label: label, target: appID, pagePath: pagePath)
        case .text(let text, let noNewline):
            self.init(kind: "text", label: text, noNewline: noNewline)
        }
    }

    func item() throws(StoreError) -> OutgoingBody.Menu.Item {
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
