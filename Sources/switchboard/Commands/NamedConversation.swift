import ChatModel
import Routing
import SQLiteStore

/// A conversation as a command line names it.
struct NamedConversation {
    /// Its number, or the customer's external_userid.
    let name: String
    /// The account's open_kfid, where the customer writes to several.
    let account: String?

    /// Which one is meant.
    ///
    /// - Throws: ``CommandFailure`` when none is, or several are.
    func id(in store: SQLiteStore) async throws -> ConversationID {
        if let number = Int(name), let id = try await store.conversation(numbered: number) {
            return id
        }
        let found = try await store.conversations(of: ExternalUserID(name)).filter {
            account == nil || $0.account == account.map { OpenKfID($0) }
        }
        guard found.count == 1 else {
            throw CommandFailure(
                .usage,
                found.isEmpty
                    ? "there is no conversation '\(name)'"
                    : "the customer writes to \(found.count) accounts",
                cure: found.isEmpty
                    ? "'switchboard sessions' lists them"
                    : "name one with --account: "
                        + found.map(\.account.rawValue).joined(separator: ", "))
        }
        return found[0]
    }
}
