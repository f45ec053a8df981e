package import ChatModel

/// A page of `knowledge/list_group` or `knowledge/list_intent`.
package struct KnowledgePage<Row: Hashable & Sendable>: Hashable, Sendable {
    /// Where the next page begins.
    package let next: String
    /// Whether there is one.
    package let hasMore: Bool
    /// The rows, oldest first.
    package let rows: [Row]
}

/// The knowledge base of the calling app's corp. What breaks a limit of §13 is refused with 40058.
extension PlatformSimulator {
    /// `knowledge/add_group`: a name of 1…12 characters, of which the corp has 100.
    package mutating func addGroup(
        name: String, by app: AppAlias
    ) -> Result<String, SimulatedRefusal> {
        changeKnowledge(.addGroup, name, by: app) { (base, id) throws(Errcode) in
            try base.addGroup(id: id, name: name)
            return id
        }
    }

    /// `knowledge/del_group`: its questions go with it; the default group stays.
    package mutating func deleteGroup(
        _ id: String, by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        changeKnowledge(.deleteGroup, id, by: app) { (base, _) throws(Errcode) in
            try base.deleteGroup(id)
        }
    }

    /// `knowledge/mod_group`: another name.
    package mutating func renameGroup(
        _ id: String, to name: String, by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        changeKnowledge(.renameGroup, "\(id) \(name)", by: app) { (base, _) throws(Errcode) in
            try base.renameGroup(id, to: name)
        }
    }

    /// `knowledge/list_group`.
    ///
    /// - Parameters:
    ///   - cursor: A former page's `next` (else 50100); `nil` for the beginning.
    ///   - limit: 1…1000; `nil` or 0 for 500.
    ///   - group: The only group wanted.
    package mutating func groups(
        cursor: String?, limit: Int?, group: String?, by app: AppAlias
    ) -> Result<KnowledgePage<KnowledgeBase.Group>, SimulatedRefusal> {
        listKnowledge(.listGroups, group ?? "", cursor: cursor, limit: limit, \.number, by: app) {
            $0.groups.filter { group == nil || $0.id == group }
        }
    }

    /// `knowledge/add_intent`.
    ///
    /// - Parameters:
    ///   - question: 1…200 characters, in no group yet.
    ///   - similar: At most 100 of 1…200 characters.
    ///   - answers: Exactly one, of 1…500 characters and at most 4 attachments, whose media are
    ///     live (40007).
    package mutating func addIntent(
        group: String, question: String, similar: [String], answers: [KnowledgeBase.Answer],
        by app: AppAlias
    ) -> Result<String, SimulatedRefusal> {
        let named = named(answers, by: app)
        return changeKnowledge(.addIntent, question, by: app) { (base, id) throws(Errcode) in
            try base.addIntent(
                id: id, group: group, question: question, similar: similar,
                answers: try named.get())
            return id
        }
    }

    /// `knowledge/del_intent`.
    package mutating func deleteIntent(
        _ id: String, by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        changeKnowledge(.deleteIntent, id, by: app) { (base, _) throws(Errcode) in
            try base.deleteIntent(id)
        }
    }

    /// `knowledge/mod_intent`: overwrites each part that is given, whole.
    package mutating func changeIntent(
        _ id: String, question: String?, similar: [String]?, answers: [KnowledgeBase.Answer]?,
        by app: AppAlias
    ) -> Result<Void, SimulatedRefusal> {
        let named = answers.map { self.named($0, by: app) }
        return changeKnowledge(.changeIntent, id, by: app) { (base, _) throws(Errcode) in
            try base.changeIntent(
                id, question: question, similar: similar, answers: try named?.get())
        }
    }

    /// `knowledge/list_intent`; see ``groups(cursor:limit:group:by:)``.
    package mutating func intents(
        cursor: String?, limit: Int?, group: String?, intent: String?, by app: AppAlias
    ) -> Result<KnowledgePage<KnowledgeBase.Intent>, SimulatedRefusal> {
        let summary = intent ?? group ?? ""
        return listKnowledge(
            .listIntents, summary, cursor: cursor, limit: limit, \.number, by: app
        ) {
            $0.intents.filter {
                (group == nil || $0.group == group) && (intent == nil || $0.id == intent)
            }
        }
    }

    // MARK: Parts

    private mutating func changeKnowledge<Answer>(
        _ endpoint: Endpoint, _ summary: String, by app: AppAlias,
        _ change: (inout KnowledgeBase, _ newID: String) throws(Errcode) -> Answer
    ) -> Result<Answer, SimulatedRefusal> {
        carryOut(endpoint, summary, by: app) { (world) throws(Errcode) in
            let corp = try world.corp(of: app)
            guard var base = world.corps[corp]?.knowledge else {
                throw Errcode(48002, "no such corp")
            }
            let answer = try change(&base, "KB" + String(world.nextNumber(), radix: 36))
            world.corps[corp]?.knowledge = base
            return answer
        }
    }

    private mutating func listKnowledge<Row: Hashable & Sendable>(
        _ endpoint: Endpoint, _ summary: String, cursor: String?, limit: Int?,
        _ number: (Row) -> UInt64, by app: AppAlias, _ rows: (KnowledgeBase) -> [Row]
    ) -> Result<KnowledgePage<Row>, SimulatedRefusal> {
        carryOut(endpoint, summary, by: app) { (world) throws(Errcode) in
            let most = limit.flatMap { $0 == 0 ? nil : $0 } ?? 500
            try PlatformRules.require(
                (1...1000).contains(most), orRefuse: 40058, "limit: \(most), 1 to 1000")
            guard let base = world.corps[try world.corp(of: app)]?.knowledge else {
                throw Errcode(48002, "no such corp")
            }
            // By the last row's number, which stays right when rows before it are deleted.
            let seal = Seal(prefix: endpoint == .listGroups ? "KG" : "KI", key: world.idKey)
            var after: UInt64 = 0
            if let cursor {
                guard let value = seal.value(of: cursor) else {
                    throw Errcode(50100, "cursor: none of this list's")
                }
                after = value
            }
            let left = rows(base).filter { number($0) > after }
            let page = Array(left.prefix(most))
            return KnowledgePage(
                next: seal.text(for: page.last.map(number) ?? after),
                hasMore: left.count > page.count, rows: page)
        }
    }

    /// The answers with their files' names.
    private func named(
        _ answers: [KnowledgeBase.Answer], by app: AppAlias
    ) -> Result<[KnowledgeBase.Answer], Errcode> {
        Result { () throws(Errcode) in
            var named = answers
            for answer in named.indices {
                for place in named[answer].attachments.indices {
                    named[answer].attachments[place].fileName =
                        try fileName(of: named[answer].attachments[place].kind, by: app)
                }
            }
            return named
        }
    }

    private func fileName(
        of kind: KnowledgeBase.Attachment.Kind, by app: AppAlias
    ) throws(Errcode) -> String? {
        switch kind {
        case .image(let id): return try liveFile(id, .image, by: app).name
        case .video(let id): return try liveFile(id, .video, by: app).name
        case .miniprogram(let title, let thumbnail, let appID, let path):
            _ = try liveFile(thumbnail, .image, by: app)
            try PlatformRules.require(
                !title.isEmpty && !appID.isEmpty && !path.isEmpty, orRefuse: 40058,
                "miniprogram: title, appid or pagepath is empty")
            return nil
        case .link(let title, _, _, let url):
            try PlatformRules.require(
                !title.isEmpty && !url.isEmpty, orRefuse: 40058, "link: title or url is empty")
            try PlatformRules.require(
                PlatformRules.hasScheme(url), orRefuse: 45034, "link: url has no scheme")
            return nil
        }
    }
}
