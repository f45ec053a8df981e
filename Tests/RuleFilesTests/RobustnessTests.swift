import RuleEngine
import RuleFiles
import Testing

/// Files that no person wrote: they are refused or read, and nothing else.
@Suite struct RobustnessTests {
    private func load(_ body: String) -> LoadedRules {
        RuleFiles.load([RuleSource(path: "t.kf.yml", text: bundle(body))])
    }

    private let rule = "rules: [{ rule: 一, when: { no_match: true }, reply: 好 }]\n"

    @Test func aHundredMegabytesAreRefused() {
        let text = String(repeating: "a", count: 100 << 20)
        #expect(
            RuleFiles.load([RuleSource(path: "t.kf.yml", text: text)]).diagnostics.map(\.id)
                == [.fileTooLarge])
    }

    @Test func longChainsOfTexts() {
        for isForward in [true, false] {
            let numbers = isForward ? Array(1...5000) : (1...5000).reversed()
            let lines = numbers.map { "  t\($0): $(t\($0 - 1))\n" }.joined()
            let loaded = load("texts:\n  t0: 好\n\(lines)\(rule)")
            // Read in order each is one step; the other way it would be five thousand.
            #expect(loaded.diagnostics.allSatisfy { $0.id == .tooDeep })
            #expect(loaded.diagnostics.isEmpty == isForward)
        }
    }

    @Test func longChainsOfFlowsPoliciesAndLists() {
        let count = 3000
        let flows = (0..<count).map { "  f\($0): [{ start: f\(($0 + 1) % count) }]\n" }.joined()
        let policies = (0..<count).map {
            "  p\($0): { team: a, nobody: { handoff: p\(($0 + 1) % count) } }\n"
        }.joined()
        let lists = (0..<count).map { "  w\($0): [$(w\(($0 + 1) % count))]\n" }.joined()
        let loaded = load("flows:\n\(flows)handoff:\n\(policies)words:\n\(lists)\(rule)")
        let ids = Set(loaded.diagnostics.map(\.id))
        #expect(ids == [.flowCycle, .policyCycle, .tooDeep])
        #expect(loaded.diagnostics.filter { $0.id == .flowCycle }.count == 1)
        #expect(loaded.diagnostics.filter { $0.id == .policyCycle }.count == 1)
    }

    @Test func aBigTextIsNotWrittenOutAThousandTimes() {
        let big = String(repeating: "很长", count: 9000)
        let lines = (0..<3000).map { "  t\($0): $(big)$(big)\n" }.joined()
        let loaded = load("texts:\n  big: \(big)\n\(lines)\(rule)")
        #expect(loaded.diagnostics.contains { $0.id == .tooLong })
    }

    @Test func aBigListIsNotWrittenOutAThousandTimes() {
        let words = (0..<1000).map { "w\($0)" }.joined(separator: ", ")
        let uses = Array(repeating: "$(big)", count: 1000).joined(separator: ", ")
        let loaded = load(
            "words: { big: [\(words)] }\nrules:\n  - rule: 一\n    when: { says: [\(uses)] }\n"
                + "    reply: 好\n")
        #expect(loaded.diagnostics.contains { $0.id == .tooManyCombinations })
    }

    @Test(arguments: [
        "99999999999999999999", "-1", "1e400", "٣", "NaN", "0x10", "９", " ",
    ]) func hugeAndStrangeNumbers(_ number: String) {
        let loaded = load(
            """
            defaults: { budget_keep: "\(number)", idle: "\(number)d" }
            slots: { 号: { ask: 号？, tries: "\(number)", accept: { digits: "\(number)" } } }
            surveys: { 评: { items: { 1: 一 }, low: { at_most: "\(number)" } } }
            schedules: { 班: { weekly: "\(number):00-24:00", except: { "2026-01-\(number)": closed } } }
            rules: [{ rule: 一, when: { no_match: true }, if: { misses: "\(number)" }, reply: 好 }]
            """)
        #expect(loaded.hasErrors)
    }

    @Test func manySources() {
        let parts = (0..<1500).map {
            RuleSource(path: "p\($0).kf.yml", text: "include: p\($0 + 1).kf.yml\nowner: 甲\n")
        }
        let main = RuleSource(path: "a.kf.yml", text: bundle("include: p*.kf.yml\n\(rule)"))
        let loaded = RuleFiles.load([main] + parts)
        #expect(Set(loaded.diagnostics.map(\.id)).isSubset(of: [.tooDeep, .nothingIncluded]))
    }

    @Test func aLineOfPlaceholders() {
        let line = String(repeating: "$(好)", count: 20_000)
        let loaded = load("texts: { 好: a }\n\(rule)templates: { 长: \"\(line)\" }\n")
        #expect(loaded.report() == "")
        #expect(loaded.symbols.occurrences.count > 20_000)
    }

    @Test(arguments: [
        "include: [{}]", "include: {}", "faq: 一", "faq: [一]", "words: []", "words: { a: {} }",
        "defaults: []", "schedules: { a: [] }", "menus: { a: { items: [] } }", "slots: { a: b }",
        "notices: {}", "notices: [a]", "flows: { a: { steps: {} } }", "flows: { a: [[]] }",
        "handoff: { a: b }", "surveys: { a: { items: {}, low: [] } }", "tests: 好", "valid: []",
        "texts: { a: { zh: { en: b } } }", "templates: { a: { text: {} } }", "owner: {}",
        "flows: { a: [{ else: { reply: 好 } }] }", "flows: { a: [{ if: {}, reply: 好 }] }",
        "flows: { a: [{}] }", "handoff: { a: { overdue: [] } }", "defaults: { fold: {} }",
    ]) func wrongShapesAreFindings(_ section: String) {
        let loaded = load(section + "\n" + rule)
        let isFine = ["tests: 好"].contains(section)
        #expect(loaded.hasErrors == !isFine, "\(loaded.report())")
    }
}
