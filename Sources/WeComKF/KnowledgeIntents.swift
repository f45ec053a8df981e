import Boundary
package import ChatModel

/// A question of the platform's knowledge base with its answer (`intent_id`).
package struct KnowledgeIntentID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A question, other ways to ask it, and its answer.
package struct KnowledgeIntent: Hashable, Sendable {
    /// The question's id.
    package var id: KnowledgeIntentID
    /// The group it is in.
    package var group: KnowledgeGroupID
    /// At most 200 characters; in no other group.
    package var question: String
    /// At most 100, each of at most 200 characters.
    package var similar: [String]
    /// Exactly one on the platform.
    package var answer: KnowledgeAnswer

    /// A question.
    package init(
        id: KnowledgeIntentID, group: KnowledgeGroupID, question: String, similar: [String],
        answer: KnowledgeAnswer
    ) {
        self.id = id
        self.group = group
        self.question = question
        self.similar = similar
        self.answer = answer
    }
}

/// What the platform's own bot says.
package struct KnowledgeAnswer: Hashable, Sendable {
    /// A file or card beside the text.
    package enum Attachment: Hashable, Sendable {
        /// To be sent: an uploaded image.
        case image(MediaID)
        /// To be sent: an uploaded video.
        case video(MediaID)
        case link(title: String, pictureURL: String?, description: String?, url: String)
        /// The picture is left out in answers.
        case miniprogram(title: String, thumbnail: MediaID?, appID: String, pagePath: String)
        /// Read back: the file's name is all the platform gives of an image or a video.
        case named(type: String, name: String)
    }

    /// At most 500 characters; may be empty beside attachments.
    package var text: String
    /// At most 4.
    package var attachments: [Attachment]

    /// An answer.
    package init(text: String, attachments: [Attachment] = []) {
        self.text = text
        self.attachments = attachments
    }
}

/// The calls on questions (wecom-kf reference §13); for self-built apps only.
extension WeComKFClient {
    /// `POST kf/knowledge/add_intent`.
    ///
    /// - Throws: 40058 and its kin before sending, for what is over a limit of §13 and for an
    ///   attachment that was read back without its file.
    package func addKnowledgeIntent(
        to group: KnowledgeGroupID, question: String, similar: [String], answer: KnowledgeAnswer
    ) async throws(PlatformFailure) -> KnowledgeIntentID {
        try FieldLimits.bytes(of: group.rawValue, "group_id", 1...128)
        try Self.check(question: question)
        try Self.check(similar: similar)
        try Self.check(answer)
        let body = JSONWriter.object { json in
            json.member("group_id", group.rawValue)
            json.knowledge(question: question, similar: similar, answer: answer)
        }
        guard
            let id =
                try await self.answer(.post, "kf/knowledge/add_intent", body: body)["intent_id"]
                .text
        else { throw .noAnswer("knowledge/add_intent without intent_id") }
        return KnowledgeIntentID(id)
    }

    /// `POST kf/knowledge/del_intent`.
    package func deleteKnowledgeIntent(_ id: KnowledgeIntentID) async throws(PlatformFailure) {
        try FieldLimits.bytes(of: id.rawValue, "intent_id", 1...128)
        let body = JSONWriter.object { $0.member("intent_id", id.rawValue) }
        _ = try await answer(.post, "kf/knowledge/del_intent", body: body)
    }

    /// `POST kf/knowledge/mod_intent`: each part that is given is overwritten whole.
    package func changeKnowledgeIntent(
        _ id: KnowledgeIntentID, question: String? = nil, similar: [String]? = nil,
        answer: KnowledgeAnswer? = nil
    ) async throws(PlatformFailure) {
        try FieldLimits.bytes(of: id.rawValue, "intent_id", 1...128)
        if let question { try Self.check(question: question) }
        if let similar { try Self.check(similar: similar) }
        if let answer { try Self.check(answer) }
        guard question != nil || similar != nil || answer != nil else {
            throw .notSent(
                40058,
                "question, similar_questions and answers are all missing: nothing would change"
            )
        }
        let body = JSONWriter.object { json in
            json.member("intent_id", id.rawValue)
            json.knowledge(question: question, similar: similar, answer: answer)
        }
        _ = try await self.answer(.post, "kf/knowledge/mod_intent", body: body)
    }

    /// `POST kf/knowledge/list_intent`, all pages.
    ///
    /// - Parameters:
    ///   - group: One group's; everybody's with `nil`.
    ///   - only: One question.
    package func knowledgeIntents(
        in group: KnowledgeGroupID? = nil, only: KnowledgeIntentID? = nil
    ) async throws(PlatformFailure) -> [KnowledgeIntent] {
        let rows = try await knowledgeRows(
            "kf/knowledge/list_intent", "intent_list",
            [("group_id", group?.rawValue), ("intent_id", only?.rawValue)])
        return rows.compactMap { KnowledgeIntent($0) }
    }

    private static func check(question: String) throws(PlatformFailure) {
        try FieldLimits.characters(of: question, "question.text.content", 1...200)
    }

    private static func check(similar: [String]) throws(PlatformFailure) {
        try FieldLimits.count(
            similar.count, of: "questions", "similar_questions.items", 0...100)
        for (index, text) in similar.enumerated() {
            try FieldLimits.characters(
                of: text, "similar_questions.items[\(index)].text.content", 1...200)
        }
    }

    private static func check(_ answer: KnowledgeAnswer) throws(PlatformFailure) {
        try FieldLimits.characters(
            of: answer.text, "answers[0].text.content",
            answer.attachments.isEmpty ? 1...500 : 0...500
        )
        try FieldLimits.count(
            answer.attachments.count, of: "attachments", "answers[0].attachments", 0...4)
        for (index, attachment) in answer.attachments.enumerated() {
            let place = "answers[0].attachments[\(index)]"
            switch attachment {
            case .image(let id), .video(let id):
                try FieldLimits.media(id, "\(place).media_id")
            case .link(let title, _, _, let url):
                if title.isEmpty { throw .notSent(40058, "\(place).link.title is empty") }
                guard MessageLimits.hasScheme(url) else {
                    throw .notSent(45034, "\(place).link.url has no scheme such as https://")
                }
            case .miniprogram(_, let thumbnail, let appID, let pagePath):
                try FieldLimits.media(thumbnail ?? "", "\(place).miniprogram.thumb_media_id")
                if appID.isEmpty || pagePath.isEmpty {
                    throw .notSent(40058, "\(place).miniprogram lacks its appid or pagepath")
                }
            case .named(let type, let name):
                throw .notSent(
                    40007, "\(place): the \(type) \(name) was read back without its file; upload it"
                )
            }
        }
    }
}

extension JSONWriter {
    /// The parts of a question that are given, as the page's sample of a request has them.
    fileprivate mutating func knowledge(
        question: String?, similar: [String]?, answer: KnowledgeAnswer?
    ) {
        if let question {
            member("question") { $0.member("text") { $0.member("content", question) } }
        }
        if let similar {
            member("similar_questions") { json in
                json.member("items", each: similar) { json, text in
                    json.member("text") { $0.member("content", text) }
                }
            }
        }
        if let answer {
            member("answers", each: [answer]) { json, answer in
                if !answer.text.isEmpty {
                    json.member("text") { $0.member("content", answer.text) }
                }
                if !answer.attachments.isEmpty {
                    json.member("attachments", each: answer.attachments) { $0.members(of: $1) }
                }
            }
        }
    }

    private mutating func members(of attachment: KnowledgeAnswer.Attachment) {
        switch attachment {
        case .image(let id):
            member("msgtype", "image")
            member("image") { $0.member("media_id", id.rawValue) }
        case .video(let id):
            member("msgtype", "video")
            member("video") { $0.member("media_id", id.rawValue) }
        case .link(let title, let picture, let description, let url):
            member("msgtype", "link")
            member("link") { json in
                json.member("title", title)
                json.optional("picurl", picture)
                json.optional("desc", description)
                json.member("url", url)
            }
        case .miniprogram(let title, let thumbnail, let appID, let pagePath):
            member("msgtype", "miniprogram")
            member("miniprogram") { json in
                json.member("title", title)
                json.optional("thumb_media_id", thumbnail?.rawValue)
                json.member("appid", appID)
                json.member("pagepath", pagePath)
            }
        // Refused before anything is written.
        case .named(let type, _): member("msgtype", type)
        }
    }
}

extension KnowledgeIntent {
    /// Reads one row; `nil` for one without an id.
    ///
    /// The page's sample nests `similar_questions` and `answers` in `question`, its table puts them
    /// beside it (§19 row 12).
    fileprivate init?(_ row: WireValue) {
        guard let id = row["intent_id"].text else { return nil }
        let question = row["question"]
        func part(_ name: String) -> WireValue {
            row[name] == .null ? question[name] : row[name]
        }
        let answer = part("answers").elements.first ?? .null
        self.init(
            id: KnowledgeIntentID(id), group: KnowledgeGroupID(row["group_id"].text ?? ""),
            question: question["text"]["content"].text ?? "",
            similar: part("similar_questions")["items"].elements.compactMap {
                $0["text"]["content"].text
            },
            answer: KnowledgeAnswer(
                text: answer["text"]["content"].text ?? "",
                attachments: answer["attachments"].elements.compactMap {
                    KnowledgeAnswer.Attachment($0)
                }))
    }
}

extension KnowledgeAnswer.Attachment {
    /// Reads one attachment; `nil` for one without a type.
    fileprivate init?(_ row: WireValue) {
        guard let type = row["msgtype"].text else { return nil }
        let body = row[type]
        switch type {
        case "link":
            self = .link(
                title: body["title"].text ?? "",
                // Two SDKs spell it differently (§13).
                pictureURL: body["picurl"].text ?? body["pic_url"].text,
                description: body["desc"].text, url: body["url"].text ?? "")
        case "miniprogram":
            self = .miniprogram(
                title: body["title"].text ?? "",
                thumbnail: body["thumb_media_id"].text.map { MediaID($0) },
                appID: body["appid"].text ?? "", pagePath: body["pagepath"].text ?? "")
        default:
            self = .named(type: type, name: body["name"].text ?? "")
        }
    }
}
