package import ChatModel

/// What the platform tells of customers, kept so that it is rarely asked.
package protocol ProfileStore: Sendable {
    /// The place of the inbox's newest row; 0 when it is empty.
    func newestRow() async throws(StoreError) -> Int

    /// Customers who wrote in rows after `row` and of whom nothing is kept that was fetched at or
    /// after `time`, with the last row that was looked at.
    ///
    /// - Parameter limit: The most rows looked at.
    func customersWithoutProfile(
        of accounts: [OpenKfID], after row: Int, fetchedSince time: Timestamp, limit: Int
    ) async throws(StoreError) -> (customers: [ConversationID], last: Int)

    /// Keeps profiles; one without a nickname says that the platform shows none.
    func keep(
        _ profiles: [ConversationID: CustomerProfile], at time: Timestamp
    ) async throws(StoreError)
}
