import RuleEngine
import RuleFiles
import Testing

/// What the canonical form is, rule by rule.
@Suite struct FormatterTests {
    private func formatted(_ text: String) -> String {
        let result = RuleFormatter.format(RuleSource(path: "x.kf.yml", text: text))
        #expect(result.isFormatted)
        return result.text
    }

    @Test func theReferencesExamplesAreCanonical() {
        for source in [FormattedFiles.rich, FormattedFiles.tests] {
            let result = RuleFormatter.format(source)
            #expect(result.isFormatted && result.text == source.text)
        }
        #expect(formatted(smallFile) == smallFile)
    }

    @Test func everyFileOfTheRepositoryKeepsItsMeaning() {
        #expect(FormattedFiles.sources.count > 40)
        for source in FormattedFiles.sources {
            let result = RuleFormatter.format(source)
            #expect(result.isFormatted, "\(source.path)")
            let again = RuleFormatter.format(RuleSource(path: source.path, text: result.text))
            #expect(again.text == result.text, "\(source.path)")
        }
    }

    // MARK: Layout

    @Test func indentsByTwoAndListsBelowTheirKey() {
        #expect(
            formatted("rules:\n- rule: a\n  when:\n        says: b\n-   rule: c\n    when: {}\n")
                == "rules:\n  - rule: a\n    when:\n      says: b\n  - rule: c\n    when: {}\n")
        #expect(formatted("a:\n- - b\n  - c\n-\n   - d\n") == "a:\n  - - b\n    - c\n  - - d\n")
    }

    @Test func bracketsThatDoNotFitBecomeABlock() {
        let words = (0..<20).map { "词语\($0)" }
        // 4 + 6 + 2 + 20 words of 5 or 6 columns and 19 commas with their spaces: over 100.
        let long = "rules:\n  - rule: a\n    when: { says: [\(words.joined(separator: ","))] }\n"
        let list = words.map { "        - \($0)\n" }.joined()
        #expect(formatted(long) == "rules:\n  - rule: a\n    when:\n      says:\n" + list)
        // Columns, not characters: 45 Chinese characters are 90 columns.
        let fits = "a: [\(String(repeating: "字", count: 47))]\n"
        #expect(formatted(fits) == fits)
        let wide = "a: [\(String(repeating: "字", count: 48))]\n"
        #expect(formatted(wide) == "a:\n  - \(String(repeating: "字", count: 48))\n")
    }

    @Test func bracketsOverSeveralLinesAreJoined() {
        #expect(formatted("a: [b,\n  c ,d\n  ]\n") == "a: [b, c, d]\n")
        #expect(formatted("a: {b: c,d: [ e ],}\n") == "a: { b: c, d: [e] }\n")
        #expect(formatted("a: [b: c]\n") == "a: [{ b: c }]\n")
    }

    @Test func lineEndsAndBlanksAreNormal() {
        #expect(formatted("\u{FEFF}a: b  \r\n\r\n\r\n\r\nc: d") == "a: b\n\nc: d\n")
        #expect(formatted("\n\n# x\n\n\na: b\n\n\n") == "# x\n\na: b\n")
    }

    @Test func sectionsStandApart() {
        #expect(
            formatted(
                "kf: 1\nbundle: b\nmenus:\n  m: { head: h }\nrules: []\ntests:\n  - test: t\n")
                == "kf: 1\nbundle: b\n\nmenus:\n  m: { head: h }\n\nrules: []\n\ntests:\n"
                + "  - test: t\n")
        // A file of tests is short: it stays as its author spaced it.
        let tests = "tests_for: a.kf.yml\ntests:\n  - test: t\n"
        #expect(formatted(tests) == tests)
    }

    // MARK: Order

    @Test func keysOfARuleAreInOrder() {
        #expect(
            formatted(
                "rules:\n  - examples: [a]\n    reply: b # 回\n    note: n\n    # 何时\n"
                    + "    when: { says: c, clicks: d }\n    rule: e\n    如果: {}\n")
                == "rules:\n  - rule: e\n    # 何时\n    when: { clicks: d, says: c }\n    如果: {}\n"
                + "    reply: b # 回\n    examples: [a]\n    note: n\n")
    }

    @Test func namesKeepTheirOrder() {
        let menus = "menus:\n  乙: { items: { 二: b, 一: a } }\n  甲: { items: { 一: a } }\n"
        #expect(formatted(menus) == menus)
        let sections = "rules: []\nmenus: {}\n"
        #expect(formatted(sections) == sections)
    }

    // MARK: Comments

    @Test func commentsStayWithTheirNeighbours() {
        let text = """
            # 文件头

            kf: 1
            bundle: b   # 名字

            # 规则
            rules: # 从这里开始
              # 第一条
              - rule: a
                # 触发
                when: { no_match: true } # 兜底
                # 这条规则的尾巴

              # 第二条
              - rule: b
              # 列表的尾巴
            # 文件尾

            """
        #expect(formatted(text) == text)
    }

    @Test func commentsInBracketsBreakThem() {
        #expect(
            formatted("a: [b, # 一\n  # 二\n  c,\n  # 三\n  ] # 四\n")
                == "a: # 四\n  - b # 一\n  # 二\n  - c\n  # 三\n")
        #expect(formatted("a:\n  - # 一\n    b: c\n") == "a:\n  # 一\n  - b: c\n")
        #expect(formatted("a: # 一\n  # 二\n  b\n") == "# 一\n# 二\na: b\n")
    }

    @Test func trailingCommentsKeepTheirColumnTogether() {
        let aligned = "a: b      # 一\ncc: d     # 二\n\ne: f  # 三\n"
        #expect(formatted(aligned) == aligned)
        // The first line grows past the column, so its neighbour moves along.
        #expect(
            formatted("a: {b: c,d: e} # 一\nf: g           # 二\n")
                == "a: { b: c, d: e }  # 一\nf: g               # 二\n")
    }

    // MARK: Texts

    @Test(arguments: [
        ("a: \"b\"", "a: b"), ("a: '12315'", "a: 12315"), ("a: \"no\"", "a: no"),
        ("a: \"b: c\"", "a: 'b: c'"), ("a: \"b #c\"", "a: 'b #c'"), ("a: 'b:'", "a: 'b:'"),
        ("a: \"don't\"", "a: don't"), ("a: \"it's: x\"", "a: 'it''s: x'"), ("a: ''", "a: ''"),
        ("a: \" b\"", "a: ' b'"), ("a: \"b\\nc\"", "a: \"b\\nc\""), ("a: '- b'", "a: '- b'"),
        ("a: '-b'", "a: -b"), ("a: \"b, c\"", "a: b, c"), ("a: [\"b, c\"]", "a: ['b, c']"),
        ("a: [\"b]\", 'c:d']", "a: ['b]', c:d]"), ("'a': b", "a: b"), ("\"a: b\": c", "'a: b': c"),
        ("a: \"\\u200b\"", "a: \"\\u200b\""), ("a: \"\\\\d+\"", "a: \\d+"), ("a:", "a:"),
        ("a: {b: , c}", "a: { b: , c: }"), ("a: https://b.c/?d=e", "a: https://b.c/?d=e"),
        // Quotes around a comma in a keyword say that it is meant; a sentence needs none.
        ("rules: [{when: {says: \"b，c\"}}]", "rules: [{ when: { says: 'b，c' } }]"),
        ("rules: [{reply: \"b，c\"}]", "rules: [{ reply: b，c }]"),
    ])
    func quotesAreThereWhereTheyAreNeeded(_ sample: (String, String)) {
        #expect(formatted(sample.0) == sample.1 + "\n")
    }

    @Test func textsOfSeveralLinesStayThatWay() {
        #expect(
            formatted("a:\n    b: |-\n          一\n            二\n\n          三\n    c: d\n")
                == "a:\n  b: |-\n    一\n      二\n\n    三\n  c: d\n")
        #expect(
            formatted("a:\n    b: 一\n       二\n\n       三 # 尾\n")
                == "a:\n  b: 一\n    二\n\n    三 # 尾\n")
        #expect(formatted("a: |2\n    缩进\n  不缩\n") == "a: |2\n    缩进\n  不缩\n")
        #expect(formatted("a: |+\n  一\n\nb: c\n") == "a: |+\n  一\n\nb: c\n")
    }

    // MARK: What it refuses

    @Test func aFileThatIsNoYAMLStaysAsItIs() {
        let text = "a: [b\nc: d\n"
        let result = RuleFormatter.format(RuleSource(path: "x.kf.yml", text: text))
        #expect(result.text == text && !result.isFormatted && !result.diagnostics.isEmpty)
        let large = String(repeating: "a: b\n", count: 1_000_000)
        let refused = RuleFormatter.format(RuleSource(path: "x.kf.yml", text: large))
        #expect(refused.diagnostics.map(\.id) == [.fileTooLarge])
    }

    /// Deep and wide, at the limits of the YAML layer: no stack overflow, no hour of work.
    @Test func theLimitsAreHarmless() {
        let deep = "a: " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let block = formatted(deep + "\n")
        #expect(block.hasPrefix("a:\n  - - - ") && formatted(block) == block)
        let tooDeep = "a: " + String(repeating: "[", count: 100_000)
        #expect(
            !RuleFormatter.format(RuleSource(path: "x.kf.yml", text: tooDeep)).isFormatted)
        let wide = "a: [" + (0..<20_000).map { "b\($0)" }.joined(separator: ",") + "]\n"
        #expect(formatted(wide).hasSuffix("  - b19999\n"))
    }
}
