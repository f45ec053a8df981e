import Boundary
package import ChatModel

extension WeComKFClient {
    /// `POST kf/send_msg` (wecom-kf reference §9).
    ///
    /// - Throws: The platform's refusal, or one of ours under the code the platform would have
    ///   answered, where a limit is broken; `meaning` then names the field.
    package func send(
        _ body: OutgoingBody, id: MsgID, to conversation: ConversationID
    ) async throws(PlatformFailure) -> MsgID {
        try FieldLimits.conversation(conversation, customer: "touser")
        let body = try MessageLimits.checked(body, id: id)
        let bytes = JSONWriter.object { json in
            json.member("touser", conversation.customer.rawValue)
            json.member("open_kfid", conversation.account.rawValue)
            json.optional("msgid", id.rawValue)
            json.member(body)
        }
        return try await acceptedID(of: "kf/send_msg", bytes, id: id)
    }

    /// `POST kf/send_msg_on_event` (§10): names neither customer nor account, the code does.
    ///
    /// - Throws: As ``send(_:id:to:)`` does; 40008 for anything but a text or a menu.
    package func send(
        _ body: OutgoingBody, id: MsgID, on code: EventCode
    ) async throws(PlatformFailure) -> MsgID {
        // How long a code may be, nobody publishes.
        if code.rawValue.isEmpty { throw .notSent(41050, "code is empty") }
        guard body.isTextOrMenu else {
            throw .notSent(40008, "msgtype is \(body.type); a code takes text or msgmenu")
        }
        let body = try MessageLimits.checked(body, id: id)
        let bytes = JSONWriter.object { json in
            json.member("code", code.rawValue)
            json.optional("msgid", id.rawValue)
            json.member(body)
        }
        return try await acceptedID(of: "kf/send_msg_on_event", bytes, id: id)
    }

    /// The msgid in the answer; ours when it names none.
    private func acceptedID(
        of path: String, _ body: [UInt8], id: MsgID
    ) async throws(PlatformFailure) -> MsgID {
        let accepted = try await call(.post, path, body: body) {
            (reply) throws(JSONScanner.SyntaxError) in
            var accepted: String?
            try reply.members { (json, key) throws(JSONScanner.SyntaxError) in
                if json.matches(key, "msgid") { accepted = try json.text() }
            }
            return accepted
        }
        return accepted.map { MsgID($0) } ?? id
    }
}

extension JSONWriter {
    /// `msgtype` and the object it selects (§9.3).
    fileprivate mutating func member(_ body: OutgoingBody) {
        member("msgtype", body.type)
        member(body.type) { json in
            switch body {
            case .text(let content): json.member("content", content)
            case .image(let id), .voice(let id), .video(let id), .file(let id):
                json.member("media_id", id.rawValue)
            case .link(let link):
                json.member("title", link.title)
                json.optional("desc", link.description)
                json.member("url", link.url)
                json.member("thumb_media_id", link.thumbnail.rawValue)
            case .miniprogram(let card):
                json.member("appid", card.appID)
                json.optional("title", card.title)
                json.member("thumb_media_id", card.thumbnail.rawValue)
                json.member("pagepath", card.pagePath)
            case .menu(let menu):
                json.optional("head_content", menu.head)
                json.member("list", each: menu.items) { $0.members(of: $1) }
                json.optional("tail_content", menu.tail)
            case .location(let place):
                json.optional("name", place.name)
                json.optional("address", place.address)
                json.member("latitude", place.latitude)
                json.member("longitude", place.longitude)
            case .acquisitionLink(let url): json.member("link_url", url)
            }
        }
    }

    /// One item of a menu (§9.4).
    private mutating func members(of item: OutgoingBody.Menu.Item) {
        switch item {
        case .click(let id, let label):
            member("type", "click")
            member("click") { json in
                json.member("id", id.rawValue)
                json.member("content", label)
            }
        case .view(let url, let label):
            member("type", "view")
            member("view") { json in
                json.member("url", url)
                json.member("content", label)
            }
        case .miniprogram(let appID, let pagePath, let label):
            member("type", "miniprogram")
            member("miniprogram") { json in
                json.member("appid", appID)
                json.member("pagepath", pagePath)
                json.member("content", label)
            }
        case .text(let content, let noNewline):
            member("type", "text")
            member("text") { json in
                json.member("content", content)
                if noNewline { json.member("no_newline", 1) }
            }
        }
    }
}
