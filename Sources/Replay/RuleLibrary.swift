import ChatModel
import RuleEngine
import RuleFiles

/// The rules that tests are about, each read and compiled once.
struct RuleLibrary {
    private let load: (String) -> RuleSource?
    private let near: (String) -> [RuleSource]
    /// Whether to find the places that tests should go through.
    var isCovered = false
    /// Every file that was read, each once: quoted by reports.
    private(set) var seen: [RuleSource] = []
    /// The places of everything that was made ready for playing.
    private(set) var maps: [CoverageMap] = []

    /// Rules by the files they were made of: neighbours mostly test the same ones.
    private var rules: [Key: Rules] = [:]
    private var sources: [String: RuleSource?] = [:]
    private var neighbours: [String: [RuleSource]] = [:]
    private var remembered: Set<String> = []

    /// Rules, or what is wrong with them.
    enum Rules {
        case playable(PlayableRules)
        case wrong([Diagnostic])
    }

    private struct Key: Hashable {
        var paths: [String]
        var version: RuleSetVersion
    }

    init(
        load: @escaping (String) -> RuleSource?, near: @escaping (String) -> [RuleSource]
    ) {
        self.load = load
        self.near = near
    }

    mutating func remember(_ source: RuleSource) {
        if remembered.insert(source.path).inserted { seen.append(source) }
    }

    /// The rules of one file that is at hand.
    mutating func rules(
        of file: RuleSource, as version: RuleSetVersion
    ) -> (loaded: LoadedRules, rules: Rules) {
        let loaded = RuleFiles.load([file] + companions(of: [file]))
        return (loaded, compiled(loaded, as: version))
    }

    /// The rules that `tests_for:` or `publish:` names; what is wrong with them goes to the log.
    mutating func rules(
        at nodes: [YAMLNode], relativeTo file: String, log: DiagnosticLog
    ) -> PlayableRules? {
        var found: [RuleSource] = []
        for node in nodes {
            let path = Self.path(node.text ?? "", relativeTo: file)
            if sources[path] == nil { sources[path] = .some(load(path)) }
            guard let source = sources[path] ?? nil else {
                log.report(
                    .unknownName, at: node,
                    Bilingual(en: "can't read the rules '\(path)'", zh: "读不到规则文件「\(path)」"),
                    help: Bilingual(
                        en: "the path is relative to the folder of this file",
                        zh: "路径从这个测试文件所在的文件夹算起"))
                continue
            }
            remember(source)
            found.append(source)
        }
        guard found.count == nodes.count else { return nil }
        let key = Key(paths: found.map(\.path), version: .published(nodes))
        let made: Rules
        if let known = rules[key] {
            made = known
        } else {
            made = compiled(RuleFiles.load(found + companions(of: found)), as: key.version)
            rules[key] = made
        }
        switch made {
        case .playable(let rules): return rules
        case .wrong(let diagnostics):
            diagnostics.forEach(log.report)
            return nil
        }
    }

    /// What the `publish` steps of a test lead to; `nil` when something is wrong with it.
    mutating func published(
        by test: ConversationTest, relativeTo file: String, log: DiagnosticLog
    ) -> [RuleSetVersion: PlayableRules]? {
        var published: [RuleSetVersion: PlayableRules] = [:]
        for step in test.steps {
            guard case .publish(let paths) = step.kind else { continue }
            guard let rules = rules(at: paths, relativeTo: file, log: log) else { return nil }
            published[.published(paths)] = rules
        }
        return published
    }

    private mutating func compiled(_ loaded: LoadedRules, as version: RuleSetVersion) -> Rules {
        let errors = loaded.diagnostics.filter { $0.severity == .error }
        guard let definition = loaded.definition, errors.isEmpty else { return .wrong(errors) }
        do throws(RuleSetError) {
            let rules = try PlayableRules(
                loaded, definition: definition, version: version, isCovered: isCovered)
            if let map = rules.map { maps.append(map) }
            return .playable(rules)
        } catch {
            let start = SourcePlace(file: loaded.sources.first?.path ?? "", line: 1, column: 1)
            return .wrong(
                [
                    Diagnostic(
                        .badValue, at: error.place ?? start,
                        Bilingual(en: error.message, zh: "规则用不了：\(error.message)"))
                ])
        }
    }

    // MARK: What lies beside a file

    /// What loading `files` needs beside them: the lock file, what they include, and the listings of
    /// the files they send.
    private mutating func companions(of files: [RuleSource]) -> [RuleSource] {
        var found: [RuleSource] = []
        var paths = Set(files.map(\.path))
        for file in files {
            if neighbours[file.path] == nil { neighbours[file.path] = near(file.path) }
            let nearby = neighbours[file.path] ?? []
            guard !nearby.isEmpty else { continue }
            var open = [file]
            while let next = open.popLast() {
                let wanted = Set(
                    RuleFiles.included(by: next, among: nearby.map(\.path))
                        + RuleFiles.mediaPaths(in: next))
                for other in nearby
                where wanted.contains(other.path)
                    || Self.lastName(of: other.path) == WireLock.fileName
                {
                    guard paths.insert(other.path).inserted else { continue }
                    found.append(other)
                    guard !other.isMediaListing else { continue }
                    remember(other)
                    open.append(other)
                }
            }
        }
        return found
    }

    static func lastName(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// `path` seen from the folder of `file`, without `.` and `..` where they can be taken out.
    private static func path(_ path: String, relativeTo file: String) -> String {
        if path.hasPrefix("/") { return path }
        var parts = file.split(separator: "/").dropLast().map(String.init)
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                if let last = parts.last, last != ".." {
                    parts.removeLast()
                } else {
                    parts.append("..")
                }
            default: parts.append(String(part))
            }
        }
        return (file.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
