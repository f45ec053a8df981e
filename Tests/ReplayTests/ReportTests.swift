import Foundation
import Replay
import RuleFiles
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What a report says, in its three renderings.
@Suite struct ReportTests {
    @Test func aFailureIsToldWithItsTimeline() throws {
        let report = try Fixtures.play(golden: "failing.test.yml")
        try Fixtures.expect(report.text(), isGolden: "failing.expected.txt")
        let (isGreen, isUnreadable) = (report.isGreen, report.hasUnreadableInput)
        #expect(!isGreen)
        #expect(!isUnreadable)
        #expect(report.failed == 2)
    }

    @Test func mistakesAreToldAllAtOnce() throws {
        let report = try Fixtures.play(golden: "mistakes.test.yml")
        try Fixtures.expect(report.text(), isGolden: "mistakes.expected.txt")
        let (isGreen, isUnreadable) = (report.isGreen, report.hasUnreadableInput)
        #expect(!isGreen)
        #expect(isUnreadable)
        #expect(report.tests.isEmpty)
    }

    @Test func quietReportsHoldOnlyWhatWentWrong() throws {
        let text = try Fixtures.play(golden: "failing.test.yml").text(.init(showsPassed: false))
        #expect(!text.contains("这一项是对的"))
        #expect(text.contains("什么都猜错的"))
        let colored = try Fixtures.play(golden: "failing.test.yml").text(.init(usesColor: true))
        #expect(colored.contains("\u{1B}[1;31m✗"))
    }

    @Test func jsonHasEverything() throws {
        let report = try Fixtures.play(golden: "failing.test.yml")
        let json = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
        let files = try #require((json as? [String: Any])?["files"] as? [[String: Any]])
        let tests = try #require(files.first?["tests"] as? [[String: Any]])
        #expect(files.first?["path"] as? String == "failing.test.yml")
        #expect(files.first?["unreadable"] as? Bool == false)
        #expect(tests.map { $0["name"] as? String } == ["这一项是对的", "什么都猜错的", "不可能发生的一步"])
        let failures = try #require(tests[1]["failures"] as? [[String: Any]])
        #expect(failures.first?["expected"] as? String == "the rule 「人工」")
        #expect((failures.first?["place"] as? [String: Any])?["line"] as? Int == 14)
        #expect((tests[1]["timeline"] as? [Any])?.isEmpty == false)
    }

    @Test func junitCountsAndPlaces() throws {
        let xml = try read(Fixtures.play(golden: "failing.test.yml").junit)
        #expect(xml.attributes("testsuites")?["tests"] == "3")
        #expect(xml.attributes("testsuites")?["failures"] == "2")
        #expect(xml.attributes("testsuite")?["name"] == "failing.test.yml")
        #expect(xml.elements.count { $0.name == "testcase" } == 3)
        #expect(xml.elements.count { $0.name == "failure" } == 2)
        #expect(xml.elements.last { $0.name == "testcase" }?.attributes["line"] == "22")
        let unreadable = try read(Fixtures.play(golden: "mistakes.test.yml").junit)
        #expect(unreadable.attributes("testsuites")?["errors"] == "1")
        #expect(unreadable.elements.count { $0.name == "error" } == 1)
    }

    /// Whatever a customer writes, the report stays XML and says it.
    @Test func junitEscapes() throws {
        let nasty = #"<b>&amp; "引号" ]]> '"#
        let quoted = "'" + nasty.replacing("'", with: "''") + "'"
        let report = Fixtures.play("- customer: \(quoted)\n- expect: { reply: \(quoted) }")
        let xml = try read(report.junit)
        #expect(xml.attributes("testsuites")?["failures"] == "1")
        #expect(xml.text.contains("customer  \(nasty)"))
        #expect(
            xml.elements.first { $0.name == "failure" }?.attributes["message"]
                == "no text instead of the reply 「\(nasty)」")
    }

    @Test func theLastLineSumsUp() throws {
        let report = try Fixtures.play(golden: "failing.test.yml")
        #expect(report.summary() == "3 tests: 1 passed, 2 failed · 11 steps · 1 file")
        let text = report.text()
        #expect(text.hasSuffix(report.summary() + "\n"))
    }

    /// A support lead reads Chinese, names and ids stay as they are.
    @Test func theReportSpeaksChinese() throws {
        let report = try Fixtures.play(golden: "failing.test.yml")
        try Fixtures.expect(report.text(.init(language: .zh)), isGolden: "failing.zh.expected.txt")
        #expect(report.summary(.zh) == "3 项测试 1 通过 2 失败 · 11 步 · 1 个文件")
    }

    @Test func repliesStandSideBySide() {
        let report = Fixtures.play(
            "- customer: 怎么退款\n- expect: { reply: 八天内可退，要写清楚原因，还要拍一张照片给我们看。 }")
        let text = report.text(.init(showsDifference: true))
        #expect(
            text.contains(
                """
                      expected                                       actual
                      八天内可退，要写清楚原因，还要拍一张照片给我 ≠ 七天内可退。
                      们看。                                       ≠ \n
                """.replacing(" \\n", with: " ")))
        #expect(!text.contains("actual    「"))
    }

    @Test func githubPlacesFailures() throws {
        let text = try Fixtures.play(golden: "failing.test.yml").github()
        #expect(
            text.contains(
                "::error file=failing.test.yml,line=14,col=11,title=什么都猜错的::"
                    + "expected  the rule 「人工」%0Aactual    rule:退款\n"))
        #expect(text.hasSuffix("3 tests: 1 passed, 2 failed · 11 steps · 1 file\n"))
        let mistakes = try Fixtures.play(golden: "mistakes.test.yml").github(language: .zh)
        #expect(mistakes.contains("::error file=mistakes.test.yml,line=2,col=1,title=KF120::"))
    }

    private func read(_ xml: String) throws -> XMLReading {
        let reading = XMLReading()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = reading
        let isWellFormed = parser.parse()
        #expect(isWellFormed, "\(String(describing: parser.parserError))")
        return reading
    }
}

/// Elements and text of an XML document, in order.
private final class XMLReading: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    private(set) var text = ""

    func attributes(_ name: String) -> [String: String]? {
        elements.first { $0.name == name }?.attributes
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        elements.append((name, attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
