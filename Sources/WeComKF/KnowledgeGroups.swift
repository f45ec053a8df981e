import Boundary
package import ChatModel

/// A group of the platform's knowledge base (`group_id`).
package struct KnowledgeGroupID: Identifier {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
}

/// A group of questions and answers in the platform's own knowledge base.
package struct KnowledgeGroup: Hashable, Sendable {
    /// The group.
    package var id: KnowledgeGroupID
    /// At most 12 characters, unique in the corp.
    package var name: String
    /// Whether it is the one that can't be renamed or deleted.
    package var isDefault: Bool

    /// A group.
    package init(id: KnowledgeGroupID, name: String, isDefault: Bool) {
        self.id = id
        self.name = name
        self.isDefault = isDefault
    }
}

/// The calls on groups (wecom-kf reference §13); for self-built apps only.
extension WeComKFClient {
    /// The rows asked for a page, the most the platform gives.
    static let knowledgePage = 1000
    /// More pages than the limits of §13 can fill: 100 groups of 200.
    static let mostKnowledgePages = 100

    /// `POST kf/knowledge/add_group`.
    ///
    /// - Parameter name: 1…12 characters, of no other group; a corp may have 100.
    package func addKnowledgeGroup(
        named name: String
    ) async throws(PlatformFailure) -> KnowledgeGroupID {
        try FieldLimits.characters(of: name, "name", 1...12)
        let body = JSONWriter.object { $0.member("name", name) }
        guard
            let id = try await answer(.post, "kf/knowledge/add_group", body: body)["group_id"].text
        else { throw .noAnswer("knowledge/add_group without group_id") }
        return KnowledgeGroupID(id)
    }

    /// `POST kf/knowledge/del_group`, with all that is in it; the default group stays.
    package func deleteKnowledgeGroup(_ id: KnowledgeGroupID) async throws(PlatformFailure) {
        try FieldLimits.bytes(of: id.rawValue, "group_id", 1...128)
        let body = JSONWriter.object { $0.member("group_id", id.rawValue) }
        _ = try await answer(.post, "kf/knowledge/del_group", body: body)
    }

    /// `POST kf/knowledge/mod_group`: another name.
    package func renameKnowledgeGroup(
        _ id: KnowledgeGroupID, to name: String
    ) async throws(PlatformFailure) {
        try FieldLimits.bytes(of: id.rawValue, "group_id", 1...128)
        try FieldLimits.characters(of: name, "name", 1...12)
        let body = JSONWriter.object { json in
            json.member("group_id", id.rawValue)
            json.member("name", name)
        }
        _ = try await answer(.post, "kf/knowledge/mod_group", body: body)
    }

    /// `POST kf/knowledge/list_group`, all pages.
    ///
    /// - Parameter only: One group; all with `nil`.
    package func knowledgeGroups(
        only: KnowledgeGroupID? = nil
    ) async throws(PlatformFailure) -> [KnowledgeGroup] {
        let rows = try await knowledgeRows(
            "kf/knowledge/list_group", "group_list", [("group_id", only?.rawValue)])
        return rows.compactMap { row in
            row["group_id"].text.map {
                KnowledgeGroup(
                    id: KnowledgeGroupID($0), name: row["name"].text ?? "",
                    isDefault: row["is_default"].flag ?? false)
            }
        }
    }

    /// All rows of a paged list.
    func knowledgeRows(
        _ path: String, _ list: String, _ filters: [(name: String, value: String?)]
    ) async throws(PlatformFailure) -> [WireValue] {
        var rows: [WireValue] = []
        var cursor: String?
        for _ in 0..<Self.mostKnowledgePages {
            let body = JSONWriter.object { json in
                json.optional("cursor", cursor)
                json.member("limit", Self.knowledgePage)
                for (name, value) in filters { json.optional(name, value) }
            }
            let answer = try await answer(.post, path, body: body, largestResponse: 32 << 20)
            rows += answer[list].elements
            let next = answer["next_cursor"].text
            guard answer["has_more"].flag ?? false else { return rows }
            // Without another cursor the same page would come again, for ever.
            guard let next, next != cursor else {
                throw .noAnswer("\(path) has more but its cursor stands still")
            }
            cursor = next
        }
        throw .noAnswer("\(path) has over \(Self.mostKnowledgePages) pages")
    }
}
