package import ChatModel
import RuleEngine

extension Playbook {
    /// The slot a customer who stands there is being asked for; `nil` while a call is waited for,
    /// and where the bundle has no such place.
    package func slotAsked(
        at position: Conversation.FlowPosition, in bundle: BundleName
    ) -> SlotName? {
        guard position.call == nil, let frame = position.frames.last,
            let instructions = program(frame.flow, of: bundle)?.instructions,
            instructions.indices.contains(frame.at),
            case .ask(let question, _) = instructions[frame.at].action
        else { return nil }
        return question.slot
    }
}
