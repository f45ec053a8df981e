import RuleEngine
package import RuleFiles

extension ReplayReport {
    /// How the text rendering looks.
    package struct TextStyle: Sendable {
        /// The language of everything that isn't a name.
        package var language: MessageLanguage
        /// Whether to colour with ANSI escapes.
        package var usesColor: Bool
        /// Whether to list the tests that passed.
        package var showsPassed: Bool
        /// Whether to tell what happened in them too; of those that failed it always does.
        package var showsTimelines: Bool
        /// Whether to put expected and actual replies side by side.
        package var showsDifference: Bool
        /// Whether to name every place nobody went through, not just the first few.
        package var showsAllUncovered: Bool

        /// English, without colours, passed tests in one line each.
        package init(
            language: MessageLanguage = .en, usesColor: Bool = false, showsPassed: Bool = true,
            showsTimelines: Bool = false, showsDifference: Bool = false,
            showsAllUncovered: Bool = false
        ) {
            self.language = language
            self.usesColor = usesColor
            self.showsPassed = showsPassed
            self.showsTimelines = showsTimelines
            self.showsDifference = showsDifference
            self.showsAllUncovered = showsAllUncovered
        }
    }

    /// The report for a terminal; ends with what sums it up.
    package func text(_ style: TextStyle = TextStyle()) -> String {
        let printer = ReportPrinter(style)
        let isQuoting = files.contains {
            !$0.diagnostics.isEmpty || $0.examples?.failures.isEmpty == false
        }
        let renderer = DiagnosticRenderer(
            sources: isQuoting ? sources : [], language: style.language,
            usesColor: style.usesColor)
        var text = ""
        // What is wrong with rules is said where they stand, not in every file that tests them.
        let paths = Set(files.map(\.path))
        for file in files {
            let tests = file.tests.filter { style.showsPassed || !$0.hasPassed }
            let wrong = file.examples?.failures ?? []
            let found = file.diagnostics.filter {
                $0.place.file == file.path || !paths.contains($0.place.file)
            }
            if tests.isEmpty, found.isEmpty, wrong.isEmpty { continue }
            text += file.path + "\n"
            text += renderer.text(found + wrong)
            for test in tests { text += printer.text(of: test) }
        }
        text += summary(style.language) + "\n"
        if let coverage { text += printer.uncovered(coverage) }
        return text
    }

    /// What sums it up, in one line.
    ///
    /// `40 tests: 39 passed, 1 failed · 171 steps · 2 files`, with examples before it and coverage
    /// behind it where there are some.
    package func summary(_ language: MessageLanguage = .en) -> String {
        let words = Words(language)
        let tests = tests
        var parts: [String] = []
        if examples > 0 { parts.append(words.examples(examples, wrong: failedExamples)) }
        parts.append(words.tests(tests.count, failed: failed))
        parts.append(words.steps(tests.reduce(0) { $0 + $1.steps }))
        parts.append(words.files(files.count))
        if leftOut > 0 { parts.append(words.leftOut(leftOut)) }
        let unreadable = files.count(where: \.isUnreadable)
        if unreadable > 0 { parts.append(words.unreadable(unreadable)) }
        if let coverage, !coverage.points.isEmpty { parts.append(words.coverage(coverage)) }
        return parts.joined(separator: " · ")
    }
}

extension CoverageReport {
    /// The report for a terminal: a line a kind, the places nobody went through, the share.
    package func text(
        language: MessageLanguage = .en, showsAllUncovered: Bool = false
    ) -> String {
        let words = ReplayReport.Words(language)
        var text = ""
        let names = Kind.allCases.map { words.kind($0) }
        let width = names.map { DisplayWidth.columns($0) }.max() ?? 0
        for (kind, name) in zip(Kind.allCases, names) {
            let (covered, all) = count(kind)
            if all == 0 { continue }
            let pad = String(repeating: " ", count: width - DisplayWidth.columns(name))
            text += "\(name)\(pad)  \(covered)/\(all)\n"
        }
        let style = ReplayReport.TextStyle(
            language: language, showsAllUncovered: showsAllUncovered)
        return text + ReportPrinter(style).uncovered(self, flag: "--full")
            + words.percent(percent) + "\n"
    }
}

/// Puts tests and places into words.
struct ReportPrinter {
    let style: ReplayReport.TextStyle
    private let words: ReplayReport.Words

    init(_ style: ReplayReport.TextStyle) {
        self.style = style
        words = ReplayReport.Words(style.language)
    }

    func text(of test: TestReport) -> String {
        let mark = test.hasPassed ? painted("✓", "32") : painted("✗", "1;31")
        let clock = words.clock(test.startsAt)
        var text = "  \(mark) \(test.name)   \(clock)   \(words.steps(test.steps))\n"
        for failure in test.failures {
            text += "      \(failure.place)   \(failure.step)\n"
            if style.showsDifference, let replies = failure.replies {
                text += difference(replies)
            } else {
                text += "      \(words.expected)  \(oneLine(failure.expected[style.language]))\n"
                text += "      \(words.actual)  \(oneLine(failure.actual[style.language]))\n"
            }
        }
        if test.hasPassed, !style.showsTimelines { return text }
        text += "      \(words.timeline(seed: test.seed))\n"
        let timeWidth = test.timeline.map(\.time.count).max() ?? 0
        let actors = test.timeline.map { $0.actor[style.language] }
        let actorWidth = actors.map { DisplayWidth.columns($0) }.max() ?? 0
        for (line, actor) in zip(test.timeline, actors) {
            let time = padded(line.time, to: timeWidth)
            let said = oneLine(line.words[style.language])
            text += "        \(time)  \(padded(actor, to: actorWidth))  \(said)"
            text += line.result.map { "  → \(oneLine($0[style.language]))" } ?? ""
            text += "\n"
        }
        return text
    }

    // MARK: Side by side

    /// A column of `--diff`: half of a terminal of a hundred columns.
    private static let columnWidth = 44

    /// Expected texts on the left, actual ones on the right, line by line; `│` between equal
    /// lines, `≠` between others.
    private func difference(_ replies: TestReport.Replies) -> String {
        let left = replies.expected.map(wrapped)
        let right = replies.actual.map(wrapped)
        var text = "      " + padded(words.expected.trimmed, to: Self.columnWidth)
        text += "   " + words.actual.trimmed + "\n"
        for index in 0..<max(left.count, right.count) {
            let (old, new) = (
                index < left.count ? left[index] : [], index < right.count ? right[index] : []
            )
            for row in 0..<max(old.count, new.count) {
                let (one, other) = (
                    row < old.count ? old[row] : "", row < new.count ? new[row] : ""
                )
                let isSame = one == other
                let pad = String(
                    repeating: " ", count: Self.columnWidth - DisplayWidth.columns(one))
                text += "      " + (isSame ? one : painted(one, "32")) + pad
                text += isSame ? " │ " : " ≠ "
                text += (isSame ? other : painted(other, "31")) + "\n"
            }
        }
        return text
    }

    /// A text in lines that fit a column.
    private func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            var row = ""
            var width = 0
            for character in line {
                let columns = DisplayWidth.columns([character])
                if width + columns > Self.columnWidth {
                    lines.append(row)
                    (row, width) = ("", 0)
                }
                row.append(character)
                width += columns
            }
            lines.append(row)
        }
        return lines
    }

    // MARK: Coverage

    /// So many places are named where not all are asked for.
    private static let fewPlaces = 3

    /// The places nobody went through: a line each, or the first few in one line.
    func uncovered(_ coverage: CoverageReport, flag: String = "--cover=full") -> String {
        let points = coverage.uncovered
        guard !points.isEmpty else { return "" }
        if style.showsAllUncovered {
            return points.map { point in
                "\(point.place.file):\(point.place.line)  \(words.one(point.kind)) 「\(point.name)」\n"
            }.joined()
        }
        let named = points.prefix(Self.fewPlaces).map { point in
            "\(point.place.file):\(point.place.line)「\(point.name)」"
        }
        let rest = points.count > Self.fewPlaces ? " …" : ""
        return "\(words.uncovered) " + named.joined(separator: " ") + rest + words.hint(flag) + "\n"
    }

    // MARK: Pieces

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - DisplayWidth.columns(text)))
    }

    private func oneLine(_ words: String) -> String {
        String(words.map { $0.isNewline ? "⏎" : $0 })
    }

    private func painted(_ text: String, _ code: String) -> String {
        style.usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
