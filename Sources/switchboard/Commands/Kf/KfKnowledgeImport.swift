import ArgumentParser
import Boundary
import ChatModel
import Foundation
import RuleFiles
import WeComKF

/// `switchboard kf knowledge import`.
struct KfKnowledgeImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make the knowledge base say what a rule file says.",
        discussion: """
            Reads the file's 'faq:' and its rules with 'asks_like' that reply with one text. \
            Questions are told by their words, groups by their names; what is missing is added, \
            what differs is changed. Nothing is removed without --prune, and then only from groups \
            the file names. The platform's limits are checked before anything is done.

            The platform knows neither conditions nor acts: a question with 'if', 'valid', \
            'handoff' or any key beside its words, its reply, its examples, its name, id and owner \
            is left out and named.

            Images and videos are uploaded when a file of their name stands beside the rule file; \
            a mini program's picture is looked for as APPID.png or APPID.jpg. Without their file \
            they are left out, and an answer that would lose one is left as it is.

            Exit status: 0 done, 1 the file has mistakes, or something of it was left out.

            EXAMPLES
              switchboard kf knowledge import rules/kb.kf.yml --dry-run
              switchboard kf knowledge import rules/faq.kf.yml --group 售后
              switchboard kf knowledge import rules/kb.kf.yml --prune --yes
            """)

    @Argument(help: "The rule file.")
    var file: String

    @Option(help: "The group all questions go to, whatever the file says.")
    var group: String?

    @Flag(help: "Remove questions the file doesn't have.")
    var prune = false

    @OptionGroup var confirmation: ConfirmationOption

    @Flag(help: "Print what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var options: KfOptions

    func validate() throws {
        try KfKnowledgeFiles.validate(file)
        if let group, !(1...12).contains(group.unicodeScalars.count) {
            throw ValidationError(
                Bilingual(en: "--group takes 1 to 12 characters", zh: "--group 要写 1 到 12 个字"))
        }
    }

    func run() async throws {
        let source = try RuleFolder.source(at: file)
        let log = DiagnosticLog()
        let read = KnowledgeFile.read(source, log: log)
        read?.check(log: log)
        guard let read, log.diagnostics.isEmpty else {
            let renderer = DiagnosticRenderer(
                sources: [source], language: options.languageOptions.language)
            Terminal.standardError(renderer.text(log.diagnostics.sorted()))
            throw CommandEnd(status: .findings)
        }
        let isEmpty = read.groups.allSatisfy { $0.name == nil && $0.questions.isEmpty }
        if isEmpty, read.left.isEmpty, !prune {
            throw CommandFailure(
                .findings,
                Bilingual(
                    en: "there is no question in \(file)", zh: "\(file) 里没有问题"),
                cure: Bilingual(
                    en: "the knowledge base takes rules with 'asks_like', and 'faq:' entries",
                    zh: "知识库只收写了 asks_like 的规则和 faq 里的问题"))
        }
        try await options.withPlatform { platform in
            var carrier = Carrier(
                platform: platform, folder: NeighbouringFiles(of: file),
                groups: try await platform.reads.knowledgeGroups())
            let plan = try await plan(for: read, with: carrier)
            try report(plan, read, on: platform)
            if !dryRun {
                try confirmRemovals(of: plan, on: platform)
                try await carryOut(plan, of: read, with: &carrier)
                say(
                    Bilingual(
                        en: "\(counted(plan.steps.count, "change")) made",
                        zh: "做了 \(plan.steps.count) 处改动"), platform)
            }
            if !plan.problems.isEmpty || !plan.missing.isEmpty || !read.left.isEmpty {
                throw CommandEnd(status: .findings)
            }
        }
    }

    private func plan(
        for read: KnowledgeFile, with carrier: Carrier
    ) async throws -> KnowledgePlan {
        KnowledgePlan(
            of: read, into: group, groups: carrier.groups,
            intents: try await carrier.platform.reads.knowledgeIntents(), prunes: prune,
            hasFile: { carrier.folder.path(of: $0) != nil })
    }

    /// How often an answer may be lost before it is no passing fault any more.
    private static let mostLosses = 3

    private func carryOut(
        _ plan: KnowledgePlan, of read: KnowledgeFile, with carrier: inout Carrier
    ) async throws {
        var steps = plan.steps[...]
        var losses = 0
        do {
            while let step = steps.first {
                do {
                    try await carrier.carryOut(step)
                    steps.removeFirst()
                } catch let failure as PlatformFailure
                    where failure.isOutcomeUnknown && losses < Self.mostLosses
                {
                    losses += 1
                    // Whether it was done is read from the platform; nothing is added to what was
                    // agreed to.
                    carrier.groups = try await carrier.platform.reads.knowledgeGroups()
                    let wanted = try await self.plan(for: read, with: carrier).steps
                    steps = steps.filter(wanted.contains)[...]
                }
            }
        } catch {
            let count = plan.steps.count - steps.count
            say(
                Bilingual(
                    en: "\(count) of \(counted(plan.steps.count, "change")) made; the same command "
                        + "goes on from there",
                    zh: "\(plan.steps.count) 处改动做了 \(count) 处，再运行一次会接着做"),
                carrier.platform)
            throw error
        }
    }

    /// Uploads what a step needs and makes its calls.
    private struct Carrier {
        let platform: KfPlatform
        let folder: NeighbouringFiles
        var groups: [KnowledgeGroup]
        /// Files that are on the platform already, by their paths.
        private var uploaded: [String: MediaID] = [:]

        init(platform: KfPlatform, folder: NeighbouringFiles, groups: [KnowledgeGroup]) {
            self.platform = platform
            self.folder = folder
            self.groups = groups
        }

        mutating func carryOut(_ step: KnowledgePlan.Step) async throws {
            switch step {
            case .addGroup(let name):
                let id = try await platform.changes.addKnowledgeGroup(named: name)
                groups.append(KnowledgeGroup(id: id, name: name, isDefault: false))
            case .remove(let intent, _):
                try await platform.changes.deleteKnowledgeIntent(intent.id)
            case .add(let question, let name):
                guard let group = groups.first(where: { $0.name == name }) else {
                    throw CommandFailure(
                        .platform,
                        Bilingual(en: "there is no group '\(name)'", zh: "没有分组「\(name)」"))
                }
                _ = try await platform.changes.addKnowledgeIntent(
                    to: group.id, question: question.text, similar: question.similar,
                    answer: try await answer(of: question))
            case .change(let intent, _, let similar, let question):
                var answer: KnowledgeAnswer?
                if let question { answer = try await self.answer(of: question) }
                try await platform.changes.changeKnowledgeIntent(
                    intent.id, similar: similar, answer: answer)
            }
        }

        private mutating func answer(
            of question: KnowledgeFile.Question
        ) async throws -> KnowledgeAnswer {
            var attachments: [KnowledgeAnswer.Attachment] = []
            for attachment in question.attachments {
                switch attachment {
                case .file(let type, _):
                    let id = try await media(of: attachment, type == "video" ? .video : .image)
                    attachments.append(type == "video" ? .video(id) : .image(id))
                case .link(let title, let picture, let description, let url):
                    attachments.append(
                        .link(
                            title: title, pictureURL: picture, description: description, url: url))
                case .miniprogram(let title, let appID, let pagePath):
                    attachments.append(
                        .miniprogram(
                            title: title, thumbnail: try await media(of: attachment, .image),
                            appID: appID, pagePath: pagePath))
                }
            }
            return KnowledgeAnswer(text: question.answer, attachments: attachments)
        }

        private mutating func media(
            of attachment: KnowledgeFile.Attachment, _ kind: MediaKind
        ) async throws -> MediaID {
            let path = (attachment.wantedFiles ?? []).compactMap(folder.path).first ?? ""
            if let id = uploaded[path] { return id }
            let id = try await platform.changes.upload(LocalFile.upload(path, as: kind)).id
            uploaded[path] = id
            return id
        }
    }

    // MARK: What is told

    private func confirmRemovals(of plan: KnowledgePlan, on platform: KfPlatform) throws {
        let removals = plan.steps.count(where: \.isRemoval)
        guard removals > 0 else { return }
        try confirmation.confirm(
            Bilingual(
                en: "this removes \(counted(removals, "question"))", zh: "要删除 \(removals) 个问题"),
            by: "\(removals)", in: platform.language)
    }

    private func report(
        _ plan: KnowledgePlan, _ read: KnowledgeFile, on platform: KfPlatform
    ) throws {
        switch platform.format {
        case .json: try Terminal.json(plan.steps.map(Planned.init))
        case .text:
            if !plan.steps.isEmpty {
                let table = TextTable(
                    [
                        .init(en: "change", zh: "改动"), .init(en: "group", zh: "分组"),
                        .init(en: "question", zh: "问题"),
                    ],
                    rows: plan.steps.map {
                        [$0.label[platform.language], $0.group, $0.question ?? ""]
                    })
                Terminal.report(table.text(in: platform.language))
            }
        }
        for (question, what) in plan.problems {
            Terminal.warn(
                Bilingual.quoted(Terminal.printable(question)) + Bilingual(en: ": ", zh: "：")
                    + what,
                in: platform.language)
        }
        for left in read.left { Terminal.warn(left.words, in: platform.language) }
        warn(
            plan.missing.sorted(),
            Bilingual(
                en: "left out, no such file beside the rule file: ", zh: "略过，规则文件旁边没有这些文件："),
            platform)
        say(
            Bilingual(
                en: "\(plan.unchanged) unchanged, \(plan.surplus) only on the platform",
                zh: "\(plan.unchanged) 个没变，\(plan.surplus) 个只在平台上"), platform)
        guard plan.overfull.isEmpty else {
            throw CommandFailure(
                .findings,
                plan.overfull.dropFirst().reduce(plan.overfull[0]) { $0 + Bilingual("\n") + $1 })
        }
    }

    private func warn(_ names: [String], _ message: Bilingual, _ platform: KfPlatform) {
        guard !names.isEmpty else { return }
        let list = names.map(Terminal.printable)
        Terminal.warn(
            message
                + Bilingual(en: list.joined(separator: ", "), zh: list.joined(separator: "、")),
            in: platform.language)
    }

    private func say(_ message: Bilingual, _ platform: KfPlatform) {
        Terminal.standardError(message[platform.language])
    }

    /// What scripts read.
    private struct Planned: Encodable {
        let change: String
        let group: String
        let question: String?

        init(_ step: KnowledgePlan.Step) {
            change = step.name
            group = step.group
            question = step.question
        }
    }
}

extension KnowledgeFile.Left {
    /// What was left out, where it stands, and why.
    fileprivate var words: Bilingual {
        let name = Terminal.printable(name)
        let why =
            switch reason {
            case .reply:
                Bilingual(
                    en: "its reply isn't one text without values", zh: "回复不是一段不带变量的文字")
            case .key(let key, let isOfFile):
                Bilingual(
                    en: "\(isOfFile ? "the file has" : "it has") '\(key)', which the platform's "
                        + "knowledge base can't keep",
                    zh: "\(isOfFile ? "文件" : "它")写了「\(key)」，平台的知识库存不下")
            }
        return Bilingual(
            en: "\(place): left out '\(name)': ", zh: "\(place)：没有写「\(name)」：") + why
    }
}

/// Files that stand beside a rule file.
///
/// Names come from the platform: one that leads elsewhere names no file.
struct NeighbouringFiles {
    private let folder: String

    init(of file: String) {
        let folder = PathParts(file).folder
        self.folder = folder.isEmpty ? "." : folder
    }

    /// The path of the file called `name`; `nil` where there is none.
    func path(of name: String) -> String? {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else { return nil }
        let path = "\(folder)/\(name)"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeRegular ? path : nil
    }
}
