import Replay
import RuleFiles
import Testing

/// Which tests are played, and with which rules.
@Suite struct RunnerTests {
    @Test func aRuleFilePlaysItsOwnTests() throws {
        let report = try Fixtures.play(golden: "rules.kf.yml")
        #expect(report.tests.map(\.name) == ["规则自带的承诺", "说得不对的承诺"])
        #expect(report.tests.map(\.hasPassed) == [true, false])
        #expect(report.text().contains("rules.kf.yml:28:19   expect: { rule: 人工 }"))
    }

    @Test func aRuleFileNeedsNoTests() {
        let rules =
            "kf: 1\nbundle: 甲\naccounts: [a]\nrules:\n  - { rule: 一, when: { says: 退款 }, reply: 好 }\n"
        let report = ReplayRunner.run(
            files: [RuleSource(path: "a.kf.yml", text: rules)], load: { _ in nil })
        let isGreen = report.isGreen
        #expect(isGreen)
        #expect(report.tests.isEmpty)
    }

    @Test func onlyWantedTestsArePlayed() throws {
        let file = try #require(Fixtures.golden("failing.test.yml"))
        let report = ReplayRunner.run(
            files: [file], options: .init(filter: { $0.contains("对的") }), load: Fixtures.golden)
        let isGreen = report.isGreen
        #expect(isGreen)
        #expect(report.tests.count == 1)
        #expect(report.leftOut == 2)
        #expect(report.summary().contains("2 left out"))
    }

    @Test func missingRulesAreUnreadable() {
        let report = Fixtures.play("- customer: 你好", load: { _ in nil })
        let isUnreadable = report.hasUnreadableInput
        #expect(isUnreadable)
        #expect(report.text().contains("a.test.yml:1:12: error KF211 can't read the rules"))
    }

    @Test func wrongRulesAreUnreadable() {
        let report = Fixtures.play("- customer: 你好") { path in
            RuleSource(path: path, text: "kf: 1\nbundle: 甲\naccounts: [a]\nruls: []\n")
        }
        let isUnreadable = report.hasUnreadableInput
        #expect(isUnreadable)
        #expect(report.text().contains("rules.kf.yml:4:1: error KF120"))
    }

    @Test func brokenYAMLIsUnreadable() {
        let file = RuleSource(path: "a.test.yml", text: "tests_for: [a\n")
        let report = ReplayRunner.run(files: [file], load: { _ in nil })
        let isUnreadable = report.hasUnreadableInput
        #expect(isUnreadable)
        #expect(report.tests.isEmpty)
    }

    /// Paths are seen from the test file; each is asked for once.
    @Test(arguments: [
        ("tests/a.test.yml", "../rules/b.kf.yml", "rules/b.kf.yml"),
        ("a.test.yml", "./b.kf.yml", "b.kf.yml"),
        ("a.test.yml", "../b.kf.yml", "../b.kf.yml"),
        ("/srv/tests/a.test.yml", "b.kf.yml", "/srv/tests/b.kf.yml"),
        ("tests/a.test.yml", "/srv/b.kf.yml", "/srv/b.kf.yml"),
        ("../x/a.test.yml", "../../b.kf.yml", "../../b.kf.yml"),
    ])
    func pathsAreRelativeToTheFile(file: String, path: String, expected: String) {
        let text = "tests_for: \(path)\ntests:\n  - { test: 一, steps: [] }\n"
        var asked: [String] = []
        _ = ReplayRunner.run(
            files: [RuleSource(path: file, text: text), RuleSource(path: file, text: text)],
            load: { path in
                asked.append(path)
                return nil
            })
        #expect(asked == [expected])
    }

    @Test func oneFileMayHoldSeveralDocuments() {
        let text = """
            tests_for: rules.kf.yml
            tests:
              - { test: 一, steps: [{ customer: 怎么退款 }, { expect: { rule: 退款 } }] }
            ---
            tests_for: rules.kf.yml
            tests:
              - { test: 二, steps: [{ customer: 怎么退款 }, { expect: { rule: 人工 } }] }
            """
        let report = ReplayRunner.run(
            files: [RuleSource(path: "a.test.yml", text: text)], load: Fixtures.golden)
        #expect(report.tests.map(\.hasPassed) == [true, false])
    }

    @Test func severalBundlesAreServedByAccount() {
        let other = """
            kf: 1
            bundle: 另一家
            accounts: [other]
            rules:
              - { rule: 另一家的退款, when: { says: 退款 }, reply: 不退。 }
            """
        let text = """
            tests_for: [rules.kf.yml, other.kf.yml]
            tests:
              - { test: 一, steps: [{ customer: 退款 }, { expect: { rule: 退款 } }] }
              - test: 二
                account: other
                steps: [{ customer: 退款 }, { expect: { rule: 另一家的退款 } }]
              - { test: 三, account: nowhere, steps: [] }
            """
        let report = ReplayRunner.run(files: [RuleSource(path: "a.test.yml", text: text)]) { path in
            path == "other.kf.yml" ? RuleSource(path: path, text: other) : Fixtures.golden(path)
        }
        #expect(report.tests.map(\.hasPassed) == [true, true])
        #expect(report.text().contains("no bundle of the rules serves 'nowhere'"))
    }

    /// Windows line ends and a byte-order mark change no place and no quotation.
    @Test func lineEndsDoNotMatter() throws {
        let file = try #require(Fixtures.golden("failing.test.yml"))
        let crlf = RuleSource(
            path: file.path, text: "\u{FEFF}" + file.text.replacing("\n", with: "\r\n"))
        let (plain, windows) = (
            ReplayRunner.run(files: [file], load: Fixtures.golden).text(),
            ReplayRunner.run(files: [crlf], load: Fixtures.golden).text()
        )
        #expect(plain == windows)
    }

    /// Examples are asked of rule files only, and only when they are wanted.
    @Test func examplesAreAsked() throws {
        let text = """
            kf: 1
            bundle: 甲
            accounts: [a]
            rules:
              - rule: 退款
                when: { says: 退款 }
                reply: 好。
                examples: [怎么退款, 我要退货]
                not_examples: [退款多久到账, 你好]
            """
        let files = [RuleSource(path: "a.kf.yml", text: text)]
        let unasked = ReplayRunner.run(files: files, load: { _ in nil })
        #expect(unasked.examples == 0)
        let report = ReplayRunner.run(
            files: files, options: .init(judgesExamples: true), load: { _ in nil })
        #expect(report.examples == 4)
        #expect(report.failedExamples == 2)
        let (isGreen, isUnreadable) = (report.isGreen, report.hasUnreadableInput)
        #expect(!isGreen)
        #expect(!isUnreadable)
        #expect(report.text().contains("4 examples: 2 passed, 2 failed"))
        #expect(report.text().contains("a.kf.yml:8:22: error KF304"))
        #expect(report.summary(.zh).hasPrefix("4 条例句 2 通过 2 失败 · 0 项测试"))
        #expect(report.junit.contains("name=\"2 examples\""))
        #expect(report.junit.contains("name=\"a.kf.yml:9:20\""))
        #expect(report.github().contains("::error file=a.kf.yml,line=9,col=20,title=KF302::"))
    }

    /// A part that bundles include has nothing to play by itself; the bundle plays with it.
    @Test func partsBelongToTheirBundles() throws {
        let bundle = RuleSource(
            path: "rules/a.kf.yml",
            text: """
                kf: 1
                bundle: 甲
                accounts: [a]
                include: parts/*.kf.yml
                rules:
                  - { rule: 没听懂, when: { no_match: true }, reply: 请换个说法。 }
                tests:
                  - test: 一
                    steps: [{ customer: 退款 }, { expect: { rule: 退款 } }]
                """)
        let part = RuleSource(
            path: "rules/parts/b.kf.yml",
            text: """
                rules:
                  - { rule: 退款, when: { says: 退款 }, reply: 好。, examples: [退款] }
                tests:
                  - test: 二
                    steps: [{ customer: 退款 }, { expect: { reply: 好。 } }]
                """)
        let report = ReplayRunner.run(
            files: [bundle, part], near: { $0 == bundle.path ? [part] : [] }, load: { _ in nil })
        let isGreen = report.isGreen
        #expect(isGreen, Comment(rawValue: report.text()))
        #expect(report.tests.map(\.name) == ["一", "二"])
    }

    /// Another order, drawn from the seed: nothing a test leaves behind reaches the next.
    @Test func shufflingIsReproducible() throws {
        let files = try Fixtures.conversations.prefix(6).map { try #require(Fixtures.load($0)) }
        func names(_ seed: UInt64) -> [String] {
            ReplayRunner.run(
                files: files, options: .init(seed: seed, isShuffled: true), load: Fixtures.load
            ).tests.map(\.name)
        }
        let inOrder = ReplayRunner.run(files: files, load: Fixtures.load).tests.map(\.name)
        #expect(names(1) == names(1))
        #expect(names(1) != inOrder)
        #expect(names(1) != names(2))
        #expect(Set(names(2)) == Set(inOrder))
    }

    /// What would pass whatever comes is refused.
    @Test(arguments: [
        ("- sends: text", "KF123 'sends' is for messages that aren't words"),
        ("- customer: { sends: text }", "KF123 'sends' is for messages that aren't words"),
        ("- expect: { nothing: false }", "KF123 'nothing: false' checks nothing"),
        ("- expect: { slot: {} }", "KF124 'slot' expects nothing"),
        ("- expect: { refused: {}, sent: 1 }", "KF124 'refused' expects nothing"),
        ("- expect: { customer: 甲 }", "KF121 'expect' expects nothing"),
        ("- expect: { with: { id: 1 } }", "KF121 'with' needs 'call:' beside it"),
        ("- expect: { not_rull: 退款 }", "did you mean 'not_rule'?"),
        ("- answers: {}", "KF121 'answers' names no call"),
        ("- answers: { 查询: timeout }", "KF123 '查询' is no call"),
        ("- answers: { 系统.查询: 已发货 }", "KF123 an answer is a map of fields"),
        ("- servicer: { zhangsan: sleeps }", "KF120 'servicer' has no 'zhangsan'"),
        ("- servicer: { zhangsan: picks up, lisi: stop }", "KF123 a step is one act"),
        ("- sends: { image: a, video: b }", "KF123 a message is of one kind"),
        ("- sends: { location: { name: 码头, latitude: 北 } }", "KF123 'latitude' takes a number"),
        ("- publish: nowhere.kf.yml", "KF211 can't read the rules 'nowhere.kf.yml'"),
        ("- recalls: m1", "did you mean 'recall'?"),
    ])
    func whatCannotFailIsRefused(steps: String, message: String) {
        let report = Fixtures.play("- customer: 怎么退款\n" + steps)
        let isUnreadable = report.hasUnreadableInput
        #expect(isUnreadable)
        #expect(report.text().contains(message), Comment(rawValue: report.text()))
    }
}
