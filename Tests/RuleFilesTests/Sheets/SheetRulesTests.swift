import RuleEngine
import RuleFiles
import Testing

@Suite struct SheetRulesTests {
    private let new = [
        FAQEntry(question: "新问", answer: "新答"), FAQEntry(question: "旧问", answer: "别"),
    ]

    private func adding(to text: String) -> (RuleFiles.Addition?, [DiagnosticID]) {
        let log = DiagnosticLog()
        let addition = RuleFiles.adding(
            new, to: RuleSource(path: "a.kf.yml", text: text), log: log)
        return (addition, log.diagnostics.map(\.id))
    }

    @Test func questionsAreAddedWhereTheOthersAre() {
        let text = """
            owner: 甲
            faq:  # 常见
              - ask: 旧问   # 留着
                reply: 旧答

            # 文本
            texts: { 甲: 乙 }
            """
        let (addition, ids) = adding(to: text)
        #expect(ids == [])
        #expect(addition?.present == ["旧问"])
        #expect(addition?.added == 1)
        #expect(
            addition?.text == """
                owner: 甲
                faq:  # 常见
                  - ask: 旧问   # 留着
                    reply: 旧答
                  - ask: 新问
                    reply: 新答

                # 文本
                texts: { 甲: 乙 }

                """)
    }

    @Test(arguments: ["常见问题:\n- ask: 甲\n  reply: 乙\n", "faq:\n    - ask: 甲\n      reply: 乙\n\n"])
    func theIndentationIsTheFiles(_ text: String) throws {
        guard KeyVocabulary.chinese(for: "faq") == "常见问题" || text.hasPrefix("faq") else { return }
        let (addition, ids) = adding(to: text)
        #expect(ids == [])
        #expect(addition?.added == 2)
    }

    @Test func aFileWithoutQuestionsGetsSome() {
        let (addition, _) = adding(to: "owner: 甲\n")
        #expect(addition?.text.hasPrefix("owner: 甲\n\nfaq:\n  - ask: 新问\n") == true)
    }

    @Test(arguments: [
        ("faq: [{ ask: 甲, reply: 乙 }]\n", DiagnosticID.unsupported),
        ("faq: 甲\n", .unsupported), ("faq: [\n", .yamlSyntax),
    ]) func whatCantBeAddedToIsLeft(_ text: String, _ id: DiagnosticID) {
        let (addition, ids) = adding(to: text)
        #expect(addition == nil)
        #expect(ids.contains(id))
    }

    @Test func rulesSayWhatASheetCantHold() {
        let loaded = RuleFiles.load([
            RuleSource(
                path: "a.kf.yml",
                text: bundle(
                    """
                    rules:
                      - rule: 菜单
                        when: { asks_like: 有什么 }
                        reply: [一, 二]
                      - rule: 多做
                        when: { asks_like: [怎么做, 咋做], says: 做 }
                        reply: 这样做
                        priority: high
                      - rule: 不问
                        when: { says: 不问 }
                        reply: 好
                    """))
        ])
        #expect(loaded.report() == "")
        #expect(
            loaded.sheet.entries
                == [FAQEntry(question: "怎么做", similar: ["咋做"], answer: "这样做")])
        #expect(loaded.sheet.left == ["菜单"])
        #expect(loaded.sheet.reduced == ["多做"])
    }

    @Test func checkFindsWhatIsWrongWithASheetsQuestions() {
        let loaded = RuleFiles.load([
            RuleSource(path: "a.kf.yml", text: bundle("include: faq.csv\n")),
            RuleSource(path: "faq.csv", text: "问题,回答\n怎么开发票,甲\n怎么开发票？,乙\n"),
        ])
        let found = RuleFiles.check(loaded).diagnostics
        #expect(found.contains { $0.place.file == "faq.csv" && $0.place.line == 3 })
    }
}
