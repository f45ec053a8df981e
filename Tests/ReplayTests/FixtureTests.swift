import Replay
import RuleFiles
import Testing

/// Every conversation in the repository comes out as it says.
@Suite struct FixtureTests {
    @Test(arguments: Fixtures.conversations)
    func plays(path: String) throws {
        let file = try #require(Fixtures.load(path))
        let report = ReplayRunner.run(files: [file], load: Fixtures.load)
        // Plain values, or a failure would print the whole report as Swift has it.
        let (isGreen, count) = (report.isGreen, report.tests.count)
        #expect(isGreen, Comment(rawValue: report.text(.init(showsPassed: false))))
        #expect(count > 0)
    }

    /// Rule files among them keep the promises they make themselves: inline tests and examples.
    @Test(arguments: Fixtures.rules) func promisesHold(path: String) throws {
        let file = try #require(Fixtures.load(path))
        let report = ReplayRunner.run(
            files: [file], options: .init(judgesExamples: true), load: Fixtures.load)
        let (isGreen, count) = (report.isGreen, report.tests.count + report.examples)
        #expect(isGreen, Comment(rawValue: report.text(.init(showsPassed: false))))
        #expect(count > 0)
    }

    /// `fmt --keys zh` leaves tests that are still read, and still pass.
    @Test(arguments: Fixtures.conversations)
    func playsWithChineseKeys(path: String) throws {
        let file = try #require(Fixtures.load(path))
        let chinese = RuleFormatter.format(file, keys: .zh)
        let isTranslated = chinese.text.contains("测试对象:")
        #expect(isTranslated)
        let report = ReplayRunner.run(
            files: [RuleSource(path: path, text: chinese.text)], load: Fixtures.load)
        let (isGreen, count) = (report.isGreen, report.tests.count)
        #expect(isGreen, Comment(rawValue: report.text(.init(showsPassed: false))))
        #expect(count > 0)
    }

    /// What people learn from is written the way `fmt` writes it.
    @Test(arguments: Fixtures.written) func isFormatted(path: String) throws {
        let file = try #require(Fixtures.load(path))
        let isCanonical = RuleFormatter.format(file).text == file.text
        #expect(isCanonical, "run 'switchboard fmt \(path)'")
    }

    /// A part of a bundle has nothing to play, whichever of the keys it begins with.
    @Test(arguments: ["faq: [{ ask: 一, reply: 二 }]", "texts: { 一: 二 }", "rules: []"])
    func partsAreNoTests(text: String) {
        let report = ReplayRunner.run(files: [RuleSource(path: "a.kf.yml", text: text)]) { _ in nil
        }
        let (isGreen, count) = (report.isGreen, report.tests.count)
        #expect(isGreen)
        #expect(count == 0)
    }

    @Test func thereAreMany() {
        #expect(Fixtures.conversations.count >= 25)
    }

    /// Nothing but the file decides what happens, to the byte.
    @Test func seedsReproduce() throws {
        let files = try Fixtures.conversations.map { try #require(Fixtures.load($0)) }
        let first = ReplayRunner.run(files: files, load: Fixtures.load)
        let second = ReplayRunner.run(files: files.reversed(), load: Fixtures.load)
        let text = first.text(.init(showsTimelines: true))
        let areSame =
            text
            == ReplayRunner.run(files: files, load: Fixtures.load)
            .text(.init(showsTimelines: true))
        #expect(areSame)
        // Nor does what was played before.
        let timelines = Set(first.tests.map(\.timeline))
        let areSameReversed = timelines == Set(second.tests.map(\.timeline))
        #expect(areSameReversed)
    }

    /// Chance is drawn from the seed, and from nothing else.
    @Test func anotherSeedIsAnotherRun() throws {
        let path = "fixtures/conversations/platform/busy.test.yml"
        let file = try #require(Fixtures.load(path))
        func text(_ seed: UInt64) -> String {
            ReplayRunner.run(files: [file], options: .init(seed: seed), load: Fixtures.load)
                .text(.init(showsTimelines: true))
        }
        let (one, another, oneAgain) = (text(41), text(42), text(41))
        #expect(one == oneAgain)
        #expect(one != another)
    }
}
