import RuleEngine
import RuleFiles
import Testing

/// The format itself: places, shapes, limits, and that nothing is lost on the way.
@Suite struct SheetReadingTests {
    private let sheet = """
        \u{FEFF}编号,问题,相似问法,回答,标签,有效期,备注\r
        faq-1,怎么开发票,"发票在哪里开\n可以开专票吗","我的 → 订单 → 开发票，\n1 个工作日发到邮箱",发票、售后,,小王写的\r
        ,多久能发货,,"说""48 小时""内, 发出",,2026-11-01 .. 2026-11-12,"两行\n备注"\r
        ,怎么退款,,'-7 天内可退,,,\r

        """

    private func read(_ text: String) -> (entries: [FAQEntry], diagnostics: [Diagnostic]) {
        RuleFiles.questions(ofSheet: RuleSource(path: "s", text: text))
    }

    private func findings(_ text: String) -> [String] {
        read(text).diagnostics.map { "\($0.place.line):\($0.place.column) \($0.id.rawValue)" }
    }

    private func load(_ sheet: String) -> LoadedRules {
        RuleFiles.load([
            RuleSource(path: "a.kf.yml", text: bundle("include: faq.csv\n")),
            RuleSource(path: "faq.csv", text: sheet),
        ])
    }

    @Test func outAndInAgainIsIdentical() {
        #expect(FAQEntry.csv(load(sheet).sheet.entries) == sheet)
        #expect(!load(sheet).sheet.losesComments)
    }

    @Test func aSheetAndAnFAQListMakeTheSameRules() throws {
        let entries = read(sheet).entries
        let addition = try #require(
            RuleFiles.adding(
                entries, to: RuleSource(path: "e", text: ""), log: DiagnosticLog()))
        let listed = RuleFiles.load([RuleSource(path: "a.kf.yml", text: bundle(addition.text))])
        #expect(listed.report() == "")
        let own = try #require(listed.definition?.bundles[0].rules)
        let included = try #require(load(sheet).definition?.bundles[0].rules)
        #expect(included.count == 3)
        #expect(own.map(\.name) == included.map(\.name))
        #expect(own.map(\.triggers) == included.map(\.triggers))
        #expect(own.map(\.reply) == included.map(\.reply))
        #expect(own.map(\.tags) == included.map(\.tags))
        #expect(own.map(\.valid) == included.map(\.valid))
        #expect(own.map(\.id) == included.map(\.id))
        #expect(included.map(\.place.line) == [2, 5, 7])
        // And back, without what only sheets keep.
        #expect(listed.sheet.losesComments)
        let bare = entries.map { entry in
            var entry = entry
            entry.comment = nil
            return entry
        }
        #expect(listed.sheet.entries == bare)
        #expect(addition.text.contains("# 小王写的\n"))
    }

    @Test func textsOfAllKindsSurvive() {
        let texts = [
            "=1+1", "'=x", "+86 10", "@all", "\"", "\"\"a", "a;b\tc", "“好”", "a: b # c", "- x",
            "多\n\n行", "a\n  b", "👨‍👩‍👧 e\u{301}", "'", "''-", "[a, b]", "no", "，",
        ]
        let entries = texts.enumerated().map { index, text in
            FAQEntry(
                question: "问\(index)", similar: ["a\(index), b", "“引\(index)”"], answer: text,
                tags: ["x y"], comment: text)
        }
        let csv = FAQEntry.csv(entries)
        let back = read(csv)
        #expect(back.diagnostics == [])
        #expect(back.entries == entries)
        #expect(FAQEntry.csv(back.entries) == csv)
        // And through a rule file, where the addition is read again and compared.
        for entry in entries {
            let log = DiagnosticLog()
            let addition = RuleFiles.adding(
                [entry], to: RuleSource(path: "e", text: "owner: 甲\n"), log: log)
            #expect(addition?.added == 1, "\(entry.answer)")
        }
    }

    @Test(arguments: [
        "Question;Answer;id\n问;答;a", "回答\t编号\t标准问题\n答\ta\t问", "ID,答案 ,问\na,答,问",
        "\n\nanswer,ask,id\n\"答\" ,问,a\n,,\n",
    ]) func headersAreFlexible(_ form: String) {
        #expect(read(form).diagnostics == [])
        #expect(read(form).entries == [FAQEntry(id: "a", question: "问", answer: "答")])
    }

    @Test func theAuthorsOwnColumnsBecomeComments() {
        let text = "问题,相似问法1,相似问法 2,回答,负责人\n问,甲,\"乙\n甲\n问\",答,小李\n"
        #expect(
            read(text).entries == [
                FAQEntry(question: "问", similar: ["甲", "乙"], answer: "答", comment: "负责人：小李")
            ])
    }

    @Test(arguments: [
        ("问题,回答\n,答", "2:1 KF121"), ("问题,回答\n问,", "2:1 KF121"),
        ("问题,回答\n问,=1+1", "2:3 KF123"), ("问题,回答\n问,1.23E+11", "2:3 KF123"),
        ("问题,回答\n问,#NAME?", "2:3 KF123"), ("问题,回答\n问,答,多", "2:5 KF123"),
        ("问题,回答\n\"甲\n乙\",答\n", "2:1 KF123"), ("问题,回答\n问,\"答", "2:3 KF123"),
        ("问题,回答\n问,\"答\"吧", "2:6 KF123"), ("问题,回答\n问,答\n问,又", "3:1 KF210"),
        ("编号,问题,回答\na,甲,答\na,乙,答", "3:1 KF210"), ("编号,问题,回答\n一,甲,答", "2:1 KF123"),
        ("问题，回答\n问，答", "1:3 KF102"), ("问题\n问", "1:1 KF121"), ("", "1:1 KF112"),
        ("问题,回答\n", "1:1 KF112"), ("问题,回答,相似文法\n问,答,", "1:7 KF120"),
        ("问题,回答,答案\n问,答,", "1:7 KF108"), ("问题,回答\n问\u{FFFD},答", "2:1 KF111"),
        ("问题,回答\n问,a\u{200B}b", "2:3 KF111"), ("问题,回答,有效期\n问,答,明天", "2:5 KF123"),
    ]) func mistakesHaveAPlace(_ sheet: String, _ finding: String) {
        #expect(findings(sheet) == [finding])
    }

    @Test func everyRowsMistakeIsFound() {
        let text = "问题,回答\r\n一,=A1\r\n\"二\n二\",答\r\n,三\r\n四,\r\n"
        #expect(findings(text) == ["2:3 KF123", "3:1 KF123", "5:1 KF121", "6:1 KF121"])
    }

    @Test func hugeSheetsAreRefused() {
        #expect(findings("问题,回答" + String(repeating: ",", count: 100)) == ["1:69 KF123"])
        let long = "问题,回答\n" + (0...10_000).map { "问\($0),答\n" }.joined()
        #expect(findings(long) == ["10002:1 KF110"])
        #expect(findings(String(repeating: "a", count: (4 << 20) + 1)) == ["1:1 KF101"])
    }

    @Test func whateverCouldBeReadComesBack() {
        var state: UInt64 = 7
        let pieces = [
            "问题", "回答", ",", ",", ";", "\t", "\"", "\"\"", "\n", "\n", "\r\n", "\r", " ", "'",
            "=", ")", "\u{301}", "👩‍👧", "编号", "a",
        ]
        var readAny = 0
        for _ in 0..<2000 {
            var text = "问题,回答\n"
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count]
            }
            let entries = read(text).entries
            guard !entries.isEmpty else { continue }
            readAny += 1
            #expect(read(FAQEntry.csv(entries)).entries == entries, "\(text)")
        }
        #expect(readAny > 100)
    }
}
