import ChatModel
import PlatformSimulator

/// The knowledge base (wecom-kf reference §13).
extension PlatformCall {
    static func addGroup(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable { let name: String }
        let body = try request.decoded(Body.self)
        return call { simulator, app in
            simulator.addGroup(name: body.name, by: app)
        } answering: { text, group in
            text.member("group_id", group)
        }
    }

    static func deleteGroup(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable { let group_id: String }
        let body = try request.decoded(Body.self)
        return call { simulator, app in simulator.deleteGroup(body.group_id, by: app) }
    }

    static func renameGroup(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable { let group_id, name: String }
        let body = try request.decoded(Body.self)
        return call { simulator, app in
            simulator.renameGroup(body.group_id, to: body.name, by: app)
        }
    }

    private struct PageBody: Decodable {
        let cursor, group_id, intent_id: String?
        let limit: WireNumber?
    }

    static func listGroups(_ request: PlatformRequest) throws -> PlatformCall {
        let body = try request.decoded(PageBody.self)
        let limit = body.limit?.value
        return call { simulator, app in
            simulator.groups(
                cursor: filled(body.cursor), limit: limit, group: filled(body.group_id), by: app)
        } answering: { text, page in
            text.page("group_list", page) { text, group in
                text.member("group_id", group.id)
                text.member("name", group.name)
                text.member("is_default", group.isDefault ? 1 : 0)
            }
        }
    }

    // MARK: Questions

    static func addIntent(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            let group_id: String
            let question: Wording
            let similar_questions: Wordings?
            let answers: [WireAnswer]
        }
        let body = try request.decoded(Body.self)
        let answers = try body.answers.map { try $0.answer() }
        return call { simulator, app in
            simulator.addIntent(
                group: body.group_id, question: body.question.text.content,
                similar: body.similar_questions?.texts ?? [], answers: answers, by: app)
        } answering: { text, intent in
            text.member("intent_id", intent)
        }
    }

    static func deleteIntent(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable { let intent_id: String }
        let body = try request.decoded(Body.self)
        return call { simulator, app in simulator.deleteIntent(body.intent_id, by: app) }
    }

    static func changeIntent(_ request: PlatformRequest) throws -> PlatformCall {
        struct Body: Decodable {
            let intent_id: String
            let question: Wording?
            let similar_questions: Wordings?
            let answers: [WireAnswer]?
        }
        let body = try request.decoded(Body.self)
        let answers = try body.answers.map { try $0.map { try $0.answer() } }
        return call { simulator, app in
            simulator.changeIntent(
                body.intent_id, question: body.question?.text.content,
                similar: body.similar_questions?.texts, answers: answers, by: app)
        }
    }

    /// The question, its similar ones and the answer side by side, as the page's table has them.
    static func listIntents(_ request: PlatformRequest) throws -> PlatformCall {
        let body = try request.decoded(PageBody.self)
        let limit = body.limit?.value
        return call { simulator, app in
            simulator.intents(
                cursor: filled(body.cursor), limit: limit, group: filled(body.group_id),
                intent: filled(body.intent_id), by: app)
        } answering: { text, page in
            text.page("intent_list", page) { text, intent in
                text.member("group_id", intent.group)
                text.member("intent_id", intent.id)
                text.object("question") { $0.words(intent.question) }
                text.object("similar_questions") { text in
                    text.array("items", intent.similar) { $0.words($1) }
                }
                text.array("answers", intent.answers) { text, answer in
                    text.words(answer.text)
                    text.array("attachments", answer.attachments) { $0.attachment($1) }
                }
            }
        }
    }

    // MARK: The wire's forms

    private struct Words: Decodable { let content: String }
    private struct Wording: Decodable { let text: Words }
    private struct Wordings: Decodable {
        let items: [Wording]?
        var texts: [String] { (items ?? []).map(\.text.content) }
    }

    private struct WireAnswer: Decodable {
        let text: Words
        let attachments: [WireAttachment]?

        func answer() throws -> KnowledgeBase.Answer {
            KnowledgeBase.Answer(
                text: text.content,
                attachments: try (attachments ?? []).map {
                    KnowledgeBase.Attachment(try $0.kind())
                })
        }
    }

    private struct WireAttachment: Decodable {
        struct Medium: Decodable { let media_id: String }
        struct Link: Decodable {
            let title, url: String
            let picurl, pic_url, desc: String?
        }
        struct Program: Decodable { let title, thumb_media_id, appid, pagepath: String }
        let msgtype: String
        let image, video: Medium?
        let link: Link?
        let miniprogram: Program?

        func kind() throws -> KnowledgeBase.Attachment.Kind {
            switch msgtype {
            case "image": return .image(MediaID(try required(image).media_id))
            case "video": return .video(MediaID(try required(video).media_id))
            case "link":
                let link = try required(link)
                return .link(
                    title: link.title, picture: link.picurl ?? link.pic_url,
                    description: link.desc, url: link.url)
            case "miniprogram":
                let program = try required(miniprogram)
                return .miniprogram(
                    title: program.title, thumbnail: MediaID(program.thumb_media_id),
                    appID: program.appid, pagePath: program.pagepath)
            default: throw WireMessage.Unreadable(errcode: 40008, what: "msgtype")
            }
        }

        private func required<Part>(_ part: Part?) throws -> Part {
            guard let part else {
                throw WireMessage.Unreadable(errcode: 40058, what: "the body of \(msgtype)")
            }
            return part
        }
    }
}

extension JSONText {
    fileprivate mutating func words(_ content: String) {
        object("text") { $0.member("content", content) }
    }

    fileprivate mutating func page<Row>(
        _ name: StaticString, _ page: KnowledgePage<Row>, _ write: (inout JSONText, Row) -> Void
    ) {
        member("next_cursor", page.next)
        member("has_more", page.hasMore ? 1 : 0)
        array(name, page.rows, write)
    }

    /// Of uploads only the file's name, and of a mini program no picture (§13).
    fileprivate mutating func attachment(_ attachment: KnowledgeBase.Attachment) {
        switch attachment.kind {
        case .image:
            member("msgtype", "image")
            object("image") { $0.member("name", attachment.fileName ?? "") }
        case .video:
            member("msgtype", "video")
            object("video") { $0.member("name", attachment.fileName ?? "") }
        case .link(let title, let picture, let description, let url):
            member("msgtype", "link")
            object("link") { text in
                text.member("title", title)
                text.optional("picurl", picture)
                text.optional("desc", description)
                text.member("url", url)
            }
        case .miniprogram(let title, _, let appID, let path):
            member("msgtype", "miniprogram")
            object("miniprogram") { text in
                text.member("title", title)
                text.member("appid", appID)
                text.member("pagepath", path)
            }
        }
    }
}
