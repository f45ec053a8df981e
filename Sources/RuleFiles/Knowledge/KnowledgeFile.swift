package import RuleEngine

/// Questions and answers of the platform's own knowledge base, as a rule file holds them.
///
/// The questions are an ordinary `faq:`, which a bundle may include. What rules have no words for,
/// the group and the attachments, stands in marks: comments that begin with `#:` before the
/// question they belong to, which the formatter leaves where they are.
///
///     faq:
///       #: group: 售后
///       #: image: 退款.png
///       - ask: 怎么退款
///         reply: 签收 7 天内都可以退。
///
/// A group's mark holds until the next one; a group without questions is its mark alone.
package struct KnowledgeFile: Hashable, Sendable {
    /// Questions that are together on the platform.
    package struct Group: Hashable, Sendable {
        /// Its name; `nil` for questions that stand under no mark.
        package var name: String?
        /// Its questions, in the file's order.
        package var questions: [Question]
        /// Where it is first named, or the first question without a mark.
        package var place: SourcePlace

        /// A group.
        package init(name: String?, questions: [Question], place: SourcePlace) {
            self.name = name
            self.questions = questions
            self.place = place
        }
    }

    /// A question with its answer.
    package struct Question: Hashable, Sendable {
        /// What the customer asks.
        package var text: String
        /// Other ways to ask it.
        package var similar: [String]
        /// What is answered, `$(` standing for itself.
        package var answer: String
        /// What comes with the answer.
        package var attachments: [Attachment]
        /// Where it begins.
        package var place: SourcePlace

        /// A question.
        package init(
            text: String, similar: [String], answer: String, attachments: [Attachment],
            place: SourcePlace
        ) {
            self.text = text
            self.similar = similar
            self.answer = answer
            self.attachments = attachments
            self.place = place
        }
    }

    /// A file or card beside an answer's words (wecom-kf reference §13).
    package enum Attachment: Hashable, Sendable {
        /// An image, a video, or what else the platform tells no more of than a name; `type` is
        /// its `msgtype`.
        case file(type: String, name: String)
        case link(title: String, pictureURL: String?, description: String?, url: String)
        /// Without its picture, which the platform never gives back.
        case miniprogram(title: String, appID: String, pagePath: String)
    }

    /// In the file's order, each once.
    package var groups: [Group]
    /// Rules and questions that can't be stored on the platform.
    package var left: [Left] = []

    /// A file of these groups.
    package init(groups: [Group]) { self.groups = groups }

    /// A rule or a question that the platform would answer otherwise than the rule file does.
    package struct Left: Hashable, Sendable {
        /// Why it can't be stored.
        package enum Reason: Hashable, Sendable {
            /// Its reply isn't one text, or has values such as `$(订单号)` in it.
            case reply
            /// It, or the whole file, has a key the platform knows nothing like, such as `if`.
            case key(String, ofFile: Bool)
        }

        /// The rule's name or the question; empty where it has none.
        package var name: String
        /// What it asks first: a question the platform has must not pass for one the file doesn't.
        package var question: String?
        /// Where it begins.
        package var place: SourcePlace
        /// Why.
        package var reason: Reason
    }
}

/// Writing.
extension KnowledgeFile {
    private static let header = """
        # 平台知识库里的问答。以“#:”开头的行记着分组和附件，请留在原处。
        # Questions of the platform's knowledge base. Lines that begin with '#:' keep the group and
        # the attachments of the question below them: leave them where they are.

        """
    /// What stands before the hash, in the header's last line.
    private static let hashMark = "# 校验 hash: "

    /// The file's text: the same groups and questions, the same bytes.
    ///
    /// - Parameter hash: A short name of bytes, without a line end: by it a file that somebody
    ///   edited is told from one as it was written.
    package func text(hash: ([UInt8]) -> String) -> String {
        let body = body
        return Self.header + Self.hashMark + hash(Array(body.utf8)) + "\n" + body
    }

    private var body: String {
        var text = ""
        text += groups.allSatisfy(\.questions.isEmpty) ? "faq: []\n" : "faq:\n"
        for group in groups {
            if let name = group.name { text += Self.mark("group", Self.scalar(name)) }
            for question in group.questions {
                for attachment in question.attachments { text += Self.mark(attachment) }
                text += FAQEntry.yaml([
                    FAQEntry(
                        question: question.text, similar: question.similar,
                        answer: question.answer.replacing("$(", with: "$$("))
                ])
            }
        }
        return text
    }

    private static func mark(_ key: String, _ value: String) -> String { "  #: \(key): \(value)\n" }

    private static func mark(_ attachment: Attachment) -> String {
        switch attachment {
        case .file(let type, let name):
            // What the platform calls otherwise must not pass for a mark of ours.
            if type == "image" || type == "video" { return mark(type, scalar(name)) }
            return mark("attachment", map([("type", type), ("name", name)]))
        case .link(let title, let picture, let description, let url):
            let fields = [
                ("title", title), ("desc", description), ("url", url), ("picurl", picture),
            ]
            return mark("link", map(fields))
        case .miniprogram(let title, let appID, let pagePath):
            return mark(
                "miniprogram", map([("title", title), ("appid", appID), ("pagepath", pagePath)]))
        }
    }

    private static func map(_ fields: [(key: String, value: String?)]) -> String {
        let pairs = fields.compactMap { key, value in value.map { "\(key): \(scalar($0))" } }
        return "{ " + pairs.joined(separator: ", ") + " }"
    }

    /// In quotes unless it is harmless anywhere: full-width punctuation is no slip here, and an
    /// empty text stays one.
    private static func scalar(_ text: String) -> String {
        ScalarForm.oneLine(
            SourceScalar(text: text, style: .quoted, lines: []), inFlow: true, isSentence: false)
    }
}

/// The platform's limits.
extension KnowledgeFile {
    /// The most groups a corp has (wecom-kf reference §13, as are the others).
    package static let mostGroups = 100
    /// The most questions of a group.
    package static let mostQuestions = 200
    private static let longestName = 12
    private static let longestQuestion = 200
    private static let mostSimilar = 100
    private static let longestAnswer = 500
    private static let mostAttachments = 4

    /// Reports all that the platform wouldn't take, each with its place.
    package func check(log: DiagnosticLog) {
        var seen: [String: SourcePlace] = [:]
        limit(
            groups.count, Self.mostGroups, "groups", "个分组", "the file", "文件", groups.last?.place,
            log)
        for group in groups {
            if let name = group.name {
                characters(name, Self.longestName, "the group's name", "分组名", group.place, log)
            }
            let noun = group.name.map { "the group '\($0)'" } ?? "the file"
            limit(
                group.questions.count, Self.mostQuestions, "questions", "个问题", noun,
                group.name.map { "分组「\($0)」" } ?? "文件", group.place, log)
            for question in group.questions {
                check(question, log)
                guard let first = seen[question.text] else {
                    seen[question.text] = question.place
                    continue
                }
                report(
                    question.place,
                    Bilingual(
                        en: "the question stands in line \(first.line) already; the platform takes "
                            + "each once, whatever its group",
                        zh: "第 \(first.line) 行已经有这个问题；不管在哪个分组，平台只收一次"), log)
            }
        }
    }

    private func check(_ question: Question, _ log: DiagnosticLog) {
        let place = question.place
        characters(question.text, Self.longestQuestion, "the question", "问题", place, log)
        limit(
            question.similar.count, Self.mostSimilar, "similar questions", "个相似问", "the question",
            "问题", place, log)
        for wording in question.similar {
            characters(wording, Self.longestQuestion, "a similar question", "相似问", place, log)
        }
        if !question.answer.isEmpty || question.attachments.isEmpty {
            characters(question.answer, Self.longestAnswer, "the answer", "回答", place, log)
        }
        limit(
            question.attachments.count, Self.mostAttachments, "attachments", "个附件", "the answer",
            "回答", place, log)
        for case .link(_, _, _, let url) in question.attachments where !url.contains("://") {
            report(
                place,
                Bilingual(
                    en: "a link's url has no scheme such as https://",
                    zh: "链接的 url 没有 https:// 这样的开头"),
                log)
        }
    }

    /// Code points, which never count fewer than any reading of "characters".
    private func characters(
        _ text: String, _ most: Int, _ en: String, _ zh: String, _ place: SourcePlace,
        _ log: DiagnosticLog
    ) {
        let count = text.unicodeScalars.count
        if count == 0 {
            report(place, Bilingual(en: "\(en) is empty", zh: "\(zh)是空的"), log)
        } else if count > most {
            report(
                place,
                Bilingual(
                    en: "\(en) has \(count) characters; the platform takes \(most)",
                    zh: "\(zh)有 \(count) 个字，平台最多收 \(most)"), log)
        }
    }

    private func limit(
        _ count: Int, _ most: Int, _ en: String, _ zh: String, _ noun: String, _ nounZh: String,
        _ place: SourcePlace?, _ log: DiagnosticLog
    ) {
        guard count > most, let place else { return }
        report(
            place,
            Bilingual(
                en: "\(noun) has \(count) \(en); the platform takes \(most)",
                zh: "\(nounZh)有 \(count) \(zh)，平台最多收 \(most)"), log)
    }

    private func report(_ place: SourcePlace, _ message: Bilingual, _ log: DiagnosticLog) {
        log.report(Diagnostic(.badValue, at: place, message))
    }
}

extension KnowledgeFile {
    /// Whether a text was written by ``text(hash:)``, of this version or an earlier one, whatever
    /// became of it since.
    package static func wasExported(_ text: String) -> Bool { text.hasPrefix(header) }

    /// Whether a text is as ``text(hash:)`` wrote it: then it may be written anew.
    package static func isAsExported(_ text: String, hash: ([UInt8]) -> String) -> Bool {
        guard text.hasPrefix(header + hashMark) else { return false }
        let rest = text.dropFirst((header + hashMark).count)
        guard let end = rest.firstIndex(of: "\n") else { return false }
        let body = rest[rest.index(after: end)...]
        return rest[..<end] == hash(Array(body.utf8))
    }

    /// Whether two files say the same, wherever it stands in them.
    package func isSame(as other: KnowledgeFile) -> Bool {
        withoutPlaces == other.withoutPlaces
    }

    private var withoutPlaces: [Group] {
        let nowhere = SourcePlace(file: "", line: 1, column: 1)
        return groups.map { group in
            Group(
                name: group.name,
                questions: group.questions.map { question in
                    var question = question
                    question.place = nowhere
                    return question
                }, place: nowhere)
        }
    }
}
