import Boundary
import ChatModel
import Routing
import RuleEngine

/// Finding words that say nothing about the customer and lead to the same answer.
extension Recording {
    /// Replacements that get the same answer are looked for so often.
    private static var mostTries: UInt64 { 64 }

    /// A message redacted so that the same rule answers it, and the same slots take it; `nil` when
    /// none of many replacements does.
    mutating func redacted(_ words: String, of record: RecordedDecision) -> String? {
        let prefix = "flow:"
        let flow =
            record.reason.hasPrefix(prefix)
            ? FlowName(String(record.reason.dropFirst(prefix.count))) : nil
        let facts = record.facts ?? Facts(state: 1, now: record.at, flow: flow)
        let wanted = meanings.meaning(of: words, facts)
        for scope in scopes(in: flow) {
            for startsAnew in [false, true] {
                for salt in 0..<Self.mostTries {
                    var attempt = redaction
                    let candidate = attempt.redacted(
                        words, scope, salt: salt, startsAnew: startsAnew)
                    if meanings.meaning(of: candidate, facts) == wanted {
                        redaction = attempt
                        return candidate
                    }
                }
            }
        }
        return nil
    }

    /// What is looked for in a message, the most first: an answer in a flow is somebody's own.
    private func scopes(in flow: FlowName?) -> [Redaction.Scope] {
        guard let flow else { return [.telling] }
        return bundle.definition.asksForAnything(in: flow)
            ? [.everything, .numbers, .telling] : [.numbers, .telling]
    }

    /// What the link that the customer came through says: a shop's words, or a customer's number.
    ///
    /// What rules ask of it is answered alike; where no replacement is, it stays.
    mutating func redacted(parameter value: String) -> String {
        let name: ValueName = "场景.参数"
        let wanted = meanings.answers(about: name, value)
        for salt in 0..<Self.mostTries {
            var attempt = redaction
            let candidate = attempt.redacted(
                value, .everything, salt: salt, startsAnew: salt > 0)
            if meanings.answers(about: name, candidate) == wanted {
                redaction = attempt
                return candidate
            }
        }
        return value
    }

    /// A field of what a company's system answered.
    mutating func redacted(_ value: String, field: String) -> String {
        let isPersonal = Self.personalFields.contains { field.lowercased().contains($0) }
        return redaction.redacted(value, isPersonal ? .everything : .telling)
    }

    /// What fields that hold somebody's name or whereabouts are called.
    private static var personalFields: [String] {
        [
            "姓名", "名字", "称呼", "昵称", "收件", "收货", "联系", "客户", "地址", "住址", "电话", "手机", "邮箱",
            "name", "nick", "addr", "phone", "mobile", "mail", "contact", "recipient",
        ]
    }
}
