package import Boundary
package import ChatModel

/// One app whose accounts' media and customers are asked for.
package struct FetchedApp: Sendable {
    /// Its calls.
    package var api: PlatformAPI
    /// Its accounts.
    package var accounts: [OpenKfID]

    /// An app.
    package init(api: PlatformAPI, accounts: [OpenKfID]) {
        self.api = api
        self.accounts = accounts
    }
}
