import RuleEngine
import RuleFiles

extension ReplayReport {
    /// The report for a terminal; ends with one line that sums up.
    ///
    /// - Parameters:
    ///   - usesColor: Whether to colour with ANSI escapes.
    ///   - showsPassed: Whether to list the tests that passed.
    ///   - showsTimelines: Whether to tell what happened in them too; of those that failed it
    ///     always does.
    package func text(
        usesColor: Bool = false, showsPassed: Bool = true, showsTimelines: Bool = false
    ) -> String {
        let paint = Paint(isOn: usesColor)
        let isQuoting = files.contains { !$0.diagnostics.isEmpty }
        let renderer = DiagnosticRenderer(
            sources: isQuoting ? sources : [], usesColor: usesColor)
        var text = ""
        for file in files {
            let tests = file.tests.filter { showsPassed || !$0.hasPassed }
            if tests.isEmpty, file.diagnostics.isEmpty { continue }
            text += file.path + "\n"
            text += renderer.text(file.diagnostics)
            for test in tests { text += self.text(of: test, paint, showsTimelines: showsTimelines) }
        }
        return text + summary + "\n"
    }

    /// `40 tests: 39 passed, 1 failed · 171 steps · 2 files`.
    package var summary: String {
        let tests = tests
        var parts = [
            Self.counted(tests.count, "test")
                + ": \(tests.count - failed) passed, \(failed) failed",
            Self.counted(tests.reduce(0) { $0 + $1.steps }, "step"),
            Self.counted(files.count, "file"),
        ]
        if leftOut > 0 { parts.append("\(leftOut) left out") }
        let unreadable = files.count(where: \.isUnreadable)
        if unreadable > 0 { parts.append("\(unreadable) unreadable") }
        return parts.joined(separator: " · ")
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private func text(
        of test: TestReport, _ paint: Paint, showsTimelines: Bool
    ) -> String {
        let mark = test.hasPassed ? paint.green("✓") : paint.red("✗")
        var text =
            "  \(mark) \(test.name)   \(test.startsAt)   \(Self.counted(test.steps, "step"))\n"
        for failure in test.failures {
            text += "      \(failure.place)   \(failure.step)\n"
            text += "      expected  \(failure.expected)\n"
            text += "      actual    \(failure.actual)\n"
        }
        if test.hasPassed, !showsTimelines { return text }
        text += "      timeline (seed \(test.seed))\n"
        let timeWidth = test.timeline.map(\.time.count).max() ?? 0
        let actorWidth = test.timeline.map(\.actor.count).max() ?? 0
        for line in test.timeline {
            let time = padded(line.time, to: timeWidth)
            text += "        \(time)  \(padded(line.actor, to: actorWidth))  \(oneLine(line.words))"
            text += line.result.map { "  → \(oneLine($0))" } ?? ""
            text += "\n"
        }
        return text
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func oneLine(_ words: String) -> String {
        String(words.map { $0.isNewline ? "⏎" : $0 })
    }
}

/// ANSI colours, or none.
private struct Paint {
    let isOn: Bool

    func green(_ text: String) -> String { isOn ? "\u{1B}[32m\(text)\u{1B}[0m" : text }
    func red(_ text: String) -> String { isOn ? "\u{1B}[1;31m\(text)\u{1B}[0m" : text }
}
