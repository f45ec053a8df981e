import RuleEngine
import RuleFiles
import Testing

@Suite struct UnifiedDiffTests {
    @Test func showsWhatDiffShows() {
        let old = (1...20).map { "行\($0)\n" }.joined()
        let new = old.replacing("行3\n", with: "三\n").replacing("行18\n", with: "")
        #expect(
            UnifiedDiff.text(from: old, to: new, path: "a.kf.yml") == """
                --- a.kf.yml
                +++ a.kf.yml
                @@ -1,6 +1,6 @@
                 行1
                 行2
                -行3
                +三
                 行4
                 行5
                 行6
                @@ -15,6 +15,5 @@
                 行15
                 行16
                 行17
                -行18
                 行19
                 行20

                """)
        #expect(UnifiedDiff.text(from: old, to: old, path: "a") == "")
    }

    @Test func saysWhereALineEndIsMissing() {
        #expect(
            UnifiedDiff.text(from: "a", to: "a\n", path: "x")
                == "--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
        #expect(
            UnifiedDiff.text(from: "", to: "a\n", path: "x") == "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n")
    }

    @Test func nearChangesShareAHunk() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"
        let near = UnifiedDiff.text(from: old, to: "A\nb\nc\nd\ne\nf\ng\nH\ni\nj\n", path: "x")
        #expect(near.components("@@ -").count == 2)
        let far = UnifiedDiff.text(from: old, to: "A\nb\nc\nd\ne\nf\ng\nh\nI\nj\n", path: "x")
        #expect(far.components("@@ -").count == 3)
    }

    @Test func largeDifferencesAreShownAsAWhole() {
        let old = (0..<5000).map { "a\($0)\n" }.joined()
        let new = (0..<5000).map { "b\($0)\n" }.joined()
        let text = UnifiedDiff.text(from: old, to: new, path: "x")
        #expect(text.hasPrefix("--- x\n+++ x\n@@ -1,5000 +1,5000 @@\n-a0\n-a1\n"))
    }

    // MARK: Formats

    @Test func formatsAreToldApart() {
        func outcome(_ text: String) -> FormatUpgrade.Outcome {
            let (same, outcome) = FormatUpgrade.upgrade(RuleSource(path: "x.kf.yml", text: text))
            #expect(same == text)
            return outcome
        }
        #expect(outcome("kf: 1\nbundle: a\n") == .newest)
        #expect(outcome("格式: 1\n") == .newest)
        #expect(outcome("tests_for: a.kf.yml\n") == .withoutFormat)
        #expect(
            outcome("# x\nkf: 2\n")
                == .unknown("2", SourcePlace(file: "x.kf.yml", line: 2, column: 5)))
        #expect(outcome("kf: [\n") == .unreadable)
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
