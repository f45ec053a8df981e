package import RuleEngine

/// Repairs what an input method or a word processor does to a rule file's syntax.
///
/// Full-width colons, commas, quotes, brackets and dashes, tabs, ideographic and no-break spaces,
/// invisible characters: where YAML wants its own sign they become that sign. Sentences for
/// customers and of customers, and everything in quotes, are not touched. It works on files that
/// are no YAML because of just these characters.
package enum RuleRepair {
    /// One thing that was changed.
    package struct Repair: Hashable, Sendable, Codable {
        /// KF102, KF103, KF104 or KF111, as the finding that it cures.
        package let id: DiagnosticID
        /// Where it begins in the text as it was.
        package let place: SourcePlace
        /// What was wrong.
        package let kind: Kind
        /// What stood there; empty where something was missing.
        package let from: String
        /// What stands there now; empty where something was too much.
        package let to: String
    }

    /// What a repair is about.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case colon, comma, quote, bracket, dash, hash, digit, blank, tab, invisible
        /// A list without brackets.
        case list
        /// No space after a colon or a dash.
        case missingSpace = "missing_space"
        /// The full-width `｜` before a text of several lines.
        case bar

        /// What was wrong: `a full-width colon`.
        package var phrase: Bilingual {
            switch self {
            case .colon: Bilingual(en: "a full-width colon", zh: "全角冒号")
            case .comma: Bilingual(en: "a full-width comma", zh: "全角逗号或顿号")
            case .quote: Bilingual(en: "full-width quotes", zh: "全角引号")
            case .bracket: Bilingual(en: "a full-width bracket", zh: "全角括号")
            case .dash: Bilingual(en: "a dash that is not '-'", zh: "不是“-”的横线")
            case .hash: Bilingual(en: "a full-width '#'", zh: "全角井号")
            case .digit: Bilingual(en: "full-width letters or digits", zh: "全角字母或数字")
            case .blank:
                Bilingual(en: "a space that is not the space bar's", zh: "不是空格键打出的空格")
            case .tab: Bilingual(en: "a tab", zh: "制表符")
            case .invisible: Bilingual(en: "an invisible character", zh: "看不见的字符")
            case .list: Bilingual(en: "a list without brackets", zh: "列表没有方括号")
            case .missingSpace: Bilingual(en: "a missing space", zh: "缺一个空格")
            case .bar: Bilingual(en: "a full-width bar", zh: "全角竖线")
            }
        }

        var id: DiagnosticID {
            switch self {
            case .tab: .tab
            case .invisible: .badCharacter
            case .missingSpace: .yamlSyntax
            default: .fullWidth
            }
        }
    }

    /// The text with its syntax repaired, and every change in the text's order.
    ///
    /// A file that loads without errors keeps its meaning: where a repair would change it, nothing
    /// is repaired. Repairing twice is repairing once. Files larger than the YAML layer reads come
    /// back as they are. What is still wrong afterwards is for `check` to say.
    package static func repair(_ source: RuleSource) -> (text: String, repairs: [Repair]) {
        guard source.text.utf8.count <= YAMLDocument.maximumBytes else { return (source.text, []) }
        let scalars = Array(source.text.unicodeScalars)
        // How wide a tab is only its author's editor knows: the first width that reads as YAML.
        let widths = scalars.contains("\t") ? [2, 4, 8] : [2]
        var first: [RepairScanner.Edit]?
        var chosen: [RepairScanner.Edit]?
        for width in widths {
            var scanner = RepairScanner(
                scalars, tabWidth: width, root: isTest(source.text) ? .testFile : .bundle)
            scanner.scan()
            if first == nil { first = scanner.edits }
            if widths.count == 1 || reads(apply(scanner.edits, to: scalars), as: source.path) {
                chosen = scanner.edits
                break
            }
        }
        let edits = chosen ?? first ?? []
        let text = apply(edits, to: scalars)
        guard text != source.text, !changesMeaning(source, text) else { return (source.text, []) }
        return (text, repairs(edits, in: scalars, of: source.path))
    }

    /// Whether a line begins with the key only test files have.
    private static func isTest(_ text: String) -> Bool {
        ["tests_for", KeyVocabulary.chinese(for: "tests_for") ?? ""].contains { key in
            text.hasPrefix(key) || text.contains("\n" + key)
        }
    }

    private static func reads(_ text: String, as path: String) -> Bool {
        let log = DiagnosticLog()
        let roots = YAMLDocument.parse(
            RuleSource(path: path, text: text), allowsSeveral: true, log: log)
        return !roots.isEmpty && !log.hasErrors
    }

    private static func changesMeaning(_ source: RuleSource, _ text: String) -> Bool {
        let before = YAMLDocument.parse(source, allowsSeveral: true, log: DiagnosticLog())
        let after = YAMLDocument.parse(
            RuleSource(path: source.path, text: text), allowsSeveral: true, log: DiagnosticLog())
        guard let root = before.first, SameMeaning.difference(before, after) != nil,
            FileSchema.root(root.map?.map(\.name) ?? []) == .bundle
        else { return false }
        return !RuleFiles.load([source]).hasErrors
    }

    // MARK: Edits

    private static func apply(
        _ edits: [RepairScanner.Edit], to scalars: [Unicode.Scalar]
    ) -> String {
        // An array grows by doubling; a string would be copied at every edit.
        var text: [Unicode.Scalar] = []
        text.reserveCapacity(scalars.count)
        var position = 0
        for edit in edits {
            text += scalars[position..<edit.range.lowerBound]
            text += edit.to.unicodeScalars
            position = edit.range.upperBound
        }
        return string(text + scalars[position...])
    }

    /// Edits are in the text's order, so the place goes along.
    private static func repairs(
        _ edits: [RepairScanner.Edit], in scalars: [Unicode.Scalar], of path: String
    ) -> [Repair] {
        var position = 0
        var place = SourcePlace(file: path, line: 1, column: 1)
        return edits.map { edit in
            let passed = scalars[position..<edit.range.lowerBound]
            position = edit.range.lowerBound
            let lines = passed.split(separator: "\n", omittingEmptySubsequences: false)
            if lines.count > 1 {
                place.line += lines.count - 1
                place.column = 1
            }
            place.column += string(lines.last ?? []).count
            return Repair(
                id: edit.kind.id, place: place, kind: edit.kind, from: string(scalars[edit.range]),
                to: edit.to)
        }
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
