package import ChatModel

/// A corp's knowledge base: groups of questions with their answers (wecom-kf reference §13).
///
/// Kept and paged as the platform does; nothing answers customers from it, since the native
/// assistant is inactive where the API allocates.
package struct KnowledgeBase: Hashable, Sendable {
    /// A group of questions.
    package struct Group: Hashable, Sendable {
        /// Its `group_id`.
        package let id: String
        /// Its name, unique in the corp.
        package var name: String
        /// Whether it is the one that can't be renamed or deleted.
        package let isDefault: Bool
        /// Its place in listings; never given twice.
        let number: UInt64
    }

    /// What an answer carries besides its words.
    package struct Attachment: Hashable, Sendable {
        /// What it is.
        package enum Kind: Hashable, Sendable {
            case image(MediaID)
            case video(MediaID)
            case link(title: String, picture: String?, description: String?, url: String)
            case miniprogram(title: String, thumbnail: MediaID, appID: String, pagePath: String)
        }

        /// What it is.
        package var kind: Kind
        /// The uploaded file's name: all that listings tell of images and videos.
        package internal(set) var fileName: String?

        /// An attachment as a caller gives it.
        package init(_ kind: Kind) { self.kind = kind }
    }

    /// An answer.
    package struct Answer: Hashable, Sendable {
        /// Its words.
        package var text: String
        /// What comes with them.
        package var attachments: [Attachment]

        /// An answer.
        package init(text: String, attachments: [Attachment] = []) {
            self.text = text
            self.attachments = attachments
        }
    }

    /// A question and its answer.
    package struct Intent: Hashable, Sendable {
        /// Its `intent_id`.
        package let id: String
        /// Its group.
        package let group: String
        /// The question.
        package internal(set) var question: String
        /// Other ways to ask it.
        package internal(set) var similar: [String]
        /// Exactly one.
        package internal(set) var answers: [Answer]
        /// Its place in listings; never given twice.
        let number: UInt64
    }

    private(set) var groups: [Group]
    private(set) var intents: [Intent] = []
    private var made: UInt64 = 1

    /// The default group and nothing in it.
    init(defaultGroup id: String) {
        groups = [Group(id: id, name: "默认分组", isDefault: true, number: 1)]
    }

    // MARK: Groups

    mutating func addGroup(id: String, name: String) throws(Errcode) {
        try check(name: name)
        try PlatformRules.require(
            groups.count < 100, orRefuse: 40058, "100 groups, at most 100")
        made += 1
        groups.append(Group(id: id, name: name, isDefault: false, number: made))
    }

    /// Deletes a group and its questions.
    mutating func deleteGroup(_ id: String) throws(Errcode) {
        let place = try changeable(id)
        groups.remove(at: place)
        intents.removeAll { $0.group == id }
    }

    mutating func renameGroup(_ id: String, to name: String) throws(Errcode) {
        let place = try changeable(id)
        if groups[place].name == name { return }
        try check(name: name)
        groups[place].name = name
    }

    private func changeable(_ id: String) throws(Errcode) -> Int {
        guard let place = groups.firstIndex(where: { $0.id == id }) else {
            throw Errcode(40058, "group_id: no such group")
        }
        if groups[place].isDefault { throw Errcode(40058, "group_id: the default group") }
        return place
    }

    private func check(name: String) throws(Errcode) {
        try Self.check(name, as: "name", most: 12)
        try PlatformRules.require(
            !groups.contains { $0.name == name }, orRefuse: 40058, "name: taken")
    }

    // MARK: Questions

    mutating func addIntent(
        id: String, group: String, question: String, similar: [String], answers: [Answer]
    ) throws(Errcode) {
        try PlatformRules.require(
            groups.contains { $0.id == group }, orRefuse: 40058, "group_id: no such group")
        try PlatformRules.require(
            intents.count { $0.group == group } < 200, orRefuse: 40058,
            "200 questions of the group, at most 200")
        try check(question: question, except: nil)
        try Self.check(similar: similar)
        try Self.check(answers: answers)
        made += 1
        intents.append(
            Intent(
                id: id, group: group, question: question, similar: similar, answers: answers,
                number: made))
    }

    mutating func deleteIntent(_ id: String) throws(Errcode) {
        intents.remove(at: try place(of: id))
    }

    /// Overwrites each part that is given, whole.
    mutating func changeIntent(
        _ id: String, question: String?, similar: [String]?, answers: [Answer]?
    ) throws(Errcode) {
        let place = try place(of: id)
        if let question { try check(question: question, except: id) }
        if let similar { try Self.check(similar: similar) }
        if let answers { try Self.check(answers: answers) }
        if let question { intents[place].question = question }
        if let similar { intents[place].similar = similar }
        if let answers { intents[place].answers = answers }
    }

    private func place(of id: String) throws(Errcode) -> Int {
        guard let place = intents.firstIndex(where: { $0.id == id }) else {
            throw Errcode(40058, "intent_id: no such question")
        }
        return place
    }

    /// A question may not come twice, in whatever groups.
    private func check(question: String, except id: String?) throws(Errcode) {
        try Self.check(question, as: "question", most: 200)
        try PlatformRules.require(
            !intents.contains { $0.question == question && $0.id != id }, orRefuse: 40058,
            "question: there already")
    }

    private static func check(similar: [String]) throws(Errcode) {
        try PlatformRules.require(
            similar.count <= 100, orRefuse: 40058,
            "similar_questions: \(similar.count), at most 100")
        for wording in similar { try check(wording, as: "similar_questions", most: 200) }
    }

    private static func check(answers: [Answer]) throws(Errcode) {
        guard let answer = answers.first, answers.count == 1 else {
            throw Errcode(40058, "answers: \(answers.count), exactly 1")
        }
        try PlatformRules.require(
            answer.attachments.count <= 4, orRefuse: 40058,
            "attachments: \(answer.attachments.count), at most 4")
        try check(answer.text, as: "answers", most: 500)
    }

    /// Characters, counted as Unicode scalars; at least one.
    private static func check(_ text: String, as name: String, most: Int) throws(Errcode) {
        let count = text.unicodeScalars.count
        try PlatformRules.require(
            (1...most).contains(count), orRefuse: 40058,
            "\(name): \(count) characters, 1 to \(most)")
    }
}
