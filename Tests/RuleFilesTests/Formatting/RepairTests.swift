import Foundation
import RuleEngine
import RuleFiles
import Testing

/// What input methods and word processors do to a file, and what becomes of it.
@Suite struct RepairTests {
    struct Case: CustomTestStringConvertible {
        let wrong, right: String
        var testDescription: String { wrong }
        init(_ wrong: String, _ right: String) { (self.wrong, self.right) = (wrong, right) }
    }

    /// A line inside a rule of a bundle.
    private func repairedLine(_ line: String) -> String {
        let frame = { (line: String) in
            "kf: 1\nbundle: 店\naccounts: [a]\nrules:\n  - rule: 退款\n    \(line)\n    reply: 好，的\n"
        }
        let repaired = RuleRepair.repair(RuleSource(path: "x.kf.yml", text: frame(line))).text
        let lines = repaired.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 8 && lines[6] == "    reply: 好，的")
        return String(lines[5].dropFirst(4))
    }

    @Test(arguments: [
        // Colons.
        Case("reply：文字", "reply: 文字"), Case("reply:文字", "reply: 文字"),
        Case("回复：您好：请讲", "回复: 您好：请讲"), Case("reply： 文字", "reply: 文字"),
        Case("priority　： high", "priority: high"), Case("reply﹕文字", "reply: 文字"),
        Case("when： { no_match: true }", "when: { no_match: true }"),
        // Lists of keywords.
        Case("when: { says: [退款，退货、退钱] }", "when: { says: [退款, 退货, 退钱] }"),
        Case("when: { says：［退款］ }", "when: { says: [退款] }"),
        Case("when：｛ says： [a，b] ｝", "when: { says: [a, b] }"),
        Case("when: { says: 退款，退货 }", "when: { says: [退款, 退货] }"),
        Case("when: { says: 退款，clicks: 菜单.退款 }", "when: { says: 退款, clicks: 菜单.退款 }"),
        Case("when: {says:退款，clicks：菜单.退款}", "when: {says: 退款, clicks: 菜单.退款}"),
        Case("when: { says: 【退款，退货】 }", "when: { says: [退款, 退货] }"),
        Case("when: { says: ［退款, 退货] }", "when: { says: [退款, 退货] }"),
        Case("when: { says: [退款，　退货] }", "when: { says: [退款, 退货] }"),
        Case("tag：投诉、紧急", "tag: [投诉, 紧急]"),
        Case("examples：［怎么退款，我要退、换货］", "examples: [怎么退款, 我要退、换货]"),
        // Quotes.
        Case("when: { says: “退款” }", "when: { says: \"退款\" }"),
        Case("when: { says: [“退款”, ‘退，货’] }", "when: { says: [\"退款\", '退，货'] }"),
        Case("“reply”: 好", "\"reply\": 好"), Case("“reply”：好", "\"reply\": 好"),
        Case("reply: \"好的”", "reply: \"好的\""), Case("handoff: “售后”", "handoff: \"售后\""),
        // Numbers and words of the language.
        Case("if: { misses: ２ }", "if: { misses: 2 }"),
        Case("priority: ｈｉｇｈ", "priority: high"), Case("once_per: ３０m", "once_per: 30m"),
        Case("once_per: 2m ＃ 两分钟", "once_per: 2m # 两分钟"),
        // Comments and blanks.
        Case("＃ 注释：不动，这些", "# 注释：不动，这些"),
        Case("priority:　high", "priority: high"), Case("priority:\thigh\t", "priority: high"),
        Case("priority: high\t# 注\t释", "priority: high  # 注 释"),
        Case("priority:\u{A0}high", "priority: high"),
        Case("when: { no_match: true }　＃ 兜底", "when: { no_match: true }  # 兜底"),
        Case("when: { no_match: true }#兜底", "when: { no_match: true } #兜底"),
        Case("\u{200B}priority: high", "priority: high"),
        Case("priority: high\u{200B}", "priority: high"),
    ])
    func repairsTheSyntax(_ sample: Case) { #expect(repairedLine(sample.wrong) == sample.right) }

    /// What people say stays, whatever it looks like.
    @Test(arguments: [
        "reply: 您好：请问，有什么（可以）帮您？“谢谢”", "reply: 【公告】今天休息", "reply: ［图片］",
        "reply: “您好”", "reply:  　　首行空两格", "reply: 好的　＃不是注释", "reply: [好：的，再见, “好”]",
        "reply: { text: 好，menu再说 }", "examples: [怎么退款，谢谢, “退款”, １２３]",
        "not_examples: ２０２６年", "when: { asks_like: [退款什么时候到账，几天] }",
        "when: { matches: '^［０-９］，$' }", "when: { says: \"退款，退货\" }", "when: { says: '“a”' }",
        "# 说明：“一”，［二］", "reply: 看https://example.com/?a=b：这里", "when: { says: [【退款】] }",
        "reply: { zh: 您好，客人, en: Hello }", "reply: － 好的", "rule_note: 周一、周二",
        "reply: $（订单号）", "handoff: 售后，二组", "when: { says: 😀‍🔧 }",
    ])
    func leavesSentencesAlone(_ line: String) { #expect(repairedLine(line) == line) }

    @Test func mendsAFileThatIsNoYAML() {
        let wrong = """
            kf：1
            bundle： 小店
            accounts：［shop］
            menus：
              主菜单：
                head：您好：请选择
                items：｛ 订单：查订单，退款：申请，退款 ｝
            ＃ 规则
            rules：
            　－ rule：双十一
            \twhen：｛ clicks：主菜单.订单，says：【活动、优惠】 ｝
            \treply：
            \t\t－ 活动：满减，包邮
            \t\t－ ｛ menu：主菜单 ｝
              - rule:没听懂
                when: {no_match:true}
                reply: ｜-
                  第一行：“好”
                  　　第二行，好
            """
        let right = """
            kf: 1
            bundle: 小店
            accounts: [shop]
            menus:
              主菜单:
                head: 您好：请选择
                items: { 订单: 查订单, 退款: 申请，退款 }
            # 规则
            rules:
              - rule: 双十一
                when: { clicks: 主菜单.订单, says: [活动, 优惠] }
                reply:
                    - 活动：满减，包邮
                    - { menu: 主菜单 }
              - rule: 没听懂
                when: {no_match: true}
                reply: |-
                  第一行：“好”
                  　　第二行，好
            """
        let (text, repairs) = RuleRepair.repair(RuleSource(path: "x.kf.yml", text: wrong))
        #expect(text == right)
        #expect(repairs.first?.place == SourcePlace(file: "x.kf.yml", line: 1, column: 3))
        #expect(repairs.allSatisfy { $0.from != $0.to })
        #expect(RuleRepair.repair(RuleSource(path: "x.kf.yml", text: text)).repairs.isEmpty)
    }

    @Test func saysWhatItDidAndWhere() {
        let text = "rules:\n  － rule: 退款\n    when: { says: [退款，退货] }\n    reply:好\n"
        let (_, repairs) = RuleRepair.repair(RuleSource(path: "x.kf.yml", text: text))
        let said = repairs.map {
            "\($0.place) \($0.id.rawValue) \($0.kind.rawValue) \($0.from)→\($0.to)"
        }
        #expect(
            said == [
                "x.kf.yml:2:3 KF102 dash －→-", "x.kf.yml:3:22 KF102 comma ，→, ",
                "x.kf.yml:4:11 KF103 missing_space → ",
            ])
    }

    @Test func fileEndsAndHugeLinesAreHarmless() {
        for text in [
            "", "\n", "－", "a：", "rules:\n  - when: [", "rules:\n  - when: { says: “", "\"",
        ] {
            let (once, _) = RuleRepair.repair(RuleSource(path: "x.kf.yml", text: text))
            #expect(RuleRepair.repair(RuleSource(path: "x.kf.yml", text: once)).text == once)
        }
        let many = String(repeating: "退款，", count: 40_000)
        let (text, repairs) = RuleRepair.repair(
            RuleSource(path: "x.kf.yml", text: "rules:\n  - when: { says: [\(many)] }\n"))
        #expect(repairs.count == 40_000 && !text.contains("，"))
        let open = String(repeating: "｛ any：［", count: 5000)
        _ = RuleRepair.repair(RuleSource(path: "x.kf.yml", text: "rules:\n  - when: \(open)\n"))
    }

    // MARK: What holds for every file

    private func parse(_ text: String, _ path: String) -> YAMLNode? {
        YAMLDocument.parse(RuleSource(path: path, text: text), log: DiagnosticLog())
    }

    /// The texts and keys of a tree, in order.
    private func words(_ node: YAMLNode?) -> [String] {
        switch node?.content {
        case .scalar(let text, _): [text]
        case .list(let nodes): ["["] + nodes.flatMap(words) + ["]"]
        case .map(let entries): ["{"] + entries.flatMap { [$0.name] + words($0.value) } + ["}"]
        case nil: ["nothing"]
        }
    }

    @Test func filesThatAreRightAreLeftAlone() {
        for source in [FormattedFiles.rich, FormattedFiles.tests] + FormattedFiles.sources {
            let (text, repairs) = RuleRepair.repair(source)
            #expect(text == source.text && repairs.isEmpty, "\(source.path)")
        }
    }

    /// Types the syntax of correct files with an input method left on, here and there, and expects
    /// the files back.
    @Test(arguments: 0..<24) func whatAnInputMethodDidIsUndone(_ seed: Int) throws {
        for source in [FormattedFiles.rich, FormattedFiles.tests] {
            var random = InputMethod(seed: UInt64(seed))
            let typed = random.type(source.text)
            #expect(typed != source.text)
            let (text, repairs) = RuleRepair.repair(RuleSource(path: source.path, text: typed))
            let (was, wanted) = (
                words(parse(text, source.path)), words(parse(source.text, source.path))
            )
            #expect(was == wanted, "seed \(seed), \(source.path)")
            #expect(!repairs.isEmpty)
            let again = RuleRepair.repair(RuleSource(path: source.path, text: text))
            #expect(again.repairs.isEmpty)
        }
    }

    @Test func randomFilesComeToRest() {
        for seed in 0..<300 {
            var random = RandomYAML(seed: UInt64(seed))
            var method = InputMethod(seed: UInt64(seed))
            let text = method.type(random.text())
            let once = RuleRepair.repair(RuleSource(path: "x.kf.yml", text: text)).text
            let twice = RuleRepair.repair(RuleSource(path: "x.kf.yml", text: once)).text
            #expect(once == twice, "seed \(seed):\n\(text)")
        }
    }
}
