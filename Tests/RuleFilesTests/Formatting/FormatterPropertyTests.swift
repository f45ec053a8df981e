import Foundation
import RuleEngine
import RuleFiles
import Testing

/// What holds for every file, whatever is in it.
@Suite struct FormatterPropertyTests {
    private func parse(_ text: String) -> [YAMLNode] {
        YAMLDocument.parse(
            RuleSource(path: "x.kf.yml", text: text), allowsSeveral: true, log: DiagnosticLog())
    }

    /// The tree as a text in which the order of keys doesn't count.
    private func meaning(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, _): node.isEmpty ? "~" : "\"\(text)\""
        case .list(let nodes): "[" + nodes.map(meaning).joined(separator: ",") + "]"
        case .map(let entries):
            "{"
                + entries.map { "\"\($0.name)\":" + meaning($0.value) }.sorted()
                .joined(separator: ",") + "}"
        }
    }

    private func comments(_ text: String) -> Int {
        text.components(separatedBy: "# 说明").count + text.components(separatedBy: "# 尾注").count
            + text.components(separatedBy: "# 内注").count
            + text.components(separatedBy: "# 头注").count
            + text.components(separatedBy: "#紧挨着").count
    }

    @Test(arguments: 0..<8)
    func formattingChangesNoMeaningAndLosesNoComment(_ part: Int) async throws {
        var formatted = 0
        var refused = 0
        for seed in (part * 250)..<(part * 250 + 250) {
            // Other tests wait for these threads.
            await Task.yield()
            var random = RandomYAML(seed: UInt64(seed))
            let text = random.text()
            let before = parse(text)
            let result = RuleFormatter.format(RuleSource(path: "x.kf.yml", text: text))
            guard !before.isEmpty else {
                #expect(result.text == text && !result.isFormatted)
                continue
            }
            guard result.isFormatted else {
                refused += 1
                Issue.record(
                    "seed \(seed) is refused at \(result.refusal.map(\.line) ?? 0):\n\(text)")
                continue
            }
            formatted += 1
            #expect(parse(result.text).map(meaning) == before.map(meaning), "seed \(seed)")
            #expect(
                comments(result.text) == comments(text), "seed \(seed):\n\(text)\n→\n\(result.text)"
            )
            let again = RuleFormatter.format(RuleSource(path: "x.kf.yml", text: result.text))
            #expect(again.text == result.text, "seed \(seed) is formatted otherwise a second time")
            try checkShape(result.text, seed: seed)
        }
        #expect(formatted > 125)
        #expect(refused == 0)
    }

    private func checkShape(_ text: String, seed: Int) throws {
        #expect(text.hasSuffix("\n") && !text.contains("\r") && !text.contains("\u{FEFF}"))
    }
}
