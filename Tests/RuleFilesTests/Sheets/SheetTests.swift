import ChatModel
import RuleEngine
import RuleFiles
import Testing

@Suite("Sheets")
struct SheetTests {
    private static let csv = """
        \u{FEFF}编号,问题,相似问法,回答,标签,备注\r
        f1,退款什么时候到账,"退款多久到账\n退款几天能到",1 至 3 天原路退回。,退款,每周核对\r
        f2,怎么开发票,发票怎么开,"点“我的订单”，再点""开发票""。",,\r

        """

    private func load(_ csv: String) -> LoadedRules {
        RuleFiles.load([
            RuleSource(
                path: "shop.kf.yml",
                text: """
                    kf: 1
                    bundle: 小店
                    accounts: [shop]
                    include: faq.csv
                    rules:
                      - { rule: 没听懂, when: { no_match: true }, reply: 没听懂。 }

                    """), RuleSource(path: "faq.csv", text: csv),
        ])
    }

    @Test("a bundle answers the questions of a sheet it includes")
    func includedSheetsAnswer() throws {
        let loaded = load(Self.csv)
        let definition = try #require(loaded.definition, "\(loaded.report())")
        let bundle = try #require(try RuleSet(definition).bundles.first)
        let verdict = try #require(
            bundle.verdict(for: .text("退款多久到账", menuItem: nil), facts: Facts()))
        let rule = bundle.definition.rules[verdict.rule]
        #expect(rule.name == "退款什么时候到账")
        #expect(rule.reply == [.text("1 至 3 天原路退回。")])
        #expect(rule.id == "f1")
        #expect(rule.tags == ["退款"])
    }

    @Test("a sheet comes out of the rules as it went in")
    func roundTrip() throws {
        let (entries, diagnostics) = RuleFiles.questions(
            ofSheet: RuleSource(path: "faq.csv", text: Self.csv))
        #expect(diagnostics.isEmpty)
        #expect(load(Self.csv).sheet.entries == entries)
        let again = FAQEntry.csv(entries)
        #expect(
            RuleFiles.questions(ofSheet: RuleSource(path: "faq.csv", text: again)).entries
                == entries)
        #expect(again.hasPrefix("\u{FEFF}编号,问题,相似问法,回答,标签,有效期,备注\r\n"))
        #expect(again.contains("\"点“我的订单”，再点\"\"开发票\"\"。\""))
    }

    @Test("semicolons, tabs and numbered columns are read")
    func otherShapes() {
        let semicolons = "question;similar1;similar2;answer\nA?;B?;C?;yes\n"
        let tabs = semicolons.split(separator: ";", omittingEmptySubsequences: false)
            .joined(separator: "\t")
        for text in [semicolons, tabs] {
            let (entries, diagnostics) = RuleFiles.questions(
                ofSheet: RuleSource(path: "faq.csv", text: text))
            #expect(diagnostics.isEmpty)
            #expect(entries == [FAQEntry(question: "A?", similar: ["B?", "C?"], answer: "yes")])
        }
    }

    @Test(
        "what is wrong is said with its line",
        arguments: [
            ("问题,回答\n怎么退款,\n", 2), ("问题,回答\n怎么退款,好\n怎么退款,不\n", 3),
            ("问题,回答\n怎么退款,=1+1\n", 2), ("编号,问题,回答\n1.23E+11,怎么退款,好\n", 2),
            ("问题\n怎么退款\n", 1), ("问题,回答\n\"怎么退款,好\n", 2),
        ])
    func mistakes(_ text: String, _ line: Int) {
        let diagnostics = load(text).diagnostics.filter { $0.place.file == "faq.csv" }
        #expect(diagnostics.map(\.place.line).contains(line))
    }

    @Test("questions are added to a rule file once")
    func adding() throws {
        let entries = RuleFiles.questions(
            ofSheet: RuleSource(path: "faq.csv", text: Self.csv)
        ).entries
        let log = DiagnosticLog()
        let first = try #require(
            RuleFiles.adding(entries, to: RuleSource(path: "faq.kf.yml", text: ""), log: log))
        #expect(first.added == 2)
        let second = try #require(
            RuleFiles.adding(
                entries, to: RuleSource(path: "faq.kf.yml", text: first.text), log: log))
        #expect(second.added == 0)
        #expect(second.present == ["退款什么时候到账", "怎么开发票"])
        #expect(second.text == first.text)
        #expect(log.diagnostics.isEmpty)
    }
}
