package import ChatModel

extension PlatformSimulator {
    /// Makes the next `count` calls on `endpoint` fail with `errcode`, before anything is looked at.
    package mutating func inject(_ endpoint: Endpoint, count: Int, errcode: Int) {
        injected[endpoint, default: []] += Array(repeating: errcode, count: max(0, count))
    }

    /// Withdraws every access token: calls with one get `errcode` (40014 or 42001) until their app
    /// asks `gettoken` again.
    package mutating func withdrawAccessTokens(as errcode: Int) {
        for (_, token) in currentToken { accessTokens[token]?.withdrawnAs = errcode }
        currentToken.removeAll()
    }

    /// Makes the next `count` accepted messages fail to be delivered, reported `delay` later.
    package mutating func failDeliveries(
        _ count: Int, as type: DeliveryFailure, after delay: Duration
    ) {
        deliveryFailures += Array(repeating: (type, delay), count: max(0, count))
    }

    /// Puts rows with this id into the log again, `times` times, each with its own callback: the
    /// platform delivering the same message more than once.
    package mutating func redeliver(_ msgID: MsgID, times: Int = 1) throws(IllegalAct) {
        for account in accounts.indices {
            guard let row = accounts[account].log.last(where: { $0.row.msgID == msgID }) else {
                continue
            }
            for _ in 0..<max(0, times) {
                appendToLog(
                    LogRow(
                        row: row.row, loggedAt: now, conversation: row.conversation, shows: 0,
                        showsServicers: 0),
                    account: account)
                announce(account)
            }
            return
        }
        throw .unknownMessage(msgID)
    }

    /// Pushes a callback for an account that has no news.
    package mutating func pushEmptyCallback(_ account: OpenKfID) throws(IllegalAct) {
        guard let place = accountIndex[account] else { throw .unknownAccount(account) }
        announce(place)
    }
}
