import Foundation
import RuleEngine
import RuleFiles

/// What `check --fix` does: mends rule files on disk and says on standard error what it changed.
struct RuleMending {
    let options: CheckOptions
    let language: MessageLanguage

    /// A fix may bring another to light; more rounds than this and something goes in a circle.
    private static let mostRounds = 5

    /// The sources as they are after mending.
    func mend(_ sources: [RuleSource]) throws -> [RuleSource] {
        var sources = try sources.map(repaired)
        for _ in 0..<Self.mostRounds {
            let loaded = RuleFiles.check(RuleFiles.load(sources), options)
            let fixed = RuleFixes.apply(loaded.diagnostics, to: sources)
            if fixed.isEmpty { break }
            for file in fixed {
                try write(file.source)
                for diagnostic in file.mended {
                    guard let title = diagnostic.fix?.title else { continue }
                    announce(diagnostic.place, diagnostic.id, title)
                }
                sources = sources.map { $0.path == file.source.path ? file.source : $0 }
            }
        }
        return sources
    }

    /// A rule file with its syntax as an input method should have written it.
    private func repaired(_ source: RuleSource) throws -> RuleSource {
        guard source.path.hasSuffix(".kf.yml") else { return source }
        let (text, repairs) = RuleRepair.repair(source)
        guard !repairs.isEmpty else { return source }
        let repaired = RuleSource(path: source.path, text: text)
        try write(repaired)
        for repair in repairs {
            announce(repair.place, repair.id, repair.kind.phrase)
        }
        return repaired
    }

    private func write(_ source: RuleSource) throws {
        do {
            try Data(source.text.utf8).write(to: URL(filePath: source.path))
        } catch {
            throw CommandFailure.unwritable(source.path)
        }
    }

    private func announce(_ place: SourcePlace, _ id: DiagnosticID, _ what: Bilingual) {
        let fixed = Bilingual(en: ": fixed", zh: " 已修改")
        Terminal.standardError("\(place)\(fixed[language]) \(id.rawValue) \(what[language])")
    }
}
