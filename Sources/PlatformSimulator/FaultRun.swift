import ChatModel

/// Fault rules at work: which of them have struck how often.
struct FaultRun: Sendable {
    /// A rule's chances and what has come of them.
    private struct Odds: Sendable {
        let occasion: FaultPlan.Occasion
        /// Its own stream of chances.
        let key: UInt64
        let since: Timestamp
        var struck = 0
        /// How many calls it has looked at, per endpoint; callbacks have no endpoint.
        private var looks: [Endpoint?: UInt64] = [:]

        init(_ occasion: FaultPlan.Occasion, key: UInt64, since: Timestamp) {
            self.occasion = occasion
            self.key = key
            self.since = since
        }

        var isSpent: Bool { occasion.count.map { struck >= $0 } ?? false }

        /// Whether the rule strikes now; counts when it does.
        mutating func strikes(_ endpoint: Endpoint?, at now: Timestamp) -> Bool {
            // Every look counts, also outside the window: a call's luck is its place in the order
            // of calls and not when the window opened.
            let look = looks[endpoint, default: 0]
            looks[endpoint] = look + 1
            let age = now - since
            guard !isSpent, age >= occasion.from, occasion.to.map({ age < $0 }) ?? true,
                occasion.chance >= 1 || Self.fraction(key, endpoint, look) < occasion.chance
            else { return false }
            struck += 1
            return true
        }

        /// A fraction in `0..<1`, always the same for the same rule, endpoint and look.
        private static func fraction(_ key: UInt64, _ endpoint: Endpoint?, _ look: UInt64) -> Double
        {
            // Endpoints have streams of their own, or two of them would suffer in step.
            var stream = key
            for byte in (endpoint?.rawValue ?? "").utf8 {
                stream = (stream ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            }
            let drawn = SplitMix64.mixed(SplitMix64.mixed(stream) &+ look &* 0x9E37_79B9_7F4A_7C15)
            return Double(drawn >> 11) * 0x1p-53
        }
    }

    private var calls: [(rule: FaultPlan.CallRule, odds: Odds)] = []
    private var callbacks: [(rule: FaultPlan.CallbackRule, odds: Odds)] = []

    /// No rules.
    init() {}

    init(_ plan: FaultPlan, since: Timestamp) {
        var random = SplitMix64(seed: plan.seed)
        let (callKey, callbackKey) = (random.next(), random.next())
        for (place, rule) in plan.calls.enumerated() {
            let key = SplitMix64.mixed(callKey &+ UInt64(place))
            calls.append((rule, Odds(rule.occasion, key: key, since: since)))
        }
        for (place, rule) in plan.callbacks.enumerated() {
            let key = SplitMix64.mixed(callbackKey &+ UInt64(place))
            callbacks.append((rule, Odds(rule.occasion, key: key, since: since)))
        }
    }

    /// Adds a rule behind the others; those that are spent are forgotten.
    mutating func add(_ rule: FaultPlan.CallRule, since: Timestamp) {
        calls.removeAll { $0.odds.isSpent }
        calls.append((rule, Odds(rule.occasion, key: 0, since: since)))
    }

    /// Takes the rules with this kind of fault away.
    mutating func remove(_ kind: CallFault.Kind) {
        calls.removeAll { $0.rule.fault.kind == kind }
    }

    /// What happens to the call that arrives now; adds to what `strike` holds already.
    mutating func strike(_ endpoint: Endpoint, at now: Timestamp, into strike: inout CallStrike) {
        for place in calls.indices {
            let rule = calls[place].rule
            guard rule.concerns(endpoint) else { continue }
            if case .delay(let delay) = rule.fault {
                if calls[place].odds.strikes(endpoint, at: now) { strike.delay += delay }
            } else if strike.fault == nil, calls[place].odds.strikes(endpoint, at: now) {
                strike.fault = rule.fault
            }
        }
    }

    /// What happens to the callback made now.
    mutating func strike(callbackAt now: Timestamp) -> CallbackFault? {
        for place in callbacks.indices where callbacks[place].odds.strikes(nil, at: now) {
            return callbacks[place].rule.fault
        }
        return nil
    }

    /// Each rule and how often it struck.
    var callRules: [(rule: FaultPlan.CallRule, struck: Int)] {
        calls.map { ($0.rule, $0.odds.struck) }
    }

    /// Each rule and how often it struck.
    var callbackRules: [(rule: FaultPlan.CallbackRule, struck: Int)] {
        callbacks.map { ($0.rule, $0.odds.struck) }
    }
}

extension FaultPlan.CallRule {
    /// Whether calls on the endpoint can suffer it at all.
    fileprivate func concerns(_ endpoint: Endpoint) -> Bool {
        // `gettoken` comes without a token, so none can be refused.
        if endpoint == .getToken, fault.isOfToken { return false }
        return endpoints.isEmpty || endpoints.contains(endpoint)
    }
}
