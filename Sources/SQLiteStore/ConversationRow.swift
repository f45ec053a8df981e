import Boundary
import ChatModel
import GRDB
import Routing
import SessionMachine

/// A conversation as a row: scalars as columns, so that the usual row costs no JSON at all.
enum ConversationRow {
    static let upsert = """
        INSERT INTO conversations (customer, state, servicer, started_at, changed_at,
            window_opened_at, window_ordered, window_ordered_at, rejects, misses, scene, last_rule,
            codes, memory, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (customer) DO UPDATE SET state = excluded.state,
            servicer = excluded.servicer, started_at = excluded.started_at,
            changed_at = excluded.changed_at, window_opened_at = excluded.window_opened_at,
            window_ordered = excluded.window_ordered,
            window_ordered_at = excluded.window_ordered_at, rejects = excluded.rejects,
            misses = excluded.misses, scene = excluded.scene, last_rule = excluded.last_rule,
            codes = excluded.codes, memory = excluded.memory, updated_at = excluded.updated_at
        """

    static func bind(
        _ conversation: Conversation, number: Int64, updatedAt now: Timestamp,
        to row: inout RowBinder
    ) throws {
        let session = conversation.session
        let memory = conversation.memory
        var servicer: String?
        if case .human(let present) = session.state { servicer = present?.rawValue }
        row.add(number)
        row.add(session.state.number)
        row.add(servicer)
        row.add(session.startedAt?.milliseconds)
        row.add(session.changedAt?.milliseconds)
        row.add(session.window.openedAt?.milliseconds)
        row.add(session.window.ordered)
        row.add(session.window.orderedAt?.milliseconds)
        row.add(session.customerRejects)
        row.add(memory.misses)
        row.add(memory.scene)
        row.add(memory.lastRule?.rawValue)
        row.add(session.codes == CodeLedger() ? nil : try JSON.text(of: session.codes))
        row.add(try rest(of: memory))
        row.add(now.milliseconds)
    }

    /// What has no column of its own, as JSON; `nil` when there is nothing to remember.
    ///
    /// Whatever is added to ``Conversation/Memory`` is kept here.
    private static func rest(of memory: Conversation.Memory) throws -> String? {
        var rest = memory
        rest.misses = 0
        rest.scene = nil
        rest.lastRule = nil
        return rest == Conversation.Memory() ? nil : try JSON.text(of: rest)
    }

    /// The conversation in a row of all columns, followed by its pending sends.
    static func conversation(_ id: ConversationID, _ row: Row) throws -> Conversation {
        let servicer = (row[2] as String?).map { ServicerID($0) }
        guard let state = SessionState(number: row[1], servicer: servicer) else {
            throw StoreError.damaged("a conversation's state")
        }
        var codes = CodeLedger()
        if let text = row[12] as String? { codes = try JSON.value(CodeLedger.self, of: text) }
        var memory = Conversation.Memory()
        if let text = row[13] as String? {
            memory = try JSON.value(Conversation.Memory.self, of: text)
        }
        memory.misses = row[9]
        memory.scene = row[10]
        memory.lastRule = (row[11] as String?).map { RuleName($0) }
        return Conversation(
            id: id,
            session: SessionMachine(
                state: state, startedAt: timestamp(row[3]), changedAt: timestamp(row[4]),
                window: ReplyWindow(
                    openedAt: timestamp(row[5]), ordered: row[6], orderedAt: timestamp(row[7])),
                codes: codes,
                customerRejects: row[8]),
            memory: memory, pendingSends: row[15])
    }

    private static func timestamp(_ milliseconds: Int64?) -> Timestamp? {
        milliseconds.map { Timestamp(milliseconds: $0) }
    }
}
