import RuleEngine

/// The keys of the format in Chinese, and what people write when they mean one of them.
///
/// The format has one set of keys, the English ones; a file may use the Chinese names instead, all
/// or some. Only keys the format knows are words of the language: names of menus, texts and rules
/// stay what the author called them, whatever they are called.
package enum KeyVocabulary {
    /// The language of a file's keys.
    package enum Language: String, Hashable, Sendable, CaseIterable {
        case zh, en
    }

    /// The Chinese name of a key; `nil` for a word that is no key.
    ///
    /// Two keys may share a name (`rule` and `rules` are both 规则) where no map has both.
    package static func chinese(for key: String) -> String? { chineseNames[key] }

    /// The key of `keys` that `name` means: itself, or the one whose Chinese name it is.
    package static func english(for name: String, among keys: some Sequence<String>) -> String? {
        keys.first { $0 == name || chineseNames[$0] == name }
    }

    /// The key of `keys` that somebody who wrote `word` most probably meant, in the language the
    /// word is in; `nil` when nothing is near.
    ///
    /// Knows the words people use for the same thing (答复 and `answer` for `reply`), then looks
    /// for slips of the keyboard in both languages.
    package static func suggestion(
        for word: String, among keys: some Sequence<String>
    ) -> String? {
        let keys = Array(keys)
        let isChinese = word.unicodeScalars.contains { $0.value >= 0x2E80 }
        func spelled(_ key: String) -> String { isChinese ? chineseNames[key] ?? key : key }
        let lowered = word.lowercased()
        if let key = keys.first(where: { synonyms[$0]?.contains(lowered) == true }) {
            return spelled(key)
        }
        if let key = english(for: lowered, among: keys) { return spelled(key) }
        return Suggestion.nearest(to: word, among: keys + keys.compactMap { chineseNames[$0] })
    }

    /// The keys of every map of the format, each with its Chinese name: for references and checks.
    package static var keysByMap: [[(key: String, chinese: String?)]] {
        FileSchema.tables.values.map { $0.keys.map { ($0, chineseNames[$0]) } }
    }

    /// The tree with its keys in English, for readers that only know those: each entry's `name`
    /// changes, its `key` keeps the author's word and place.
    ///
    /// Reports a key that stands there in both languages. Takes what ``YAMLDocument`` returns,
    /// which is at most 64 levels deep.
    package static func english(_ root: YAMLNode, log: DiagnosticLog) -> YAMLNode {
        let kind = FileSchema.root(root.map?.map(\.name) ?? [])
        return english(root, as: .map(kind), log: log)
    }

    private static func english(
        _ node: YAMLNode, as shape: FileSchema.Shape, log: DiagnosticLog
    ) -> YAMLNode {
        switch node.content {
        case .scalar: return node
        case .list(let elements):
            let elements = elements.map { english($0, as: shape.element, log: log) }
            return YAMLNode(content: .list(elements), place: node.place, length: node.length)
        case .map(let entries):
            var seen: [String: SourcePlace] = [:]
            let translated = entries.map { entry in
                let name = shape.map?.english(for: entry.name) ?? entry.name
                if let first = seen.updateValue(entry.key.place, forKey: name) {
                    log.report(
                        .duplicateKey, at: entry.key,
                        Bilingual(
                            en: "'\(entry.name)' and the key in line \(first.line) are the same "
                                + "key in two languages",
                            zh: "「\(entry.name)」和第 \(first.line) 行的键是一回事（一个中文，一个英文）"),
                        help: Bilingual(
                            en: "keep one of them, or join their values",
                            zh: "只留一个，或者把内容合在一起"))
                }
                let value = shape.map?.shape(of: entry.name) ?? .unknown
                return YAMLNode.Entry(
                    key: entry.key, name: name, value: english(entry.value, as: value, log: log))
            }
            return YAMLNode(content: .map(translated), place: node.place, length: node.length)
        }
    }
}
