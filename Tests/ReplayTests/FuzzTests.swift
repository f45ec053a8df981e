import ChatModel
import Foundation
import Replay
import RuleEngine
import RuleFiles
import Testing

/// Spoiled files are read or refused; whatever is read can be checked, written, asked and played.
///
/// `FUZZ_SECONDS=600 swift test --filter FuzzTests` looks for longer, from `FUZZ_SEED` on, and
/// names the slowest file: that is how a blow-up is found, which no test of a few files shows.
@Suite struct FuzzTests {
    /// Rule files thrice, since there are fewer of them than of test files.
    private static let corpus = Fixtures.written.flatMap {
        Array(repeating: $0, count: $0.hasSuffix(".kf.yml") ? 3 : 1)
    }.compactMap { Fixtures.load($0) }

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test func spoiledFilesDoNoHarm() async throws {
        #expect(Self.corpus.count > 30)
        let end = Self.setting("FUZZ_SECONDS").map { ContinuousClock.now + .seconds($0) }
        var seed = UInt64(Self.setting("FUZZ_SEED") ?? 1)
        var tally = Tally()
        var count = 0
        while end.map({ ContinuousClock.now < $0 }) ?? (count < 60) {
            var mutation = Mutation(seed: seed, corpus: Self.corpus)
            let source = mutation.file()
            if Self.setting("FUZZ_SHOW") != nil { print(source.text) }
            let start = ContinuousClock.now
            try Self.exercise(source, &mutation, seed: seed, &tally)
            let took = ContinuousClock.now - start
            if took > tally.slowest.took { tally.slowest = (took, seed, source.text.utf8.count) }
            seed += 1
            count += 1
            // Other tests wait for these threads.
            await Task.yield()
        }
        // Spoiling must not go so far that nothing behind the parser is reached.
        #expect(tally.parsed > count / 4)
        #expect(tally.loaded > 0)
        #expect(tally.played > 0)
        if end != nil { print("\(count) files, \(tally)") }
    }

    /// How far files came.
    private struct Tally {
        var parsed = 0
        var loaded = 0
        var played = 0
        var slowest: (took: Duration, seed: UInt64, bytes: Int) = (.zero, 0, 0)
    }

    private static func exercise(
        _ source: RuleSource, _ mutation: inout Mutation, seed: UInt64, _ tally: inout Tally
    ) throws {
        format(source, seed: seed, &tally)
        let repaired = RuleFormatter.format(
            RuleSource(path: source.path, text: RuleRepair.repair(source).text))
        #expect(repaired.refusal == nil, "seed \(seed): repaired")
        let loaded = RuleFiles.check(
            RuleFiles.load([source]),
            CheckOptions(at: .init(seconds: 1_790_000_000), isThorough: true))
        for language in [MessageLanguage.en, .zh] {
            _ = loaded.report(language: language, usesColor: true)
            _ = try DiagnosticFormats.json(loaded.diagnostics, language: language)
            _ = DiagnosticFormats.github(loaded.diagnostics, language: language)
        }
        if let definition = loaded.definition {
            tally.loaded += 1
            // What was loaded without an error compiles, always.
            ask(try RuleSet(definition), about: source.text, &mutation)
        }
        let report = ReplayRunner.run(files: [source], options: .init(judgesExamples: true)) {
            $0 == source.path ? source : Fixtures.load($0)
        }
        _ = report.text(.init(showsTimelines: true))
        if !report.tests.isEmpty { tally.played += 1 }
        _ = RuleFiles.questions(ofSheet: RuleSource(path: "a.csv", text: source.text))
    }

    private static func format(_ source: RuleSource, seed: UInt64, _ tally: inout Tally) {
        let once = RuleFormatter.format(source)
        #expect(once.refusal == nil, "seed \(seed) would mean something else")
        guard once.isFormatted else { return }
        tally.parsed += 1
        let twice = RuleFormatter.format(RuleSource(path: source.path, text: once.text))
        #expect(twice.text == once.text, "seed \(seed) is formatted otherwise a second time")
        for keys in [KeyVocabulary.Language.zh, .en] {
            let renamed = RuleFormatter.format(source, keys: keys)
            #expect(renamed.refusal == nil, "seed \(seed) in other keys")
        }
    }

    private static func ask(_ rules: RuleSet, about text: String, _ mutation: inout Mutation) {
        let lines = text.split(whereSeparator: \.isNewline)
        for bundle in rules.bundles {
            for _ in 0..<20 where !lines.isEmpty {
                let question = String(mutation.pick(lines).suffix(4000))
                let facts = Facts(
                    scene: question, state: mutation.below(5), misses: mutation.below(4),
                    now: Timestamp(seconds: Int64(mutation.below(4_000_000_000))))
                let stimulus = Stimulus.text(question, menuItem: nil)
                let decision = bundle.decision(for: stimulus, facts: facts)
                // The explanation is of this very decision.
                let explanation = bundle.explanation(of: stimulus, facts: facts)
                if case .rule(let verdict) = decision {
                    #expect(explanation.contenders.contains { $0.rule == verdict.rule })
                }
            }
        }
    }
}
