import ChatModel
import PlatformSimulator
import RuleEngine
package import RuleFiles

/// Plays the conversations of test files and the inline tests of rule files.
///
/// Everything comes in as values and goes out as a value: reading the disk is the caller's.
package enum ReplayRunner {
    /// Plays the tests of `files`, in order.
    ///
    /// A file with `tests_for:` is a test file; any other is a rule file, whose inline `tests:` are
    /// played and which may have none.
    ///
    /// - Parameters:
    ///   - files: Test files and rule files.
    ///   - load: The file at a path that `tests_for:` led to, relative to where the paths of
    ///     `files` are; `nil` when it can't be read. Asked once a path.
    ///   - filter: Whether the test of this name is wanted.
    ///   - seed: Used for every test instead of its own; `nil` for its own.
    package static func run(
        files: [RuleSource], load: (String) -> RuleSource?,
        filter: (String) -> Bool = { _ in true }, seed: UInt64? = nil
    ) -> ReplayReport {
        withoutActuallyEscaping(load) { load in
            withoutActuallyEscaping(filter) { filter in
                var run = Run(load: load, filter: filter, seed: seed)
                for file in files { run.play(file) }
                return run.report
            }
        }
    }
}

/// One run in the making.
private struct Run {
    let load: (String) -> RuleSource?
    let filter: (String) -> Bool
    let seed: UInt64?
    var report = ReplayReport()
    /// Rules by the paths they were made of: neighbours mostly test the same ones.
    private var rules: [[String]: Rules] = [:]
    private var sources: [String: RuleSource?] = [:]
    private var remembered: Set<String> = []

    /// Rules, or what is wrong with them.
    private enum Rules {
        case playable(PlayableRules)
        case wrong([Diagnostic])
    }

    init(
        load: @escaping (String) -> RuleSource?, filter: @escaping (String) -> Bool, seed: UInt64?
    ) {
        self.load = load
        self.filter = filter
        self.seed = seed
    }

    mutating func play(_ file: RuleSource) {
        var result = FileReport(path: file.path)
        remember(file)
        let log = DiagnosticLog()
        let roots = YAMLDocument.parse(file, allowsSeveral: true, log: log)
        if roots.contains(where: { $0[key: "kf"] != nil || $0[key: "bundle"] != nil }) {
            playRules(file, &result)
        } else if !log.hasErrors {
            playTests(roots, of: file, log: log, &result)
        }
        result.diagnostics = (result.diagnostics + log.diagnostics).sorted()
        result.isUnreadable =
            result.isUnreadable || result.diagnostics.contains { $0.severity == .error }
        report.files.append(result)
    }

    private mutating func remember(_ source: RuleSource) {
        if remembered.insert(source.path).inserted { report.sources.append(source) }
    }

    // MARK: Inline tests

    private mutating func playRules(_ file: RuleSource, _ result: inout FileReport) {
        let loaded = RuleFiles.load([file])
        switch compiled(loaded) {
        case .wrong(let diagnostics): result.diagnostics += diagnostics
        case .playable(let rules):
            for (_, _, node) in loaded.tests {
                let log = DiagnosticLog()
                let tests = ConversationReader(file, log: log).tests(node)
                result.diagnostics += log.diagnostics
                if !log.hasErrors { play(tests, with: rules, log: log, &result) }
            }
        }
    }

    // MARK: Test files

    private mutating func playTests(
        _ roots: [YAMLNode], of file: RuleSource, log: DiagnosticLog, _ result: inout FileReport
    ) {
        let reader = ConversationReader(file, log: log)
        var wanted: [(tests: [ConversationTest], paths: [YAMLNode])] = []
        for root in roots where !root.isEmpty {
            guard let map = MapCursor(root, as: "a test file", log: log) else { continue }
            _ = map.requiredValue("tests_for")
            let paths = map.texts("tests_for")
            let tests = map.requiredValue("tests").map(reader.tests) ?? []
            map.finish()
            wanted.append((tests, paths))
        }
        guard !log.hasErrors else { return }
        for (tests, paths) in wanted {
            guard let rules = rules(at: paths, relativeTo: file.path, log: log) else { continue }
            switch rules {
            case .wrong(let diagnostics): diagnostics.forEach(log.report)
            case .playable(let rules): play(tests, with: rules, log: log, &result)
            }
        }
    }

    private mutating func rules(
        at nodes: [YAMLNode], relativeTo file: String, log: DiagnosticLog
    ) -> Rules? {
        var found: [RuleSource] = []
        for node in nodes {
            let path = Self.path(node.text ?? "", relativeTo: file)
            if sources[path] == nil { sources[path] = .some(load(path)) }
            guard let source = sources[path] ?? nil else {
                log.report(
                    .unknownName, at: node, "can't read the rules '\(path)'",
                    help: "the path is relative to the folder of this file")
                continue
            }
            remember(source)
            found.append(source)
        }
        guard found.count == nodes.count else { return nil }
        let key = found.map(\.path)
        if let known = rules[key] { return known }
        let made = compiled(RuleFiles.load(found))
        rules[key] = made
        return made
    }

    private func compiled(_ loaded: LoadedRules) -> Rules {
        let errors = loaded.diagnostics.filter { $0.severity == .error }
        guard let definition = loaded.definition, errors.isEmpty else { return .wrong(errors) }
        do throws(RuleSetError) {
            return .playable(try PlayableRules(loaded, definition: definition))
        } catch {
            let start = SourcePlace(file: loaded.sources.first?.path ?? "", line: 1, column: 1)
            return .wrong([Diagnostic(.badValue, at: error.place ?? start, error.message)])
        }
    }

    private mutating func play(
        _ tests: [ConversationTest], with rules: PlayableRules, log: DiagnosticLog,
        _ result: inout FileReport
    ) {
        for var test in tests {
            guard filter(test.name) else {
                report.leftOut += 1
                continue
            }
            if let seed { test.seed = seed }
            guard var player = Player(test, rules: rules) else {
                let named = test.account.map { "'\($0)'" } ?? "any account"
                log.report(
                    Diagnostic(
                        .unknownName, at: test.place, "no bundle of the rules serves \(named)"))
                continue
            }
            result.tests.append(player.play())
        }
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
