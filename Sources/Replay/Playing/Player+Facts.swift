import ChatModel
import PlatformSimulator
import Routing
import RuleEngine

/// What happened since the last act, and what is known now: the ground of every check.
extension Player {
    func accepted(in id: ConversationID) -> some Sequence<BookEntry> {
        world.platform.book.dropFirst(mark.bookEntries).lazy.filter {
            $0.errcode == 0 && $0.customer == id.customer && $0.account == id.account
        }
    }

    func messages(in id: ConversationID) -> [OutgoingBody] {
        accepted(in: id).compactMap { entry in
            switch entry.call {
            case .send(let body), .sendOnEvent(_, let body): body
            default: nil
            }
        }
    }

    func decisions(in id: ConversationID) -> [Chronicle.Decision] {
        world.chronicle.decisions.dropFirst(mark.decisions).filter { $0.conversation == id }
    }

    func answeringRules(in id: ConversationID) -> [String] {
        decisions(in: id).map(\.reason).filter { $0.hasPrefix("rule:") }
            .map { String($0.dropFirst(5)) }
    }

    func tokens(in id: ConversationID) -> [String] {
        var tokens: [String] = []
        for token in world.chronicle.tokens.dropFirst(mark.tokens)
        where token.conversation == id || token.conversation == nil {
            if !tokens.contains(token.text) { tokens.append(token.text) }
        }
        return tokens
    }

    func calls(in id: ConversationID) -> [CompanyCall] {
        world.chronicle.calls.dropFirst(mark.calls).filter { $0.conversation == id }.map(\.call)
    }

    func branches(of policy: PolicyName, in id: ConversationID) -> [String] {
        world.chronicle.policyBranches.dropFirst(mark.policyBranches)
            .filter { $0.policy == policy && $0.conversation ?? id == id }.map(\.branch)
    }

    func memory(of id: ConversationID) -> Conversation.Memory {
        world.conversations[id]?.memory ?? Conversation.Memory()
    }

    /// The slot the customer is being asked for.
    func slotAsked(in id: ConversationID) -> SlotName? {
        guard let flow = memory(of: id).flow,
            let rules = (flow.version ?? active).flatMap({ versions[$0] }),
            let bundle = rules.rules.bundle(serving: account)?.definition.name
        else { return nil }
        return rules.playbook.slotAsked(at: flow, in: bundle)
    }
}
