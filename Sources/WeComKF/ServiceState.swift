import Boundary
package import ChatModel
package import Routing

extension WeComKFClient {
    /// `POST kf/service_state/get` (wecom-kf reference §7.2).
    package func session(
        of conversation: ConversationID
    ) async throws(PlatformFailure) -> Outcome.ActualSession {
        try FieldLimits.conversation(conversation)
        let body = JSONWriter.object { $0.members(of: conversation) }
        let fields = try await call(.post, "kf/service_state/get", body: body) {
            (reply) throws(JSONScanner.SyntaxError) in
            var state: Int?
            var servicer: String?
            try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
                if json.matches(key, "service_state") {
                    state = try json.integer()
                } else if json.matches(key, "servicer_userid") {
                    servicer = try json.text()
                }
            }
            return (state: state, servicer: servicer)
        }
        guard let state = fields.state else {
            throw .noAnswer("service_state/get without service_state")
        }
        return Outcome.ActualSession(
            number: state, servicer: state == 3 ? fields.servicer.map { ServicerID($0) } : nil)
    }

    /// `POST kf/service_state/trans` (§7.3).
    ///
    /// - Returns: The code it hands out: for the session's first change to 2 or 3, and for 4.
    package func transfer(
        _ conversation: ConversationID, to target: SessionTarget
    ) async throws(PlatformFailure) -> EventCode? {
        try FieldLimits.conversation(conversation)
        var servicer: String?
        if case .human(let id) = target {
            if id.rawValue.isEmpty { throw .notSent(40058, "servicer_userid is empty") }
            servicer = id.rawValue
        }
        let body = JSONWriter.object { json in
            json.members(of: conversation)
            json.member("service_state", target.number)
            json.optional("servicer_userid", servicer)
        }
        let code = try await call(.post, "kf/service_state/trans", body: body) {
            (reply) throws(JSONScanner.SyntaxError) in
            var code: String?
            try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
                if json.matches(key, "msg_code") { code = try json.text() }
            }
            return code
        }
        return code.map { EventCode($0) }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of conversation: ConversationID) {
        member("open_kfid", conversation.account.rawValue)
        member("external_userid", conversation.customer.rawValue)
    }
}
