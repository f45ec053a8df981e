import ChatModel
import PlatformSimulator
import RuleEngine
import RuleFiles

/// Checking expectations against what the platform saw and what the bot decided.
extension Player {
    mutating func check(_ expectation: Expectation) {
        let id = world.id(of: expectation.customer ?? mark.customer)
        for check in expectation.checks {
            guard let mismatch = mismatch(check.kind, in: id) else { continue }
            fail(
                TestReport.Failure(
                    place: check.place, step: check.words, expected: mismatch.expected,
                    actual: mismatch.actual, replies: mismatch.replies))
        }
    }

    /// What was expected and what came instead; `nil` when it holds.
    private func mismatch(_ check: Expectation.Kind, in id: ConversationID) -> Mismatch? {
        switch check {
        case .rules(let rules): mismatch(rules: rules, in: id)
        case .notRules(let rules): mismatch(notRules: rules, in: id)
        case .score(let score): mismatch(score: score, in: id)
        case .reply(let texts): mismatch(reply: texts, in: id)
        case .replyContains(let parts): mismatch(replyContains: parts, in: id)
        case .menus(let names): mismatch(menus: names, in: id)
        case .survey(let name): mismatch(survey: name, in: id)
        case .notices(let names): mismatch(notices: names, in: id)
        case .askedBack(let rules): mismatch(askedBack: rules, in: id)
        case .calls(let names, let parameters): mismatch(calls: names, with: parameters, in: id)
        case .sent(let count): mismatch(sent: count, in: id)
        case .nothing: mismatch(nothingIn: id)
        case .handoff(let wanted): mismatch(handoff: wanted, in: id)
        case .reasons(let reasons): mismatch(reasons: reasons, in: id)
        case .within(let limit): mismatch(within: limit, in: id)
        case .version(let version): mismatch(version: version, in: id)
        case .state(let name): mismatch(state: name, in: id)
        case .servicer(let servicer): mismatch(servicer: servicer, in: id)
        case .tags(let tags): mismatch(tags: tags, in: id)
        case .notTags(let tags): mismatch(notTags: tags, in: id)
        case .slots(let slots): mismatch(slots: slots, in: id)
        case .notSlots(let names): mismatch(notSlots: names, in: id)
        case .flow(let name): mismatch(flow: name, in: id)
        case .asked(let slot): mismatch(asked: slot, in: id)
        case .misses(let count): mismatch(misses: count, in: id)
        case .budgetLeft(let left): mismatch(budgetLeft: left, in: id)
        case .code(let code): mismatch(code: code, in: id)
        case .refused(let verdict, let count): mismatch(refused: verdict, count)
        }
    }

    /// A name that the rules don't have can't be met; or worse, can't be missed.
    func unknown(
        _ kind: SymbolKind, _ name: String, among known: [String], _ expected: Bilingual
    ) -> Mismatch? {
        guard !known.contains(name) else { return nil }
        let noun = kind.noun.en.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
        let hint = Suggestion.help(for: name, among: known)
        return Mismatch(
            expected,
            Bilingual(
                en: "the rules have no such \(noun)" + (hint.map { "; \($0.en)" } ?? ""),
                zh: "规则里没有这个\(kind.noun.zh)" + (hint.map { "；\($0.zh)" } ?? "")))
    }
}
