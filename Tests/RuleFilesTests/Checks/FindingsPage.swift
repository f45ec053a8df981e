import ChatModel
import Foundation
import RuleEngine
import RuleFiles

/// `docs/findings.md`, section by section.
struct FindingsPage {
    struct Section {
        let id: String
        /// As in `**title** · title · severity`.
        let heading: String
        let text: String
        /// A file, or several, that give the finding; `nil` where none is shown.
        let snippet: String?
        /// What stands behind `yaml` on the fence.
        let options: CheckOptions
    }

    let sections: [Section]

    init() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/findings.md").standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        sections = text.components(separatedBy: "\n## ").dropFirst().map(Section.init)
    }
}

extension FindingsPage.Section {
    fileprivate init(_ text: String) {
        let lines = text.components(separatedBy: "\n")
        id = lines[0]
        heading = lines.dropFirst().first { !$0.isEmpty } ?? ""
        self.text = text
        var snippet: [String]?
        var options = CheckOptions()
        if let start = lines.firstIndex(where: { $0.hasPrefix("```yaml") }),
            let end = lines[(start + 1)...].firstIndex(of: "```")
        {
            snippet = Array(lines[(start + 1)..<end])
            for word in lines[start].split(separator: " ").dropFirst() {
                if word == "thorough" { options.isThorough = true }
                if word.hasPrefix("at="), let time = Self.noon(String(word.dropFirst(3))) {
                    options.at = time
                }
            }
        }
        self.snippet = snippet?.joined(separator: "\n")
        self.options = options
    }

    /// Noon in Shanghai of a day such as `2026-12-01`.
    private static func noon(_ day: String) -> Timestamp? {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return CivilZone.shanghai.timestamp(
            of: ScheduleDefinition.Day(year: parts[0], month: parts[1], day: parts[2]),
            minute: 720)
    }

    /// The sources of the snippet: with the lines every file needs where it leaves them out, and
    /// with the characters that can't be seen.
    var sources: [RuleSource] {
        guard let snippet else { return [] }
        var text = snippet.replacing(/⟨U\+([0-9A-F]{4})⟩/) { match in
            let scalar = UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init)
            return scalar.map { String(Character($0)) } ?? ""
        }
        if text.hasPrefix("# file: ") {
            return text.components(separatedBy: "# file: ").dropFirst().map { part in
                let lines = part.split(separator: "\n", maxSplits: 1)
                return RuleSource(
                    path: String(lines[0]), text: lines.count > 1 ? String(lines[1]) : "")
            }
        }
        if !text.hasPrefix("kf:") {
            text = "kf: 1\nbundle: 测试\naccounts: [shop]\n" + text
        }
        return [RuleSource(path: "t.kf.yml", text: text + "\n")]
    }

    /// What a check of the snippet finds.
    var checked: LoadedRules { RuleFiles.check(RuleFiles.load(sources), options) }

    /// The findings of this section's id.
    var found: [Diagnostic] { checked.diagnostics.filter { $0.id.rawValue == id } }
}
