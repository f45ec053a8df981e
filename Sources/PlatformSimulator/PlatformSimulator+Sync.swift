package import ChatModel

/// What `sync_msg` answers.
package struct SyncPage: Hashable, Sendable {
    /// Where the next pull begins.
    package let next: SyncCursor
    /// Whether there is more; says nothing about ``rows`` being empty.
    package let hasMore: Bool
    /// The rows, oldest first.
    package let rows: [Inbound]
    /// What those of raw messages hold.
    package internal(set) var raw: [MsgID: RawMessage] = [:]
}

/// What voices are handed out as (`voice_format`, §8.1).
package enum VoiceFormat: Int, Hashable, Sendable, CaseIterable {
    case amr = 0
    case silk = 1
}

extension PlatformSimulator {
    /// `sync_msg`: a page of an account's log, nothing older than 3 days, and never what the API
    /// itself sent.
    ///
    /// - Parameters:
    ///   - cursor: A former page's `next`; `nil` for the beginning.
    ///   - token: A callback's; `nil` for none, which is limited strictly.
    ///   - limit: The most rows wanted, 1…1000; `nil` or 0 for 1000.
    ///   - voices: With SILK, voices come under media ids of their own.
    package mutating func sync(
        _ account: OpenKfID, cursor: SyncCursor?, token: SyncToken?, limit: Int?,
        voices: VoiceFormat = .amr, by app: AppAlias
    ) -> Result<SyncPage, SimulatedRefusal> {
        var entry = entry(
            .syncMessages, .pull(hasToken: token != nil, rows: 0, hasMore: false), by: app)
        entry.account = account
        if let refusal = admit(entry) { return .failure(refusal) }
        let most =
            limit.map { $0 == 0 ? PlatformRules.largestPage : $0 }
            ?? PlatformRules.largestPage
        let place: Int
        do throws(Errcode) {
            place = try managed(account, by: app)
            try PlatformRules.require(
                (1...PlatformRules.largestPage).contains(most), orRefuse: 40058,
                "limit: \(most), 1 to \(PlatformRules.largestPage)")
            try PlatformRules.require(
                0...PlatformRules.longestCursor, of: "cursor", cursor?.rawValue ?? "")
            try PlatformRules.require(
                0...PlatformRules.longestSyncToken, of: "token", token?.rawValue ?? "")
        } catch { return .failure(refuse(entry, error, .illegal)) }
        if let token {
            guard let made = creation(of: token, account: place) else {
                return .failure(
                    refuse(entry, Errcode(95007, "token: none of this account's"), .illegal))
            }
            if now - made > PlatformRules.syncTokenLifetime {
                return .failure(
                    refuse(entry, Errcode(95007, "token: older than 10 minutes"), .limited))
            }
        }
        var start = accounts[place].dropped
        if let cursor {
            guard let value = accounts[place].cursors.value(of: cursor.rawValue),
                value <= UInt64(accounts[place].dropped + accounts[place].log.count)
            else {
                return .failure(
                    refuse(entry, Errcode(50100, "cursor: none of this account's"), .illegal))
            }
            start = max(start, Int(value))
        }
        let goesOn = cursor != nil && cursor == accounts[place].tokenlessNext
        if token == nil, !goesOn, let refusal = meterTokenless(place, entry) {
            return .failure(refusal)
        }

        let page = page(
            of: place, from: start, most: min(most, max(1, settings.pageSize)), voices)
        if token == nil { accounts[place].tokenlessNext = page.hasMore ? page.next : nil }
        entry.call = .pull(hasToken: token != nil, rows: page.rows.count, hasMore: page.hasMore)
        accept(entry)
        return .success(page)
    }

    /// One pull without a token in a while; its further pages are not counted.
    private mutating func meterTokenless(_ place: Int, _ entry: BookEntry) -> SimulatedRefusal? {
        if let least = settings.quotas.tokenlessPullEvery,
            let last = accounts[place].tokenlessPullAt, now - last < least
        {
            let words = "one pull without token in \(least.wholeMilliseconds / 1000) seconds"
            return refuse(entry, Errcode(45009, words), .limited)
        }
        accounts[place].tokenlessPullAt = now
        return nil
    }

    private mutating func page(
        of place: Int, from start: Int, most: Int, _ voices: VoiceFormat
    ) -> SyncPage {
        let dropped = accounts[place].dropped
        let count = accounts[place].log.count
        let first = firstRow(of: place, from: start - dropped)
        if first < count, settings.emptyPageEvery > 0 {
            pagesWithRows += 1
            if pagesWithRows.isMultiple(of: settings.emptyPageEvery) {
                return SyncPage(next: cursor(place, at: dropped + first), hasMore: true, rows: [])
            }
        }
        let end = min(count, first + most)
        var rows: [Inbound] = []
        var raw: [MsgID: RawMessage] = [:]
        rows.reserveCapacity(end - first)
        for offset in first..<end {
            let logged = accounts[place].log[offset]
            rows.append(voices == .silk ? Self.inSILK(logged.row) : logged.row)
            if !rawMessages.isEmpty { raw[logged.row.msgID] = rawMessages[logged.row.msgID] }
            guard let heardAt else { continue }
            if let conversation = logged.conversation, logged.shows > 0 {
                conversations[conversation].knowledge.shown(
                    logged.shows, at: heardAt, noticeTime: settings.noticeTime)
            }
            if logged.showsServicers > 0 {
                accounts[place].servicersKnowledge.shown(
                    logged.showsServicers, at: heardAt, noticeTime: settings.noticeTime)
            }
        }
        return SyncPage(
            next: cursor(place, at: dropped + end), hasMore: end < count, rows: rows, raw: raw)
    }

    /// The row as a caller gets it who wants SILK.
    private static func inSILK(_ row: Inbound) -> Inbound {
        let content: Inbound.Content
        switch row.content {
        case .fromCustomer(let customer, .voice(let id)):
            content = .fromCustomer(customer, .voice(MediaFile.idOfSILK(for: id)))
        case .fromServicer(let servicer, let customer, .voice(let id)):
            content = .fromServicer(servicer, to: customer, .voice(MediaFile.idOfSILK(for: id)))
        default: return row
        }
        return Inbound(
            msgID: row.msgID, account: row.account, sentAt: row.sentAt, content: content)
    }

    /// The first row at or after `offset` that is inside the 3-day window.
    private func firstRow(of place: Int, from offset: Int) -> Int {
        let horizon = now - PlatformRules.syncWindow
        var (low, high) = (offset, accounts[place].log.count)
        while low < high {
            let middle = low + (high - low) / 2
            if accounts[place].log[middle].loggedAt <= horizon {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func cursor(_ place: Int, at number: Int) -> SyncCursor {
        SyncCursor(accounts[place].cursors.text(for: UInt64(number)))
    }
}
