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
            return .failure(refuse(entry, Errcode(41002, "corpid"), .limited))
        }
        guard let secret, !secret.isEmpty else {
            return .failure(refuse(entry, Errcode(41004, "corpsecret"), .limited))
        }
        guard settings.apps.contains(where: { $0.corp == corp }) else {
            return .failure(refuse(entry, Errcode(40013, "corpid: no such corp"), .limited))
        }
        if isBlocked { return .failure(refuse(entry, blocked, .limited)) }
        if let refusal = admit(entry, corp: corp) { return .failure(refusal) }
        guard let place else {
            noteWrongSecret()
            return .failure(
                refuse(entry, Errcode(40001, "corpsecret: no app of this corp's"), .limited))
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
        let what: String
        if isBlocked {
            return .failure(unreadable(endpoint, errcode: 45009, "address \(caller)", .limited))
        }
        if let token, !token.isEmpty {
            guard let facts = accessTokens[token] else {
                return .failure(
                    unreadable(endpoint, errcode: 40014, "access_token: unknown", .limited))
            }
            if facts.expiresAt > now, facts.withdrawnAs == nil {
                let app = settings.apps[facts.app].alias
                if isTrusted(by: app) { return .success(app) }
                return .failure(
                    unreadable(endpoint, by: app, errcode: 60020, "address \(caller)", .limited))
            }
            errcode = facts.withdrawnAs ?? 42001
            what = facts.withdrawnAs == nil ? "access_token: expired" : "access_token: withdrawn"
        } else {
            (errcode, what) = (41001, "access_token: missing")
        }
        return .failure(unreadable(endpoint, errcode: errcode, what, .limited))
    }

    /// Notes a request that never became a call, like a body that could not be read.
    ///
    /// - Parameter what: What was wrong, in a few words, for the book.
    package mutating func unreadable(
        _ endpoint: Endpoint, by app: AppAlias? = nil, errcode: Int, _ what: String,
        _ verdict: Verdict = .illegal
    ) -> SimulatedRefusal {
        refuse(entry(endpoint, .unreadable(what), by: app), Errcode(errcode, what), verdict)
    }

    /// Notes a request to a path that the platform does not have.
    ///
    /// - Parameter path: The method and the path, without its query.
    package mutating func unknownPath(_ path: String) {
        // Whoever asks whether anybody is there, like a check of reachability, means no call.
        if path.hasSuffix(" /") { return }
        var entry = BookEntry(number: 0, at: now, endpoint: nil, app: nil, call: .unknownPath(path))
        strike = .none
        entry.errcode = 404
        entry.verdict = .illegal
        entry.reason = "no such path"
        accept(entry)
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
        _ entry: BookEntry, _ errcode: Errcode, _ verdict: Verdict
    ) -> SimulatedRefusal {
        // A bot can't know of a withdrawal before it is told, and may ask whether it has ended.
        let verdict = errcode == .withdrawn && verdict == .illegal ? .limited : verdict
        var refused = entry
        refused.errcode = errcode.number
        refused.verdict = verdict
        refused.reason = errcode.reason
        accept(refused)
        return SimulatedRefusal(errcode: errcode.number, verdict: verdict)
    }

    /// Lets a call in unless a fault was injected or its corp has called too often (45009).
    mutating func admit(_ entry: BookEntry) -> SimulatedRefusal? {
        guard let app = entry.app, let place = appIndex[app] else {
            return refuse(entry, Errcode(40014, "no such app"), .limited)
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
        remark = nil
        do throws(Errcode) {
            let answer = try work(&self)
            entry.reason = remark
            accept(entry)
            return .success(answer)
        } catch {
            return .failure(refuse(entry, error, .illegal))
        }
    }

    private mutating func admit(_ entry: BookEntry, corp: CorpID) -> SimulatedRefusal? {
        guard let endpoint = entry.endpoint else { return nil }
        if let errcode = suffer(entry) {
            return refuse(entry, Errcode(errcode, "a fault that was asked for"), .limited)
        }
        let quotas = settings.quotas
        do throws(Errcode) {
            try count(
                .init(who: .address(caller), endpoint: endpoint), quotas.perAddressMinute,
                quotas.perAddressHour)
            let key = Meter.Key(who: .corp(corp), endpoint: endpoint)
            try count(key, quotas.perMinute, quotas.perHour)
            try occupy(key)
            return nil
        } catch {
            return refuse(entry, error, .limited)
        }
    }

    private mutating func count(
        _ key: Meter.Key, _ perMinute: Int?, _ perHour: Int?
    ) throws(Errcode) {
        if perMinute == nil, perHour == nil { return }
        let overrun = meters[key, default: Meter()].count(
            at: now, perMinute: perMinute, perHour: perHour)
        if let overrun { throw Errcode(45009, "\(key.who.name): \(overrun)") }
    }

    /// Takes a place among the calls under way until the answer is there; refuses with 45033 where
    /// none is free.
    private mutating func occupy(_ key: Meter.Key) throws(Errcode) {
        guard let most = settings.concurrency[key.endpoint] else { return }
        let now = now
        underWay[key]?.removeAll { $0 <= now }
        let count = underWay[key]?.count ?? 0
        try PlatformRules.require(
            count < most, orRefuse: 45033, "\(count) calls under way, at most \(most)")
        underWay[key, default: []].append(now + strike.duration)
    }

    /// The account's place, for a call that may use it; else refuses with 95000, 95004 or 48007.
    func managed(_ id: OpenKfID, by app: AppAlias) throws(Errcode) -> Int {
        guard let place = accountIndex[id] else {
            let count = id.rawValue.utf8.count
            if count > 64 { throw Errcode(95000, "open_kfid: \(count) bytes, at most 64") }
            if !id.rawValue.hasPrefix("wk") {
                throw Errcode(95000, "open_kfid: does not begin with wk")
            }
            throw Errcode(95004, "open_kfid: none of the corp's")
        }
        let owner = settings.apps[accounts[place].app]
        if owner.alias == app, !accounts[place].isWithdrawn { return place }
        if owner.alias == app { throw Errcode.withdrawn }
        let corp = appIndex[app].map { settings.apps[$0].corp }
        throw owner.corp == corp
            ? Errcode(48007, "open_kfid: the app '\(owner.alias)' has it")
            : Errcode(95004, "open_kfid: another corp's")
    }

    /// The conversation's place, for a call about a customer of an account the app may use.
    func met(_ id: ConversationID, by app: AppAlias) throws(Errcode) -> Int {
        _ = try managed(id.account, by: app)
        guard isKnown(id.customer, to: app), let index = conversationIndex[id] else {
            throw Errcode(40096, "external_userid: never met the account")
        }
        return index
    }

    /// The calling app's corp.
    func corp(of app: AppAlias) throws(Errcode) -> CorpID {
        guard let place = appIndex[app] else { throw Errcode(40014, "no such app") }
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

    /// Refuses a customer whom the calling app's corp does not know.
    func checkKnown(_ customer: ExternalUserID, to app: AppAlias) throws(Errcode) {
        try PlatformRules.require(
            isKnown(customer, to: app), orRefuse: 40096, "external_userid: unknown to the corp")
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

extension PlatformSimulator.Meter.Who {
    fileprivate var name: String {
        switch self {
        case .corp(let corp): "corp \(corp)"
        case .address(let address): "address \(address)"
        }
    }
}

extension PlatformSimulator.Meter {
    /// Counts a call at `time`; says which limit it is over, or which block it is inside.
    ///
    /// A block lasts as long as the window that was overrun (§15).
    fileprivate mutating func count(
        at time: Timestamp, perMinute: Int?, perHour: Int?
    ) -> String? {
        if time < blockedUntil {
            return "blocked for \((blockedUntil - time).wholeMilliseconds) ms more"
        }
        if time - minuteBegan >= .seconds(60) { (minuteBegan, inMinute) = (time, 0) }
        if time - hourBegan >= .seconds(3600) { (hourBegan, inHour) = (time, 0) }
        if let most = perHour, inHour >= most {
            blockedUntil = time + .seconds(3600)
            return "over \(most) calls an hour"
        }
        if let most = perMinute, inMinute >= most {
            blockedUntil = time + .seconds(60)
            return "over \(most) calls a minute"
        }
        inMinute += 1
        inHour += 1
        return nil
    }
}
