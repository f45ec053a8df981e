import ChatModel
import RuleEngine

extension Conversation.Memory {
    /// What a person who takes over should know, in one line: the slots as people may see them,
    /// the tags, the rule that answered last, and how often the customer was not understood.
    ///
    /// - Returns: `nil` when there is nothing to say.
    func summary(in bundle: BundleDefinition) -> String? {
        var parts = bundle.slots.compactMap { slot -> String? in
            let name = ValueName(slot.name.rawValue)
            guard let value = values[name] ?? lasting[name] else { return nil }
            return "\(slot.name)：\(slot.mask?.apply(to: value) ?? value)"
        }
        if !tags.isEmpty { parts.append("标签：" + tags.map(\.rawValue).joined(separator: "、")) }
        if let lastRule { parts.append("最近：\(lastRule)") }
        if misses > 0 { parts.append("没听懂 \(misses) 次") }
        return parts.isEmpty ? nil : parts.joined(separator: "；")
    }
}
