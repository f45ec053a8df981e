import RuleFiles

/// Documents come, change and go.
extension LanguageServer {
    mutating func open(_ item: JSONValue?) {
        guard let uri = item?["uri"]?.string, let text = item?["text"]?.string, hasRoom else {
            return
        }
        let path = DocumentPath.path(of: uri)
        documents[path] = OpenDocument(
            uri: uri, version: item?["version"]?.int,
            document: TextDocument("", encoding: encoding))
        replace(path, with: text)
    }

    /// Edits in order; each refers to what the one before left.
    mutating func change(_ params: JSONValue) {
        guard let uri = params["textDocument"]?["uri"]?.string else { return }
        let path = DocumentPath.path(of: uri)
        guard documents[path] != nil else { return }
        for edit in params["contentChanges"]?.array ?? [] {
            guard let text = edit["text"]?.string else { continue }
            if let value = edit["range"] {
                guard documents[path]?.isTooLarge == false, let range = try? TextRange(value) else {
                    continue
                }
                documents[path]?.document.replace(range, with: text)
                if (documents[path]?.document.text.utf8.count ?? 0) > TextDocument.mostBytes {
                    give(up: path)
                }
            } else {
                replace(path, with: text)
            }
        }
        documents[path]?.version = params["textDocument"]?["version"]?.int
        touch(path)
    }

    private mutating func replace(_ path: String, with text: String) {
        guard text.utf8.count <= TextDocument.mostBytes else { return give(up: path) }
        documents[path]?.document = TextDocument(text, encoding: encoding)
        documents[path]?.isTooLarge = false
        touch(path)
    }

    private mutating func give(up path: String) {
        documents[path]?.document = TextDocument("", encoding: encoding)
        documents[path]?.isTooLarge = true
    }

    mutating func saved(_ params: JSONValue) {
        guard let uri = params["textDocument"]?["uri"]?.string else { return }
        let path = DocumentPath.path(of: uri)
        groups[group(of: path)]?.forgetDisk()
        touch(path)
    }

    mutating func close(_ params: JSONValue) -> [JSONValue] {
        guard let uri = params["textDocument"]?["uri"]?.string else { return [] }
        let path = DocumentPath.path(of: uri)
        guard documents.removeValue(forKey: path) != nil else { return [] }
        touch(path)
        let ofTests = published.filter { $0 == path && DocumentPath.kind(of: $0) == .tests }
        return dropGroups() + withdraw(ofTests)
    }

    mutating func diskChanged() {
        for folder in groups.keys {
            groups[folder]?.forgetDisk()
            groups[folder]?.invalidate()
        }
    }

    /// A document changed: its folder's rules are out of date.
    private mutating func touch(_ path: String) {
        let folder = group(of: path)
        if isForeign(path) { return }
        groups[folder, default: RuleGroup()].invalidate(shown(path))
    }

    /// Folders are told apart anew: the workspace changed.
    mutating func regroup() {
        groups = [:]
        for path in documents.keys { touch(path) }
    }

    /// Forgets folders without an open document, and takes back their findings.
    private mutating func dropGroups() -> [JSONValue] {
        let kept = Set(documents.keys.map(group))
        groups = groups.filter { kept.contains($0.key) }
        return withdraw(published.filter { !kept.contains(group(of: $0)) })
    }

    private mutating func withdraw(_ gone: Set<String>) -> [JSONValue] {
        published.subtract(gone)
        return gone.sorted().map { publication($0, []) }
    }

    /// Whether a document is none of our business: YAML, but not among rules.
    func isForeign(_ path: String) -> Bool {
        let folder = group(of: path)
        return DocumentPath.kind(of: path) == .other && groups[folder] == nil
            && !folder.hasSuffix("/rules")
    }

    // MARK: Paths

    func group(of path: String) -> String { DocumentPath.group(of: path, roots: roots) }

    /// The path as messages show it: from the workspace's folder, if there is just one.
    func shown(_ path: String) -> String {
        guard roots.count == 1, path.hasPrefix(roots[0] + "/") else { return path }
        return String(path.dropFirst(roots[0].count + 1))
    }

    /// The absolute path behind a shown one.
    func absolute(_ shown: String) -> String {
        guard roots.count == 1, !shown.hasPrefix("/"), !shown.contains("://") else { return shown }
        return roots[0] + "/" + shown
    }

    /// The URI of a shown path, as the editor writes it if it has the file open.
    func uri(_ shown: String) -> JSONValue {
        let path = absolute(shown)
        return .string(documents[path]?.uri ?? DocumentPath.uri(of: path))
    }

    // MARK: Rules

    /// The rules of a folder, read again if something changed.
    mutating func rules(in folder: String) -> LoadedRules {
        if let loaded = groups[folder]?.loaded { return loaded }
        var group = groups[folder] ?? RuleGroup()
        let disk = group.disk ?? workspace.sources(folder)
        group.disk = disk
        let rules = RuleFiles.load(sources(in: folder, disk))
        group.take(rules)
        groups[folder] = group
        return rules
    }

    /// What is on disk, and open documents instead of it.
    private func sources(
        in folder: String, _ disk: [RuleSource], _ kind: DocumentPath.Kind = .rules
    ) -> [RuleSource] {
        var paths = Set<String>()
        var sources = disk.map { source in
            paths.insert(source.path)
            return RuleSource(
                path: shown(source.path),
                text: documents[source.path]?.document.text ?? source.text)
        }
        for (path, open) in documents
        where DocumentPath.kind(of: path) == kind && group(of: path) == folder
            && !paths.contains(path)
        {
            sources.append(RuleSource(path: shown(path), text: open.document.text))
        }
        return sources.sorted { $0.path < $1.path }
    }

    /// Every name of a folder's rules and where it stands, in tests too.
    mutating func everyName(in folder: String) -> [SymbolIndex.Occurrence] {
        let rules = rules(in: folder)
        if let names = groups[folder]?.everyName { return names }
        let disk = groups[folder]?.testsOnDisk ?? workspace.tests(folder)
        groups[folder]?.testsOnDisk = disk
        let symbols = rules.symbols.occurrences
        let tests = sources(in: folder, disk, .tests)
        let names =
            symbols + (rules.sources + tests).flatMap { TestNames($0, symbols).occurrences }
        groups[folder]?.everyName = names
        return names
    }

    /// The text of a file by its shown path: open, on disk, or empty.
    func document(_ shown: String) -> TextDocument {
        let path = absolute(shown)
        if let open = documents[path] { return open.document }
        for group in groups.values {
            let sources = (group.disk ?? []) + (group.testsOnDisk ?? [])
            if let source = sources.first(where: { $0.path == path }) {
                return TextDocument(source.text, encoding: encoding)
            }
        }
        return TextDocument("", encoding: encoding)
    }
}
