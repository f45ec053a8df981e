import ChatModel
import RuleEngine
import RuleFiles
import Testing

@Suite struct IncludeTests {
    private func load(_ files: [(String, String)]) -> LoadedRules {
        RuleFiles.load(files.map { RuleSource(path: $0.0, text: $0.1) })
    }

    private let own = """
        include: [parts/**/*.kf.yml, ../shared.kf.yml]
        owner: 主
        rules:
          - rule: 一
            when: { sends: image }
            reply: $(问候)
        texts:
          问候: { text: 您好, override: true }
        """

    @Test func partsBecomeOneBundle() throws {
        let loaded = load([
            ("rules/a.kf.yml", bundle(own)),
            (
                "rules/parts/深/b.kf.yml",
                "owner: 副\nrules:\n  - rule: 二\n    when: { sends: file }\n    reply: 好\n"
            ),
            ("rules/parts/c.kf.yml", "include: 深/b.kf.yml\nslots: { 号: { ask: 号？ } }\n"),
            ("shared.kf.yml", "kf: 1\ntexts: { 问候: 你好 }\ntests: [{ test: 一 }]\n"),
        ])
        #expect(loaded.report() == "")
        let bundle = try #require(loaded.definition?.bundles.first)
        #expect(loaded.definition?.bundles.count == 1)
        #expect(bundle.rules.map(\.name) == ["一", "二"])
        #expect(bundle.rules.map(\.owner) == [nil, "副"])
        #expect(bundle.rules[0].reply == [.text("您好")])
        #expect(bundle.slots.map(\.name) == ["号"])
        #expect(loaded.tests.map(\.path) == ["shared.kf.yml"])
    }

    @Test func aPartMayServeTwoBundles() throws {
        let part = "rules:\n  - rule: 共\n    when: { sends: file }\n    reply: 好\n"
        let loaded = load([
            ("a.kf.yml", "kf: 1\nbundle: 甲\naccounts: a\ninclude: p.kf.yml\n"),
            ("b.kf.yml", "kf: 1\nbundle: 乙\naccounts: b\ninclude: ./x/../p.kf.yml\n"),
            ("p.kf.yml", part),
        ])
        #expect(loaded.report() == "")
        #expect(loaded.definition?.bundles.map { $0.rules.map(\.name) } == [["共"], ["共"]])
    }

    @Test func anOverrideTakesTheOthersPlace() throws {
        let rule = { (name: String, reply: String, more: String) in
            "  - rule: \(name)\n    when: { sends: file }\n    reply: \(reply)\n\(more)"
        }
        let loaded = load([
            (
                "a.kf.yml",
                bundle(
                    "include: p.kf.yml\nrules:\n" + rule("甲", "新", "    override: true\n")
                        + rule("丙", "丙", ""))
            ),
            (
                "p.kf.yml",
                "rules:\n" + rule("乙", "乙", "") + rule("甲", "旧", "")
                    + rule("丙二", "丙", "")
            ),
        ])
        #expect(loaded.report() == "")
        let rules = try #require(loaded.definition?.bundles[0].rules)
        #expect(rules.map(\.name) == ["甲", "丙", "乙", "丙二"])
        #expect(rules[0].reply == [.text("新")])
    }

    @Test func mistakesOfAPartAreReportedOnce() {
        let loaded = load([
            ("a.kf.yml", "kf: 1\nbundle: 甲\naccounts: a\ninclude: p.kf.yml\n"),
            ("b.kf.yml", "kf: 1\nbundle: 乙\naccounts: b\ninclude: p.kf.yml\n"),
            ("p.kf.yml", "rules:\n  - rule: 共\n    when: { sends: file }\n    start: 没有\n"),
        ])
        #expect(loaded.diagnostics.map(\.id) == [.unknownName])
    }

    @Test(arguments: [
        ("*.kf.yml", "a.kf.yml", true), ("*.kf.yml", "x/a.kf.yml", false),
        ("**/*.kf.yml", "x/y/a.kf.yml", true), ("**/*.kf.yml", "a.kf.yml", true),
        ("x/*b*.csv", "x/abc.csv", true), ("x/*b*.csv", "x/acc.csv", false),
    ]) func patternsNameFiles(_ pattern: String, _ path: String, _ matches: Bool) {
        let part = path.hasSuffix(".csv") ? "问,答" : "owner: 甲\n"
        let loaded = load([
            ("main.kf.yml", bundle("include: \"\(pattern)\"\nrules: []\n")), (path, part),
        ])
        #expect(loaded.diagnostics.contains { $0.id == .nothingIncluded } == !matches)
    }

    /// The cure is a path that this file can write.
    @Test(arguments: [
        ("rules/常见.csv", "did you mean '常见.csv'?"), ("常用.csv", "did you mean '常见.csv'?"),
        ("常见.xlsx", "workbooks are not read"),
    ]) func aMissingFileIsSuggestedAsItHasToBeWritten(_ pattern: String, _ cure: String) throws {
        let main = RuleSource(
            path: "my/rules/a.kf.yml",
            text: bundle(
                "include: \(pattern)\nrules: [{ rule: 一, when: { no_match: true }, reply: 好 }]\n"))
        let sheet = RuleSource(path: "my/rules/常见.csv", text: "问题,回答\n怎么退款,这样退\n")
        let found = RuleFiles.load([main, sheet]).diagnostics
        let finding = try #require(found.first { $0.id == .nothingIncluded })
        #expect(finding.help?.en.hasPrefix(cure) == true, "\(finding.help?.en ?? "")")
    }
}
