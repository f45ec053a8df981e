import RuleEngine

/// Fills `$(name)` in keywords with the words of a list: each word becomes an alternative.
final class WordLists {
    /// More alternatives from one keyword than this are a mistake.
    static let mostCombinations = 1000
    /// No keyword with lists in it is longer, in bytes.
    private static let longestKeyword = 2000

    private let lists: [String: WordListSyntax]
    private let names: BundleNames
    private let log: DiagnosticLog
    private var filled: [String: [String]] = [:]
    private var open: [String] = []
    /// All keywords of a bundle together may not come to more.
    private var combinationsLeft = 200_000

    init(_ lists: [WordListSyntax], names: BundleNames, log: DiagnosticLog) {
        self.lists = Dictionary(
            lists.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
        self.names = names
        self.log = log
        for list in lists { _ = words(of: list.name.text) }
    }

    /// What a keyword stands for; itself where it names no list.
    func alternatives(_ words: Words) -> [Words] {
        guard words.text.contains("$(") else { return [words] }
        guard words.text.utf8.count <= Self.longestKeyword || allows(.max / 2, of: words) else {
            return []
        }
        return expand(words).map { Words($0, writtenAs: words) }
    }

    /// Whether a keyword may stand for so many; reports it otherwise.
    func allows(_ combinations: Int, of words: Words) -> Bool {
        combinationsLeft -= min(combinations, Self.mostCombinations)
        if combinations <= Self.mostCombinations, combinationsLeft > 0 { return true }
        log.report(
            words.diagnostic(
                .tooManyCombinations,
                Bilingual(
                    en: "this stands for more than \(Self.mostCombinations) keywords, or all "
                        + "together for too many",
                    zh: "展开后超过 \(Self.mostCombinations) 个词，或者全部加起来太多"),
                help: Bilingual(
                    en: "use shorter lists, or two rules", zh: "用短一点的词表，或者分成两条规则")))
        return false
    }

    private func words(of name: String) -> [String] {
        if let words = filled[name] { return words }
        guard let list = lists[name] else { return [] }
        open.append(name)
        var words: [String] = []
        for word in list.words {
            words += word.text.contains("$(") ? expand(word) : [word.text]
            if words.count > Self.mostCombinations * 10 { break }
        }
        open.removeLast()
        filled[name] = words
        return words
    }

    private func expand(_ words: Words) -> [String] {
        var results = [""]
        var rest = words.text[...]
        while let opening = rest.firstRange(of: "$(") {
            guard let close = rest[opening.upperBound...].firstIndex(of: ")") else {
                log.report(
                    words.diagnostic(
                        .placeholder, in: opening.lowerBound..<rest.endIndex,
                        Bilingual(en: "a placeholder without its ')'", zh: "占位符少了右括号“)”"),
                        help: Bilingual(en: "write $(name)", zh: "写成 $(词表名)")))
                return []
            }
            let literal = rest[..<opening.lowerBound]
            guard
                let list = list(words, opening.upperBound..<close)
            else { return [] }
            guard allows(results.count * list.count, of: words) else { return [] }
            results = results.flatMap { start in list.map { start + literal + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        return results.map { $0 + rest }
    }

    /// The words of the list that a part of `words` names; reports what is wrong with it.
    private func list(_ words: Words, _ range: Range<String.Index>) -> [String]? {
        let name = words.text[range].trimmed
        let part = Words(name, writtenAs: words.part(range))
        guard names.find(.words, part) else { return nil }
        guard !open.contains(name) else {
            log.report(
                words.diagnostic(
                    .textCycle, in: range,
                    Bilingual(
                        en: "the word list '\(name)' contains itself", zh: "词表「\(name)」包含了自己")))
            return nil
        }
        guard open.count < TextResolver.deepest else {
            log.report(words.diagnostic(.tooDeep, in: range, TextResolver.tooDeep))
            return nil
        }
        return self.words(of: name)
    }
}
