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
            files: [file], load: Fixtures.golden, filter: { $0.contains("对的") })
        let isGreen = report.isGreen
        #expect(isGreen)
        #expect(report.tests.count == 1)
        #expect(report.leftOut == 2)
        #expect(report.summary.contains("2 left out"))
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
}
