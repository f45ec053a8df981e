import Boundary
import ChatModel
import RuleEngine
import Testing

/// Recorded messages, made up.
enum Traffic {
    static let account: OpenKfID = "wk1"
    static let aliases: [OpenKfID: AccountAlias] = [account: "shop"]

    static func message(
        _ words: String, from customer: ExternalUserID = "wm1", on account: OpenKfID = account,
        state: Int = 1, flow: FlowName? = nil, misses: Int = 0, item: WireID? = nil
    ) -> RecordedDecision {
        record(
            .fromCustomer(customer, .text(words, menuItem: item)), on: account,
            Facts(state: state, misses: misses, flow: flow))
    }

    static func record(
        _ content: Inbound.Content, on account: OpenKfID = account, _ facts: Facts?
    ) -> RecordedDecision {
        let at = Timestamp(seconds: 1_772_416_800)
        return RecordedDecision(
            row: Inbound(msgID: "m", account: account, sentAt: at, content: content),
            facts: facts, version: "v1", reason: "", score: nil, at: at)
    }

    /// Rules whose questions lie so near that a customer may be asked back.
    static let questions = """
          - { rule: 退款进度, when: { asks_like: [退款什么时候到账, 退款多久到账] }, reply: 两天。 }
          - { rule: 发票, when: { asks_like: [怎么开发票, 发票在哪里申请] }, reply: 看发票。 }

        """

    /// Words that ask back with the rule 发票 among others, found by trying.
    static func undecided(in bundle: CompiledBundle) throws -> String {
        let words = ["到账的发票呢", "发票到账", "发票", "退款发票", "发票怎么", "开发", "申请到账"]
        return try #require(
            words.first { words in
                let decision = bundle.decision(for: .text(words, menuItem: nil), facts: Facts())
                guard case .askBack(let candidates) = decision else { return false }
                return candidates.rules.contains {
                    bundle.definition.rules[$0.rule].name == "发票"
                }
            }, "none of the words asks back any more")
    }
}
