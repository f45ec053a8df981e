import RuleEngine
import RuleFiles

/// Findings, published in pauses.
extension LanguageServer {
    /// Does what ``pending`` says, for every folder, and returns the findings to publish.
    package mutating func settle() -> [JSONValue] {
        guard stage == .running else { return [] }
        var messages: [JSONValue] = []
        switch pending {
        case .load:
            for folder in groups.keys.sorted() where groups[folder]?.loaded == nil {
                let rules = rules(in: folder)
                let quality = rules.hasErrors ? [] : groups[folder]?.quality.values.flatMap(\.self)
                messages += publish(rules.diagnostics + (quality ?? []), of: rules, in: folder)
            }
        case .check:
            for folder in groups.keys.sorted() where groups[folder]?.isChecked == false {
                let rules = rules(in: folder)
                let found = RuleFiles.check(rules).diagnostics
                let plain = Set(rules.diagnostics)
                groups[folder]?.quality = Dictionary(
                    grouping: found.filter { !plain.contains($0) }, by: \.place.file)
                groups[folder]?.isChecked = true
                messages += publish(found, of: rules, in: folder)
            }
        case nil: break
        }
        return messages
    }

    /// Everything known to be wrong with a file, by its shown path.
    mutating func findings(in shown: String) -> [Diagnostic] {
        let path = absolute(shown)
        if DocumentPath.kind(of: path) == .tests { return syntaxFindings(shown) }
        let folder = group(of: path)
        let found = rules(in: folder).diagnostics.filter { $0.place.file == shown }
        return found + (groups[folder]?.quality[shown] ?? []).filter { !found.contains($0) }
    }

    /// What can be said of a file of tests without playing it.
    private func syntaxFindings(_ shown: String) -> [Diagnostic] {
        let log = DiagnosticLog()
        let source = RuleSource(path: shown, text: document(shown).text)
        _ = YAMLDocument.parse(source, allowsSeveral: true, log: log)
        return log.diagnostics
    }

    private mutating func publish(
        _ diagnostics: [Diagnostic], of rules: LoadedRules, in folder: String
    ) -> [JSONValue] {
        var byFile = Dictionary(grouping: diagnostics, by: \.place.file)
        for path in documents.keys
        where group(of: path) == folder && DocumentPath.kind(of: path) == .tests {
            byFile[shown(path)] = syntaxFindings(shown(path))
        }
        for (path, open) in documents where open.isTooLarge && group(of: path) == folder {
            byFile[shown(path)] = [tooLarge(shown(path))]
        }
        let mentioned = Set(byFile.keys.map(absolute))
        // Files that were clean stay unmentioned, but open ones always hear.
        let open = documents.keys.filter {
            group(of: $0) == folder && DocumentPath.kind(of: $0) != .other
        }
        let before = published.filter { group(of: $0) == folder }
        let paths = mentioned.union(open).union(before)
        published.subtract(before)
        published.formUnion(mentioned)
        return paths.sorted().map { publication($0, byFile[shown($0)] ?? []) }
    }

    private func tooLarge(_ shown: String) -> Diagnostic {
        Diagnostic(
            .fileTooLarge, at: SourcePlace(file: shown, line: 1, column: 1),
            Bilingual(
                en: "the file has more than \(TextDocument.mostBytes) bytes",
                zh: "文件超过 \(TextDocument.mostBytes) 字节"))
    }

    /// The notification of one file's findings.
    func publication(_ path: String, _ diagnostics: [Diagnostic]) -> JSONValue {
        let document = document(shown(path))
        return Self.notification(
            "textDocument/publishDiagnostics",
            .fields([
                "uri": uri(shown(path)),
                "version": documents[path]?.version.map(JSONValue.int),
                "diagnostics": .array(diagnostics.sorted().map { json($0, in: document) }),
            ]))
    }

    /// A finding as the protocol has it.
    func json(_ diagnostic: Diagnostic, in document: TextDocument) -> JSONValue {
        var message = diagnostic.message[language]
        for note in diagnostic.notes ?? [] { message += "\n" + note[language] }
        if let help = diagnostic.help { message += "\n" + say("help: ", "改法：") + help[language] }
        let address = findingsAddress.map { $0 + "#" + diagnostic.id.rawValue.lowercased() }
        return .fields([
            "range": document.range(diagnostic.place, length: diagnostic.length).json,
            "severity": diagnostic.severity == .error ? 1 : 2,
            "code": .string(diagnostic.id.rawValue),
            "codeDescription": address.map { ["href": .string($0)] },
            "source": "switchboard",
            "message": .string(message),
            // What nobody uses is shown pale.
            "tags": diagnostic.id == .unused ? [1] : nil,
        ])
    }
}
