import ChatModel
import RuleEngine

/// Everything needed to put a bundle's words together for one customer.
struct Wording {
    let bundle: BundleDefinition
    let language: Language?
    let values: (ValueName) -> String?
    /// Values that nothing was known of when they were needed.
    private(set) var missing: [ValueName] = []

    init(
        bundle: BundleDefinition, language: Language?, values: @escaping (ValueName) -> String?
    ) {
        self.bundle = bundle
        self.language = language
        self.values = values
    }

    mutating func words(of template: Template) -> String {
        if let literal = template.literal { return literal }
        let rendered = template.render(language: language, values: values)
        missing += rendered.missing
        return rendered.text
    }

    /// The menu as it is sent.
    mutating func menu(_ menu: MenuDefinition) -> OutgoingBody {
        let head = menu.head.map { words(of: $0) }
        var items: [OutgoingBody.Menu.Item] = []
        for (index, entry) in menu.items.enumerated() {
            let number = menu.hasNumbers ? "\(index + 1). " : ""
            switch entry.item {
            case .click(let id, let label):
                items.append(.click(id: id, label: number + words(of: label)))
            case .view(let url, let label): items.append(.view(url: url, label: words(of: label)))
            case .miniprogram(let appID, let pagePath, let label):
                items.append(
                    .miniprogram(appID: appID, pagePath: pagePath, label: words(of: label)))
            case .text(let line, let noNewline):
                items.append(.text(words(of: line), noNewline: noNewline))
            }
        }
        return .menu(
            OutgoingBody.Menu(head: head, items: items, tail: menu.tail.map { words(of: $0) }))
    }

    /// The message a part of a reply stands for; `nil` for a name the bundle doesn't have, which
    /// loading refuses, and for words that came out empty.
    mutating func body(of part: ReplyPart) -> OutgoingBody? {
        switch part {
        case .text(let template):
            let words = words(of: template)
            return words.isEmpty ? nil : .text(words)
        case .menu(let name): return bundle.menu(name).map { menu($0) }
        case .survey(let name): return bundle.survey(name).map { menu($0.menu) }
        case .body(let body): return body
        }
    }

    /// The message a code's words stand for.
    mutating func body(of closing: ClosingMessage) -> OutgoingBody? {
        let part: ReplyPart =
            switch closing {
            case .text(let template): .text(template)
            case .menu(let name): .menu(name)
            case .survey(let name): .survey(name)
            }
        return body(of: part)
    }

    /// The menu that offers the rules a question resembles.
    mutating func offer(_ candidates: Candidates) -> OutgoingBody {
        var items: [OutgoingBody.Menu.Item] = []
        for candidate in candidates.rules {
            let rule = bundle.rules[candidate.rule]
            guard let id = rule.candidateID else { continue }
            items.append(.click(id: id, label: Self.label(rule.standardQuestion)))
        }
        items.append(
            .click(id: bundle.defaults.noneOfTheseID, label: words(of: bundle.defaults.noneOfThese))
        )
        return .menu(
            OutgoingBody.Menu(head: words(of: bundle.defaults.askBack), items: items, tail: nil))
    }

    /// A label as long as the platform takes one: 128 bytes of UTF-8 (wecom-kf reference §9).
    private static func label(_ words: String) -> String {
        guard words.utf8.count > 128 else { return words }
        var label = words
        while label.utf8.count > 125 { label.removeLast() }
        return label + "…"
    }

    /// The question for a slot: a menu where a tap can answer it.
    mutating func question(_ template: Template, for slot: SlotDefinition) -> OutgoingBody {
        let words = words(of: template)
        guard case .choice(let options) = slot.accept, options.count <= 10 else {
            return .text(words)
        }
        return .menu(
            OutgoingBody.Menu(
                head: words,
                items: options.map { .click(id: $0.wireID, label: Self.label($0.value)) },
                tail: nil))
    }
}

extension RuleDefinition {
    /// The first of its similar questions, by which it is offered; its name where it has none.
    var standardQuestion: String {
        for case .asksLike(let question) in triggers { return question }
        return name.rawValue
    }
}
