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
            shop.verdict(for: .text(text, menuItem: nil), facts: Facts(misses: misses)).map {
                shop.definition.rules[$0.rule].name.rawValue
            }
        }
        #expect(rule("退款什么时候到账") == "退款到账")
        #expect(rule("怎麼退款") == "退款政策")
        #expect(rule("今天天气如何") == "没听懂")
        #expect(rule("今天天气如何", misses: 1) == "连续没听懂")
    }

    /// The guide people learn from: its first file must be right, and no finding unexplained.
    @Test func guideIsRight() throws {
        let path = Self.folder.deletingLastPathComponent().appending(path: "docs/rules.md")
        let guide = try String(contentsOf: path, encoding: .utf8)
        let blocks = guide.components(separatedBy: "```yaml\n").dropFirst()
        let first = try #require(blocks.first?.components(separatedBy: "```").first)
        #expect(check(first).report() == "")
        for id in DiagnosticID.allCases {
            #expect(guide.contains("| \(id.rawValue) |"), "\(id) is not in docs/rules.md")
        }
    }
}
