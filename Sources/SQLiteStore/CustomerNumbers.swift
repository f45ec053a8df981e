import ChatModel
import Foundation
import GRDB
import Routing

/// The numbers that stand for accounts and customers, as far as one transaction has met them.
///
/// Looked up many at a time; handed out to those that have none.
struct CustomerNumbers {
    private let db: Database
    private var accounts: [OpenKfID: Int64] = [:]
    /// `nil` for those known to have no number yet.
    private var customers: [ConversationID: Int64?] = [:]

    init(db: Database) { self.db = db }

    /// Looks up those of `ids` that have a number.
    mutating func find(_ ids: Set<ConversationID>) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT customers.id, customers.customer FROM json_each(?2) AS wanted
                CROSS JOIN customers ON customers.account = ?1
                    AND customers.customer = wanted.value
                """)
        customers.reserveCapacity(customers.count + ids.count)
        for id in ids { customers[id] = .some(nil) }
        for (account, ids) in Dictionary(grouping: ids, by: \.account) {
            guard let account = try number(of: account) else { continue }
            let ids = Dictionary(
                ids.map { ($0.customer.rawValue.storable, $0) }, uniquingKeysWith: { $1 })
            let rows = try Row.fetchCursor(
                statement, arguments: [account, try JSON.text(of: Array(ids.keys))])
            while let row = try rows.next() {
                if let id = ids[row[1]] { customers[id] = row[0] }
            }
        }
    }

    /// The conversations found so far, by number.
    var found: [Int64: ConversationID] {
        Dictionary(
            uniqueKeysWithValues: customers.compactMap { id, number in number.map { ($0, id) } })
    }

    /// The number of a conversation that ``find(_:)`` found.
    subscript(_ id: ConversationID) -> Int64? { customers[id] ?? nil }

    /// The number of an account; `nil` when it has none yet.
    mutating func number(of account: OpenKfID) throws -> Int64? {
        if let known = accounts[account] { return known }
        let found = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM accounts WHERE account = ?"),
            arguments: [account.rawValue.storable])
        accounts[account] = found
        return found
    }

    /// The number of an account, a new one if need be.
    mutating func numbered(_ account: OpenKfID) throws -> Int64 {
        if let known = try number(of: account) { return known }
        try db.execute(
            sql: "INSERT INTO accounts (account) VALUES (?)",
            arguments: [account.rawValue.storable])
        accounts[account] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }

    /// The number of a conversation's customer, a new one if need be.
    mutating func numbered(_ id: ConversationID) throws -> Int64 {
        // Not every conversation a step touches was among those looked up beforehand.
        if customers[id] == nil { try find([id]) }
        if let known = self[id] { return known }
        let account = try numbered(id.account)
        var row = RowBinder(
            try db.cachedStatement(sql: "INSERT INTO customers (account, customer) VALUES (?, ?)"))
        row.add(account)
        row.add(id.customer.rawValue)
        try row.execute()
        customers[id] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }
}
