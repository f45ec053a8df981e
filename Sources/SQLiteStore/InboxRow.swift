import ChatModel
import GRDB
import Routing

/// A decided row of a page as a row: what it said in words, why it was answered, and its JSON.
enum InboxRow {
    static let insert = """
        INSERT INTO inbox (account, msgid, customer, who, kind, text, menu_item, sent_at, reason,
            score, version, decided_at, raw)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func bind(
        _ record: Effects.InboxRecord, account: Int64, customer: Int64?, version: String?,
        decidedAt now: Timestamp, to target: inout RowBinder
    ) {
        let row = record.row
        let who: String
        let kind: String
        var text = ""
        var menuItem: String?
        switch row.content {
        case .fromCustomer(_, let body), .fromServicer(_, _, let body):
            if case .fromCustomer = row.content { who = "customer" } else { who = "servicer" }
            kind = body.kind.rawValue
            text = body.words
            if case .text(_, let item) = body { menuItem = item?.rawValue }
        case .event(let event):
            who = "event"
            kind = event.type
        case .unknown(let origin, _):
            who = "event"
            kind = "origin:\(origin)"
        }
        target.add(account)
        target.add(row.msgID.rawValue)
        target.add(customer)
        target.add(who)
        target.add(kind)
        target.add(text)
        target.add(menuItem)
        target.add(row.sentAt.milliseconds)
        target.add(record.reason.text)
        target.add(record.score)
        target.add(version)
        target.add(now.milliseconds)
        target.add(row.raw)
    }
}

extension MessageBody {
    /// The words in the message, for the transcript; empty where there are none.
    fileprivate var words: String {
        switch self {
        case .text(let content, _): content
        case .location(let location): location.name
        case .link(let title, _), .miniprogram(_, let title, _), .shopProduct(_, let title),
            .shopOrder(_, let title), .mergedMessages(let title), .channels(_, let title):
            title
        case .image, .voice, .video, .file, .businessCard, .menu, .other: ""
        }
    }
}
