import RuleEngine
import RuleFiles
import Testing

@Suite struct KeyVocabularyTests {
    private func parse(_ text: String) -> YAMLNode? {
        YAMLDocument.parse(RuleSource(path: "x.kf.yml", text: text), log: DiagnosticLog())
    }

    @Test func filesGoToChineseAndBack() throws {
        for source in [FormattedFiles.rich, FormattedFiles.tests]
            + FormattedFiles.sources.prefix(20)
        {
            let chinese = RuleFormatter.format(source, keys: .zh)
            #expect(chinese.isFormatted, "\(source.path)")
            let back = RuleFormatter.format(
                RuleSource(path: source.path, text: chinese.text), keys: .en)
            // Brackets may break where the longer keys don't fit, and stay broken.
            #expect(back.isFormatted, "\(source.path)")
            let ordered = RuleFormatter.format(source).text
            #expect(
                try names(#require(parse(back.text))) == names(#require(parse(ordered))),
                "\(source.path)")
        }
        let chinese = RuleFormatter.format(FormattedFiles.rich, keys: .zh).text
        #expect(chinese.contains("\n规则:\n  - 规则: 欢迎语\n    当: { 事件: enter_session }\n"))
        #expect(chinese.contains("    例句: [怎么退款, tui kuan, 我想退貨]\n"))
        // Not one English key is left; addresses and names (`with: { id: … }`) stay.
        let words = chinese.split { !$0.isASCII || !($0.isLetter || $0 == "_" || $0 == ":") }
        #expect(
            words.filter { $0.hasSuffix(":") && $0.count > 1 } == [
                "https:", "https:", "id:", "id:",
            ])
    }

    @Test func aReaderOfEnglishKeysUnderstandsChineseOnes() throws {
        let chinese = RuleFormatter.format(FormattedFiles.rich, keys: .zh).text
        let log = DiagnosticLog()
        let translated = KeyVocabulary.english(try #require(parse(chinese)), log: log)
        let original = try #require(parse(FormattedFiles.rich.text))
        #expect(names(translated) == names(original))
        #expect(log.diagnostics.isEmpty)
    }

    private func names(_ node: YAMLNode) -> [String] {
        switch node.content {
        case .scalar(let text, _): [text]
        case .list(let nodes): nodes.flatMap(names)
        case .map(let entries): entries.flatMap { [$0.name] + names($0.value) }
        }
    }

    @Test func rulesWithChineseKeysLoad() throws {
        let english = RuleFiles.load([FormattedFiles.rich])
        let text = RuleFormatter.format(FormattedFiles.rich, keys: .zh).text
        let chinese = RuleFiles.load([RuleSource(path: "rich.kf.yml", text: text)])
        #expect(!english.hasErrors && !chinese.hasErrors)
        #expect(
            try #require(chinese.definition).bundles.flatMap(\.rules).map(\.triggers)
                == #require(english.definition).bundles.flatMap(\.rules).map(\.triggers))
    }

    /// Where two keys of one map had the same Chinese name, the way back would be lost.
    @Test func everyKeyHasAChineseNameOfItsOwn() {
        for keys in KeyVocabulary.keysByMap {
            #expect(keys.allSatisfy { $0.chinese != nil }, "\(keys.map(\.key))")
            #expect(Set(keys.map(\.chinese)).count == keys.count, "\(keys.map(\.key))")
        }
        #expect(KeyVocabulary.keysByMap.count > 40)
    }

    @Test func aKeyInBothLanguagesIsADuplicate() throws {
        let log = DiagnosticLog()
        _ = KeyVocabulary.english(
            try #require(parse("kf: 1\nrules:\n  - rule: a\n    reply: b\n    回复: c\n")), log: log)
        #expect(log.diagnostics.map(\.id) == [.duplicateKey])
        #expect(log.diagnostics.first?.place.line == 5)
    }

    @Test func namesAreNoKeys() throws {
        let text = "menus:\n  回复:\n    head: 规则\n    items: { 当: 例句, reply: 回复 }\n"
        #expect(
            RuleFormatter.format(RuleSource(path: "x.kf.yml", text: text), keys: .en).text == text)
        let chinese = RuleFormatter.format(RuleSource(path: "x.kf.yml", text: text), keys: .zh).text
        #expect(chinese == "菜单:\n  回复:\n    开头: 规则\n    选项: { 当: 例句, reply: 回复 }\n")
    }

    @Test(arguments: [
        ("答复", "回复"), ("回应", "回复"), ("answer", "reply"), ("repyl", "reply"), ("关键词", "说"),
        ("例子", "例句"), ("samples", "examples"), ("触发", "当"), ("兜底", "没听懂"), ("Reply", "reply"),
    ])
    func otherWordsLeadToTheKey(_ sample: (word: String, key: String)) {
        let keys = ["rule", "when", "says", "reply", "examples", "no_match"]
        #expect(KeyVocabulary.suggestion(for: sample.word, among: keys) == sample.key)
    }

    @Test func nonsenseLeadsNowhere() {
        #expect(KeyVocabulary.suggestion(for: "天气预报", among: ["rule", "when"]) == nil)
        #expect(KeyVocabulary.english(for: "当", among: ["rule", "when"]) == "when")
        #expect(KeyVocabulary.english(for: "当", among: ["rule"]) == nil)
        #expect(KeyVocabulary.chinese(for: "reply") == "回复")
        #expect(KeyVocabulary.chinese(for: "回复") == nil)
    }
}
