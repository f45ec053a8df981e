import Boundary
import ChatModel
import GRDB
import Routing

/// An outbox entry as a row: a plain text is its words, anything else JSON beside its words.
enum OutboxRow {
    static let insert = """
        INSERT INTO outbox (customer, cause, ordinal, kind, text, action, decided_at, deadline,
            expires, reason, uncertain, version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func bind(
        _ entry: OutboxEntry, customer: Int64, version: String?, to row: inout RowBinder
    ) throws {
        let kind: String
        let words: String
        var action: String?
        switch entry.action {
        case .send(.text(let text)):
            kind = "send"
            words = text
        case .send(let body):
            kind = "send"
            words = body.words
            action = try JSON.text(of: entry.action)
        case .sendOnEvent(_, let body):
            kind = "send_on_event"
            words = body.words
            action = try JSON.text(of: entry.action)
        case .transfer(let target):
            kind = "transfer"
            words = target.words
            action = try JSON.text(of: entry.action)
        case .upgrade(let upgrade):
            kind = "upgrade"
            words = upgrade.subject
            action = try JSON.text(of: entry.action)
        case .call(let call):
            // What is sent may be a customer's; it is in the JSON alone.
            kind = "call"
            words = "\(call.service).\(call.operation)"
            action = try JSON.text(of: entry.action)
        }
        row.add(customer)
        row.add(entry.id.cause.key)
        row.add(entry.id.ordinal)
        row.add(kind)
        row.add(words)
        row.add(action)
        row.add(entry.decidedAt.milliseconds)
        row.add(entry.deadline.milliseconds)
        row.add(entry.expires)
        row.add(entry.reason)
        row.add(entry.isUncertain)
        row.add(version)
    }

    /// The columns that ``entry(_:)`` reads, in its order, of `outbox` joined with `customers` and
    /// `accounts`.
    static let columns = """
        accounts.account, customers.customer, outbox.cause, outbox.ordinal, outbox.text,
        outbox.action, outbox.decided_at, outbox.deadline, outbox.expires, outbox.reason,
        outbox.uncertain
        """

    /// The entry in a row that begins with ``columns``.
    static func entry(_ row: Row) throws -> OutboxEntry {
        let action: Action =
            if let text = row[5] as String? {
                try JSON.value(Action.self, of: text)
            } else {
                .send(.text(row[4]))
            }
        return OutboxEntry(
            id: ActionID(cause: cause(row[2]), ordinal: row[3]),
            conversation: ConversationID(
                account: OpenKfID(row[0]), customer: ExternalUserID(row[1])),
            action: action, decidedAt: Timestamp(milliseconds: row[6]),
            deadline: Timestamp(milliseconds: row[7]), expires: row[8], reason: row[9],
            isUncertain: row[10])
    }

    /// The action in a row of ``columns``, version, status, note, settled_at.
    static func action(_ row: Row) throws -> RecordedAction {
        guard let status = OutboxStatus(rawValue: row[12]) else {
            throw StoreError.damaged("an action's status")
        }
        return RecordedAction(
            entry: try entry(row), version: (row[11] as String?).map { RuleSetVersion($0) },
            status: status, note: row[13],
            settledAt: (row[14] as Int64?).map { Timestamp(milliseconds: $0) })
    }

    /// The cause whose ``Cause/key`` this is.
    private static func cause(_ key: String) -> Cause {
        let prefix = "timer:"
        return key.hasPrefix(prefix)
            ? .timer(TimerID(String(key.dropFirst(prefix.count)))) : .inbound(MsgID(key))
    }
}

extension OutgoingBody {
    /// The words the customer sees, for the transcript; empty where there are none.
    fileprivate var words: String {
        switch self {
        case .text(let text): text
        case .image, .voice, .video, .file: ""
        case .link(let link): link.title
        case .miniprogram(let program): program.title ?? ""
        case .menu(let menu):
            ([menu.head] + menu.items.map(\.label) + [menu.tail]).compactMap { $0 }
                .joined(separator: "\n")
        case .location(let location): location.name
        case .acquisitionLink(let url): url
        }
    }
}

extension SessionTarget {
    /// Where to, for the transcript.
    fileprivate var words: String {
        switch self {
        case .assistant: "assistant"
        case .pool: "pool"
        case .human(let servicer): "human: \(servicer)"
        case .ended: "ended"
        }
    }
}
