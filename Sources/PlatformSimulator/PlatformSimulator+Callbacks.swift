package import ChatModel

/// An announcement that an account has news: what `kf_msg_or_event` carries (§3.5).
package struct CallbackPush: Hashable, Sendable {
    /// The same for all attempts of one announcement.
    package let number: Int
    /// Whom it goes to.
    package let app: AppAlias
    /// That app's corp.
    package let corp: CorpID
    /// The account with news.
    package let account: OpenKfID
    /// Good for pulling, 10 minutes from ``createdAt``.
    package let token: SyncToken
    /// When the news came; whole seconds, as pushed.
    package let createdAt: Timestamp
    /// When it is to be pushed.
    package internal(set) var dueAt: Timestamp
    /// 1 for the first push.
    package internal(set) var attempt: Int
}

extension PlatformSimulator {
    /// Announces an account's news, after the present delay.
    mutating func announce(_ account: Int) {
        guard announces, !accounts[account].isDeleted else { return }
        let app = settings.apps[accounts[account].app]
        let push = CallbackPush(
            number: callbacksMade, app: app.alias, corp: app.corp,
            account: accounts[account].facts.id, token: makeSyncToken(account),
            createdAt: Timestamp(seconds: now.seconds), dueAt: now + callbackDelay, attempt: 1)
        callbacksMade += 1
        callbacks.add(push, at: push.dueAt.milliseconds)
    }

    /// The announcements that are due, earliest first.
    ///
    /// Each is handed out once; one that did not arrive is reported with ``callbackFailed(_:)``.
    package mutating func takeDueCallbacks() -> [CallbackPush] {
        var due: [CallbackPush] = []
        while let (_, push) = callbacks.take(dueBy: now.milliseconds) { due.append(push) }
        return due
    }

    /// A push was not answered with 200 in time: it is made again 5 s later, up to 3 times.
    package mutating func callbackFailed(_ push: CallbackPush) {
        guard push.attempt <= settings.callbackRetries else { return }
        var again = push
        again.attempt += 1
        again.dueAt = now + settings.callbackRetryAfter
        callbacks.add(again, at: again.dueAt.milliseconds)
    }

    /// A token that knows when it was made; 20 bits keep those of one millisecond apart.
    private mutating func makeSyncToken(_ account: Int) -> SyncToken {
        idsMade += 1
        let value = UInt64(max(0, now.milliseconds)) << 20 | idsMade & 0xFFFFF
        return SyncToken(accounts[account].tokens.text(for: value))
    }

    /// When the token was made; `nil` when it is forged or another account's.
    func creation(of token: SyncToken, account: Int) -> Timestamp? {
        accounts[account].tokens.value(of: token.rawValue).map {
            Timestamp(milliseconds: Int64($0 >> 20))
        }
    }
}
