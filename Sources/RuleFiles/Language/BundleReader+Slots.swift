import ChatModel
import RuleEngine

/// Slots: what a flow asks for.
extension BundleReader {
    /// More digits than any number people type.
    private static let mostDigits = 64

    func readSlots(_ map: MapCursor) -> [SlotSyntax] {
        map.namedEntries.compactMap { entry in
            let noun = SymbolKind.slot.noun
            guard let name = name(entry.key, of: noun, isInPlaceholders: true),
                let map = MapCursor(entry.value, as: noun.named(entry.name), log: log)
            else { return nil }
            return readSlot(map, name: name)
        }
    }

    private func readSlot(_ map: MapCursor, name: Words) -> SlotSyntax? {
        let ask = map.requiredValue("ask").flatMap { customerText($0, as: .quoted("ask")) }
        var slot = SlotSyntax(name: name, ask: ask ?? LocalText(name))
        slot.overrides = map.flag("override") ?? false
        if let accept = map.value("accept") { slot.accept = readAcceptance(accept) ?? .anything }
        slot.tries = map.integer("tries", in: 1...9)
        slot.retry = text(map, "retry")
        slot.mask = map.choice("mask", of: SlotDefinition.Mask.self)
        if map.node[key: "keep"]?.text?.first?.isNumber == true {
            slot.keepFor = positive(map, "keep")
            slot.keep = .customer
        } else {
            slot.keep = map.choice("keep", of: SlotDefinition.Keep.self) ?? .session
        }
        map.finish()
        return ask == nil ? nil : slot
    }

    private func readAcceptance(_ node: YAMLNode) -> SlotSyntax.Acceptance? {
        enum Simple: String, CaseIterable { case anything, date, phone, order }
        let kinds = ["digits", "regex", "choice"]
        if let text = node.text {
            switch Simple(rawValue: text) {
            case .anything: return .anything
            case .date: return .date
            case .phone: return .phone
            case .order: return .order
            case nil: break
            }
            let words = Simple.allCases.map(\.rawValue)
            refuse(
                node, en: "'accept' has no '\(text)'", zh: "「accept」没有「\(text)」",
                help: kinds.contains(text)
                    ? Bilingual(
                        en: "write { \(text): … }", zh: "写成 { \(text): … }")
                    : Suggestion.help(for: text, among: words)
                        ?? Bilingual(
                            en: "one of: \(words.joined(separator: ", ")), { digits: 12 }, "
                                + "{ regex: … }, { choice: [ … ] }",
                            zh: "可以写：\(words.joined(separator: "、"))、{ digits: 12 }、"
                                + "{ regex: … }、{ choice: [ … ] }"))
            return nil
        }
        guard let map = MapCursor(node, as: .quoted("accept"), log: log) else { return nil }
        let known = kinds.filter { map.entry($0) != nil }
        let flags = Simple.allCases.filter { map.entry($0.rawValue) != nil }
        map.finish()
        if known.isEmpty, flags.count == 1, map.flag(flags[0].rawValue) == true {
            return readAcceptance(
                YAMLNode(
                    content: .scalar(flags[0].rawValue, .plain), place: node.place, length: 1))
        }
        if known.isEmpty, node.map?.isEmpty == false, flags.isEmpty { return nil }
        switch onlyKey(map, of: kinds) {
        case "digits": return map.text("digits").flatMap(readDigits).map { .digits($0) }
        case "regex": return map.text("regex").map { .regex(Words($0)) }
        case "choice": return map.value("choice").flatMap(readChoice).map { .choice($0) }
        default: return nil
        }
    }

    /// `12` or `6..8`.
    private func readDigits(_ node: YAMLNode) -> ClosedRange<Int>? {
        let text = node.text ?? ""
        let ends = text.split(separator: "..", omittingEmptySubsequences: false)
            .map { Int($0.trimmed) }
        guard (1...2).contains(ends.count), let low = ends.first ?? nil,
            let high = ends.last ?? nil, 1 <= low, low <= high, high <= Self.mostDigits
        else {
            refuse(
                node,
                en: "'digits' takes how many digits there are, 1 to \(Self.mostDigits), "
                    + "not '\(text)'",
                zh: "「digits」要写位数（1 到 \(Self.mostDigits)），不是「\(text)」",
                help: Bilingual(en: "for example: 12, or 6..8", zh: "例如：12，或 6..8"))
            return nil
        }
        return low...high
    }

    /// `[a, b]`, or `{ value: [word, …] }`.
    private func readChoice(_ node: YAMLNode) -> [SlotSyntax.Option]? {
        let what = Bilingual.quoted("choice")
        if let list = node.list {
            if list.isEmpty {
                refuse(node, .emptyText, en: "the list of 'choice' is empty", zh: "「choice」的列表是空的")
                return nil
            }
            return list.compactMap { element in
                MapCursor.text(element, as: what, log: log).flatMap { word($0, of: "choice") }
                    .map { SlotSyntax.Option(value: $0, words: []) }
            }
        }
        guard let map = MapCursor(node, as: what, log: log) else { return nil }
        if node.map?.isEmpty == true {
            refuse(node, .emptyText, en: "'choice' has no values", zh: "「choice」下面是空的")
            return nil
        }
        return map.namedEntries.compactMap { entry in
            guard let value = name(entry.key, of: Bilingual(en: "a choice", zh: "选项")) else {
                return nil
            }
            guard !entry.value.isEmpty else { return SlotSyntax.Option(value: value, words: []) }
            let words = texts(entry.value, of: entry.name).compactMap { word($0, of: entry.name) }
            return SlotSyntax.Option(value: value, words: words)
        }
    }

    // MARK: Notices

    func readNotice(_ node: YAMLNode) -> NoticeSyntax? {
        let noun = SymbolKind.notice.noun
        guard let map = MapCursor(node, as: noun, log: log) else { return nil }
        let name = map.requiredText("notice").flatMap { self.name($0, of: noun) }
        var notice = NoticeSyntax(name: name ?? Words(node))
        notice.overrides = map.flag("override") ?? false
        notice.active = map.requiredText("active").flatMap { span(Words($0), of: "active") }
        if let when = map.requiredValue("when"),
            let when = MapCursor(when, as: .quoted("when"), log: log)
        {
            notice.triggers = readTriggers(when)
        }
        notice.conditions = map.map("if").map { readConditions($0) } ?? []
        notice.exceptions = map.map("unless").map { readConditions($0) } ?? []
        notice.replyNode = map.requiredValue("reply")
        if notice.replyNode != nil { notice.reply = map.elements("reply").compactMap(readReply) }
        map.finish()
        return name == nil ? nil : notice
    }
}
