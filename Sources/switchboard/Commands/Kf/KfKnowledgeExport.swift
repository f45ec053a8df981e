import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleEngine
import RuleFiles
import WeComKF

/// `switchboard kf knowledge export`.
struct KfKnowledgeExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the knowledge base as a rule file.",
        discussion: """
            The questions are an 'faq:' that a bundle may include; groups and attachments stand in \
            comments that begin with '#:'. Importing the file into an empty knowledge base and \
            exporting that gives the same file, as long as the files of images and videos stand \
            beside it: of those the platform tells no more than their names. A file that was not \
            exported, or was edited since, is not written over without --force.

            EXAMPLES
              switchboard kf knowledge export rules/kb.kf.yml
              switchboard kf knowledge export after-sales.kf.yml --group 售后
            """)

    @Argument(help: "The rule file; - for standard output.")
    var file: String

    @Option(help: "Only this group: its name or id.")
    var group: String?

    @Flag(help: "Write over a file of your own, or one that was edited since its export.")
    var force = false

    @OptionGroup var options: KfOptions

    func validate() throws { try KfKnowledgeFiles.validate(file, orDash: true) }

    func run() async throws {
        try await options.withPlatform { platform in
            var groups = try await platform.reads.knowledgeGroups()
            if let group { groups = [try await platform.group(group)] }
            let intents = try await platform.reads.knowledgeIntents(
                in: group == nil ? nil : groups[0].id)
            let exported = KnowledgeFile(groups, intents)
            let text = exported.text(hash: Environment.live.shortHash)
            let again = KnowledgeFile.read(
                RuleSource(path: file, text: text), log: DiagnosticLog())
            let isWhole = exported.groups.flatMap(\.questions).count == intents.count
            guard isWhole, again?.isSame(as: exported) == true else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "the knowledge base has something that a rule file can't hold",
                        zh: "知识库里有规则文件写不下的内容"))
            }
            if file == "-" {
                Terminal.output(text)
            } else {
                let isOurs = try isAsExported()
                try LocalFile.write(Data(text.utf8), to: file, overwrites: force || isOurs)
            }
            report(exported, on: platform)
        }
    }

    /// Whether the file is there as it was exported.
    ///
    /// - Throws: Where it was edited since, and is not to be written over.
    private func isAsExported() throws -> Bool {
        guard let data = FileManager.default.contents(atPath: file) else { return false }
        let old = String(decoding: data, as: UTF8.self)
        if KnowledgeFile.isAsExported(old, hash: Environment.live.shortHash) { return true }
        guard KnowledgeFile.wasExported(old), !force else { return false }
        throw CommandFailure(
            .unreadable,
            Bilingual(
                en: "\(file) was edited since it was exported, or is an earlier version's",
                zh: "\(file) 导出以后改过，或者是旧版本导出的"),
            cure: Bilingual(
                en: "name another file and compare, or add --force",
                zh: "换个文件名再比较，或加 --force"))
    }

    /// On standard error, since standard output may be the file.
    private func report(_ exported: KnowledgeFile, on platform: KfPlatform) {
        let questions = exported.groups.flatMap(\.questions)
        let (groups, count) = (exported.groups.count, questions.count)
        let message = Bilingual(
            en: "\(file): \(counted(count, "question")) in \(counted(groups, "group"))",
            zh: "\(file)：\(groups) 个分组，\(count) 个问题")
        Terminal.standardError(message[platform.language])
        let names = questions.flatMap(\.attachments).compactMap(\.wantedFile)
        guard !names.isEmpty else { return }
        Terminal.warn(
            Bilingual(
                en: "only named, put these beside the file before you import it elsewhere: "
                    + Set(names).sorted().joined(separator: ", "),
                zh: "平台只给名字，导入到别处以前请把这些文件放在旁边："
                    + Set(names).sorted().joined(separator: "、")),
            in: platform.language)
    }
}

/// The rule files of a knowledge base.
enum KfKnowledgeFiles {
    static func validate(_ file: String, orDash: Bool = false) throws {
        guard !file.hasSuffix(".yml"), !(orDash && file == "-") else { return }
        throw ValidationError(
            Bilingual(
                en: "name a rule file, such as rules/kb.kf.yml", zh: "要写规则文件，比如 rules/kb.kf.yml"))
    }
}

extension KnowledgeFile {
    /// What the platform has, in its order.
    init(_ groups: [KnowledgeGroup], _ intents: [KnowledgeIntent]) {
        let place = SourcePlace(file: "", line: 1, column: 1)
        let byGroup = Dictionary(grouping: intents, by: \.group)
        self.init(
            groups: groups.map { group in
                Group(
                    name: group.name,
                    questions: (byGroup[group.id] ?? []).map { intent in
                        Question(
                            text: intent.question, similar: intent.similar,
                            answer: intent.answer.text,
                            attachments: intent.answer.attachments.map { Attachment($0) },
                            place: place)
                    }, place: place)
            })
    }
}

extension KnowledgeFile.Attachment {
    /// What the platform has.
    init(_ attachment: KnowledgeAnswer.Attachment) {
        switch attachment {
        case .image(let id): self = .file(type: "image", name: id.rawValue)
        case .video(let id): self = .file(type: "video", name: id.rawValue)
        case .named(let type, let name): self = .file(type: type, name: name)
        case .link(let title, let picture, let description, let url):
            self = .link(title: title, pictureURL: picture, description: description, url: url)
        case .miniprogram(let title, _, let appID, let pagePath):
            self = .miniprogram(title: title, appID: appID, pagePath: pagePath)
        }
    }

    /// The name of the file that must be uploaded for it; `nil` where none is needed.
    var wantedFile: String? {
        switch self {
        case .file(_, let name): name
        case .link: nil
        case .miniprogram(_, let appID, _): "\(appID).png"
        }
    }
}
