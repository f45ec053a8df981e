import ChatModel
import RuleEngine

/// Reads a file's YAML tree into ``BundleSyntax``; every mistake goes to the log.
///
/// Keys are English here: whoever parses translates Chinese ones first.
struct BundleReader {
    /// The format this version reads, the value of `kf:`.
    static let formatVersion = "1"
    /// The longest name of anything, in characters: what fits a console's column.
    static let maximumNameLength = 64
    /// The longest name of a question of `faq`, in characters: a question is its own name.
    static let maximumQuestionLength = 200

    let log: DiagnosticLog
    /// Whether parts of the file couldn't be parsed: then nothing is missed.
    var isPartial = false

    /// The bundle or fragment, as far as it could be read; `nil` when the root isn't a map.
    ///
    /// - Parameter isIncluded: Whether another file includes this one.
    func read(_ root: YAMLNode, isIncluded: Bool = false) -> BundleSyntax? {
        guard let map = MapCursor(root, as: Self.bundleNoun, log: log) else { return nil }
        let isFragment = map.node[key: "bundle"] == nil && isIncluded
        let needsAll = !isFragment && !isPartial
        readFormat(map, isRequired: needsAll)
        let nameNode = map.text("bundle")
        if needsAll, map.node[key: "bundle"] == nil {
            log.report(
                .missingKey, at: map.node,
                Bilingual(en: "a bundle needs 'bundle:'", zh: "规则包缺少「bundle:」"),
                help: Bilingual(
                    en: "give it a name; a part of another bundle is read through its 'include:'",
                    zh: "起个名字；如果这是别的规则包的一部分，就在那里写 include:"))
        }
        let name = nameNode.flatMap { self.name($0, of: Self.bundleNoun) }
        var bundle = BundleSyntax(name: name ?? Words(root))
        bundle.isFragment = isFragment
        if isFragment { refuseInFragment(map) }
        if needsAll ? map.requiredValue("accounts") != nil : map.value("accounts") != nil {
            bundle.accounts = map.texts("accounts").compactMap { word($0, of: "accounts") }
        }
        bundle.owner = map.text("owner").map(Words.init)
        bundle.includes = map.texts("include").map(Words.init)
        bundle.valid = map.text("valid").flatMap { span(Words($0), of: "valid") }
        if let defaults = map.map("defaults") { bundle.defaults = readDefaults(defaults) }
        readSections(map, into: &bundle)
        let needsRules = needsAll && map.node[key: "faq"] == nil && bundle.includes.isEmpty
        if needsRules ? map.requiredValue("rules") != nil : map.value("rules") != nil {
            bundle.rules = (map.list("rules") ?? []).compactMap(readRule)
        }
        bundle.rules += map.elements("faq").compactMap(readQuestion)
        if let tests = map.value("tests") { bundle.tests = [tests] }
        map.finish()
        return name == nil && needsAll ? nil : bundle
    }

    static let bundleNoun = Bilingual(en: "a bundle", zh: "规则包")

    private func readSections(_ map: MapCursor, into bundle: inout BundleSyntax) {
        if let texts = map.map("texts") { bundle.texts = readTexts(texts) }
        if let texts = map.map("templates") { bundle.texts += readTexts(texts) }
        if let lists = map.map("words") { bundle.wordLists = readWordLists(lists) }
        if let schedules = map.map("schedules") { bundle.schedules = readSchedules(schedules) }
        if let menus = map.map("menus") { bundle.menus = readMenus(menus) }
        if let slots = map.map("slots") { bundle.slots = readSlots(slots) }
        if let notices = map.list("notices") {
            bundle.notices = notices.compactMap(readNotice)
        }
        if let flows = map.map("flows") { bundle.flows = readFlows(flows) }
        if let policies = map.map("handoff") { bundle.policies = readPolicies(policies) }
        if let surveys = map.map("surveys") { bundle.surveys = readSurveys(surveys) }
    }

    private func readFormat(_ map: MapCursor, isRequired: Bool) {
        let format = isRequired ? map.requiredText("kf") : map.text("kf")
        guard let format, format.text != Self.formatVersion else { return }
        log.report(
            .formatVersion, at: format,
            Bilingual(
                en: "the file is in format '\(format.text ?? "")'; this version reads format 1",
                zh: "文件的格式版本是「\(format.text ?? "")」，这个程序只读版本 1"),
            help: Bilingual(
                en: "write 'kf: 1', or use a newer version of the program",
                zh: "写 kf: 1，或换用新版程序"))
    }

    /// What concerns a whole bundle can't come from a part of it.
    private func refuseInFragment(_ map: MapCursor) {
        for key in ["accounts", "defaults", "valid"] {
            guard let entry = map.entry(key) else { continue }
            log.report(
                .notAFragment, at: entry.key,
                Bilingual(
                    en: "'\(key)' concerns the whole bundle; an included file can't say it",
                    zh: "「\(key)」管整个规则包，不能写在被引入的文件里"),
                help: Bilingual(
                    en: "move it to the file that includes this one", zh: "移到引入它的文件里"))
        }
    }

    // MARK: Names and words

    /// A name: one line, not too long; `for placeholders` without what they are written with.
    func name(
        _ node: YAMLNode, of what: Bilingual, isInPlaceholders: Bool = false,
        longest: Int = maximumNameLength
    ) -> Words? {
        let noun = Bilingual(en: "the name of \(what.en)", zh: "\(what.zh)的名字")
        guard let node = MapCursor.text(node, as: noun, log: log), let text = node.text else {
            return nil
        }
        guard text.count <= longest, !text.contains(where: \.isNewline) else {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "\(noun.en) must be one line of at most \(longest) characters",
                    zh: "\(noun.zh)只能是一行，最多 \(longest) 个字"))
            return nil
        }
        if isInPlaceholders, let mark = text.first(where: { "|().".contains($0) }) {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "\(noun.en) has no '\(mark)'", zh: "\(noun.zh)里不能有“\(mark)”"),
                help: Bilingual(
                    en: "it is written as $(name) in texts", zh: "它要在文字里写成 $(名字)"))
            return nil
        }
        return refuseFullWidthQuotes(node)
    }

    /// A keyword or a name in a list, where full-width punctuation is a slip of the keyboard.
    func word(_ node: YAMLNode, of key: String) -> Words? {
        guard let words = refuseFullWidthQuotes(node) else { return nil }
        if case .scalar(let text, .plain) = node.content, let first = text.first,
            "【［".contains(first), text.contains(where: { "，、,".contains($0) })
        {
            log.report(
                words.diagnostic(
                    .fullWidth, in: text.startIndex..<text.index(after: text.startIndex),
                    Bilingual(
                        en: "a list in full-width brackets '\(first)'",
                        zh: "列表用了全角括号“\(first)”"),
                    help: Bilingual(
                        en: "write [a, b]: ASCII brackets, commas and spaces; 'check --fix' "
                            + "does it",
                        zh: "写成 [甲, 乙]：半角括号、半角逗号加空格；check --fix 会改")))
            return nil
        }
        guard case .scalar(let text, .plain) = node.content,
            let comma = text.firstIndex(where: { "，、".contains($0) }),
            let scalar = text[comma].unicodeScalars.first
        else { return words }
        log.report(
            words.diagnostic(
                .fullWidth, in: comma..<text.index(after: comma),
                Bilingual(
                    en: "full-width '\(scalar)' does not separate the words of '\(key)'",
                    zh: "全角“\(scalar)”不能用来分隔「\(key)」的词"),
                help: FullWidth.help(for: scalar)
                    + Bilingual(
                        en: "; if it belongs to the words, use quotes", zh: "；如果它是词的一部分，就加引号")))
        return nil
    }

    /// The words of a list, each checked by ``word(_:of:)``.
    func words(_ map: MapCursor, _ key: String) -> [Words] {
        map.texts(key).compactMap { word($0, of: key) }
    }

    /// A text or a list of texts that stands after a name: alternatives.
    func texts(_ node: YAMLNode, of key: String) -> [YAMLNode] {
        guard let list = node.list else {
            return MapCursor.text(node, as: .quoted(key), orList: true, log: log).map { [$0] } ?? []
        }
        let what = Bilingual(en: "each of '\(key)'", zh: "「\(key)」的每一项")
        if list.isEmpty {
            refuse(node, .emptyText, en: "the list of '\(key)' is empty", zh: "「\(key)」的列表是空的")
        }
        return list.compactMap { MapCursor.text($0, as: what, log: log) }
    }

    /// The words after a key; `nil` where the key isn't there.
    func wordsIfPresent(_ map: MapCursor, _ key: String) -> [Words]? {
        map.entry(key) == nil ? nil : words(map, key)
    }

    private func refuseFullWidthQuotes(_ node: YAMLNode) -> Words? {
        let words = Words(node)
        guard case .scalar(let text, .plain) = node.content, let first = text.first,
            "“”‘’".contains(first), let scalar = first.unicodeScalars.first
        else { return words }
        log.report(
            words.diagnostic(
                .fullWidth, in: text.startIndex..<text.index(after: text.startIndex),
                FullWidth.message(for: scalar),
                help: Bilingual(
                    en: "no quotes are needed here; leave them out", zh: "这里不用引号，去掉就好")))
        return nil
    }

    /// Exactly one of `keys` must be there; reports none and several.
    ///
    /// - Parameter isListable: Whether a list with one element for each would be right.
    func onlyKey(
        _ map: MapCursor, of keys: [String], isListable: Bool = false
    ) -> String? {
        let present = keys.filter { map.node[key: $0] != nil }
        if present.count == 1 { return present[0] }
        if present.isEmpty {
            log.report(
                .missingKey, at: map.node,
                Bilingual(
                    en: "\(map.what.en) needs one of: \(keys.joined(separator: ", "))",
                    zh: "\(map.what.zh)要写其中一个：\(keys.joined(separator: "、"))"))
        } else {
            log.report(
                .badValue, at: map.node,
                Bilingual(
                    en: "\(map.what.en) takes only one of: \(present.joined(separator: ", "))",
                    zh: "\(map.what.zh)只能写其中一个：\(present.joined(separator: "、"))"),
                help: isListable
                    ? Bilingual(en: "make a list, one element for each", zh: "写成列表，每项一个") : nil)
        }
        return nil
    }

    /// Reports a value that isn't allowed.
    func refuse(
        _ node: YAMLNode, _ id: DiagnosticID = .badValue, en: String, zh: String,
        help: Bilingual? = nil
    ) {
        log.report(id, at: node, Bilingual(en: en, zh: zh), help: help)
    }
}
