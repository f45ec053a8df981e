/// Why something was not sent or not commanded: one named reason each, with what helps.
///
/// The names are stable: tests, the console and metrics use them.
package enum Refusal: String, Error, Hashable, Sendable, Codable, CaseIterable {
    // The send gate.
    case waitingInPool = "waiting_in_pool"
    case humanServing = "human_serving"
    case sessionEnded = "session_ended"
    case customerNeverWrote = "customer_never_wrote"
    case windowClosed = "window_closed"
    case replyBudgetSpent = "reply_budget_spent"
    case customerRejects = "customer_rejects"

    // The codes.
    case noWelcomeCode = "no_welcome_code"
    case welcomeCodeExpired = "welcome_code_expired"
    case codeExpired = "code_expired"
    case codeUsed = "code_used"
    case codeUnknown = "code_unknown"
    case codeLost = "code_lost"
    case codeStateMoved = "code_state_moved"
    case codeTextOnly = "code_text_only"
    case codeTextOrMenuOnly = "code_text_or_menu_only"

    // Commanded transitions.
    case humanNeverReturnsToBot = "human_never_returns_to_bot"
    case poolNeverReturnsToBot = "pool_never_returns_to_bot"
    case untreatedIsNoTarget = "untreated_is_no_target"
    case endedIsFinal = "ended_is_final"

    // What the platform answered.
    case servicerUnavailable = "servicer_unavailable"
    case platformStopped = "platform_stopped"
    case platformDropped = "platform_dropped"
    case platformUnreachable = "platform_unreachable"

    /// What it means and what a person can do about it, in a sentence or two for the support lead.
    package var remedy: String {
        switch self {
        case .waitingInPool:
            "The customer waits for a servicer; only the code of the transfer may speak. Let someone pick the session up, or end it."
        case .humanServing:
            "A servicer has the session and speaks from the WeCom client. End the session to give the customer back to the bot."
        case .sessionEnded:
            "The session is over. The customer's next message opens a new one."
        case .customerNeverWrote:
            "The customer has not written yet. Only a welcome code may speak before that."
        case .windowClosed:
            "48 hours have passed since the customer last wrote. Wait for the next message."
        case .replyBudgetSpent:
            "5 messages were sent since the customer last wrote. Shorten the reply, or wait for the next message."
        case .customerRejects:
            "A servicer has switched this customer's messages off. Switch them on in the WeCom client."
        case .noWelcomeCode:
            "The platform gives a welcome code only to customers who neither wrote nor were welcomed in the last 48 hours."
        case .welcomeCodeExpired:
            "A welcome code lives 20 seconds. Check that callbacks arrive promptly and that pulling is not blocked."
        case .codeExpired:
            "The code's time is over: 20 seconds for an ending, 48 hours for the queue. Check that callbacks arrive promptly."
        case .codeUsed:
            "A code is good for one message. Put everything into one text or menu."
        case .codeUnknown:
            "No such code was issued for this conversation."
        case .codeLost:
            "The answer that carried the code was lost. The transition itself has happened."
        case .codeStateMoved:
            "The session has left the state the code was issued for. Nothing is to be done."
        case .codeTextOnly:
            "While a customer waits or is served, the code takes a text only. Use a text instead of a menu."
        case .codeTextOrMenuOnly:
            "A code takes a text or a menu. Send other kinds after the customer has written."
        case .humanNeverReturnsToBot:
            "A session a servicer has can go to another servicer or be ended. End it; the next message starts with the bot."
        case .poolNeverReturnsToBot:
            "A waiting session can go to a servicer or be ended. End it; the next message starts with the bot."
        case .untreatedIsNoTarget:
            "Only the customer's message opens a session as untreated."
        case .endedIsFinal:
            "An ended session can't be moved. The customer's next message opens a new one."
        case .servicerUnavailable:
            "The servicer is not receiving, or not activated in WeCom. Name another one, or hand over to the pool."
        case .platformStopped:
            "The platform refuses this app or account until its configuration or rights are changed; see the operator's log."
        case .platformDropped:
            "The platform refused this message for good; see the error code beside it."
        case .platformUnreachable:
            "The platform did not answer after several tries. Check the network and the platform's status."
        }
    }
}

/// Why a decision came out as it did; the same reason goes to the log, the transcript and tests.
package enum Reason: Hashable, Sendable {
    /// A rule won.
    case rule(RuleName)
    /// Nothing matched, and the bundle has no `no_match` rule that does.
    case noRule
    /// No bundle of the active version serves this account.
    case noRulesForAccount
    /// Its msgid was seen before.
    case duplicate
    /// Something is not allowed now.
    case refused(Refusal)
    /// A servicer wrote; recorded only.
    case servicerSpoke
    /// The first-start policy leaves it alone.
    case beforeFirstStart
    /// The platform performed something; recorded only. Holds the event's type.
    case observed(String)
    /// A person or the platform moved the session before our call arrived.
    case raced(Refusal)
    /// A timer fell due. Holds its kind.
    case timer(String)
    /// It waits until the outcome of a transfer under way is known.
    case deferred
    /// A row whose origin this version doesn't know; kept raw.
    case unknownOrigin
    /// A flow took it: an answer to its question, or a word that leaves it.
    case flow(FlowName)
    /// A mark for a session that is over.
    case survey(SurveyName, mark: String)
    /// The question resembles those of several rules; the customer was asked which is meant.
    case askedBack([RuleName])

    /// The reason in one stable token, like `rule:退款政策` or `welcome_code_expired`.
    package var text: String {
        switch self {
        case .rule(let name): "rule:\(name)"
        case .noRule: "no_rule"
        case .noRulesForAccount: "no_rules_for_account"
        case .duplicate: "duplicate"
        case .refused(let refusal): refusal.rawValue
        case .servicerSpoke: "servicer_spoke"
        case .beforeFirstStart: "before_first_start"
        case .observed(let type): "observed:\(type)"
        case .raced(let refusal): "raced:\(refusal.rawValue)"
        case .timer(let kind): "timer:\(kind)"
        case .deferred: "deferred"
        case .unknownOrigin: "unknown_origin"
        case .flow(let name): "flow:\(name)"
        case .survey(let name, let mark): "survey:\(name).\(mark)"
        case .askedBack(let rules):
            "asked_back:" + rules.map(\.rawValue).joined(separator: ",")
        }
    }
}
