import ChatModel
import Foundation
import PlatformSimulator

/// A request on one of the platform's paths, read and ready to be carried out.
enum PlatformCall: Sendable {
    case getToken(corp: CorpID?, secret: String?)
    case sync(OpenKfID, SyncCursor?, SyncToken?, limit: Int?)
    case send(ConversationID, MsgID?, OutgoingBody)
    case sendOnEvent(EventCode, MsgID?, OutgoingBody)
    case getState(ConversationID)
    case transfer(ConversationID, to: Int, ServicerID?)
    case listServicers(OpenKfID)
    case listAccounts(offset: Int, limit: Int)
    case getCustomers([ExternalUserID], withEntrance: Bool)
    /// What could not be read, with the number it is refused with.
    case unreadable(Int, String)

    /// Reads a request.
    ///
    /// - Parameter query: The value of a query parameter, URL-decoded.
    init(_ endpoint: Endpoint, query: (String) -> String?, body: [UInt8]) {
        do {
            self = try Self.read(endpoint, query: query, body: Data(body))
        } catch let unreadable as WireMessage.Unreadable {
            self = .unreadable(unreadable.errcode, unreadable.what)
        } catch DecodingError.keyNotFound(let key, _) {
            self = .unreadable(40058, "\(key.stringValue) is missing")
        } catch DecodingError.typeMismatch(_, let context) {
            self = .unreadable(
                40058, "\(context.codingPath.last?.stringValue ?? "body") has the wrong type")
        } catch {
            self = .unreadable(40058, Self.malformed)
        }
    }

    /// How the book names a body that is no JSON.
    static let malformed = "wrong json format"

    private static func read(
        _ endpoint: Endpoint, query: (String) -> String?, body: Data
    ) throws -> PlatformCall {
        switch endpoint {
        case .getToken:
            return .getToken(
                corp: query("corpid").map { CorpID($0) }, secret: query("corpsecret"))
        case .syncMessages:
            let request = try decoded(SyncRequest.self, from: body)
            return .sync(
                OpenKfID(request.open_kfid), filled(request.cursor).map { SyncCursor($0) },
                filled(request.token).map { SyncToken($0) }, limit: request.limit)
        case .sendMessage:
            let request = try decoded(SendRequest.self, from: body)
            return .send(
                ConversationID(
                    account: OpenKfID(request.open_kfid), customer: ExternalUserID(request.touser)),
                request.msgid.map { MsgID($0) }, try request.message.body())
        case .sendOnEvent:
            let request = try decoded(EventRequest.self, from: body)
            return .sendOnEvent(
                EventCode(request.code), request.msgid.map { MsgID($0) },
                try request.message.body())
        case .getState:
            return .getState(try decoded(StateRequest.self, from: body).conversation)
        case .transferState:
            let request = try decoded(StateRequest.self, from: body)
            guard let target = request.service_state else {
                return .unreadable(40058, "service_state is missing")
            }
            return .transfer(
                request.conversation, to: target,
                filled(request.servicer_userid).map { ServicerID($0) })
        case .listServicers:
            guard let account = query("open_kfid") else {
                return .unreadable(40058, "open_kfid is missing")
            }
            return .listServicers(OpenKfID(account))
        case .listAccounts:
            let request =
                body.isEmpty ? nil : try decoded(PageRequest.self, from: body)
            return .listAccounts(offset: request?.offset ?? 0, limit: request?.limit ?? 100)
        case .getCustomers:
            let request = try decoded(CustomersRequest.self, from: body)
            return .getCustomers(
                request.external_userid_list.map { ExternalUserID($0) },
                withEntrance: request.need_enter_session_context == 1)
        }
    }

    private static func decoded<Value: Decodable>(
        _ type: Value.Type, from body: Data
    ) throws -> Value {
        try JSONDecoder().decode(type, from: body)
    }

    /// Optional texts: clients that send `""` mean none.
    private static func filled(_ text: String?) -> String? { text == "" ? nil : text }

    private struct SyncRequest: Decodable {
        let open_kfid: String
        let cursor, token: String?
        let limit: Int?
    }
    /// The message's fields lie beside the request's own, so both are read from one decoder.
    private struct SendRequest: Decodable {
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
    private struct EventRequest: Decodable {
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
    private struct StateRequest: Decodable {
        let open_kfid, external_userid: String
        let service_state: Int?
        let servicer_userid: String?
        var conversation: ConversationID {
            ConversationID(
                account: OpenKfID(open_kfid), customer: ExternalUserID(external_userid))
        }
    }
    private struct PageRequest: Decodable { let offset, limit: Int? }
    private struct CustomersRequest: Decodable {
        let external_userid_list: [String]
        let need_enter_session_context: Int?
    }
}

/// What the platform says when it does as asked.
enum PlatformAnswer: Sendable {
    case token(AccessGrant)
    case page(SyncPage)
    case sent(MsgID)
    case state(SessionView)
    case moved(EventCode?)
    case servicers([SimulatorSettings.Servicer])
    case accounts([AccountView])
    case customers(CustomersView)

    /// The whole answer, envelope and all.
    var json: [UInt8] {
        JSONText.object { text in
            text.member("errcode", 0)
            text.member("errmsg", "ok")
            switch self {
            case .token(let grant):
                text.member("access_token", grant.token)
                text.member("expires_in", grant.expiresIn)
            case .page(let page):
                text.member("next_cursor", page.next.rawValue)
                text.member("has_more", page.hasMore ? 1 : 0)
                text.array("msg_list", page.rows) { $0.logRow($1) }
            case .sent(let msgID):
                text.member("msgid", msgID.rawValue)
            case .state(let view):
                text.member("service_state", view.state.rawValue)
                text.optional("servicer_userid", view.servicer?.rawValue)
            case .moved(let code):
                text.optional("msg_code", code?.rawValue)
            case .servicers(let servicers):
                text.array("servicer_list", servicers) { text, servicer in
                    text.member("userid", servicer.id.rawValue)
                    text.member("status", servicer.status == .receiving ? 0 : 1)
                    if servicer.status != .receiving {
                        text.member("stop_type", servicer.status == .paused ? 1 : 0)
                    }
                }
            case .accounts(let accounts):
                text.array("account_list", accounts) { text, account in
                    text.member("open_kfid", account.id.rawValue)
                    text.member("name", account.name)
                    text.member("avatar", "https://wework.example/avatar.png")
                    text.member("manage_privilege", account.isManaged)
                }
            case .customers(let view):
                text.array("customer_list", view.profiles) { text, profile in
                    text.member("external_userid", profile.id.rawValue)
                    text.member("nickname", profile.nickname)
                    text.member("avatar", "https://wework.example/customer.png")
                    text.member("gender", 0)
                    if let entrance = profile.entrance {
                        text.object("enter_session_context") {
                            $0.entrance(entrance, withCode: false)
                        }
                    }
                }
                text.array("invalid_external_userid", view.unknown.map(\.rawValue))
            }
        }
    }
}

extension PlatformCall {
    /// Carries the call out for the app whose access token came with it.
    func perform(
        _ endpoint: Endpoint, token: String?, on simulator: inout PlatformSimulator
    ) -> Result<PlatformAnswer, SimulatedRefusal> {
        if case .getToken(let corp, let secret) = self {
            return simulator.getToken(corp: corp, secret: secret).map(PlatformAnswer.token)
        }
        if case .unreadable(let errcode, let what) = self, endpoint == .getToken {
            return .failure(simulator.unreadable(endpoint, errcode: errcode, what))
        }
        let app: AppAlias
        switch simulator.authenticate(token, for: endpoint) {
        case .success(let alias): app = alias
        case .failure(let refusal): return .failure(refusal)
        }
        switch self {
        case .getToken: return .failure(simulator.unreadable(endpoint, errcode: 40058, "path"))
        case .sync(let account, let cursor, let token, let limit):
            return simulator.sync(account, cursor: cursor, token: token, limit: limit, by: app)
                .map(PlatformAnswer.page)
        case .send(let conversation, let msgID, let body):
            return simulator.send(to: conversation, msgID: msgID, body, by: app)
                .map(PlatformAnswer.sent)
        case .sendOnEvent(let code, let msgID, let body):
            return simulator.sendOnEvent(code, msgID: msgID, body, by: app)
                .map(PlatformAnswer.sent)
        case .getState(let conversation):
            return simulator.sessionState(of: conversation, by: app).map(PlatformAnswer.state)
        case .transfer(let conversation, let target, let servicer):
            return simulator.transfer(conversation, to: target, servicer: servicer, by: app)
                .map(PlatformAnswer.moved)
        case .listServicers(let account):
            return simulator.servicers(of: account, by: app).map(PlatformAnswer.servicers)
        case .listAccounts(let offset, let limit):
            return simulator.accountList(offset: offset, limit: limit, by: app)
                .map(PlatformAnswer.accounts)
        case .getCustomers(let customers, let withEntrance):
            return simulator.customers(customers, withEntrance: withEntrance, by: app)
                .map(PlatformAnswer.customers)
        case .unreadable(let errcode, let what):
            return .failure(simulator.unreadable(endpoint, by: app, errcode: errcode, what))
        }
    }
}
