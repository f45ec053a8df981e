import Foundation
import LanguageServer
import RuleFiles
import Testing

@Suite struct CompletionTests {
    private let path = "rules/小店.kf.yml"

    private let head = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        texts: { 问候: 您好 }
        schedules:
          营业时间: { weekly: { 周一至周五: [09:00-18:00] } }
        menus:
          主菜单:
            head: 请选择
            items: { 退款: 申请退款, 人工: 转人工 }
        slots:
          订单号: { accept: order, ask: 订单号是多少？ }
        flows:
          查订单:
            - ask: 订单号
            - call: 订单系统.查询
              save: 订单
        handoff:
          售后: { to: pool, waiting_text: 请稍候 }
        surveys:
          满意度: { head: 请评价, items: { 5: 满意, 1: 不满意 } }
        rules:
          - rule: 没听懂
            when: { no_match: true }
            reply: { menu: 主菜单 }

        """

    /// The labels offered at the mark in what follows the head.
    private func labels(_ tail: String, head: String? = nil) throws -> [String] {
        try items(tail, head: head).compactMap { $0["label"]?.string }
    }

    private func items(_ tail: String, head: String? = nil) throws -> [JSONValue] {
        let marked = try Marked((head ?? self.head) + tail)
        let session = try Session()
        session.open(path, head ?? self.head)
        session.settle()
        session.change(path, [(nil, marked.text)])
        let result = try session.request(
            "textDocument/completion", Session.at(path, marked.line, marked.character))
        return try #require(result["items"]?.array ?? result.array)
    }

    @Test func sectionsOfTheFile() throws {
        let labels = try labels("‸")
        #expect(labels.contains("notices"))
        // What stands there already isn't offered again.
        #expect(!labels.contains("rules") && !labels.contains("menus"))
    }

    @Test(arguments: [
        "  - rule: 一\n    ‸", "  - rule: 一\n    wh‸", "  - rule: 一\n    ‸\n    reply: 好\n",
        "  - rule: 一\n    # 说明\n\n    ‸",
    ])
    func keysOfARule(tail: String) throws {
        let labels = try labels(tail)
        #expect(labels.contains("when") && labels.contains("examples"))
        #expect(!labels.contains("rule") && !labels.contains("head"))
        #expect(labels.contains("reply") == !tail.contains("reply"))
    }

    @Test func aNewRuleBeginsWithADash() throws {
        let item = try #require(try items("  ‸").first { $0["label"] == "rule" })
        #expect(item["textEdit"]?["newText"] == "- rule: ")
        let inList = try #require(try items("  - ‸").first { $0["label"] == "rule" })
        #expect(inList["textEdit"]?["newText"] == "rule: ")
        #expect(inList["documentation"] == "the rule's name")
        #expect(inList["detail"] == "规则")
    }

    @Test(arguments: [
        "  - rule: 一\n    when: { ‸",
        "  - rule: 一\n    when: { ‸ }\n",
        "  - rule: 一\n    when: { says: [退款, '退, 货'], ‸",
        "  - rule: 一\n    when: {\n      says: 退款,\n      ‸",
        "  - rule: 一\n    when:\n      ‸",
        // An earlier bracket that nobody closed.
        "  - rule: 零\n    when: { says: [退款\n    reply: 好\n  - rule: 一\n    when: { ‸",
        "  - rule: 零\n    reply: \"没关上\n  - rule: 一\n    when: { ‸",
        "  - rule: 零\n    reply: |\n      when: { says\n  - rule: 一\n    when: { ‸",
    ])
    func triggersWhileTheFileIsBroken(tail: String) throws {
        let labels = try labels(tail)
        #expect(labels.contains("asks_like") && labels.contains("event"))
        #expect(!labels.contains("rule") && !labels.contains("scene"))
        // What this very map has already isn't offered again.
        let isTaken = tail.contains("says: 退款,") || tail.contains("'退, 货'")
        #expect(labels.contains("says") == !isTaken)
    }

    @Test(arguments: [
        ("  - rule: 一\n    when: { clicks: ‸", ["主菜单.退款", "主菜单.人工", "满意度.5", "满意度.1"]),
        ("  - rule: 一\n    when: { clicks: [主菜单.退款, 主‸", ["主菜单.退款", "主菜单.人工", "满意度.5", "满意度.1"]),
        ("  - rule: 一\n    reply: { menu: ‸ }", ["主菜单"]),
        ("  - rule: 一\n    reply: [好, { survey: ‸", ["满意度"]),
        ("  - rule: 一\n    reply: { template: ‸", ["问候"]),
        ("  - rule: 一\n    handoff: ‸", ["售后"]),
        ("  - rule: 一\n    start: ‸", ["查订单"]),
        ("  - rule: 一\n    if: { hours: ‸", ["营业时间"]),
        ("  - rule: 一\n    if: { hours: { closed: ‸", ["营业时间"]),
        ("  - rule: 一\n    if: { in_flow: ‸", ["any", "查订单"]),
        ("  - rule: 一\n    if: { slot: { ‸", ["订单号", "订单"]),
        ("flows:\n  二:\n    - ask: ‸", ["订单号"]),
        ("flows:\n  二:\n    - if: { misses: 1 }\n      then:\n        - handoff: ‸", ["售后"]),
        ("handoff:\n  二: { open: ‸", ["营业时间"]),
        ("  - rule: 一\n    priority: ‸", ["urgent", "high", "normal", "low"]),
        ("  - rule: 一\n    when: { no_match: ‸", ["true"]),
        ("  - rule: 一\n    unless: { returning: ‸", ["true", "false"]),
    ])
    func valuesThatFitThePlace(tail: String, expected: [String]) throws {
        let labels = try labels(tail)
        #expect(Set(labels) == Set(expected))
    }

    @Test func kindsOfMessages() throws {
        let labels = try labels("  - rule: 一\n    when: { sends: [image, ‸")
        #expect(labels.contains("video") && !labels.contains("says"))
    }

    @Test func placeholdersAndFilters() throws {
        let names = try labels("  - rule: 一\n    reply: 您好，$(‸")
        for name in ["问候", "订单号", "订单", "客户.昵称", "营业时间"] { #expect(names.contains(name)) }
        let filters = try labels("  - rule: 一\n    reply: 您好，$(客户.昵称 | ‸")
        #expect(filters.contains("默认") && filters.contains("打码"))
        #expect(!filters.contains("订单号"))
        // A closed one is over.
        #expect(!(try labels("  - rule: 一\n    reply: 您好，$(订单号)‸")).contains("客户.昵称"))
    }

    @Test func theWordSoFarIsReplaced() throws {
        let tail = "  - rule: 😀\n    handoff: 售‸"
        let marked = try Marked(head + tail)
        let item = try #require(try items(tail).first { $0["label"] == "售后" })
        #expect(
            item["textEdit"] == [
                "range": range(marked.line, marked.character - 1, marked.character),
                "newText": "售后",
            ])
    }

    @Test(arguments: ["  # 说‸", "  - rule: 一 # when: { ‸", "  - rule: 一\n    reply: '完了' ‸"])
    func nothingIsOfferedWhereNothingBelongs(tail: String) throws {
        #expect(try labels(tail).isEmpty)
    }

    @Test func chineseKeysAreOfferedToFilesThatUseThem() throws {
        let head = "格式: 1\n规则包: 小店\n账号: [shop]\n规则:\n"
        let labels = try labels("  - 规则: 一\n    ‸", head: head)
        #expect(labels.contains("当") && labels.contains("回复") && !labels.contains("when"))
    }

    @Test func testsHaveTheirOwnKeysAndTheRulesNames() throws {
        let session = try Session([path: head])
        let marked = try Marked(
            "tests_for: 小店.kf.yml\ntests:\n  - test: 一\n    steps:\n"
                + "      - customer: 好\n      - expect: { rule: ‸")
        let file = "rules/小店.test.yml"
        session.open(file, marked.text)
        func labels(_ character: Int) throws -> [String]? {
            try session.request(
                "textDocument/completion", Session.at(file, marked.line, character)
            )["items"]?.array?.compactMap { $0["label"]?.string }
        }
        #expect(try labels(marked.character) == ["没听懂"])
        let keys = try labels(marked.character - "rule: ".count)
        #expect(keys?.contains("budget_left") == true && keys?.contains("when") == false)
    }

    @Test func anyPlaceOfAnyTextIsAnswered() throws {
        // Every prefix of the sample, as if somebody were typing it, with the cursor at its end.
        let text =
            head
            + "  - rule: 一\n    when: { says: [a, 'b''c', \"d\\\"\"], any: [{ says: e }] }\n    reply: |\n      好\n    examples:\n    - 好\n    - { a: [ }\n"
        let session = try Session()
        session.open(path, head)
        session.settle()
        var (line, character) = (0, 0)
        var prefix = ""
        for letter in text {
            prefix.append(letter)
            character += letter.utf16.count
            if letter == "\n" { (line, character) = (line + 1, 0) }
            session.change(path, [(nil, prefix)])
            let place = Session.at(path, line, character)
            _ = try session.request("textDocument/completion", place)
        }
    }
}
