/// What goes wrong on purpose: rules for calls and for callbacks, with chances drawn from a seed.
///
/// A plan is only data; ``PlatformSimulator/setFaults(_:)`` puts it to work. Whether a rule strikes
/// follows from the seed, the rule's place in the plan and how many calls on the endpoint it has
/// looked at, and from nothing else: the same plan and the same order of calls on an endpoint give
/// the same faults, whatever happens on other endpoints meanwhile.
package struct FaultPlan: Hashable, Sendable {
    /// When a rule strikes.
    package struct Occasion: Hashable, Sendable {
        /// How likely it is each time, 0…1.
        package var chance: Double
        /// How often it strikes at most; `nil` for no limit.
        package var count: Int?
        /// Not earlier than this after the plan was set.
        package var from: Duration
        /// Only before this time after the plan was set; `nil` for ever.
        package var to: Duration?

        /// Every time, unless told otherwise.
        package init(
            chance: Double = 1, count: Int? = nil, from: Duration = .zero, to: Duration? = nil
        ) {
            self.chance = chance
            self.count = count
            self.from = from
            self.to = to
        }
    }

    /// A fault of calls.
    package struct CallRule: Hashable, Sendable {
        /// The endpoints it looks at; every one when empty.
        package var endpoints: Set<Endpoint>
        /// What happens.
        package var fault: CallFault
        /// When.
        package var occasion: Occasion

        /// A rule for calls on `endpoints`, on all of them when empty.
        package init(
            _ fault: CallFault, on endpoints: Set<Endpoint> = [], _ occasion: Occasion = Occasion()
        ) {
            self.endpoints = endpoints
            self.fault = fault
            self.occasion = occasion
        }
    }

    /// A fault of callbacks.
    package struct CallbackRule: Hashable, Sendable {
        /// What happens.
        package var fault: CallbackFault
        /// When.
        package var occasion: Occasion

        /// A rule for callbacks.
        package init(_ fault: CallbackFault, _ occasion: Occasion = Occasion()) {
            self.fault = fault
            self.occasion = occasion
        }
    }

    /// What the chances are drawn from.
    package var seed: UInt64
    /// Those for calls.
    ///
    /// Of those that strike the first decides what happens; delays add up.
    package var calls: [CallRule]
    /// For callbacks; the first that strikes decides.
    package var callbacks: [CallbackRule]

    /// A plan; nothing goes wrong without rules.
    package init(seed: UInt64 = 0, calls: [CallRule] = [], callbacks: [CallbackRule] = []) {
        self.seed = seed
        self.calls = calls
        self.callbacks = callbacks
    }
}

/// What goes wrong with a call.
package enum CallFault: Hashable, Sendable {
    /// Refused with this number before anything is looked at; 40014 and 42001 also withdraw the
    /// app's access token.
    case refused(errcode: Int)
    /// Carried out, but the answer is an HTTP 502 without a body.
    case lostAnswer
    /// The connection is reset instead of carrying the call out.
    case resetBefore
    /// Carried out, then the connection is reset without an answer.
    case resetAfter
    /// Neither carried out nor ever answered.
    case timeoutBefore
    /// Carried out, but never answered.
    case timeoutAfter
    /// The answer's body dribbles in over this long.
    case slowBody(Duration)
    /// The answer is held back this long.
    case delay(Duration)

    /// The faults by the names that fault files, the control API and the book give them.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case errcode
        case lostAnswer = "lost_answer"
        case resetBefore = "reset_before"
        case resetAfter = "reset_after"
        case timeoutBefore = "timeout_before"
        case timeoutAfter = "timeout_after"
        case slowBody = "slow_body"
        case delay
    }

    /// Which of the faults it is.
    package var kind: Kind {
        switch self {
        case .refused: .errcode
        case .lostAnswer: .lostAnswer
        case .resetBefore: .resetBefore
        case .resetAfter: .resetAfter
        case .timeoutBefore: .timeoutBefore
        case .timeoutAfter: .timeoutAfter
        case .slowBody: .slowBody
        case .delay: .delay
        }
    }

    /// The fault that a kind and its details describe.
    ///
    /// - Throws: What is missing, or given for nothing.
    package init(kind: Kind, errcode: Int?, lasting: Duration?) throws(FaultDetailError) {
        switch kind {
        case .errcode:
            guard let errcode else { throw .missing("errcode") }
            self = .refused(errcode: errcode)
        case .lostAnswer: self = .lostAnswer
        case .resetBefore: self = .resetBefore
        case .resetAfter: self = .resetAfter
        case .timeoutBefore: self = .timeoutBefore
        case .timeoutAfter: self = .timeoutAfter
        case .slowBody, .delay:
            guard let lasting else { throw .missing("seconds") }
            self = kind == .delay ? .delay(lasting) : .slowBody(lasting)
        }
        if errcode != nil, kind != .errcode { throw .needless("errcode") }
        if lasting != nil, kind != .slowBody, kind != .delay { throw .needless("seconds") }
    }

    /// Whether it is the refusal of an access token.
    package var isOfToken: Bool {
        self == .refused(errcode: 40014) || self == .refused(errcode: 42001)
    }

    /// Whether the call is not carried out.
    package var comesBefore: Bool {
        switch self {
        case .refused, .resetBefore, .timeoutBefore: true
        case .lostAnswer, .resetAfter, .timeoutAfter, .slowBody, .delay: false
        }
    }

    /// Whether the caller never learns what came of the call.
    package var losesAnswer: Bool {
        switch self {
        case .lostAnswer, .resetBefore, .resetAfter, .timeoutBefore, .timeoutAfter: true
        case .refused, .slowBody, .delay: false
        }
    }
}

/// What goes wrong with a callback.
package enum CallbackFault: Hashable, Sendable {
    /// Pushed so many times more.
    case duplicate(copies: Int)
    /// Pushed this much later.
    case late(Duration)
    /// Never pushed; what it would have announced is in the log all the same.
    case drop
    /// Overtaken by the next callback of its app, or held back this long when none comes.
    case reorder(atMost: Duration)

    /// The faults by the names that fault files, the control API and the views give them.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case duplicate, late, drop, reorder
    }

    /// Which of the faults it is.
    package var kind: Kind {
        switch self {
        case .duplicate: .duplicate
        case .late: .late
        case .drop: .drop
        case .reorder: .reorder
        }
    }

    /// How long a callback waits to be overtaken unless told otherwise.
    package static let longestHold: Duration = .seconds(5)

    /// The fault that a kind and its details describe.
    ///
    /// - Throws: What is missing, or given for nothing.
    package init(kind: Kind, copies: Int?, lasting: Duration?) throws(FaultDetailError) {
        switch kind {
        case .duplicate: self = .duplicate(copies: copies ?? 1)
        case .late:
            guard let lasting else { throw .missing("seconds") }
            self = .late(lasting)
        case .drop: self = .drop
        case .reorder: self = .reorder(atMost: lasting ?? Self.longestHold)
        }
        if copies != nil, kind != .duplicate { throw .needless("copies") }
        if lasting != nil, kind != .late, kind != .reorder { throw .needless("seconds") }
    }
}

/// A detail that a fault lacks, or has no use for: the key of fault files and the control API.
package enum FaultDetailError: Error, Hashable, Sendable {
    case missing(String)
    case needless(String)
}

/// What struck one call.
package struct CallStrike: Hashable, Sendable {
    /// By how much the answer is held back.
    package internal(set) var delay: Duration = .zero
    /// What happens to the call; `nil` when it is only delayed, or nothing happens.
    package internal(set) var fault: CallFault?

    /// Nothing happens.
    package static let none = CallStrike()

    /// How long the platform takes over the call: until its answer is there whole.
    ///
    /// A call that is never answered takes no time; it is the caller who waits.
    var duration: Duration {
        if case .slowBody(let time) = fault { delay + time } else { delay }
    }

    /// The faults by name, the delay first; empty when nothing happens.
    package var kinds: [CallFault.Kind] {
        (delay > .zero ? [.delay] : []) + (fault.map { [$0.kind] } ?? [])
    }
}
