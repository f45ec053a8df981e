import Boundary
import ChatModel
import GRDB
import Routing
import RuleEngine

/// A decided row of a page as a row: what it said, why it was answered, by what, and its JSON.
enum InboxRow {
    static let insert = """
        INSERT INTO inbox (account, msgid, customer, who, kind, text, menu_item, servicer, detail,
            sent_at, reason, score, version, decided_at, raw, facts_state, facts_misses,
            facts_returning, facts_scene, facts_account, facts_language, facts)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func bind(
        _ record: Effects.InboxRecord, account: Int64, customer: Int64?, version: String?,
        decidedAt now: Timestamp, to target: inout RowBinder
    ) throws {
        let row = record.row
        let content = InboxContent(row.content)
        target.add(account)
        target.add(row.msgID.rawValue)
        target.add(customer)
        target.add(content.who)
        target.add(content.kind)
        target.add(content.text)
        target.add(content.menuItem)
        target.add(content.servicer)
        target.add(try content.detail.map { try JSON.text(of: $0) })
        target.add(row.sentAt.milliseconds)
        target.add(record.reason.text)
        target.add(record.score)
        target.add(record.version?.rawValue ?? version)
        target.add(now.milliseconds)
        target.add(row.raw)
        guard let facts = record.facts else { return }
        target.add(facts.state)
        target.add(facts.misses)
        target.add(facts.isReturning)
        target.add(facts.scene)
        target.add(facts.account?.rawValue)
        target.add(facts.language?.rawValue)
        target.add(try FactsRest(facts, decidedAt: now).map { try JSON.text(of: $0) })
    }

    /// The columns that ``decision(_:)`` reads, in its order, of `inbox` joined with `accounts`
    /// and, perhaps in vain, `customers`.
    static let columns = """
        inbox.msgid, accounts.account, customers.customer, inbox.sent_at, inbox.who, inbox.kind,
        inbox.text, inbox.menu_item, inbox.servicer, inbox.detail, inbox.reason, inbox.score,
        inbox.version, inbox.decided_at, inbox.facts_state, inbox.facts_misses,
        inbox.facts_returning, inbox.facts_scene, inbox.facts_account, inbox.facts_language,
        inbox.facts
        """

    /// The decision in a row of ``columns``, followed by the row's JSON as received.
    static func decision(_ row: Row) throws -> RecordedDecision {
        let content = InboxContent(
            who: row[4], kind: row[5], text: row[6], menuItem: row[7], servicer: row[8],
            detail: try (row[9] as String?).map {
                try JSON.value(InboxContent.Detail.self, of: $0)
            })
        let customer = (row[2] as String?).map { ExternalUserID($0) }
        let at = Timestamp(milliseconds: row[13])
        return RecordedDecision(
            row: Inbound(
                msgID: MsgID(row[0]), account: OpenKfID(row[1]),
                sentAt: Timestamp(milliseconds: row[3]),
                content: try content.content(from: customer), raw: row[21]),
            facts: try facts(row, decidedAt: at),
            version: (row[12] as String?).map { RuleSetVersion($0) }, reason: row[10],
            score: row[11], at: at)
    }

    private static func facts(_ row: Row, decidedAt: Timestamp) throws -> Facts? {
        guard let state = row[14] as Int? else { return nil }
        let rest = try (row[20] as String?).map { try JSON.value(FactsRest.self, of: $0) }
        return Facts(
            scene: row[17], state: state, misses: row[15],
            now: rest?.isTimeless == true ? nil : rest?.now ?? decidedAt,
            account: (row[18] as String?).map { AccountAlias($0) }, values: rest?.values ?? [:],
            flow: rest?.flow, isReturning: row[16], tags: rest?.tags ?? [],
            language: (row[19] as String?).map { Language($0) }, answered: rest?.answered ?? [:])
    }
}

/// What of the facts of a decision has no column.
private struct FactsRest: Codable {
    var values: [ValueName: String]?
    var flow: FlowName?
    var tags: Set<TagName>?
    var answered: [RuleName: Timestamp]?
    /// The time looked at, where it is not that of the decision.
    var now: Timestamp?
    var isTimeless: Bool?

    /// `nil` when there is nothing to keep, as for nearly every message.
    init?(_ facts: Facts, decidedAt: Timestamp) {
        if facts.values.isEmpty, facts.flow == nil, facts.tags.isEmpty, facts.answered.isEmpty,
            facts.now == decidedAt
        {
            return nil
        }
        values = facts.values.isEmpty ? nil : facts.values
        flow = facts.flow
        tags = facts.tags.isEmpty ? nil : facts.tags
        answered = facts.answered.isEmpty ? nil : facts.answered
        now = facts.now == decidedAt ? nil : facts.now
        isTimeless = facts.now == nil ? true : nil
    }
}
