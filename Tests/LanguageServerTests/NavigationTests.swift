import Foundation
import LanguageServer
import RuleFiles
import Testing

@Suite struct NavigationTests {
    private let path = "rules/小店.kf.yml"
    private let part = "rules/parts/退款.yml"

    private let whole = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        include: parts/*.yml
        menus:
          主菜单: { head: 😀请选择, items: { 退款: 申请退款, "人工": 转人工 } }
        rules:
          - rule: 找人工
            when: { clicks: 主菜单.人工 }
            handoff: 售后
          - rule: 没听懂
            when: { no_match: true }
            reply: { menu: 主菜单 }

        """
    private let fragment = """
        kf: 1
        rules:
          - rule: 退款
            when: { clicks: [主菜单.退款, 😀菜单.退款], says: 退款 }
            reply: [好的, { menu: "主菜单" }]
            examples: [退款]
        handoff:
          售后: { to: pool, waiting_text: 请稍候。 }

        """

    private func session() throws -> Session {
        let session = try Session([path: whole, part: fragment])
        session.open(path, whole)
        return session
    }

    @Test func aNameLeadsToItsDeclarationAcrossFiles() throws {
        let session = try session()
        let found = try session.request("textDocument/definition", Session.at(path, 9, 14))
        #expect(
            found == [["uri": .string(Session.uri(part)), "range": range(7, 2, 4)]])
        // Behind the last character, too: there a cursor stands after typing.
        #expect(
            try session.request("textDocument/definition", Session.at(path, 9, 15)) == found)
    }

    @Test func everyUseIsFound() throws {
        let session = try session()
        let without = try session.request(
            "textDocument/references", Session.at(path, 5, 3))
        #expect(
            without == [
                ["uri": .string(Session.uri(part)), "range": range(3, 21, 24)],
                ["uri": .string(Session.uri(part)), "range": range(4, 24, 29)],
                ["uri": .string(Session.uri(path)), "range": range(8, 20, 23)],
                ["uri": .string(Session.uri(path)), "range": range(12, 19, 22)],
            ])
        let with = try session.request(
            "textDocument/references",
            Session.at(path, 5, 3, ["context": ["includeDeclaration": true]]))
        #expect(with.array?.count == 5)
    }

    @Test func renamingChangesEveryFileAndNothingElse() throws {
        let session = try session()
        let edit = try session.request(
            "textDocument/rename", Session.at(path, 5, 4, ["newName": "首页菜单"]))
        let changes = try #require(edit["changes"])
        let inWhole = try #require(changes[Session.uri(path)]?.array)
        let inPart = try #require(changes[Session.uri(part)]?.array)
        #expect(try applying(inWhole, to: whole) == whole.replacing("主菜单", with: "首页菜单"))
        #expect(try applying(inPart, to: fragment) == fragment.replacing("主菜单", with: "首页菜单"))
        let note = try #require(session.notes.last)
        #expect(note["method"] == "window/showMessage")
        #expect(note["params"]?["message"]?.string?.contains("renamed_from: 主菜单") == true)
    }

    @Test func anItemIsRenamedWithoutItsMenu() throws {
        let session = try session()
        let here = Session.at(part, 3, 26, ["newName": "退货"])
        session.open(part, fragment)
        let edit = try session.request("textDocument/rename", here)
        let changes = try #require(edit["changes"])
        #expect(
            try applying(try #require(changes[Session.uri(path)]?.array), to: whole)
                == whole.replacing("{ 退款: 申", with: "{ 退货: 申"))
        #expect(
            try applying(try #require(changes[Session.uri(part)]?.array), to: fragment)
                == fragment.replacing("[主菜单.退款", with: "[主菜单.退货"))
    }

    @Test func aQuotedNameStaysQuoted() throws {
        let session = try session()
        let prepared = try session.request(
            "textDocument/prepareRename", Session.at(path, 8, 25))
        #expect(prepared == ["range": range(8, 24, 26), "placeholder": "人工"])
        let edit = try session.request(
            "textDocument/rename", Session.at(path, 8, 25, ["newName": "找人"]))
        let edits = try #require(edit["changes"]?[Session.uri(path)]?.array)
        #expect(
            try applying(edits, to: whole)
                == whole.replacing("\"人工\"", with: "\"找人\"").replacing("主菜单.人工", with: "主菜单.找人"))
    }

    @Test(arguments: [
        "", " ", "a: b", "两行\n名字", "首页.菜单", "[菜单", "菜，单", "没#有", "“菜单”", "a|b", "是否解决",
        String(repeating: "长", count: 65),
    ])
    func badNamesAreRefused(name: String) throws {
        let session = try session()
        session.change(
            path,
            [
                (
                    nil,
                    whole.replacing(
                        "rules:\n", with: "  是否解决: { head: 好, items: { 是: 是 } }\nrules:\n")
                )
            ])
        let response = session.response(
            "textDocument/rename", Session.at(path, 5, 3, ["newName": .string(name)]))
        #expect(response["error"]?["code"] == -32803)
    }

    @Test func whatIsNoNameIsNotRenamed() throws {
        let session = try session()
        #expect(
            try session.request("textDocument/prepareRename", Session.at(path, 0, 1)) == .null)
        let response = session.response(
            "textDocument/rename", Session.at(path, 0, 1, ["newName": "一"]))
        #expect(response["error"]?["code"] == -32803)
    }

    @Test func testsGoAlongWithARename() throws {
        let inline =
            whole + """
                tests:
                  - test: 点菜单
                    steps:
                      - clicks: 主菜单.人工
                      - expect: { rule: "找人工", menu: 主菜单 }

                """
        let tests = """
            tests_for: 小店.kf.yml
            tests:
              - test: 😀找人工
                steps:
                  - clicks: { menu: 主菜单 }
                  - clicks: 主菜单.人工
                  - expect: { not_rule: [没听懂, 找人工], handoff: 找人工 }

            """
        let file = "rules/小店.test.yml"
        let session = try Session([path: inline, part: fragment, file: tests])
        session.open(path, inline)
        func renamed(_ line: Int, _ character: Int, _ name: String) throws -> [String] {
            let edit = try session.request(
                "textDocument/rename",
                Session.at(path, line, character, ["newName": .string(name)]))
            return try [(path, inline), (file, tests)].map { path, text in
                try applying(edit["changes"]?[Session.uri(path)]?.array ?? [], to: text)
            }
        }
        #expect(
            try renamed(7, 11, "叫人") == [
                inline.replacing("rule: 找人工", with: "rule: 叫人")
                    .replacing("\"找人工\"", with: "\"叫人\""),
                tests.replacing("没听懂, 找人工", with: "没听懂, 叫人"),
            ])
        #expect(
            try renamed(5, 4, "首页") == [
                inline.replacing("主菜单", with: "首页"), tests.replacing("主菜单", with: "首页"),
            ])
        session.open(file, tests)
        #expect(
            try session.request("textDocument/definition", Session.at(file, 5, 21))
                == [["uri": .string(Session.uri(path)), "range": range(5, 41, 45)]])
    }

    @Test func aPartOfTwoBundlesIsRenamedInBoth() throws {
        let other = "rules/另一家.kf.yml"
        let text = whole.replacing("bundle: 小店", with: "bundle: 另一家")
            .replacing("[shop]", with: "[other]")
        let session = try Session([path: whole, part: fragment, other: text])
        session.open(path, whole)
        let edit = try session.request(
            "textDocument/rename", Session.at(path, 9, 14, ["newName": "值班"]))
        #expect(
            edit["changes"].map { changes in
                [path, other, part].map { changes[Session.uri($0)]?.array?.count }
            } == [1, 1, 1])
    }

    @Test func theOutlineShowsWhatIsDeclared() throws {
        let session = try session()
        let symbols = try session.request(
            "textDocument/documentSymbol", ["textDocument": ["uri": .string(Session.uri(path))]])
        let names = symbols.array?.map { section in
            ([section] + (section["children"]?.array ?? [])).compactMap { $0["name"]?.string }
        }
        #expect(
            names == [
                ["kf"], ["bundle"], ["accounts"], ["include"], ["menus", "主菜单"],
                ["rules", "找人工", "没听懂"],
            ])
        let rules = symbols.array?.last
        #expect(rules?["range"] == range((6, 0), (12, 24)))
        #expect(rules?["children"]?.array?.first?["range"] == range((7, 10), (9, 15)))
        let menu = symbols.array?[4]["children"]?.array?.first
        #expect(menu?["children"]?.array?.map { $0["name"] } == ["退款", "人工"])
    }

    @Test func sectionsAndRulesFold() throws {
        let session = try session()
        let folds = try session.request(
            "textDocument/foldingRange", ["textDocument": ["uri": .string(Session.uri(path))]])
        let lines = folds.array?.compactMap { fold in
            fold["startLine"]?.int.map { [$0, fold["endLine"]?.int ?? -1] }
        }
        #expect(lines == [[4, 5], [6, 12], [7, 9], [10, 12]])
    }
}
