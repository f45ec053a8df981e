import ChatModel
import PlatformSimulator
import RuleEngine
package import RuleFiles

/// Plays the conversations of test files and the inline tests of rule files.
///
/// Everything comes in as values and goes out as a value: reading the disk is the caller's.
package enum ReplayRunner {
    /// What is played, and what is looked at meanwhile.
    package struct Options {
        /// Whether the test of this name is wanted.
        package var filter: (String) -> Bool
        /// Used for every test instead of its own; `nil` for its own.
        package var seed: UInt64?
        /// Whether the tests are played in an order drawn from ``seed`` instead of the files'.
        package var isShuffled: Bool
        /// Whether every example of the rule files among the files is asked, too.
        package var judgesExamples: Bool
        /// Whether to count what of the rules was gone through.
        package var countsCoverage: Bool

        /// Every test, as its file has it, and nothing else.
        package init(
            filter: @escaping (String) -> Bool = { _ in true }, seed: UInt64? = nil,
            isShuffled: Bool = false, judgesExamples: Bool = false, countsCoverage: Bool = false
        ) {
            self.filter = filter
            self.seed = seed
            self.isShuffled = isShuffled
            self.judgesExamples = judgesExamples
            self.countsCoverage = countsCoverage
        }
    }

    /// Plays the tests of `files`, in order.
    ///
    /// A file with `tests_for:` is a test file; any other is a rule file, whose inline `tests:` are
    /// played and which may have none.
    ///
    /// - Parameters:
    ///   - files: Test files and rule files.
    ///   - load: The file at a path that `tests_for:` or `publish:` led to, relative to where the
    ///     paths of `files` are; `nil` when it can't be read. Asked once a path.
    ///   - near: What else lies beside the rule file at a path: parts and sheets it may include,
    ///     the lock file of its wire ids. Asked once a path.
    package static func run(
        files: [RuleSource], options: Options = Options(),
        near: (String) -> [RuleSource] = { _ in [] }, load: (String) -> RuleSource?
    ) -> ReplayReport {
        withoutActuallyEscaping(load) { load in
            withoutActuallyEscaping(near) { near in
                var library = RuleLibrary(load: load, near: near)
                library.isCovered = options.countsCoverage
                var run = Run(library: library, options: options)
                return run.play(files)
            }
        }
    }
}

/// One run in the making.
private struct Run {
    var library: RuleLibrary
    let options: ReplayRunner.Options
    var report = ReplayReport()

    /// The tests of a file that are to be played, and what they are played with.
    private struct Plan {
        var tests: [(test: ConversationTest, rules: PlayableRules)] = []
    }

    init(library: RuleLibrary, options: ReplayRunner.Options) {
        self.library = library
        self.options = options
    }

    mutating func play(_ files: [RuleSource]) -> ReplayReport {
        if options.countsCoverage { report.coverage = CoverageReport() }
        for file in shuffled(files) { play(file) }
        for map in library.maps { report.coverage?.add(map) }
        report.coverage?.sort()
        report.sources = library.seen
        return report
    }

    /// The elements in an order drawn from the seed, or as they are.
    private func shuffled<Element>(_ elements: [Element]) -> [Element] {
        guard options.isShuffled else { return elements }
        var elements = elements
        var dice = Dice(seed: options.seed ?? 1)
        for index in elements.indices.dropLast() {
            let left = elements.count - index
            elements.swapAt(index, index + min(left - 1, Int(dice.fraction() * Double(left))))
        }
        return elements
    }

    private mutating func play(_ file: RuleSource) {
        var result = FileReport(path: file.path)
        library.remember(file)
        let log = DiagnosticLog()
        let roots = YAMLDocument.parse(file, allowsSeveral: true, log: log)
        switch FileKind(roots) {
        case .bundle: playRules(file, &result)
        case .part: break
        case .tests where !log.hasErrors:
            let roots = roots.map { KeyVocabulary.english($0, log: log) }
            playTests(roots, of: file, log: log, &result)
        case .tests: break
        }
        result.diagnostics = (result.diagnostics + log.diagnostics).sorted()
        result.isUnreadable =
            result.isUnreadable || result.diagnostics.contains { $0.severity == .error }
        report.files.append(result)
    }

    // MARK: Inline tests

    private mutating func playRules(_ file: RuleSource, _ result: inout FileReport) {
        let version = RuleSetVersion(RuleLibrary.lastName(of: file.path))
        let (loaded, made) = library.rules(of: file, as: version)
        switch made {
        case .wrong(let diagnostics): result.diagnostics += diagnostics
        case .playable(let rules):
            if options.judgesExamples { judgeExamples(loaded, rules, &result) }
            for (_, _, node) in loaded.tests {
                let source = loaded.sources.first { $0.path == node.place.file } ?? file
                let log = DiagnosticLog()
                let tests = ConversationReader(source, log: log).tests(node)
                if !log.hasErrors {
                    play(shuffled(tests), with: rules, relativeTo: file, log: log, &result)
                }
                result.diagnostics += log.diagnostics
            }
        }
    }

    private mutating func judgeExamples(
        _ loaded: LoadedRules, _ rules: PlayableRules, _ result: inout FileReport
    ) {
        let examples = ExampleReport(loaded)
        result.examples = examples
        guard let map = rules.map, report.coverage != nil else { return }
        for compiled in rules.rules.bundles {
            map.coverExamples(of: compiled) { report.coverage?.cover($0) }
        }
    }

    // MARK: Test files

    private mutating func playTests(
        _ roots: [YAMLNode], of file: RuleSource, log: DiagnosticLog, _ result: inout FileReport
    ) {
        let reader = ConversationReader(file, log: log)
        var wanted: [(tests: [ConversationTest], paths: [YAMLNode])] = []
        for root in roots where !root.isEmpty {
            let what = Bilingual(en: "a test file", zh: "测试文件")
            guard let map = MapCursor(root, as: what, log: log) else { continue }
            _ = map.requiredValue("tests_for")
            let paths = map.texts("tests_for")
            let tests = map.requiredValue("tests").map(reader.tests) ?? []
            map.finish()
            wanted.append((tests, paths))
        }
        guard !log.hasErrors else { return }
        for (tests, paths) in wanted {
            guard let rules = library.rules(at: paths, relativeTo: file.path, log: log) else {
                continue
            }
            play(shuffled(tests), with: rules, relativeTo: file, log: log, &result)
        }
    }

    private mutating func play(
        _ tests: [ConversationTest], with rules: PlayableRules, relativeTo file: RuleSource,
        log: DiagnosticLog, _ result: inout FileReport
    ) {
        for var test in tests {
            guard options.filter(test.name) else {
                report.leftOut += 1
                continue
            }
            if let seed = options.seed { test.seed = seed }
            guard let published = library.published(by: test, relativeTo: file.path, log: log)
            else { continue }
            guard var player = Player(test, rules: rules, published: published) else {
                let named = test.account?.rawValue
                log.report(
                    Diagnostic(
                        .unknownName, at: test.place,
                        Bilingual(
                            en: "no bundle of the rules serves "
                                + (named.map { "'\($0)'" } ?? "any account"),
                            zh: named.map { "没有规则包服务账号「\($0)」" } ?? "规则包没有写服务哪个账号")))
                continue
            }
            result.tests.append(player.play())
            cover(player)
        }
    }

    private mutating func cover(_ player: Player) {
        guard let trail = player.world.trail, report.coverage != nil else { return }
        for (version, rules) in player.versions {
            guard let map = rules.map,
                let compiled = rules.rules.bundle(serving: player.account)
            else { continue }
            map.cover(trail, as: version, by: compiled) { report.coverage?.cover($0) }
            let bundle = compiled.definition.name
            // Those that had to wait are told by name only.
            for decision in player.world.chronicle.decisions
            where decision.version == version && decision.reason.hasPrefix("rule:") {
                map.coverRule(RuleName(String(decision.reason.dropFirst(5))), of: bundle) {
                    report.coverage?.cover($0)
                }
            }
        }
    }
}

/// What a file holds, by its keys.
private enum FileKind {
    /// Rules of their own, with or without tests.
    case bundle
    /// Rules that only `include:` can use.
    case part
    case tests

    /// What a part may say and a test file may not.
    private static let rulesKeys = [
        "rules", "faq", "menus", "flows", "texts", "templates", "words", "slots", "handoff",
        "surveys", "schedules", "notices", "defaults", "include",
    ]

    init(_ roots: [YAMLNode]) {
        func has(_ key: String) -> Bool { roots.contains { $0.has(key) } }
        if has("bundle") {
            self = .bundle
        } else if has("tests_for") {
            self = .tests
        } else if has("kf") {
            // Without a name it's a bundle with a mistake, and loading says which.
            self = .bundle
        } else {
            self = Self.rulesKeys.contains(where: has) ? .part : .tests
        }
    }
}

extension YAMLNode {
    /// Whether a map has this key, in English or in Chinese.
    fileprivate func has(_ key: String) -> Bool {
        if self[key: key] != nil { return true }
        return KeyVocabulary.chinese(for: key).map { self[key: $0] != nil } ?? false
    }
}
