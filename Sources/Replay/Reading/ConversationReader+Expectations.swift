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

    /// Checks of the full language that this version has nothing to check with.
    private static let unsupported = [
        "survey", "tag", "slot", "flow", "notice", "call", "language", "template", "score",
    ]

    func expectation(_ node: YAMLNode) -> Expectation? {
        guard let map = MapCursor(node, as: "'expect'", log: log) else { return nil }
        var checks: [Expectation.Check] = []
        func add(_ key: String, _ kind: Expectation.Kind?) {
            guard let kind, let entry = map.entry(key) else { return }
            let place = entry.key.place
            checks.append(Expectation.Check(place: place, words: words(at: place), kind: kind))
        }
        func texts(_ key: String) -> [String]? {
            let texts = map.texts(key).compactMap(\.text)
            return texts.isEmpty ? nil : texts
        }
        let customer = map.text("customer").map { ExternalUserID($0.text ?? "") }
        add("rule", texts("rule").map(Expectation.Kind.rules))
        add("not_rule", texts("not_rule").map(Expectation.Kind.notRules))
        add("reply", texts("reply").map(Expectation.Kind.reply))
        add("reply_contains", texts("reply_contains").map(Expectation.Kind.replyContains))
        add("menu", texts("menu").map(Expectation.Kind.menus))
        add("sent", map.integer("sent", in: 0...1_000_000).map(Expectation.Kind.sent))
        if map.flag("nothing") == true { add("nothing", .nothing) }
        add("state", map.choice("state", of: StateName.self).map(Expectation.Kind.state))
        add("servicer", map.text("servicer").map { .servicer(ServicerID($0.text ?? "")) })
        add("handoff", map.text("handoff").map { .handoff($0.text ?? "") })
        add("reason", texts("reason").map(Expectation.Kind.reasons))
        add("budget_left", map.integer("budget_left", in: 0...5).map(Expectation.Kind.budgetLeft))
        add("within", map.duration("within").map(Expectation.Kind.within))
        if let code = map.map("code") { add("code", self.code(code)) }
        if let refused = map.map("refused") {
            for verdict in BookVerdict.allCases {
                if let count = refused.integer(verdict.rawValue, in: 0...1_000_000) {
                    add("refused", .refused(verdict, count))
                }
            }
            refused.finish()
        }
        map.refuseUnsupported(Self.unsupported)
        map.finish()
        if checks.isEmpty, node.map?.isEmpty == true {
            log.report(.missingKey, at: node, "'expect' expects nothing")
        }
        checks.sort { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
        return checks.isEmpty ? nil : Expectation(customer: customer, checks: checks)
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
