import ChatModel
import GRDB
import Routing

/// Writes the effects of one step inside its transaction.
struct StepWriter {
    let db: Database
    let version: RuleSetVersion?
    let now: Timestamp
    var numbers: CustomerNumbers

    /// Writes everything, or throws and leaves the rollback to the transaction.
    ///
    /// Cancellations and settlements come before the new entries, which they must not touch.
    mutating func write(_ effects: Effects) throws {
        let version = version?.rawValue
        try forEach(effects.inbox, InboxRow.insert) { writer, record, row in
            try InboxRow.bind(
                record, account: try writer.numbers.numbered(record.row.account),
                customer: try record.row.conversation.map { try writer.numbers.numbered($0) },
                version: version, decidedAt: writer.now, to: &row)
        }
        try forEach(effects.conversations, ConversationRow.upsert) { writer, conversation, row in
            try ConversationRow.bind(
                conversation, number: try writer.numbers.numbered(conversation.id),
                updatedAt: writer.now, to: &row)
        }
        try cancel(effects.cancelled)
        try db.settle(effects.settled, &numbers)
        let others = versionsOfOthers(effects.inbox)
        try forEach(effects.outbox, OutboxRow.insert) { writer, entry, row in
            try OutboxRow.bind(
                entry, customer: try writer.numbers.numbered(entry.conversation),
                version: others[entry.id.cause] ?? version, to: &row)
        }
        try write(timers: effects)
        try write(roster: effects)
        try write(effects.surveys)
        try write(effects.journal)
        if let position = effects.position { try write(position) }
    }

    /// The causes that another version than the active one decided about.
    private func versionsOfOthers(_ inbox: [Effects.InboxRecord]) -> [Cause: String] {
        var others: [Cause: String] = [:]
        for record in inbox {
            if let version = record.version {
                others[.inbound(record.row.msgID)] = version.rawValue
            }
        }
        return others
    }

    private mutating func cancel(_ cancellations: [Effects.Cancellation]) throws {
        try forEach(
            cancellations,
            """
            UPDATE outbox SET status = 'cancelled', note = ?, settled_at = ?
            WHERE customer = ? AND status = 'pending'
            """
        ) { writer, cancellation, row in
            row.add(cancellation.reason)
            row.add(writer.now.milliseconds)
            row.add(try writer.numbers.numbered(cancellation.conversation))
        }
    }

    /// Timers that fired go before new ones come: a step may set the same kind again.
    ///
    /// One that was set anew since it was read has another due time and stays.
    private mutating func write(timers effects: Effects) throws {
        try forEach(
            effects.timersFired,
            "DELETE FROM timers WHERE customer = ? AND kind = ? AND due = ?"
        ) { try $0.bind($1, to: &$2) }
        try forEach(
            effects.timersSet,
            """
            INSERT INTO timers (customer, kind, due) VALUES (?, ?, ?)
            ON CONFLICT (customer, kind) DO UPDATE SET due = excluded.due
            """
        ) { try $0.bind($1, to: &$2) }
    }

    private mutating func bind(_ timer: Routing.Timer, to row: inout RowBinder) throws {
        row.add(try numbers.numbered(timer.conversation))
        row.add(timer.kind.rawValue)
        row.add(timer.due.milliseconds)
    }

    /// Whoever is not listed any more goes before the others come.
    private mutating func write(roster effects: Effects) throws {
        try forEach(
            Array(effects.rosterReplaced), "DELETE FROM roster WHERE account = ?"
        ) { writer, account, row in row.add(try writer.numbers.numbered(account)) }
        try forEach(
            effects.roster,
            """
            INSERT INTO roster (account, servicer, receiving, load, assigned_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account, servicer) DO UPDATE SET receiving = excluded.receiving,
                load = excluded.load, assigned_at = excluded.assigned_at
            """
        ) { writer, servicer, row in
            row.add(try writer.numbers.numbered(servicer.account))
            row.add(servicer.servicer.rawValue)
            row.add(servicer.isReceiving.map { $0 ? 1 : 0 as Int64 })
            row.add(servicer.load)
            row.add(servicer.assignedAt?.milliseconds)
        }
    }

    private mutating func write(_ answers: [Effects.SurveyAnswer]) throws {
        try forEach(
            answers,
            """
            INSERT INTO survey_answers (customer, survey, ended_at, mark, servicer, rule, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (customer, survey, ended_at) DO UPDATE SET mark = excluded.mark,
                servicer = excluded.servicer, rule = excluded.rule, at = excluded.at
            """
        ) { writer, answer, row in
            row.add(try writer.numbers.numbered(answer.conversation))
            row.add(answer.survey.rawValue)
            row.add(answer.endedAt.milliseconds)
            row.add(answer.mark)
            row.add(answer.servicer?.rawValue)
            row.add(answer.rule?.rawValue)
            row.add(answer.at.milliseconds)
        }
    }

    private mutating func write(_ journal: [Effects.JournalEntry]) throws {
        try forEach(
            journal,
            "INSERT INTO journal (account, customer, at, what, decided_at) VALUES (?, ?, ?, ?, ?)"
        ) { writer, entry, row in
            row.add(try writer.numbers.numbered(entry.account))
            row.add(try entry.conversation.map { try writer.numbers.numbered($0) })
            row.add(entry.at.milliseconds)
            row.add(entry.what)
            row.add(writer.now.milliseconds)
        }
    }

    private mutating func write(_ position: Effects.Position) throws {
        let account = try numbers.numbered(position.account)
        try db.cachedStatement(
            sql: "UPDATE accounts SET cursor = ?, token = ?, committed_at = ? WHERE id = ?"
        ).execute(arguments: [
            position.cursor.rawValue.storable, position.token?.rawValue.storable,
            now.milliseconds, account,
        ])
    }

    /// Executes `sql` once for each value, with what `bind` puts into its places.
    private mutating func forEach<Value>(
        _ values: [Value], _ sql: String,
        _ bind: (inout Self, Value, inout RowBinder) throws -> Void
    ) throws {
        if values.isEmpty { return }
        let statement = try db.cachedStatement(sql: sql)
        for value in values {
            var row = RowBinder(statement)
            try bind(&self, value, &row)
            try row.execute()
        }
    }
}

extension Database {
    /// Writes how entries ended.
    ///
    /// The first ending stays, but a withdrawal of something already under way gives way to what
    /// then happened. An unknown entry is passed over.
    func settle(
        _ settlements: [Effects.Settlement], _ numbers: inout CustomerNumbers
    ) throws {
        if settlements.isEmpty { return }
        let known = numbers
        try numbers.find(Set(settlements.lazy.map(\.conversation).filter { known[$0] == nil }))
        let statement = try cachedStatement(
            sql: """
                UPDATE outbox SET status = ?, note = ?, settled_at = ?
                WHERE customer = ? AND cause = ? AND ordinal = ?
                    AND status IN ('pending', 'cancelled')
                """)
        for settlement in settlements {
            guard let customer = numbers[settlement.conversation] else { continue }
            var row = RowBinder(statement)
            row.add(settlement.status.rawValue)
            row.add(settlement.note)
            row.add(settlement.at.milliseconds)
            row.add(customer)
            row.add(settlement.id.cause.key)
            row.add(settlement.id.ordinal)
            try row.execute()
        }
    }
}
