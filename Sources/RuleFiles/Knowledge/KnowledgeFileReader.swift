import RuleEngine

extension KnowledgeFile {
    /// The questions of a rule file: those of `faq`, and rules with `asks_like`.
    ///
    /// Only the file itself is read, not what it includes.
    ///
    /// - Returns: `nil` when the file can't be read; `log` then says why.
    package static func read(_ source: RuleSource, log: DiagnosticLog) -> KnowledgeFile? {
        let ownLog = DiagnosticLog()
        guard
            let root = YAMLDocument.parse(source, log: ownLog).map({
                KeyVocabulary.english($0, log: ownLog)
            }), !ownLog.hasErrors
        else {
            ownLog.diagnostics.forEach(log.report)
            return nil
        }
        refuseWhatCheckRefuses(root, log: ownLog)
        var reader = KnowledgeFileReader(text: YAMLText(source), log: ownLog)
        let file = reader.read(root)
        ownLog.diagnostics.forEach(log.report)
        return ownLog.hasErrors ? nil : file
    }

    /// Reports unknown keys and the like, as `check` would.
    ///
    /// What else `check` says of texts is left aside: the platform has questions that no rule file
    /// of its own could have, such as one of two lines.
    private static func refuseWhatCheckRefuses(_ root: YAMLNode, log: DiagnosticLog) {
        let ofBundle = DiagnosticLog()
        _ = BundleReader(log: ofBundle, isPartial: true).read(root, isIncluded: true)
        let ids: Set<DiagnosticID> = [.unknownKey, .unsupported, .wrongType]
        ofBundle.diagnostics.filter { ids.contains($0.id) }.forEach(log.report)
    }
}

/// Goes through a rule file's tree, and through the comments between its questions.
private struct KnowledgeFileReader {
    let text: YAMLText
    let log: DiagnosticLog
    private var file = KnowledgeFile(groups: [])
    private var group: String?
    private var attachments: [KnowledgeFile.Attachment] = []

    init(text: YAMLText, log: DiagnosticLog) {
        self.text = text
        self.log = log
    }

    mutating func read(_ root: YAMLNode) -> KnowledgeFile {
        let bundleReason = root.map?.first { $0.name == "valid" }.map {
            Left.Reason.key(Self.written($0), ofFile: true)
        }
        let questions = root[key: "faq"].map { $0.list ?? [$0] } ?? []
        for node in questions {
            takeMarks(above: node.place)
            if let reason = bundleReason ?? Self.reason(toLeave: node, but: Self.questionKeys) {
                leave(node[key: "ask"], node, asking: node[key: "ask"]?.text, reason)
            } else if let question = question(node) {
                add(question)
            } else {
                leave(node[key: "ask"], node, asking: node[key: "ask"]?.text, .reply)
            }
            attachments = []
        }
        takeLastMarks(behind: questions.last)
        refuseLooseAttachments()
        // Rules stand in no group of the platform's.
        group = nil
        for rule in root[key: "rules"]?.list ?? [] {
            let wordings = Self.texts(rule[key: "when"]?[key: "asks_like"])
            guard let first = wordings.first else { continue }
            if let reason = bundleReason ?? Self.reason(toLeave: rule, but: Self.ruleKeys) {
                leave(rule[key: "rule"], rule, asking: first, reason)
            } else if let answer = Self.answer(of: rule) {
                add(
                    KnowledgeFile.Question(
                        text: first, similar: Array(wordings.dropFirst()), answer: answer,
                        attachments: [], place: rule.place))
            } else {
                leave(rule[key: "rule"], rule, asking: first, .reply)
            }
        }
        return file
    }

    private mutating func add(_ question: KnowledgeFile.Question) {
        let place = question.place
        file.groups[index(of: group, at: place)].questions.append(question)
    }

    /// The group's place in the file, which is made at its first mention.
    private mutating func index(of name: String?, at place: SourcePlace) -> Int {
        if let index = file.groups.firstIndex(where: { $0.name == name }) { return index }
        file.groups.append(KnowledgeFile.Group(name: name, questions: [], place: place))
        return file.groups.count - 1
    }

    private mutating func leave(
        _ name: YAMLNode?, _ node: YAMLNode, asking question: String?, _ reason: Left.Reason
    ) {
        file.left.append(
            Left(name: name?.text ?? "", question: question, place: node.place, reason: reason))
    }

    // MARK: What carries over

    private typealias Left = KnowledgeFile.Left

    /// What the platform stores, and what only the rule file's keeper reads.
    private static let ruleKeys: Set = [
        "rule", "when", "reply", "examples", "not_examples", "id", "renamed_from", "owner",
    ]
    private static let questionKeys = ruleKeys.subtracting(["when"]).union([
        "ask", "like", "answer",
    ])

    /// The first key that the platform has no place for: without its condition, or what it does
    /// beside answering, an answer would be another.
    private static func reason(toLeave node: YAMLNode, but carried: Set<String>) -> Left.Reason? {
        if let other = node.map?.first(where: { !carried.contains($0.name) }) {
            return .key(Self.written(other), ofFile: false)
        }
        let trigger = node[key: "when"]?.map?.first { $0.name != "asks_like" }
        return trigger.map { .key("when: \(Self.written($0))", ofFile: false) }
    }

    /// A key as its author wrote it.
    private static func written(_ entry: YAMLNode.Entry) -> String { entry.key.text ?? entry.name }

    // MARK: Questions

    private func question(_ node: YAMLNode) -> KnowledgeFile.Question? {
        guard let ask = node[key: "ask"]?.text, let answer = Self.answer(of: node) else {
            return nil
        }
        return KnowledgeFile.Question(
            text: ask, similar: Self.texts(node[key: "like"]), answer: answer,
            attachments: attachments, place: node.place)
    }

    private static func texts(_ node: YAMLNode?) -> [String] {
        guard let node else { return [] }
        return (node.list ?? [node]).compactMap(\.text)
    }

    /// The one text a rule replies with; `nil` for any other reply, and for one with values in it.
    private static func answer(of node: YAMLNode) -> String? {
        guard let reply = node[key: "answer"] ?? node[key: "reply"] else { return nil }
        let only = reply.list.map { $0.count == 1 ? $0[0] : reply } ?? reply
        guard let text = only.text, let parts = try? Template.Part.parts(of: text) else {
            return nil
        }
        var answer = ""
        for part in parts {
            guard case .literal(let words) = part else { return nil }
            answer += words
        }
        return answer
    }

    // MARK: Marks

    /// The marks in the comments right above a question.
    ///
    /// A comment stands no further right than the question's dash; what does belongs to the answer
    /// before it.
    private mutating func takeMarks(above place: SourcePlace) {
        let dash = Self.margin(of: text.line(place.line))
        var first = place.line
        while first > 1, isComment(text.line(first - 1), within: dash) { first -= 1 }
        for number in first..<place.line { takeMark(inLine: number) }
    }

    private mutating func takeLastMarks(behind last: YAMLNode?) {
        let dash = last.map { Self.margin(of: text.line($0.place.line)) } ?? .max
        var first = text.lineCount + 1
        while first > 1, isComment(text.line(first - 1), within: dash) { first -= 1 }
        // Without a question the marks stand behind `faq: []`, or anywhere.
        if last == nil { first = 1 }
        for number in first..<(text.lineCount + 1) { takeMark(inLine: number) }
    }

    private func isComment(_ line: ArraySlice<UInt8>, within margin: Int) -> Bool {
        let indent = Self.margin(of: line)
        guard indent < line.count else { return true }
        return indent <= margin && line[line.startIndex + indent] == UInt8(ascii: "#")
    }

    private static func margin(of line: ArraySlice<UInt8>) -> Int {
        line.prefix { $0 == UInt8(ascii: " ") }.count
    }

    private mutating func takeMark(inLine number: Int) {
        let line = text.line(number)
        let indent = Self.margin(of: line)
        let content = line.dropFirst(indent)
        guard content.starts(with: "#:".utf8) else { return }
        let place = SourcePlace(file: text.path, line: number, column: indent + 1)
        let words = String(decoding: content.dropFirst(2), as: UTF8.self)
        // What a mark says is YAML of its own; its mistakes are told with the mark's place.
        let mark = YAMLDocument.parse(
            RuleSource(path: text.path, text: words), log: DiagnosticLog())
        guard let entry = mark?.map?.first, mark?.map?.count == 1 else {
            return report(place, Self.unreadable)
        }
        if entry.name == "group" || entry.name == "分组" {
            refuseLooseAttachments()
            guard let name = entry.value.text, !name.isEmpty else {
                return report(place, Self.unreadable)
            }
            group = name
            _ = index(of: name, at: place)
        } else if let fields = Self.marks[entry.name] {
            if let stranger = entry.value.map?.first(where: { !fields.contains($0.name) }) {
                report(place, Self.unknown(stranger.name, among: fields))
            } else if let attachment = Self.attachment(entry.name, entry.value) {
                attachments.append(attachment)
            } else {
                report(place, Self.unreadable)
            }
        } else {
            report(place, Self.unknown(entry.name, among: ["group"] + Self.marks.keys.sorted()))
        }
    }

    /// The marks of attachments, with the fields of those that have any.
    private static let marks: [String: [String]] = [
        "image": [], "video": [], "link": ["title", "desc", "url", "picurl"],
        "miniprogram": ["title", "appid", "pagepath"], "attachment": ["type", "name"],
    ]

    private static func unknown(_ word: String, among known: [String]) -> Bilingual {
        let suggestion =
            Suggestion.help(for: word, among: known).map { Bilingual("; ") + $0 } ?? Bilingual("")
        return Bilingual(
            en: "this line begins with '#:', and '\(word)' is not known there",
            zh: "这一行以“#:”开头，里面的「\(word)」不认识") + suggestion
    }

    private static func attachment(
        _ type: String, _ value: YAMLNode
    ) -> KnowledgeFile.Attachment? {
        func field(_ name: String) -> String? { value[key: name]?.text }
        switch type {
        case "attachment":
            guard let type = field("type"), let name = field("name"), !type.isEmpty else {
                return nil
            }
            return .file(type: type, name: name)
        case "link":
            guard let title = field("title"), let url = field("url") else { return nil }
            return .link(
                title: title, pictureURL: field("picurl"), description: field("desc"), url: url)
        case "miniprogram":
            guard let title = field("title"), let appID = field("appid"),
                let pagePath = field("pagepath")
            else { return nil }
            return .miniprogram(title: title, appID: appID, pagePath: pagePath)
        default:
            guard let name = value.text else { return nil }
            return .file(type: type, name: name)
        }
    }

    private mutating func refuseLooseAttachments() {
        guard !attachments.isEmpty else { return }
        attachments = []
        report(
            file.groups.last?.place ?? SourcePlace(file: text.path, line: 1, column: 1),
            Bilingual(
                en: "an attachment of this group stands before no question",
                zh: "这个分组里有附件，后面却没有问题"))
    }

    private func report(_ place: SourcePlace, _ message: Bilingual) {
        log.report(
            Diagnostic(
                .badValue, at: place, message,
                help: Bilingual(
                    en: "#: group: 售后, #: image: 退款.png, #: link: { title: …, url: … }, or "
                        + "#: miniprogram: { title: …, appid: …, pagepath: … }",
                    zh: "写成 #: group: 售后、#: image: 退款.png、#: link: { title: …, url: … } 或 "
                        + "#: miniprogram: { title: …, appid: …, pagepath: … }")))
    }

    private static let unreadable = Bilingual(
        en: "this line begins with '#:' but says nothing that is known", zh: "这一行以“#:”开头，内容却认不出来")
}
