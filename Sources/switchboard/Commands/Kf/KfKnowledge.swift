import ArgumentParser
import ChatModel
import RuleFiles
import WeComKF

/// `switchboard kf knowledge`.
struct KfKnowledgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knowledge",
        abstract: "Keep the platform's own knowledge base, and move it to rule files and back.",
        discussion: """
            For self-built apps only. The platform's bot answers from it where the API doesn't \
            allocate sessions.

            EXAMPLES
              switchboard kf knowledge groups
              switchboard kf knowledge add --group 售后 --question 怎么退款 --answer 七天内都可以
              switchboard kf knowledge export rules/kb.kf.yml
              switchboard kf knowledge import rules/kb.kf.yml --dry-run
            """,
        subcommands: [
            KfKnowledgeGroups.self, KfKnowledgeList.self, KfKnowledgeAddGroup.self,
            KfKnowledgeRenameGroup.self, KfKnowledgeRemoveGroup.self, KfKnowledgeAdd.self,
            KfKnowledgeChange.self, KfKnowledgeRemove.self, KfKnowledgeExport.self,
            KfKnowledgeImport.self,
        ])
}

/// `switchboard kf knowledge groups`.
struct KfKnowledgeGroups: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups", abstract: "List the groups.",
        discussion: """
            EXAMPLES
              switchboard kf knowledge groups
            """)

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform { platform in
            let intents = try await platform.reads.knowledgeIntents()
            let counts = Dictionary(grouping: intents, by: \.group).mapValues(\.count)
            let rows = try await platform.reads.knowledgeGroups().map {
                Listed(
                    group: $0.id.rawValue, name: $0.name, default: $0.isDefault,
                    questions: counts[$0.id] ?? 0)
            }
            try platform.list(rows, none: Bilingual(en: "no group", zh: "没有分组")) {
                TextTable(
                    [
                        .init(en: "name", zh: "分组"),
                        .init(en: "questions", zh: "问题数", isNumber: true),
                        .init(Bilingual("group_id")), .init(Bilingual("")),
                    ],
                    rows: rows.map {
                        let mark = Bilingual(en: "default", zh: "默认")[platform.language]
                        return [$0.name, "\($0.questions)", $0.group, $0.default ? mark : ""]
                    })
            }
        }
    }

    /// What scripts read.
    private struct Listed: Encodable {
        let group: String
        let name: String
        let `default`: Bool
        let questions: Int
    }
}

/// `switchboard kf knowledge list`.
struct KfKnowledgeList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List questions with their answers.",
        discussion: """
            EXAMPLES
              switchboard kf knowledge list
              switchboard kf knowledge list --group 售后 --format json
            """,
        aliases: ["ls"])

    @Option(help: "Only this group: its name or id.")
    var group: String?

    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform { platform in
            let groups = try await platform.reads.knowledgeGroups()
            var only: KnowledgeGroupID?
            if let group { only = try await platform.group(group).id }
            let names = Dictionary(
                groups.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
            let rows = try await platform.reads.knowledgeIntents(in: only).map { intent in
                Listed(intent, group: names[intent.group] ?? intent.group.rawValue)
            }
            try platform.list(rows, none: Bilingual(en: "no question", zh: "没有问题")) {
                TextTable(
                    [
                        .init(en: "group", zh: "分组"), .init(en: "question", zh: "问题"),
                        .init(en: "similar", zh: "相似问", isNumber: true),
                        .init(en: "attachments", zh: "附件", isNumber: true),
                        .init(en: "answer", zh: "回答"), .init(Bilingual("intent_id")),
                    ],
                    rows: rows.map {
                        [
                            $0.group, TextTable.cut($0.question), "\($0.similar.count)",
                            "\($0.attachments.count)", TextTable.cut($0.answer), $0.intent,
                        ]
                    })
            }
        }
    }

    /// What scripts read.
    private struct Listed: Encodable {
        let intent: String
        let group: String
        let question: String
        let similar: [String]
        let answer: String
        let attachments: [Attached]

        struct Attached: Encodable {
            /// The platform's `msgtype`.
            let type: String
            var name: String?
            var title: String?
            var description: String?
            var url: String?
            var picture: String?
            var appid: String?
            var pagepath: String?
        }

        init(_ intent: KnowledgeIntent, group: String) {
            self.intent = intent.id.rawValue
            self.group = group
            question = intent.question
            similar = intent.similar
            answer = intent.answer.text
            attachments = intent.answer.attachments.map { attachment in
                switch attachment {
                case .image(let id): Attached(type: "image", name: id.rawValue)
                case .video(let id): Attached(type: "video", name: id.rawValue)
                case .named(let type, let name): Attached(type: type, name: name)
                case .link(let title, let picture, let description, let url):
                    Attached(
                        type: "link", title: title, description: description, url: url,
                        picture: picture)
                case .miniprogram(let title, _, let appID, let pagePath):
                    Attached(type: "miniprogram", title: title, appid: appID, pagepath: pagePath)
                }
            }
        }
    }
}

/// `switchboard kf knowledge add-group`.
struct KfKnowledgeAddGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-group", abstract: "Make a group.",
        discussion: """
            EXAMPLES
              switchboard kf knowledge add-group 售后
            """)

    @Argument(help: "Its name: at most 12 characters, unlike any other.")
    var name: String

    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            try await platform.requireFreeName(name, forNew: true)
            let id = try await platform.changes.addKnowledgeGroup(named: name)
            try platform.done(
                Bilingual(en: "made the group '\(name)' (\(id))", zh: "建好了分组「\(name)」（\(id)）"),
                json: ["group": id.rawValue, "name": name])
        }
    }
}

/// `switchboard kf knowledge rename-group`.
struct KfKnowledgeRenameGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename-group", abstract: "Give a group another name.",
        discussion: """
            The default group keeps its own.

            EXAMPLES
              switchboard kf knowledge rename-group 售后 退换货
            """)

    @Argument(help: "Its name or id.")
    var group: String

    @Argument(help: "The new name: at most 12 characters.")
    var name: String

    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            let group = try await platform.group(group)
            try KfPlatform.requireOwn(group)
            if group.name != name { try await platform.requireFreeName(name, forNew: false) }
            let id = group.id
            try await platform.changes.renameKnowledgeGroup(id, to: name)
            try platform.done(
                Bilingual(en: "\(id) is called '\(name)' now", zh: "\(id) 改名为「\(name)」"),
                json: ["group": id.rawValue, "name": name])
        }
    }
}

/// `switchboard kf knowledge remove-group`.
struct KfKnowledgeRemoveGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-group", abstract: "Remove a group with its questions, for ever.",
        discussion: """
            Asks for the group's name on a terminal; elsewhere it wants --yes. The default group \
            can't be removed. 'kf knowledge export' keeps a copy.

            EXAMPLES
              switchboard kf knowledge remove-group 售后
              switchboard kf knowledge remove-group 售后 --yes
            """)

    @Argument(help: "Its name or id.")
    var group: String

    @OptionGroup var confirmation: ConfirmationOption
    @OptionGroup var dryRun: KfDryRunOption
    @OptionGroup var options: KfOptions

    func run() async throws {
        try await options.withPlatform(isRehearsal: dryRun.dryRun) { platform in
            let group = try await platform.group(group)
            try KfPlatform.requireOwn(group)
            let count = try await platform.reads.knowledgeIntents(in: group.id).count
            if !platform.isRehearsal {
                try confirmation.confirm(
                    Bilingual(
                        en: "this removes the group '\(group.name)' with "
                            + counted(count, "question"),
                        zh: "要删除分组「\(group.name)」和里面的 \(count) 个问题"),
                    by: group.name, in: platform.language)
            }
            try await platform.changes.deleteKnowledgeGroup(group.id)
            try platform.done(
                Bilingual(
                    en: "removed '\(group.name)' with \(counted(count, "question"))",
                    zh: "删除了「\(group.name)」和里面的 \(count) 个问题"),
                json: ["group": group.id.rawValue])
        }
    }
}
