import ChatModel
import RuleEngine

/// Similar questions that can't be told apart.
struct QuestionCheck {
    let bundle: LoadedBundle
    let compiled: CompiledBundle
    /// Whether to ask the questions about each other.
    let isThorough: Bool
    let log: DiagnosticLog

    func check() {
        guard let index = compiled.similarity else { return }
        for (place, earlier) in index.duplicates {
            guard let words = self.words(at: place), let other = self.words(at: earlier) else {
                continue
            }
            log.report(
                words.diagnostic(
                    .sameQuestion,
                    Bilingual(
                        en: "'\(words.text)' is a question of '\(rule(of: earlier.entry))', too, "
                            + "which always wins it",
                        zh: "“\(words.text)”也是「\(rule(of: earlier.entry))」的问法，永远由它回答"),
                    help: Bilingual(
                        en: "take it out of one of them; the other is \(other.place)",
                        zh: "从其中一个里去掉；另一个在 \(other.place)")))
        }
        if isThorough { checkEntangled(index) }
    }

    private func checkEntangled(_ index: SimilarityIndex) {
        for pair in index.calibrate().entangled {
            guard let first = compiled.rules(ofEntry: pair.entry).first,
                let second = compiled.rules(ofEntry: pair.other).first
            else { continue }
            let name = bundle.syntax.rules[second].name
            let other = bundle.syntax.rules[first].name
            log.report(
                name.diagnostic(
                    .entangledQuestions,
                    Bilingual(
                        en: "'\(name.text)' and '\(other.text)' answer for each other: "
                            + "\(pair.caught) and \(pair.lost) of their wordings land at the other",
                        zh: "「\(name.text)」和「\(other.text)」互相抢答：各有 \(pair.caught) 句、"
                            + "\(pair.lost) 句问法会落到对方"),
                    help: Bilingual(
                        en:
                            "merge them, or make their wordings differ; the other is \(other.place)",
                        zh: "合并成一条，或把问法写得更不一样；另一条在 \(other.place)")))
        }
    }

    private func rule(of entry: Int) -> String {
        compiled.rules(ofEntry: entry).first.map { bundle.syntax.rules[$0].name.text } ?? ""
    }

    /// Where a wording is written.
    private func words(at place: SimilarityIndex.Place) -> Words? {
        guard let rule = compiled.rules(ofEntry: place.entry).first else { return nil }
        let questions = bundle.syntax.rules[rule].triggers.filter { $0.pattern.isQuestion }
        return questions.indices.contains(place.wording) ? questions[place.wording].words : nil
    }
}

extension TriggerSyntax.Pattern {
    fileprivate var isQuestion: Bool {
        if case .asksLike = self { true } else { false }
    }
}
