package import ChatModel

/// What has been called, by corp and endpoint, and so what may be called next: nothing is sent
/// that the platform would have to refuse (wecom-kf reference §15).
///
/// One ledger serves a process: apps of one corp share the corp's quota, all corps share the IP
/// address's. A call is booked with ``begin(_:at:)`` when ``opening(of:at:)`` says ``Opening/open``,
/// and closed with ``end(_:calledAt:_:at:)`` when its answer is known. Both cost the same however
/// many calls there were, and allocate nothing. Pure: time is an argument.
package struct QuotaLedger: Sendable {
    /// One endpoint of one corp.
    package struct Line: Hashable, Sendable {
        fileprivate let index: Int

        fileprivate var endpoint: Int { index % PlatformEndpoint.count }
    }

    /// When the next call of a line may be made.
    package enum Opening: Hashable, Sendable {
        /// Now.
        case open
        /// Not before this time: the quota is spent, the platform blocks, or calls are spaced.
        case opens(Timestamp)
        /// Not before a call under way has been answered.
        case afterAnswer
    }

    /// What came of a call, as far as quotas are concerned.
    package enum Answer: Hashable, Sendable {
        /// The platform did it, or refused it for a reason of the call's own.
        case answered
        /// 45009: called too often.
        case limited
        /// 45033: too many calls at once.
        case crowded
        /// No answer came.
        case unanswered
        /// Nothing that speaks of this quota: the call counts, that is all.
        case untold

        /// What a failure says.
        package init(_ failure: PlatformFailure) {
            if failure.handling == .wait {
                self = .limited
            } else if failure.code == Self.crowdedCode {
                self = .crowded
            } else {
                self =
                    failure.code != nil ? .answered : failure.wasSent ? .unanswered : .untold
            }
        }

        /// What the platform says to too many calls at once.
        static let crowdedCode = 45033
    }

    /// The calls counted for one holder of a quota: a corp's endpoint, or the address's.
    private struct Account: Sendable {
        var minute: RateMeter
        var hour: RateMeter
        var inFlight = 0
        var block = QuotaBlock()

        init(_ rate: QuotaLimits.Rate) {
            minute = RateMeter(limit: rate.perMinute)
            hour = RateMeter(limit: rate.perHour, window: .seconds(3600))
        }

        mutating func nextCall(at now: Timestamp) -> Timestamp? {
            guard let minute = minute.nextCall(at: now, underWay: inFlight),
                let hour = hour.nextCall(at: now, underWay: inFlight)
            else { return nil }
            return max(minute, hour)
        }

        mutating func count(_ calls: Int, at now: Timestamp) {
            minute.count(calls, at: now)
            hour.count(calls, at: now)
        }

        /// The longest window that is as good as full, so that 45009 must be about it.
        mutating func overrun(at now: Timestamp) -> Duration? {
            if hour.isNearlySpent(at: now, underWay: inFlight) { return hour.window }
            return minute.isNearlySpent(at: now, underWay: inFlight) ? minute.window : nil
        }
    }

    private struct Cell: Sendable {
        var account: Account
        var flight: FlightControl
        var lastCalledAt: Timestamp?
        var isUsed = false
    }

    /// What the ledger keeps to.
    package let limits: QuotaLimits
    private var corps: [CorpID] = []
    private var cells: [Cell] = []
    private var addresses: [Account]
    /// The latest time it was asked at.
    private var latest = Timestamp(milliseconds: .min)

    /// The endpoint whose calls are spaced once half of a quota is used: whoever pulls at every
    /// callback would spend it in a storm, and nothing is lost by pulling a little later, since
    /// one pull brings all there is.
    private static let spaced = PlatformEndpoint.pull

    /// A ledger of calls to come.
    package init(_ limits: QuotaLimits) {
        self.limits = limits
        addresses = PlatformEndpoint.allCases.map { _ in Account(limits.address) }
    }

    /// The line of an endpoint for `corp`.
    package mutating func line(_ endpoint: PlatformEndpoint, of corp: CorpID) -> Line {
        let place: Int
        if let known = corps.firstIndex(of: corp) {
            place = known
        } else {
            place = corps.count
            corps.append(corp)
            cells += PlatformEndpoint.allCases.map { endpoint in
                Cell(
                    account: Account(limits.rate(of: endpoint)),
                    flight: FlightControl(limits.flight(of: endpoint)))
            }
        }
        return Line(index: place * PlatformEndpoint.count + endpoint.rawValue)
    }

    // MARK: Before a call

    /// When the next call of `line` may be made.
    package mutating func opening(of line: Line, at now: Timestamp) -> Opening {
        noticeClock(at: now)
        let (cell, address) = (line.index, line.endpoint)
        if let until = cells[cell].account.block.end(after: now) { return .opens(until) }
        if let until = addresses[address].block.end(after: now) { return .opens(until) }
        let inFlight = cells[cell].account.inFlight
        if inFlight >= cells[cell].flight.most { return .afterAnswer }
        if cells[cell].account.block.isProbing, inFlight > 0 { return .afterAnswer }
        if addresses[address].block.isProbing, addresses[address].inFlight > 0 {
            return .afterAnswer
        }
        guard let corps = cells[cell].account.nextCall(at: now),
            let all = addresses[address].nextCall(at: now)
        else { return .afterAnswer }
        let next = max(corps, all, spacedCall(of: line, at: now) ?? now)
        return next > now ? .opens(next) : .open
    }

    /// When a call of a spaced endpoint is due; `nil` where calls aren't spaced now.
    ///
    /// Once half of a window's quota is used, the calls that follow may use the other half within
    /// a window and no more: so it is never spent.
    private mutating func spacedCall(of line: Line, at now: Timestamp) -> Timestamp? {
        guard line.endpoint == Self.spaced.rawValue, let last = cells[line.index].lastCalledAt
        else { return nil }
        let inFlight = cells[line.index].account.inFlight
        let minute = cells[line.index].account.minute.spacing(at: now, underWay: inFlight)
        let hour = cells[line.index].account.hour.spacing(at: now, underWay: inFlight)
        return last + max(minute, hour)
    }

    /// Books a call made at `now`; ``opening(of:at:)`` has just said it may be.
    package mutating func begin(_ line: Line, at now: Timestamp) {
        cells[line.index].account.inFlight += 1
        cells[line.index].lastCalledAt = now
        cells[line.index].isUsed = true
        addresses[line.endpoint].inFlight += 1
    }

    // MARK: After it

    /// Books what came of a call made at `calledAt`.
    ///
    /// - Parameters:
    ///   - line: As ``begin(_:at:)`` was told.
    ///   - calledAt: When the call was made.
    ///   - answer: What came of it.
    ///   - now: When the answer came.
    ///   - calls: The requests it took, for one that goes through several pages or was repeated;
    ///     none for one that never left, which says nothing of the platform.
    package mutating func end(
        _ line: Line, calledAt: Timestamp, _ answer: Answer, at now: Timestamp, calls: Int = 1
    ) {
        let (cell, address) = (line.index, line.endpoint)
        defer {
            cells[cell].account.inFlight -= 1
            addresses[address].inFlight -= 1
        }
        guard calls > 0 else { return }
        switch answer {
        case .answered:
            cells[cell].flight.answered(after: now - calledAt)
            cells[cell].account.block.passed(calledAt: calledAt)
            addresses[address].block.passed(calledAt: calledAt)
        case .limited: limited(line, calledAt: calledAt, at: now)
        case .crowded:
            cells[cell].flight.crowded(
                calledAt: calledAt, inFlight: cells[cell].account.inFlight, at: now)
        case .unanswered:
            cells[cell].flight.unanswered(
                calledAt: calledAt, inFlight: cells[cell].account.inFlight, at: now)
        case .untold: break
        }
        cells[cell].account.count(calls, at: now)
        addresses[address].count(calls, at: now)
    }

    /// The platform refuses the line for the window that was overrun, which our own counts tell
    /// as long as nobody else calls for the corp.
    private mutating func limited(_ line: Line, calledAt: Timestamp, at now: Timestamp) {
        let (cell, address) = (line.index, line.endpoint)
        let corps = cells[cell].account.overrun(at: now)
        let all = addresses[address].overrun(at: now)
        if let all, all > corps ?? .zero {
            addresses[address].block.begin(calledAt: calledAt, window: all, at: now)
        } else {
            cells[cell].account.block.begin(calledAt: calledAt, window: corps, at: now)
        }
    }

    /// A clock that was set back must not stretch what was begun before: blocks end at once.
    package mutating func noticeClock(at now: Timestamp) {
        if now < latest - RetryPolicy.largestClockStep {
            for index in cells.indices {
                cells[index].account.block = QuotaBlock()
                cells[index].flight.noticeClockStep()
                cells[index].lastCalledAt = nil
            }
            for index in addresses.indices { addresses[index].block = QuotaBlock() }
            latest = now
        }
        latest = max(latest, now)
    }

    // MARK: Looking in

    /// The measured latency of a line; zero before its first answer.
    package func latency(of line: Line) -> Duration {
        cells[line.index].flight.latency ?? .zero
    }

    /// How every line stands that was ever called, by corp and endpoint.
    package func report(at now: Timestamp) -> [QuotaStatus] {
        var copy = self
        return cells.indices.compactMap { index in
            guard cells[index].isUsed else { return nil }
            let endpoint = index % PlatformEndpoint.count
            return copy.status(index, endpoint, at: now)
        }
    }

    private mutating func status(_ index: Int, _ endpoint: Int, at now: Timestamp) -> QuotaStatus {
        let blocks = [
            cells[index].account.block.end(after: now), addresses[endpoint].block.end(after: now),
        ]
        return QuotaStatus(
            corp: corps[index / PlatformEndpoint.count],
            endpoint: PlatformEndpoint.allCases[endpoint],
            inMinute: cells[index].account.minute.use(
                at: now, underWay: cells[index].account.inFlight),
            inHour: cells[index].account.hour.use(
                at: now, underWay: cells[index].account.inFlight),
            blockedUntil: blocks.compactMap { $0 }.max(),
            inFlight: cells[index].account.inFlight, mostInFlight: cells[index].flight.most,
            latency: cells[index].flight.latency)
    }
}

extension RateMeter {
    /// Whether nine tenths of the quota are used: others may count a little differently.
    fileprivate mutating func isNearlySpent(at now: Timestamp, underWay: Int) -> Bool {
        guard let limit else { return false }
        return Double(used(at: now) + underWay) >= Double(limit) * 0.9
    }

    /// The least time between two calls: none until half of the quota is used, then enough to use
    /// the other half in a whole window.
    fileprivate mutating func spacing(at now: Timestamp, underWay: Int) -> Duration {
        guard let limit, used(at: now) + underWay >= limit / 2 else { return .zero }
        return .milliseconds(2 * window.wholeMilliseconds / Int64(max(limit, 1)) + 1)
    }

    fileprivate mutating func use(at now: Timestamp, underWay: Int) -> QuotaStatus.Use {
        QuotaStatus.Use(calls: used(at: now) + underWay, limit: limit)
    }
}
