package import ChatModel

/// Which addresses may call: the apps' trusted ones (§2.3) and those that guess secrets (§2.1).
struct AccessControl: Sendable {
    /// A list of trusted addresses and when it begins to count.
    struct Trust: Sendable {
        let addresses: Set<String>?
        let from: Timestamp
    }

    /// An address's calls of `gettoken` with a wrong secret.
    struct Guesses: Sendable {
        var began: Timestamp
        var count = 0
        var blockedUntil: Timestamp?
    }

    /// The last list of an app that counts already, and the one that does not yet.
    var trust: [AppAlias: [Trust]] = [:]
    var guesses: [String: Guesses] = [:]
}

extension PlatformSimulator {
    /// Changes the addresses an app's calls may come from; `nil` for any.
    ///
    /// On the platform a change counts after about a minute (§2.3).
    package mutating func trust(
        _ addresses: Set<String>?, for app: AppAlias, after delay: Duration = .seconds(60)
    ) {
        let now = now
        let inForce = access.trust[app]?.last { $0.from <= now }
        access.trust[app] =
            [inForce].compactMap { $0 } + [.init(addresses: addresses, from: now + delay)]
    }

    /// Whether ``caller`` may call for the app.
    func isTrusted(by app: AppAlias) -> Bool {
        let addresses: Set<String>?
        if let changed = access.trust[app]?.last(where: { $0.from <= now }) {
            addresses = changed.addresses
        } else {
            addresses = appIndex[app].flatMap { settings.apps[$0].trustedAddresses }
        }
        return addresses?.contains(caller) ?? true
    }

    /// Whether ``caller`` is blocked for having guessed secrets.
    var isBlocked: Bool {
        access.guesses[caller]?.blockedUntil.map { now < $0 } ?? false
    }

    /// What ``caller`` is told while it is blocked.
    var blocked: Errcode { Errcode(45009, "address \(caller): blocked for wrong secrets") }

    /// Counts a wrong secret from ``caller``; too many within an hour block it for an hour.
    mutating func noteWrongSecret() {
        guard let most = settings.wrongSecretsAnHour else { return }
        var guesses = access.guesses[caller] ?? .init(began: now)
        if now - guesses.began >= .seconds(3600) { guesses = .init(began: now) }
        guesses.count += 1
        if guesses.count >= most {
            guesses = .init(began: now, blockedUntil: now + .seconds(3600))
        }
        access.guesses[caller] = guesses
    }
}
