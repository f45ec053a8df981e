import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// `expect:` and its checks.
extension ConversationReader {
    /// What a code is for, by the names the rest of the program uses and by the platform's side's.
    private enum Scene: String, CaseIterable {
        case welcome, queued, assigned, ended

        var purpose: CodePurpose {
            switch self {
            case .welcome: .welcome
            case .queued: .queue
            case .assigned: .assignment
            case .ended: .ending
            }
        }
    }

    func expectation(_ node: YAMLNode) -> Expectation? {
        guard let map = MapCursor(node, as: .quoted("expect"), log: log) else { return nil }
        let customer = map.text("customer").map { ExternalUserID($0.text ?? "") }
        let found = log.diagnostics.count
        var reading = Reading(map: map, reader: self)
        readHappened(&reading)
        readPresent(&reading)
        map.finish()
        var checks = reading.checks
        if log.diagnostics.count == found { refuseEmpty(map.node, checks) }
        checks.sort { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
        return checks.isEmpty ? nil : Expectation(customer: customer, checks: checks)
    }

    /// Reports what would hold whatever comes: an `expect` without a check, and keys that gave
    /// none.
    private func refuseEmpty(_ node: YAMLNode, _ checks: [Expectation.Check]) {
        let places = Set(checks.map(\.place))
        for entry in node.map ?? [] where !["customer", "with"].contains(entry.name) {
            guard !places.contains(entry.key.place) else { continue }
            log.report(
                .emptyText, at: entry.key,
                Bilingual(
                    en: "'\(entry.name)' expects nothing", zh: "「\(entry.name)」里什么也没有期望"))
        }
        if node.map?.allSatisfy({ $0.name == "customer" }) == true {
            log.report(
                .missingKey, at: node,
                Bilingual(en: "'expect' expects nothing", zh: "「expect」里什么也没有期望"))
        }
    }

    /// Collects the checks of one `expect`.
    private struct Reading {
        let map: MapCursor
        let reader: ConversationReader
        var checks: [Expectation.Check] = []

        mutating func add(_ key: String, _ kind: Expectation.Kind?) {
            guard let kind, let entry = map.entry(key) else { return }
            let place = entry.key.place
            checks.append(
                Expectation.Check(place: place, words: reader.words(at: place), kind: kind))
        }

        func text(_ key: String) -> String? { map.text(key)?.text }

        func texts(_ key: String) -> [String]? {
            let texts = map.texts(key).compactMap(\.text)
            return texts.isEmpty ? nil : texts
        }
    }

    /// What is counted from the last act.
    private func readHappened(_ reading: inout Reading) {
        let map = reading.map
        reading.add("rule", reading.texts("rule").map(Expectation.Kind.rules))
        reading.add("not_rule", reading.texts("not_rule").map(Expectation.Kind.notRules))
        reading.add("score", map.decimal("score", in: 0...200).map(Expectation.Kind.score))
        reading.add("reply", reading.texts("reply").map(Expectation.Kind.reply))
        reading.add(
            "reply_contains", reading.texts("reply_contains").map(Expectation.Kind.replyContains))
        reading.add("menu", reading.texts("menu").map(Expectation.Kind.menus))
        reading.add("survey", reading.text("survey").map(Expectation.Kind.survey))
        reading.add("notice", reading.texts("notice").map(Expectation.Kind.notices))
        reading.add("asked_back", reading.texts("asked_back").map(Expectation.Kind.askedBack))
        reading.add("call", calls(map))
        reading.add("sent", map.integer("sent", in: 0...1_000_000).map(Expectation.Kind.sent))
        reading.add("nothing", nothing(map))
        reading.add("handoff", reading.text("handoff").map(Expectation.Kind.handoff))
        reading.add("reason", reading.texts("reason").map(Expectation.Kind.reasons))
        reading.add("within", map.duration("within").map(Expectation.Kind.within))
        reading.add("version", reading.text("version").map(Expectation.Kind.version))
    }

    /// What holds at this moment.
    private func readPresent(_ reading: inout Reading) {
        let map = reading.map
        reading.add("state", map.choice("state", of: StateName.self).map(Expectation.Kind.state))
        reading.add("servicer", reading.text("servicer").map { .servicer(ServicerID($0)) })
        reading.add("tag", reading.texts("tag").map(Expectation.Kind.tags))
        reading.add("not_tag", reading.texts("not_tag").map(Expectation.Kind.notTags))
        if let slots = map.map("slot") {
            let checks = slots.namedEntries.compactMap { entry in
                MapCursor.text(entry.value, as: .quoted(entry.name), log: log)?.text.map {
                    Expectation.SlotCheck(name: entry.name, value: $0)
                }
            }
            reading.add("slot", checks.isEmpty ? nil : .slots(checks))
        }
        reading.add("not_slot", reading.texts("not_slot").map(Expectation.Kind.notSlots))
        reading.add("flow", reading.text("flow").map(Expectation.Kind.flow))
        reading.add("asked", reading.text("asked").map(Expectation.Kind.asked))
        reading.add("misses", map.integer("misses", in: 0...1_000_000).map(Expectation.Kind.misses))
        reading.add(
            "budget_left", map.integer("budget_left", in: 0...5).map(Expectation.Kind.budgetLeft))
        if let code = map.map("code") { reading.add("code", self.code(code)) }
        if let refused = map.map("refused") {
            for verdict in BookVerdict.allCases {
                if let count = refused.integer(verdict.rawValue, in: 0...1_000_000) {
                    reading.add("refused", .refused(verdict, count))
                }
            }
            refused.finish()
        }
    }

    /// `nothing: false` would hold whatever comes.
    private func nothing(_ map: MapCursor) -> Expectation.Kind? {
        guard let flag = map.flag("nothing") else { return nil }
        if flag { return .nothing }
        log.report(
            .badValue, at: map.node[key: "nothing"] ?? map.node,
            Bilingual(en: "'nothing: false' checks nothing", zh: "「nothing: false」什么也没检查"),
            help: Bilingual(
                en: "say what should come: 'sent', 'reply' or 'menu'",
                zh: "写清楚应该发什么：sent、reply 或 menu"))
        return nil
    }

    private func calls(_ map: MapCursor) -> Expectation.Kind? {
        let parameters = map.map("with")?.namedEntries.compactMap { entry in
            MapCursor.text(entry.value, as: .quoted(entry.name), log: log)?.text.map {
                Expectation.CallParameter(name: entry.name, value: $0)
            }
        }
        let nodes = map.texts("call")
        if nodes.isEmpty, let with = map.entry("with"), map.node[key: "call"] == nil {
            log.report(
                .missingKey, at: with.key,
                Bilingual(en: "'with' needs 'call:' beside it", zh: "「with」旁边要写「call:」"))
        }
        let isNone = nodes.map(\.text) == [Expectation.none]
        let names = isNone ? [Expectation.none] : nodes.compactMap { call($0)?.description }
        return names.isEmpty || names.count != nodes.count ? nil : .calls(names, with: parameters)
    }

    private func code(_ map: MapCursor) -> Expectation.Kind? {
        _ = map.requiredValue("scene")
        let scene = map.choice("scene", of: Scene.self)
        let isUsed = map.flag("used")
        let within = map.duration("within")
        map.finish()
        return scene.map {
            .code(
                Expectation.CodeCheck(
                    purpose: $0.purpose, scene: $0.rawValue, isUsed: isUsed, within: within))
        }
    }
}
