import Foundation
import RuleEngine
import RuleFiles
import Testing

@Suite struct YAMLTests {
    private func parse(_ text: String, several: Bool = false) -> (
        roots: [YAMLNode], found: [Diagnostic]
    ) {
        let log = DiagnosticLog()
        let roots = YAMLDocument.parse(
            RuleSource(path: "t.yml", text: text), allowsSeveral: several, log: log)
        return (roots, log.diagnostics)
    }

    @Test(arguments: [
        "12315", "no", "yes", "on", "NULL", "~", "09:00", "2026-11-11", "1e3", "0x1F", "007",
        "202603010001", "1_000", ".5", "true", "午夜 12:30",
    ]) func scalarsStayTexts(_ scalar: String) throws {
        let (roots, found) = parse("key: \(scalar)\nlist: [\(scalar)]\n\(scalar): x\n")
        #expect(found == [])
        let root = try #require(roots.first)
        #expect(root[key: "key"]?.text == scalar)
        #expect(root[key: "list"]?.list?.first?.text == scalar)
        #expect(root.map?.last?.name == scalar)
    }

    @Test func placesCountCharacters() throws {
        let text = "甲😀👨‍👩‍👧: { 乙: [一, \"二 三\"] }\n丁:\n  - 'é'\n"
        let (roots, _) = parse(text)
        let root = try #require(roots.first)
        let list = try #require(root.map?[0].value[key: "乙"])
        #expect(list.place == SourcePlace(file: "t.yml", line: 1, column: 11))
        #expect(list.length == 10)
        let second = try #require(list.list?[1])
        #expect(second.place.column == 15)
        #expect(second.length == 5)
        #expect(second.text == "二 三")
        let last = try #require(root[key: "丁"]?.list?[0])
        #expect(last.place == SourcePlace(file: "t.yml", line: 3, column: 5))
        #expect(last.length == 3)
    }

    @Test func byteOrderMarkAndCarriageReturnsAreInvisible() throws {
        let plain = "kf: 1\nx:\n  - a: |\n      一\n      二\n    b: 三\n"
        let dressed = "\u{FEFF}" + plain.replacingOccurrences(of: "\n", with: "\r\n")
        let (roots, found) = parse(dressed)
        #expect(found == [])
        #expect(roots == parse(plain).roots)
        #expect(roots.first?[key: "x"]?.list?[0][key: "a"]?.text == "一\n二\n")
    }

    @Test func indicatorsInsideTextsAreText() {
        let text = """
            a: 价格 & 运费 * 2！ #1
            b: "*不是别名 &也不是 !tag"
            c: |
              *星号
              &和号: [
            d: 第一行
              *接着写的第二行
            e: [一 *二, '&三', 四!]
            # *注释 &注释
            f: https://a.example/?x=1&y=*#top
            """
        let (roots, found) = parse(text)
        #expect(found == [])
        #expect(roots.first?[key: "a"]?.text == "价格 & 运费 * 2！")
        #expect(roots.first?[key: "d"]?.text == "第一行 *接着写的第二行")
        #expect(roots.first?[key: "f"]?.text == "https://a.example/?x=1&y=*#top")
    }

    @Test func aliasBombIsRefusedAtOnce() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        text += "? *a30\n: key\n"
        let (roots, found) = parse(text)
        #expect(roots.isEmpty)
        #expect(Set(found.map(\.id)) == [.anchor, .yamlSyntax])
        #expect(found.count <= DiagnosticLog.limit)
    }

    @Test(arguments: ["[", "{a: ", "- ", "[[[[{a: "]) func deepNestingIsRefused(_ piece: String) {
        let (roots, found) = parse(String(repeating: piece, count: 20_000))
        #expect(roots.isEmpty)
        #expect(found.map(\.id) == [.tooDeep])
    }

    @Test func deepIndentationIsRefused() {
        let lines = (0..<80).map { String(repeating: " ", count: $0) + "k\($0):\n" }
        #expect(parse(lines.joined()).found.map(\.id) == [.tooDeep])
    }

    @Test func largeFileIsRefused() {
        let line = "- 一句很长的话\n"
        let text = String(repeating: line, count: (5 << 20) / line.utf8.count)
        let (roots, found) = parse(text)
        #expect(roots.isEmpty)
        #expect(found.map(\.id) == [.fileTooLarge])
    }

    @Test func tooManyNodesAreRefused() {
        let log = DiagnosticLog()
        let source = RuleSource(path: "t", text: "[" + String(repeating: "a,", count: 100) + "]")
        func parse(_ maximumNodes: Int) -> [YAMLNode] {
            YAMLDocument.parse(
                source, allowsSeveral: false, maximumNodes: maximumNodes, log: log)
        }
        #expect(parse(100).isEmpty)
        #expect(log.diagnostics.map(\.id) == [.tooManyNodes])
        #expect(parse(101).count == 1)
    }

    @Test func severalDocumentsWhereAllowed() {
        let text = "---\na: 1\n---\na: 2\n"
        #expect(parse(text).found.map(\.id) == [.severalDocuments])
        let (roots, found) = parse(text, several: true)
        #expect(found == [])
        #expect(roots.map { $0[key: "a"]?.text } == ["1", "2"])
    }

    @Test func everyTabOfALineIsOneFinding() {
        let (_, found) = parse("a:\tb\n\tc: d\t\te\n")
        #expect(found.map(\.id) == [.tab, .tab])
        #expect(found.map(\.place.line) == [1, 2])
    }

    @Test func duplicatesAreFoundInEveryMap() {
        let (_, found) = parse(
            """
            a: { x: 1, "x": 2, y: { x: 3 } }
            b:
            - x: 1
              x: 2
            - x: 3
            c:
              'x': 1
              z:
                x: 2
              x: 3
            a: 4
            """)
        #expect(found.map(\.id) == Array(repeating: .duplicateKey, count: 4))
        #expect(found.map(\.place.line) == [1, 4, 10, 11])
    }

    /// Whatever is typed: an answer, never a crash.
    ///
    /// Every text is the small file with one slip.
    @Test func slipsNeverCrash() {
        let characters = Array(smallFile)
        let slips: [Character] = [
            "[", "]", "{", "}", ":", "-", "\"", "'", "|", ">", "&", "*", "!", "%", "#", "?", "\n",
            "\t", "：", "，", "“", "$", "(", "\0", "😀", " ",
        ]
        for (turn, slip) in slips.enumerated() {
            for position in stride(from: turn, to: characters.count, by: 61) {
                var changed = characters
                changed[position] = slip
                let loaded = check(String(changed))
                #expect(loaded.definition != nil || loaded.hasErrors)
                #expect(!loaded.report().isEmpty || loaded.definition != nil)
            }
        }
    }
}
