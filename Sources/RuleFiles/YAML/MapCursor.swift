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
    package let what: String
    /// Where mistakes go.
    package let log: DiagnosticLog

    private let entries: [YAMLNode.Entry]
    private var known: [String] = []
    private var unsupported: Set<String> = []

    /// Opens `node`; reports and returns `nil` unless it is a map.
    package init?(_ node: YAMLNode, as what: String, log: DiagnosticLog) {
        guard let entries = node.map else {
            MapCursor.report(node, as: what, wanted: "a map", log: log)
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
                .emptyText, at: entry.key, "nothing stands after '\(key):'",
                help: "write a value, or delete the key")
            return nil
        }
        return entry.value
    }

    /// The value of `key`; reports its absence.
    package func requiredValue(_ key: String) -> YAMLNode? {
        if let value = value(key) { return value }
        if !entries.contains(where: { $0.name == key }) {
            log.report(.missingKey, at: node, "\(what) needs '\(key):'")
        }
        return nil
    }

    /// Declares keys of the full language that this version can't run: each is an error of its own.
    package func refuseUnsupported(_ keys: [String]) {
        unsupported.formUnion(keys)
        for entry in entries where keys.contains(entry.name) {
            log.report(
                .unsupported, at: entry.key,
                "'\(entry.name)' in \(what) is not supported by this version")
        }
    }

    /// Reports every key nobody asked for; call it last.
    package func finish() {
        for entry in entries
        where !known.contains(entry.name) && !unsupported.contains(entry.name) && !log.isFull {
            if let scalar = entry.name.unicodeScalars.first(where: {
                $0 == "：" || $0 == "，"
            }), let prefix = entry.name.split(separator: Character(scalar)).first,
                known.contains(prefix.trimmed)
            {
                log.report(
                    .fullWidth, at: entry.key,
                    "full-width '\(scalar)' where YAML wants the ASCII character",
                    help: FullWidth.help(for: scalar))
                continue
            }
            log.report(
                .unknownKey, at: entry.key, "\(what) has no '\(entry.name)'",
                help: Suggestion.phrase(for: entry.name, among: known)
                    ?? "known here: \(known.joined(separator: ", "))")
        }
    }

    // MARK: Typed values

    /// A text; reports another type or an empty one.
    package func text(_ key: String) -> YAMLNode? {
        value(key).flatMap { MapCursor.text($0, as: "'\(key)'", log: log) }
    }

    /// A text that must be there.
    package func requiredText(_ key: String) -> YAMLNode? {
        requiredValue(key).flatMap { MapCursor.text($0, as: "'\(key)'", log: log) }
    }

    /// A text or a list of texts: alternatives.
    ///
    /// Empty when the key is absent or wrong.
    package func texts(_ key: String) -> [YAMLNode] {
        guard let value = value(key) else { return [] }
        guard let list = value.list else {
            return MapCursor.text(value, as: "'\(key)'", orList: true, log: log).map { [$0] } ?? []
        }
        if list.isEmpty { log.report(.emptyText, at: value, "the list of '\(key)' is empty") }
        return list.compactMap { MapCursor.text($0, as: "each of '\(key)'", log: log) }
    }

    /// A list, or a single element as a list of one.
    package func elements(_ key: String) -> [YAMLNode] {
        guard let value = value(key) else { return [] }
        guard let list = value.list else { return [value] }
        if list.isEmpty { log.report(.emptyText, at: value, "the list of '\(key)' is empty") }
        return list
    }

    /// A list; reports anything else.
    package func list(_ key: String) -> [YAMLNode]? {
        guard let value = value(key) else { return nil }
        guard let list = value.list else {
            MapCursor.report(value, as: "'\(key)'", wanted: "a list", log: log)
            return nil
        }
        return list
    }

    /// A map below `key`, called `what` in messages.
    package func map(_ key: String, as what: String? = nil) -> MapCursor? {
        value(key).flatMap { MapCursor($0, as: what ?? "'\(key)'", log: log) }
    }

    /// A whole number within `range`.
    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = text(key), let text = node.text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            log.report(
                .badValue, at: node,
                "'\(key)' takes a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not '\(text)'")
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
                "'\(key)' takes a number from \(range.lowerBound) to \(range.upperBound), "
                    + "not '\(text)'")
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
            log.report(.badValue, at: node, "'\(key)' takes true or false, not '\(text ?? "")'")
            return nil
        }
    }

    /// A span of time such as `30m`: a whole number and one of `ms`, `s`, `m`, `h`, `d`.
    package func duration(_ key: String) -> Duration? {
        guard let node = text(key), let text = node.text else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        // Nine digits of days still fit: 10^9 × 8.64 × 10^7 ms < 2^63.
        guard (1...9).contains(digits.count), let number = Int(digits),
            let unit = units[String(text.dropFirst(digits.count))]
        else {
            log.report(
                .badValue, at: node, "'\(key)' takes a span of time, not '\(text)'",
                help: "write a number and ms, s, m, h or d: 30m")
            return nil
        }
        return .milliseconds(number * unit)
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

    /// `node` if it is a text with something in it; reports it otherwise.
    package static func text(
        _ node: YAMLNode, as what: String, orList: Bool = false, log: DiagnosticLog
    ) -> YAMLNode? {
        guard let text = node.text, !node.isEmpty else {
            report(
                node, as: what, wanted: orList ? "a text or a list of texts" : "a text", log: log)
            return nil
        }
        guard !text.trimmed.isEmpty else {
            log.report(.emptyText, at: node, "\(what) is an empty text")
            return nil
        }
        return node
    }

    /// The member of an enumeration that `node` names; reports another word.
    package static func choice<Choice>(
        _ node: YAMLNode, as key: String, of type: Choice.Type, log: DiagnosticLog
    ) -> Choice? where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let text = node.text ?? ""
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        log.report(
            .badValue, at: node, "'\(key)' has no '\(text)'",
            help: Suggestion.phrase(for: text, among: words)
                ?? "one of: \(words.joined(separator: ", "))")
        return nil
    }

    /// Reports that `node` has the wrong type; a full-width colon is the likeliest reason.
    package static func report(
        _ node: YAMLNode, as what: String, wanted: String, log: DiagnosticLog
    ) {
        if wanted != "a text", case .scalar(let text, .plain) = node.content,
            let offset = text.firstIndex(where: { "：（，［｛【".contains($0) }),
            let scalar = text[offset].unicodeScalars.first
        {
            var place = node.place
            place.column += text.distance(from: text.startIndex, to: offset)
            log.report(
                Diagnostic(
                    .fullWidth, at: place,
                    "full-width '\(scalar)' where YAML wants the ASCII character",
                    help: FullWidth.help(for: scalar)))
            return
        }
        log.report(.wrongType, at: node, "\(what) must be \(wanted), this is \(node.kindName)")
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
