import Boundary
import ChatModel
import Routing

/// The calls behind each action: one small function each, with the outgoing msgid filled in.
struct ActionCalls: Sendable {
    /// The calls of each account's app.
    let apis: [OpenKfID: PlatformAPI]
    let environment: Environment

    /// Makes the entry's call; success carries the code a transfer hands out.
    func perform(_ entry: OutboxEntry) async -> Result<EventCode?, PlatformFailure> {
        guard let api = apis[entry.conversation.account] else { return .failure(.noApp) }
        let msgID = environment.outgoingMsgID(of: entry.id, account: entry.conversation.account)
        do throws(PlatformFailure) {
            switch entry.action {
            case .send(let body):
                _ = try await api.send(entry.conversation, msgID, body)
                return .success(nil)
            case .sendOnEvent(let code, let body):
                _ = try await api.sendOnEvent(code, msgID, body)
                return .success(nil)
            case .transfer(let target):
                return .success(try await api.transfer(entry.conversation, target))
            case .upgrade(let upgrade):
                try await api.upgrade(entry.conversation, upgrade)
                return .success(nil)
            case .call:
                // The dispatch machine takes none: they are the call performer's.
                return .failure(
                    PlatformFailure(code: nil, handling: .drop, meaning: "not a platform call"))
            }
        } catch {
            return .failure(error)
        }
    }

    /// Reads the session as the platform has it.
    func session(
        of conversation: ConversationID
    ) async -> Result<Outcome.ActualSession, PlatformFailure> {
        guard let api = apis[conversation.account] else { return .failure(.noApp) }
        do throws(PlatformFailure) {
            return .success(try await api.session(conversation))
        } catch {
            return .failure(error)
        }
    }
}

extension PlatformFailure {
    fileprivate static let noApp = PlatformFailure(
        code: nil, handling: .drop, meaning: "no app serves this account")
}
