import ChatModel
import Testing

@Suite struct RefusalTests {
    @Test(arguments: Refusal.allCases)
    func hasANameAndARemedy(refusal: Refusal) {
        let name = refusal.rawValue
        #expect(name.allSatisfy { $0.isASCII && $0.isLowercase || $0 == "_" }, "\(name)")
        #expect(Refusal(rawValue: name) == refusal)
        let remedy = refusal.remedy
        #expect(remedy.hasSuffix("."), "\(name): a remedy is a sentence")
        #expect(remedy.first?.isUppercase == true || remedy.first?.isNumber == true, "\(name)")
        #expect(!remedy.contains("  ") && remedy.count > 30, "\(name)")
    }

    @Test func namesAndRemediesAreAllDifferent() {
        #expect(Set(Refusal.allCases.map(\.rawValue)).count == Refusal.allCases.count)
        #expect(Set(Refusal.allCases.map(\.remedy)).count == Refusal.allCases.count)
        #expect(Refusal.allCases.count >= 20)
    }

    /// The names are in people's dashboards and tests: changing one is a decision, not a rename.
    @Test func theNamesAreStable() {
        #expect(
            Refusal.allCases.map(\.rawValue) == [
                "waiting_in_pool", "human_serving", "session_ended", "customer_never_wrote",
                "window_closed", "reply_budget_spent", "customer_rejects", "no_welcome_code",
                "welcome_code_expired", "code_expired", "code_used", "code_unknown", "code_lost",
                "code_state_moved", "code_text_only", "code_text_or_menu_only",
                "human_never_returns_to_bot", "pool_never_returns_to_bot",
                "untreated_is_no_target", "ended_is_final", "servicer_unavailable",
                "platform_stopped", "platform_dropped", "platform_unreachable",
            ])
    }

    @Test func reasonsReadAsOneToken() {
        let reasons: [(Reason, String)] = [
            (.rule("退款政策"), "rule:退款政策"), (.noRule, "no_rule"),
            (.noRulesForAccount, "no_rules_for_account"), (.duplicate, "duplicate"),
            (.refused(.codeUsed), "code_used"), (.servicerSpoke, "servicer_spoke"),
            (.beforeFirstStart, "before_first_start"),
            (.observed("enter_session"), "observed:enter_session"),
            (.raced(.humanServing), "raced:human_serving"),
            (.timer("session_expires"), "timer:session_expires"), (.deferred, "deferred"),
            (.unknownOrigin, "unknown_origin"),
        ]
        for (reason, text) in reasons { #expect(reason.text == text) }
    }
}
