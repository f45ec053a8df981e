import RuleFiles
import WeComKF

/// What makes the platform's knowledge base say what a rule file says, in the order it is done.
///
/// Questions are told by their words, which are unique on the platform, groups by their names:
/// ids differ from one knowledge base to the next.
struct KnowledgePlan {
    /// One change.
    enum Step: Hashable {
        case addGroup(String)
        case remove(KnowledgeIntent, group: String)
        case add(KnowledgeFile.Question, group: String)
        /// `nil` parts stay.
        case change(
            KnowledgeIntent, group: String, similar: [String]?, answer: KnowledgeFile.Question?)
    }

    /// Removals come first, so that what is full has room again.
    private(set) var steps: [Step] = []
    /// What can't be done, each with the question it is about.
    private(set) var problems: [(question: String, what: Bilingual)] = []
    /// Files of attachments that are neither here nor on the platform: left out.
    private(set) var missing: Set<String> = []
    /// Questions that are as they should be.
    private(set) var unchanged = 0
    /// Questions of these groups that the file doesn't have and nobody wants removed.
    private(set) var surplus = 0
    /// What would break a limit of the platform's if it were done (wecom-kf reference §13).
    private(set) var overfull: [Bilingual] = []

    /// Whether there is a file of this name beside the rule file.
    private let hasFile: (String) -> Bool
    private let prunes: Bool

    /// A plan for `file`.
    ///
    /// - Parameters:
    ///   - group: Where all questions go, whatever the file says; where it says, with `nil`.
    ///   - prunes: Whether what the file doesn't have is removed, from the groups it names.
    init(
        of file: KnowledgeFile, into group: String?, groups: [KnowledgeGroup],
        intents: [KnowledgeIntent], prunes: Bool, hasFile: @escaping (String) -> Bool
    ) {
        self.hasFile = hasFile
        self.prunes = prunes
        let usual = groups.first(where: \.isDefault)?.name ?? ""
        let names = Dictionary(
            groups.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let present = Dictionary(
            intents.map { ($0.question, $0) }, uniquingKeysWith: { first, _ in first })
        var targets: [String] = []
        for part in file.groups {
            let target = group ?? part.name ?? usual
            if !targets.contains(target) { targets.append(target) }
            for question in part.questions {
                let old = present[question.text]
                put(question, into: target, over: old, in: old.map { names[$0.group] ?? "" })
            }
        }
        remove(
            intents.filter { targets.contains(names[$0.group] ?? "") }, but: file, names: names)
        let new = targets.filter { target in !groups.contains { $0.name == target } }
        steps = new.map(Step.addGroup) + steps
        checkLimits(groups: groups.count + new.count, names: names, intents: intents)
    }

    // MARK: Questions

    private mutating func put(
        _ question: KnowledgeFile.Question, into target: String, over old: KnowledgeIntent?,
        in place: String?
    ) {
        var sendable = question
        sendable.attachments = question.attachments.filter { attachment in
            attachment.isUploadable
                && attachment.wantedFiles.map { $0.contains(where: hasFile) } ?? true
        }
        let lost = question.attachments.filter { !sendable.attachments.contains($0) }
        guard let old, let place else {
            add(sendable, lost, into: target)
            return
        }
        let had = old.answer.attachments.map { KnowledgeFile.Attachment($0) }
        let isAnswered =
            old.answer.text == question.answer
            && (had == question.attachments || had == sendable.attachments)
        let isMoved = place != target
        let isAsked = old.similar == question.similar
        if !isMoved, isAnswered, isAsked {
            if had == sendable.attachments { missing.formUnion(lost.compactMap(\.wantedFile)) }
            unchanged += 1
            return
        }
        // An answer is written whole, and a file the platform has can't be read back from it.
        if isMoved || !isAnswered, lost.contains(where: had.contains) {
            return refuse(
                question,
                Bilingual(
                    en: "its answer would lose "
                        + lost.compactMap(\.wantedFile).joined(separator: ", ")
                        + ", which is not beside the rule file",
                    zh: "回答会丢掉 " + lost.compactMap(\.wantedFile).joined(separator: "、")
                        + "，规则文件旁边没有这些文件"))
        }
        if isMoved {
            guard prunes else {
                return refuse(
                    question,
                    Bilingual(
                        en: "it is in the group '\(place)'; --prune removes it there",
                        zh: "它在分组「\(place)」里，加 --prune 才会从那里移走"))
            }
            steps.append(.remove(old, group: place))
            add(sendable, lost, into: target)
            return
        }
        guard isAnswered || sendable.isAnswered else { return refuse(question, Self.wordless) }
        if !isAnswered { missing.formUnion(lost.compactMap(\.wantedFile)) }
        steps.append(
            .change(
                old, group: target, similar: isAsked ? nil : question.similar,
                answer: isAnswered ? nil : sendable))
    }

    private mutating func add(
        _ question: KnowledgeFile.Question, _ lost: [KnowledgeFile.Attachment],
        into target: String
    ) {
        guard question.isAnswered else { return refuse(question, Self.wordless) }
        missing.formUnion(lost.compactMap(\.wantedFile))
        steps.append(.add(question, group: target))
    }

    private mutating func refuse(_ question: KnowledgeFile.Question, _ what: Bilingual) {
        problems.append((question.text, what))
    }

    private static let wordless = Bilingual(
        en:
            "its answer has no words, and the files of its attachments are not beside the rule file",
        zh: "回答没有文字，附件的文件又不在规则文件旁边")

    private mutating func remove(
        _ intents: [KnowledgeIntent], but file: KnowledgeFile,
        names: [KnowledgeGroupID: String]
    ) {
        let kept = Set(
            file.groups.flatMap(\.questions).map(\.text) + file.left.compactMap(\.question))
        let gone = intents.filter { !kept.contains($0.question) }
        guard prunes else {
            surplus = gone.count
            return
        }
        steps += gone.map { .remove($0, group: names[$0.group] ?? "") }
        let (first, then) = (steps.filter(\.isRemoval), steps.filter { !$0.isRemoval })
        steps = first + then
    }

    // MARK: Limits

    private mutating func checkLimits(
        groups: Int, names: [KnowledgeGroupID: String], intents: [KnowledgeIntent]
    ) {
        if groups > KnowledgeFile.mostGroups {
            overfull.append(
                Bilingual(
                    en: "there would be \(groups) groups; the platform takes "
                        + "\(KnowledgeFile.mostGroups)",
                    zh: "会有 \(groups) 个分组，平台最多收 \(KnowledgeFile.mostGroups)"))
        }
        var counts = Dictionary(grouping: intents) { names[$0.group] ?? "" }.mapValues(\.count)
        for step in steps {
            switch step {
            case .add(_, let group): counts[group, default: 0] += 1
            case .remove(_, let group): counts[group, default: 0] -= 1
            case .addGroup, .change: break
            }
        }
        for (name, count) in counts.sorted(by: { $0.key < $1.key })
        where count > KnowledgeFile.mostQuestions {
            overfull.append(
                Bilingual(
                    en: "the group '\(name)' would have \(count) questions; the platform takes "
                        + "\(KnowledgeFile.mostQuestions)",
                    zh: "分组「\(name)」会有 \(count) 个问题，平台最多收 \(KnowledgeFile.mostQuestions)"))
        }
    }
}

extension KnowledgePlan.Step {
    var isRemoval: Bool { if case .remove = self { true } else { false } }

    /// `add-group`, `remove`, `add` or `change`: for scripts.
    var name: String {
        switch self {
        case .addGroup: "add-group"
        case .remove: "remove"
        case .add: "add"
        case .change: "change"
        }
    }

    /// As a person reads it.
    var label: Bilingual {
        let inChinese = ["add-group": "建分组", "remove": "删除", "add": "新增", "change": "修改"]
        return Bilingual(en: name, zh: inChinese[name] ?? name)
    }

    var group: String {
        switch self {
        case .addGroup(let group), .remove(_, let group), .add(_, let group),
            .change(_, let group, _, _):
            group
        }
    }

    /// The question's words; `nil` for a group's step.
    var question: String? {
        switch self {
        case .addGroup: nil
        case .remove(let intent, _), .change(let intent, _, _, _): intent.question
        case .add(let question, _): question.text
        }
    }
}

extension KnowledgeFile.Question {
    fileprivate var isAnswered: Bool { !answer.isEmpty || !attachments.isEmpty }
}

extension KnowledgeFile.Attachment {
    /// Whether a call takes it: of files, images and videos.
    fileprivate var isUploadable: Bool {
        if case .file(let type, _) = self { type == "image" || type == "video" } else { true }
    }

    /// The names under which the file of it may stand beside the rule file; `nil` where it has
    /// none.
    ///
    /// A mini program's picture, whose name nobody knows, is called after the program.
    var wantedFiles: [String]? {
        switch self {
        case .file(_, let name): [name]
        case .link: nil
        case .miniprogram(_, let appID, _): ["png", "jpg", "jpeg"].map { "\(appID).\($0)" }
        }
    }
}
