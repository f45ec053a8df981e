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
    /// What was done to it on purpose.
    package internal(set) var injected: CallbackFault?
    /// Whether it is one more of a push that was made already.
    package internal(set) var isCopy = false
    /// Instead of news: whether the account was granted to the app, or withdrawn from it
    /// (`kf_account_auth_change`, §3.6).
    package internal(set) var isGranted: Bool?
}

/// What became of one push of a callback.
package struct CallbackRecord: Hashable, Sendable {
    /// The push.
    package let push: CallbackPush
    /// When that was known.
    package let at: Timestamp
    /// The HTTP status it was answered with; `nil` when it was not answered, or never pushed.
    package let status: Int?
}

extension PlatformSimulator {
    /// Announces an account's news, after the present delay, unless a fault strikes.
    mutating func announce(_ account: Int) {
        guard announces, !accounts[account].isDeleted, !accounts[account].isWithdrawn else {
            return
        }
        let app = settings.apps[accounts[account].app]
        var push = CallbackPush(
            number: callbacksMade, app: app.alias, corp: app.corp,
            account: accounts[account].facts.id, token: makeSyncToken(account),
            createdAt: Timestamp(seconds: now.seconds), dueAt: now + callbackDelay, attempt: 1)
        callbacksMade += 1
        let overtaken = overtakable.removeValue(forKey: app.alias)
        push.injected = planned.strike(callbackAt: now)
        // Two that wait for each other would stay in order.
        if case .reorder = push.injected, overtaken != nil { push.injected = nil }
        if push.injected != nil { faultsStruck += 1 }
        var copies = 0
        switch push.injected {
        case nil: break
        case .duplicate(let more): copies = more
        case .late(let delay): push.dueAt = push.dueAt + delay
        case .drop: return drop(push, overtaken)
        case .reorder(let hold):
            push.dueAt = push.dueAt + hold
            overtakable[app.alias] = push
            return
        }
        callbacks.add(push, at: push.dueAt.milliseconds)
        push.isCopy = true
        for _ in 0..<copies { callbacks.add(push, at: push.dueAt.milliseconds) }
        release(overtaken, at: push.dueAt)
    }

    /// The account's management is withdrawn from its app, or granted to it again; the app is told.
    ///
    /// While it is withdrawn, the app's calls on the account are refused (48007), and its news are
    /// not announced.
    package mutating func grant(_ account: OpenKfID, _ isGranted: Bool) throws(IllegalAct) {
        guard let place = accountIndex[account] else { throw .unknownAccount(account) }
        accounts[place].isWithdrawn = !isGranted
        let app = settings.apps[accounts[place].app]
        var push = CallbackPush(
            number: callbacksMade, app: app.alias, corp: app.corp, account: account, token: "",
            createdAt: Timestamp(seconds: now.seconds), dueAt: now + callbackDelay, attempt: 1)
        push.isGranted = isGranted
        callbacksMade += 1
        callbacks.add(push, at: push.dueAt.milliseconds)
    }

    private mutating func drop(_ push: CallbackPush, _ overtaken: CallbackPush?) {
        record(push, status: nil)
        // Nothing overtakes it, so it goes on waiting.
        if let overtaken { overtakable[overtaken.app] = overtaken }
    }

    private mutating func release(_ overtaken: CallbackPush?, at time: Timestamp) {
        guard var overtaken else { return }
        overtaken.dueAt = min(max(time, now), overtaken.dueAt)
        callbacks.add(overtaken, at: overtaken.dueAt.milliseconds)
    }

    /// The announcements that are due, earliest first.
    ///
    /// Each is handed out once; what becomes of it is reported with
    /// ``callbackEnded(_:status:)``, or with ``callbackFailed(_:)`` by those who keep no record.
    package mutating func takeDueCallbacks() -> [CallbackPush] {
        var due: [CallbackPush] = []
        while let (_, push) = callbacks.take(dueBy: now.milliseconds) { due.append(push) }
        let tired = overtakable.values.filter { $0.dueAt <= now }.sorted { $0.number < $1.number }
        for push in tired { overtakable[push.app] = nil }
        return due + tired
    }

    /// A push was answered with `status`, or not answered at all; anything but 200 has it made
    /// again.
    package mutating func callbackEnded(_ push: CallbackPush, status: Int?) {
        record(push, status: status)
        if status != 200 { callbackFailed(push) }
    }

    /// Notes what became of a push.
    package mutating func record(_ push: CallbackPush, status: Int?) {
        if callbackBook.count >= max(2, settings.bookLimit) {
            callbackBook.removeFirst(callbackBook.count / 2)
        }
        callbackBook.append(CallbackRecord(push: push, at: now, status: status))
    }

    /// A push was not answered with 200 in time: it is made again 5 s later, up to 3 times.
    package mutating func callbackFailed(_ push: CallbackPush) {
        guard push.attempt <= settings.callbackRetries, !push.isCopy else { return }
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

    /// Whose news a callback's token announces; `nil` when it is forged.
    package func account(of token: SyncToken) -> OpenKfID? {
        accounts.indices.first { creation(of: token, account: $0) != nil }.map {
            accounts[$0].facts.id
        }
    }

    /// When the token was made; `nil` when it is forged or another account's.
    func creation(of token: SyncToken, account: Int) -> Timestamp? {
        accounts[account].tokens.value(of: token.rawValue).map {
            Timestamp(milliseconds: Int64($0 >> 20))
        }
    }
}
