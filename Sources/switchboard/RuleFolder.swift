import Foundation
import RuleFiles

/// Finds and reads rule files and test files on disk.
enum RuleFolder {
    /// More files than this in one run are refused: a wrong path, most likely.
    static let mostFiles = 2000

    /// Every file below `paths` whose name ends in `suffix`, read, in the paths' order.
    ///
    /// - Throws: ``CommandFailure`` for what can't be found or read, naming it.
    static func sources(at paths: [String], suffix: String) throws -> [RuleSource] {
        var found: [String] = []
        for path in paths {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
                throw CommandFailure(
                    .unreadable, "\(path) does not exist",
                    cure: "name a file ending in \(suffix), or a folder that holds some")
            }
            if attributes[.type] as? FileAttributeType == .typeDirectory {
                found += try files(in: path, suffix: suffix)
            } else {
                found.append(path)
            }
            guard found.count <= mostFiles else {
                throw CommandFailure(
                    .unreadable, "\(path) holds more than \(mostFiles) files",
                    cure: "name the folder of the rules")
            }
        }
        guard !found.isEmpty else {
            throw CommandFailure(
                .unreadable, "no file ends in \(suffix) at \(paths.joined(separator: ", "))",
                cure: "name a file or a folder that holds some")
        }
        return try found.map(source)
    }

    /// One file, read.
    static func source(at path: String) throws -> RuleSource {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.unreadable, "\(path) can't be read", cure: "check its rights")
        }
        // Larger files are refused with a place and a cure by the reader; their text is not needed.
        let text = data.count > (5 << 20) ? data.prefix(5 << 20) : data
        guard let text = String(data: text, encoding: .utf8) ?? String(bytes: text, encoding: .utf8)
        else {
            throw CommandFailure(
                .unreadable, "\(path) is not UTF-8", cure: "save it as UTF-8 in your editor")
        }
        return RuleSource(path: path, text: text)
    }

    private static func files(in folder: String, suffix: String) throws -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: folder) else {
            throw CommandFailure(.unreadable, "the folder \(folder) can't be read")
        }
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        var names: [String] = []
        while let name = walker.nextObject() as? String {
            if name.hasSuffix(suffix) { names.append(base + name) }
        }
        return names.sorted()
    }
}
