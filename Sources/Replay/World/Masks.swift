import ChatModel
import Routing
import RuleEngine
import RuleFiles

/// What is shown instead of values whose slots have `mask`, wherever a report would repeat them.
struct Masks: Sendable {
    /// The slots that have one.
    var slots: [ValueName: SlotDefinition.Mask] = [:]
    /// Values as they were told, and as they are shown.
    private var shown: [String: String] = [:]

    /// A shorter value is hidden only where it stands alone: `1` is in every time and every price.
    private static let shortest = 4

    /// Takes note of the values that a step has learned.
    mutating func learn(from effects: Effects, of work: Work, before: Snapshot) {
        guard !slots.isEmpty else { return }
        for conversation in effects.conversations {
            let memory = conversation.memory
            let known = before.conversations[conversation.id]?.memory
            for (name, mask) in slots {
                guard let value = memory.values[name] ?? memory.lasting[name],
                    value != known?.values[name] ?? known?.lasting[name]
                else { continue }
                hide(value, mask)
                // How the customer wrote it, where that is something else: `138 0000 0000`.
                for row in work.rows where row.conversation == conversation.id {
                    guard case .fromCustomer(_, .text(let words, _)) = row.content,
                        !words.contains(value)
                    else { continue }
                    hide(words, mask)
                }
            }
        }
    }

    /// Hides a value of a slot from now on.
    mutating func hide(_ value: String, of slot: ValueName) {
        if let mask = slots[slot] { hide(value, mask) }
    }

    private mutating func hide(_ value: String, _ mask: SlotDefinition.Mask) {
        if !value.isEmpty { shown[value] = mask.apply(to: value) }
    }

    var isEmpty: Bool { shown.isEmpty }

    /// `text` with every such value as it is shown.
    func masked(_ text: String) -> String {
        if let whole = shown[text] { return whole }
        var text = text
        // Longer ones first: a value may be part of another.
        let values = shown.filter { $0.key.count >= Self.shortest }
            .sorted { ($0.key.count, $0.key) > ($1.key.count, $1.key) }
        for (value, mask) in values { text = text.replacing(value, with: mask) }
        return text
    }

    func masked(_ text: Bilingual) -> Bilingual {
        Bilingual(en: masked(text.en), zh: masked(text.zh))
    }
}
