import Boundary
import ChatModel
import GRDB
import Routing

extension Database {
    /// Customers with an answer of ours that was made or is under way, or one of a servicer.
    func answeredCustomers(
        of account: OpenKfID, among customers: Set<ExternalUserID>
    ) throws -> Set<ExternalUserID> {
        let ids = Dictionary(
            customers.map { ($0.rawValue.storable, $0) }, uniquingKeysWith: { $1 })
        let found = try String.fetchCursor(
            self,
            sql: """
                SELECT wanted.value FROM json_each(?2) AS wanted
                CROSS JOIN customers ON customers.customer = wanted.value
                    AND customers.account = (SELECT id FROM accounts WHERE account = ?1)
                WHERE EXISTS (
                    SELECT 1 FROM outbox WHERE customer = customers.id
                        AND kind IN ('send', 'send_on_event')
                        AND status IN ('pending', 'done'))
                OR EXISTS (
                    SELECT 1 FROM inbox WHERE customer = customers.id AND who = 'servicer')
                """,
            arguments: [account.rawValue.storable, try JSON.text(of: Array(ids.keys))])
        var answered: Set<ExternalUserID> = []
        while let id = try found.next() {
            if let customer = ids[id] { answered.insert(customer) }
        }
        return answered
    }

    /// A conversation's transcript, oldest first.
    func transcript(of conversation: ConversationID) throws -> [TranscriptLine] {
        try Row.fetchAll(
            self,
            sql: """
                SELECT at, who, kind, text, reason, score, version,
                    iif(rank = 0, (SELECT msgid FROM inbox WHERE inbox.id = transcript.id), NULL)
                FROM transcript
                WHERE account = ? AND customer = ? ORDER BY decided_at, rank, id
                """,
            arguments: [
                conversation.account.rawValue.storable, conversation.customer.rawValue.storable,
            ]
        ).map { row in
            TranscriptLine(
                at: Timestamp(milliseconds: row[0]), who: row[1], kind: row[2], text: row[3],
                reason: row[4], score: row[5],
                version: (row[6] as String?).map { RuleSetVersion($0) },
                msgID: (row[7] as String?).map { MsgID($0) })
        }
    }
}
