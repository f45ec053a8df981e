import Foundation
import RuleFiles
import Testing

/// Every `Golden/*.kf.yml` is a wrong file; beside it stands what `check` must print.
///
/// After a wanted change run the tests with `UPDATE_GOLDEN=1` and read the difference.
@Suite struct GoldenTests {
    static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    }

    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).filter { $0.hasSuffix(".kf.yml") }.map {
            String($0.dropLast(".kf.yml".count))
        }.sorted()
    }()

    /// The files of a case: one, or all documents of it where it ends in `-files`, each named by
    /// the comment that begins it.
    private func checked(_ name: String) throws -> LoadedRules {
        let text = try String(
            contentsOf: Self.folder.appending(path: "\(name).kf.yml"), encoding: .utf8)
        var sources = [RuleSource(path: "\(name).kf.yml", text: text)]
        if name.hasSuffix("-files") {
            sources = text.components(separatedBy: "# file: ").dropFirst().map { part in
                let lines = part.split(separator: "\n", maxSplits: 1)
                return RuleSource(path: String(lines[0]), text: String(lines[1]))
            }
        }
        return RuleFiles.check(RuleFiles.load(sources))
    }

    @Test(arguments: names, MessageLanguage.allCases) func printsWhatIsExpected(
        _ name: String, _ language: MessageLanguage
    ) throws {
        let report = try checked(name).report(language: language)
        let expected = Self.folder.appending(
            path: language == .en ? "\(name).expected.txt" : "\(name).expected.zh.txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try report.write(to: expected, atomically: true, encoding: .utf8)
        }
        #expect(try report == String(contentsOf: expected, encoding: .utf8))
        #expect(!report.isEmpty)
    }

    @Test func everyDiagnosticIsShown() throws {
        var seen: Set<DiagnosticID> = []
        for name in Self.names { seen.formUnion(try checked(name).diagnostics.map(\.id)) }
        // What only a date or a longer look finds is shown on the page of findings.
        for section in try FindingsPage().sections { seen.formUnion(section.found.map(\.id)) }
        // Too big for a file of this repository: `YAMLTests` makes them.
        seen.formUnion([.fileTooLarge, .tooManyNodes])
        #expect(Set(DiagnosticID.allCases).subtracting(seen) == [])
        #expect(Self.names.count >= 30)
    }

    @Test(arguments: names) func everyFindingIsInBothLanguages(_ name: String) throws {
        func isChinese(_ text: String) -> Bool { text.contains { ("一"..."龥").contains($0) } }
        for finding in try checked(name).diagnostics {
            #expect(finding.message.en != finding.message.zh)
            #expect(isChinese(finding.message.zh), "\(finding.message.zh)")
            if let help = finding.help { #expect(help.en != help.zh, "\(help.en)") }
        }
    }
}
