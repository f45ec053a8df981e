package import ChatModel

extension PlatformSimulator {
    // MARK: Faults of calls and callbacks

    /// Puts a plan to work from now on, in place of the one before.
    ///
    /// What ``inject(_:count:errcode:)`` and its neighbours asked for stays, and strikes first.
    package mutating func setFaults(_ plan: FaultPlan) { planned = FaultRun(plan, since: now) }

    /// Nothing fails any more, whoever asked for it.
    package mutating func endFaults() {
        injected = FaultRun()
        planned = FaultRun()
    }

    /// The rules for calls at work, and how often each has struck; single ones come first.
    package var callFaults: [(rule: FaultPlan.CallRule, struck: Int)] {
        injected.callRules + planned.callRules
    }

    /// The rules for callbacks at work, and how often each has struck.
    package var callbackFaults: [(rule: FaultPlan.CallbackRule, struck: Int)] {
        planned.callbackRules
    }

    /// Makes the next `count` calls on `endpoint` fail with `errcode`, before anything is looked at.
    package mutating func inject(_ endpoint: Endpoint, count: Int, errcode: Int) {
        let rule = FaultPlan.CallRule(
            .refused(errcode: errcode), on: [endpoint], .init(count: max(0, count)))
        injected.add(rule, since: now)
    }

    /// Holds the answers of an endpoint back, of every endpoint with `nil`; zero ends it.
    package mutating func holdAnswers(_ delay: Duration, of endpoint: Endpoint?) {
        injected.remove(.delay)
        guard delay > .zero else { return }
        injected.add(.init(.delay(delay), on: endpoint.map { [$0] } ?? []), since: now)
    }

    /// Loses the answers of the next `count` calls, which are carried out all the same.
    package mutating func loseAnswers(_ count: Int) {
        injected.remove(.lostAnswer)
        injected.add(.init(.lostAnswer, .init(count: max(0, count))), since: now)
    }

    /// Draws what happens to the call that arrives with `entry`, and keeps it as ``strike``.
    ///
    /// - Returns: The number to refuse the call with; `nil` when it is to be carried out.
    mutating func suffer(_ entry: BookEntry) -> Int? {
        guard let endpoint = entry.endpoint else { return nil }
        injected.strike(endpoint, at: now, into: &strike)
        planned.strike(endpoint, at: now, into: &strike)
        if strike != .none { faultsStruck += 1 }
        guard let fault = strike.fault, fault.comesBefore else { return nil }
        guard case .refused(let errcode) = fault else { return -1 }
        if let app = entry.app, fault.isOfToken {
            withdrawAccessTokens(as: errcode, of: app)
        }
        return errcode
    }

    /// When the caller learns the answer of the call under way; `nil` when it never does.
    var heardAt: Timestamp? {
        strike.fault?.losesAnswer == true ? nil : now + strike.delay
    }

    // MARK: Routing

    /// Changes where the console sends new sessions of an account.
    package mutating func routes(
        _ account: OpenKfID, to routing: SimulatorSettings.Routing
    ) throws(IllegalAct) {
        guard let place = accountIndex[account] else { throw .unknownAccount(account) }
        accounts[place].facts.routing = routing
    }

    // MARK: Access tokens

    /// Withdraws every access token: calls with one get `errcode` (40014 or 42001) until their app
    /// asks `gettoken` again.
    ///
    /// - Parameter app: Whose token; everybody's with `nil`.
    package mutating func withdrawAccessTokens(as errcode: Int, of app: AppAlias? = nil) {
        let places = app.map { [appIndex[$0]].compactMap { $0 } } ?? Array(settings.apps.indices)
        for place in places {
            guard let token = currentToken.removeValue(forKey: place) else { continue }
            accessTokens[token]?.withdrawnAs = errcode
        }
    }

    // MARK: The log

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
