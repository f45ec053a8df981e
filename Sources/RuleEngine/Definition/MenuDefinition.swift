package import ChatModel

/// A menu: what a customer sees, and the key of each item.
package struct MenuDefinition: Hashable, Sendable, Codable {
    /// Unique in its bundle.
    package var name: MenuName
    /// Above the items.
    package var head: Template?
    /// In the order shown; 1…10.
    package var items: [Item]
    /// Below the items.
    package var tail: Template?
    /// Whether a customer may answer with an item's number.
    package var hasNumbers: Bool

    /// One line of a menu and the key rules refer to it by (`menu.key`).
    package struct Item: Hashable, Sendable, Codable {
        /// Unique in its menu.
        package var key: String
        /// What is shown and sent.
        package var item: Content
        /// Ids it had under earlier names: taps on menus still on customers' screens.
        package var formerIDs: [WireID]

        /// A line of a menu.
        package init(key: String, item: Content, formerIDs: [WireID] = []) {
            self.key = key
            self.item = item
            self.formerIDs = formerIDs
        }
    }

    /// What a line shows and does; limits as in `OutgoingBody.Menu.Item`.
    package enum Content: Hashable, Sendable, Codable {
        case click(id: WireID, label: Template)
        case view(url: String, label: Template)
        case miniprogram(appID: String, pagePath: String, label: Template)
        case text(Template, noNewline: Bool)

        /// The words the customer sees.
        package var label: Template {
            switch self {
            case .click(_, let label), .view(_, let label), .miniprogram(_, _, let label):
                label
            case .text(let text, _): text
            }
        }
    }

    /// A menu.
    package init(
        name: MenuName, head: Template?, items: [Item], tail: Template?, hasNumbers: Bool = false
    ) {
        self.name = name
        self.head = head
        self.items = items
        self.tail = tail
        self.hasNumbers = hasNumbers
    }
}
