import Boundary
import ChatModel
import GRDB
import Routing

// Past decisions as they were made, for explaining, replaying and recording them.
extension Database {
    /// What was decided about the row with this id.
    func decision(of msgID: MsgID) throws -> RecordedDecision? {
        try Row.fetchOne(
            self,
            sql: """
                SELECT \(InboxRow.columns), inbox.raw FROM accounts
                    CROSS JOIN inbox ON inbox.account = accounts.id AND inbox.msgid = ?
                    LEFT JOIN customers ON customers.id = inbox.customer
                ORDER BY inbox.id LIMIT 1
                """,
            arguments: [msgID.rawValue.storable]
        ).map { try InboxRow.decision($0) }
    }

    /// The latest customers' messages decided about since `time`, oldest first.
    func traffic(since time: Timestamp, limit: Int) throws -> [RecordedDecision] {
        let rows = try Row.fetchCursor(
            self,
            sql: """
                SELECT \(InboxRow.columns), '' FROM inbox
                    JOIN accounts ON accounts.id = inbox.account
                    JOIN customers ON customers.id = inbox.customer
                WHERE inbox.id >= ? AND inbox.decided_at >= ? AND inbox.who = 'customer'
                ORDER BY inbox.id DESC LIMIT ?
                """,
            arguments: [try firstInboxRow(since: time), time.milliseconds, max(0, limit)])
        var decisions: [RecordedDecision] = []
        while let row = try rows.next() { decisions.append(try InboxRow.decision(row)) }
        return decisions.reversed()
    }

    /// The number of the first inbox row decided about at or after `time`.
    ///
    /// Rows are numbered in the order they were decided, so that halving finds it without an
    /// index that every message would pay for. A clock that was set back may move it a little.
    private func firstInboxRow(since time: Timestamp) throws -> Int64 {
        let bounds = try Row.fetchOne(self, sql: "SELECT min(id), max(id) FROM inbox")
        guard let first = bounds?[0] as Int64?, let last = bounds?[1] as Int64? else { return 0 }
        let probe = try makeStatement(
            sql: "SELECT decided_at FROM inbox WHERE id >= ? ORDER BY id LIMIT 1")
        var low = first
        var high = last + 1
        while low < high {
            let middle = low + (high - low) / 2
            let at = try Int64.fetchOne(probe, arguments: [middle])
            if let at, at < time.milliseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Everything that is known of a conversation, oldest first, as the transcript orders it.
    func conversationLog(_ id: ConversationID) throws -> [LogEntry] {
        guard let number = try number(of: id) else { return [] }
        var entries: [(decidedAt: Int64, rank: Int, id: Int64, entry: LogEntry)] = []
        func collect(
            _ rank: Int, _ sql: String, _ entry: (Row) throws -> LogEntry
        ) throws {
            let rows = try Row.fetchCursor(self, sql: sql, arguments: [number])
            while let row = try rows.next() {
                entries.append((row["decided"], rank, row["number"], try entry(row)))
            }
        }
        try collect(
            0,
            """
            SELECT \(InboxRow.columns), inbox.raw, inbox.decided_at AS decided, inbox.id AS number
            FROM inbox JOIN accounts ON accounts.id = inbox.account
                JOIN customers ON customers.id = inbox.customer
            WHERE inbox.customer = ?
            """
        ) { .row(try InboxRow.decision($0)) }
        try collect(
            1,
            "SELECT at, what, decided_at AS decided, id AS number FROM journal WHERE customer = ?"
        ) { row in
            .note(
                Effects.JournalEntry(
                    conversation: id, account: id.account, at: Timestamp(milliseconds: row[0]),
                    what: row[1]))
        }
        try collect(
            2,
            """
            SELECT \(OutboxRow.columns), outbox.version, outbox.status, outbox.note,
                outbox.settled_at, outbox.decided_at AS decided, outbox.id AS number
            FROM outbox JOIN customers ON customers.id = outbox.customer
                JOIN accounts ON accounts.id = customers.account
            WHERE outbox.customer = ?
            """
        ) { .action(try OutboxRow.action($0)) }
        entries.sort { ($0.decidedAt, $0.rank, $0.id) < ($1.decidedAt, $1.rank, $1.id) }
        return entries.map(\.entry)
    }

    /// The number of a conversation; `nil` when nothing is known of it.
    func number(of conversation: ConversationID) throws -> Int64? {
        var numbers = CustomerNumbers(db: self)
        try numbers.find([conversation])
        return numbers[conversation]
    }

    /// The conversation with this number.
    func conversation(numbered number: Int) throws -> ConversationID? {
        try Row.fetchOne(
            self,
            sql: """
                SELECT accounts.account, customers.customer FROM customers
                JOIN accounts ON accounts.id = customers.account WHERE customers.id = ?
                """,
            arguments: [number]
        ).map { ConversationID(account: OpenKfID($0[0]), customer: ExternalUserID($0[1])) }
    }

    /// The conversations of a customer, in the order of their accounts.
    func conversations(of customer: ExternalUserID) throws -> [ConversationID] {
        try String.fetchAll(
            self,
            sql: """
                SELECT accounts.account FROM accounts
                CROSS JOIN customers ON customers.account = accounts.id AND customers.customer = ?
                ORDER BY accounts.account
                """,
            arguments: [customer.rawValue.storable]
        ).map { ConversationID(account: OpenKfID($0), customer: customer) }
    }

    /// The conversations of the last rows, the latest first.
    func recentConversations(limit: Int) throws -> [ConversationSummary] {
        try Row.fetchAll(
            self,
            sql: """
                SELECT recent.customer, accounts.account, customers.customer,
                    coalesce(conversations.state, 4), inbox.decided_at, inbox.reason
                FROM (
                    SELECT customer, max(id) AS last
                    FROM (SELECT id, customer FROM inbox ORDER BY id DESC LIMIT 20000)
                    WHERE customer IS NOT NULL GROUP BY customer ORDER BY last DESC LIMIT ?
                ) AS recent
                JOIN inbox ON inbox.id = recent.last
                JOIN customers ON customers.id = recent.customer
                JOIN accounts ON accounts.id = customers.account
                LEFT JOIN conversations ON conversations.customer = recent.customer
                ORDER BY recent.last DESC
                """,
            arguments: [max(0, limit)]
        ).map { row in
            ConversationSummary(
                number: row[0],
                id: ConversationID(account: OpenKfID(row[1]), customer: ExternalUserID(row[2])),
                state: row[3], at: Timestamp(milliseconds: row[4]), reason: row[5])
        }
    }

    /// Answers to surveys given since `time`, oldest first.
    func surveyAnswers(since time: Timestamp) throws -> [Effects.SurveyAnswer] {
        try Row.fetchAll(
            self,
            sql: """
                SELECT accounts.account, customers.customer, survey, mark, servicer, rule, ended_at,
                    at
                FROM survey_answers JOIN customers ON customers.id = survey_answers.customer
                    JOIN accounts ON accounts.id = customers.account
                WHERE at >= ? ORDER BY at, customers.id, survey, ended_at
                """,
            arguments: [time.milliseconds]
        ).map { row in
            Effects.SurveyAnswer(
                conversation: ConversationID(
                    account: OpenKfID(row[0]), customer: ExternalUserID(row[1])),
                survey: SurveyName(row[2]), mark: row[3],
                servicer: (row[4] as String?).map { ServicerID($0) },
                rule: (row[5] as String?).map { RuleName($0) },
                endedAt: Timestamp(milliseconds: row[6]), at: Timestamp(milliseconds: row[7]))
        }
    }
}
