import RuleFiles

/// `answers:`, what the company's own systems answer.
extension ConversationReader {
    /// So many fields may an answer have; the bot keeps 200 at most.
    private static let mostFields = 1000

    func answers(_ node: YAMLNode) -> Step.Kind? {
        guard let map = MapCursor(node, as: .quoted("answers"), log: log) else { return nil }
        var mocks: [Step.MockedCall: [Step.MockedAnswer]] = [:]
        for entry in map.namedEntries {
            guard let call = call(entry.key) else { continue }
            let answers = (entry.value.list ?? [entry.value]).compactMap(answer)
            if !answers.isEmpty { mocks[call] = answers }
        }
        if map.node.map?.isEmpty == true {
            log.report(
                .missingKey, at: node,
                Bilingual(en: "'answers' names no call", zh: "「answers」没写是哪个外部查询"))
        }
        return mocks.isEmpty ? nil : .answers(mocks)
    }

    /// `订单系统.查询`.
    func call(_ node: YAMLNode) -> Step.MockedCall? {
        let parts = (node.text ?? "").split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'\(node.text ?? "")' is no call: a system and what is asked of it, with "
                        + "'.' between",
                    zh: "「\(node.text ?? "")」不是外部查询：要写“系统.操作”"),
                help: Bilingual(en: "for example 订单系统.查询", zh: "例如 订单系统.查询"))
            return nil
        }
        return Step.MockedCall(service: String(parts[0]), operation: String(parts[1]))
    }

    private func answer(_ node: YAMLNode) -> Step.MockedAnswer? {
        guard let entries = node.map else {
            if node.text == "timeout" { return Step.MockedAnswer(outcome: .timeout) }
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "an answer is a map of fields, 'timeout', or { error: why }",
                    zh: "外部查询的答复要写字段、timeout 或 { error: 原因 }"),
                help: Bilingual(en: "for example { 状态: 已发货 }", zh: "例如 { 状态: 已发货 }"))
            return nil
        }
        guard let map = MapCursor(node, as: Bilingual(en: "an answer", zh: "答复"), log: log) else {
            return nil
        }
        let after = wait(map, "after") ?? .zero
        let isError = map.entry("error") != nil
        let error = map.text("error")?.text
        let fields = entries.filter { $0.name != "after" && $0.name != "error" }
        if isError {
            map.finish()
            return error.map { Step.MockedAnswer(outcome: .error($0), after: after) }
        }
        var flat: [String: String] = [:]
        for entry in fields { flatten(entry.value, as: entry.name, into: &flat) }
        return Step.MockedAnswer(outcome: .fields(flat), after: after)
    }

    private func flatten(_ node: YAMLNode, as name: String, into fields: inout [String: String]) {
        guard fields.count < Self.mostFields else { return }
        switch node.content {
        case .scalar(let text, _): fields[name] = text
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                flatten(element, as: "\(name).\(index + 1)", into: &fields)
            }
        case .map(let entries):
            for entry in entries {
                flatten(entry.value, as: "\(name).\(entry.name)", into: &fields)
            }
        }
    }
}
