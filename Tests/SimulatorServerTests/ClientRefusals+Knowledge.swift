import ChatModel
import WeComKF

extension ClientRefusal {
    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    private static func intent(
        _ what: String, question: String = "q", similar: [String] = [], answer: String = "a",
        attachments: [(String, KnowledgeAnswer.Attachment)] = []
    ) -> ClientRefusal {
        let items = similar.map { #"{"text":{"content":"\#($0)"}}"# }.joined(separator: ",")
        let files = attachments.map(\.0).joined(separator: ",")
        return ClientRefusal(
            "kf/knowledge/add_intent \(what)",
            // Group 0 is there from the start, so that nothing but the value is wrong.
            #"{"group_id":"GROUP","question":{"text":{"content":"\#(question)"}},"#
                + #""similar_questions":{"items":[\#(items)]},"#
                + #""answers":[{"text":{"content":"\#(answer)"},"attachments":[\#(files)]}]}"#
        ) {
            _ = try await $0.addKnowledgeIntent(
                to: "G", question: question, similar: similar,
                answer: KnowledgeAnswer(text: answer, attachments: attachments.map(\.1)))
        }
    }

    private static func link(
        title: String = "T", url: String = "https://e.example"
    ) -> (String, KnowledgeAnswer.Attachment) {
        (
            #"{"msgtype":"link","link":{"title":"\#(title)","url":"\#(url)"}}"#,
            .link(title: title, pictureURL: nil, description: nil, url: url)
        )
    }

    static let knowledge = [
        ClientRefusal("kf/knowledge/add_group name", #"{"name":"\#(text(13))"}"#) {
            _ = try await $0.addKnowledgeGroup(named: text(13))
        },
        ClientRefusal("kf/knowledge/add_group empty name", #"{"name":""}"#) {
            _ = try await $0.addKnowledgeGroup(named: "")
        },
        ClientRefusal("kf/knowledge/mod_group name", #"{"group_id":"G","name":"\#(text(13))"}"#) {
            try await $0.renameKnowledgeGroup("G", to: text(13))
        },
        ClientRefusal("kf/knowledge/del_group empty id", #"{"group_id":""}"#) {
            try await $0.deleteKnowledgeGroup("")
        },
        ClientRefusal("kf/knowledge/del_intent empty id", #"{"intent_id":""}"#) {
            try await $0.deleteKnowledgeIntent("")
        },
        intent("question", question: text(201)), intent("empty question", question: ""),
        intent("similar questions", similar: (0..<101).map { "s\($0)" }),
        intent("similar question", similar: [text(201)]),
        intent("empty similar question", similar: [""]),
        intent("answer", answer: text(501)), intent("empty answer", answer: ""),
        intent("attachments", attachments: [link(), link(), link(), link(), link()]),
        intent("link's title", attachments: [link(title: "")]),
        intent("link's scheme", attachments: [link(url: "e.example")]),
        intent(
            "image",
            attachments: [(#"{"msgtype":"image","image":{"media_id":""}}"#, .image(""))]),
        intent(
            "mini program's picture",
            attachments: [
                (
                    #"{"msgtype":"miniprogram","miniprogram":{"title":"T","thumb_media_id":"","#
                        + #""appid":"a","pagepath":"p"}}"#,
                    .miniprogram(title: "T", thumbnail: "", appID: "a", pagePath: "p")
                )
            ]),
    ]
}
