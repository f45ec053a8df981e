package import ChatModel

/// What `gettoken` grants.
package struct AccessGrant: Hashable, Sendable {
    /// The access token.
    package let token: String
    /// Seconds it lives from now.
    package let expiresIn: Int
}

extension PlatformSimulator {
    /// `gettoken`: the same token until it expires or is withdrawn.
    package mutating func getToken(
        corp: CorpID?, secret: String?
    ) -> Result<AccessGrant, SimulatedRefusal> {
        let place = settings.apps.firstIndex { $0.corp == corp && $0.secret == secret }
        let entry = entry(.getToken, .getToken, by: place.map { settings.apps[$0].alias })
        guard let corp, !corp.rawValue.isEmpty else {
            return .failure(refuse(entry, 41002, .limited))
        }
        guard let secret, !secret.isEmpty else { return .failure(refuse(entry, 41004, .limited)) }
        guard settings.apps.contains(where: { $0.corp == corp }) else {
            return .failure(refuse(entry, 40013, .limited))
        }
        if isBlocked { return .failure(refuse(entry, 45009, .limited)) }
        if let refusal = admit(entry, corp: corp) { return .failure(refusal) }
        guard let place else {
            noteWrongSecret()
            return .failure(refuse(entry, 40001, .limited))
        }
        accept(entry)
        if let token = currentToken[place], let facts = accessTokens[token], facts.expiresAt > now {
            return .success(grant(token, until: facts.expiresAt))
        }
        let token = "TOKEN-" + String(nextNumber(), radix: 36) + String(nextNumber(), radix: 36)
        let expiresAt = now + settings.accessTokenLifetime
        accessTokens = accessTokens.filter { now - $0.value.expiresAt < .seconds(86_400) }
        accessTokens[token] = AccessToken(app: place, expiresAt: expiresAt)
        currentToken[place] = token
        return .success(grant(token, until: expiresAt))
    }

    private func grant(_ token: String, until expiresAt: Timestamp) -> AccessGrant {
        let left = (expiresAt - now).wholeMilliseconds
        return AccessGrant(token: token, expiresIn: Int((left + 999) / 1000))
    }

    /// Whose access token this is; refuses with 41001, 40014 or 42001.
    ///
    /// A face that speaks for one app may leave it out and pass the app's alias to the calls.
    package mutating func authenticate(
        _ token: String?, for endpoint: Endpoint
    ) -> Result<AppAlias, SimulatedRefusal> {
        let errcode: Int
        if isBlocked {
            return .failure(unreadable(endpoint, errcode: 45009, "address \(caller)", .limited))
        }
        if let token, !token.isEmpty {
            guard let facts = accessTokens[token] else {
                return .failure(unreadable(endpoint, errcode: 40014, "access token", .limited))
            }
            if facts.expiresAt > now, facts.withdrawnAs == nil {
                let app = settings.apps[facts.app].alias
                if isTrusted(by: app) { return .success(app) }
                return .failure(
                    unreadable(endpoint, by: app, errcode: 60020, "address \(caller)", .limited))
            }
            errcode = facts.withdrawnAs ?? 42001
        } else {
            errcode = 41001
        }
        return .failure(unreadable(endpoint, errcode: errcode, "access token", .limited))
    }

    /// Notes a request that never became a call, like a body that could not be read.
    ///
    /// - Parameter what: What was wrong, in a few words, for the book.
    package mutating func unreadable(
        _ endpoint: Endpoint, by app: AppAlias? = nil, errcode: Int, _ what: String,
        _ verdict: Verdict = .illegal
    ) -> SimulatedRefusal {
        refuse(entry(endpoint, .unreadable(what), by: app), errcode, verdict)
    }

    // MARK: What every call goes through

    mutating func entry(
        _ endpoint: Endpoint, _ call: BookEntry.Call, by app: AppAlias?
    ) -> BookEntry {
        strike = .none
        return BookEntry(number: 0, at: now, endpoint: endpoint, app: app, call: call)
    }

    mutating func accept(_ entry: BookEntry) {
        if book.count >= max(2, settings.bookLimit) { book.removeFirst(book.count / 2) }
        book.append(entry)
        book[book.count - 1].number = bookEntriesMade
        book[book.count - 1].injected = strike.kinds
        bookEntriesMade += 1
    }

    mutating func refuse(
        _ entry: BookEntry, _ errcode: Int, _ verdict: Verdict
    ) -> SimulatedRefusal {
        var refused = entry
        refused.errcode = errcode
        refused.verdict = verdict
        accept(refused)
        return SimulatedRefusal(errcode: errcode, verdict: verdict)
    }

    /// Lets a call in unless a fault was injected or its corp has called too often (45009).
    mutating func admit(_ entry: BookEntry) -> SimulatedRefusal? {
        guard let app = entry.app, let place = appIndex[app] else {
            return refuse(entry, 40014, .limited)
        }
        return admit(entry, corp: settings.apps[place].corp)
    }

    /// Carries out a call that says nothing of a session: lets it in, enters it in the book, and
    /// refuses it with the number that `work` throws.
    mutating func carryOut<Answer>(
        _ endpoint: Endpoint, _ summary: String = "", account: OpenKfID? = nil,
        customer: ExternalUserID? = nil, by app: AppAlias,
        _ work: (inout Self) throws(Errcode) -> Answer
    ) -> Result<Answer, SimulatedRefusal> {
        var entry = entry(endpoint, .request(summary), by: app)
        entry.account = account
        entry.customer = customer
        if let refusal = admit(entry) { return .failure(refusal) }
        do throws(Errcode) {
            let answer = try work(&self)
            accept(entry)
            return .success(answer)
        } catch {
            return .failure(refuse(entry, error.number, .illegal))
        }
    }

    private mutating func admit(_ entry: BookEntry, corp: CorpID) -> SimulatedRefusal? {
        if let errcode = suffer(entry) { return refuse(entry, errcode, .limited) }
        let quotas = settings.quotas
        let isWithin =
            count(nil, entry.endpoint, quotas.perAddressMinute, quotas.perAddressHour)
            && count(corp, entry.endpoint, quotas.perMinute, quotas.perHour)
        return isWithin ? nil : refuse(entry, 45009, .limited)
    }

    private mutating func count(
        _ corp: CorpID?, _ endpoint: Endpoint, _ perMinute: Int?, _ perHour: Int?
    ) -> Bool {
        if perMinute == nil, perHour == nil { return true }
        let key = Meter.Key(corp: corp, endpoint: endpoint)
        return meters[key, default: Meter()].count(
            at: now, perMinute: perMinute, perHour: perHour)
    }

    /// The account `id` names, if the calling app may use it; else the number that says why not.
    func account(_ id: OpenKfID, for app: AppAlias) -> (place: Int?, errcode: Int) {
        guard let place = accountIndex[id] else {
            let isWellFormed = id.rawValue.hasPrefix("wk") && id.rawValue.utf8.count <= 64
            return (nil, isWellFormed ? 95004 : 95000)
        }
        let owner = settings.apps[accounts[place].app]
        if owner.alias == app { return accounts[place].isWithdrawn ? (nil, 48007) : (place, 0) }
        let corp = appIndex[app].map { settings.apps[$0].corp }
        return (nil, owner.corp == corp ? 48007 : 95004)
    }

    /// The account's place, for a call that may use it; throws as ``account(_:for:)`` says.
    func managed(_ id: OpenKfID, by app: AppAlias) throws(Errcode) -> Int {
        let (place, errcode) = account(id, for: app)
        guard let place else { throw Errcode(errcode) }
        return place
    }

    /// The conversation's place, for a call about a customer of an account the app may use.
    func met(_ id: ConversationID, by app: AppAlias) throws(Errcode) -> Int {
        _ = try managed(id.account, by: app)
        guard isKnown(id.customer, to: app), let index = conversationIndex[id] else {
            throw Errcode(40096)
        }
        return index
    }

    /// The calling app's corp.
    func corp(of app: AppAlias) throws(Errcode) -> CorpID {
        guard let place = appIndex[app] else { throw Errcode(40014) }
        return settings.apps[place].corp
    }

    /// What is known of the calling app's corp.
    func corpFacts(of app: AppAlias) throws(Errcode) -> SimulatorSettings.Corp {
        let id = try corp(of: app)
        return corps[id]?.facts ?? SimulatorSettings.Corp(id: id)
    }

    /// What is known of an account's corp.
    func corpFacts(of account: Int) -> SimulatorSettings.Corp {
        let id = settings.apps[accounts[account].app].corp
        return corps[id]?.facts ?? SimulatorSettings.Corp(id: id)
    }

    /// Whether the calling app's corp knows the customer.
    func isKnown(_ customer: ExternalUserID, to app: AppAlias) -> Bool {
        guard let place = appIndex[app] else { return false }
        return customers[customer]?.corps.contains(settings.apps[place].corp) ?? false
    }

    /// The verdict on a refusal because of a session's state: `repeat` for a call that raced
    /// before, `raced` when the caller could not know the state, else `illegal`.
    ///
    /// The refusal itself tells the caller that its belief is out of date.
    mutating func verdictOnState(_ index: Int, call key: String?) -> Verdict {
        let known = conversations[index].knowledge.known(
            at: now, noticeTime: settings.noticeTime)
        let isRaced = known < conversations[index].version
        showState(of: index)
        return excuse(index, call: key, if: isRaced)
    }

    /// The verdict on a refusal because a time ran out at `deadline`.
    mutating func verdictOnClock(_ index: Int, call key: String?, deadline: Timestamp) -> Verdict {
        excuse(index, call: key, if: now - deadline < settings.noticeTime)
    }

    private mutating func excuse(_ index: Int, call key: String?, if isRaced: Bool) -> Verdict {
        if let key, conversations[index].excused.contains(key) { return .repeat }
        guard isRaced else { return .illegal }
        if let key { conversations[index].excused.insert(key) }
        return .raced
    }
}

extension PlatformSimulator.Meter {
    /// Counts a call at `time`; `false` when it is over a limit or inside a block, which lasts as
    /// long as the window that was overrun (§15).
    fileprivate mutating func count(
        at time: Timestamp, perMinute: Int?, perHour: Int?
    ) -> Bool {
        if time < blockedUntil { return false }
        if time - minuteBegan >= .seconds(60) { (minuteBegan, inMinute) = (time, 0) }
        if time - hourBegan >= .seconds(3600) { (hourBegan, inHour) = (time, 0) }
        if let most = perHour, inHour >= most {
            blockedUntil = time + .seconds(3600)
            return false
        }
        if let most = perMinute, inMinute >= most {
            blockedUntil = time + .seconds(60)
            return false
        }
        inMinute += 1
        inHour += 1
        return true
    }
}
