import ChatModel
import RuleEngine

/// The sources of one load: which are bundles, which are parts of bundles, and who includes whom.
///
/// Pure: an `include` finds its files among the sources by their paths.
struct SourceSet {
    /// A file that was read.
    struct File {
        let source: RuleSource
        /// `nil` where nothing could be read.
        var syntax: BundleSyntax?
        /// For each pattern of `include:`, the files it names.
        var includes: [(pattern: Words, files: [Int])] = []
    }

    /// More files than this in one bundle are a mistake.
    static let mostFiles = 2000
    /// Patterns of one `include` that are looked at.
    static let mostPatterns = 100

    private(set) var files: [File] = []
    private(set) var lock = WireLock()
    /// What is known of the files that rules send, by path.
    private(set) var media: [String: MediaListing] = [:]
    private var indexes: [String: Int] = [:]
    private let log: DiagnosticLog

    init(_ sources: [RuleSource], log: DiagnosticLog) {
        self.log = log
        var trees: [(root: YAMLNode, isWhole: Bool)?] = []
        for source in sources {
            if WireLock.isLock(source) {
                lock = WireLock(reading: source, log: log)
                continue
            }
            if let listing = MediaListing(source) {
                media[Self.normal(source.path)] = listing
                continue
            }
            let fileLog = DiagnosticLog()
            trees.append(Self.isSheet(source) ? nil : Self.parse(source, fileLog))
            fileLog.diagnostics.forEach(log.report)
            indexes[Self.normal(source.path)] = files.count
            files.append(File(source: source))
        }
        // Who is included must be known before reading: a part needs less than a bundle.
        for (index, tree) in trees.enumerated() {
            guard let root = tree?.root, let include = root[key: "include"] else { continue }
            let all = include.list ?? [include]
            if all.count > Self.mostPatterns {
                log.report(
                    .badValue, at: include,
                    Bilingual(
                        en: "'include' takes at most \(Self.mostPatterns) patterns",
                        zh: "「include」最多写 \(Self.mostPatterns) 项"),
                    help: Bilingual(en: "use *, or folders", zh: "用 * 或文件夹"))
            }
            let patterns = all.prefix(Self.mostPatterns)
                .filter { $0.text?.trimmed.isEmpty == false }
            files[index].includes = patterns.map(Words.init).map { words in
                (words, find(words, from: index))
            }
        }
        let included = Set(files.flatMap { $0.includes.flatMap(\.files) })
        for (index, tree) in trees.enumerated() {
            let source = files[index].source
            let fileLog = DiagnosticLog()
            if Self.isSheet(source) {
                files[index].syntax = readSheet(
                    source, isIncluded: included.contains(index), fileLog)
            } else if let tree {
                var reader = BundleReader(log: fileLog)
                reader.isPartial = !tree.isWhole
                let syntax = reader.read(tree.root, isIncluded: included.contains(index))
                files[index].syntax = tree.isWhole ? syntax : nil
            }
            fileLog.diagnostics.forEach(log.report)
        }
        checkIncludedBundles()
    }

    /// A file's tree with English keys, or what could be read of it.
    private static func parse(
        _ source: RuleSource, _ log: DiagnosticLog
    ) -> (root: YAMLNode, isWhole: Bool)? {
        if let root = YAMLDocument.parse(source, log: log) {
            return (KeyVocabulary.english(root, log: log), true)
        }
        return YAMLSections.root(of: source).map { (KeyVocabulary.english($0, log: log), false) }
    }

    private static func isSheet(_ source: RuleSource) -> Bool { source.path.hasSuffix(".csv") }

    private func readSheet(
        _ source: RuleSource, isIncluded: Bool, _ log: DiagnosticLog
    ) -> BundleSyntax {
        let start = Words("", at: SourcePlace(file: source.path, line: 1, column: 1))
        var syntax = BundleSyntax(name: start, isFragment: true)
        if isIncluded {
            syntax.rules = FAQSheet.read(source, log: log)
        } else {
            log.report(
                start.diagnostic(
                    .unused,
                    Bilingual(en: "no bundle includes this sheet", zh: "没有规则包引入这个表格"),
                    help: Bilingual(
                        en: "write 'include: \(Self.lastName(source.path))' in a bundle",
                        zh: "在规则包里写 include: \(Self.lastName(source.path))")))
        }
        return syntax
    }

    // MARK: Bundles

    /// Each bundle with all it includes, in the sources' order.
    func bundles() -> [BundleSyntax] {
        files.indices.compactMap { index in
            guard let syntax = files[index].syntax, !syntax.isFragment else { return nil }
            var merger = BundleMerger(syntax, log: log)
            var visited: Set<Int> = [index]
            collect(index, &visited, [index], &merger)
            return merger.bundle()
        }
    }

    /// Adds what a file includes, each file once, in the order of the patterns.
    private func collect(
        _ index: Int, _ visited: inout Set<Int>, _ path: [Int], _ merger: inout BundleMerger
    ) {
        for (pattern, found) in files[index].includes {
            for file in found {
                if path.contains(file) {
                    report(
                        pattern, .includeCycle, en: "the files include each other",
                        zh: "文件互相引入了",
                        help: Bilingual(
                            en: "leave the 'include' in one of them", zh: "只在其中一个文件里写 include"))
                    continue
                }
                guard visited.insert(file).inserted, let part = files[file].syntax, part.isFragment
                else { continue }
                guard visited.count <= Self.mostFiles, path.count < 32 else {
                    report(
                        pattern, .tooDeep, en: "too many files include files",
                        zh: "文件一层层引入得太多")
                    return
                }
                merger.add(part)
                collect(file, &visited, path + [file], &merger)
            }
        }
    }

    private func checkIncludedBundles() {
        for file in files {
            for (pattern, found) in file.includes {
                for index in found {
                    guard let syntax = files[index].syntax, !syntax.isFragment else { continue }
                    report(
                        pattern, .notAFragment,
                        en: "'\(files[index].source.path)' is a bundle of its own",
                        zh: "「\(files[index].source.path)」自己就是一个规则包",
                        help: Bilingual(
                            en: "take 'bundle:' and 'accounts:' out of it, or don't include it",
                            zh: "去掉它的 bundle: 和 accounts:，或者不引入它"))
                }
            }
        }
    }

    private func report(
        _ words: Words, _ id: DiagnosticID, en: String, zh: String, help: Bilingual? = nil
    ) {
        log.report(words.diagnostic(id, Bilingual(en: en, zh: zh), help: help))
    }
}

/// Paths and patterns.
extension SourceSet {
    /// The files a pattern names, besides the one it stands in; reports a pattern without any.
    private func find(_ pattern: Words, from index: Int) -> [Int] {
        let folder = Self.folder(of: Self.normal(files[index].source.path))
        guard !pattern.text.hasPrefix("/"), !pattern.text.contains("\\") else {
            report(
                pattern, .badValue, en: "'include' takes a path relative to this file",
                zh: "「include」要写相对这个文件的路径",
                help: Bilingual(en: "for example: parts/*.kf.yml", zh: "例如：parts/*.kf.yml"))
            return []
        }
        let wanted = Self.normal(folder + pattern.text)
        if let exact = indexes[wanted], exact != index { return [exact] }
        let glob = PathGlob(wanted)
        let found = files.indices.filter {
            $0 != index && glob.matches(Self.normal(files[$0].source.path))
        }
        if found.isEmpty {
            report(
                pattern, .nothingIncluded, en: "'\(pattern.text)' is no file that was given",
                zh: "找不到「\(pattern.text)」这个文件",
                help: cure(for: pattern.text, in: index))
        }
        return found
    }

    /// The file that was probably meant, as this one has to write it.
    private func cure(for pattern: String, in index: Int) -> Bilingual {
        if [".xlsx", ".xls"].contains(where: pattern.lowercased().hasSuffix) {
            return Bilingual(
                en: "workbooks are not read: save it as 'CSV UTF-8' and include that",
                zh: "读不了 Excel 工作簿：另存为“CSV UTF-8”，再引入那个 .csv")
        }
        let folder = Self.folder(of: Self.normal(files[index].source.path))
        let others = files.indices.filter { $0 != index }.map { other in
            let path = Self.normal(files[other].source.path)
            return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
        }
        let name = Self.lastName(pattern)
        if let same = others.first(where: { Self.lastName($0) == name }) {
            return Bilingual(en: "did you mean '\(same)'?", zh: "是不是「\(same)」？")
        }
        return Suggestion.help(for: pattern, among: others)
            ?? Bilingual(
                en: "paths are relative to this file; * stands for any name",
                zh: "路径相对这个文件；* 代表任意名字")
    }

    /// Without `.` and with `..` taken away, where it can be.
    static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// A path as a file at `place` writes it, seen from where the file's own path begins.
    static func beside(_ place: String, _ path: String) -> String {
        normal(folder(of: place) + path)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private static func lastName(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}

/// A path pattern: `*` stands for any run of characters within a name, `**` for any folders.
struct PathGlob {
    private let parts: [[Character]]

    init(_ pattern: String) {
        parts = pattern.split(separator: "/").map(Array.init)
    }

    func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/").map(Array.init)
        return Self.matches(
            parts, names, isWild: { $0 == ["*", "*"] }, fits: { Self.fits($0, $1) })
    }

    private static func fits(_ pattern: [Character], _ name: [Character]) -> Bool {
        matches(pattern, name, isWild: { $0 == "*" }, fits: ==)
    }

    /// The usual walk with one point to return to: linear for one wild part, never exponential.
    private static func matches<Element>(
        _ pattern: [Element], _ text: [Element], isWild: (Element) -> Bool,
        fits: (Element, Element) -> Bool
    ) -> Bool {
        var p = 0
        var t = 0
        var retry: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, isWild(pattern[p]) {
                retry = (p, t)
                p += 1
            } else if p < pattern.count, fits(pattern[p], text[t]) {
                p += 1
                t += 1
            } else if let last = retry {
                retry = (last.p, last.t + 1)
                p = last.p + 1
                t = last.t + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy(isWild)
    }
}

extension RuleFiles {
    /// The files that `source` includes, among those at `paths`; nothing for what isn't YAML.
    ///
    /// For whoever reads the disk: what they include in turn is asked for one by one.
    package static func included(by source: RuleSource, among paths: [String]) -> [String] {
        let log = DiagnosticLog()
        guard
            let root = YAMLDocument.parse(source, log: log).map({
                KeyVocabulary.english($0, log: log)
            }), let include = root[key: "include"]
        else { return [] }
        let folder =
            source.path.lastIndex(of: "/").map { String(source.path[...$0]) } ?? ""
        let patterns = (include.list ?? [include]).compactMap(\.text)
            .map { PathGlob(SourceSet.normal(folder + $0)) }
        return paths.filter { path in
            path != source.path && patterns.contains { $0.matches(SourceSet.normal(path)) }
        }
    }
}
