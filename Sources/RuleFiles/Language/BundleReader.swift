import ChatModel
import RuleEngine

/// Reads a bundle's YAML tree into ``BundleSyntax``; every mistake goes to the log.
struct BundleReader {
    /// The format this version reads, the value of `kf:`.
    static let formatVersion = "1"
    /// The longest name of anything, in characters: what fits a console's column.
    static let maximumNameLength = 64

    let log: DiagnosticLog

    /// The bundle, as far as it could be read; `nil` when not even its name is there.
    func read(_ root: YAMLNode) -> BundleSyntax? {
        guard let map = MapCursor(root, as: "a bundle", log: log) else { return nil }
        readFormat(map)
        let name = map.requiredText("bundle").flatMap { self.name($0, of: "a bundle") }
        var bundle = BundleSyntax(name: name ?? Words(root))
        if map.requiredValue("accounts") != nil {
            bundle.accounts = map.texts("accounts").compactMap { word($0, of: "accounts") }
        }
        _ = map.text("owner")
        if let texts = map.map("texts") { bundle.texts = readTexts(texts) }
        if let menus = map.map("menus") { bundle.menus = readMenus(menus) }
        if let policies = map.map("handoff") { bundle.policies = readPolicies(policies) }
        if map.requiredValue("rules") != nil {
            bundle.rules = (map.list("rules") ?? []).compactMap(readRule)
        }
        bundle.tests = map.value("tests")
        map.refuseUnsupported([
            "defaults", "schedules", "slots", "notices", "templates", "flows", "surveys",
            "include", "valid",
        ])
        map.finish()
        return name == nil ? nil : bundle
    }

    private func readFormat(_ map: MapCursor) {
        guard let format = map.requiredText("kf"), format.text != Self.formatVersion else { return }
        log.report(
            .formatVersion, at: format,
            "the file is in format '\(format.text ?? "")'; this version reads format 1",
            help: "write 'kf: 1', or use a newer version of the program")
    }

    // MARK: Names and words

    /// A name: one line, not too long.
    func name(_ node: YAMLNode, of what: String) -> Words? {
        guard let node = MapCursor.text(node, as: "the name of \(what)", log: log),
            let text = node.text
        else { return nil }
        guard text.count <= Self.maximumNameLength, !text.contains("\n") else {
            log.report(
                .badValue, at: node,
                "the name of \(what) must be one line of at most \(Self.maximumNameLength) "
                    + "characters")
            return nil
        }
        return refuseFullWidthQuotes(node)
    }

    /// A keyword or a name in a list, where full-width punctuation is a slip of the keyboard.
    func word(_ node: YAMLNode, of key: String) -> Words? {
        guard let words = refuseFullWidthQuotes(node) else { return nil }
        guard case .scalar(let text, .plain) = node.content,
            let comma = text.firstIndex(where: { "，、".contains($0) }),
            let scalar = text[comma].unicodeScalars.first
        else { return words }
        log.report(
            words.diagnostic(
                .fullWidth, in: comma..<text.index(after: comma),
                "full-width '\(scalar)' does not separate the words of '\(key)'",
                help: FullWidth.help(for: scalar) + "; if it belongs to the words, use quotes"))
        return nil
    }

    private func refuseFullWidthQuotes(_ node: YAMLNode) -> Words? {
        let words = Words(node)
        guard case .scalar(let text, .plain) = node.content, let first = text.first,
            "“”‘’".contains(first), let scalar = first.unicodeScalars.first
        else { return words }
        log.report(
            words.diagnostic(
                .fullWidth, in: text.startIndex..<text.index(after: text.startIndex),
                "full-width '\(scalar)' where YAML wants the ASCII character",
                help: "no quotes are needed here; leave them out"))
        return nil
    }

    /// Exactly one of `keys` must be there; reports none and several.
    func onlyKey(_ map: MapCursor, of keys: [String]) -> String? {
        let present = keys.filter { map.node[key: $0] != nil }
        if present.count == 1 { return present[0] }
        if present.isEmpty {
            log.report(
                .missingKey, at: map.node,
                "\(map.what) needs one of: \(keys.joined(separator: ", "))")
        } else {
            log.report(
                .badValue, at: map.node,
                "\(map.what) takes only one of: \(present.joined(separator: ", "))",
                help: "make a list, one element for each")
        }
        return nil
    }

    // MARK: Texts

    private func readTexts(_ map: MapCursor) -> [TextSyntax] {
        map.namedEntries.compactMap { entry in
            guard let name = name(entry.key, of: "a text"),
                let value = customerText(entry.value, as: "the text '\(entry.name)'")
            else { return nil }
            return TextSyntax(name: name, value: value)
        }
    }

    /// Words a customer will read; a map by languages is not supported yet.
    func customerText(_ node: YAMLNode, as what: String) -> Words? {
        if node.map != nil, node[key: "zh"] != nil || node[key: "en"] != nil {
            log.report(
                .unsupported, at: node,
                "a text in several languages is not supported by this version",
                help: "write one text; traditional and simplified questions reach the same rule")
            return nil
        }
        return MapCursor.text(node, as: what, log: log).map(Words.init)
    }

    // MARK: Hand-off policies

    private func readPolicies(_ map: MapCursor) -> [PolicySyntax] {
        map.namedEntries.compactMap { entry in
            guard let name = name(entry.key, of: "a hand-off policy"),
                let policy = MapCursor(
                    entry.value, as: "the hand-off policy '\(entry.name)'", log: log)
            else { return nil }
            return readPolicy(policy, name: name)
        }
    }

    /// `{ to, who, waiting_text, ended }`.
    func readPolicy(_ map: MapCursor, name: Words?) -> PolicySyntax? {
        defer {
            map.refuseUnsupported([
                "team", "pick", "prefer", "open", "closed", "nobody", "pick_up_within", "overdue",
            ])
            map.finish()
        }
        enum Target: String, CaseIterable { case pool, servicer }
        let waitingText = readWaitingText(map)
        let ended = map.value("ended").flatMap { readClosing($0, as: "'ended'") }
        let who = map.text("who")
        let hasTeam = map.node[key: "team"] != nil
        guard let node = hasTeam ? nil : map.requiredText("to"),
            let target = MapCursor.choice(node, as: "to", of: Target.self, log: log)
        else { return nil }
        let destination: HandoffDefinition.Destination
        switch (target, who?.text) {
        case (.pool, nil): destination = .pool
        case (.servicer, let who?): destination = .servicer(ServicerID(who))
        case (.servicer, nil):
            log.report(
                .missingKey, at: map.node, "'to: servicer' needs 'who:', the person's userid")
            return nil
        case (.pool, _?):
            log.report(
                .badValue, at: who ?? map.node, "'who' goes with 'to: servicer', not with the pool")
            return nil
        }
        return PolicySyntax(
            name: name, place: name ?? Words(map.node), to: destination,
            waitingText: waitingText, ended: ended)
    }

    private func readWaitingText(_ map: MapCursor) -> Words? {
        guard let node = map.value("waiting_text") else { return nil }
        guard node.text != nil else {
            log.report(
                .waitingText, at: node, "'waiting_text' is \(node.kindName), not one text",
                help: "while a customer waits the platform takes exactly one text, with the code "
                    + "of the transfer; write one sentence")
            return nil
        }
        return customerText(node, as: "'waiting_text'")
    }

    /// A text, `{ text: … }` or `{ menu: … }`: all a code can carry.
    func readClosing(_ node: YAMLNode, as what: String) -> ClosingSyntax? {
        if node.text != nil {
            return customerText(node, as: what).map(ClosingSyntax.text)
        }
        guard node.map != nil, node.map?.contains(where: { $0.name == "reply" }) == false else {
            log.report(
                .closingMessage, at: node, "\(what) is \(node.kindName), not one text or one menu",
                help: "the code of an ending carries a single message: a text, or { menu: … }")
            return nil
        }
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        map.refuseUnsupported(["survey", "template"])
        if map.node[key: "survey"] != nil || map.node[key: "template"] != nil { return nil }
        let media = ["image", "voice", "video", "file", "link", "miniprogram", "location"]
        if let other = node.map?.first(where: { media.contains($0.name) }) {
            log.report(
                .closingMessage, at: other.key, "\(what) can't be '\(other.name)'",
                help: "the code of an ending carries a text or a menu")
            return nil
        }
        if map.node[key: "text"] != nil, map.node[key: "menu"] != nil {
            log.report(
                .closingMessage, at: node, "\(what) is a text and a menu",
                help: "the code of an ending carries a single message: put the text into the "
                    + "menu's head")
            return nil
        }
        let key = onlyKey(map, of: ["text", "menu"])
        let text = map.text("text")
        let menu = map.text("menu")
        map.finish()
        switch key {
        case "text": return text.map { .text(Words($0)) }
        case "menu": return menu.map { .menu(Words($0)) }
        default: return nil
        }
    }
}
