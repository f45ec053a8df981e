import Foundation
import RuleFiles

/// The files that differ from a commit, as git tells them.
enum ChangedFiles {
    /// Paths below `paths` that were changed since `commit`, or are new, in the form of
    /// ``normal(_:)``.
    ///
    /// - Throws: ``CommandFailure`` when git can't tell.
    static func since(_ commit: String, at paths: [String]) throws -> Set<String> {
        let changed = try git(["diff", "--name-only", "--relative", "-z", commit, "--"] + paths)
        let new = try git(["ls-files", "--others", "--exclude-standard", "-z", "--"] + paths)
        return Set((changed + new).map(normal))
    }

    /// A path relative to the working folder, without `./`.
    static func normal(_ path: String) -> String {
        let folder = FileManager.default.currentDirectoryPath + "/"
        var path = path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
        while path.hasPrefix("./") { path = String(path.dropFirst(2)) }
        return path.replacing("//", with: "/")
    }

    private static func git(_ arguments: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let failure = CommandFailure(
            .unreadable, Bilingual(en: "git can't say what changed", zh: "git 说不出改了什么"),
            cure: Bilingual(
                en: "run it in the repository of the rules, with a commit or branch it knows",
                zh: "在规则的仓库里运行，并写它认得的提交或分支"))
        do { try process.run() } catch { throw failure }
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw failure }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
