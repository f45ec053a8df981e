import Foundation
import LanguageServer
import RuleFiles
import Testing

@Suite struct HoverTests {
    private let path = "rules/小店.kf.yml"

    private let text = """
        kf: 1
        bundle: 小店
        accounts: [shop]
        texts: { 问候: 您好 }
        menus:
          主菜单: { head: 请选择, items: { 退款: 申请退款, 人工: 转人工 } }
        slots:
          订单号: { accept: { digits: 12 }, ask: 订单号是多少？, tries: 2 }
        flows:
          查订单:
            - ask: 订单号
            - reply: 收到 $(订单号)
        handoff:
          售后: { to: pool, waiting_text: 请稍候 }
        rules:
          - rule: 欢迎语
            when: { event: enter_session }
            reply: { menu: 主菜单 }
          - rule: 退款政策
            priority: high
            when: { clicks: 主菜单.退款, says: [退款, 退货] }
            if: { state: bot }
            unless: { in_flow: any }
            reply: [$(问候)，7 天内可退。, { menu: 主菜单 }]
            examples: [怎么退款, "我要 退货"]
          - rule: 查订单
            when: { says: 订单 }
            start: 查订单
            examples: [我的订单]
          - rule: 找人工
            when: { clicks: 主菜单.人工, says_exactly: 转人工 }
            handoff: 售后
            examples: [转人工]
          - rule: 没听懂
            when: { no_match: true }
            reply: { menu: 主菜单 }

        """

    /// The hover over the first character after `mark` in the line that contains `words`.
    private func hover(
        _ words: String, after mark: String = "", language: MessageLanguage = .zh,
        text: String? = nil
    ) throws -> JSONValue {
        let text = text ?? self.text
        let session = try Session(language: language)
        session.open(path, text)
        let lines = text.components(separatedBy: "\n")
        let line = try #require(lines.firstIndex { $0.contains(words) })
        let end = try #require(lines[line].range(of: mark.isEmpty ? words : mark))
        let index = mark.isEmpty ? end.lowerBound : end.upperBound
        let character = lines[line][..<index].utf16.count
        return try session.request("textDocument/hover", Session.at(path, line, character))
    }

    private func words(_ hover: JSONValue) -> String? { hover["contents"]?["value"]?.string }

    @Test func aRuleIsReadAloud() throws {
        let hover = try hover("rule: 退款政策", after: "rule: ")
        #expect(
            words(hover) == """
                **「退款政策」** 当客户点了「主菜单.退款」，或者说到“退款”、“退货”，并且会话状态是 bot，除非正在走流程，就回复“您好，7 天内可退。”，再发菜单「主菜单」。

                得分
                - `clicks` 100
                - `says` 50 + 30 × 覆盖率
                - 条件成立再加 2 分
                - `priority: high` 排在分数前面

                用 5 条额度中的 2 条，剩 3 条（其中 1 条保留）。
                """)
        #expect(hover["range"] == range(18, 10, 14))
    }

    @Test func inEnglishToo() throws {
        #expect(
            words(try hover("rule: 找人工", after: "rule: ", language: .en)) == """
                **'找人工'** When a customer taps '主菜单.人工' or says just “转人工”: hand over by '售后'.

                Score
                - `clicks` 100
                - `says_exactly` 95
                """)
        #expect(
            words(try hover("rule: 欢迎语", after: "rule: ", language: .en))?
                .contains("A greeting: one message with the welcome code") == true)
    }

    @Test(arguments: [
        ("handoff: 售后", "handoff: ", "转人工方案**「售后」**\n\n转到待接入池；先说“请稍候”\n\n声明在 rules/小店.kf.yml:14:3"),
        ("start: 查订单", "start: ", "1. 问「订单号」\n2. 回复"),
        ("clicks: 主菜单.退款", "主菜单.", "“申请退款”，由规则「退款政策」回答"),
        ("clicks: 主菜单.退款", "clicks: ", "- `退款` “申请退款”"),
        ("- ask: 订单号", "ask: ", "问“订单号是多少？”，接受12 位数字，最多问 2 次"),
        ("$(问候)", "$(", "texts: { 问候: 您好 }"),
        ("售后: {", "  ", "用了 1 次"),
    ])
    func aNameSaysWhatItIs(line: String, mark: String, expected: String) throws {
        let text = try #require(words(try hover(line, after: mark)))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func aNameThatIsNotDeclaredSaysSo() throws {
        let broken = text.replacing("handoff: 售后", with: "handoff: 售前")
        #expect(
            words(try hover("handoff: 售前", after: "handoff: ", text: broken))?
                .contains("没有声明过") == true)
    }

    @Test func aKeySaysWhatItIsFor() throws {
        let hover = try hover("priority: high", after: "    ")
        #expect(
            words(hover)
                == "**`priority`**（优先级）\n\n排在分数前面，少用；urgent 还能打断流程\n\n"
                + "`urgent` `high` `normal` `low`")
        #expect(hover["range"] == range(19, 4, 12))
        let inside = try self.hover("when: { clicks: 主菜单.退款", after: "退款, sa")
        #expect(words(inside)?.hasPrefix("**`says`**（说）") == true)
    }

    @Test func keysAreExplainedWhileTheFileIsBroken() throws {
        let broken = text.replacing("reply: [$(问候)", with: "reply: [[{")
        #expect(
            words(try hover("unless: {", after: "    un", text: broken))?.hasPrefix("**`unless`**")
                == true)
    }

    @Test func anExampleSaysWhoAnswersIt() throws {
        #expect(
            words(try hover("examples: [怎么退款", after: "[怎"))
                == "这句话由谁回答：\n\n▶ 「退款政策」 `says` 67\n\n· 「没听懂」 `no_match` 0")
        #expect(
            words(try hover("\"我要 退货\"", after: "\"我"))?.contains("「退款政策」") == true)
    }

    @Test func nothingElseHasAHover() throws {
        #expect(try hover("head: 请选择", after: "head: ") == .null)
        #expect(try hover("kf: 1", after: "kf: ") == .null)
    }
}
