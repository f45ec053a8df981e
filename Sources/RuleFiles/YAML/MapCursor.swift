import RuleEngine

/// Reads one map of a YAML tree key by key, by a schema that lives in the calling code.
///
/// Every key asked for counts as known; ``finish()`` reports the others, with the nearest known
/// name. Wrong types and missing keys are reported and answered with `nil`, so that one pass finds
/// every mistake.
///
///     let rule = MapCursor(node, as: "a rule", log: log)
///     let name = rule?.requiredText("rule")
///     let tries = rule?.integer("tries", in: 1...9)
///     rule?.finish()
package final class MapCursor {
    /// The map's node.
    package let node: YAMLNode
    /// The map's place in the language, as messages say it: `a rule`.
    package let what: Bilingual
    /// Where mistakes go.
    package let log: DiagnosticLog

    private let entries: [YAMLNode.Entry]
    private var known: [String] = []

    /// Opens `node`; reports and returns `nil` unless it is a map.
    package convenience init?(_ node: YAMLNode, as what: String, log: DiagnosticLog) {
        self.init(node, as: Bilingual(what), log: log)
    }

    /// Opens `node`, called `what` in messages of both languages; reports and returns `nil` unless
    /// it is a map.
    package init?(_ node: YAMLNode, as what: Bilingual, log: DiagnosticLog) {
        guard let entries = node.map else {
            MapCursor.report(node, as: what, wanted: .map, log: log)
            return nil
        }
        self.node = node
        self.what = what
        self.log = log
        self.entries = entries
    }

    // MARK: Keys

    /// The entries in the file's order: for maps whose keys are names.
    ///
    /// Makes every key known.
    package var namedEntries: [YAMLNode.Entry] {
        known = entries.map(\.name)
        return entries
    }

    /// The entry of `key`.
    package func entry(_ key: String) -> YAMLNode.Entry? {
        if !known.contains(key) { known.append(key) }
        return entries.first { $0.name == key }
    }

    /// The value of `key`, whatever its type; reports a key with nothing after it.
    package func value(_ key: String) -> YAMLNode? {
        guard let entry = entry(key) else { return nil }
        guard !entry.value.isEmpty else {
            log.report(
                .emptyText, at: entry.key,
                Bilingual(en: "nothing stands after '\(key):'", zh: "「\(key):」后面是空的"),
                help: Bilingual(en: "write a value, or delete the key", zh: "写上内容，或者删掉这个键"))
            return nil
        }
        return entry.value
    }

    /// The value of `key`; reports its absence.
    package func requiredValue(_ key: String) -> YAMLNode? {
        if let value = value(key) { return value }
        if !entries.contains(where: { $0.name == key }) {
            log.report(
                .missingKey, at: node,
                Bilingual(en: "\(what.en) needs '\(key):'", zh: "\(what.zh)缺少「\(key):」"))
        }
        return nil
    }

    /// Reports every key nobody asked for; call it last.
    ///
    /// - Parameter elsewhere: Keys that belong into another map, by its key.
    package func finish(elsewhere: [String: Set<String>] = [:]) {
        for entry in entries
        where !known.contains(entry.name) && !log.isFull {
            if let scalar = entry.name.unicodeScalars.first(where: {
                $0 == "：" || $0 == "，"
            }), let prefix = entry.name.split(separator: Character(scalar)).first,
                known.contains(prefix.trimmed)
            {
                log.report(
                    .fullWidth, at: entry.key, FullWidth.message(for: scalar),
                    help: FullWidth.help(for: scalar))
                continue
            }
            log.report(
                .unknownKey, at: entry.key,
                Bilingual(
                    en: "\(what.en) has no '\(entry.name)'", zh: "\(what.zh)里没有「\(entry.name)」"),
                help: cure(for: entry, elsewhere: elsewhere))
        }
    }

    private func cure(
        for entry: YAMLNode.Entry, elsewhere: [String: Set<String>]
    ) -> Bilingual {
        if let place = elsewhere.first(where: { $0.value.contains(entry.name) })?.key {
            return Bilingual(en: "it belongs under '\(place)'", zh: "它要写在「\(place)」下面")
        }
        if let suggestion = Self.suggestion(for: entry.name, among: known) { return suggestion }
        if entry.value.isEmpty {
            return Bilingual(
                en: "several words after one key go into brackets: [a, b]",
                zh: "一个键后面有好几个词，要放进方括号：[甲, 乙]")
        }
        return Bilingual(
            en: "known here: \(known.joined(separator: ", "))",
            zh: "这里可以写：\(known.joined(separator: "、"))")
    }

    /// The known key that was probably meant, in either language.
    private static func suggestion(for name: String, among known: [String]) -> Bilingual? {
        KeyVocabulary.suggestion(for: name, among: known).map {
            Bilingual(en: "did you mean '\($0)'?", zh: "是不是「\($0)」？")
        }
    }

    // MARK: Typed values

    /// A text; reports another type or an empty one.
    package func text(_ key: String) -> YAMLNode? {
        value(key).flatMap { MapCursor.text($0, as: .quoted(key), log: log) }
    }

    /// A text that must be there.
    package func requiredText(_ key: String) -> YAMLNode? {
        requiredValue(key).flatMap { MapCursor.text($0, as: .quoted(key), log: log) }
    }

    /// A text or a list of texts: alternatives.
    ///
    /// Empty when the key is absent or wrong.
    package func texts(_ key: String) -> [YAMLNode] {
        guard let value = value(key) else { return [] }
        guard let list = value.list else {
            return MapCursor.text(value, as: .quoted(key), orList: true, log: log).map { [$0] }
                ?? []
        }
        if list.isEmpty { reportEmptyList(key, value) }
        let what = Bilingual(en: "each of '\(key)'", zh: "「\(key)」的每一项")
        return list.compactMap { MapCursor.text($0, as: what, log: log) }
    }

    /// A list, or a single element as a list of one.
    package func elements(_ key: String) -> [YAMLNode] {
        guard let value = value(key) else { return [] }
        guard let list = value.list else { return [value] }
        if list.isEmpty { reportEmptyList(key, value) }
        return list
    }

    private func reportEmptyList(_ key: String, _ node: YAMLNode) {
        log.report(
            .emptyText, at: node,
            Bilingual(en: "the list of '\(key)' is empty", zh: "「\(key)」的列表是空的"))
    }

    /// A list; reports anything else.
    package func list(_ key: String) -> [YAMLNode]? {
        guard let value = value(key) else { return nil }
        guard let list = value.list else {
            MapCursor.report(value, as: .quoted(key), wanted: .list, log: log)
            return nil
        }
        return list
    }

    /// A map below `key`, called `what` in messages.
    package func map(_ key: String, as what: Bilingual? = nil) -> MapCursor? {
        value(key).flatMap { MapCursor($0, as: what ?? .quoted(key), log: log) }
    }

    /// A whole number within `range`.
    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = text(key), let text = node.text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'\(key)' takes a whole number from \(range.lowerBound) to "
                        + "\(range.upperBound), not '\(text)'",
                    zh: "「\(key)」要写 \(range.lowerBound) 到 \(range.upperBound) 的整数，"
                        + "不是「\(text)」"))
            return nil
        }
        return number
    }

    /// A decimal number within `range`.
    package func decimal(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let node = text(key), let text = node.text else { return nil }
        guard let number = Double(text), range.contains(number) else {
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'\(key)' takes a number from \(range.lowerBound) to "
                        + "\(range.upperBound), not '\(text)'",
                    zh: "「\(key)」要写 \(range.lowerBound) 到 \(range.upperBound) 的数，"
                        + "不是「\(text)」"))
            return nil
        }
        return number
    }

    /// `true` or `false`, and no other word.
    package func flag(_ key: String) -> Bool? {
        guard let node = text(key) else { return nil }
        switch node.text {
        case "true": return true
        case "false": return false
        case let text:
            log.report(
                .badValue, at: node,
                Bilingual(
                    en: "'\(key)' takes true or false, not '\(text ?? "")'",
                    zh: "「\(key)」只能是 true 或 false，不是「\(text ?? "")」"))
            return nil
        }
    }

    /// A span of time such as `30m` or `1h30m`: whole numbers with `d`, `h`, `m`, `s` or `ms`, the
    /// larger unit first.
    package func duration(_ key: String) -> Duration? {
        guard let node = text(key), let text = node.text else { return nil }
        if let duration = Duration(ruleText: text) { return duration }
        log.report(
            .badValue, at: node,
            Bilingual(
                en: "'\(key)' takes a span of time, not '\(text)'",
                zh: "「\(key)」要写一段时间，不是「\(text)」"),
            help: Bilingual(
                en: "write numbers with d, h, m, s or ms: 30m, 1h30m",
                zh: "数字加单位 d（天）h（时）m（分）s（秒）ms（毫秒）：30m、1h30m"))
        return nil
    }

    /// One word of a fixed set, by the raw values of an enumeration.
    package func choice<Choice>(_ key: String, of type: Choice.Type) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        text(key).flatMap { MapCursor.choice($0, as: key, of: type, log: log) }
    }

    /// Any of a fixed set of words: one, or a list of alternatives.
    package func choices<Choice>(_ key: String, of type: Choice.Type) -> [(Choice, YAMLNode)]
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        texts(key).compactMap { node in
            MapCursor.choice(node, as: key, of: type, log: log).map { ($0, node) }
        }
    }

    // MARK: Pieces

    /// The shapes a value may have.
    package enum Shape {
        case text, textOrList, list, map

        var name: Bilingual {
            switch self {
            case .text: Bilingual(en: "a text", zh: "一段文字")
            case .textOrList: Bilingual(en: "a text or a list of texts", zh: "一段文字或一个列表")
            case .list: Bilingual(en: "a list", zh: "一个列表（每项以“- ”开头，或写在 [ ] 里）")
            case .map: Bilingual(en: "a map", zh: "一组“键: 值”")
            }
        }
    }

    /// `node` if it is a text with something in it; reports it otherwise.
    package static func text(
        _ node: YAMLNode, as what: Bilingual, orList: Bool = false, log: DiagnosticLog
    ) -> YAMLNode? {
        guard let text = node.text, !node.isEmpty else {
            report(node, as: what, wanted: orList ? .textOrList : .text, log: log)
            return nil
        }
        guard !text.trimmed.isEmpty else {
            log.report(
                .emptyText, at: node,
                Bilingual(en: "\(what.en) is an empty text", zh: "\(what.zh)是空的"))
            return nil
        }
        return node
    }

    /// `node` if it is a text with something in it; its name has one language.
    package static func text(
        _ node: YAMLNode, as what: String, orList: Bool = false, log: DiagnosticLog
    ) -> YAMLNode? {
        text(node, as: Bilingual(what), orList: orList, log: log)
    }

    /// The member of an enumeration that `node` names; reports another word.
    package static func choice<Choice>(
        _ node: YAMLNode, as key: String, of type: Choice.Type, log: DiagnosticLog
    ) -> Choice? where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let text = node.text ?? ""
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        log.report(
            .badValue, at: node,
            Bilingual(en: "'\(key)' has no '\(text)'", zh: "「\(key)」没有「\(text)」"),
            help: Suggestion.help(for: text, among: words)
                ?? Bilingual(
                    en: "one of: \(words.joined(separator: ", "))",
                    zh: "可以写：\(words.joined(separator: "、"))"))
        return nil
    }

    /// Reports that `node` has the wrong type; a full-width colon is the likeliest reason.
    package static func report(
        _ node: YAMLNode, as what: Bilingual, wanted: Shape, log: DiagnosticLog
    ) {
        if wanted != .text, let mark = fullWidthMark(in: node) {
            log.report(mark)
            return
        }
        log.report(
            .wrongType, at: node,
            Bilingual(
                en: "\(what.en) must be \(wanted.name.en), this is \(node.kindName.en)",
                zh: "\(what.zh)要写\(wanted.name.zh)，这里是\(node.kindName.zh)"))
    }

    /// Reports that `node` is not what was `wanted`, in one language.
    package static func report(
        _ node: YAMLNode, as what: String, wanted: String, log: DiagnosticLog
    ) {
        if let mark = fullWidthMark(in: node) {
            log.report(mark)
            return
        }
        log.report(.wrongType, at: node, "\(what) must be \(wanted), this is \(node.kindName.en)")
    }

    private static func fullWidthMark(in node: YAMLNode) -> Diagnostic? {
        guard case .scalar(let text, .plain) = node.content,
            let offset = text.firstIndex(where: { "：（，［｛【".contains($0) }),
            let scalar = text[offset].unicodeScalars.first
        else { return nil }
        var place = node.place
        place.column += text.distance(from: text.startIndex, to: offset)
        return Diagnostic(
            .fullWidth, at: place, FullWidth.message(for: scalar), help: FullWidth.help(for: scalar)
        )
    }
}

extension Duration {
    /// The span of time a rule file writes as `30m`, `1h30m` or `500ms`; `nil` for anything else,
    /// and for more than 10 000 days.
    package init?(ruleText text: String) {
        let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
        var rest = Substring(text)
        var milliseconds = 0
        var next = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[letters.endIndex...]
            // Nine digits of days still fit: 10^9 × 8.64 × 10^7 ms < 2^63.
            guard (1...9).contains(digits.count), let number = Int(digits),
                let unit = units.firstIndex(where: { $0.0 == letters }), unit >= next
            else { return nil }
            milliseconds += number * units[unit].1
            guard milliseconds <= 10_000 * 86_400_000 else { return nil }
            next = unit + 1
        }
        guard next > 0 else { return nil }
        self = .milliseconds(milliseconds)
    }
}

extension StringProtocol {
    /// Without white space, line ends and ideographic spaces at its ends.
    package var trimmed: String {
        var slice = self[...]
        while let first = slice.first, first.isWhitespace { slice = slice.dropFirst() }
        while let last = slice.last, last.isWhitespace { slice = slice.dropLast() }
        return String(slice)
    }
}
