import ChatModel
import RuleEngine
import Testing

@Suite("Compiling rule sets")
struct RuleSetTests {
    private func error(_ trigger: Trigger) -> RuleSetError? {
        do {
            _ = try bundle(rule("好的", .says("好")), rule("坏的", .says("好"), trigger))
            return nil
        } catch let error as RuleSetError {
            return error
        } catch {
            return nil
        }
    }

    @Test(
        "names rule, place and cause of a regular expression that cannot be used",
        arguments: [
            ("(", "missing )"), ("a(?=b)", "(?="), (#"(a)\1"#, #"\1"#), ("a{1001}", "1001"),
            (String(repeating: "a", count: 1001), "1001 bytes"),
            ("((a{100}){100}){100}", "invalid repetition size"),
        ])
    func badExpression(pattern: String, reason: String) {
        let error = error(.matches(pattern))
        #expect(error?.rule == "坏的")
        #expect(error?.trigger == 1)
        #expect(error?.place == SourcePlace(file: "shop.kf.yml", line: 7, column: 5))
        #expect(error?.description.hasPrefix("shop.kf.yml:7:5: rule '坏的': ") == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "no error")")
    }

    @Test(
        "refuses words that folding leaves nothing of",
        arguments: [Trigger.says("？！"), .saysExactly(" "), .startsWith("👍"), .says("")])
    func nothingToHear(trigger: Trigger) {
        guard case .nothingToHear = error(trigger)?.cause else {
            Issue.record("accepted")
            return
        }
    }

    @Test("refuses two bundles for one account")
    func accountServedTwice() {
        let bundles = ["甲", "乙"].map {
            BundleDefinition(name: $0, accounts: ["shop"], menus: [], rules: [])
        }
        let error = #expect(throws: RuleSetError.self) {
            try RuleSet(RuleSetDefinition(bundles: bundles))
        }
        #expect(error?.cause == .accountServedTwice("shop"))
        #expect(error?.bundle == "乙")
    }

    @Test("finds bundles by the accounts they serve")
    func serving() throws {
        let ruleSet = try RuleSet(
            RuleSetDefinition(bundles: [
                BundleDefinition(name: "甲", accounts: ["a", "b"], menus: [], rules: []),
                BundleDefinition(name: "乙", accounts: ["c"], menus: [], rules: []),
            ]))
        #expect(ruleSet.bundle(serving: "b")?.definition.name == "甲")
        #expect(ruleSet.bundle(serving: "c")?.definition.name == "乙")
        #expect(ruleSet.bundle(serving: "d") == nil)
        #expect(ruleSet.bundle(serving: "c")?.winner("你好") == "nobody")
    }

    @Test(
        "patterns that hang backtracking engines answer",
        arguments: ["(a+)+$", "^(a+)+$", "(a|aa)+$", "(.*a){12}b", "(x+x+)+y", "((a*)*)*c"])
    func catastrophicPatterns(pattern: String) throws {
        let bundle = try bundle(rule("规则", .matches(pattern)), rule("没听懂", .noMatch))
        #expect(bundle.winner(String(repeating: "a", count: 50_000) + "!") == "没听懂 0.0")
    }

    @Test("one megabyte of text is matched whole")
    func longText() throws {
        let bundle = try bundle(
            rule("退", .says("退"), .says("退款"), .says("退款退款"), .matches("退款$")),
            rule("始", .startsWith("退款退")), rule("没", .says("没有")))
        let text = String(repeating: "退款", count: 175_000)
        #expect(bundle.winner(text) == "退 80.0")
        let explanation = bundle.explanation(of: .text(text, menuItem: nil), facts: Facts())
        #expect(explanation.contenders.map(\.hits.count) == [100, 1])
        #expect(explanation.contenders.first?.coverage?.matched == 350_000)
    }

    @Test("every kind of text is answered without a crash")
    func oddTexts() throws {
        let bundle = try bundle(
            rule("退", .says("退款"), .matches(#"\C\C"#), .matches("\u{0}")), rule("没听懂", .noMatch))
        for text in [
            "", "\u{0}", "a\u{0}b", "👍", "👍👨‍👩‍👧❤️", "\u{FEFF}", "\u{FDFA}", "e\u{301}", "\r\n",
        ] {
            let stimulus = Stimulus.text(text, menuItem: nil)
            let verdict = bundle.verdict(for: stimulus, facts: Facts())
            #expect(verdict != nil)
            #expect(bundle.explanation(of: stimulus, facts: Facts()).verdict == verdict)
        }
    }
}
