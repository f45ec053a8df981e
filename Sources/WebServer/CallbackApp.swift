package import CallbackCrypto
package import ChatModel

/// One app whose callbacks are received at `/callback/<alias>`.
package struct CallbackApp: Sendable {
    /// The last part of its path.
    package let alias: AppAlias
    /// What opens its callbacks.
    package let key: CallbackKey
    /// Called once for each genuine piece of news, before the platform is answered: it notes and
    /// returns, and never waits.
    package let onWakeUp: @Sendable (CallbackNotice) -> Void
    /// Called when the management of accounts was granted or withdrawn; like ``onWakeUp``.
    package let onGrants: @Sendable (CallbackGrants) -> Void

    /// An app.
    package init(
        alias: AppAlias, key: CallbackKey,
        onGrants: @escaping @Sendable (CallbackGrants) -> Void = { _ in },
        onWakeUp: @escaping @Sendable (CallbackNotice) -> Void
    ) {
        self.alias = alias
        self.key = key
        self.onWakeUp = onWakeUp
        self.onGrants = onGrants
    }
}

/// Accounts whose management was granted to the app, or withdrawn (`kf_account_auth_change`).
package struct CallbackGrants: Hashable, Sendable {
    /// Those the app may use from now on.
    package let granted: [OpenKfID]
    /// Those it may not use any more.
    package let withdrawn: [OpenKfID]

    /// A change.
    package init(granted: [OpenKfID], withdrawn: [OpenKfID]) {
        self.granted = granted
        self.withdrawn = withdrawn
    }
}

/// "There is news": all that a callback says.
package struct CallbackNotice: Hashable, Sendable {
    /// The account with news; `nil` in callbacks of the old shape, which mean any account.
    package let account: OpenKfID?
    /// The token to pull with, good for 10 minutes.
    package let token: SyncToken?
    /// When the platform made the callback, to the second.
    package let createdAt: Timestamp

    /// A notice.
    package init(account: OpenKfID?, token: SyncToken?, createdAt: Timestamp) {
        self.account = account
        self.token = token
        self.createdAt = createdAt
    }
}
