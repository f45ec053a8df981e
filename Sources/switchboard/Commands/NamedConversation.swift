import ChatModel
import Routing
import RuleFiles
import SQLiteStore

/// A conversation as a command line names it.
struct NamedConversation {
    /// Its number, or the customer's external_userid.
    let name: String
    /// The account's open_kfid, where the customer writes to several.
    var account: String?
    /// Whether the command has an option to name it.
    var takesAccount = true

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
                    ? Bilingual(en: "there is no conversation '\(name)'", zh: "没有会话「\(name)」")
                    : Bilingual(
                        en: "the customer writes to \(found.count) accounts",
                        zh: "这位客户给 \(found.count) 个账号写过消息"),
                cure: found.isEmpty
                    ? Bilingual(
                        en: "'switchboard sessions' lists them",
                        zh: "运行 switchboard sessions 看有哪些")
                    : (takesAccount
                        ? Bilingual(en: "name one with --account: ", zh: "用 --account 写明一个：")
                        : Bilingual(
                            en: "use the conversation's number ('switchboard sessions'): ",
                            zh: "改用会话编号（switchboard sessions 能看到）："))
                        + Bilingual(found.map(\.account.rawValue).joined(separator: ", ")))
        }
        return found[0]
    }
}
