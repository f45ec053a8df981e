import RuleFiles
import WeComKF

/// What is looked up before the knowledge base is changed.
extension KfPlatform {
    /// The group called `name`, or of that id.
    func group(_ name: String) async throws -> KnowledgeGroup {
        let groups = try await reads.knowledgeGroups()
        if let group = groups.first(where: { $0.name == name || $0.id.rawValue == name }) {
            return group
        }
        throw CommandFailure(
            .findings,
            Bilingual(en: "there is no group '\(name)'", zh: "没有分组「\(name)」"),
            cure: Bilingual(
                en: "one of: \(groups.map(\.name).joined(separator: ", "))",
                zh: "可以写：\(groups.map(\.name).joined(separator: "、"))"))
    }

    /// Refuses a group's name that is taken, and a group beyond the platform's limit: the platform
    /// would only say that a parameter is bad (wecom-kf reference §13).
    func requireFreeName(_ name: String, forNew isNew: Bool) async throws {
        let groups = try await reads.knowledgeGroups()
        if let other = groups.first(where: { $0.name == name }) {
            throw CommandFailure(
                .refused,
                Bilingual(
                    en: "there is a group '\(name)' already (\(other.id))",
                    zh: "已经有分组「\(name)」（\(other.id)）"),
                cure: Bilingual(en: "choose another name", zh: "换个名字"))
        }
        guard isNew, groups.count >= KnowledgeFile.mostGroups else { return }
        throw CommandFailure(
            .refused,
            Bilingual(
                en: "there are \(groups.count) groups; the platform takes no more",
                zh: "已经有 \(groups.count) 个分组，平台不收更多"),
            cure: Bilingual(en: "remove one first", zh: "先删掉一个"))
    }

    /// Refuses the default group, which keeps its name and stays.
    static func requireOwn(_ group: KnowledgeGroup) throws {
        guard group.isDefault else { return }
        throw CommandFailure(
            .refused,
            Bilingual(
                en: "'\(group.name)' is the default group, which can't be renamed or removed",
                zh: "「\(group.name)」是默认分组，不能改名，也不能删除"))
    }

    /// Refuses a question that is there, whatever its group, and one too many in `group`.
    ///
    /// - Parameter group: Where it is added; `nil` where it takes another's place.
    func requireNew(_ question: String, in group: KnowledgeGroup?) async throws {
        let intents = try await reads.knowledgeIntents()
        if let other = intents.first(where: { $0.question == question }) {
            let groups = try await reads.knowledgeGroups()
            let name = groups.first { $0.id == other.group }?.name ?? other.group.rawValue
            throw CommandFailure(
                .refused,
                Bilingual(
                    en: "the question is there already, in the group '\(name)' (\(other.id))",
                    zh: "已经有这个问题，在分组「\(name)」里（\(other.id)）"),
                cure: Bilingual(
                    en: "change that one: switchboard kf knowledge change \(other.id)",
                    zh: "改那一个：switchboard kf knowledge change \(other.id)"))
        }
        guard let group else { return }
        let count = intents.count { $0.group == group.id }
        guard count >= KnowledgeFile.mostQuestions else { return }
        throw CommandFailure(
            .refused,
            Bilingual(
                en: "the group '\(group.name)' has \(count) questions; the platform takes no more",
                zh: "分组「\(group.name)」已经有 \(count) 个问题，平台不收更多"),
            cure: Bilingual(en: "name another group with --group", zh: "用 --group 写另一个分组"))
    }

    /// The question of this id, or these words.
    func question(_ name: String) async throws -> KnowledgeIntent {
        let intents = try await reads.knowledgeIntents()
        if let intent = intents.first(where: { $0.id.rawValue == name || $0.question == name }) {
            return intent
        }
        throw CommandFailure(
            .findings,
            Bilingual(en: "there is no such question", zh: "没有这个问题"),
            cure: Bilingual(
                en: "write its intent_id or its exact words; 'kf knowledge list' has both",
                zh: "写 intent_id 或一字不差的问题，kf knowledge list 都会列出"))
    }
}
