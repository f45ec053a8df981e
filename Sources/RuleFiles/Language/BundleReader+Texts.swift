import ChatModel
import RuleEngine

/// Words for customers, word lists, and what a bundle leaves unsaid.
extension BundleReader {
    /// The languages a text may be written in: ISO 639-1, those customers of WeChat write.
    static let languages: Set<String> = [
        "zh", "en", "ja", "ko", "fr", "de", "es", "pt", "it", "ru", "th", "vi", "id", "ms", "ar",
        "hi", "tr",
    ]

    /// Whether a map is a text in several languages: every key is one.
    static func isLocalized(_ node: YAMLNode) -> Bool {
        guard let entries = node.map, !entries.isEmpty else { return false }
        return entries.contains { languages.contains($0.name) }
    }

    func readTexts(_ map: MapCursor) -> [TextSyntax] {
        map.namedEntries.compactMap { entry in
            let noun = SymbolKind.text.noun
            guard let name = name(entry.key, of: noun, isInPlaceholders: true) else { return nil }
            let what = noun.named(entry.name)
            guard entry.value.map != nil, !Self.isLocalized(entry.value) else {
                return customerText(entry.value, as: what).map { TextSyntax(name: name, value: $0) }
            }
            guard let map = MapCursor(entry.value, as: what, log: log) else { return nil }
            let value = map.requiredValue("text").flatMap { customerText($0, as: what) }
            let overrides = map.flag("override") ?? false
            map.finish()
            return value.map { TextSyntax(name: name, value: $0, overrides: overrides) }
        }
    }

    /// Words a customer will read: a text, or a map of languages.
    func customerText(_ node: YAMLNode, as what: Bilingual) -> LocalText? {
        guard Self.isLocalized(node), let map = MapCursor(node, as: what, log: log) else {
            return MapCursor.text(node, as: what, log: log).map {
                LocalText(warnAboutQuotes($0))
            }
        }
        let variants = map.namedEntries.compactMap { entry -> LocalText.Variant? in
            guard Self.languages.contains(entry.name) else {
                log.report(
                    .unknownKey, at: entry.key,
                    Bilingual(
                        en: "'\(entry.name)' is no language", zh: "没有「\(entry.name)」这种语言"),
                    help: Suggestion.help(for: entry.name, among: Self.languages.sorted())
                        ?? Bilingual(
                            en: "write a code of two letters: zh, en, ja …",
                            zh: "写两个字母的代码：zh、en、ja…"))
                return nil
            }
            let noun = Bilingual(en: "'\(entry.name)'", zh: "「\(entry.name)」")
            return MapCursor.text(entry.value, as: noun, log: log).map {
                LocalText.Variant(language: Language(entry.name), words: warnAboutQuotes($0))
            }
        }
        return variants.isEmpty ? nil : LocalText(variants)
    }

    /// A sentence wholly in “…” was meant in quotes, and would be sent with them.
    private func warnAboutQuotes(_ node: YAMLNode) -> Words {
        let words = Words(node)
        guard case .scalar(let text, .plain) = node.content, text.count > 2,
            let first = text.first, let last = text.last,
            first == "“" && "”“".contains(last) || first == "‘" && "’‘".contains(last)
                || first == "”" && last == "”",
            !text.dropFirst().dropLast().contains(where: { "“”‘’".contains($0) })
        else { return words }
        log.report(
            words.diagnostic(
                .quotedText,
                Bilingual(
                    en: "the quotes around the text are sent to the customer",
                    zh: "整句外面的引号“”会原样发给客户"),
                help: Bilingual(
                    en: "leave them out; texts need no quotes", zh: "去掉引号：文字不用加引号")))
        return words
    }

    // MARK: Word lists

    func readWordLists(_ map: MapCursor) -> [WordListSyntax] {
        map.namedEntries.compactMap { entry in
            let noun = SymbolKind.words.noun
            guard let name = name(entry.key, of: noun, isInPlaceholders: true) else { return nil }
            let what = noun.named(entry.name)
            var list = WordListSyntax(name: name, words: [])
            var node = entry.value
            if node.map != nil, let map = MapCursor(node, as: what, log: log) {
                list.overrides = map.flag("override") ?? false
                let words = map.requiredValue("words")
                map.finish()
                guard let words else { return nil }
                node = words
            }
            let elements = node.list ?? [node]
            if elements.isEmpty {
                log.report(
                    .emptyText, at: node,
                    Bilingual(en: "\(what.en) is empty", zh: "\(what.zh)是空的"))
            }
            list.words = elements.compactMap { element in
                MapCursor.text(element, as: what, orList: node.list == nil, log: log)
                    .flatMap { word($0, of: entry.name) }
            }
            return list
        }
    }

    // MARK: Defaults

    /// The folds there are, and whether they can be switched.
    private static let folds = [
        "全半角": false, "繁简": false, "大小写": false, "标点": false, "表情": false, "拼音": true,
        "width": false, "script": false, "case": false, "marks": false, "emoji": false,
        "pinyin": true,
    ]

    func readDefaults(_ map: MapCursor) -> DefaultsSyntax {
        var defaults = DefaultsSyntax()
        defaults.hearsPinyin = readFolds(map)
        defaults.idle = positive(map, "idle")
        defaults.budgetKeep = map.integer("budget_keep", in: 0...4)
        defaults.zone = readZone(map)
        if let node = map.value("ask_back") {
            if node.map != nil, !Self.isLocalized(node),
                let askBack = MapCursor(node, as: .quoted("ask_back"), log: log)
            {
                defaults.askBack = text(askBack, "head")
                defaults.noneOfThese = text(askBack, "none")
                askBack.finish()
            } else {
                defaults.askBack = customerText(node, as: .quoted("ask_back"))
            }
        }
        if let similar = map.map("similar") { defaults.similar = readSimilar(similar) }
        defaults.cancel = wordsIfPresent(map, "cancel")
        defaults.cancelled = text(map, "cancelled")
        defaults.expire = positive(map, "expire")
        map.finish()
        return defaults
    }

    private func readSimilar(_ map: MapCursor) -> SimilarSyntax {
        var similar = SimilarSyntax()
        similar.answer = map.decimal("answer", in: 0.5...1)
        similar.askBack = map.decimal("ask_back", in: 0...1)
        let usual = SimilarityThresholds()
        if let node = map.node[key: "ask_back"] ?? map.node[key: "answer"],
            similar.askBack ?? usual.ask > similar.answer ?? usual.answer
        {
            refuse(
                node, en: "'ask_back' must not be above 'answer'",
                zh: "「ask_back」不能比「answer」大",
                help: Bilingual(
                    en: "the usual ones are answer: 0.75, ask_back: 0.35",
                    zh: "一般是 answer: 0.75，ask_back: 0.35"))
        }
        if let synonyms = map.map("synonyms") {
            similar.options.synonyms = synonyms.namedEntries.compactMap { entry in
                let nodes = entry.value.list ?? [entry.value]
                if nodes.isEmpty {
                    refuse(
                        entry.value, .emptyText, en: "'\(entry.name)' has no synonyms",
                        zh: "「\(entry.name)」没有写同义词")
                }
                let variants = plainWords(nodes)
                guard let head = plainWord(entry.key), !variants.isEmpty else { return nil }
                return SimilarityOptions.Synonym(head: head, variants: variants)
            }
        }
        similar.options.opposites = map.elements("opposites").compactMap { pair in
            let words = plainWords(pair.list ?? [])
            guard words.count > 1 else {
                refuse(
                    pair, en: "opposites are lists of at least two words",
                    zh: "反义词两个两个地写",
                    help: Bilingual(
                        en: "write [[开通, 关闭], [国内, 国外]]", zh: "写成 [[开通, 关闭], [国内, 国外]]"))
                return nil
            }
            return words
        }
        similar.options.fillers = plainWords(map.texts("fillers"))
        similar.options.notNegations = plainWords(map.texts("not_negations"))
        map.finish()
        return similar
    }

    /// Words with something in them that a customer can say.
    private func plainWords(_ nodes: [YAMLNode]) -> [String] { nodes.compactMap(plainWord) }

    private func plainWord(_ node: YAMLNode) -> String? {
        guard
            let text = MapCursor.text(node, as: .quoted("similar"), log: log)?.text
        else { return nil }
        guard FoldedText(text).meaningfulCount > 0, text.count <= 50 else {
            refuse(
                node, en: "'\(text.prefix(20))' is no word", zh: "「\(text.prefix(20))」不是词",
                help: Bilingual(en: "write 1 to 50 characters", zh: "写 1 到 50 个字"))
            return nil
        }
        return text
    }

    private func readFolds(_ map: MapCursor) -> Bool? {
        guard let node = map.value("fold") else { return nil }
        let names = map.texts("fold").compactMap { element -> String? in
            let name = element.text ?? ""
            if Self.folds[name] != nil { return name }
            refuse(
                element, en: "'fold' has no '\(name)'", zh: "「fold」没有「\(name)」",
                help: Suggestion.help(for: name, among: Self.folds.keys.sorted())
                    ?? Bilingual(
                        en: "one of: 全半角, 繁简, 大小写, 标点, 表情, 拼音",
                        zh: "可以写：全半角、繁简、大小写、标点、表情、拼音"))
            return nil
        }
        let always = [
            ("全半角", "width"), ("繁简", "script"), ("大小写", "case"), ("标点", "marks"),
            ("表情", "emoji"),
        ]
        let missing = always.filter { !names.contains($0.0) && !names.contains($0.1) }.map(\.0)
        if !missing.isEmpty, !names.isEmpty {
            log.report(
                .foldAlwaysApplies, at: node,
                Bilingual(
                    en: "\(missing.joined(separator: ", ")) always apply, listed or not",
                    zh: "\(missing.joined(separator: "、"))总是生效，写不写都一样"),
                help: Bilingual(
                    en: "write [全半角, 繁简, 大小写, 标点, 表情], and 拼音 if you want it",
                    zh: "写全 [全半角, 繁简, 大小写, 标点, 表情]，要拼音再加上 拼音"))
        }
        return names.contains("拼音") || names.contains("pinyin")
    }

    /// The text after `key`, in one language or several.
    func text(_ map: MapCursor, _ key: String) -> LocalText? {
        map.value(key).flatMap { customerText($0, as: .quoted(key)) }
    }

    /// A span of time longer than none.
    func positive(_ map: MapCursor, _ key: String) -> Duration? {
        guard let duration = map.duration(key) else { return nil }
        if duration > .zero { return duration }
        refuse(
            map.node[key: key] ?? map.node, en: "'\(key)' must be longer than 0",
            zh: "「\(key)」要大于 0")
        return nil
    }
}
