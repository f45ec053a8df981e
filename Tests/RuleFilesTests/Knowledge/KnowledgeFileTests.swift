import RuleEngine
import Testing

@testable import RuleFiles

/// The platform's knowledge base as a rule file: out and in again.
@Suite struct KnowledgeFileTests {
    private static let nowhere = SourcePlace(file: "", line: 1, column: 1)

    private static func question(
        _ text: String, similar: [String] = [], answer: String = "好的",
        _ attachments: [KnowledgeFile.Attachment] = []
    ) -> KnowledgeFile.Question {
        KnowledgeFile.Question(
            text: text, similar: similar, answer: answer, attachments: attachments, place: nowhere)
    }

    private static func group(
        _ name: String?, _ questions: [KnowledgeFile.Question] = []
    ) -> KnowledgeFile.Group {
        KnowledgeFile.Group(name: name, questions: questions, place: nowhere)
    }

    private func read(_ text: String) throws -> KnowledgeFile {
        let log = DiagnosticLog()
        let file = KnowledgeFile.read(RuleSource(path: "kb.kf.yml", text: text), log: log)
        #expect(log.diagnostics == [])
        return try #require(file)
    }

    private func mistakes(in text: String) -> [String] {
        let log = DiagnosticLog()
        KnowledgeFile.read(RuleSource(path: "kb.kf.yml", text: text), log: log)?.check(log: log)
        return log.diagnostics.map { "\($0.place) \($0.message.en)" }
    }

    // MARK: Without loss

    /// Texts that YAML, templates or readers of rule files could trip over.
    static let oddTexts = [
        "怎么退款", " 前后有空格 ", "两行\n文字", "尾行\n", "\n首行", "三行\n\n隔一行", "  缩进\n再来",
        "第一\n  缩进", "回车\r\n换行", "分隔\u{2028}符", "a: b # c", "- 列表", "#: group: 假的", "'单' \"双\"",
        "反斜\\杠\\n", "$(名字)", "$$(名字)", "$$$(", "$(没有关", "“全角”", "问：答，号；（括号）", "emoji 🧧👨‍👩‍👧",
        "制表\t符", "零宽\u{200B}空", "12315", "no", "~", "{a: 1}", "[x]", "*星", "&锚", "%", "@", "`",
        "---", "<<",
        "行\n#: image: x.png\n尾", "e\u{301}", "？", "：", "句尾：",
    ]

    @Test(arguments: oddTexts) func everyTextComesBack(_ text: String) throws {
        let file = KnowledgeFile(groups: [
            Self.group(
                text,
                [
                    Self.question(
                        text, similar: [text, "另外"], answer: text,
                        [
                            .file(type: "image", name: text),
                            .link(title: text, pictureURL: text, description: text, url: text),
                            .miniprogram(title: text, appID: text, pagePath: text),
                        ]), Self.question("下一个", answer: text),
                ])
        ])
        let again = try read(file.text)
        #expect(again.isSame(as: file))
        #expect(again.text == file.text)
    }

    @Test func emptyGroupsAndPartsComeBack() throws {
        let file = KnowledgeFile(groups: [
            Self.group("空的"),
            Self.group(
                "甲",
                [Self.question("一"), Self.question("二", [.file(type: "video", name: "v.mp4")])]),
            Self.group("也空"),
            Self.group(
                "乙",
                [
                    Self.question(
                        "三", answer: "",
                        [
                            .link(
                                title: "政策", pictureURL: nil, description: nil,
                                url: "https://e.example")
                        ])
                ]), Self.group("最后也空"),
        ])
        let again = try read(file.text)
        #expect(again.isSame(as: file))
        #expect(KnowledgeFile.isExported(file.text))
    }

    @Test func anEmptyKnowledgeBaseComesBack() throws {
        let file = KnowledgeFile(groups: [Self.group("默认分组"), Self.group("售后")])
        #expect(try read(file.text).isSame(as: file))
    }

    @Test func theFormatterLeavesItAsItIs() throws {
        let file = KnowledgeFile(groups: [
            Self.group("空的"),
            Self.group(
                "甲：乙",
                [
                    Self.question(
                        "怎么退款", similar: ["钱怎么退"], answer: "第一行\n第二行",
                        [.file(type: "image", name: "退款 说明.png")]), Self.question("二"),
                ]), Self.group("也空"),
        ])
        let source = RuleSource(path: "kb.kf.yml", text: file.text)
        #expect(RuleFormatter.format(source).text == file.text)
    }

    // MARK: Rule files of other origin

    @Test func rulesAndQuestionsOfAnyBundleAreRead() throws {
        let file = try read(
            """
            kf: 1
            bundle: 示例
            accounts: [shop]
            规则:
              - rule: 发货
                when: { asks_like: [多久发货, 什么时候发货] }
                reply: [两天内]
              - rule: 只按词
                when: { says: 你好 }
                reply: 您好
              - rule: 有变量
                when: { asks_like: 我的订单 }
                reply: 单号 $(订单号)
            faq:
              # 只是一句备注
              - ask: 怎么退款
                like: 钱怎么退
                answer: 七天内
              - ask: 两条回复
                reply: [甲, 乙]
            """)
        #expect(file.groups.map(\.name) == [nil])
        #expect(file.groups[0].questions.map(\.text) == ["怎么退款", "多久发货"])
        #expect(file.groups[0].questions[0].similar == ["钱怎么退"])
        #expect(file.groups[0].questions[1].similar == ["什么时候发货"])
        #expect(file.groups[0].questions.map(\.place.line) == [16, 5])
        #expect(file.left == ["两条回复", "有变量"])
    }

    @Test func aMarkInsideAnAnswerIsNone() throws {
        let file = try read(
            """
            faq:
            - ask: 一
              reply: |-
                说明
                #: group: 不是分组
            #: group: 是分组
            - ask: 二
              reply: 好
            """)
        #expect(file.groups.map(\.name) == [nil, "是分组"])
        #expect(file.groups[0].questions[0].answer == "说明\n#: group: 不是分组")
    }

    // MARK: Mistakes

    @Test func everyLimitIsToldAtOnceWithItsPlace() {
        let long = String(repeating: "长", count: 201)
        let text = """
            faq:
              #: group: 这个分组的名字实在太长了吧
              - ask: \(long)
                like: [\(long), 可以]
                reply: 好
              - ask: 一
                reply: \(String(repeating: "答", count: 501))
              #: image: 1.png
              #: image: 2.png
              #: image: 3.png
              #: image: 4.png
              #: link: { title: 无头, url: e.example }
              - ask: 一
                reply: 好
            """
        #expect(
            mistakes(in: text) == [
                "kb.kf.yml:2:3 the group's name has 13 characters; the platform takes 12",
                "kb.kf.yml:3:5 the question has 201 characters; the platform takes 200",
                "kb.kf.yml:3:5 a similar question has 201 characters; the platform takes 200",
                "kb.kf.yml:6:5 the answer has 501 characters; the platform takes 500",
                "kb.kf.yml:13:5 the answer has 5 attachments; the platform takes 4",
                "kb.kf.yml:13:5 a link's url has no scheme such as https://",
                "kb.kf.yml:13:5 the question stands in line 6 already; the platform takes each "
                    + "once, whatever its group",
            ])
    }

    @Test func groupsAndListsHaveTheirLimits() {
        let many = (1...201).map { "  - ask: 问\($0)\n    reply: 答\n" }.joined()
        let groups = (1...101).map { "  #: group: 组\($0)\n" }.joined()
        let similar = (1...101).map { "像\($0)" }.joined(separator: ", ")
        #expect(
            mistakes(in: "faq:\n" + many) == [
                "kb.kf.yml:2:5 the file has 201 questions; the platform takes 200"
            ])
        #expect(
            mistakes(in: "faq: []\n" + groups) == [
                "kb.kf.yml:102:3 the file has 101 groups; the platform takes 100"
            ])
        #expect(
            mistakes(in: "faq:\n  - ask: 问\n    like: [\(similar)]\n    reply: 答\n") == [
                "kb.kf.yml:2:5 the question has 101 similar questions; the platform takes 100"
            ])
    }

    @Test(arguments: [
        "#: nonsense", "#: link: { title: 甲 }", "#: group:", "#: miniprogram: { a: b }",
    ])
    func aMarkThatSaysNothingIsAMistake(_ mark: String) {
        let found = mistakes(in: "faq:\n  \(mark)\n  - ask: 一\n    reply: 好\n")
        #expect(
            found == ["kb.kf.yml:2:3 this line begins with '#:' but says nothing that is known"])
    }

    @Test func anAttachmentWithoutAQuestionIsAMistake() {
        let found = mistakes(in: "faq:\n  - ask: 一\n    reply: 好\n  #: image: a.png\n")
        #expect(found.count == 1)
        #expect(found[0].contains("stands before no question"))
    }
}
