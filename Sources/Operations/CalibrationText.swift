import ChatModel
package import RuleEngine
package import RuleFiles

/// What a bundle's similar questions say about themselves, as a person reads it.
///
/// Each wording is asked as if it had never been written: what comes of it is what customers may
/// expect, and which questions answer for each other.
package struct CalibrationText {
    private let bundle: CompiledBundle
    private let language: MessageLanguage

    /// The text about `bundle`.
    package init(_ bundle: CompiledBundle, in language: MessageLanguage) {
        self.bundle = bundle
        self.language = language
    }

    /// Pairs and wordings shown at most.
    private static var mostShown: Int { 5 }

    /// The lines; none for a bundle without similar questions.
    package var lines: [String] {
        guard let index = bundle.similarity else { return [] }
        let thresholds = bundle.definition.defaults.similar.thresholds
        let report = index.calibrate(thresholds: thresholds)
        let wordings = index.entries.reduce(0) { $0 + $1.wordings.count }
        var lines = [
            say(
                "similar questions of '\(bundle.definition.name)': \(index.entries.count), "
                    + "with \(wordings) wordings",
                "「\(bundle.definition.name)」的类似问：\(index.entries.count) 个问题，\(wordings) 种问法")
        ]
        guard report.isFitted else {
            lines.append(
                "  "
                    + say(
                        "too few wordings to judge them by each other: 60 of questions with several "
                            + "are needed; the shipped numbers are used",
                        "问法太少，没法互相检验（要 60 种，且每个问题不止一种），先用自带的标准"))
            return lines
        }
        lines.append("  " + table(say("threshold", "门槛"), columns))
        for row in report.byThreshold {
            let mark = row.answer == thresholds.answer ? " ◀" : ""
            lines.append("  " + table(number(row.answer), values(row.outcome)) + mark)
        }
        lines += report.entangled.prefix(Self.mostShown).map {
            say(
                "  '\(name($0.entry))' and '\(name($0.other))' answer for each other "
                    + "(\($0.lost + $0.caught)): merge or sharpen them",
                "  「\(name($0.entry))」和「\(name($0.other))」容易串（\($0.lost + $0.caught) 句）：合并，或把问法写得更不同"
            )
        }
        lines += report.strays.prefix(Self.mostShown).map { stray in
            let wording = index.entries[stray.place.entry].wordings[stray.place.wording]
            let landing = stray.landing.map { "'\(name($0))'" } ?? "small talk"
            let there = stray.landing.map { "「\(name($0))」" } ?? "闲聊"
            return say(
                "  “\(wording)” would land at \(landing) (\(number(stray.score)))",
                "  “\(wording)” 更像\(there)（\(number(stray.score))）")
        }
        return lines
    }

    private var columns: [String] {
        language == .zh
            ? ["答对", "答错", "反问", "没听懂", "不该答而答"]
            : ["right", "wrong", "asked", "missed", "wrongly answered"]
    }

    private func values(_ outcome: CalibrationReport.Outcome) -> [String] {
        [
            outcome.right, outcome.wrong, outcome.askedWithRight + outcome.askedWithoutRight,
            outcome.missed, outcome.answeredAnyway,
        ].map { "\(ExplanationText.number($0 * 100)) %" }
    }

    private func table(_ first: String, _ cells: [String]) -> String {
        ([first] + cells).map { cell in
            cell + String(repeating: " ", count: max(0, 10 - DisplayWidth.columns(cell)))
        }.joined(separator: "  ").trimmedAtEnd
    }

    private func name(_ entry: Int) -> String {
        bundle.rules(ofEntry: entry).first.map { bundle.definition.rules[$0].name.rawValue } ?? ""
    }

    /// Two decimals: a probability.
    private func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    private func say(_ en: String, _ zh: String) -> String { language == .zh ? zh : en }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
