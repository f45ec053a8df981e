import Foundation
import Replay
import RuleFiles
import Testing

/// What coverage counts, and what it leaves out.
@Suite struct CoverageTests {
    /// Plays steps against the golden rules of the whole language and names what they left out.
    private static func cover(
        _ steps: [String], examples: Bool = false
    ) throws -> CoverageReport {
        var text = "tests_for: rich.kf.yml\ntests:\n"
        for (number, steps) in steps.enumerated() {
            text += "  - test: 第 \(number) 项\n    steps:\n"
            text += steps.split(separator: "\n").map { "      " + $0 + "\n" }.joined()
        }
        if steps.isEmpty { text += "  - { test: 空, steps: [] }\n" }
        var files = [RuleSource(path: "a.test.yml", text: text)]
        if examples { files.append(try #require(Fixtures.golden("rich.kf.yml"))) }
        let report = ReplayRunner.run(
            files: files, options: .init(judgesExamples: examples, countsCoverage: true),
            load: Fixtures.golden)
        let isGreen = report.isGreen
        #expect(isGreen, Comment(rawValue: report.text()))
        return try #require(report.coverage)
    }

    private static func names(
        _ coverage: CoverageReport, _ kind: CoverageReport.Kind
    ) -> [String] { coverage.uncovered.filter { $0.kind == kind }.map(\.name) }

    @Test func nothingIsCoveredByNothing() throws {
        let coverage = try Self.cover([])
        #expect(coverage.percent == 0)
        #expect(coverage.count(.rule) == (0, 10))
        // A click is counted as the item it is; all wordings of a question are one.
        #expect(coverage.count(.trigger) == (0, 11))
        #expect(coverage.count(.item) == (0, 4))
        #expect(coverage.count(.step) == (0, 15))
        #expect(coverage.count(.policy) == (0, 7))
        #expect(coverage.count(.state) == (0, 4))
        #expect(coverage.uncovered.count == coverage.points.count)
    }

    @Test func examplesCoverRulesAndTheirTriggers() throws {
        let coverage = try Self.cover([], examples: true)
        #expect(Self.names(coverage, .rule) == ["欢迎", "图片", "没听懂"])
        #expect(
            Self.names(coverage, .trigger)
                == [
                    "欢迎 event enter_session", "图片 sends image", "图片 sends location",
                    "没听懂 no_match",
                ])
        #expect(coverage.count(.item).covered == 0)
        #expect(coverage.count(.state).covered == 0)
    }

    @Test func tapsCoverItems() throws {
        let coverage = try Self.cover([
            "- enters\n- clicks: 主菜单.退款\n- expect: { rule: 退款 }",
            "- customer: 人工\n- ends\n- clicks: 满意度.1\n- expect: { tag: 差评 }",
        ])
        #expect(Self.names(coverage, .item) == ["主菜单.订单", "满意度.5"])
        #expect(!Self.names(coverage, .rule).contains("退款"))
        #expect(Self.names(coverage, .trigger).contains("退款 says 退款"))
    }

    /// The ways through a flow are counted one by one.
    @Test func flowsAreCoveredBranchByBranch() throws {
        let straight =
            "- answers: { 订单系统.查询: { 状态: 已发货 } }\n- customer: 订单 202603010001\n- expect: { flow: none }"
        #expect(
            Self.names(try Self.cover([straight]), .step)
                == [
                    "查订单 ask 订单号: else", "查订单 ask 订单号: retry", "查订单 handoff",
                    "查订单 call 订单系统.查询: failed", "查订单 reply", "查订单 if: else",
                    "查订单 reply", "选类型 ask 类型: answered", "选类型 ask 类型: else",
                    "选类型 ask 类型: retry", "选类型 reply",
                ])
        let others = [
            straight, "- customer: 我的订单\n- customer: 一\n- customer: 二\n- expect: { state: human }",
            "- answers: { 订单系统.查询: timeout }\n- customer: 订单 202603010001\n- expect: { sent: 1 }",
            "- answers: { 订单系统.查询: { 状态: 备货 } }\n- customer: 订单 202603010001\n- expect: { sent: 1 }",
        ]
        #expect(
            Self.names(try Self.cover(others), .step)
                == [
                    "选类型 ask 类型: answered", "选类型 ask 类型: else", "选类型 ask 类型: retry",
                    "选类型 reply",
                ])
    }

    @Test func policiesAreCoveredBranchByBranch() throws {
        let coverage = try Self.cover([
            "- customer: 人工\n- wait: 6m\n- expect: { servicer: wangwu }\n- ends\n"
                + "- customer: 人工\n- expect: { state: human }",
            "- servicer: { all: stop }\n- customer: 我要投诉\n- expect: { state: pool }",
        ])
        #expect(Self.names(coverage, .policy) == ["售后: prefer", "主管: to"])
        #expect(Self.names(coverage, .state) == [])
    }

    /// Two versions of the rules are counted each for itself.
    @Test func publishedRulesCount() throws {
        let coverage = try Self.cover([
            "- customer: 怎么退款\n- publish: rich-2.kf.yml\n- customer: 我的订单\n"
                + "- expect: { rule: 新订单 }"
        ])
        let second = coverage.uncovered.filter {
            $0.kind == .rule && "\($0.place)".hasPrefix("rich-2")
        }
        #expect(second.map(\.name) == ["退款"])
        #expect(!Self.names(coverage, .rule).contains("新订单"))
    }

    @Test func theReportNamesPlaces() throws {
        let coverage = try Self.cover([
            "- enters\n- clicks: 主菜单.退款\n- expect: { rule: 退款 }"
        ])
        let text = coverage.text(showsAllUncovered: true)
        #expect(text.contains("rules            2/10\n"))
        #expect(text.contains("rich.kf.yml:6  menu item 「主菜单.订单」\n"))
        #expect(text.hasSuffix("\(coverage.percent) % covered\n"))
        let few = coverage.text(language: .zh)
        #expect(few.contains("未覆盖 rich.kf.yml:"))
        #expect(few.contains("…（--full）"))
        let json = try JSONSerialization.jsonObject(with: Data(coverage.json.utf8))
        let object = try #require(json as? [String: Any])
        #expect(object["percent"] as? Double == coverage.percent)
        let kinds = try #require(object["kinds"] as? [String: [String: Int]])
        #expect(kinds["rule"] == ["covered": 2, "all": 10])
        let uncovered = try #require(object["uncovered"] as? [[String: Any]])
        #expect(uncovered.count == coverage.uncovered.count)
        #expect(uncovered.first?["file"] as? String == "rich.kf.yml")
    }
}
