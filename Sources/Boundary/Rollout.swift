package import ChatModel
package import RuleEngine

/// Which rule-set version serves whom.
package struct Activation: Hashable, Sendable {
    /// The version for everybody whom no other one serves; `nil` before the first publication.
    package var active: RuleSetVersion?
    /// A version that is tried out on some.
    package var canary: Canary?

    /// An activation; without arguments, that of an empty store.
    package init(active: RuleSetVersion? = nil, canary: Canary? = nil) {
        self.active = active
        self.canary = canary
    }
}

/// A version that is tried out on a share of the customers.
package struct Canary: Hashable, Sendable {
    /// Which.
    package var version: RuleSetVersion
    /// 0…1 of the customers.
    package var share: Double
    /// Who set it.
    package var author: String
    /// Why.
    package var note: String
    /// When.
    package var at: Timestamp

    /// A canary.
    package init(
        version: RuleSetVersion, share: Double, author: String, note: String, at: Timestamp
    ) {
        self.version = version
        self.share = share
        self.author = author
        self.note = note
        self.at = at
    }
}

/// An id under which a menu item, or an answer of a survey, was published.
package struct PublishedWireID: Hashable, Sendable {
    /// The bundle of the menu.
    package var bundle: BundleName
    /// The menu, or the survey whose menu it is.
    package var menu: MenuName
    /// The item's key.
    package var key: String
    /// What came back, or comes back, when it is tapped.
    package var id: WireID

    /// An id of an item.
    package init(bundle: BundleName, menu: MenuName, key: String, id: WireID) {
        self.bundle = bundle
        self.menu = menu
        self.key = key
        self.id = id
    }
}

/// A notice that was added while the engine ran, without a publication.
package struct LiveNotice: Hashable, Sendable {
    /// Unique in the store.
    package var name: NoticeName
    /// The bundle it is for; `nil` for all.
    package var bundle: BundleName?
    /// The account it is for; `nil` for all of the bundle's.
    package var account: AccountAlias?
    /// It goes before the answer to a message that contains one of these; empty for every answer.
    package var words: [String]
    /// What is said.
    package var text: String
    /// When its time is over.
    package var until: Timestamp
    /// Who added it.
    package var author: String
    /// When.
    package var at: Timestamp

    /// A notice.
    package init(
        name: NoticeName, bundle: BundleName? = nil, account: AccountAlias? = nil,
        words: [String] = [], text: String, until: Timestamp, author: String, at: Timestamp
    ) {
        self.name = name
        self.bundle = bundle
        self.account = account
        self.words = words
        self.text = text
        self.until = until
        self.author = author
        self.at = at
    }
}

extension LiveNotice {
    /// The notice as rules have one; `nil` when it isn't for this bundle.
    package func definition(for bundle: BundleDefinition) -> NoticeDefinition? {
        if let wanted = self.bundle, wanted != bundle.name { return nil }
        if let account, !bundle.accounts.contains(account) { return nil }
        return NoticeDefinition(
            name: name, place: SourcePlace(file: "notice", line: 1, column: 1),
            active: ActiveSpan(from: nil, until: until),
            triggers: words.isEmpty ? Self.everything(in: bundle) : words.map { .says($0) },
            reply: .text(Template(text)))
    }

    /// Whatever a customer may do that is answered: any words, any kind of message, any tap.
    private static func everything(in bundle: BundleDefinition) -> [Trigger] {
        // One character of anything.
        var triggers: [Trigger] = [.matches("(?s).")]
        triggers += MessageKind.allCases.filter { $0 != .text }.map { .sends($0) }
        for menu in bundle.menus + bundle.surveys.map(\.menu) {
            for item in menu.items {
                guard case .click(let id, _) = item.item else { continue }
                triggers.append(.clicks(menu: menu.name, item: item.key, id))
            }
        }
        return triggers
    }
}
