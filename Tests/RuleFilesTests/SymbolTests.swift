import ChatModel
import RuleEngine
import RuleFiles
import Testing

@Suite struct SymbolTests {
    /// The characters an occurrence covers.
    private func text(_ occurrence: SymbolIndex.Occurrence, in source: String) -> String {
        let line = source.split(separator: "\n", omittingEmptySubsequences: false)[
            occurrence.place.line - 1]
        return String(line.dropFirst(occurrence.place.column - 1).prefix(occurrence.length))
    }

    private func symbol(_ kind: SymbolKind, _ name: String) -> SymbolIndex.Symbol {
        SymbolIndex.Symbol(kind: kind, name: name, bundle: "旗舰店售后")
    }

    @Test func everyNameOfTheRichFileIsWhereItSays() {
        let loaded = RuleFiles.load([RuleSource(path: "a.kf.yml", text: richFile)])
        for occurrence in loaded.symbols.occurrences {
            let name = occurrence.symbol.name
            let expected =
                occurrence.symbol.kind == .menuItem
                ? String(name.drop { $0 != "." }.dropFirst()) : name
            #expect(text(occurrence, in: richFile) == expected)
        }
        #expect(loaded.symbols.occurrences.count > 70)
    }

    @Test func usesAreFoundWhereverTheyAre() throws {
        let loaded = RuleFiles.load([RuleSource(path: "a.kf.yml", text: richFile)])
        func lines(_ kind: SymbolKind, _ name: String) -> [Int] {
            loaded.symbols.references(to: symbol(kind, name)).map(\.place.line)
        }
        func line(_ words: String) throws -> Int {
            let lines = richFile.split(separator: "\n", omittingEmptySubsequences: false)
            return try #require(lines.firstIndex { $0.contains(words) }) + 1
        }
        #expect(try lines(.text, "欢迎") == [line("head: $(欢迎)")])
        #expect(try lines(.schedule, "营业时间") == [line("下班:"), line("open: 营业时间")].sorted())
        #expect(lines(.slot, "订单号").count == 4)
        #expect(lines(.value, "订单").count == 5)
        #expect(lines(.menu, "主菜单").count == 5)
        #expect(try lines(.menuItem, "主菜单.退款") == [line("clicks: 主菜单.退款")])
        #expect(lines(.policy, "售后").count == 5)
        #expect(lines(.survey, "满意度").count == 1)
        #expect(lines(.flow, "查订单").count == 1)
        let place = try #require(
            loaded.symbols.declarations(of: symbol(.flow, "查订单")).first?.place)
        #expect(loaded.symbols.occurrences(at: place).map(\.symbol) == [symbol(.flow, "查订单")])
    }

    @Test func placesAreExactInTextsOfEveryKind() throws {
        let source = bundle(
            """
            texts: { 名: 好 }
            rules:
              - rule: 一
                when: { no_match: true }
                reply:
                  - |-
                    第一行
                      缩进 $(名) 和 $$(名) 和 $(名)
                  - "引号 😀 $( 名 )"
                  - '单引号 ''$(名)'' 呀'
                  - 折行的
                    文字 $(名)
            """)
        let loaded = RuleFiles.load([RuleSource(path: "a.kf.yml", text: source)])
        let found = loaded.symbols.references(
            to: SymbolIndex.Symbol(kind: .text, name: "名", bundle: "测试"))
        #expect(found.count == 5)
        #expect(found.allSatisfy { text($0, in: source) == "名" })
    }

    @Test func namesSurviveMistakes() {
        let loaded = RuleFiles.load([
            RuleSource(
                path: "a.kf.yml",
                text: bundle(
                    "rules:\n  - rule: 一\n    when: { says: 好 }\n    reply: { menu: 没有 }\n"))
        ])
        #expect(loaded.definition == nil)
        #expect(loaded.symbols.occurrences.map(\.symbol.kind) == [.bundle, .rule, .menu])
        #expect(loaded.symbols.occurrences.map(\.isDeclaration) == [true, true, false])
    }

    @Test func wordListsAndTagsAreNamesToo() {
        let source = bundle(
            """
            words: { 退: [退款], 全: [$(退)] }
            rules:
              - rule: 一
                when: { says: [我要$(退), $(全)] }
                tag: 退款
                reply: 好
            """)
        let loaded = RuleFiles.load([RuleSource(path: "a.kf.yml", text: source)])
        let lists = loaded.symbols.occurrences.filter { $0.symbol.kind == .words }
        #expect(lists.filter { !$0.isDeclaration }.count == 3)
        #expect(lists.allSatisfy { text($0, in: source) == $0.symbol.name })
        #expect(loaded.symbols.occurrences.contains { $0.symbol.kind == .tag })
    }
}
