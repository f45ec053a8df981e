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

    /// A hash that a single byte changes.
    private static func hash(_ bytes: [UInt8]) -> String {
        String(bytes.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }, radix: 36)
    }

    private func written(_ file: KnowledgeFile) -> String { file.text(hash: Self.hash) }

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
        let again = try read(written(file))
        #expect(again.isSame(as: file))
        #expect(written(again) == written(file))
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
        let again = try read(written(file))
        #expect(again.isSame(as: file))
        #expect(written(file).contains("\nfaq:"))
    }

    @Test func anEmptyKnowledgeBaseComesBack() throws {
        let file = KnowledgeFile(groups: [Self.group("默认分组"), Self.group("售后")])
        #expect(try read(written(file)).isSame(as: file))
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
        let source = RuleSource(path: "kb.kf.yml", text: written(file))
        #expect(RuleFormatter.format(source).text == written(file))
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
        #expect(file.left.map(\.name) == ["两条回复", "有变量"])
        #expect(file.left.map(\.question) == ["两条回复", "我的订单"])
        #expect(file.left.map(\.reason) == [.reply, .reply])
        #expect(file.left.map(\.place.line) == [19, 11])
    }

    @Test(arguments: [
        "if: { misses: 2 }", "unless: { scene: web }", "valid: ..2026-01-01", "handoff: pool",
        "accounts: [shop]", "once_per: 1d", "priority: high", "tag: 退款", "end: true",
    ])
    func whatThePlatformCannotKeepIsLeftOutAndNamed(_ line: String) throws {
        let key = String(line.prefix { $0 != ":" })
        let file = try read(
            """
            rules:
              - rule: 发货
                when: { asks_like: 多久发货 }
                \(line)
                reply: 两天内
            faq:
              - ask: 怎么退款
                reply: 七天内
                \(line)
              - { ask: 保修, reply: 一年, examples: [保修多久], id: warranty, owner: 小王 }
            """)
        #expect(file.groups.flatMap(\.questions).map(\.text) == ["保修"])
        #expect(file.left.map(\.name) == ["怎么退款", "发货"])
        #expect(file.left.map(\.question) == ["怎么退款", "多久发货"])
        #expect(file.left.map(\.place.line) == [7, 2])
        #expect(file.left.map(\.reason) == Array(repeating: .key(key, ofFile: false), count: 2))
    }

    @Test func otherTriggersAndTheFilesOwnTermsAreNotLostEither() throws {
        let heard = try read(
            """
            规则:
              - 规则: 发货
                当: { 类似问: 多久发货, 说: 发货 }
                回复: 两天内
            """)
        #expect(heard.groups == [])
        #expect(heard.left.map(\.reason) == [.key("when: 说", ofFile: false)])
        let limited = try read(
            "kf: 1\nbundle: 双十一\naccounts: [shop]\nvalid: ..2026-01-01\n"
                + "faq:\n  - { ask: 一, reply: 好 }\n")
        #expect(limited.groups == [])
        #expect(limited.left.map(\.reason) == [.key("valid", ofFile: true)])
    }

    @Test func aFileThatWasEditedIsNotAsExported() {
        let file = KnowledgeFile(groups: [Self.group("甲", [Self.question("一", answer: "好")])])
        let exported = written(file)
        #expect(KnowledgeFile.isAsExported(exported, hash: Self.hash))
        let edited = exported.replacing("reply: 好", with: "reply: 不好")
        #expect(edited != exported)
        #expect(!KnowledgeFile.isAsExported(edited, hash: Self.hash))
        #expect(!KnowledgeFile.isAsExported(exported + "# 备注\n", hash: Self.hash))
        // One of an earlier version has no hash: nobody knows.
        let old = exported.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("hash") }.joined(separator: "\n")
        #expect(!KnowledgeFile.isAsExported(old, hash: Self.hash))
        #expect([exported, edited, old].allSatisfy(KnowledgeFile.wasExported))
        #expect(!KnowledgeFile.wasExported("faq: []\n"))
        #expect(!KnowledgeFile.isAsExported("faq: []\n", hash: Self.hash))
    }

    @Test func attachmentsOfOtherTypesComeBack() throws {
        let file = KnowledgeFile(groups: [
            Self.group(
                "甲",
                [
                    Self.question(
                        "一",
                        [
                            .file(type: "group", name: "不是分组"), .file(type: "link", name: "x"),
                            .file(type: "note", name: "新的: 类型"),
                        ])
                ])
        ])
        #expect(try read(written(file)).isSame(as: file))
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

    @Test func unknownKeysAreRefusedAsCheckDoes() {
        let found = mistakes(
            in: """
                faq:
                  - ask: 一
                    repyl: 好
                    reply: 好
                rules:
                  - rule: 二
                    when: { ask_like: 二 }
                    reply: 好
                wrong: 1
                """)
        #expect(
            found == [
                "kb.kf.yml:7:13 'when' has no 'ask_like'",
                "kb.kf.yml:3:5 a question of 'faq' has no 'repyl'",
                "kb.kf.yml:9:1 a bundle has no 'wrong'",
            ])
    }

    @Test(arguments: [
        ("gruop: 售后", "gruop", "; did you mean 'group'?"), ("pdf: a.pdf", "pdf", ""),
        ("link: { title: 甲, url: https://e.example, thumb: b }", "thumb", ""),
        ("miniprogram: { titel: 甲 }", "titel", "; did you mean 'title'?"),
    ])
    func aMarkNobodyKnowsIsAMistake(_ mark: String, word: String, suggestion: String) {
        let found = mistakes(in: "faq:\n  #: \(mark)\n  - ask: 一\n    reply: 好\n")
        #expect(
            found == [
                "kb.kf.yml:2:3 this line begins with '#:', and '\(word)' is not known there"
                    + suggestion
            ])
    }

    @Test(arguments: [
        "#: nonsense", "#: link: { title: 甲 }", "#: group:", "#: miniprogram: { title: 甲 }",
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
