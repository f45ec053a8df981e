import Boundary
import Foundation
import RuleFiles
import Synchronization

/// What must be known of the calls of a command when one of them failed.
final class CallTrace: Sendable {
    private struct State {
        var host: String?
        var path = ""
        var wasAnswered = false
        var doubtful: Doubtful?
    }

    /// A change that was sent and not answered.
    struct Doubtful: Hashable {
        /// Below `/cgi-bin/`.
        let path: String
        /// The message's own id, where it has one.
        let msgid: String?
    }

    private let state = Mutex(State())

    /// Scheme, host and port of the last call: the platform's, or those of the service that gives
    /// its tokens.
    var host: String? { state.withLock { $0.host } }
    /// What the last call was for, below `/cgi-bin/`.
    var path: String { state.withLock { $0.path } }
    /// Whether any call was answered.
    var wasAnswered: Bool { state.withLock { $0.wasAnswered } }
    /// The last change of which nobody knows whether it was made; `nil` where all are known.
    var doubtful: Doubtful? { state.withLock { $0.doubtful } }

    /// Takes down how a call ended.
    func note(_ request: HTTPRequest, wasAnswered: Bool, mayBeDone: Bool) {
        let url = URLComponents(string: request.url)
        let path = url?.path.replacing(/^.*\/cgi-bin\//, with: "") ?? ""
        struct Message: Decodable { var msgid: String? }
        let message = try? JSONDecoder().decode(Message.self, from: Data(request.body))
        state.withLock { state in
            state.host = url.flatMap(Self.host)
            state.path = path
            state.wasAnswered = state.wasAnswered || wasAnswered
            if mayBeDone { state.doubtful = Doubtful(path: path, msgid: message?.msgid) }
        }
    }

    /// What may be printed of an address: neither its path nor its query.
    static func host(of url: URLComponents) -> String? {
        guard let scheme = url.scheme, let host = url.host else { return nil }
        return "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? "")
    }
}

extension CallTrace.Doubtful {
    /// How to find out, or to do it again without doing it twice.
    var cure: Bilingual {
        switch path {
        case "kf/send_msg":
            let id = msgid ?? ""
            return Bilingual(
                en: "repeat the command with --msgid \(id): the platform refuses a second message "
                    + "of that id",
                zh: "加上 --msgid \(id) 再运行一次：同一个 msgid 平台不会收第二次")
        case "kf/send_msg_on_event":
            return Bilingual(
                en: "repeat the command: a code is good for one message",
                zh: "再运行一次：一个 code 只能发一条")
        case "kf/account/add", "kf/account/del", "kf/account/update": return look("kf accounts")
        case "kf/servicer/add", "kf/servicer/del": return look("kf servicers")
        case "kf/service_state/trans": return look("kf state show CUSTOMER")
        case "kf/knowledge/add_group", "kf/knowledge/del_group", "kf/knowledge/mod_group":
            return look("kf knowledge groups")
        case "kf/knowledge/add_intent", "kf/knowledge/del_intent", "kf/knowledge/mod_intent":
            return look("kf knowledge list")
        default:
            return Bilingual(
                en: "repeat the command: a second time does no harm", zh: "再运行一次：重复做也没有害处")
        }
    }

    private func look(_ command: String) -> Bilingual {
        Bilingual(
            en: "look before you repeat it: switchboard \(command)",
            zh: "先看看再决定要不要重做：switchboard \(command)")
    }
}
