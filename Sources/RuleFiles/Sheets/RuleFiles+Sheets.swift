import RuleEngine

/// Sheets: out of rules, and into them.
extension RuleFiles {
    /// The questions of a sheet that could be read, and what is wrong with the others.
    ///
    /// A sheet is comma-, semicolon- or tab-separated; the first row names the columns.
    package static func questions(
        ofSheet source: RuleSource
    ) -> (entries: [FAQEntry], diagnostics: [Diagnostic]) {
        let log = DiagnosticLog()
        let rows = FAQSheet.rows(of: source, log: log)
        return (rows.map(\.entry), log.diagnostics.sorted())
    }

    /// What adding questions to a rule file gave.
    package struct Addition: Sendable {
        /// The file's new text.
        package let text: String
        /// How many questions were added.
        package let added: Int
        /// Questions the file had already; they stay as they were.
        package let present: [String]
    }

    /// A rule file with questions added at the end of its `faq:`; an empty one becomes a fragment
    /// of its own.
    ///
    /// - Returns: `nil` when the file can't be read or its `faq:` isn't a list with `-`; `log` then
    ///   says why.
    package static func adding(
        _ entries: [FAQEntry], to source: RuleSource, log: DiagnosticLog
    ) -> Addition? {
        guard !source.text.trimmed.isEmpty else {
            return Addition(
                text: "faq:\n" + FAQEntry.yaml(entries), added: entries.count, present: [])
        }
        guard
            let root = YAMLDocument.parse(source, log: log).map({
                KeyVocabulary.english($0, log: log)
            })
        else { return nil }
        guard let map = root.map else {
            log.report(
                .wrongType, at: root,
                Bilingual(en: "a rule file is a list of 'key: value'", zh: "规则文件是一条条的“键: 值”"),
                help: Bilingual(
                    en: "name a rule file, or one that isn't there yet", zh: "换一个规则文件，或者还不存在的文件"))
            return nil
        }
        let index = map.firstIndex { $0.name == "faq" }
        let old = index.flatMap { map[$0].value.list } ?? []
        let known = Set(old.compactMap { $0[key: "ask"]?.text })
        let new = entries.filter { !known.contains($0.question) }
        let present = entries.map(\.question).filter(known.contains)
        if new.isEmpty { return Addition(text: source.text, added: 0, present: present) }
        var lines = YAMLText(source).text.split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        while let last = lines.last, last.trimmed.isEmpty { lines.removeLast() }
        if let index {
            // The dash stands two columns before the question.
            let indent = max(0, (old.first?.place.column ?? 5) - 3)
            let next = index + 1 < map.count ? map[index + 1].key.place.line - 1 : lines.count
            // Comments and empty lines before the next key belong to that key.
            let end = lines[..<next].lastIndex {
                !$0.trimmed.isEmpty && !$0.hasPrefix("#")
            }
            let text = FAQEntry.yaml(new, indent: indent)
            lines.insert(String(text.dropLast()), at: min(next, (end ?? 0) + 1))
        } else {
            lines += ["", "faq:", String(FAQEntry.yaml(new).dropLast())]
        }
        let text = lines.joined(separator: "\n") + "\n"
        guard Self.hasGrown(map, into: RuleSource(path: source.path, text: text), by: new) else {
            let place = index.map { map[$0].key } ?? root
            log.report(
                .unsupported, at: place,
                Bilingual(en: "nothing can be added to this 'faq'", zh: "没法往这个「faq」里加问题"),
                help: Bilingual(
                    en: "write it as a list, a '- ask:' below the other, or name another file",
                    zh: "写成每行一个“- ask:”的列表，或者换一个文件"))
            return nil
        }
        return Addition(text: text, added: new.count, present: present)
    }

    /// Whether a text says what `old` says, with the questions behind those it had.
    private static func hasGrown(
        _ old: [YAMLNode.Entry], into source: RuleSource, by new: [FAQEntry]
    ) -> Bool {
        let log = DiagnosticLog()
        guard
            let map = YAMLDocument.parse(source, log: log).map({
                KeyVocabulary.english($0, log: log)
            })?.map, !log.hasErrors
        else { return false }
        func others(_ entries: [YAMLNode.Entry]) -> [YAMLNode] {
            entries.filter { $0.name != "faq" }.map(\.value)
        }
        let before = old.first { $0.name == "faq" }?.value
        let after = map.first { $0.name == "faq" }?.value.list ?? []
        let added = after.suffix(new.count)
        return SameMeaning.difference(others(old), others(map)) == nil
            && (before == nil || before?.list != nil)
            && SameMeaning.difference(before?.list ?? [], Array(after.dropLast(new.count))) == nil
            && zip(added, new).allSatisfy {
                $0[key: "ask"]?.text == $1.question && $0[key: "reply"]?.text == $1.answer
            }
    }
}

/// What a sheet can hold of some rules.
package struct SheetExport: Sendable {
    /// The questions, in the rules' order.
    package let entries: [FAQEntry]
    /// Names of rules with questions whose reply isn't one text, which a sheet can't hold.
    package let left: [String]
    /// Names of rules that do more than a row can say (conditions, hand-offs, keywords …).
    package let reduced: [String]
    /// Whether some entries came from rule files, whose comments a sheet doesn't get.
    package let losesComments: Bool
}

extension LoadedRules {
    /// The questions of all bundles, each once; those of sheets with ids and comments as they are.
    package var sheet: SheetExport {
        var rows: [SourcePlace: FAQEntry] = [:]
        for source in sources where source.path.hasSuffix(".csv") {
            for row in FAQSheet.rows(of: source, log: DiagnosticLog()) {
                rows[row.rule.name.place] = row.entry
            }
        }
        var entries: [FAQEntry] = []
        var left: [String] = []
        var reduced: [String] = []
        var losesComments = false
        var seen: Set<SourcePlace> = []
        for rule in bundles.flatMap(\.syntax.rules) where rule.asksAnything {
            let place = rule.name.place
            guard seen.insert(place).inserted else { continue }
            if let row = rows[place] {
                entries.append(row)
            } else if let entry = rule.faqEntry {
                entries.append(entry)
                losesComments = true
                if rule.saysMoreThanARow { reduced.append(rule.name.text) }
            } else {
                left.append(rule.name.text)
            }
        }
        return SheetExport(
            entries: entries, left: left, reduced: reduced, losesComments: losesComments)
    }
}

extension RuleSyntax {
    /// The wordings, the question first.
    private var wordings: [String] {
        triggers.compactMap { trigger in
            if case .asksLike = trigger.pattern { trigger.words.text } else { nil }
        }
    }

    fileprivate var asksAnything: Bool { !wordings.isEmpty }

    /// The row for the rule; `nil` unless it replies with one text.
    fileprivate var faqEntry: FAQEntry? {
        guard let question = wordings.first, reply.count == 1 else { return nil }
        let answer: String
        switch reply[0] {
        case .text(let text) where text.variants.count == 1 && text.variants[0].language == nil:
            answer = text.words.text
        case .template(let name): answer = "$(\(name.text))"
        default: return nil
        }
        return FAQEntry(
            id: id?.text, question: question.onOneLine,
            similar: wordings.dropFirst().map(\.onOneLine), answer: answer.trimmed,
            tags: tags.map(\.text), valid: valid?.words.text)
    }

    fileprivate var saysMoreThanARow: Bool {
        let isNamed = name.text != wordings.first
        let isHeardOtherwise = triggers.count != wordings.count
        let hasLimits = !conditions.isEmpty || !exceptions.isEmpty || accounts != nil
        let acts = start != nil || handoff != nil || end != nil || !sets.isEmpty
        let hasMore = priority != .normal || oncePer != nil || overrides || owner != nil
        let hasExamples = !examples.isEmpty || !notExamples.isEmpty || !renamedFrom.isEmpty
        return isNamed || isHeardOtherwise || hasLimits || acts || hasMore || hasExamples
    }
}

extension String {
    fileprivate var onOneLine: String {
        split(whereSeparator: \.isNewline).map { String($0).trimmed }.joined(separator: " ")
    }
}
