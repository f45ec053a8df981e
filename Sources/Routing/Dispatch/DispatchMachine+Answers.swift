package import ChatModel

/// What came back: the meaning of each answer, and what follows.
extension DispatchMachine {
    /// The call of `entry` answered.
    ///
    /// - Parameters:
    ///   - entry: As ``Job/perform(_:)`` gave it.
    ///   - result: The code it handed out, if any, or the failure.
    ///   - calledAt: When the call was made.
    ///   - now: When the answer came.
    ///   - requests: How many it took; none where it never left.
    ///   - jitter: A fraction in `0..<1`.
    ///   - ledger: Where the call was booked.
    package mutating func returned(
        _ entry: OutboxEntry, _ result: Result<EventCode?, PlatformFailure>, calledAt: Timestamp,
        at now: Timestamp, requests: Int = 1, jitter: Double, within ledger: inout QuotaLedger
    ) -> Disposition {
        switch result {
        case .success(let code):
            close(
                entry, calledAt: calledAt, .answered, at: now, requests: requests, within: &ledger)
            // Only a transfer's outcome changes what the core would decide next.
            let isTransfer = if case .transfer = entry.action { true } else { false }
            return completed(
                lane(of: entry), .accepted(code: code, at: calledAt), holding: isTransfer)
        case .failure(let failure):
            close(
                entry, calledAt: calledAt, .init(failure), at: now, requests: requests,
                within: &ledger)
            return failed(
                entry, failure, mayHaveArrived: failure.isOutcomeUnknown, at: now, jitter: jitter)
        }
    }

    /// - Parameter mayHaveArrived: Whether the entry's own call may have been carried out.
    private mutating func failed(
        _ entry: OutboxEntry, _ failure: PlatformFailure, mayHaveArrived: Bool,
        at now: Timestamp, jitter: Double
    ) -> Disposition {
        guard let place = lane(of: entry) else {
            return completed(nil, .gaveUp(failure), holding: true)
        }
        lanes[place].attempts += 1
        let attempts = lanes[place].attempts
        if case .upgrade = entry.action, !failure.isWorthRepeatingHint(after: attempts) {
            // The session it was for is another by now.
            return completed(entry, .gaveUp(failure))
        }
        switch failure.handling {
        case .retry:
            let isPatient =
                failure.code == nil || failure.code == QuotaLedger.Answer.crowdedCode
            let isWorthTrying =
                isPatient
                ? now - entry.decidedAt < RetryPolicy.longestOutage
                : attempts <= RetryPolicy.mostRetriesWhenBusy
            guard isWorthTrying else { return completed(entry, .gaveUp(failure)) }
            let pause = RetryPolicy.pause(afterFailed: attempts, jitter: jitter)
            return again(
                entry, at: now + pause, uncertain: mayHaveArrived, or: .gaveUp(failure))
        case .wait:
            // The ledger keeps the line shut for as long as the platform does.
            return again(entry, at: now, uncertain: mayHaveArrived, or: .gaveUp(failure))
        case .stop, .refresh:
            // Configuration or rights: a person must act. Until then the messages wait, as long
            // as the platform would still take them.
            guard now - entry.decidedAt < RetryPolicy.longestWaitForOperator else {
                return completed(entry, .gaveUp(failure))
            }
            let until = now + RetryPolicy.restAfterStop
            rest(place, until: until)
            return again(entry, at: until, uncertain: mayHaveArrived, or: .gaveUp(failure))
        case .reconcile:
            return .readSession
        case .drop, .otherServicer, .withoutToken, .resetCursor, .uploadAgain:
            if entry.isUncertain, isRepeatsRefusal(failure, of: entry) {
                return completed(entry, .alreadyDone)
            }
            return completed(entry, .refused(failure, actual: nil))
        }
    }

    /// Whether a refusal of an uncertain entry says that the earlier attempt had arrived.
    ///
    /// The platform publishes neither the number for a repeated msgid nor the one for a used code
    /// (wecom-kf reference §18), so an undocumented number on a repeat is taken as that.
    private func isRepeatsRefusal(_ failure: PlatformFailure, of entry: OutboxEntry) -> Bool {
        guard failure.handling == .drop else { return false }
        switch entry.action {
        case .send: return !failure.isDocumented
        case .sendOnEvent: return true
        case .transfer, .upgrade, .call: return false
        }
    }

    /// `service_state/get` answered for `entry`.
    ///
    /// - Parameters:
    ///   - entry: The entry whose session was read.
    ///   - actual: The session, or why it could not be read.
    ///   - refusal: What the platform had refused the entry with; `nil` when it was read as a
    ///     ``Job/readSession(_:)``. The call after a refusal is booked by whoever made it.
    ///   - calledAt: When the call was made.
    ///   - now: When the answer came.
    ///   - requests: How many it took.
    ///   - jitter: A fraction in `0..<1`.
    ///   - ledger: Where the job's call was booked.
    package mutating func sessionRead(
        _ entry: OutboxEntry, _ actual: Result<Outcome.ActualSession, PlatformFailure>,
        after refusal: PlatformFailure?, calledAt: Timestamp, at now: Timestamp, requests: Int = 1,
        jitter: Double, within ledger: inout QuotaLedger
    ) -> Disposition {
        let session: Outcome.ActualSession
        switch actual {
        case .success(let read):
            if refusal == nil {
                close(
                    entry, calledAt: calledAt, .answered, at: now, requests: requests,
                    within: &ledger)
            }
            session = read
        case .failure(let failure):
            if refusal == nil {
                close(
                    entry, calledAt: calledAt, .init(failure), at: now, requests: requests,
                    within: &ledger)
            }
            if failure.handling == .reconcile || failure.handling == .drop {
                return completed(entry, .refused(refusal ?? failure, actual: nil))
            }
            // What couldn't be read is as uncertain as before.
            return failed(
                entry, failure, mayHaveArrived: entry.isUncertain, at: now, jitter: jitter)
        }
        switch entry.action {
        case .transfer(let target):
            let servicer: ServicerID? = if case .human(let wanted) = target { wanted } else { nil }
            if session.number == target.number,
                servicer == nil || session.servicer == nil || servicer == session.servicer
            {
                return completed(entry, .alreadyDone)
            }
            let moved = Outcome.refused(refusal ?? .unreadable, actual: session)
            let isWithdrawn = lane(of: entry).map { lanes[$0].isHeadWithdrawn } ?? false
            if refusal != nil || isWithdrawn { return completed(entry, moved) }
            // Anywhere else it may be another session, or a person's: not ours to move blindly.
            if session.number != 1 { return completed(entry, .foundElsewhere(session)) }
            return again(entry, at: now, uncertain: false, or: moved)
        case .send:
            let refused = Outcome.refused(refusal ?? .unreadable, actual: session)
            if session.number <= 1, let place = lane(of: entry), !lanes[place].hasReconciled {
                lanes[place].hasReconciled = true
                return again(entry, at: now, uncertain: entry.isUncertain, or: refused)
            }
            return completed(entry, refused)
        case .sendOnEvent, .upgrade, .call:
            return completed(entry, .refused(refusal ?? .unreadable, actual: session))
        }
    }

    private mutating func completed(_ entry: OutboxEntry, _ outcome: Outcome) -> Disposition {
        completed(lane(of: entry), outcome, holding: true)
    }

    /// Makes the call again at `time`, or completes it with `outcome` when the core withdrew it
    /// meanwhile: the session is somebody else's, and a repeat would be an illegal call.
    private mutating func again(
        _ entry: OutboxEntry, at time: Timestamp, uncertain: Bool, or outcome: Outcome
    ) -> Disposition {
        guard let place = lane(of: entry), !lanes[place].isHeadWithdrawn else {
            return completed(entry, outcome)
        }
        return again(place, at: time, uncertain: uncertain)
    }
}

extension PlatformFailure {
    /// The session could not be told; stands in where no refusal came first.
    fileprivate static let unreadable = PlatformFailure(
        code: 95016, handling: .reconcile, meaning: "the session is in another state")
}

extension PlatformFailure {
    /// Whether a hint to a servicer is tried again: what passes by itself a few times, and what
    /// waits for the quota or an operator as messages do.
    fileprivate func isWorthRepeatingHint(after attempts: Int) -> Bool {
        switch handling {
        case .retry: attempts <= RetryPolicy.mostRetriesWhenBusy
        case .reconcile: false
        case .stop, .refresh, .wait, .drop, .otherServicer, .withoutToken, .resetCursor,
            .uploadAgain:
            true
        }
    }
}
