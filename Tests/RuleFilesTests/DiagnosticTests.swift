import Foundation
import RuleEngine
import RuleFiles
import Testing

@Suite struct DiagnosticTests {
    @Test(arguments: [
        ("wehn", "when"), ("replay", "reply"), ("sasy", "says"), ("主菜単", "主菜单"),
        ("订丹", "订单"), ("人工客", "人工客服"), ("say_exactly", "says_exactly"),
    ]) func suggestsTheNearest(_ typed: String, _ meant: String) {
        let known = ["when", "reply", "says", "says_exactly", "主菜单", "订单", "人工客服", "退款"]
        #expect(Suggestion.nearest(to: typed, among: known) == meant)
    }

    @Test(arguments: ["completely_else", "物流", "x", ""]) func suggestsNothingFarAway(
        _ typed: String
    ) {
        #expect(Suggestion.nearest(to: typed, among: ["when", "订单", "reply", "y"]) == nil)
    }

    private let source = RuleSource(path: "a.kf.yml", text: "kf: 1\nbundle: 退款😀abc\n")
    private var finding: Diagnostic {
        Diagnostic(
            .unknownName, at: SourcePlace(file: "a.kf.yml", line: 2, column: 12), length: 3,
            Bilingual(en: "there is no 'abc'", zh: "没有「abc」"),
            help: Bilingual(en: "declare it", zh: "先声明"))
    }

    @Test func underlineStandsBelowWideCharacters() {
        #expect(
            DiagnosticRenderer(sources: [source]).text(finding) == """
                a.kf.yml:2:12: error KF211 there is no 'abc'
                    2 │ bundle: 退款😀abc
                      │               ^^^
                      help: declare it

                """)
    }

    @Test func chineseHasItsOwnLabels() {
        #expect(
            DiagnosticRenderer(sources: [source], language: .zh).text(finding) == """
                a.kf.yml:2:12 错误 KF211 没有「abc」
                    2 │ bundle: 退款😀abc
                      │               ^^^
                      改法 先声明

                """)
    }

    @Test(arguments: DiagnosticID.allCases) func everyIDHasATitleInBothLanguages(
        _ id: DiagnosticID
    ) {
        #expect(id.title.en != id.title.zh)
        #expect(id.title.zh.contains { ("一"..."龥").contains($0) })
        #expect(!id.title.en.contains(id.rawValue) && !id.title.en.hasSuffix("."))
        #expect(id.anchor == "docs/findings.md#\(id.rawValue.lowercased())")
    }

    @Test func secretsStayOutWithoutExcerpt() {
        let renderer = DiagnosticRenderer(sources: [source], showsExcerpt: false)
        #expect(!renderer.text(finding).contains("退款"))
    }

    @Test func colorIsOnlyForTerminals() {
        #expect(!DiagnosticRenderer(sources: [source]).text(finding).contains("\u{1B}"))
        let colored = DiagnosticRenderer(sources: [source], usesColor: true).text(finding)
        #expect(colored.contains("\u{1B}[1;31merror\u{1B}[0m"))
    }

    @Test func controlCharactersDoNotReachTheTerminal() {
        let evil = RuleSource(path: "a.kf.yml", text: "a: \u{1B}[2J\tb\n")
        let log = DiagnosticLog()
        _ = YAMLDocument.parse(evil, log: log)
        let text = DiagnosticRenderer(sources: [evil]).text(log.diagnostics)
        #expect(log.diagnostics.map(\.id) == [.badCharacter, .tab])
        #expect(!text.contains("\u{1B}") && !text.contains("\t"))
    }

    @Test func travelsAsJSON() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(finding)
        #expect(
            String(decoding: json, as: UTF8.self) == """
                {"help":{"en":"declare it","zh":"先声明"},"id":"KF211","length":3,\
                "message":{"en":"there is no 'abc'","zh":"没有「abc」"},\
                "place":{"column":12,"file":"a.kf.yml","line":2},"severity":"error"}
                """)
        #expect(try JSONDecoder().decode(Diagnostic.self, from: json) == finding)
    }

    @Test func logIsBoundedAndHasNoTwins() {
        let log = DiagnosticLog()
        for line in 0..<3000 {
            let place = SourcePlace(file: "a", line: line, column: 1)
            log.report(Diagnostic(.tab, at: place, "a tab"))
            log.report(Diagnostic(.tab, at: place, "a tab"))
        }
        #expect(log.diagnostics.count == DiagnosticLog.limit)
        #expect(Set(log.diagnostics).count == DiagnosticLog.limit)
    }

    @Test func cursorReadsByTheSchema() throws {
        let log = DiagnosticLog()
        let text = """
            number: 12
            much: 999
            flag: true
            maybe: yes
            wait: 30m
            long: 5 minutes
            list: [a, b]
            one: a
            extra: 1
            """
        let root = try #require(
            YAMLDocument.parse(RuleSource(path: "t.yml", text: text), log: log))
        let map = try #require(MapCursor(root, as: "a test", log: log))
        #expect(map.integer("number", in: 1...99) == 12)
        #expect(map.integer("much", in: 1...99) == nil)
        #expect(map.flag("flag") == true)
        #expect(map.flag("maybe") == nil)
        #expect(map.duration("wait") == .seconds(1800))
        #expect(map.duration("long") == nil)
        #expect(map.texts("list").map(\.text) == ["a", "b"])
        #expect(map.texts("one").map(\.text) == ["a"])
        #expect(map.requiredText("missing") == nil)
        map.finish()
        #expect(
            log.diagnostics.map(\.id) == [
                .badValue, .badValue, .badValue, .missingKey, .unknownKey,
            ])
        #expect(log.diagnostics.map(\.place.line) == [2, 4, 6, 1, 9])
    }
}
