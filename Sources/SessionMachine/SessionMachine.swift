package import ChatModel

/// One customer's session with one account: what we believe, what we may command, what may be sent.
///
///            customer writes            command            command / pick-up
///     ended ────────────────▶ untreated ───────▶ assistant ───────▶ pool ───▶ human
///       ▲                        └───────────────────┴───────────────┴───────────┘
///       └──────────────────── command, servicer ends, 48 hours ──────────────────┘
///
/// Two different questions, never mixed. *What may we command?* is ``answer(to:)``: a strict table,
/// refused here and never sent. *What may happen to us?* is ``observed(_:at:)``: the platform, the
/// customer and servicers move in any direction; every move is accepted and recorded.
///
/// The state is a belief, not the truth: after 95013, 95016 or 95018 the caller reads
/// `service_state/get` and reports it as ``Observation/read(_:)``.
///
/// Pure: no clock, no random source, no I/O. Inputs carry their time.
package struct SessionMachine: Hashable, Sendable, Codable {
    /// One session lasts at most this long from the customer's first message (§7.1).
    package static let longestSession: Duration = .seconds(48 * 3600)

    /// What we believe the session's state to be.
    package private(set) var state: SessionState
    /// When the session began, as far as we know; `nil` while none is open.
    ///
    /// When we learn of a session only in its course, the moment we did, which is later.
    package private(set) var startedAt: Timestamp?
    /// When ``state`` last changed, by the platform's time where it told us.
    ///
    /// Moving from untreated to the assistant by sending doesn't count: we often learn of an older
    /// event only after we have decided to send.
    package private(set) var changedAt: Timestamp?
    /// What `send_msg` may still say.
    package private(set) var window: ReplyWindow
    /// The codes not spent yet.
    package private(set) var codes: CodeLedger
    /// Whether a servicer has switched the customer's messages off.
    package private(set) var customerRejects: Bool

    /// A session that has not begun.
    package init() {
        self.init(
            state: .ended, startedAt: nil, changedAt: nil, window: ReplyWindow(),
            codes: CodeLedger(), customerRejects: false)
    }

    /// A session as a store kept it.
    package init(
        state: SessionState, startedAt: Timestamp?, changedAt: Timestamp?, window: ReplyWindow,
        codes: CodeLedger, customerRejects: Bool
    ) {
        self.state = state
        self.startedAt = startedAt
        self.changedAt = changedAt
        self.window = window
        self.codes = codes
        self.customerRejects = customerRejects
    }

    // MARK: What we may command

    /// The answer to a wish to command a transition.
    package enum CommandAnswer: Hashable, Sendable {
        /// Make the call.
        case call
        /// The session is where it should be: success without a call.
        case alreadyThere
        /// Never make the call.
        case refused(Refusal)
    }

    /// Whether `service_state/trans` to `target` may be called now.
    package func answer(to target: SessionTarget) -> CommandAnswer {
        if isAlready(at: target) { return .alreadyThere }
        if CommandedTransitions.strict[state.number, default: []].contains(target.number) {
            return .call
        }
        switch state {
        case .ended: return .refused(.endedIsFinal)
        case .human: return .refused(.humanNeverReturnsToBot)
        case .pool: return .refused(.poolNeverReturnsToBot)
        case .untreated, .assistant: return .refused(.untreatedIsNoTarget)
        }
    }

    /// Whether the session already is where `target` would put it.
    package func isAlready(at target: SessionTarget) -> Bool {
        switch (state, target) {
        case (.assistant, .assistant), (.pool, .pool), (.ended, .ended): true
        case (.human(let present), .human(let wanted)): present == wanted
        default: false
        }
    }

    /// The platform carried out our command to move to `target` at `time`, handing out `code`.
    ///
    /// Takes the code into the ledger under the scene the target stands for. A state that no
    /// command leaves for `target` must have come after the command, so it stays: a servicer may
    /// pick a session up before the answer to our call reaches us.
    package mutating func commanded(_ target: SessionTarget, code: EventCode?, at time: Timestamp) {
        let (next, scene): (SessionState, CodeScene?) =
            switch target {
            case .assistant: (.assistant, nil)
            case .pool: (.pool, .queued)
            case .human(let servicer): (.human(servicer), .assigned)
            case .ended: (.ended, .ended)
            }
        if CommandedTransitions.strict[state.number, default: []].contains(target.number) {
            enter(next, at: time)
        }
        if let code, let scene { codes.issued(code, for: scene, at: time) }
    }

    // MARK: What happens to us

    /// What the platform, the customer or a servicer did (§7.5).
    package enum Observation: Hashable, Sendable {
        /// The customer wrote; `pendingSends` of our messages are ordered but not confirmed.
        case customerWrote(pendingSends: Int)
        /// The customer opened the chat, perhaps with a welcome code.
        case entered(code: EventCode?)
        /// A servicer wrote from the WeCom client, which proves that the session is theirs.
        case servicerWrote(ServicerID?)
        /// A servicer's client changed the session.
        case sessionChanged(SessionChange)
        /// `send_msg` was accepted, which moves an untreated session to the assistant.
        case sendAccepted
        /// `service_state/get` answered.
        case read(SessionState)
        /// 48 hours may have passed since the session began; a younger session stays.
        case sessionExpired
        /// A servicer switched the customer's messages off or on.
        case rejectSwitched(Bool)
    }

    /// Records what happened at `time`.
    ///
    /// An event or message older than the last change moves nothing but the window, the ledger and
    /// ``customerRejects``: pages arrive late, and an old row must not undo what came after it.
    /// Times are compared in whole seconds, the platform's grain; within the same second the later
    /// call wins. `read` is no row but the platform's present word, and always counts.
    ///
    /// - Returns: Whether the believed state changed, or a new session began.
    @discardableResult
    package mutating func observed(_ observation: Observation, at time: Timestamp) -> Bool {
        let isStale = changedAt.map { time.seconds < $0.seconds } ?? false
        switch observation {
        case .customerWrote(let pendingSends):
            window.customerWrote(at: time, pending: pendingSends)
            if isStale { return false }
            expire(by: time)
            guard state == .ended else { return false }
            return enter(.untreated, at: time)
        case .entered(let code):
            if let code { codes.issued(code, for: .welcome, at: time) }
            return false
        case .servicerWrote(let servicer):
            if isStale { return false }
            if case .human(let present) = state, servicer == nil || present == servicer {
                return false
            }
            return enter(.human(servicer), at: time)
        case .sessionChanged(let change):
            return sessionChanged(change, isStale: isStale, at: time)
        case .sendAccepted:
            guard state == .untreated else { return false }
            state = .assistant
            return true
        case .read(let state):
            return enter(state, at: time)
        case .sessionExpired:
            return expire(by: time)
        case .rejectSwitched(let rejects):
            customerRejects = rejects
            return false
        }
    }

    private mutating func sessionChanged(
        _ change: SessionChange, isStale: Bool, at time: Timestamp
    ) -> Bool {
        let (next, code): (SessionState?, EventCode?) =
            switch change {
            case .pickedUp(let servicer, let code): (.human(servicer), code)
            case .transferred(_, let servicer): (.human(servicer), nil)
            case .ended(_, let code): (.ended, code)
            case .reopened(_, let servicer): (.human(servicer), nil)
            case .unknown: (nil, nil)
            }
        guard let next else { return false }
        let changed = isStale ? false : enter(next, at: time)
        if let code { codes.issued(code, for: next == .ended ? .ended : .assigned, at: time) }
        return changed
    }

    /// Moves to `next`, and says whether that is a change.
    @discardableResult
    private mutating func enter(_ next: SessionState, at time: Timestamp) -> Bool {
        guard next != state else { return false }
        if state == .ended {
            startedAt = time
            codes.sessionBegan()
        }
        state = next
        changedAt = max(changedAt ?? time, time)
        if next == .ended { startedAt = nil }
        return true
    }

    /// Ends a session that is 48 hours old at `time`, as of the moment it became so: we may learn
    /// of it late, and what the customer wrote in between belongs to the next session.
    @discardableResult
    private mutating func expire(by time: Timestamp) -> Bool {
        guard let startedAt, time - startedAt >= Self.longestSession else { return false }
        return enter(.ended, at: startedAt + Self.longestSession)
    }

    // MARK: What may be sent

    /// Why `send_msg` may not speak at `time`; `nil` when it may.
    package func refusalOfSending(at time: Timestamp) -> Refusal? {
        switch state {
        case .pool: return .waitingInPool
        case .human: return .humanServing
        case .ended: return .sessionEnded
        case .untreated, .assistant: break
        }
        return customerRejects ? .customerRejects : window.refusal(at: time)
    }

    /// A message for `send_msg` was ordered at `time`: counts it.
    package mutating func orderedSend(at time: Timestamp) { window.orderedOne(at: time) }

    /// Why `code` may not carry `body` at `time`; `nil` when it may.
    package func refusal(
        ofSending body: OutgoingBody, with code: EventCode, at time: Timestamp
    ) -> Refusal? {
        guard let entry = codes.entry(of: code) else {
            return codes.isUsed(code) ? .codeUsed : .codeUnknown
        }
        if time > entry.usableUntil {
            return entry.scene == .welcome ? .welcomeCodeExpired : .codeExpired
        }
        if let required = entry.scene.requiredState, required != state.number {
            return .codeStateMoved
        }
        guard body.isTextOrMenu else { return .codeTextOrMenuOnly }
        if case .menu = body, !entry.scene.allowsMenu { return .codeTextOnly }
        return nil
    }

    /// A message with `code` was ordered: the code must not be used again.
    package mutating func orderedSend(with code: EventCode) { codes.spent(code) }

    /// Forgets codes whose time is over at `time`.
    package mutating func dropExpiredCodes(at time: Timestamp) { codes.dropExpired(at: time) }
}
