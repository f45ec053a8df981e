import ChatModel
import Foundation
import RuleEngine
import RuleFiles
import Testing

@Suite struct SampleRulesTests {
    /// `rules/` of this repository.
    static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "rules")
    }

    @Test func sampleRulesHaveNoFindings() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".kf.yml") }.sorted()
        #expect(!files.isEmpty)
        let sources = try files.map {
            RuleSource(
                path: "rules/\($0)",
                text: try String(contentsOf: Self.folder.appending(path: $0), encoding: .utf8))
        }
        let loaded = RuleFiles.check(RuleFiles.load(sources))
        #expect(loaded.report() == "")
        let rules = try RuleSet(#require(loaded.definition))
        let shop = try #require(rules.bundle(serving: "shop"))
        func rule(_ text: String, misses: Int = 0) -> String? {
            guard
                case .rule(let verdict) = shop.decision(
                    for: .text(text, menuItem: nil), facts: Facts(misses: misses))
            else { return nil }
            return shop.definition.rules[verdict.rule].name.rawValue
        }
        #expect(rule("退款什么时候到账") == "退款到账")
        #expect(rule("怎麼退款") == "退款政策")
        #expect(rule("今天天气如何") == "没听懂")
        #expect(rule("今天天气如何", misses: 1) == "连续没听懂")
    }

    /// The guide people learn from: its first file must be right.
    @Test func guideIsRight() throws {
        let guide = try String(contentsOf: docs.appending(path: "rules.md"), encoding: .utf8)
        let blocks = guide.components(separatedBy: "```yaml\n").dropFirst()
        let first = try #require(blocks.first?.components(separatedBy: "```").first)
        #expect(check(first).report() == "")
    }

    /// No finding is unexplained, once the page that explains them is there.
    @Test func findingsAreExplained() throws {
        let page = docs.appending(path: "findings.md")
        guard FileManager.default.fileExists(atPath: page.path) else { return }
        let text = try String(contentsOf: page, encoding: .utf8).lowercased()
        for id in DiagnosticID.allCases {
            let anchor = id.rawValue.lowercased()
            #expect(
                text.contains("# \(anchor)") || text.contains("\"\(anchor)\""),
                "\(id.rawValue) is not in docs/findings.md")
        }
    }

    private var docs: URL {
        Self.folder.deletingLastPathComponent().appending(path: "docs")
    }
}
