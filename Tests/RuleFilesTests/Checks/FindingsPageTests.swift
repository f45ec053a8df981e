import Foundation
import RuleFiles
import Testing

/// Every finding is explained in `docs/findings.md`, and what stands there is true.
@Suite struct FindingsPageTests {
    private static let sections = (try? FindingsPage().sections) ?? []
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Golden/Findings").standardized

    /// Files too big for a page: `YAMLTests` makes them.
    private static let unshown: Set<DiagnosticID> = [.fileTooLarge, .tooManyNodes]

    @Test func everyFindingHasASection() {
        #expect(Self.sections.map(\.id) == DiagnosticID.allCases.map(\.rawValue).sorted())
        let shown = Set(Self.sections.filter { $0.snippet != nil }.map(\.id))
        let wanted = Set(DiagnosticID.allCases).subtracting(Self.unshown)
        #expect(wanted.map(\.rawValue).filter { !shown.contains($0) }.sorted() == [])
    }

    @Test(arguments: DiagnosticID.allCases) func theSectionSaysWhatTheProgramSays(
        _ id: DiagnosticID
    ) throws {
        let section = try #require(Self.sections.first { $0.id == id.rawValue })
        let severity = id.severity == .error ? "错误 error" : "提醒 warning"
        #expect(section.heading == "**\(id.title.zh)** · \(id.title.en) · \(severity)")
        #expect(section.text.contains("改法：") && section.text.contains("Cure: "))
        #expect(id.anchor == "docs/findings.md#\(id.rawValue.lowercased())")
    }

    /// The snippet gives the finding, and the report reads as expected in both languages.
    ///
    /// After a wanted change run with `UPDATE_GOLDEN=1` and read the difference.
    @Test(arguments: sections.filter { $0.snippet != nil }.map(\.id)) func theSnippetGivesIt(
        _ id: String
    ) throws {
        let section = try #require(Self.sections.first { $0.id == id })
        let found = section.found
        #expect(!found.isEmpty, "\(section.checked.report())")
        let report = MessageLanguage.allCases.map { language in
            DiagnosticRenderer(sources: section.sources, language: language).text(found)
        }.joined(separator: "\n")
        let file = Self.golden.appending(path: "\(id).txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: Self.golden, withIntermediateDirectories: true)
            try report.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try report == String(contentsOf: file, encoding: .utf8))
    }

    @Test func chineseReportsAreChinese() {
        for section in Self.sections {
            for diagnostic in section.found {
                #expect(
                    diagnostic.message.zh.unicodeScalars.contains { $0.value >= 0x4E00 },
                    "\(diagnostic.id): \(diagnostic.message.zh)")
                #expect(diagnostic.message.en != diagnostic.message.zh)
            }
        }
    }
}

extension FindingsPage.Section: CustomStringConvertible, CustomTestStringConvertible {
    var description: String { id }
    var testDescription: String { id }
}
