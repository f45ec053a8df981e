package import RuleFiles

/// What a publication must not make worse, beyond being free of errors and passing its tests.
package struct PublishingGate: Hashable, Sendable {
    /// Hand-overs that may be lost, as a share of all messages.
    package var mostHandoffsLost = 0.005
    /// Messages that may no longer be understood, as a share of all messages.
    package var mostMissesGained = 0.005
    /// What was looked at and accepted all the same.
    package var accepted: Set<Concern> = []

    /// What a gate stops at.
    package enum Concern: String, Hashable, Sendable, CaseIterable {
        /// Hand-overs lost on recent traffic.
        case handoffs
        /// Misses gained on recent traffic.
        case misses
        /// Sentences that an example promises to another rule.
        case sentences
    }

    /// A gate with the usual thresholds.
    package init() {}

    /// A reason not to publish, and what to do about it.
    package struct Refusal: Hashable, Sendable {
        /// What it stops at.
        package var concern: Concern
        /// What was found.
        package var message: Bilingual
        /// What helps.
        package var cure: Bilingual
    }

    /// Why `plan` must not be carried out; empty when it may.
    package func refusals(of plan: Publishing.Plan) -> [Refusal] {
        var refusals: [Refusal] = []
        func refuse(_ concern: Concern, _ message: Bilingual) {
            guard !accepted.contains(concern) else { return }
            refusals.append(
                Refusal(
                    concern: concern, message: message,
                    cure: Bilingual(
                        en: "add the sentences as examples and mend the rules, or publish with "
                            + "--accept \(concern.rawValue)",
                        zh: "把这些句子补成例句并修改规则；确认无妨可加 --accept \(concern.rawValue)")))
        }
        if let traffic = plan.traffic {
            if traffic.handoffsLost > mostHandoffsLost + Self.tolerance {
                let share = Self.percent(traffic.handoffsLost, above: mostHandoffsLost)
                refuse(
                    .handoffs,
                    Bilingual(
                        en: "\(share.en) of recent messages are no longer handed over",
                        zh: "近期消息里有\(share.zh)不再转人工"))
            }
            if traffic.missesGained > mostMissesGained + Self.tolerance {
                let share = Self.percent(traffic.missesGained, above: mostMissesGained)
                refuse(
                    .misses,
                    Bilingual(
                        en: "\(share.en) of recent messages are no longer understood",
                        zh: "近期消息里有\(share.zh)变成没听懂"))
            }
        }
        let broken = plan.diff?.sentences.count { $0.isPromised == false } ?? 0
        if broken > 0 {
            refuse(
                .sentences,
                Bilingual(
                    en: "\(broken) sentences go to another rule than the one that promises them",
                    zh: "\(broken) 条例句被别的规则答走"))
        }
        return refusals
    }

    /// A share that is the threshold, whatever way either was divided, is not above it.
    private static var tolerance: Double { 1e-9 }

    private static func percent(_ share: Double, above most: Double) -> Bilingual {
        let share = ExplanationText.number(share * 100)
        let most = ExplanationText.number(most * 100)
        // Both to one decimal: they may look the same.
        return share == most
            ? Bilingual(en: "more than \(most) %", zh: "超过 \(most) % ")
            : Bilingual(en: "\(share) %", zh: " \(share) % ")
    }
}
