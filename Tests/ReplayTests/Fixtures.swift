import Foundation
import Replay
import RuleFiles
import Testing

/// Files the tests read.
enum Fixtures {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

    /// The file at a path relative to the repository.
    static func load(_ path: String) -> RuleSource? { read(root.appending(path: path), as: path) }

    /// The file of this name in `Golden`.
    static func golden(_ name: String) -> RuleSource? {
        read(folder.appending(path: "Golden/" + name), as: name)
    }

    private static func read(_ url: URL, as path: String) -> RuleSource? {
        (try? String(contentsOf: url, encoding: .utf8)).map { RuleSource(path: path, text: $0) }
    }

    /// Every conversation in the repository, by path.
    static let conversations = files(".test.yml")
    /// The rules they are about, by path.
    static let rules = files(".kf.yml")
    /// Every rule file and test file in the repository, by path.
    static let written = ["fixtures/conversations", "rules"].flatMap { files(".yml", in: $0) }

    private static func files(
        _ suffix: String, in folder: String = "fixtures/conversations"
    ) -> [String] {
        let found = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        return (found?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(suffix) }.map { folder + "/" + $0 }.sorted()
    }

    /// Plays a file of `Golden`.
    static func play(golden name: String) throws -> ReplayReport {
        ReplayRunner.run(files: [try #require(golden(name))], load: golden)
    }

    /// Compares `text` with the golden file of this name; with `UPDATE_GOLDEN=1` writes it.
    static func expect(_ text: String, isGolden name: String) throws {
        let url = folder.appending(path: "Golden/" + name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: url, encoding: .utf8)
        #expect(text == expected)
    }

    /// Plays steps against the golden rules of the whole language.
    static func play(rich steps: String, options: String = "") -> ReplayReport {
        play(steps, options: options, rules: "rich.kf.yml")
    }

    /// Plays steps against the golden rules, at the usual time.
    static func play(
        _ steps: String, options: String = "", rules: String = "rules.kf.yml",
        load: (String) -> RuleSource? = golden
    ) -> ReplayReport {
        let lines = steps.split(separator: "\n").map { "      " + $0 + "\n" }.joined()
        let text = "tests_for: \(rules)\ntests:\n  - test: 一\n\(options)    steps:\n\(lines)"
        return ReplayRunner.run(files: [RuleSource(path: "a.test.yml", text: text)], load: load)
    }
}
