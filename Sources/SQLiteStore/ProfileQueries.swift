package import Boundary
package import ChatModel
import GRDB

extension SQLiteStore: ProfileStore {
    package func newestRow() async throws(StoreError) -> Int {
        try await read("looking for the newest row") { db in
            try Int.fetchOne(db, sql: "SELECT max(id) FROM inbox") ?? 0
        }
    }

    package func customersWithoutProfile(
        of accounts: [OpenKfID], after row: Int, fetchedSince time: Timestamp, limit: Int
    ) async throws(StoreError) -> (customers: [ConversationID], last: Int) {
        try await read("looking for customers without a profile") { db in
            let rows = try Row.fetchCursor(
                try db.cachedStatement(
                    sql: """
                        SELECT inbox.id, accounts.account, customers.customer,
                            inbox.who = 'customer' AND coalesce(profiles.fetched_at < ?, true)
                                AND accounts.account IN (SELECT value FROM json_each(?))
                        FROM inbox JOIN accounts ON accounts.id = inbox.account
                            LEFT JOIN customers ON customers.id = inbox.customer
                            LEFT JOIN profiles ON profiles.customer = inbox.customer
                        WHERE inbox.id > ? ORDER BY inbox.id LIMIT ?
                        """),
                arguments: [
                    time.milliseconds, try JSON.text(of: accounts.map(\.rawValue)), row, limit,
                ])
            var found: [ConversationID] = []
            var known: Set<ConversationID> = []
            var last = row
            while let row = try rows.next() {
                last = row[0]
                guard row[3], let customer = row[2] as String? else { continue }
                let id = ConversationID(
                    account: OpenKfID(row[1]), customer: ExternalUserID(customer))
                if known.insert(id).inserted { found.append(id) }
            }
            return (found, last)
        }
    }

    package func keep(
        _ profiles: [ConversationID: CustomerProfile], at time: Timestamp
    ) async throws(StoreError) {
        if profiles.isEmpty { return }
        try await write("keeping profiles") { db in
            var numbers = CustomerNumbers(db: db)
            try numbers.find(Set(profiles.keys))
            let statement = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO profiles (customer, nickname, gender, scene,
                        scene_parameter, channels_scene, channels_name, fetched_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for (id, profile) in profiles {
                guard let number = numbers[id] else { continue }
                try statement.execute(arguments: [
                    number, profile.nickname?.storable, profile.gender.rawValue,
                    profile.scene?.storable, profile.sceneParameter?.storable,
                    profile.channelsScene, profile.channelsName?.storable, time.milliseconds,
                ])
            }
        }
    }
}
