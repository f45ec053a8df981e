import Boundary
import Foundation
import Replay
import RuleFiles

/// Finds and reads rule files and test files on disk.
enum RuleFolder {
    /// More files than this in one run are refused: a wrong path, most likely.
    static let mostFiles = 2000

    /// Everything that rules at `paths` are made of: of a folder its rule files, sheets and the lock
    /// file; of a single file that file, what it includes, and the lock file beside it; and the
    /// listings of the files they send.
    ///
    /// - Throws: ``CommandFailure`` for what can't be found or read, naming it.
    static func ruleSources(at paths: [String]) throws -> [RuleSource] {
        var sources: [RuleSource] = []
        var seen: Set<String> = []
        for source in try self.sources(at: paths, suffix: ".kf.yml") {
            guard seen.insert(source.path).inserted else { continue }
            sources.append(source)
            for part in try parts(near: source) where seen.insert(part.path).inserted {
                sources.append(part)
            }
        }
        for path in paths {
            for sheet in try sheets(in: path) where seen.insert(sheet).inserted {
                sources.append(try self.source(at: sheet))
            }
        }
        return sources + RuleMedia.listings(for: sources)
    }

    /// What a rule file includes, and what that includes, with the lock file beside it.
    static func parts(near source: RuleSource) throws -> [RuleSource] {
        let folder = PathParts(source.path).folder
        let place = folder.isEmpty ? "." : folder
        var parts: [RuleSource] = []
        var seen: Set<String> = [source.path]
        var open = [source]
        // Only a file that includes something costs a look at the folder.
        lazy var nearby =
            (try? files(in: place, suffix: ".yml") + files(in: place, suffix: ".csv")) ?? []
        while let next = open.popLast() {
            guard next.text.contains("include") || next.text.contains("引入") else { continue }
            let paths = nearby.map { folder.isEmpty ? String($0.dropFirst(2)) : $0 }
            for path in RuleFiles.included(by: next, among: paths)
            where seen.insert(path).inserted {
                let part = try self.source(at: path)
                parts.append(part)
                if path.hasSuffix(".yml") { open.append(part) }
            }
        }
        let lock = folder.isEmpty ? WireLock.fileName : "\(folder)/\(WireLock.fileName)"
        if FileManager.default.fileExists(atPath: lock) { parts.append(try self.source(at: lock)) }
        return parts
    }

    /// What a test's rules need beside themselves: parts, sheets, the lock file, and the listings of
    /// the files they all send.
    static func companions(of source: RuleSource) -> [RuleSource] {
        let parts = (try? parts(near: source)) ?? []
        return parts + RuleMedia.listings(for: [source] + parts)
    }

    /// Plays tests against rules that are in hand already.
    static func play(_ files: [RuleSource], beside sources: [RuleSource]) -> ReplayReport {
        let byPath = Dictionary(
            (sources + files).map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        return ReplayRunner.run(
            files: files, near: { path in sources.filter { $0.path != path } },
            load: { path in byPath[path] ?? (try? self.source(at: path)) })
    }

    /// Whether a path leads to a folder.
    static func isFolder(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    private static func sheets(in path: String) throws -> [String] {
        guard isFolder(path) else { return [] }
        return try files(in: path, suffix: ".csv") + files(in: path, suffix: WireLock.fileName)
    }

    /// Every file below `paths` whose name ends in `suffix`, read, in the paths' order.
    ///
    /// - Throws: ``CommandFailure`` for what can't be found or read, naming it.
    static func sources(at paths: [String], suffix: String) throws -> [RuleSource] {
        var found: [String] = []
        for path in paths {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(en: "\(path) does not exist", zh: "找不到 \(path)"),
                    cure: Bilingual(
                        en: "name a file ending in \(suffix), or a folder that holds some",
                        zh: "写一个以 \(suffix) 结尾的文件，或者放着这种文件的文件夹"))
            }
            if attributes[.type] as? FileAttributeType == .typeDirectory {
                found += try files(in: path, suffix: suffix)
            } else {
                found.append(path)
            }
            guard found.count <= mostFiles else {
                throw CommandFailure(
                    .unreadable,
                    Bilingual(
                        en: "\(path) holds more than \(mostFiles) files",
                        zh: "\(path) 里超过 \(mostFiles) 个文件"),
                    cure: Bilingual(en: "name the folder of the rules", zh: "写放规则的那个文件夹"))
            }
        }
        guard !found.isEmpty else {
            throw CommandFailure(
                .unreadable,
                Bilingual(
                    en: "no file ends in \(suffix) at \(paths.joined(separator: ", "))",
                    zh: "\(paths.joined(separator: "、")) 里没有以 \(suffix) 结尾的文件"),
                cure: Bilingual(
                    en: "name a file or a folder that holds some", zh: "写一个这样的文件，或者放着它们的文件夹"))
        }
        return try found.map(source)
    }

    /// One file, read.
    static func source(at path: String) throws -> RuleSource {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "\(path) can't be read", zh: "\(path) 读不了"),
                cure: Bilingual(en: "check its rights", zh: "看看它的权限"))
        }
        // Larger files are refused with a place and a cure by the reader; their text is not needed.
        let text = data.count > (5 << 20) ? data.prefix(5 << 20) : data
        let isSheet = path.hasSuffix(".csv")
        guard let text = isSheet ? SheetBytes.text(text) : String(data: text, encoding: .utf8)
        else {
            throw CommandFailure(
                .unreadable, Bilingual(en: "\(path) is not UTF-8", zh: "\(path) 不是 UTF-8 编码"),
                cure: isSheet
                    ? Bilingual(en: "save it as 'CSV UTF-8'", zh: "另存为“CSV UTF-8”")
                    : Bilingual(en: "save it as UTF-8 in your editor", zh: "在编辑器里存成 UTF-8"))
        }
        return RuleSource(path: path, text: text)
    }

    private static func files(in folder: String, suffix: String) throws -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: folder) else {
            throw CommandFailure(
                .unreadable,
                Bilingual(en: "the folder \(folder) can't be read", zh: "文件夹 \(folder) 读不了"))
        }
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        var names: [String] = []
        while let name = walker.nextObject() as? String {
            if name.hasSuffix(suffix) { names.append(base + name) }
        }
        return names.sorted()
    }
}
