import Boundary
import ChatModel
import GRDB
import Routing
import SQLiteStore
import Testing

/// Rows that earlier versions wrote.
@Suite struct InboxTests {
    /// The detail a card had while it was kept in parts, and what it reads as.
    static let cards: [(String, String?, MessageBody)] = [
        (
            "link", #"{"url":"https://e.example"}"#,
            .link(.init(title: "T", url: "https://e.example"))
        ),
        (
            "miniprogram", #"{"id":"wx","url":"p.html"}"#,
            .miniprogram(.init(appID: "wx", title: "T", pagePath: "p.html"))
        ),
        ("menu", nil, .menu(.init(head: nil, items: [], tail: nil))),
        ("shop_product", #"{"id":"1"}"#, .shopProduct(.init(id: "1", title: "T"))),
        ("shop_order", #"{"id":"2"}"#, .shopOrder(.init(id: "2", title: "T"))),
        ("merged_msg", nil, .mergedMessages(.init(title: "T"))),
        ("channels", #"{"name":"N"}"#, .channels(.init(nickname: "N", title: "T"))),
    ]

    @Test(arguments: cards)
    func cardsKeptInPartsReadAsTheyDid(
        kind: String, detail: String?, body: MessageBody
    ) async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        let row = Inbound(
            msgID: "m1", account: Sample.account, sentAt: Sample.now,
            content: .fromCustomer("a", body), raw: "{}")
        var effects = Effects()
        effects.inbox = [Effects.InboxRecord(row: row, reason: .observed("x"), score: nil)]
        try await store.commit(effects)
        try store.close()
        let queue = try DatabaseQueue(path: directory.path)
        let changed = try await queue.write { db in
            try db.execute(
                sql: "UPDATE inbox SET detail = ?, text = 'T' WHERE kind = ?",
                arguments: [detail, kind])
            return db.changesCount
        }
        try queue.close()
        #expect(changed == 1)
        #expect(try await directory.open().decision(of: "m1")?.row == row)
    }
}
