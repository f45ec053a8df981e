package import Boundary
package import ChatModel

extension WeComKFClient {
    /// `POST kf/sync_msg` (wecom-kf reference §8).
    ///
    /// A page whose JSON is whole never fails for what its rows say: what this version doesn't
    /// know comes through as unknown, with its JSON.
    package func pull(_ request: PullRequest) async throws(PlatformFailure) -> PulledPage {
        try FieldLimits.account(request.account)
        try FieldLimits.bytes(of: request.cursor?.rawValue ?? "", "cursor", 0...64)
        try FieldLimits.bytes(of: request.token?.rawValue ?? "", "token", 0...128)
        guard (1...1000).contains(request.limit) else {
            throw .notSent(40058, "limit is \(request.limit); the platform takes 1 to 1000")
        }
        let body = JSONWriter.object { json in
            json.optional("cursor", request.cursor?.rawValue)
            json.optional("token", request.token?.rawValue)
            json.member("limit", request.limit)
            if let format = request.voiceFormat { json.member("voice_format", format.number) }
            json.member("open_kfid", request.account.rawValue)
        }
        let hash = environment.shortHash
        // 1000 texts of the largest size, escaped, come to 12 MB.
        let page = try await call(.post, "kf/sync_msg", body: body, largestResponse: 32 << 20) {
            (reply) throws(JSONScanner.SyntaxError) in
            try SyncPage(reading: &reply, account: request.account, hash: hash)
        }
        // Without a cursor the same page would come again, for ever.
        guard page.cursor != nil || !page.hasMore else {
            throw .noAnswer("sync_msg has more but gives no next_cursor")
        }
        let next = page.cursor.map { SyncCursor($0) } ?? request.cursor ?? SyncCursor("")
        return PulledPage(next: next, hasMore: page.hasMore, rows: page.rows)
    }
}

/// The fields of `sync_msg`'s answer.
struct SyncPage {
    /// `nil` when absent or empty.
    var cursor: String?
    var hasMore = false
    var rows: [Inbound] = []

    /// Reads an answer to a pull of `account`; `hash` names a row that has no msgid.
    init(
        reading reply: inout ReplyReader, account: OpenKfID,
        hash: @Sendable ([UInt8]) -> String
    ) throws(JSONScanner.SyntaxError) {
        var cursor: String?
        var hasMore = false
        var rows: [Inbound] = []
        try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "next_cursor") {
                cursor = try json.text()
            } else if json.matches(key, "has_more") {
                hasMore = try json.integer() == 1
            } else if json.matches(key, "msg_list") {
                rows.reserveCapacity(1000)
                try json.elements { (json) throws(JSONScanner.SyntaxError) in
                    rows.append(try Inbound(reading: &json, account: account, hash: hash))
                }
            }
        }
        self.cursor = cursor
        self.hasMore = hasMore
        self.rows = rows
    }
}

extension JSONScanner {
    /// The string that comes next; `nil` also when it is empty.
    mutating func text() throws(SyntaxError) -> String? {
        guard let text = try string(), !text.isEmpty else { return nil }
        return text
    }
}

extension Inbound {
    /// Reads one row of `msg_list` (§8.2).
    ///
    /// - Parameters:
    ///   - json: At the row.
    ///   - account: The account pulled, for a row that names none.
    ///   - hash: Names a row that has no msgid, so that its repetition is recognised.
    init(
        reading json: inout JSONScanner, account pulled: OpenKfID,
        hash: @Sendable ([UInt8]) -> String
    ) throws(JSONScanner.SyntaxError) {
        let start = try json.start()
        var id: String?
        var account: String?
        var customer: String?
        var servicer: String?
        var type = ""
        var origin = 0
        var seconds = 0
        var body: Body?
        // Objects that came before `msgtype` did; one of them may be what it selects.
        var early: [(key: JSONScanner.Key, start: Int)] = []
        try json.members { (json, key) throws(JSONScanner.SyntaxError) in
            if json.matches(key, "msgid") {
                id = try json.text()
            } else if json.matches(key, "open_kfid") {
                if try !json.skipString(pulled.rawValue) { account = try json.text() }
            } else if json.matches(key, "external_userid") {
                customer = try json.text()
            } else if json.matches(key, "send_time") {
                seconds = try json.integer() ?? 0
            } else if json.matches(key, "origin") {
                origin = try json.integer() ?? 0
            } else if json.matches(key, "servicer_userid") {
                servicer = try json.text()
            } else if json.matches(key, "msgtype") {
                type = try json.string() ?? ""
            } else if type.isEmpty {
                early.append((key, try json.start()))
            } else if body == nil, json.matches(key, type) {
                body = try Body(reading: &json, type: type)
            }
        }
        let raw = json.text(from: start)
        if body == nil, let start = early.first(where: { json.matches($0.key, type) })?.start {
            body = try json.revisit(start) { (json) throws(JSONScanner.SyntaxError) in
                try Body(reading: &json, type: type)
            }
        }
        let writer = customer.map { ExternalUserID($0) }
        let content: Content
        if type == "event" {
            var event = WireEvent()
            if case .event(let read) = body { event = read }
            event.customer = event.customer ?? customer
            account = account ?? event.account
            content = .event(event.event)
        } else if origin == 3 || origin == 5, let writer {
            var message = MessageBody.other(type: type)
            if case .message(let read) = body { message = read }
            content =
                origin == 3
                ? .fromCustomer(writer, message)
                : .fromServicer(servicer.map { ServicerID($0) }, to: writer, message)
        } else {
            content = .unknown(origin: origin, customer: writer)
        }
        self.init(
            msgID: MsgID(id ?? "raw:" + hash(Array(raw.utf8))),
            account: account.map { OpenKfID($0) } ?? pulled,
            sentAt: Timestamp(seconds: Int64(seconds)), content: content, raw: raw)
    }

    /// The object that `msgtype` selects.
    private enum Body {
        case event(WireEvent)
        case message(MessageBody)

        init(reading json: inout JSONScanner, type: String) throws(JSONScanner.SyntaxError) {
            self =
                type == "event"
                ? .event(try WireEvent(reading: &json))
                : .message(try MessageBody(reading: &json, type: type))
        }
    }
}
