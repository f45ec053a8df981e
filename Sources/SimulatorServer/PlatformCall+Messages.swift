import ChatModel
import PlatformSimulator

/// Pulling, sending and moving sessions (wecom-kf reference §7…§10).
extension PlatformCall {
    static func sync(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            let open_kfid, cursor, token: String?
            let limit, voice_format: WireNumber?
        }
        let body = try request.decoded(Body.self)
        guard let voices = VoiceFormat(rawValue: body.voice_format?.value ?? 0) else {
            return .unreadable(40058, "voice_format is neither 0 nor 1")
        }
        let named = filled(body.open_kfid).map { OpenKfID($0) }
        let cursor = filled(body.cursor).map { SyncCursor($0) }
        let token = filled(body.token).map { SyncToken($0) }
        let limit = body.limit?.value
        if named == nil, token == nil { return .unreadable(40058, "open_kfid is missing") }
        return call { simulator, app in
            // Clients of 2021 know no other account than the token's (§19 row 11).
            let account = named ?? token.flatMap { simulator.account(of: $0) } ?? ""
            return simulator.sync(
                account, cursor: cursor, token: token, limit: limit, voices: voices, by: app)
        } answering: { text, page in
            text.member("next_cursor", page.next.rawValue)
            text.member("has_more", page.hasMore ? 1 : 0)
            text.array("msg_list", page.rows) { text, row in
                if let raw = page.raw[row.msgID] {
                    text.rawRow(row, raw)
                } else {
                    text.logRow(row)
                }
            }
        }
    }

    static func send(_ request: PlatformRequest) throws -> PlatformCall {
        let body = try request.decoded(SendBody.self)
        let conversation = ConversationID(
            account: OpenKfID(body.open_kfid), customer: ExternalUserID(body.touser))
        let msgID = body.msgid.map { MsgID($0) }
        let message = try body.message.body()
        return call { simulator, app in
            simulator.send(to: conversation, msgID: msgID, message, by: app)
        } answering: { text, msgID in
            text.member("msgid", msgID.rawValue)
        }
    }

    static func sendOnEvent(_ request: PlatformRequest) throws -> PlatformCall {
        let body = try request.decoded(EventBody.self)
        let code = EventCode(body.code)
        let msgID = body.msgid.map { MsgID($0) }
        let message = try body.message.body()
        return call { simulator, app in
            simulator.sendOnEvent(code, msgID: msgID, message, by: app)
        } answering: { text, msgID in
            text.member("msgid", msgID.rawValue)
        }
    }

    static func getState(_ request: PlatformRequest) throws -> PlatformCall {
        let conversation = try request.decoded(Parties.self).conversation
        return call { simulator, app in
            simulator.sessionState(of: conversation, by: app)
        } answering: { text, view in
            text.member("service_state", view.state.rawValue)
            text.optional("servicer_userid", view.servicer?.rawValue)
        }
    }

    static func transferState(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            let open_kfid, external_userid: String
            let service_state: WireNumber
            let servicer_userid: String?
        }
        let body = try request.decoded(Body.self)
        let conversation = ConversationID(
            account: OpenKfID(body.open_kfid), customer: ExternalUserID(body.external_userid))
        let target = body.service_state.value
        let servicer = filled(body.servicer_userid).map { ServicerID($0) }
        return call { simulator, app in
            simulator.transfer(conversation, to: target, servicer: servicer, by: app)
        } answering: { text, code in
            text.optional("msg_code", code?.rawValue)
        }
    }

    /// The account and the customer a call is about.
    struct Parties: Decodable {
        let open_kfid, external_userid: String
        var conversation: ConversationID {
            ConversationID(
                account: OpenKfID(open_kfid), customer: ExternalUserID(external_userid))
        }
    }

    /// The message's fields lie beside the request's own, so both are read from one decoder.
    private struct SendBody: Decodable {
        let touser, open_kfid: String
        let msgid: String?
        let message: WireMessage

        private enum CodingKeys: CodingKey { case touser, open_kfid, msgid }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            touser = try container.decode(String.self, forKey: .touser)
            open_kfid = try container.decode(String.self, forKey: .open_kfid)
            msgid = try container.decodeIfPresent(String.self, forKey: .msgid)
            message = try WireMessage(from: decoder)
        }
    }
    private struct EventBody: Decodable {
        let code: String
        let msgid: String?
        let message: WireMessage

        private enum CodingKeys: CodingKey { case code, msgid }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            code = try container.decode(String.self, forKey: .code)
            msgid = try container.decodeIfPresent(String.self, forKey: .msgid)
            message = try WireMessage(from: decoder)
        }
    }
}
