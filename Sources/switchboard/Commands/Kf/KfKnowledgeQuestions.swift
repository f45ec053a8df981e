import ArgumentParser
import Boundary
import ChatModel
import RuleFiles
import WeComKF

/// What comes with an answer.
struct KfAttachmentOptions: ParsableArguments {
    @Option(help: "A picture: a JPG or PNG file.")
    var image: [String] = []

    @Option(help: "A video: an MP4 file.")
    var video: [String] = []

    @Option(help: "A link: URL=TITLE.")
    var link: [KfMessageOptions.Pair] = []

    @Option(help: "The words below a link's title: the first are the first link's.")
    var linkDesc: [String] = []

    @Option(help: "The address of a link's picture: the first is the first link's.")
    var linkPicture: [String] = []

    func validate() throws {
        for page in link { try page.requireAddress(of: "--link") }
        for (name, count) in [
            ("--link-desc", linkDesc.count), ("--link-picture", linkPicture.count),
        ]
        where count > link.count {
            throw ValidationError(
                Bilingual(
                    en: "there are more \(name) than --link", zh: "\(name) 比 --link 多"))
        }
    }

    var isEmpty: Bool { image.isEmpty && video.isEmpty && link.isEmpty }

    /// The attachments, their files uploaded.
    func attachments(on platform: KfPlatform) async throws -> [KnowledgeAnswer.Attachment] {
        var attachments: [KnowledgeAnswer.Attachment] = []
        for path in image {
            let file = try LocalFile.upload(path, as: .image)
            attachments.append(.image(try await platform.changes.upload(file).id))
        }
        for path in video {
            let file = try LocalFile.upload(path, as: .video)
            attachments.append(.video(try await platform.changes.upload(file).id))
        }
        return attachments
            + link.enumerated().map { index, link in
                .link(
                    title: link.label,
                    pictureURL: linkPicture.indices.contains(index) ? linkPicture[index] : nil,
                    description: linkDesc.indices.contains(index) ? linkDesc[index] : nil,
                    url: link.value)
            }
    }
}

/// `switchboard kf knowledge add`.
struct KfKnowledgeAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a question with its answer.",
        discussion: """
            EXAMPLES
              switchboard kf knowledge add --question 怎么退款 --answer 七天内都可以
              switchboard kf knowledge add --group 售后 --question 怎么退款 \\
                --similar 钱怎么退 --similar 想退钱 --answer 见图 --image 退款.png
            """)

    @Option(help: "The group's name or id. Default: the default group.")
    var group: String?

    @Option(help: "What customers ask, at most 200 characters.")
    var question: String

    @Option(help: "Another way to ask it; may be repeated.")
    var similar: [String] = []

    @Option(help: "What is answered, at most 500 characters.")
    var answer: String

    @OptionGroup var attachments: KfAttachmentOptions
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            let target: KnowledgeGroup
            if let group {
                target = try await platform.group(group)
            } else {
                target = try await platform.defaultGroup()
            }
            try await platform.requireNew(question, in: target)
            let id = try await platform.changes.addKnowledgeIntent(
                to: target.id, question: question, similar: similar,
                answer: KnowledgeAnswer(
                    text: answer, attachments: try await attachments.attachments(on: platform)))
            try platform.done(
                Bilingual(en: "added to '\(target.name)' (\(id))", zh: "加进「\(target.name)」（\(id)）"),
                json: ["intent": id.rawValue, "group": target.name])
        }
    }
}

extension KfPlatform {
    /// The group that is always there.
    fileprivate func defaultGroup() async throws -> KnowledgeGroup {
        if let group = try await reads.knowledgeGroups().first(where: \.isDefault) {
            return group
        }
        throw CommandFailure(
            .usage,
            Bilingual(en: "the platform names no default group", zh: "平台没有默认分组"),
            cure: Bilingual(en: "write --group", zh: "写上 --group"))
    }
}

/// `switchboard kf knowledge change`.
struct KfKnowledgeChange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Change a question, its other wordings or its answer.",
        discussion: """
            What is given replaces what was there, whole; the rest stays. An answer is one part \
            with its attachments, and the platform gives no file back: to keep pictures under new \
            words, give the files again.

            EXAMPLES
              switchboard kf knowledge change 怎么退款 --answer 十五天内都可以
              switchboard kf knowledge change 怎么退款 --similar 钱怎么退 --similar 想退钱
            """)

    @Argument(help: "Its intent_id, or its exact words.")
    var name: String

    @Option(help: "The new question.")
    var question: String?

    @Option(help: "The new other wordings, all of them.")
    var similar: [String] = []

    @Flag(help: "Take all other wordings away.")
    var withoutSimilar = false

    @Option(help: "The new answer.")
    var answer: String?

    @OptionGroup var attachments: KfAttachmentOptions

    @Flag(help: "Let the answer's attachments go.")
    var withoutAttachments = false

    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func validate() throws {
        if !similar.isEmpty, withoutSimilar {
            throw ValidationError(
                Bilingual(
                    en: "write --similar or --without-similar",
                    zh: "--similar 和 --without-similar 只写一个"))
        }
        let isAnswered = answer != nil || !attachments.isEmpty || withoutAttachments
        if question == nil, similar.isEmpty, !withoutSimilar, !isAnswered {
            throw ValidationError(
                Bilingual(
                    en: "nothing would change; write --question, --similar or --answer",
                    zh: "没有要改的，写 --question、--similar 或 --answer"))
        }
    }

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            let intent = try await platform.question(name)
            if let question, question != intent.question {
                try await platform.requireNew(question, in: nil)
            }
            let isListGiven = !similar.isEmpty || withoutSimilar
            try await platform.changes.changeKnowledgeIntent(
                intent.id, question: question, similar: isListGiven ? similar : nil,
                answer: try await newAnswer(to: intent, on: platform))
            try platform.done(
                Bilingual(en: "changed \(intent.id)", zh: "改好了 \(intent.id)"),
                json: ["intent": intent.id.rawValue])
        }
    }

    /// The answer with what was there and isn't replaced; `nil` when it stays.
    private func newAnswer(
        to intent: KnowledgeIntent, on platform: KfPlatform
    ) async throws -> KnowledgeAnswer? {
        guard answer != nil || !attachments.isEmpty || withoutAttachments else { return nil }
        var kept = withoutAttachments ? [] : intent.answer.attachments
        if !attachments.isEmpty {
            kept = try await attachments.attachments(on: platform)
        } else if kept.contains(where: { !$0.canBeSentAgain }) {
            throw CommandFailure(
                .refused,
                Bilingual(
                    en: "the answer has files that the platform gives no way to keep",
                    zh: "回答里有文件，平台不让保留"),
                cure: Bilingual(
                    en: "give them again with --image or --video, or add --without-attachments",
                    zh: "用 --image 或 --video 重新给出，或加 --without-attachments 去掉"))
        }
        return KnowledgeAnswer(text: answer ?? intent.answer.text, attachments: kept)
    }
}

extension KnowledgeAnswer.Attachment {
    /// Whether what was read back says all that a call needs: of a file there is only its name,
    /// and a mini program comes without its picture.
    var canBeSentAgain: Bool {
        if case .link = self { true } else { false }
    }
}

/// `switchboard kf knowledge remove`.
struct KfKnowledgeRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a question for ever.",
        discussion: """
            Asks for the question's words on a terminal; elsewhere it wants --yes.

            EXAMPLES
              switchboard kf knowledge remove 怎么退款
              switchboard kf knowledge remove 怎么退款 --yes
            """,
        aliases: ["rm"])

    @Argument(help: "Its intent_id, or its exact words.")
    var name: String

    @OptionGroup var confirmation: ConfirmationOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            let intent = try await platform.question(name)
            if !platform.isRehearsal {
                let words = Terminal.printable(intent.question)
                try confirmation.confirm(
                    Bilingual(
                        en: "this removes the question '\(words)'", zh: "要删除问题「\(words)」"),
                    by: intent.question, in: platform.language)
            }
            try await platform.changes.deleteKnowledgeIntent(intent.id)
            try platform.done(
                Bilingual(en: "removed \(intent.id)", zh: "删除了 \(intent.id)"),
                json: ["intent": intent.id.rawValue])
        }
    }
}
