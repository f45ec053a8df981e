import RuleEngine
import RuleFiles

/// Changes the editor asks for: the canonical form and repairs.
extension LanguageServer {
    func formatting(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let (file, document) = try document(of: params)
        guard DocumentPath.kind(of: file) != .sheet else { return [] }
        let result = RuleFormatter.format(RuleSource(path: file, text: document.text))
        guard result.isFormatted else {
            if let first = result.diagnostics.first {
                throw .failed(
                    say("can't be formatted: ", "没法整理格式：")
                        + "\(first.place) \(first.message[language])")
            }
            return []
        }
        return .array(Self.edits(from: document, to: result.text))
    }

    /// The lines that differ, replaced as one; none where only line ends or a byte-order mark do.
    private static func edits(from document: TextDocument, to text: String) -> [JSONValue] {
        var old = (0..<document.lineCount).map { String(document.characters(ofLine: $0)) }
        var new = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // The first line keeps its byte-order mark, which is not part of what is compared.
        var first = 0
        while let one = old.first, one == new.first {
            old.removeFirst()
            new.removeFirst()
            first += 1
            if first == document.lineCount { break }
        }
        if old.isEmpty, new.isEmpty { return [] }
        while let one = old.last, one == new.last, old.count > 1, new.count > 1 {
            old.removeLast()
            new.removeLast()
        }
        if old == new { return [] }
        let start: TextPosition
        var lines = new
        if old.isEmpty {
            start = document.end
            lines.insert("", at: 0)
        } else if new.isEmpty, first > 0 {
            start = document.endOfLine(first - 1)
        } else {
            start = document.position(line: first, column: 0)
        }
        let end = old.isEmpty ? document.end : document.endOfLine(first + old.count - 1)
        return [
            [
                "range": TextRange(start, end).json,
                "newText": .string(lines.joined(separator: document.lineEnd)),
            ]
        ]
    }

    // MARK: Code actions

    mutating func codeActions(_ params: JSONValue) throws(ResponseError) -> JSONValue {
        let (file, document) = try document(of: params)
        let range = try TextRange(params["range"])
        let only = params["context"]?["only"]?.array?.compactMap(\.string)
        func wants(_ kind: String) -> Bool {
            only?.contains { kind == $0 || kind.hasPrefix($0 + ".") } ?? true
        }
        let findings = findings(in: file)
        var actions: [JSONValue] = []
        if wants("quickfix") {
            for finding in findings {
                guard let fix = finding.fix, !fix.edits.isEmpty,
                    document.range(finding.place, length: finding.length).touches(range)
                else { continue }
                actions.append([
                    "title": .string(fix.title[language]), "kind": "quickfix",
                    "diagnostics": [json(finding, in: document)], "isPreferred": true,
                    "edit": edit(fix),
                ])
            }
        }
        if wants("source.fixAll"), let action = fixAll(file, document, findings) {
            actions.append(action)
        }
        return .array(actions)
    }

    private func edit(_ fix: Fix) -> JSONValue {
        var changes: [String: [JSONValue]] = [:]
        for edit in fix.edits {
            guard case .string(let uri) = uri(edit.place.file) else { continue }
            let document = document(edit.place.file)
            changes[uri, default: []].append([
                "range": document.range(edit.place, length: edit.length).json,
                "newText": .string(edit.replacement),
            ])
        }
        return ["changes": .object(changes.mapValues(JSONValue.array))]
    }

    /// Slips of the input method repaired; where there are none, every fix that findings carry.
    private func fixAll(
        _ file: String, _ document: TextDocument, _ findings: [Diagnostic]
    ) -> JSONValue? {
        guard DocumentPath.kind(of: file) != .sheet else { return nil }
        let source = RuleSource(path: file, text: document.text)
        // One after the other: findings' places hold only in the text they were found in.
        var text = RuleRepair.repair(source).text
        if text == source.text {
            text = RuleFixes.apply(findings, to: [source]).first?.source.text ?? text
        }
        guard text != document.text, case .string(let uri) = uri(file) else { return nil }
        let whole = TextRange(TextPosition(line: 0, unit: 0), document.end)
        return [
            "title": .string(say("Repair everything that can be repaired", "修复所有能自动修复的问题")),
            "kind": "source.fixAll",
            "edit": [
                "changes": .object([
                    uri: [["range": whole.json, "newText": .string(text)]]
                ])
            ],
        ]
    }
}
