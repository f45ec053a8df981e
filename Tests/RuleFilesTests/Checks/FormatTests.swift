import Foundation
import RuleEngine
import RuleFiles
import Testing

/// What other programs read of a check.
@Suite struct FormatTests {
    private let diagnostics = [
        Diagnostic(
            .hijackedExample, at: SourcePlace(file: "rules/售后.kf.yml", line: 7, column: 16),
            length: 4, Bilingual(en: "100% hijacked:\nby 'x'", zh: "规则抢答，100%"),
            help: Bilingual(en: "cure", zh: "改一改"),
            notes: [Bilingual(en: "x → 72.5", zh: "x → 72.5 分")]),
        Diagnostic(
            .duplicateKeyword, at: SourcePlace(file: "rules/a,b:c.kf.yml", line: 3, column: 5),
            length: 2, Bilingual(en: "twice", zh: "重复"),
            fix: Fix(
                Bilingual(en: "take it out", zh: "去掉"),
                [
                    Fix.Edit(
                        at: SourcePlace(file: "rules/a,b:c.kf.yml", line: 3, column: 3), length: 4,
                        with: "")
                ])),
    ]

    private func object(_ text: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func sarifHasWhatTheStandardAsksFor() throws {
        let log = try object(
            DiagnosticFormats.sarif(diagnostics, language: .zh, version: "1.2.3"))
        #expect(log["version"] as? String == "2.1.0")
        #expect((log["$schema"] as? String)?.contains("sarif-2.1.0") == true)
        let runs = try #require(log["runs"] as? [[String: Any]])
        #expect(runs.count == 1)
        let tool = try #require(runs[0]["tool"] as? [String: Any])
        let driver = try #require(tool["driver"] as? [String: Any])
        #expect(driver["name"] as? String == "switchboard")
        #expect(driver["version"] as? String == "1.2.3")
        let rules = try #require(driver["rules"] as? [[String: Any]])
        #expect(rules.map { $0["id"] as? String } == ["KF225", "KF301"])
        for rule in rules {
            let id = try #require(rule["id"] as? String)
            #expect(rule["helpUri"] as? String == "docs/findings.md#\(id.lowercased())")
            for key in ["shortDescription", "fullDescription", "help"] {
                let text = (rule[key] as? [String: Any])?["text"] as? String
                #expect(text?.isEmpty == false)
            }
            let level = (rule["defaultConfiguration"] as? [String: Any])?["level"] as? String
            #expect(["error", "warning", "note", "none"].contains(level))
        }
        let results = try #require(runs[0]["results"] as? [[String: Any]])
        #expect(results.count == 2)
        for result in results {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
            #expect((result["message"] as? [String: Any])?["text"] is String)
            let location = try #require((result["locations"] as? [[String: Any]])?.first)
            let place = try #require(location["physicalLocation"] as? [String: Any])
            let uri = try #require(
                (place["artifactLocation"] as? [String: Any])?["uri"] as? String)
            #expect(uri.allSatisfy(\.isASCII) && !uri.contains(":") && !uri.contains(","))
            let region = try #require(place["region"] as? [String: Int])
            #expect(try #require(region["startLine"]) >= 1)
            #expect(try #require(region["startColumn"]) >= 1)
            #expect(try #require(region["endColumn"]) > (region["startColumn"] ?? 0))
        }
        let fix = try #require((results[1]["fixes"] as? [[String: Any]])?.first)
        let change = try #require((fix["artifactChanges"] as? [[String: Any]])?.first)
        let replacement = try #require((change["replacements"] as? [[String: Any]])?.first)
        #expect(replacement["deletedRegion"] as? [String: Int] != nil)
        #expect((replacement["insertedContent"] as? [String: String])?["text"] == "")
    }

    @Test func sarifOfNothingIsARunWithoutResults() throws {
        let log = try object(DiagnosticFormats.sarif([], language: .en, version: "1"))
        let run = try #require((log["runs"] as? [[String: Any]])?.first)
        #expect((run["results"] as? [Any])?.isEmpty == true)
    }

    @Test func workflowCommandsAreEscaped() {
        let text = DiagnosticFormats.github(diagnostics, language: .en)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines[0]
                == "::error file=rules/售后.kf.yml,line=7,col=16,endColumn=19,title=KF301 "
                + "Hijacked%3A another rule answers an example::100%25 hijacked:%0Aby 'x'%0A"
                + "x → 72.5%0Acure")
        #expect(lines[1].hasPrefix("::warning file=rules/a%2Cb%3Ac.kf.yml,line=3,"))
    }

    @Test func jsonHasEnglishKeysInEveryLanguage() throws {
        let text = try DiagnosticFormats.json(diagnostics, language: .zh)
        let list = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        #expect(
            Set(list[0].keys) == [
                "id", "severity", "place", "length", "message", "help", "notes", "url",
            ])
        #expect(list[0]["message"] as? String == "规则抢答，100%")
        #expect(list[0]["severity"] as? String == "error")
        let place = try #require(list[0]["place"] as? [String: Any])
        #expect(Set(place.keys) == ["file", "line", "column"])
        #expect((list[1]["fix"] as? [String: Any])?["title"] as? String == "去掉")
        #expect(try DiagnosticFormats.json([], language: .zh) == "[]")
    }

    @Test func theSummaryIsOneLine() {
        let loaded = check(smallFile)
        let summary = CheckSummary(loaded)
        #expect(
            summary.line(.zh, seconds: 0.064)
                == "检查 1 个文件 · 5 条规则 · 7 条例句   0 错误 0 提醒   0.06 秒")
        #expect(
            summary.line(.en, seconds: 1.005)
                == "checked 1 file · 5 rules · 7 examples   0 errors, 0 warnings   1.00 s")
        let broken = CheckSummary(check("kf: 1\n"))
        #expect(broken.line(.zh, seconds: 0) == "检查 1 个文件   3 错误 0 提醒   0.00 秒")
    }

    // MARK: Fixes

    private func mended(_ text: String) -> (text: String, ids: [DiagnosticID])? {
        let loaded = check(text)
        return RuleFixes.apply(loaded.diagnostics, to: loaded.sources).first.map {
            ($0.source.text, $0.mended.map(\.id))
        }
    }

    @Test func aSecondKeywordIsTakenOutWithItsComma() throws {
        let text = bundle(
            """
            rules:
              - rule: 退货
                when: { says: [退货, 退款, 退貨 , 退款] }   # 两个
                reply: 好
                examples: [我要退货]
              - rule: 没听懂
                when: { no_match: true }
                reply: 好

            """)
        let fixed = try #require(mended(text))
        #expect(fixed.ids == [.duplicateKeyword, .duplicateKeyword])
        #expect(fixed.text == text.replacing("[退货, 退款, 退貨 , 退款]", with: "[退货, 退款 ]"))
        #expect(!findings(fixed.text).contains(.duplicateKeyword))
    }

    @Test func aShortKeywordBecomesExactWhereThatLosesNothing() throws {
        let text = bundle(
            """
            rules:
              - rule: 人工
                when: { says: [人工, 转人工] }
                handoff: { to: pool }
                examples: [人工]
            """)
        let fixed = try #require(mended(text))
        #expect(fixed.text.contains("when: { says_exactly: [人工, 转人工] }"))
        #expect(!findings(fixed.text).contains(.shortKeyword))
        #expect(!findings(fixed.text).contains(.unheardExample))
        let wanted = text.replacing("examples: [人工]", with: "examples: [我要人工]")
        #expect(mended(wanted)?.text.contains("says_exactly") != true)
    }

    @Test func fixesKeepMarksAndLineEnds() throws {
        let place = SourcePlace(file: "a", line: 2, column: 2)
        let finding = Diagnostic(
            .duplicateKeyword, at: place, Bilingual("x"),
            fix: Fix(Bilingual("x"), [Fix.Edit(at: place, length: 1, with: "é")]))
        let source = RuleSource(path: "a", text: "\u{FEFF}一\r\n二三四\r\n")
        let fixed = try #require(RuleFixes.apply([finding], to: [source]).first)
        #expect(fixed.source.text == "\u{FEFF}一\r\n二é四\r\n")
        #expect(RuleFixes.apply([finding], to: [RuleSource(path: "b", text: "")]).isEmpty)
    }
}
